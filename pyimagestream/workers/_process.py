"""One worker process, as its parent sees it."""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import subprocess
import sys
import time
from typing import IO, Any

from ..errors import WorkerError, printable
from ._child import receive, send
from ._copy import Copy
from .collector import environment

_MEMORY_INTERVAL = 0.02  # seconds between two looks at a worker's memory
_LONGEST_WAIT = 3600.0  # seconds: `poll` takes no more than 24 days
_OUTPUT_LIMIT = 1 << 20  # bytes kept of what one job prints
_FULL_STACK = "runtime: goroutine stack exceeds"
"""What Go says before it ends its process."""

_START = (
    "import sys; alive = int(sys.argv.pop(1)); sys.path[:] = sys.argv[1:];"
    " from pyimagestream.workers._child import serve; serve(alive)"
)


def _new(alive: int, memory: int | None) -> subprocess.Popen[bytes]:
    """A new Python that serves as `serve` says, and may use so many bytes. Raises OSError."""
    return subprocess.Popen(
        [sys.executable, "-c", _START, str(alive), *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(memory),
        pass_fds=[alive],
    )


class Process:
    """One worker process, as its parent sees it; it may use so many bytes of memory.

    It may begin as a copy of this process where `is_possible` says so.
    """

    def __init__(self, memory: int | None, copied: bool = False) -> None:
        self._memory = memory
        try:
            alive, self.alive = os.pipe()  # nothing is written to it: it closes with this process
            try:
                self.process = Copy(alive) if copied else _new(alive, memory)
            except OSError:
                os.close(self.alive)
                raise
            finally:
                os.close(alive)
        except OSError as error:
            raise WorkerError(f"no worker process could be started: {error}", "start") from error
        self.jobs, self.results, self.printed = _pipes(self.process)
        os.set_blocking(self.printed.fileno(), False)

    def usable(self) -> bool:
        """Whether it lives, and so small that the next job will not pay for the last one."""
        memory = self._memory
        return self.process.poll() is None and (
            memory is None or self.resident() <= max(memory // 2, memory - (64 << 20))
        )

    def run(self, message: bytes, timeout: float | None) -> tuple[bool, Any]:
        """Runs one pickled job: ``(True, result)`` or ``(False, exception)``."""
        try:
            send(self.jobs, message)
        except BrokenPipeError:
            raise self.crash() from None
        output = self.watch(timeout)
        answer = receive(self.results)
        output += self.output()
        if answer is None:
            raise self.crash(output)
        _pass_on(output[:_OUTPUT_LIMIT])
        fine, value = pickle.loads(answer)
        return fine, value

    def watch(self, timeout: float | None) -> bytearray:
        """Waits for an answer, or the end of the worker; returns what it printed meanwhile."""
        memory = self._memory
        output = bytearray()
        poll = select.poll()
        poll.register(self.results, select.POLLIN)
        poll.register(self.printed, select.POLLIN)
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            waits = [_LONGEST_WAIT if memory is None else _MEMORY_INTERVAL]
            waits += [] if deadline is None else [max(0.0, deadline - time.monotonic())]
            ready = dict(poll.poll(min(waits) * 1000))
            if self.results.fileno() in ready:
                return output
            if ready:
                printed = self.output()
                if printed:
                    output += printed[: _OUTPUT_LIMIT - len(output)]
                else:
                    poll.unregister(self.printed)
            if deadline is not None and time.monotonic() >= deadline:
                self.end()
                raise WorkerError(f"took longer than {timeout:g} seconds", "timeout")
            if memory is not None and self.resident() > memory:
                self.end()
                raise WorkerError(f"needed more than {_size(memory)} of memory", "memory")

    def output(self) -> bytes:
        return self.printed.read() or b""

    def crash(self, output: bytes | bytearray = b"") -> WorkerError:
        status = self.end()
        how = f"status {status}" if status >= 0 else signal.strsignal(-status)
        lines = output.decode(errors="replace").strip().splitlines()
        if any(line.startswith(_FULL_STACK) for line in lines):
            return WorkerError("the stack is full: is this an endless recursion?", "stack")
        said = lines[-1:] if lines[:1] == ["Traceback (most recent call last):"] else lines[:1]
        return WorkerError(": ".join(["its worker process crashed", f"{how}", *said]), "crashed")

    def end(self) -> int:
        self.process.kill()
        return self.process.wait()

    def resident(self) -> int:
        """Bytes of memory in use; 0 where the system does not tell."""
        try:
            with open(f"/proc/{self.process.pid}/statm", "rb") as file:
                return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")
        except (OSError, IndexError):
            return 0

    def close(self) -> None:
        for pipe in (self.jobs, self.results, self.printed):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        self.process.wait()
        os.close(self.alive)


def _size(count: int) -> str:
    """So many bytes, in the largest unit of which they are a whole number."""
    for shift, unit in ((20, "MiB"), (10, "KiB")):
        if not count % (1 << shift):
            return f"{count >> shift} {unit}"
    return f"{count} bytes"


def _pass_on(output: bytes | bytearray) -> None:
    """Writes what a job printed to standard error, where there is one that takes it."""
    if sys.stderr:
        with contextlib.suppress(OSError, ValueError):  # it is broken, or closed
            sys.stderr.write(printable(output.decode(errors="replace")))


def _pipes(process: subprocess.Popen[bytes] | Copy) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
    assert process.stdin
    assert process.stdout
    assert process.stderr
    return process.stdin, process.stdout, process.stderr
