"""The importer: finds what a Jsonnet file imports, the same way for every engine.

Kept in Python because the engines disagree (C++ and Go let the last entry of
the jpath win, rjsonnet the first), and because a cache has to know which files
an evaluation read and which it looked for in vain.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from ..errors import EvaluationError, Frame

_UNREADABLE = re.compile("[\0\ud800-\udfff]")

_CODE = (".jsonnet", ".libsonnet", ".json")

MAX_SIZE = 128 << 20
"""Bytes of a file. Devices such as /dev/zero never end."""


class Importer:
    """Resolves ``import 'name'`` against the importing file's directory, then the jpath.

    The directory of the importing file beats the jpath; of the jpath, later
    entries beat earlier ones. ``virtual`` maps names to text that no file holds,
    such as Tanka's ``tk``. ``found`` maps each path that was read to the SHA-256
    of its content, ``absent`` has the paths where a file was looked for in vain.
    """

    def __init__(
        self, jpath: Sequence[str | Path] = (), virtual: Mapping[str, str] | None = None
    ) -> None:
        self.jpath = tuple(os.fspath(directory) for directory in jpath)
        self.virtual = dict(virtual or {})
        self.found: dict[str, str] = {}
        self.absent: set[str] = set()

    def __call__(self, base: str, name: str) -> tuple[str, bytes]:
        """The path and the content of an import.

        Raises `EvaluationError` when there is no such file, or when it cannot be
        what an import may be: a directory, or code that is not UTF-8.
        """
        if name in self.virtual:
            return name, self.virtual[name].encode()
        candidates = self._candidates(base, name)
        for path in candidates:
            content = self._read(path)
            if content is not None:
                return path, content
        places = ", ".join(os.path.dirname(path) or "." for path in candidates)
        raise EvaluationError(f"cannot import {name!r}: there is no such file (looked in {places})")

    def _candidates(self, base: str, name: str) -> list[str]:
        # Strings rather than Path, which would drop the `..` a symbolic link gives a meaning.
        places = (base, *reversed(self.jpath))
        return list(dict.fromkeys(os.path.join(place, name) for place in places))

    def _read(self, path: str) -> bytes | None:
        try:
            content = read_bytes(path)
        except FileNotFoundError:
            self.absent.add(path)
            return None
        if path.endswith(_CODE):
            decode(path, content)
        self.found[path] = hashlib.sha256(content).hexdigest()
        return content


def read_bytes(path: str) -> bytes:
    """The content of a file. Raises `EvaluationError` where a file stands that cannot be read."""
    refuse_name(path)
    try:
        with open(path, "rb") as file:
            return read_all(path, file)
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(path) from None
    except IsADirectoryError:
        raise EvaluationError("this is a directory, not a file", [Frame(path)]) from None
    except OSError as error:
        raise EvaluationError(f"cannot be read: {error.strerror}", [Frame(path)]) from error


def read_all(path: str, file: IO[bytes]) -> bytes:
    """What is left of an open file. Raises `EvaluationError` when there is too much of it."""
    content = file.read(MAX_SIZE + 1)
    if len(content) > MAX_SIZE:
        raise EvaluationError(f"this is larger than {MAX_SIZE >> 20} MiB", [Frame(path)])
    return content


def decode(path: str, content: bytes) -> str:
    """The text of a file of Jsonnet code. Raises `EvaluationError` when it can be none."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        message = f"not UTF-8: byte 0x{content[error.start]:02x} cannot stand here"
        raise EvaluationError(message, [Frame(path, line, column)]) from None
    refuse_unreadable(path, text)
    return text


def refuse_name(path: str) -> None:
    """Raises `EvaluationError` for the path of a file which a VM could not be told."""
    if _UNREADABLE.search(path):
        raise EvaluationError(f"{path!r}: a path must be UTF-8 without NUL")


def refuse_unreadable(filename: str, source: str) -> None:
    """Raises `EvaluationError` for code that a VM would misread: NUL ends it, a surrogate kills."""
    # Plain ASCII, as most code is, is told far more quickly than a match.
    match = None if source.isascii() and "\0" not in source else _UNREADABLE.search(source)
    if match:
        line = source.count("\n", 0, match.start()) + 1
        column = match.start() - source.rfind("\n", 0, match.start())
        message = f"U+{ord(match[0]):04X} cannot stand in Jsonnet code"
        raise EvaluationError(message, [Frame(filename, line, column)])
