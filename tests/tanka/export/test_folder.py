"""A folder is changed as a whole or not at all, whatever happens meanwhile."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyimagestream.errors import PyimagestreamError
from pyimagestream.tanka.export import _folder as folder


def content(root):
    return {
        str(path.relative_to(root)): path.read_text() if path.is_file() else None
        for path in root.rglob("*")
    }


def change(root, write, delete=()):
    with folder.locked(str(root)):
        folder.change(str(root), write, delete)


@pytest.fixture
def filled(tmp_path):
    root = tmp_path / "out"
    change(root, {"a.yaml": "a", "dir/b.yaml": "b", "dir/c.yaml": "c"})
    return root


def test_writes_replaces_and_deletes(filled):
    change(filled, {"a.yaml": "new", "x/y/z.yaml": "z"}, ["dir/b.yaml"])
    assert content(filled) == {
        "a.yaml": "new",
        "dir": None,
        "dir/c.yaml": "c",
        "x": None,
        "x/y": None,
        "x/y/z.yaml": "z",
    }


class StopHere(BaseException):
    """As an interruption might."""


def interrupted_after(steps, monkeypatch):
    """Makes the n-th of the moves fail."""
    rename, left = os.rename, [steps]

    def failing(*arguments):
        if not left[0]:
            left[0] -= 1
            raise StopHere
        left[0] -= 1
        rename(*arguments)

    monkeypatch.setattr(os, "rename", failing)


@pytest.mark.parametrize("steps", range(6))
def test_an_interrupted_change_leaves_everything_as_it_was(filled, monkeypatch, steps):
    before = content(filled)
    interrupted_after(steps, monkeypatch)
    with pytest.raises(StopHere):
        change(filled, {"a.yaml": "new", "x/y.yaml": "y", "dir/c.yaml": "new"}, ["dir/b.yaml"])
    monkeypatch.undo()
    assert content(filled) == before


@pytest.mark.parametrize("steps", range(6))
@pytest.mark.parametrize("again", range(4))
def test_what_a_killed_export_left_behind_is_taken_back(filled, monkeypatch, steps, again):
    """Even when taking it back is killed as well."""
    before = content(filled)
    for left in (steps, again):
        with monkeypatch.context() as context:
            interrupted_after(left, context)
            context.setattr(shutil, "rmtree", lambda *_, **__: None)
            context.setattr(folder, "_undo", folder._undo if left == again else lambda _: None)
            try:
                change(filled, {"a.yaml": "new", "x/y.yaml": "y"}, ["dir/b.yaml"])
            except StopHere:
                pass
            else:
                return  # the second time it came to its end
    with folder.locked(str(filled)):
        pass
    assert content(filled) == before


def test_what_cannot_be_written_changes_nothing(filled):
    before = content(filled)
    with pytest.raises(PyimagestreamError, match="nothing was changed"):
        change(filled, {"a.yaml": "new", "n" * 300: "too long a name"})
    assert content(filled) == before


@pytest.mark.parametrize("name", ["new", "deep/er/new"])
def test_a_new_folder_stays_only_if_it_gets_content(tmp_path, name):
    with folder.locked(str(tmp_path / name)):
        pass
    assert content(tmp_path) == {}


def test_empty_folders_that_were_there_stay(tmp_path):
    (tmp_path / "empty").mkdir()
    with folder.locked(str(tmp_path / "empty" / "new")):
        pass
    assert content(tmp_path) == {"empty": None}


def test_two_exports_at_once_are_refused(filled):
    with folder.locked(str(filled)):
        with pytest.raises(PyimagestreamError, match="another export"):
            change(filled, {"a.yaml": "new"})
        folder.change(str(filled), {"a.yaml": "mine"}, [])
    assert content(filled)["a.yaml"] == "mine"


def test_a_lock_that_was_removed_meanwhile_is_none(filled, monkeypatch):
    """The export that had it ended between the opening and the locking."""
    opened = os.open

    def too_late(path, *arguments):
        file = opened(path, *arguments)
        os.unlink(path)
        os.rmdir(os.path.dirname(path))
        return file

    before = content(filled)
    monkeypatch.setattr(os, "open", too_late)
    with pytest.raises(PyimagestreamError, match="another export"):
        change(filled, {"a.yaml": "new"})
    assert content(filled) == before


@pytest.mark.parametrize("journal", ["", "{", '"'])
def test_a_damaged_journal_is_one_clear_error(filled, journal):
    (filled / folder.STAGE).mkdir()
    (filled / folder.STAGE / "journal.json").write_text(journal)
    with pytest.raises(PyimagestreamError, match="cannot be taken back"):
        change(filled, {"a.yaml": "new"})
    assert (filled / folder.STAGE / "journal.json").read_text() == journal


KILLED = """
import os, signal, sys
from pyimagestream.tanka.export import _folder as folder
rename = os.rename
def last(source, target):
    rename(source, target)
    if target.endswith("new.yaml"):
        os.kill(os.getpid(), signal.SIGKILL)
os.rename = last
with folder.locked(sys.argv[1]):
    folder.change(sys.argv[1], {"a.yaml": "changed", "new.yaml": "n", "other.yaml": "o"}, [])
"""


def test_a_killed_process_leaves_a_folder_that_the_next_one_repairs(filled):
    before = content(filled)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(filled)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert content(filled) != before
    with folder.locked(str(filled)):
        pass
    assert content(filled) == before


names = st.sampled_from(["a", "b", "d/a", "d/b", "d/e/f"])


@given(
    before=st.dictionaries(names, st.text(max_size=3)),
    write=st.dictionaries(names, st.text(max_size=3)),
    delete=st.sets(names),
)
def test_the_files_afterwards_are_those_kept_and_those_written(
    tmp_path_factory, before, write, delete
):
    root = tmp_path_factory.mktemp("out")
    change(root, before)
    change(root, write, delete)
    kept = {name: text for name, text in before.items() if name not in delete}
    files = {name: (root / name).read_bytes().decode() for name in {**kept, **write}}
    assert files == {**kept, **write}
    assert json.dumps(sorted(files)) == json.dumps(
        sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())
    )
