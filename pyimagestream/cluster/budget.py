"""How much an operation may take: time, tries, requests at once, images a request."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..errors import OutOfTimeError, StoppedError
from ..workers.signals import join


@dataclass(frozen=True)
class Limits:
    """All times in seconds.

    A server fetches two images a second after a burst of three, and answers
    504 after 34 seconds. Twenty images take it 8.5 seconds (measured), which
    leaves room for one insecure registry that hangs (25 seconds).
    """

    total: float = 600.0
    request: float = 45.0  # above the server's 34, so that it is the server who gives up
    backoff: float = 1.0
    longest_backoff: float = 30.0
    outage_backoff: float = 5.0
    tries: int = 4
    images: int = 20
    parallel: int = 4

    def pause(self, tries: int) -> float:
        """How long to wait before the next try, after so many."""
        return float(min(self.backoff * 2 ** (tries - 1), self.longest_backoff))

    def pause_in_outage(self, tries: int) -> float:
        """The same while the API server is not there: it is looked for until the time is over."""
        return min(self.pause(tries), self.outage_backoff)


class Budget:
    """The clock of one operation; safe to share between threads.

    `reached` tells that the API server was there in this operation: when it
    goes away, it is worth waiting for.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.reached = False
        self._end = time.monotonic() + limits.total
        self._stopped = threading.Event()

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    def stop(self) -> None:
        """Let no further request start."""
        self._stopped.set()

    def extend(self, seconds: float) -> None:
        """Do not count a time in which nothing could be done."""
        self._end += seconds

    def request(self) -> float:
        """The time a request that starts now may take."""
        return min(self.limits.request, self.left())

    def wait(self, seconds: float) -> None:
        """Sleep; raises at once when there is not that much time left."""
        if seconds >= self.left():
            raise OutOfTimeError
        self._stopped.wait(min(seconds, threading.TIMEOUT_MAX))
        self.left()

    def left(self) -> float:
        """How many seconds there are; raises HaltedError when no request may start."""
        if self._stopped.is_set():
            raise StoppedError
        left = self._end - time.monotonic()
        if left <= 0:
            raise OutOfTimeError
        return left


def in_parallel(jobs: Iterable[Callable[[], None]], budget: Budget) -> None:
    """Run the jobs, a bounded number at a time; what one of them raises is raised here.

    When the wait is interrupted the budget is stopped, so that no further
    request starts. The threads are daemons: none keeps the process alive.
    """
    todo: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
    for job in jobs:
        todo.put(job)
    failures: list[BaseException] = []

    def work() -> None:
        while True:
            try:
                job = todo.get_nowait()
            except queue.Empty:
                return
            try:
                job()
            except BaseException as error:
                failures.append(error)

    count = min(budget.limits.parallel, todo.qsize())
    threads = [threading.Thread(target=work, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            join(thread)
    except BaseException:
        budget.stop()
        raise
    if failures:
        raise failures[0]
