"""The directory with the libraries of an API: written whole, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..engines.sources import read_regular
from ..errors import PyimagestreamError
from ..generator.directory import is_generated
from . import folder
from .walk import walk


@dataclass(frozen=True)
class Changes:
    """What has to be done so that a directory has some files and no others of ours."""

    write: Mapping[str, str]
    delete: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.write or self.delete)


def write(directory: str, files: Mapping[str, str]) -> Changes:
    """Gives a directory the files of an API, and removes what is left of others.

    Files that somebody else wrote stay, and where one is in the way nothing is written. All
    files change, or none. Raises `PyimagestreamError`.
    """
    root = os.path.realpath(directory)
    with folder.locked(root):
        changes = needed(root, files)
        for name in changes.write:
            folder.check_directory(root, os.path.dirname(name))
        folder.change(root, changes.write, changes.delete)
    return changes


def needed(directory: str, files: Mapping[str, str]) -> Changes:
    """What `write` would do.

    Raises `PyimagestreamError` where a file of others is in the way, or a directory cannot be read.
    """
    known = dict(_ours(directory))
    for name in files:
        if name not in known and os.path.lexists(os.path.join(directory, name)):
            raise PyimagestreamError(
                f"{os.path.join(directory, name)}: is not ours: choose another directory"
            )
    stale = {name: text for name, text in files.items() if known.get(name) != text.encode()}
    return Changes(stale, tuple(sorted(known.keys() - files.keys())))


def _ours(directory: str) -> Iterator[tuple[str, bytes]]:
    """The files of a directory that were generated, and what is in them."""
    for place, folders, names in walk(directory):
        folders[:] = sorted(each for each in folders if each != folder.STAGE)
        for name in sorted(names):
            path = os.path.join(place, name)
            if os.path.isfile(path) and not os.path.islink(path):
                relative = Path(path).relative_to(directory).as_posix()
                content = read_regular(path)
                if is_generated(relative, content):
                    yield relative, content
