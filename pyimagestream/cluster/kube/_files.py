"""Files that a kubeconfig, or the list of them, names: of any kind and size."""

from __future__ import annotations

from pathlib import Path

from ...engines.sources import read_regular

LIMIT = 8 << 20
"""Bytes. The largest kubeconfigs have some hundred kilobytes."""


def read_small(path: Path) -> bytes:
    """The content of a regular file of at most `LIMIT` bytes.

    Raises OSError for any other, and ValueError for a path that can be none.
    """
    return read_regular(str(path), limit=LIMIT)
