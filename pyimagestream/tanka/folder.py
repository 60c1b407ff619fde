"""Changes many files of a folder, or none.

Everything goes through the stage, a directory inside the folder:

1. the lock in the stage is taken; whoever has it is alone in the folder,
2. what a killed change left is taken back, and the stage emptied,
3. the new files are written into the stage,
4. the journal, which tells the moves to come, appears in one step,
5. the files in the way are moved into the stage, the new ones out of it,
6. the journal is removed: from now on the change is made,
7. the stage is emptied, and the lock removed last.

Whatever ends this between 4 and 6, the journal tells how to take it back: at once
or, if the process was killed, at the beginning of the next change. At any other
time there is no journal, and nothing in the stage that counts.

What is found in the stage may come from anybody who can write to the folder, in a
repository for example: a journal is held to the rules for new files before it is
obeyed, so that it reaches no place that a change could not.
"""

from __future__ import annotations

import fcntl
import json
import os
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache

from ..engines.sources import read_regular
from ..errors import PyimagestreamError, shown

STAGE = ".pyimagestream-export"
_JOURNAL = "journal.json"
_LOCK = "lock"
_LISTS = ("written", "kept", "made")


@contextmanager
def locked(folder: str) -> Iterator[None]:
    """Keeps other changes out of a folder, and takes back what a killed one left behind.

    The folder (a real path) is made if it is not there, and unmade again if it
    stays empty. Raises `PyimagestreamError` when another change is at work, when
    what was left cannot be taken back, or when the folder cannot be written to.
    """
    made = list(_missing(folder))
    try:
        with _lock(folder):
            _take_back(folder)
            try:
                _empty(folder)
            except OSError as error:
                raise PyimagestreamError(
                    f"{shown(folder)}: what an unfinished export left cannot be removed: {error}"
                ) from None
            try:
                yield
            except BaseException:
                _take_back(folder)
                _tidy(folder)
                raise
            _tidy(folder)
    finally:
        for directory in made:
            with suppress(OSError):  # it holds something by now
                os.rmdir(directory)


def _missing(folder: str) -> Iterator[str]:
    """A directory and those above it, as far as they do not exist."""
    while not os.path.exists(folder):
        yield folder
        folder = os.path.dirname(folder)


def change(folder: str, write: Mapping[str, str], delete: Collection[str]) -> None:
    """Writes and deletes files, by their places in a locked folder; all of them or none.

    Raises `PyimagestreamError` when that is not possible; the folder is then as before.
    """
    stage = os.path.join(folder, STAGE)
    # Those to delete come first: where case does not count, one may be in the way of its heir.
    wanted = dict.fromkeys((*delete, *write))
    try:
        made = _missing_directories(folder, write)
        empty = set(made)  # nothing has to be looked for in what is still to be made
        kept = [
            name
            for name in wanted
            if os.path.dirname(name) not in empty and _is_file(os.path.join(folder, name))
        ]
        for number, text in enumerate(write.values()):
            with open(os.path.join(stage, f"new-{number}"), "xb") as file:
                file.write(text.encode())
        with open(os.path.join(stage, "journal"), "x", encoding="utf-8") as file:
            json.dump(dict(zip(_LISTS, (list(write), kept, made), strict=True)), file)
            file.flush()
            os.fsync(file.fileno())
        os.rename(os.path.join(stage, "journal"), os.path.join(stage, _JOURNAL))
        for number, name in enumerate(kept):
            with suppress(FileNotFoundError):  # it went with another spelling of its name
                os.rename(os.path.join(folder, name), os.path.join(stage, f"old-{number}"))
        for name in made:
            _make_directory(os.path.join(folder, name))
        for number, name in enumerate(write):
            os.rename(os.path.join(stage, f"new-{number}"), os.path.join(folder, name))
        os.unlink(os.path.join(stage, _JOURNAL))
    except (OSError, ValueError) as error:
        _take_back(folder)
        raise PyimagestreamError(f"{shown(folder)}: nothing was changed: {error}") from None


def is_empty(folder: str) -> bool:
    """Whether a folder has nothing but the traces of changes."""
    try:
        return not any(name != STAGE for name in os.listdir(folder))
    except OSError as error:
        raise PyimagestreamError(f"{shown(folder)}: cannot be read: {error.strerror}") from None


@lru_cache(maxsize=1 << 14)  # what was exported before is mostly what is exported now
def place(name: str) -> str:
    """A file name as a path below a folder. Raises `ValueError` when it leads elsewhere."""
    os.fsencode(name)  # raises one of its own
    path = os.path.normpath(name)
    first = path.split(os.sep)[0]  # empty if it starts at the top
    if "\0" in name or first in ("", os.pardir, os.curdir):
        raise ValueError("it is not inside the directory")
    if first[0] == "." and folded(first) == STAGE:
        raise ValueError("it is not inside the directory, but where exports are prepared")
    return path


def folded(name: str) -> str:
    """The same for all names that some file systems take for one.

    Those of macOS and Windows do not tell capital letters from small ones, nor an
    accented letter from a letter and an accent.
    """
    if name.isascii():
        return name.lower()
    from unicodedata import normalize

    return normalize("NFC", normalize("NFD", name).casefold())


def check_directory(folder: str, directory: str) -> None:
    """Raises `PyimagestreamError` unless this is, or can become, a directory in the folder."""
    path = os.path.join(folder, directory) if directory else folder
    if os.path.realpath(path) != path:
        raise PyimagestreamError(
            f"{shown(path)}: a link leads from the output directory to another place"
        )
    while not os.path.lexists(path):
        path = os.path.dirname(path)
    if not os.path.isdir(path):
        raise PyimagestreamError(f"{shown(path)}: this must be a directory, but is a file")


@contextmanager
def _lock(folder: str) -> Iterator[None]:
    stage = os.path.join(folder, STAGE)
    path = os.path.join(stage, _LOCK)
    try:
        os.makedirs(stage, exist_ok=True)
    except OSError as error:
        raise PyimagestreamError(
            f"{shown(folder)}: cannot be written to: {error.strerror}"
        ) from None
    if os.path.islink(stage):
        raise PyimagestreamError(f"{shown(stage)}: this must be a directory, but is a link")
    lock = _taken(folder, path)
    try:
        yield
    finally:
        try:
            with suppress(OSError):
                os.unlink(path)  # still held: whoever opened it before finds it gone
        finally:
            os.close(lock)
            with suppress(OSError):  # somebody else has it already
                os.rmdir(stage)


def _taken(folder: str, path: str) -> int:
    """The lock, open and ours."""
    busy = PyimagestreamError(f"{shown(folder)}: another export is writing there")
    flags = os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        lock = os.open(path, flags, 0o666)
    except FileNotFoundError:
        raise busy from None  # and has just ended, or the stage would be there
    except OSError as error:
        raise PyimagestreamError(f"{shown(path)}: cannot be locked: {error.strerror}") from None
    try:
        try:
            if not stat.S_ISREG(os.fstat(lock).st_mode):
                raise PyimagestreamError(
                    f"{shown(path)}: cannot be locked: this is not a regular file"
                )
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(os.fstat(lock), os.lstat(path)):
                raise busy
        except (BlockingIOError, FileNotFoundError):
            raise busy from None
        except OSError as error:
            raise PyimagestreamError(f"{shown(path)}: cannot be locked: {error.strerror}") from None
    except BaseException:
        os.close(lock)
        raise
    return lock


def _take_back(folder: str) -> None:
    """Takes back what the journal tells, if there is one, however far it came.

    Each step can be repeated, should this be interrupted as well.
    """
    stage = os.path.join(folder, STAGE)
    try:
        journal = _journal(folder)
        if journal is None:
            return
        for number, name in enumerate(journal["written"]):
            new, path = os.path.join(stage, f"new-{number}"), os.path.join(folder, name)
            if not os.path.lexists(new) and _is_file(path):
                os.rename(path, new)
        for number, name in enumerate(journal["kept"]):
            old, path = os.path.join(stage, f"old-{number}"), os.path.join(folder, name)
            if _is_file(old):
                _is_file(path)
                os.replace(old, path)
        for name in reversed(journal["made"]):
            with suppress(OSError):  # not made yet, or somebody else put something there
                os.rmdir(os.path.join(folder, name))
        os.unlink(os.path.join(stage, _JOURNAL))
    except (OSError, ValueError, RecursionError, PyimagestreamError) as error:
        raise PyimagestreamError(
            f"{shown(folder)}: what an unfinished export did cannot be taken back: {error}"
            f" (to keep the directory as it is now, delete {shown(stage)})"
        ) from None


def _journal(folder: str) -> dict[str, list[str]] | None:
    """The journal, if there is one. Raises when it is none that `change` might have written."""
    path = os.path.join(folder, STAGE, _JOURNAL)
    try:
        journal = json.loads(read_regular(path, follow=False))
    except FileNotFoundError:
        return None
    if not isinstance(journal, dict) or sorted(journal) != sorted(_LISTS):
        raise ValueError(f"{shown(path)} is no journal")
    for names in journal.values():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError(f"{shown(path)} is no journal")
        for name in names:
            if _place_in_journal(path, name) != name:
                raise ValueError(f"{shown(path)}: {name!r}: it is not in its shortest form")
        for directory in {os.path.dirname(name) for name in names}:
            check_directory(folder, directory)
    return journal


def _place_in_journal(path: str, name: str) -> str:
    try:
        return place(name)
    except ValueError as error:
        raise ValueError(f"{shown(path)}: {name!r}: {error}") from None


def _empty(folder: str) -> None:
    """Removes all from the stage but the lock."""
    with os.scandir(os.path.join(folder, STAGE)) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                import shutil  # slow to import, and none is made there

                shutil.rmtree(entry.path)
            elif entry.name != _LOCK:
                os.unlink(entry.path)


def _tidy(folder: str) -> None:
    """Empties the stage, or leaves it to the next change."""
    with suppress(OSError):
        _empty(folder)


def _is_file(path: str) -> bool:
    """Whether a file, or a link, is there. Raises `PyimagestreamError` for anything else."""
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    if not stat.S_ISREG(mode) and not stat.S_ISLNK(mode):
        what = "a directory" if stat.S_ISDIR(mode) else "something else"
        raise PyimagestreamError(f"{shown(path)}: this must be a file, but is {what}")
    return True


def _missing_directories(folder: str, names: Collection[str]) -> list[str]:
    """The directories to make for files, outer ones first."""
    wanted: dict[str, None] = {}
    for directory in dict.fromkeys(os.path.dirname(name) for name in names):
        parts = directory.split(os.sep) if directory else []
        for end in range(1, len(parts) + 1):
            wanted[os.sep.join(parts[:end])] = None
    return [name for name in wanted if not os.path.isdir(os.path.join(folder, name))]


def _make_directory(path: str) -> None:
    try:
        os.mkdir(path)
    except FileExistsError:  # made already, by another spelling of its name
        if not os.path.isdir(path):
            raise
