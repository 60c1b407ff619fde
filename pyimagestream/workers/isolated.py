"""Calls a function in a process of its own, which may crash without harm to this one."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from .pool import Workers

T = TypeVar("T")


def isolated(function: Callable[..., T], *arguments: Any) -> T:
    """The result of a picklable call, made in a worker process in this working directory.

    The workers are kept for the next call. Raises what the call raises, or `WorkerError`
    when its process ends.
    """
    workers = _workers(os.getpid())
    try:
        return workers.submit(_in_directory, os.getcwd(), function, arguments).result()
    except KeyboardInterrupt:
        _workers.cache_clear()
        workers.stop()
        raise


def _in_directory(directory: str, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    """Relative paths mean in a worker what they mean in its parent."""
    os.chdir(directory)
    return function(*arguments)


@cache
def _workers(pid: int) -> Workers:
    """The workers of this process: those of its parent do not answer after a fork."""
    return Workers(os.cpu_count() or 1)
