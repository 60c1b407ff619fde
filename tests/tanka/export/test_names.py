"""Files of an export that some file system takes for one are never lost there, or anywhere."""

from __future__ import annotations

import json
import os
from functools import partial
from pathlib import Path

import pytest
from support import faults
from support.ignorecase import ignore_case

from pyimagestream.errors import PyimagestreamError
from pyimagestream.tanka.export.export import export
from pyimagestream.tanka.folder import STAGE, folded


class Prepared:
    """Runs nothing, and knows the names of the files of each environment."""

    def __init__(self, files):
        self.files = files

    def run(self, jobs):
        return [
            [(name, f"ConfigMap/{name}", text) for name, text in self.files[job.title].items()]
            for job in jobs
        ]


def exported(merge_strategy="replace-envs", **files):
    """Exports environments, given as ``a={"file name": "text"}``."""
    return export(
        "out",
        [f"environments/{name}" for name in files],
        runner=Prepared({f"environments/{name}": of for name, of in files.items()}),  # type: ignore[arg-type]
        recursive=True,
        merge_strategy=merge_strategy,
    )


def content():
    files = {
        str(path.relative_to("out")): path.read_text()
        for path in Path("out").rglob("*")
        if path.is_file() and STAGE not in str(path)
    }
    listed = json.loads(files.pop("manifest.json", "{}"))
    assert sorted(map(folded, listed)) == sorted(map(folded, files))
    return files


@pytest.fixture(params=["exact", "ignoring case"], autouse=True)
def file_system(request, environments, monkeypatch):
    """Every test here runs on both kinds of file systems."""
    if request.param != "exact":
        ignore_case(monkeypatch, os.path.realpath("."))
        Path("out").mkdir()
        Path("out/A").touch()
        assert Path("out/a").exists()
        Path("out/A").unlink()
        Path("out").rmdir()
    return request.param


TWINS = [
    ("App.yaml", "app.yaml"),
    ("caf\u00e9.yaml", "cafe\u0301.yaml"),
    ("CAFE\u0301.yaml", "caf\u00e9.yaml"),
    ("stra\u00dfe.yaml", "STRASSE.yaml"),
    ("Dir/x.yaml", "dir/X.yaml"),
]


@pytest.mark.parametrize(("one", "other"), TWINS)
def test_names_that_are_one_somewhere_clash_and_both_manifests_are_named(one, other):
    for files in ({"a": {one: "1", other: "2"}}, {"a": {one: "1"}, "b": {other: "2"}}):
        with pytest.raises(PyimagestreamError) as caught:
            exported(**files)
        assert f"ConfigMap/{one} of environments/a and ConfigMap/{other} of" in str(caught.value)
        assert "capital letters" in str(caught.value)
        assert not Path("out").exists()


@pytest.mark.parametrize("strategy", ["replace-envs", "fail-on-conflicts"])
@pytest.mark.parametrize(("one", "other"), TWINS)
def test_a_name_clashes_with_those_of_other_environments_as_well(one, other, strategy):
    exported(a={one: "1"})
    with pytest.raises(PyimagestreamError, match=r"a/main\.jsonnet and ConfigMap/.* of env.*/b"):
        exported(strategy, b={other: "2"})
    assert content() == {one: "1"}


def test_a_name_cannot_be_a_file_and_a_folder_in_another_spelling():
    with pytest.raises(PyimagestreamError, match=r"ConfigMap/x .*needs a file where ConfigMap/X/y"):
        exported(a={"x": "1", "X/y": "2"})


@pytest.mark.parametrize(
    "name", ["MANIFEST.json", "Manifest.JSON", "manifest.json", "./MANIFEST.json"]
)
def test_the_name_of_the_list_is_taken_in_every_spelling(name):
    with pytest.raises(PyimagestreamError, match="list of all files"):
        exported(a={name: "1"})


@pytest.mark.parametrize("name", [".PYIMAGESTREAM-EXPORT/x", ".pyimagestream-Export"])
def test_the_place_where_exports_are_prepared_is_taken_in_every_spelling(name):
    with pytest.raises(PyimagestreamError, match=r"(?i)ConfigMap/\.py.*not inside the directory"):
        exported(a={name: "1"})
    assert not Path("out").exists()


@pytest.mark.parametrize("text", ["1", "2"])
@pytest.mark.parametrize(("one", "other"), TWINS)
def test_a_file_can_be_renamed_to_another_spelling_of_its_name(one, other, text):
    exported(a={one: "1"}, b={"b.yaml": "b"})
    done = exported(a={other: text})
    assert (done.written, done.deleted) == (1, 1)
    assert {os.path.basename(name): text for name, text in content().items()} == {
        "b.yaml": "b",
        os.path.basename(other): text,
    }
    assert exported(a={other: text}).written == 0


def test_a_renaming_that_is_killed_at_any_operation_was_made_or_not():
    exported(a={"App.yaml": "1"})
    seen = []
    at = 0
    while faults.run(partial(exported, a={"app.yaml": "2"}), faults.killed(at)) == faults.KILLED:
        with pytest.raises(PyimagestreamError, match="the directory is not empty"):
            exported("", a={})
        seen.append(content())
        assert seen[-1] in ({"App.yaml": "1"}, {"app.yaml": "2"})
        exported(a={"App.yaml": "1"})
        at += 1
    assert seen[0] != seen[-1]


def interrupt():
    raise KeyboardInterrupt


def test_an_interrupted_export_says_so_if_and_only_if_nothing_was_written():
    exported(a={"x.yaml": "1"})
    ends = set()
    change = partial(exported, a={"x.yaml": "2", "z.yaml": "3"})
    for at in faults.operations(change):
        exported(a={"x.yaml": "1"})
        try:
            faults.run(change, faults.Fault(at, interrupt))
        except KeyboardInterrupt:
            assert content() == {"x.yaml": "1"}
            ends.add("interrupted")
        else:
            assert content() == {"x.yaml": "2", "z.yaml": "3"}
            ends.add("done")
    assert ends == {"interrupted", "done"}


def test_two_names_of_one_file_that_an_earlier_export_recorded_do_not_lose_it():
    exported(a={"app.yaml": "1"})
    entry = "environments/a/main.jsonnet"
    Path("out/manifest.json").write_text(json.dumps({"App.yaml": entry, "app.yaml": entry}))
    exported(a={"app.yaml": "1"})
    assert content() == {"app.yaml": "1"}


def test_somebody_elses_file_in_another_spelling_is_not_overwritten(file_system):
    Path("out").mkdir()
    Path("out/readme.yaml").write_text("mine")
    if file_system == "exact":
        exported(a={"README.yaml": "1"})
    else:
        with pytest.raises(PyimagestreamError, match="exists already"):
            exported(a={"README.yaml": "1"})
    assert Path("out/readme.yaml").read_text() == "mine"


def test_somebody_elses_file_is_not_taken_for_a_renamed_one(file_system):
    exported(a={"App.yaml": "1"})
    if file_system == "exact":
        Path("out/app.yaml").write_text("mine")
        with pytest.raises(PyimagestreamError, match="exists already"):
            exported(a={"app.yaml": "2"})
        assert Path("out/app.yaml").read_text() == "mine"


def test_folders_may_differ_in_case(file_system):
    exported(a={"App/x.yaml": "1", "app/y.yaml": "2"})
    assert {Path(path).name for path in Path("out").rglob("*.yaml")} == {"x.yaml", "y.yaml"}
    assert exported(a={"App/x.yaml": "1", "app/y.yaml": "2"}).written == 0
