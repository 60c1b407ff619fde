"""Places as commands tell them: from the current directory on, first in their lines."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from pyimagestream import EvaluationError, evaluate_file
from pyimagestream.cli.main import main

ROOT = Path(__file__).parents[2]
MATCHERS = json.loads((ROOT / "docs" / "problem-matcher.json").read_text())["problemMatcher"]
PLACED = re.compile(MATCHERS[0]["pattern"][0]["regexp"])
FAILING = "{\n  a: error 'mine',\n}"
WRONG = "local isi = import 'imageStreamImport.libsonnet';\n"
WRONG += "{ a: isi.new('No') + isi.spec.repository.from.withName('quay.io/org/a')"
WRONG += " + isi.spec.repository.from.withKind('DockerImage') }"
IMPORTING = "import 'lib.libsonnet'"
FRAME = "  environments/a/main.jsonnet"


@pytest.fixture(params=[FAILING, WRONG], ids=["error", "problem"])
def broken(project, request):
    project(
        **{
            "lib/lib.libsonnet": request.param,
            "environments/a/main.jsonnet": IMPORTING,
            "environments/a/spec.json": "{}",
        }
    )
    return re.compile(r"lib/lib\.libsonnet:2:\d+: (mine|metadata\.name: must be .*)")


@pytest.mark.parametrize(
    "command",
    [["show", "environments/a"], ["export", "out", "environments/a"], ["eval", "environments/a"]],
    ids=lambda command: command[0],
)
def test_a_mistake_in_a_library_is_told_where_it_is_and_then_in_which_environment(
    broken, command, engine, capfd
):
    assert main([*command, "--engine", engine]) == 1
    first, *rest = capfd.readouterr().err.splitlines()
    assert broken.fullmatch(first)
    assert rest[-1] == "  in environments/a"
    assert all(line.startswith(FRAME) for line in rest[:-1])
    assert PLACED.findall(first)[0][0] == "lib/lib.libsonnet"
    assert not any(map(PLACED.match, rest))


def test_validate_tells_places_from_the_current_directory_on_in_every_form(broken, capfd):
    def told(form):
        assert main(["validate", "environments", "-o", form]) == 1
        return capfd.readouterr().out

    assert broken.match(told("text"))
    assert told("github").startswith("::error file=lib/lib.libsonnet,line=2,")
    assert '"uri": "lib/lib.libsonnet"' in told("sarif")
    assert '"file": "lib/lib.libsonnet"' in told("json")
    assert ">lib/lib.libsonnet:2:" in told("junit")
    for form in ("text", "github", "sarif", "json", "junit"):
        assert os.getcwd() not in told(form)


def test_however_a_path_is_given_its_places_are_told_alike(broken, capfd):
    def told(path):
        assert main(["validate", path]) == 1
        return sorted(capfd.readouterr().out.splitlines())

    assert told("environments") == told(os.path.abspath("environments"))


def test_eval_tells_machines_the_same(broken, capfd):
    assert main(["eval", "environments/a", "--json"]) == 1
    told = json.loads(capfd.readouterr().out)
    [found] = told["problems"] if "problems" in told else told["error"]["frames"][:1]
    assert found["file"] == "lib/lib.libsonnet"


def test_a_file_elsewhere_is_told_whole(broken, monkeypatch, capfd):
    root = os.getcwd()
    monkeypatch.chdir("environments")
    assert main(["show", "a"]) == 1
    assert capfd.readouterr().err.startswith(f"{root}/lib/lib.libsonnet:2:")


def test_what_is_wrong_with_an_environment_object_begins_with_its_file(project, capfd):
    head = "apiVersion: 'tanka.dev/v1alpha1', kind: 'Environment', metadata: { name: 'a' }"
    project(**{"e/main.jsonnet": f"{{ {head}, spec: {{ namespace: 5 }} }}"})
    assert main(["show", "e"]) == 1
    expected = "e/main.jsonnet: Environment a: spec.namespace must be a string, not 5\n"
    assert capfd.readouterr().err == expected


def test_an_export_tells_what_is_in_its_way_from_the_current_directory_on(environments, capfd):
    Path("out").mkdir()
    Path("out/manifest.json").write_text("5")
    assert main(["export", "out", "environments/a", "--merge-strategy", "replace-envs"]) == 1
    assert capfd.readouterr().err == "out/manifest.json: must map files to environments\n"


def test_values_keep_their_paths_and_errors_of_functions_too(project, capfd):
    project(**{"e/spec.json": "{}", "e/main.jsonnet": "{ file: std.thisFile }"})
    path = os.path.abspath("e/main.jsonnet")
    assert main(["eval", "e"]) == 0
    assert json.loads(capfd.readouterr().out) == {"file": path}
    Path(path).write_text("error 'mine'")
    with pytest.raises(EvaluationError) as caught:
        evaluate_file(path)
    assert caught.value.frames[0].file == path
    assert str(caught.value).startswith(f"{path}:1:1: mine")
