"""Code to which something happens at its n-th file operation.

Python's audit events tell of the operations before they are done: the code under test
is as it is, and no step of it is left out. Nothing here looks at the clock.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import get_ident
from typing import Any

from pyimagestream.errors import PyimagestreamError

DONE, REFUSED, KILLED = "done", "refused", "killed"
"""How code ended: well, with an error of this package, killed."""

_OPERATIONS = {
    "fcntl.flock",
    "open",
    "os.listdir",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.scandir",
    "os.truncate",
}


class _KilledError(BaseException):
    """The process is gone: nothing catches this, and every later operation raises it again."""


class Fault:
    """What is done before the n-th operation, counted from 0; also before later ones, if asked."""

    def __init__(self, at: int, action: Callable[[], object], *, lasting: bool = False) -> None:
        self._at = at
        self._action = action
        self._lasting = lasting
        self.seen = 0

    def __call__(self) -> None:
        self.seen += 1
        if self.seen - 1 == self._at or (self._lasting and self.seen > self._at):
            self._action()


def killed(at: int) -> Fault:
    """The process ends at the n-th operation."""
    return Fault(at, _kill, lasting=True)


def failing(at: int, *, lasting: bool = False) -> Fault:
    """The n-th operation fails, and if asked so do all that come after it."""
    return Fault(at, _fail, lasting=lasting)


def _kill() -> None:
    raise _KilledError


def _fail() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def run(code: Callable[[], object], fault: Fault | None = None) -> str:
    """How ``code`` ended. Any other exception than those told apart is raised."""
    with _happening(fault):
        try:
            code()
        except PyimagestreamError:
            return REFUSED
        except _KilledError:
            return KILLED
        return DONE


def operations(code: Callable[[], object]) -> range:
    """The numbers of the operations of ``code``, which is run once."""
    counting = Fault(-1, _fail)
    assert run(code, counting) == DONE
    return range(counting.seen)


_faults: dict[int, Fault | None] = {}


@contextmanager
def _happening(fault: Fault | None) -> Iterator[None]:
    if not _faults:
        sys.addaudithook(_heard)  # which cannot be taken away again
    outer = _faults.get(get_ident())
    _faults[get_ident()] = fault
    try:
        yield
    finally:
        _faults[get_ident()] = outer


def _heard(event: str, _: tuple[Any, ...]) -> None:
    if event in _OPERATIONS and (fault := _faults.get(get_ident())):
        fault()
