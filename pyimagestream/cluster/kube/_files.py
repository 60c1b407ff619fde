"""Files that somebody else names: read only where they are files, and only so much of them."""

from __future__ import annotations

import errno
import os
import stat

LIMIT = 8 << 20
"""Bytes. The largest kubeconfigs have some hundred kilobytes."""


def read_regular(path: str | os.PathLike[str]) -> bytes:
    """The content of a regular file, at most `LIMIT` bytes.

    A pipe would be waited for without end, and a device may have none: both are
    refused. Raises OSError, and ValueError for a path that can be none.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        refuse_irregular(os.fstat(descriptor).st_mode)
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(LIMIT + 1)
    finally:
        os.close(descriptor)
    if len(content) > LIMIT:
        raise OSError(errno.EFBIG, f"larger than {LIMIT >> 20} MiB")
    return content


def refuse_irregular(mode: int) -> None:
    """Raises OSError for the mode of anything that is no regular file."""
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "not a regular file")
