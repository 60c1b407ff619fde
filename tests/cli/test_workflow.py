"""The flags of the workflow commands are Tanka's."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pyimagestream.cli.main import main

CODE = """
function(tla='-', tla_code='-')
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm' },
    data: { ext: std.toString([std.extVar('text'), std.extVar('code')]),
            tla: std.toString([tla, tla_code]) } }
"""


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("jsonnetfile.json").write_text("{}")
    for name, code in (("a", CODE), ("b", CODE.replace("'cm'", "'other'"))):
        place = Path("environments") / name
        place.mkdir(parents=True)
        (place / "spec.json").write_text(json.dumps({"metadata": {"labels": {"of": name}}}))
        (place / "main.jsonnet").write_text(code)
    Path("text.txt").write_text("from a file")
    Path("code.jsonnet").write_text("40 + 2")


EXT = ["-V", "text=x", "--ext-code", "code=1"]


def printed(capfd, *arguments):
    code = main([str(argument) for argument in arguments])
    out, err = capfd.readouterr()
    assert code == 0, err
    return out


def test_variables_come_as_text_code_and_files(capfd):
    out = printed(capfd, "show", "environments/a", *EXT, "-A", "tla=1", "--tla-code", "tla_code=1")
    assert """ext: '["x", 1]'""" in out
    assert """tla: '["1", 1]'""" in out
    files = ["--ext-str-file", "text=text.txt", "--ext-code-file", "code=code.jsonnet"]
    files += ["--tla-str-file", "tla=text.txt", "--tla-code-file", "tla_code=code.jsonnet"]
    out = printed(capfd, "show", "environments/a", *files)
    assert """ext: '["from a file", 42]'""" in out
    assert """tla: '["from a file", 42]'""" in out


def test_code_from_a_file_finds_what_it_imports_beside_it(capfd):
    Path("values").mkdir()
    Path("values/code.jsonnet").write_text("import 'beside.libsonnet'")
    Path("values/beside.libsonnet").write_text("'found'")
    files = ["-V", "text=", "--ext-code-file", "code=values/code.jsonnet"]
    assert """ext: '["", "found"]'""" in printed(capfd, "show", "environments/a", *files)


@pytest.mark.parametrize("command", ["eval", "show"])
def test_an_entry_point_stands_for_its_environment(capfd, command):
    Path("lib").mkdir()
    Path("lib/shared.libsonnet").write_text("'from lib'")
    template = Path("environments/a/main.jsonnet")
    template.write_text(CODE.replace("std.extVar('code')", "import 'shared.libsonnet'"))
    by_directory = printed(capfd, command, template.parent, *EXT)
    assert "from lib" in by_directory
    assert printed(capfd, command, template, *EXT) == by_directory


def test_what_is_wrong_with_an_environment_is_told_to_machines_too(capfd):
    assert main(["eval", "environments/a", "--json"]) == 1
    assert "text" in json.loads(capfd.readouterr().out)["error"]["message"]


def test_targets_may_be_repeated_or_separated_by_commas(capfd):
    assert printed(capfd, "show", "environments/a", *EXT, "-t", "x/.*,configmap/.*")
    assert printed(capfd, "show", "environments/a", *EXT, "-t", "x/.*", "-t", "configmap/.*")
    assert printed(capfd, "show", "environments/a", *EXT, "-t", "x/.*", "-t", "y/.*") == ""


def test_limits_are_for_every_command(capfd):
    limits = ["--timeout", "30", "--memory", "1G"]
    assert printed(capfd, "show", "environments/a", *EXT, *limits)
    assert printed(capfd, "env", "list", *limits)


@pytest.mark.parametrize("time", ["90", "90s", "1.5m", "1h"])
def test_times_are_written_alike_for_every_command(capfd, time):
    assert printed(capfd, "show", "environments/a", *EXT, "--timeout", time)
    assert printed(capfd, "env", "list", "--timeout", time)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--memory", "lots"],
        ["--memory", "0"],
        ["--timeout", "0"],
        ["--timeout", "soon"],
        ["--timeout", "nan"],
        ["-t", "a\rb"],
        ["--merge-strategy", "hope"],
        ["-p", "many"],
        ["-p", "0"],
        ["--max-stack", "-5"],
        ["--max-stack", "4294967296"],
        ["--engine", "v8"],
        ["-l", "=="],
        ["-t", "("],
        ["--cache-path", "c", "-e", "("],
    ],
)
def test_wrong_flags_are_wrong_usage(arguments, capfd):
    with pytest.raises(SystemExit) as caught:
        main(["export", "out", ".", *arguments])
    assert caught.value.code == 2
    assert capfd.readouterr().out == ""
    assert not Path("out").exists()


def test_export_takes_all_of_tankas_flags(capfd):
    flags = ["--extension", "yml", "--format", "{{.kind}}", "-l", "of=a", "-p", "2", "-r"]
    flags += ["--cache-path", "cache", "-e", "environments/.*", "--max-stack", "300"]
    assert printed(capfd, "export", "out", "environments", *EXT, *flags) == ""
    assert sorted(path.name for path in Path("out").iterdir()) == ["ConfigMap.yml", "manifest.json"]
    assert list(Path("cache").iterdir())
    again = ["--merge-strategy", "replace-envs", "--merge-deleted-envs", "gone/main.jsonnet"]
    assert printed(capfd, "export", "out", "environments", *EXT, *flags, *again) == ""


def test_a_program_may_run_commands_in_any_thread(capfd):
    """Signals are its own business then."""
    with ThreadPoolExecutor(1) as pool:
        code = pool.submit(main, ["export", "out", "environments/a", *EXT]).result()
    assert code == 0, capfd.readouterr().err
    assert Path("out/manifest.json").exists()


def test_exit_codes_say_whose_fault_it_is(capfd):
    assert main(["show", "environments/a"]) == 1
    assert "text" in capfd.readouterr().err
    with pytest.raises(SystemExit) as caught:
        main(["show"])
    assert caught.value.code == 2


def test_env_list_without_environments_prints_what_tanka_does(capfd):
    Path("empty").mkdir()
    assert printed(capfd, "env", "list", "empty") == "NAME    NAMESPACE    SERVER    \n"
    assert printed(capfd, "env", "list", "empty", "--json") == "null\n"
    assert printed(capfd, "env", "list", "empty", "--names") == ""


FALLBACK = "note: evaluated by the C++ engine, so some values may differ from Tanka's:"


@pytest.mark.parametrize("command", [["show"], ["eval"], ["export", "out"]])
def test_a_command_that_falls_back_to_the_reference_engine_says_so_once(
    capfd, monkeypatch, command
):
    monkeypatch.delenv("PYIMAGESTREAM_ENGINE", raising=False)
    monkeypatch.setattr("pyimagestream.evaluation.settings.default_engine", lambda: "jsonnet")
    assert main([*command, "environments/a", *EXT]) == 0
    assert capfd.readouterr().err.count(FALLBACK) == 1


@pytest.mark.parametrize("chosen", ["flag", "variable"])
def test_who_chose_the_reference_engine_is_told_nothing(capfd, monkeypatch, chosen):
    monkeypatch.delenv("PYIMAGESTREAM_ENGINE", raising=False)
    monkeypatch.setattr("pyimagestream.evaluation.settings.default_engine", lambda: "jsonnet")
    flags = ["--engine", "jsonnet"] if chosen == "flag" else []
    if chosen == "variable":
        monkeypatch.setenv("PYIMAGESTREAM_ENGINE", "jsonnet")
    assert main(["show", "environments/a", *EXT, *flags]) == 0
    assert capfd.readouterr().err == ""


def test_the_list_of_environments_shows_no_secret_of_a_server(tmp_path, monkeypatch, capfd):
    directory = tmp_path / "other" / "environments" / "a"
    directory.mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "other")
    (tmp_path / "other" / "jsonnetfile.json").write_text("{}")
    (directory / "main.jsonnet").write_text("{}")
    spec = {"spec": {"apiServer": "https://u:SECRET@api.example:6443/?token=SECRET"}}
    (directory / "spec.json").write_text(json.dumps(spec))
    shown = printed(capfd, "env", "list")
    assert "https://api.example:6443/" in shown
    assert "SECRET" not in shown
