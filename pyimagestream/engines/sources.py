"""Source text: read from a file, decoded, and refused where a VM would misread it."""

from __future__ import annotations

import re
from typing import IO

from ..errors import EvaluationError, Frame

_UNREADABLE = re.compile("[\0\ud800-\udfff]")

MAX_SIZE = 128 << 20
"""Bytes of a file. Devices such as /dev/zero never end."""


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
