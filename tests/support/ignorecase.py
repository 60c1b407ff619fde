"""A directory whose names are found however they are written, as on macOS and on Windows."""

from __future__ import annotations

import builtins
import os
import pathlib
from collections.abc import Callable
from typing import Any
from unicodedata import normalize

import pytest

_ONE_PATH = ("listdir", "lstat", "mkdir", "open", "readlink", "rmdir", "scandir", "stat", "unlink")


def ignore_case(monkeypatch: pytest.MonkeyPatch, root: str) -> None:
    """Makes a directory such a one: it keeps names as they were written first."""
    listdir, rename = os.listdir, os.rename

    def found(path: Any) -> Any:
        if isinstance(path, int):
            return path
        text = os.path.abspath(path)
        if not text.startswith(f"{root}{os.sep}"):
            return path
        real = root
        for name in text[len(root) + 1 :].split(os.sep):
            same = (each for each in names(real) if _folded(each) == _folded(name))
            real = os.path.join(real, next(same, name))
        return real

    def names(directory: str) -> list[str]:
        try:
            return listdir(directory)
        except OSError:
            return []

    def wrapped(operation: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any = ".", *more: Any, **options: Any) -> Any:
            return operation(path if options.get("dir_fd") else found(path), *more, **options)

        return call

    def moved(source: str, target: str) -> None:
        source, there = found(source), found(target)
        if source == there:  # another spelling of its own name
            directory = os.path.dirname(there)
            there = os.path.join(directory, os.path.basename(target))
        rename(source, there)

    changed = {name: wrapped(getattr(os, name)) for name in _ONE_PATH}
    changed |= {"rename": moved, "replace": moved}
    kept = getattr(pathlib, "_NormalAccessor", None)  # Python 3.10's pathlib has its own of these
    for name, operation in changed.items():
        monkeypatch.setattr(os, name, operation)
        if name != "open" and hasattr(kept, name):  # that is the one of the builtins
            monkeypatch.setattr(kept, name, staticmethod(operation))
    monkeypatch.setattr(builtins, "open", wrapped(open))


def _folded(name: str) -> str:
    return normalize("NFC", normalize("NFD", name).casefold())
