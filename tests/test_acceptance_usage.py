"""Flags that cannot mean anything are refused before anything is evaluated."""

import pytest

from pyimagestream import PyimagestreamError, evaluate_snippet
from pyimagestream.cli import main

UNKNOWN_FIELD = """
(import 'imageStreamImport.libsonnet').new('a')
+ { spec: { imges: [], repository: { from: { kind: 'DockerImage', name: 'quay.io/a/b' } } } }
"""


@pytest.fixture
def template(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "t.jsonnet"
    path.write_text(UNKNOWN_FIELD)
    return path.name


@pytest.mark.parametrize("flag", ["--ext-str-file", "--tla-code-file"])
def test_a_variable_from_a_file_that_is_not_there_is_one_line(flag, capfd):
    assert main(["eval", "-e", "1", flag, "x=nope.txt"]) == 1
    assert capfd.readouterr() == ("", "nope.txt: there is no such file\n")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--engine", "nope"], "there is no engine 'nope'"),
        (["--engine", "jsonnet,nope"], "there is no engine 'nope'"),
        (["--ignore", "W999"], "invalid choice: 'W999'"),
        (["--server", "4.4"], "invalid choice: '4.4'"),
    ],
)
def test_a_flag_with_an_unknown_value_is_wrong_usage(template, flags, said, capfd):
    with pytest.raises(SystemExit) as exit:
        main(["validate", template, *flags])
    assert exit.value.code == 2
    assert said in capfd.readouterr().err


def test_no_engine_at_all_is_an_error():
    with pytest.raises(PyimagestreamError, match="no engine"):
        evaluate_snippet("1", engine=[])


def test_with_strict_an_unknown_field_is_a_problem_and_no_warning_beside_it(template, capfd):
    main(["validate", template, "--strict", "--ignore", "W007"])
    [line] = capfd.readouterr().out.splitlines()
    assert line == "t.jsonnet: spec.imges: is unknown to the server (did you mean images?)"
