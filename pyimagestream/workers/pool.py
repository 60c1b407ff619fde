"""Worker processes that survive a crashing or endless template.

`Workers` is an ordinary `concurrent.futures.Executor`. Its children are started
afresh (a forked Go runtime deadlocks), import nothing of the caller's
``__main__``, and end with the parent, however that ends.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import IO, Any, Literal, ParamSpec, TypeVar

from pyimagestream.errors import PyimagestreamError
from pyimagestream.workers._child import receive, send

P = ParamSpec("P")
T = TypeVar("T")

_MEMORY_INTERVAL = 0.02  # seconds between two looks at a worker's memory
_OUTPUT_LIMIT = 1 << 20  # bytes kept of what one job prints
_START = (
    "import sys; alive = int(sys.argv.pop(1)); sys.path[:] = sys.argv[1:];"
    " from pyimagestream.workers._child import serve; serve(alive)"
)


class WorkerError(PyimagestreamError):
    """A job ended with its worker.

    `reason` is ``crashed``, ``timeout``, ``memory``, ``stopped`` (by `Workers.stop`)
    or ``start`` (no worker could be started).
    """

    def __init__(
        self, message: str, reason: Literal["crashed", "timeout", "memory", "stopped", "start"]
    ) -> None:
        super().__init__(message, reason)
        self.message = message
        self.reason = reason

    def __str__(self) -> str:
        return self.message


class Workers(Executor):
    """Runs picklable functions in up to `max_workers` processes.

    `timeout` is in seconds per job, what it has to import included; `memory` in
    bytes resident per worker (looked at where the system has ``/proc``). A job
    whose worker crashes or goes beyond either fails with `WorkerError`; the next
    job gets a new worker. What jobs print goes to standard error when they end.
    `environment` is added to the workers' environment variables.

    Workers start when jobs need them. Leaving the ``with`` block by an exception,
    Ctrl-C included, stops all jobs at once.
    """

    def __init__(
        self,
        max_workers: int,
        *,
        timeout: float | None = None,
        memory: int | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        if max_workers < 1:
            raise ValueError("max_workers must be at least 1")
        self._max_workers = max_workers
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._pool = _Pool(timeout, memory, dict(environment or {}))
        # The threads know the pool only, so that a forgotten executor is collected and stopped.
        self._finalizer = weakref.finalize(self, self._pool.stop)

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        with self._pool.lock:
            if self._closed:
                raise RuntimeError("cannot submit to workers that were shut down")
            self._pool.jobs.put((future, fn, args, kwargs))
            if (
                not self._pool.idle.acquire(blocking=False)
                and len(self._threads) < self._max_workers
            ):
                thread = threading.Thread(target=self._pool.manage, name="worker", daemon=True)
                self._threads.append(thread)
                thread.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends the workers after the jobs that were submitted (or are running)."""
        with self._pool.lock:
            self._closed = True
        if cancel_futures:
            self._pool.cancel()
        self._pool.jobs.put(None)
        self._finalizer.detach()
        if wait:
            try:
                for thread in self._threads:
                    thread.join()
            except BaseException:
                self.stop()
                raise

    def stop(self) -> None:
        """Ends everything at once: waiting jobs are cancelled, running ones fail."""
        with self._pool.lock:
            self._closed = True
        self._pool.stop()
        self.shutdown()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        if exc_type is None:
            self.shutdown()
        else:
            self.stop()


class _Pool:
    """What an executor shares with its threads; each thread drives one child."""

    def __init__(
        self, timeout: float | None, memory: int | None, environment: Mapping[str, str]
    ) -> None:
        self.timeout = timeout
        self.memory = memory
        self.environment = environment
        self.lock = threading.Lock()
        self.idle = threading.Semaphore(0)
        self.jobs: SimpleQueue[tuple[Future[Any], Any, Any, Any] | None] = SimpleQueue()
        self.children: set[_Child] = set()
        self.stopped = False

    def manage(self) -> None:
        # Children inherit the mask: Ctrl-C reaches the parent only, which ends them.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        child: _Child | None = None
        try:
            while True:
                job = self.jobs.get()
                if job is None:
                    self.jobs.put(None)  # the next thread ends as well
                    return
                future, *call = job
                if future.set_running_or_notify_cancel():
                    try:
                        message = pickle.dumps(tuple(call), pickle.HIGHEST_PROTOCOL)
                        child = child if child and child.usable(self.memory) else self.renew(child)
                        fine, value = child.run(message, self.timeout, self.memory)
                    except BaseException as error:
                        fine, value = False, self.explain(error)
                    if fine:
                        future.set_result(value)
                    else:
                        future.set_exception(value)
                del job, future, call
                self.idle.release()
        finally:
            if child:
                self.discard(child)

    def renew(self, old: _Child | None) -> _Child:
        if old:
            self.discard(old)
        with self.lock:
            if self.stopped:
                raise WorkerError("the job was stopped", "stopped")
            child = _Child(self.environment)
            self.children.add(child)
        return child

    def discard(self, child: _Child) -> None:
        child.close()
        with self.lock:
            self.children.discard(child)

    def explain(self, error: BaseException) -> BaseException:
        if self.stopped and isinstance(error, WorkerError):
            return WorkerError("the job was stopped", "stopped")
        return error

    def cancel(self) -> None:
        with contextlib.suppress(Empty):
            while True:
                job = self.jobs.get_nowait()
                if job is not None:
                    job[0].cancel()

    def stop(self) -> None:
        self.cancel()
        with self.lock:
            self.stopped = True
            for child in self.children:
                child.process.kill()
        self.jobs.put(None)


class _Child:
    """One worker process, as its parent sees it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        try:
            alive, self.alive = os.pipe()  # nothing is written to it: it closes with this process
        except OSError as error:
            raise WorkerError(f"no worker process could be started: {error}", "start") from error
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _START, str(alive), *sys.path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, **environment},
                pass_fds=[alive],
            )
        except OSError as error:
            os.close(self.alive)
            raise WorkerError(f"no worker process could be started: {error}", "start") from error
        finally:
            os.close(alive)
        self.jobs, self.results, self.printed = _pipes(self.process)
        os.set_blocking(self.printed.fileno(), False)

    def usable(self, memory: int | None) -> bool:
        """Whether it lives, and so small that the next job will not pay for the last one."""
        return self.process.poll() is None and (
            memory is None or self.resident() <= max(memory // 2, memory - (64 << 20))
        )

    def run(self, message: bytes, timeout: float | None, memory: int | None) -> tuple[bool, Any]:
        """Runs one pickled job: ``(True, result)`` or ``(False, exception)``."""
        try:
            send(self.jobs, message)
        except BrokenPipeError:
            raise self.crash() from None
        output = self.watch(timeout, memory)
        answer = receive(self.results)
        output += self.output()
        if answer is None:
            raise self.crash(output)
        if output:
            sys.stderr.write(output[:_OUTPUT_LIMIT].decode(errors="replace"))
        fine, value = pickle.loads(answer)
        return fine, value

    def watch(self, timeout: float | None, memory: int | None) -> bytearray:
        """Waits for an answer, or the end of the worker; returns what it printed meanwhile."""
        output = bytearray()
        poll = select.poll()
        poll.register(self.results, select.POLLIN)
        poll.register(self.printed, select.POLLIN)
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            waits = [] if deadline is None else [max(0.0, deadline - time.monotonic())]
            waits += [] if memory is None else [_MEMORY_INTERVAL]
            ready = dict(poll.poll(min(waits) * 1000 if waits else None))
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
                raise WorkerError(f"needed more than {memory >> 20} MiB of memory", "memory")

    def output(self) -> bytes:
        return self.printed.read() or b""

    def crash(self, output: bytes | bytearray = b"") -> WorkerError:
        status = self.end()
        how = f"status {status}" if status >= 0 else signal.strsignal(-status)
        lines = output.decode(errors="replace").strip().splitlines()
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


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
    assert process.stdin
    assert process.stdout
    assert process.stderr
    return process.stdin, process.stdout, process.stderr
