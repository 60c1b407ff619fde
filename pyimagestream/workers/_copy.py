"""A worker process that begins as a copy of this one, in half the time of a new Python.

A copy has no thread but the one that made it, and waits for ever for what another one held: a lock,
or all of Go. So only a process of one thread is copied, whoever made its threads.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import IO, NoReturn

from ._child import serve
from .collector import environment

_STREAMS = ("stdin", "r"), ("stdout", "w"), ("stderr", "w")


def is_possible(memory: int | None) -> bool:
    """Whether a copy of this process is as good as a new one that may use so many bytes."""
    try:
        threads = len(os.listdir("/proc/self/task"))
    except OSError:  # the system does not tell
        return False
    has_streams = all(getattr(sys, f"__{name}__") for name, _ in _STREAMS)
    return threads == 1 and has_streams and environment(memory) == os.environ


class Copy:
    """A copy of this process that serves as `serve` says. Raises OSError.

    Its attributes and methods are those of `subprocess.Popen`.
    """

    def __init__(self, alive: int) -> None:
        self.returncode: int | None = None
        jobs, self.stdin = _pipe()
        self.stdout, results = _pipe()
        self.stderr, printed = _pipe()
        with jobs, results, printed:
            # Ctrl-C reaches the parent only, which ends the copy.
            mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
            try:
                self.pid = os.fork()
                if not self.pid:
                    _serve([jobs, results, printed], alive)
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    def poll(self) -> int | None:
        return self._status(os.WNOHANG)

    def wait(self) -> int:
        return self._status(0) or 0

    def kill(self) -> None:
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def _status(self, options: int) -> int | None:
        if self.returncode is None:
            try:
                ended, status = os.waitpid(self.pid, options)
            except ChildProcessError:  # nobody keeps it, as SIGCHLD is ignored
                ended, status = self.pid, 0
            if ended:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    """Its ends to read and to write."""
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb")


def _serve(streams: Sequence[IO[bytes]], alive: int) -> NoReturn:
    """The life of a copy, which keeps of its parent no more than a new program would."""
    try:
        for number in signal.valid_signals():
            if callable(signal.getsignal(number)):
                signal.signal(number, signal.SIG_DFL)
        for to, (stream, (name, mode)) in enumerate(zip(streams, _STREAMS, strict=True)):
            os.dup2(stream.fileno(), to)
            setattr(sys, name, os.fdopen(to, mode, errors="backslashreplace", closefd=False))
        null = os.open(os.devnull, os.O_RDWR)
        kept = {*range(len(_STREAMS)), alive, null}
        for inherited in {int(name) for name in os.listdir("/proc/self/fd")} - kept:
            os.dup2(null, inherited)  # closed, it would be another's when its object here ends
        serve(alive)
    finally:
        os._exit(1)
