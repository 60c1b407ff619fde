"""When the Go VM looks for garbage: seldom, as its usual setting takes a fifth of an evaluation.

The heap may grow to nine times what is in use, but to a limit at most for what is not. Where memory
is scarce it stays as it is. Go reads that from the environment that a process is started with,
and from nothing later.
"""

from __future__ import annotations

import os

from .machine import memory, processors

MOST = 1 << 30
"""Bytes of a process; half of its share of the memory, if that is less."""

LEAST = MOST // 2
"""Bytes below which Go had better look for garbage as often as it usually does."""

_NAMES = frozenset(["GOGC", "GOMEMLIMIT"])


def is_told() -> bool:
    """Whether the environment of this process says when, or need not."""
    return not _NAMES.isdisjoint(os.environ) or not _told()


def environment(limit: int | None = None) -> dict[str, str]:
    """The environment for a process that may use so many bytes; what this one's says counts."""
    own = {"GOMEMLIMIT": str(limit * 3 // 4)} if limit else {}
    return {**_told(), **os.environ, **own}


def _told() -> dict[str, str]:
    share = _share()
    return {"GOGC": "800", "GOMEMLIMIT": str(min(MOST, share))} if share >= LEAST else {}


def _share() -> int:
    """Half of the memory that there is for each processor: as many processes may be at work."""
    return memory() // (2 * processors())
