"""Source text: read from a file, decoded, and refused where a VM would misread it."""

from __future__ import annotations

import errno
import os
import re
import stat
from typing import IO

from ..errors import EvaluationError, Frame

_STREAM = r"(?a)/dev/stdin|(/dev|/proc/self)/fd/\d+"  # not compiled here: few are looked at

MAX_SIZE = 128 << 20
"""Bytes of a file. Streams may never end."""

UTF_16 = "this is UTF-16: it must be UTF-8"

_MORE = 1 << 14  # a file may have grown, and those in /proc do not tell their size


def read_regular(path: str, *, follow: bool = True, limit: int = MAX_SIZE) -> bytes:
    """The content of a regular file; raises `OSError` for whatever else stands there.

    A pipe nobody writes to would be waited for, and a device has no end. More than
    `limit` bytes are refused as well, and so is a symbolic link without `follow`.
    """
    handle, expected = _open_regular(path, follow=follow)
    try:
        if expected > limit:
            raise OSError(errno.EFBIG, _too_large(limit), path)
        parts, size = [], 0
        while part := os.read(handle, max(expected - size, 0) + _MORE):
            parts.append(part)
            size += len(part)
            if size > limit:
                raise OSError(errno.EFBIG, _too_large(limit), path)
            if size == expected:
                break
        return b"".join(parts)
    finally:
        os.close(handle)


def digest(content: bytes) -> str:
    """The SHA-256 of a content, in hexadecimal digits."""
    from hashlib import sha256  # slow to import, and only what is kept has to be told apart

    return sha256(content).hexdigest()


def _open_regular(path: str, *, follow: bool) -> tuple[int, int]:
    """A regular file, open, and the size it has now. Raises `OSError` for any other."""
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
    handle = os.open(path, flags if follow else flags | os.O_NOFOLLOW)
    status = os.fstat(handle)
    try:
        refuse_irregular(status.st_mode, path)
    except OSError:
        os.close(handle)
        raise
    return handle, status.st_size


def refuse_irregular(mode: int, path: str) -> None:
    """Raises `OSError` for the mode of anything that is no regular file."""
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "this is not a regular file", path)


def _too_large(limit: int) -> str:
    return f"this is larger than {limit >> 20} MiB"


def opened(path: str) -> IO[bytes]:
    """A regular file, to be read piece by piece. Raises `EvaluationError` for any other."""
    refuse_name(path)
    try:
        return os.fdopen(_open_regular(path, follow=True)[0], "rb")
    except (FileNotFoundError, NotADirectoryError):
        from ..checks.spelling import no_such  # seldom needed

        raise EvaluationError(no_such(path), [Frame(path)]) from None
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: str, error: OSError) -> EvaluationError:
    """The error of a file, or a directory, that is there and cannot be read."""
    if isinstance(error, IsADirectoryError):
        return EvaluationError("this is a directory, not a file", [Frame(path)])
    return EvaluationError(f"cannot be read: {error.strerror}", [Frame(path)])


def is_stream(path: str) -> bool:
    """Whether this names a stream of the process that opens it, as shells do.

    ``/dev/stdin``, or ``/dev/fd/63`` for ``<(command)``: in a worker process it is
    another one, and it can be read once.
    """
    return path.startswith(("/dev/", "/proc/")) and bool(re.fullmatch(_STREAM, path))


def read_bytes(path: str, *, stream: bool = False) -> bytes:
    """The content of a regular file.

    With `stream` it may also be one of this process's open streams (see `is_stream`). Raises
    `FileNotFoundError` where there is none, `EvaluationError` for whatever else cannot be read,
    and for what is too large.
    """
    refuse_name(path)
    try:
        if stream and is_stream(path):
            with open(path, "rb") as file:
                return read_limited(path, file)
        return read_regular(path)
    except (FileNotFoundError, NotADirectoryError):
        raise FileNotFoundError(path) from None
    except OSError as error:
        raise unreadable(path, error) from error


def read_limited(path: str, file: IO[bytes]) -> bytes:
    """What is left of an open file. Raises `EvaluationError` when there is too much of it."""
    content = file.read(MAX_SIZE + 1)
    if len(content) > MAX_SIZE:
        raise too_large(path)
    return content


def too_large(path: str) -> EvaluationError:
    """The error of a file that nobody reads to its end."""
    return EvaluationError(_too_large(MAX_SIZE), [Frame(path)])


def is_utf_16(content: bytes) -> bool:
    """Whether a content begins with the byte order mark of UTF-16, which no UTF-8 does."""
    return content.startswith((b"\xff\xfe", b"\xfe\xff"))


def decode(path: str, content: bytes) -> str:
    """The text of a file of Jsonnet code. Raises `EvaluationError` when it can be none."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        if is_utf_16(content):
            raise EvaluationError(UTF_16, [Frame(path, 1, 1)]) from None
        before = content[: error.start].decode()
        message = f"not UTF-8: byte 0x{content[error.start]:02x} cannot stand here"
        raise EvaluationError(message, [Frame.at(path, before, len(before))]) from None
    if "\0" in text:  # there are no surrogates in UTF-8
        refuse_unreadable(path, text)
    return text


def refuse_name(path: str) -> None:
    """Raises `EvaluationError` for the path of a file which a VM could not be told."""
    if _unreadable_in(path):
        raise EvaluationError(f"{path!r}: a path must be UTF-8 without NUL")


def refuse_unreadable(filename: str, source: str) -> None:
    """Raises `EvaluationError` for code that a VM would misread: NUL ends it, a surrogate kills."""
    if match := _unreadable_in(source):
        message = f"U+{ord(match[0]):04X} cannot stand in Jsonnet code"
        raise EvaluationError(message, [Frame.at(filename, source, match.start())])


def _unreadable_in(text: str) -> re.Match[str] | None:
    # Plain ASCII, as most code is, is told far more quickly than a match.
    is_plain = text.isascii() and "\0" not in text
    return None if is_plain else re.search("[\0\ud800-\udfff]", text)
