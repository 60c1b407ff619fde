"""Time that passes when a test says so, so that no test depends on how fast the machine is."""

from __future__ import annotations

import threading


class Clock:
    """Stands in for the module `time` in the modules under test; safe to share between threads."""

    def __init__(self) -> None:
        self._now = 0.0
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._now += seconds
