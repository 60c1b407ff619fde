"""Where things are in a project laid out for Tanka.

The root is the nearest parent directory with a ``tkrc.yaml``, else the nearest
one with a ``jsonnetfile.json``. The base of an environment is the nearest parent
directory, up to the root, with the entry point: ``main.jsonnet``, or the file
that was named.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from ..checks import spelling
from ..errors import PyimagestreamError
from ..evaluation.settings import StrPath

ENTRYPOINT = "main.jsonnet"
SPEC = "spec.json"
_ROOT_MARKS = ("tkrc.yaml", "jsonnetfile.json")


class Project(NamedTuple):
    """The places around one entry point, as absolute paths."""

    root: str
    base: str
    entrypoint: str

    @property
    def jpath(self) -> tuple[str, ...]:
        """Where imports are looked for, the last directory first."""
        return (
            os.path.join(self.root, "vendor"),
            os.path.join(self.base, "vendor"),
            os.path.join(self.root, "lib"),
            self.base,
        )

    @property
    def name(self) -> str:
        """What a static environment is called: its directory, relative to the root."""
        return _relative(self.base, self.root)

    @property
    def entrypoint_name(self) -> str:
        """What Tanka writes into ``metadata.namespace``: the entry point, relative to the root."""
        return _relative(self.entrypoint, self.root)

    @property
    def spec(self) -> str:
        return os.path.join(self.base, SPEC)

    @property
    def static(self) -> bool:
        return os.path.exists(self.spec)


_relative = lru_cache(os.path.relpath)  # asked for each file of an export


def find_project(path: StrPath) -> Project:
    """The project around a directory or a file.

    Raises `PyimagestreamError` when there is no such path, no root or no base.
    """
    start = os.path.abspath(path)
    if not os.path.exists(start):
        raise no_such(path)
    name = ENTRYPOINT
    if not os.path.isdir(start):
        start, name = os.path.split(start)
    root = _root(start)
    if root is None:
        wanted = " or ".join(_ROOT_MARKS)
        raise PyimagestreamError(
            f"{os.fspath(path)}: no parent directory has {wanted}, which mark the root of a"
            " project (`pyimagestream init` makes a new one)"
        )
    for directory in _upwards(start):
        if os.path.lexists(os.path.join(directory, name)):
            return Project(root, directory, os.path.join(directory, name))
        if directory == root:
            break
    there = any(name in files for _, _, files in os.walk(path))
    hint = " (there is one below: name its directory, or export all by --recursive)"
    raise PyimagestreamError(
        f"{os.fspath(path)}: there is no {name} here or in a parent directory up to {root}"
        f"{hint if there else ''}"
    )


def no_such(path: StrPath, what: str = "file or directory") -> PyimagestreamError:
    """The error about a path that does not exist, with the one that was probably meant."""
    return PyimagestreamError(f"{os.fspath(path)}: {spelling.no_such(os.fspath(path), what)}")


def project_of(path: StrPath) -> Project | None:
    """The project around a directory or an entry point; None for a file that stands by itself.

    Every file beside a ``main.jsonnet`` or a ``spec.json`` can be an entry point. Raises
    `PyimagestreamError` for a directory in no project.
    """
    if os.path.isdir(path):
        return find_project(path)
    beside = os.path.dirname(os.path.abspath(path))
    if not any(os.path.exists(os.path.join(beside, name)) for name in (ENTRYPOINT, SPEC)):
        return None
    try:
        return find_project(path)
    except PyimagestreamError:
        return None


def _root(start: str) -> str | None:
    for mark in _ROOT_MARKS:
        for directory in _upwards(start):
            if os.path.lexists(os.path.join(directory, mark)):
                return directory
    return None


def _upwards(directory: str) -> Iterator[str]:
    while True:
        yield directory
        parent = os.path.dirname(directory)
        if parent == directory:
            return
        directory = parent
