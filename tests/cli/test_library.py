"""``--library``: manifests of other APIs are judged by the checks that a directory brings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.apis import DATA, library

from pyimagestream.cli.main import main

BACKUP = """\
apiVersion: example.com/v1
kind: Backup
metadata:
  name: nightly
spec:
  shedule: 0 3 * * *
  retention: 1000
  target: {nfs: {server: a, path: /b}}
"""
ROUTE = """\
apiVersion: route.openshift.io/v1
kind: Route
metadata: {name: web}
spec: {to: {name: web}}
"""
STRANGE = """\
apiVersion: v1
kind: List
items:
- {apiVersion: apps/v1, kind: Deploymnt, metadata: {name: a}}
- {apiVersion: example.com/v2, kind: Backup, metadata: {name: a}}
- {apiVersion: strange.example.com/v1, kind: Thing, metadata: {name: a}}
"""
TEMPLATE = """\
{
  backup: {
    apiVersion: 'example.com/v1',
    kind: 'Backup',
    metadata: { name: 'nightly' },
    spec: {
      schedule: 'daily',
      bogus: 1,
      target: { s3: { bucket: 'a' } },
    },
  },
}
"""
UNCHECKED = "not checked of example.com/v1 Backup: 1 CEL rule (x-kubernetes-validations)\n"

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    library(tmp_path / "lib")
    return tmp_path


def written(path: str, text: str) -> str:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")
    return path


def test_every_problem_and_warning_has_its_place(here: Path, capfd: Capture) -> None:
    assert main(["validate", "--library", "lib", written("a.yaml", BACKUP)]) == 1
    told = capfd.readouterr()
    assert told.out == (
        "a.yaml:7:14: spec.retention: must be at most 365, not 1000\n"
        'a.yaml:6:3: spec.schedule: must be there (did you mean schedule by "shedule"?)\n'
        "a.yaml:6:12: warning: spec.shedule: is unknown to the server (did you mean schedule?)"
        " [W011]\n"
    )
    assert told.err == f"1 manifest, 2 problems, 1 warning\n{UNCHECKED}"


def test_the_objects_that_real_ones_are_like_are_well(here: Path, capfd: Capture) -> None:
    path = written("a.yaml", (DATA / "objects.yaml").read_text(encoding="utf-8"))
    arguments = ["validate", "--library", "lib", "--strict", "--require-known", "--warn-as-error"]
    assert main([*arguments, path]) == 0
    told = capfd.readouterr()
    assert told.out == ""
    assert told.err.startswith("39 manifests, 0 problems, 0 warnings\n")


def test_what_no_library_knows_is_told_in_one_line(here: Path, capfd: Capture) -> None:
    assert main(["validate", "--library", "lib", written("a.yaml", f"{ROUTE}---\n{STRANGE}")]) == 0
    told = capfd.readouterr()
    assert told.out == ""
    assert told.err == (
        "1 manifest, 0 problems, 0 warnings\n"
        "not judged, as no library has the kind: apps/v1 Deploymnt (did you mean apps/v1"
        " Deployment?), example.com/v2 Backup (did you mean example.com/v1 Backup?),"
        " strange.example.com/v1 Thing\n"
    )


def test_known_kinds_can_be_required(here: Path, capfd: Capture) -> None:
    path = written("a.yaml", STRANGE)
    assert main(["validate", "--library", "lib", "--require-known", path]) == 1
    assert [line.partition(" (in")[0] for line in capfd.readouterr().out.splitlines()] == [
        "a.yaml:4:31: kind: apps/v1 Deploymnt is no kind that is known here"
        " (did you mean apps/v1 Deployment?)",
        "a.yaml:5:38: kind: example.com/v2 Backup is no kind that is known here"
        " (did you mean example.com/v1 Backup?)",
        "a.yaml:6:46: kind: strange.example.com/v1 Thing is no kind that is known here",
    ]
    assert main(["validate", "--require-known", path]) == 1
    assert "is no kind that is known here" in capfd.readouterr().out


def test_without_a_library_other_kinds_are_no_matter(here: Path, capfd: Capture) -> None:
    assert main(["validate", "--allow-empty", written("a.yaml", BACKUP)]) == 0
    assert capfd.readouterr().err == "0 manifests, 0 problems, 0 warnings\n"


def test_the_manifests_of_templates_are_judged(here: Path, capfd: Capture) -> None:
    assert main(["validate", "--library", "lib", written("a.jsonnet", TEMPLATE)]) == 1
    assert capfd.readouterr().out == (
        "a.jsonnet:7:17: spec.schedule: must have at least 9 characters, not 5\n"
        "a.jsonnet:8:14: warning: spec.bogus: is unknown to the server [W011]\n"
    )


def test_a_directory_on_the_jpath_is_known_too(here: Path, capfd: Capture) -> None:
    for path, text in (("a.jsonnet", TEMPLATE), ("b.yaml", BACKUP)):
        assert main(["validate", "-J", "lib", written(path, text)]) == 1
        assert "spec.schedule: must" in capfd.readouterr().out
    written("env/jsonnetfile.json", "{}")
    library(here / "env" / "lib")
    assert main(["validate", written("env/e/main.jsonnet", TEMPLATE)]) == 1
    assert "main.jsonnet:7:17: spec.schedule: must" in capfd.readouterr().out


def test_a_pipe_is_judged(here: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    with open(written("a.yaml", BACKUP)) as file:
        monkeypatch.setattr("sys.stdin", file)
        assert main(["validate", "--library", "lib", "-"]) == 1
    assert capfd.readouterr().out.startswith("<stdin>:7:14: spec.retention: ")


def test_eval_and_show_refuse_what_is_wrong(here: Path, capfd: Capture) -> None:
    path = written("a.jsonnet", TEMPLATE)
    for command in (["eval"], ["eval", "--json"], ["show"]):
        assert main([*command, "--library", "lib", path]) == 1
        told = capfd.readouterr()
        assert "must have at least 9 characters, not 5" in told.out + told.err
    assert main(["eval", path]) == 0


def test_a_directory_that_was_not_generated_is_one_clear_error(here: Path, capfd: Capture) -> None:
    paths = [written("a.yaml", BACKUP), written("b.yaml", BACKUP)]
    assert main(["validate", "--library", "no", *paths]) == 1
    told = capfd.readouterr()
    assert told.out == ""
    assert told.err == (
        "no: has no pyimagestream.json, which `pyimagestream generate --openapi` writes\n"
    )


@pytest.mark.parametrize("text", ["", "[]", "\0", '{"format": 2}'])
def test_a_broken_library_is_one_clear_error_of_a_file(
    here: Path, capfd: Capture, text: str
) -> None:
    Path("lib/pyimagestream.json").write_text(text)
    assert main(["validate", "--library", "lib", written("a.yaml", BACKUP)]) == 1
    [line] = capfd.readouterr().out.splitlines()
    assert line.startswith("a.yaml: ")
    assert "lib/pyimagestream.json: is no" in line


def test_a_library_that_changed_is_looked_at_again_although_outcomes_are_cached(
    here: Path, capfd: Capture
) -> None:
    paths = [written("a.jsonnet", TEMPLATE), written("b.yaml", BACKUP)]
    arguments = ["validate", "-J", "lib", "-c", "cache", *paths]
    assert main(arguments) == 1
    first = capfd.readouterr().out
    assert main(arguments) == 1
    assert capfd.readouterr().out == first
    Path("lib/pyimagestream.json").rename("kept.json")
    assert main([*arguments, "--allow-empty"]) == 0
    assert capfd.readouterr().out == ""
    Path("kept.json").rename("lib/pyimagestream.json")
    changed = json.loads(Path("lib/pyimagestream.json").read_text())
    del changed["definitions"]["com.example.v1.Backup"]
    Path("lib/pyimagestream.json").write_text(json.dumps(changed))
    assert main([*arguments, "--allow-empty"]) == 0
    assert "no library has the kind: example.com/v1 Backup" in capfd.readouterr().err


def test_image_v1_keeps_its_own_rules_where_a_library_has_the_kind_too(
    here: Path, capfd: Capture
) -> None:
    stream = (
        "apiVersion: image.openshift.io/v1\nkind: ImageStream\nmetadata: {name: A}\n"
        "spec: {tags: [{name: a, from: {kind: DockerImage, name: a}}]}\n"
    )
    path = written("a.yaml", stream)
    assert main(["validate", path]) == 1
    own = capfd.readouterr()
    assert main(["validate", "--library", "lib", path]) == 1
    assert capfd.readouterr() == own


def test_the_settings_of_a_project_name_libraries_too(here: Path, capsys: Capture) -> None:
    (here / "backup.yaml").write_text(BACKUP)
    assert main(["validate", "backup.yaml", "--library", "lib"]) == 1
    expected = capsys.readouterr().out
    (here / "pyimagestream.yaml").write_text("library: [lib]\n")
    assert main(["validate", "backup.yaml"]) == 1
    assert capsys.readouterr().out == expected
    assert "backup.yaml:6:3" in expected
