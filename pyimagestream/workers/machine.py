"""What this machine has, or the container that it is seen from."""

from __future__ import annotations

import os

_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def processors() -> int:
    """The number of processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory() -> int:
    """The bytes that all processes together may use; 0 where the system does not tell."""
    if not hasattr(os, "sysconf"):
        return 0
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min([whole, *filter(None, map(_limit, _LIMITS))])


def _limit(path: str) -> int:
    """A limit of a container; 0 where there is none."""
    try:
        with open(path, "rb") as file:  # text would import a codec, for which a fork may wait
            return int(file.read())
    except (OSError, ValueError):  # it says "max"
        return 0
