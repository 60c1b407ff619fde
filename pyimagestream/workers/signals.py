"""Waiting that a signal ends, whichever thread of the process the system hands it to.

Python calls handlers in the main thread, which goes on to wait where another one is handed the
signal: one of the Go VM, for example.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")

INTERVAL = 0.1
"""Seconds after which a signal is noticed at the latest."""


def join(thread: threading.Thread) -> None:
    """Waits for the end of a thread."""
    while thread.is_alive():
        thread.join(INTERVAL)


def as_completed(futures: Collection[Future[T]]) -> Iterator[Future[T]]:
    """The futures, each as soon as it is done."""
    from queue import Empty, SimpleQueue  # slow to import, and most evaluations have no future

    done: SimpleQueue[Future[T]] = SimpleQueue()
    for future in futures:
        future.add_done_callback(done.put)
    left = len(futures)
    while left:
        try:
            future = done.get(timeout=INTERVAL)
        except Empty:
            continue
        left -= 1
        yield future
