"""Worker processes that survive a crashing or endless template.

`Workers` is an ordinary `concurrent.futures.Executor`. Its children import nothing
of the caller's ``__main__``, and end with the parent, however that ends. They are new
processes, as a forked Go runtime deadlocks, but for those that begin before there is one.
"""

from __future__ import annotations

import contextlib
import io
import pickle
import signal
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from ..errors import WorkerError
from ._copy import is_possible
from ._process import Process

P = ParamSpec("P")
T = TypeVar("T")


class Workers(Executor):
    """Runs picklable functions in up to `max_workers` processes.

    `timeout` is in seconds per job, what it has to import included; `memory` in
    bytes resident per worker (looked at where the system has ``/proc``). A job
    whose worker crashes or goes beyond either fails with `WorkerError`; the next
    job gets a new worker. What jobs print goes to standard error when they end.
    Texts arrive as plain ones, whatever class of the caller's they have.
    In a worker Go collects garbage seldom, unless GOGC and GOMEMLIMIT say otherwise.

    Workers start when jobs need them. Leaving the ``with`` block by an exception,
    Ctrl-C included, stops all jobs at once.
    """

    def __init__(
        self,
        max_workers: int,
        *,
        timeout: float | None = None,
        memory: int | None = None,
    ) -> None:
        if max_workers < 1:
            raise ValueError("max_workers must be at least 1")
        self._max_workers = max_workers
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._pool = _Pool(timeout, memory)
        # The threads know the pool only, so that a forgotten executor is collected and stopped.
        self._finalizer = weakref.finalize(self, self._pool.stop)

    def start(self, jobs: int) -> None:
        """Starts the workers for so many jobs at once, where they can be copies of this process.

        Elsewhere, and where there are some, workers start when jobs need them.
        """
        if not self._closed and not self._threads and is_possible(self._pool.memory):
            for child in self._pool.copies(min(jobs, self._max_workers)):
                self._pool.idle.release()
                self._begin(child)

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
                self._begin()
        return future

    def _begin(self, child: Process | None = None) -> None:
        """A thread for one more worker, which is there already or begins with a job."""
        manage = self._pool.manage
        thread = threading.Thread(target=manage, args=[child], name="worker", daemon=True)
        thread.start()
        self._threads.append(thread)

    def abandon(self, future: Future[Any]) -> None:
        """Ends a job that nobody waits for any more, if it has not ended, with its worker."""
        if not future.cancel():
            with self._pool.lock:
                child = self._pool.running.pop(future, None)
                if child:
                    child.process.kill()

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


class _Pickler(pickle.Pickler):
    """A worker knows no class of a ``__main__``, and need not import that of a mere text."""

    def reducer_override(self, value: Any) -> Any:
        return (str, (str.__str__(value),)) if isinstance(value, str) else NotImplemented


def _pickled(call: tuple[Any, ...]) -> bytes:
    message = io.BytesIO()
    _Pickler(message, pickle.HIGHEST_PROTOCOL).dump(call)
    return message.getvalue()


class _Pool:
    """What an executor shares with its threads; each thread drives one child."""

    def __init__(self, timeout: float | None, memory: int | None) -> None:
        self.timeout = timeout
        self.memory = memory
        self.lock = threading.Lock()
        self.idle = threading.Semaphore(0)
        self.jobs: SimpleQueue[tuple[Future[Any], Any, Any, Any] | None] = SimpleQueue()
        self.children: set[Process] = set()
        self.running: dict[Future[Any], Process | None] = {}
        self.stopped = False

    def manage(self, child: Process | None) -> None:
        # Children inherit the mask: Ctrl-C reaches the parent only, which ends them.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            while True:
                job = self.jobs.get()
                if job is None:
                    self.jobs.put(None)  # the next thread ends as well
                    return
                future, *call = job
                self.running[future] = None
                if future.set_running_or_notify_cancel():
                    try:
                        message = _pickled(tuple(call))
                        if not (child and child.usable()):
                            old, child = child, None
                            child = self.renew(old)
                        self.begin(future, child)
                        fine, value = child.run(message, self.timeout)
                    except BaseException as error:
                        fine, value = False, self.explain(error)
                    with self.lock:
                        self.running.pop(future, None)
                    if fine:
                        future.set_result(value)
                    else:
                        future.set_exception(value)
                self.running.pop(future, None)
                del job, future, call
                self.idle.release()
        finally:
            if child:
                self.discard(child)

    def copies(self, count: int) -> list[Process]:
        """So many children that are copies of this process, or as many as there can be.

        All are made before there is another thread, and no signal handler comes between: one
        that raises would leave a copy to itself, or run in it.
        """
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            try:
                with contextlib.suppress(WorkerError):
                    while len(self.children) < count:
                        self.children.add(Process(self.memory, copied=True))
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, mask)  # handlers are called now
        except BaseException:
            for child in list(self.children):
                child.end()
                self.discard(child)
            raise
        return list(self.children)

    def renew(self, old: Process | None) -> Process:
        if old:
            self.discard(old)
        with self.lock:
            if self.stopped:
                raise WorkerError("the job was stopped", "stopped")
            child = Process(self.memory)
            self.children.add(child)
        return child

    def begin(self, future: Future[Any], child: Process) -> None:
        """Notes who runs a job. Raises `WorkerError` where it was abandoned meanwhile."""
        with self.lock:
            if future not in self.running:
                raise WorkerError("the job was stopped", "stopped")
            self.running[future] = child

    def discard(self, child: Process) -> None:
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
