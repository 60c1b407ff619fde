"""The generated libraries of other APIs that an evaluation knows, with the checks they bring.

A directory that `pyimagestream generate --openapi` made holds a file with its API. It is known
when it is named, when it is on the jpath, and when a template imports one of its libraries.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from ..errors import PyimagestreamError
from ..model.naming import API_FILE
from .output import is_ours

if TYPE_CHECKING:
    from ..checks.apis import ApiChecks
    from ._apifunctions import ApiFunctions

MARK = b"pyimagestream.check'"
"""Stands in every generated library of an API."""

_DEEPEST = 5
"""So many directories lie between a library and the file at most."""


class Library:
    """A directory of generated libraries; ``digest`` is the SHA-256 of the file with its API."""

    def __init__(self, directory: str, checks: ApiChecks, layout: str, digest: str) -> None:
        self.directory = directory
        self.checks = checks
        self.layout = layout
        self.digest = digest

    @cached_property
    def functions(self) -> ApiFunctions:
        """The functions of the libraries."""
        from ._apifunctions import ApiFunctions  # slow to import, and most templates need none

        return ApiFunctions(self.checks.api, self.layout)

    @cached_property
    def _twins(self) -> Mapping[str, str]:
        from ..generator.directory import twins  # slow to import, and most templates are well

        return twins(self.checks.api, "reference" if self.layout == "reference" else "compact")

    def twin(self, path: str) -> bytes | None:
        """The twin of a file in the directory, which tells of each call; None if it has none."""
        relative = os.path.relpath(os.path.abspath(path), self.directory)
        text = self._twins.get(relative.replace(os.sep, "/"))
        return text.encode() if text is not None else None

    @property
    def file(self) -> str:
        return os.path.join(self.directory, API_FILE)


class Libraries:
    """Several of them, of which the last one that has a kind decides."""

    def __init__(self, all: Sequence[Library] = ()) -> None:
        self.all = tuple(all)

    def __bool__(self) -> bool:
        return bool(self.all)

    def checks(self, manifest: dict[str, Any]) -> ApiChecks | None:
        """Those for a manifest; None where no library has its kind, or where we know it better."""
        if not self.all or is_ours(manifest):
            return None
        every = (library.checks for library in reversed(self.all))
        return next((checks for checks in every if checks.definition(manifest)), None)

    def wants(self, manifest: dict[str, Any]) -> bool:
        """Whether an object is a manifest of a kind that can be judged."""
        return is_ours(manifest) or self.checks(manifest) is not None

    def near(self, version: str, kind: str) -> str:
        """The version and kind of some library that are probably meant; empty if there are none."""
        found = (library.checks.near(version, kind) for library in reversed(self.all))
        return next(filter(None, found), "")

    def directories(self) -> tuple[str, ...]:
        return tuple(library.directory for library in self.all)

    def digests(self) -> Mapping[str, str]:
        """The SHA-256 of the files that the checks come from, by path."""
        return {library.file: library.digest for library in self.all}


NONE = Libraries()


def libraries_in(directories: Iterable[str]) -> Libraries:
    """The libraries in some directories, each once.

    Raises `PyimagestreamError` for a directory without the file, or with one that cannot be read.
    """
    distinct = dict.fromkeys(os.path.abspath(directory) for directory in directories)
    return Libraries([library_in(directory) for directory in distinct]) if distinct else NONE


def library_in(directory: str) -> Library:
    """The library in a directory. Raises as `libraries_in` does."""
    refuse_no_library(directory)
    status = os.stat(os.path.join(directory, API_FILE))
    return _loaded(directory, status.st_mtime_ns, status.st_size)


def refuse_no_library(directory: str) -> None:
    """Raises `PyimagestreamError` for a directory that was not generated."""
    if not is_library(directory):
        raise PyimagestreamError(
            f"{directory}: has no {API_FILE}, which `pyimagestream generate --openapi` writes"
        )


def is_library(directory: str) -> bool:
    """Whether a directory is one that was generated."""
    return os.path.isfile(os.path.join(directory, API_FILE))


def library_of(path: str, content: bytes) -> Library | None:
    """The library that a generated file belongs to, if it is in a directory of one."""
    directory = directory_of(path) if MARK in content else None
    return library_in(directory) if directory else None


def directory_of(path: str) -> str | None:
    """The generated directory that a file is in."""
    directory = os.path.dirname(os.path.abspath(path))
    for _ in range(_DEEPEST):
        if is_library(directory):
            return directory
        directory = os.path.dirname(directory)
    return None


@lru_cache(maxsize=16)
def _loaded(directory: str, changed: int, size: int) -> Library:
    from ..checks.apis import ApiChecks  # slow to import, and most templates need none
    from ..engines.sources import digest, read_regular
    from ..model.stored import read

    path = os.path.join(directory, API_FILE)
    try:
        content = read_regular(path)
        text = content.decode()
    except (OSError, UnicodeDecodeError) as error:
        raise PyimagestreamError(f"{path}: cannot be read: {error}") from None
    stored = read(text, path)
    return Library(directory, ApiChecks(stored.api), stored.layout, digest(content))
