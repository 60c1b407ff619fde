"""Errors carry data; their text is built when somebody prints them.

Everything raised on purpose derives from `PyimagestreamError`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal


@dataclass(frozen=True)
class Frame:
    """A place in a Jsonnet file: 1-based line and column, 0 where unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)


@dataclass(frozen=True)
class Problem:
    """One thing the server would refuse.

    `field` and `reason` use the server's words: ``spec.images[0].from.kind``,
    ``FieldValueInvalid``. `value` is what stood there, `message` states the
    rule. `function` and `frame` tell which library call set the value and
    where, when that is known: at the value itself if it stands there, else at
    the call. `callers` are the places that called the functions which stand
    around it, innermost first. `manifest` is the manifest's place in the output
    of its template (``.dev.imports[0]``, empty when it is the output itself), and
    `name` its ``Kind/name``, empty when the output has no other manifest.
    """

    field: str
    value: Any
    message: str
    reason: str
    function: str = ""
    frame: Frame | None = None
    manifest: str = ""
    callers: tuple[Frame, ...] = ()
    name: str = ""

    def at(self, frame: Frame | None, function: str = "") -> Problem:
        """The same problem with the place it comes from."""
        return replace(self, frame=frame, function=function or self.function)

    def __str__(self) -> str:
        place = f"{self.frame}: " if self.frame else ""
        notes = [self.function] if self.function else []
        if self.callers:
            notes.append(f"called from {self.callers[-1]}")
        if self.name or (self.manifest and not (self.frame and self.frame.line)):
            notes.append(f"in {self.name or self.manifest}")
        suffix = f" ({', '.join(notes)})" if notes else ""
        return f"{place}{self.field}: {self.message}{suffix}"


SHOWN_FRAMES = 10


class PyimagestreamError(Exception):
    """The base of every error this package raises on purpose."""


class EvaluationError(PyimagestreamError):
    """A template could not be evaluated.

    `message` is the VM's, or the importer's, in one line; `frames` are the
    places it went through, innermost first.
    """

    def __init__(self, message: str, frames: Sequence[Frame] = ()) -> None:
        super().__init__(message, tuple(frames))
        self.message = message
        self.frames = tuple(frames)

    def __str__(self) -> str:
        place = f"{self.frames[0]}: " if self.frames else ""
        rest = [f"\n  {frame}" for frame in self.frames[1:SHOWN_FRAMES]]
        more = len(self.frames) - SHOWN_FRAMES
        rest += [f"\n  ... and {more} more"] if more > 0 else []
        return f"{place}{self.message}{''.join(rest)}"


class ValidationError(PyimagestreamError):
    """Values a server would refuse, one `Problem` each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(tuple(problems))
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


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


def printable(text: str) -> str:
    """Text that cannot play tricks on a terminal, in as many lines: much comes from others."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
