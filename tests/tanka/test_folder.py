"""A folder is changed as a whole or not at all, whatever happens meanwhile."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import faults

from pyimagestream.errors import PyimagestreamError
from pyimagestream.tanka import folder


def content(root):
    return {
        str(path.relative_to(root)): path.read_text() if path.is_file() else None
        for path in root.rglob("*")
    }


def change(root, write, delete=()):
    with folder.locked(str(root)):
        folder.change(str(root), write, delete)


@pytest.fixture(autouse=True)
def _no_power_is_lost(monkeypatch):
    """Waiting for the disk takes most of the time otherwise, and tells nothing here."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


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


OLD = {"a.yaml": "a", "dir": None, "dir/b.yaml": "b", "dir/c.yaml": "c"}
FIRST = ({"a.yaml": "1", "x/y.yaml": "1"}, ["dir/b.yaml"])
SECOND = ({"a.yaml": "2", "dir/c.yaml": "2", "x/z.yaml": "2"}, ["dir/b.yaml"])


def changed(before, write, delete):
    """What a folder holds after a change."""
    after = {name: text for name, text in before.items() if name not in delete}
    for name, text in write.items():
        after[name] = text
        while name := os.path.dirname(name):
            after[name] = None
    return after


@pytest.fixture
def trial(filled, tmp_path):
    """Makes a fresh copy of a filled folder."""
    assert content(filled) == OLD
    trials = iter(range(1_000_000))

    def copy():
        return shutil.copytree(filled, tmp_path / f"trial-{next(trials)}")

    return copy


def repaired(root):
    """What a folder holds after a change that fails before it does anything."""
    with contextlib.suppress(StopHere), folder.locked(str(root)):
        raise StopHere
    assert not (root / folder.STAGE).exists()
    return content(root)


def run(root, wanted, fault=None):
    return faults.run(partial(change, root, *wanted), fault)


def steps(root, wanted):
    return faults.operations(partial(change, root, *wanted))


def test_a_change_killed_at_any_operation_was_made_or_not(trial):
    seen = []
    for at in steps(trial(), FIRST):
        root = trial()
        assert run(root, FIRST, faults.killed(at)) == faults.KILLED
        seen.append(repaired(root))
        assert seen[-1] in (OLD, changed(OLD, *FIRST))
    assert seen[0] == OLD
    assert seen[-1] == changed(OLD, *FIRST)


@pytest.mark.parametrize("lasting", [False, True])
def test_a_change_that_fails_at_any_operation_was_made_or_not(trial, lasting):
    """A disk that fails for good keeps it from being taken back as well: the next change does."""
    for at in steps(trial(), FIRST):
        root = trial()
        ended = run(root, FIRST, faults.failing(at, lasting=lasting))
        assert ended in (faults.DONE, faults.REFUSED)
        after = OLD if ended == faults.REFUSED else changed(OLD, *FIRST)
        if not lasting:
            left = content(root)
            assert {name: left[name] for name in left if folder.STAGE not in name} == after
        assert repaired(root) == after


@pytest.mark.parametrize("second", [faults.killed, faults.failing])
def test_two_faults_in_a_row_do_not_mix_anything_up(trial, second):
    """The first one kills; the second one finds what the first one left."""
    befores = [OLD, changed(OLD, *FIRST)]
    afters = [changed(before, *SECOND) for before in befores]
    possible = {faults.DONE: afters, faults.REFUSED: befores, faults.KILLED: befores + afters}
    count = len(steps(trial(), FIRST))
    for at in range(count):
        killed = trial()
        assert run(killed, FIRST, faults.killed(at)) == faults.KILLED
        # It has to take back as well. They are many: every third one, and then others.
        for then in range(at % 3, 2 * count, 3):
            root = shutil.copytree(killed, f"{killed}-{then}")
            ended = run(root, SECOND, second(then))
            assert repaired(Path(root)) in possible[ended]


@pytest.mark.parametrize("fault", [None, faults.killed, faults.failing])
def test_a_second_change_at_any_operation_of_the_first_is_made_or_refused(trial, fault):
    """The first one waits while the second one runs to its end, whatever that is."""
    seen = set()
    every = steps(trial(), SECOND) if fault else [0]
    for at in steps(trial(), FIRST):
        for then in every[at % 3 :: 3] if fault else every:
            root = trial()
            told = []

            def second(root=root, then=then, told=told):
                told.append(run(root, SECOND, fault and fault(then)))

            first_ended = run(root, FIRST, faults.Fault(at, second))
            [second_ended] = told
            seen.add((first_ended, second_ended))
            possible = [OLD]
            for one, ended in ((FIRST, first_ended), (SECOND, second_ended)):
                made = [changed(before, *one) for before in possible]
                possible = {faults.DONE: made, faults.REFUSED: possible}.get(ended, possible + made)
            if {first_ended, second_ended} <= {faults.DONE, faults.KILLED}:
                possible.append(changed(changed(OLD, *SECOND), *FIRST))
            assert repaired(root) in possible
    assert (faults.DONE, faults.REFUSED) in seen
    assert all(first in (faults.DONE, faults.REFUSED) for first, _ in seen)


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


GOOD = {"written": ["a.yaml"], "kept": ["dir/b.yaml"], "made": ["x"]}
ODD = [None, True, 1, 1.5, "text", [], ["text"], [[]], [None], {}, {"a": []}]


def journals():
    """Journals that no change has written, as JSON."""
    yield from ("", "{", '"', "\0", "\ufeff{}", "[" * 100_000, "1" * 5_000)
    yield from map(json.dumps, ODD)
    for name in GOOD:
        yield json.dumps({key: GOOD[key] for key in GOOD if key != name})
        yield from (json.dumps({**GOOD, name: odd}) for odd in ODD if odd not in ([], ["text"]))
        for place in OUTSIDE:
            yield json.dumps({**GOOD, name: [place]})
            yield json.dumps({**GOOD, name: [*GOOD[name], place]})
    yield json.dumps({**GOOD, "more": []})


OUTSIDE = [
    "",
    ".",
    "..",
    "../precious",
    "dir/../../precious",
    "dir/../a.yaml",
    "./a.yaml",
    "dir//b.yaml",
    "dir/",
    "/precious",
    "link/precious",
    "a.yaml/x",
    "a\0",
    "\ud800",
    ".pyimagestream-export",
    ".pyimagestream-export/old-0",
    ".PyImageStream-Export/x",
]


def left_behind(root, journal):
    """A stage as a killed change leaves it, but for its journal."""
    stage = root / folder.STAGE
    stage.mkdir()
    for number in range(3):
        (stage / f"old-{number}").write_text("evil")
    (stage / "journal.json").write_text(journal)
    return stage


@pytest.mark.parametrize("journal", list(journals()), ids=lambda journal: journal[:60].encode())
def test_a_damaged_journal_is_one_clear_error(filled, journal, tmp_path):
    (tmp_path / "precious").write_text("precious")
    (filled / "link").symlink_to(tmp_path)
    left_behind(filled, journal)
    before = content(tmp_path)
    with pytest.raises(PyimagestreamError, match=r"cannot be taken back: .*delete .*-export\)$"):
        change(filled, {"a.yaml": "new"})
    assert content(tmp_path) == before
    assert (filled / folder.STAGE / "journal.json").read_text() == journal


IN_THE_STAGE = ["journal.json", "lock", "old-0", "../dir/b.yaml", "../a.yaml"]


@pytest.mark.parametrize("name", IN_THE_STAGE)
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_not_waited_for_nor_moved(filled, make, name):
    path = left_behind(filled, json.dumps(GOOD)) / name
    path.unlink(missing_ok=True)
    make(path)
    kind = path.lstat().st_mode
    with pytest.raises(PyimagestreamError, match=r"cannot be (taken back|locked): "):
        change(filled, {"a.yaml": "new"})
    assert path.lstat().st_mode == kind


@pytest.mark.parametrize("name", IN_THE_STAGE)
def test_a_link_is_moved_as_it_is_and_never_followed(filled, name, tmp_path):
    (tmp_path / "precious").write_text(json.dumps(GOOD))
    path = left_behind(filled, json.dumps(GOOD)) / name
    path.unlink(missing_ok=True)
    path.symlink_to(tmp_path / "precious")
    if name in ("journal.json", "lock"):
        with pytest.raises(PyimagestreamError, match=r"cannot be (taken back|locked): "):
            change(filled, {"a.yaml": "new"})
    else:
        change(filled, {"a.yaml": "new"})
        assert (filled / "dir" / "b.yaml").is_symlink() is (name == "old-0")
        assert (filled / "a.yaml").read_text() == "new"
    assert (tmp_path / "precious").read_text() == json.dumps(GOOD)


@pytest.mark.parametrize("target", ["elsewhere", "missing"])
def test_a_stage_that_is_a_link_is_not_followed(filled, tmp_path, target):
    (tmp_path / "elsewhere").mkdir()
    (filled / folder.STAGE).symlink_to(tmp_path / target)
    with pytest.raises(PyimagestreamError, match=r"this must be a directory|cannot be wri"):
        change(filled, {"a.yaml": "new"})
    assert content(tmp_path / "elsewhere") == {}
    assert not (tmp_path / "missing").exists()


def test_whatever_lies_in_the_stage_is_removed_and_nothing_else(filled, tmp_path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("precious")
    stage = filled / folder.STAGE
    (stage / "deep" / "er").mkdir(parents=True)
    (stage / "deep" / "link").symlink_to(precious)
    (stage / "link").symlink_to(precious)
    (stage / "dangling").symlink_to("nowhere")
    os.mkfifo(stage / "pipe")
    (stage / "new-0").write_text("x")
    os.link(precious / "file", stage / "old-0")
    change(filled, *FIRST)
    assert content(filled) == changed(OLD, *FIRST)
    assert content(precious) == {"file": "precious"}


def test_a_folder_where_a_file_shall_be_is_not_moved_away(filled):
    before = content(filled)
    for write, delete in (({"dir": "x"}, ()), ({}, ["dir"])):
        with pytest.raises(PyimagestreamError, match="dir: this must be a file"):
            change(filled, write, delete)
    assert content(filled) == before


KILLED = """
import os, signal, sys
from pyimagestream.tanka import folder
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
