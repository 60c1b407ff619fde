"""When the Go VM looks for garbage: seldom, as its usual setting takes a fifth of an evaluation.

The heap may grow to nine times what is in use, but to a limit at most for what is not. Go reads
that from the environment that a process is started with, and from nothing later.
"""

from __future__ import annotations

import os

MOST = 1 << 30
"""Bytes, where memory has no other limit."""

_NAMES = frozenset(["GOGC", "GOMEMLIMIT"])


def is_told() -> bool:
    """Whether the environment of this process says when."""
    return not _NAMES.isdisjoint(os.environ)


def environment(memory: int | None = None) -> dict[str, str]:
    """The environment for a process that may use so many bytes; what this one's says counts."""
    limit = {"GOMEMLIMIT": str(memory * 3 // 4)} if memory else {}
    return {"GOGC": "800", "GOMEMLIMIT": str(MOST), **os.environ, **limit}
