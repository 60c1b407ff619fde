"""Changes many files of a folder, or none.

New content is staged in a directory inside the folder, beside a journal of what
will be done with it; then files are moved, which is quick. Whatever goes wrong,
the journal says how to take it back: at once, or, if the process was killed, at
the beginning of the next change.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from types import ModuleType

from ...errors import PyimagestreamError

STAGE = ".pyimagestream-export"
_JOURNAL = "journal.json"
_LOCK = "lock"

fcntl: ModuleType | None
try:
    import fcntl
except ImportError:  # no POSIX
    fcntl = None


@contextmanager
def locked(folder: str) -> Iterator[None]:
    """Keeps other exports out of a folder, and takes back what a killed one left behind.

    The folder is made if it is not there, and unmade again if it stays empty.
    Raises `PyimagestreamError` when another export is at work, or the folder is
    not one that can be written to.
    """
    above = (Path(folder), *Path(folder).parents)
    made = list(takewhile(lambda directory: not directory.exists(), above))
    try:
        lock = _lock(folder)
        try:
            try:
                _undo(folder)
            except (OSError, ValueError) as error:
                raise PyimagestreamError(
                    f"{folder}: what a killed export did cannot be taken back: {error}"
                ) from None
            try:
                yield
            finally:
                _undo(folder)
                shutil.rmtree(os.path.join(folder, STAGE), ignore_errors=True)
        finally:
            os.close(lock)
    finally:
        for directory in made:
            with suppress(OSError):  # it holds something by now
                directory.rmdir()


def _lock(folder: str) -> int:
    stage = os.path.join(folder, STAGE)
    path = os.path.join(stage, _LOCK)
    try:
        os.makedirs(stage, exist_ok=True)
        lock = os.open(path, os.O_CREAT | os.O_RDWR)
    except OSError as error:
        raise PyimagestreamError(f"{folder}: cannot be written to: {error.strerror}") from None
    if fcntl:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # The export that had it may have ended meanwhile, and taken the file with it.
            mine = os.path.samestat(os.fstat(lock), os.stat(path))
        except OSError:
            mine = False
        if not mine:
            os.close(lock)
            raise PyimagestreamError(f"{folder}: another export is writing there")
    return lock


def is_empty(folder: str) -> bool:
    """Whether a folder has nothing but the traces of exports."""
    try:
        return not any(name != STAGE for name in os.listdir(folder))
    except OSError as error:
        raise PyimagestreamError(f"{folder}: cannot be read: {error.strerror}") from None


def change(folder: str, write: Mapping[str, str], delete: Collection[str]) -> None:
    """Writes and deletes files, by paths relative to a locked folder; all of them or none.

    Raises `PyimagestreamError` when that is not possible; the folder is then as before.
    """
    stage = os.path.join(folder, STAGE)
    journal = {
        "written": list(write),
        "kept": [name for name in {*write, *delete} if os.path.lexists(os.path.join(folder, name))],
        "made": _missing_directories(folder, write),
    }
    try:
        for number, text in enumerate(write.values()):
            with open(os.path.join(stage, f"new-{number}"), "wb") as file:
                file.write(text.encode())
        with open(os.path.join(stage, "journal"), "w", encoding="utf-8") as file:
            json.dump(journal, file)
            file.flush()
            os.fsync(file.fileno())
        os.rename(os.path.join(stage, "journal"), os.path.join(stage, _JOURNAL))
        for number, name in enumerate(journal["kept"]):
            os.rename(os.path.join(folder, name), os.path.join(stage, f"old-{number}"))
        for name in journal["made"]:
            os.mkdir(os.path.join(folder, name))
        for number, name in enumerate(write):
            os.rename(os.path.join(stage, f"new-{number}"), os.path.join(folder, name))
    except OSError as error:
        _undo(folder)
        raise PyimagestreamError(f"{folder}: nothing was changed: {error}") from None
    os.unlink(os.path.join(stage, _JOURNAL))


def _undo(folder: str) -> None:
    """Takes back what the journal tells, if there is one, however far it came."""
    stage = os.path.join(folder, STAGE)
    try:
        with open(os.path.join(stage, _JOURNAL), encoding="utf-8") as file:
            journal = json.load(file)
    except FileNotFoundError:
        return
    # Each step can be repeated, should this be interrupted as well.
    for number, name in enumerate(journal["written"]):
        new = os.path.join(stage, f"new-{number}")
        if not os.path.lexists(new) and os.path.lexists(os.path.join(folder, name)):
            os.rename(os.path.join(folder, name), new)
    for number, name in enumerate(journal["kept"]):
        kept = os.path.join(stage, f"old-{number}")
        if os.path.lexists(kept):
            os.replace(kept, os.path.join(folder, name))
    for name in reversed(journal["made"]):
        with suppress(OSError):  # not made yet, or somebody else put something there
            os.rmdir(os.path.join(folder, name))
    os.unlink(os.path.join(stage, _JOURNAL))


def _missing_directories(folder: str, names: Collection[str]) -> list[str]:
    """The directories to make for files, outer ones first."""
    wanted: dict[str, None] = {}
    for directory in dict.fromkeys(os.path.dirname(name) for name in names):
        parts = directory.split(os.sep) if directory else []
        for end in range(1, len(parts) + 1):
            wanted[os.sep.join(parts[:end])] = None
    return [name for name in wanted if not os.path.isdir(os.path.join(folder, name))]
