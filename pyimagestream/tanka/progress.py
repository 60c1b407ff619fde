"""One line about how far a run has come, on terminals only."""

from __future__ import annotations

import os
import sys
import time
from typing import TextIO

_INTERVAL = 0.1  # seconds between two updates
_GREEN, _PLAIN, _CLEAR = "\x1b[32m", "\x1b[0m", "\r\x1b[K"
# A line that wraps could not be cleared any more: too long a one is cut by the terminal.
_CUT, _WRAP = "\x1b[?7l", "\x1b[?7h"


class TerminalProgress:
    """``57 of 200 environments, 95/s, 2 s left``: rewritten in place, and removed at the end.

    Says nothing where `stream` (standard error) is no terminal. Colours are left
    out when ``NO_COLOR`` is set.
    """

    def __init__(self, what: str, stream: TextIO | None = None) -> None:
        self.done = 0
        self.total = 0
        self._what = what
        self._stream = stream or sys.stderr
        self._shown = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._colour = not os.environ.get("NO_COLOR")
        self._start = time.monotonic()
        self._start_done = 0
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if total != self.total or done < self.done:  # another run
            self._start, self._start_done = now, done
        self.done, self.total = done, total
        if self._shown and now >= self._next:
            self._next = now + _INTERVAL
            self._stream.write(f"{_CLEAR}{_CUT}{self.line(now)}{_WRAP}")
            self._stream.flush()

    def line(self, now: float) -> str:
        count = f"{self.done} of {self.total}"
        if self._colour:
            count = f"{_GREEN}{count}{_PLAIN}"
        passed = now - self._start
        if passed <= 0 or self.done == self._start_done:
            return f"{count} {self._what}"
        rate = (self.done - self._start_done) / passed
        left = (self.total - self.done) / rate
        return f"{count} {self._what}, {rate:.3g}/s, {left:.0f} s left"

    def note(self, text: str) -> None:
        """Writes a line that stays, terminal or not."""
        self.close()
        print(text, file=self._stream, flush=True)

    def close(self) -> None:
        """Removes the line."""
        if self._shown and self.total:
            self._stream.write(_CLEAR)
            self._stream.flush()
