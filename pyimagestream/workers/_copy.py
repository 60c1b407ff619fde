"""A worker process that begins as a copy of this one, in half the time of a new Python.

A copy has no thread but the one that made it, and waits for ever for what another one held: a lock,
or all of Go. It has whatever a program has set up, too. So only the process of a command is copied,
while it has one thread.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import IO, NoReturn

from . import command
from ._child import serve
from .collector import environment

_STREAMS = ("stdin", "r"), ("stdout", "w"), ("stderr", "w")


def is_possible(memory: int | None) -> bool:
    """Whether a copy of this process is as good as a new one that may use so many bytes."""
    if not command.is_alone or environment(memory) != os.environ:
        return False
    try:
        threads = len(os.listdir("/proc/self/task"))
    except OSError:  # the system does not tell
        return False
    return threads == 1 and all(getattr(sys, f"__{name}__") for name, _ in _STREAMS)


class Copy:
    """A copy of this process that serves as `serve` says, all signals being blocked.

    Its attributes and methods are those of `subprocess.Popen`. Raises OSError.
    """

    def __init__(self, alive: int) -> None:
        self.returncode: int | None = None
        jobs, self.stdin = _pipe()
        self.stdout, results = _pipe()
        self.stderr, printed = _pipe()
        with jobs, results, printed:
            self.pid = os.fork()
            if not self.pid:
                for stream in (self.stdin, self.stdout, self.stderr):
                    stream.close()
                _serve([jobs, results, printed], alive)

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
        for to, (stream, (name, mode)) in enumerate(zip(streams, _STREAMS, strict=True)):
            os.dup2(stream.fileno(), to)
            own = os.fdopen(to, mode, buffering=1, errors="backslashreplace", closefd=False)
            setattr(sys, name, own)
        for inherited in map(int, os.listdir("/proc/self/fd")):
            if inherited not in (*range(len(_STREAMS)), alive):
                with contextlib.suppress(OSError):  # that of the list itself
                    os.close(inherited)
        for number in signal.valid_signals():
            if callable(signal.getsignal(number)):
                signal.signal(number, signal.SIG_DFL)
        # Ctrl-C reaches the parent only, which ends the copy.
        signal.pthread_sigmask(signal.SIG_SETMASK, [signal.SIGINT])
        serve(alive)
    finally:
        os._exit(1)
