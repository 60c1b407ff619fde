"""Calls a function in a process of its own, which may crash without harm to this one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from ..errors import WorkerError
from .machine import processors
from .pool import Workers
from .signals import as_completed

T = TypeVar("T")


def isolated(function: Callable[..., T], *arguments: Any) -> T:
    """The result of a picklable call, made in a worker process in this working directory.

    The workers are kept for the next call. Raises what the call raises, or `WorkerError`
    when its process ends, or cannot begin.
    """
    workers = _workers(os.getpid())
    with _directory_needed():
        directory = os.getcwd()
    future = workers.submit(_in_directory, directory, function, arguments)
    try:
        [done] = as_completed([future])
        return done.result()
    finally:  # Ctrl-C, or what a signal handler of the program raises
        workers.abandon(future)


def _in_directory(directory: str, function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    """Relative paths mean in a worker what they mean in its parent."""
    with _directory_needed():
        os.chdir(directory)
    return function(*arguments)


@contextmanager
def _directory_needed() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WorkerError(f"the working directory: {error.strerror}", "start") from None


@cache
def _workers(pid: int) -> Workers:
    """The workers of this process: those of its parent do not answer after a fork."""
    return Workers(processors())
