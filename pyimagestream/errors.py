"""What is raised on purpose: errors that carry data, and get their text when they are printed.

::

    PyimagestreamError
    ├── EvaluationError              a template that cannot be evaluated
    │   └── LexError                 code that does not fall into tokens
    ├── ValidationError              values a server would refuse
    ├── PullSpecError                a text that is no pull spec; a `ValueError` too
    ├── PatternError                 a text that is no regular expression
    ├── YamlError                    a text that is no YAML, or YAML that is no JSON
    ├── NativeError                  what one of Tanka's natives cannot work with
    ├── WorkerError                  a job that ended with its worker
    ├── ManifestError                a value that is no Kubernetes manifest
    ├── EnvironmentFieldError        a field of an environment that gives no label
    ├── AmbiguousEnvironmentError    several environments where one is needed
    ├── EnvironmentsError            environments that failed, each with its error
    ├── FormatError                  a format of file names that does not fit
    ├── ClusterError                 a request, or what leads to one, that failed for good
    │   ├── RefusedError             the server answered with an error
    │   ├── DroppedError             no answer came
    │   ├── AnswerError              an answer that no API server gives
    │   └── HaltedError              no further request may start
    │       ├── OutOfTimeError       the time is used up
    │       └── StoppedError         somebody asked to stop
    └── OutputError                  standard output that takes no more

An exception that never leaves its module stays there.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

Reason = Literal[
    "FieldUnknown",
    "FieldValueDuplicate",
    "FieldValueForbidden",
    "FieldValueInvalid",
    "FieldValueNotSupported",
    "FieldValueRequired",
    "FieldValueTooLong",
    "FieldValueTooMany",
    "FieldValueTypeInvalid",
]
"""Why a server refuses a value, in its words but for ``FieldUnknown``, for which it has none."""


class Frame(NamedTuple):
    """A place in a Jsonnet file: 1-based line and column, 0 where unknown."""

    file: str
    line: int = 0
    column: int = 0

    @classmethod
    def at(cls, file: str, text: str, offset: int) -> Frame:
        """The place of a character in the text of a file; `offset` counts from 0."""
        return cls(file, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))

    def shown(self) -> Frame:
        """The place as people are told it: a file below the current directory from there on."""
        return self._replace(file=shown(self.file))

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)


class Problem(NamedTuple):
    """One thing the server would refuse.

    `field` and `reason` use the server's words: ``spec.images[0].from.kind``,
    ``FieldValueInvalid``. `value` is what stood there, `message` states the
    rule. `function` and `frame` tell which library call set the value and
    where, when that is known: at the value itself if it stands there, else at
    the call. `callers` are the places that called the functions which stand
    around it, innermost first. `output_path` is the manifest's place in the output
    of its template (``.dev.imports[0]``, empty when it is the output itself), and
    `name` its ``Kind/name``, empty when the output has no other manifest. `by_looks` is
    set where the evaluation could not tell the place: it was found by the looks of the value,
    and is the file alone where these are not enough.
    """

    field: str
    value: Any
    message: str
    reason: Reason
    function: str = ""
    frame: Frame | None = None
    output_path: str = ""
    callers: tuple[Frame, ...] = ()
    name: str = ""
    by_looks: bool = False

    def at(self, frame: Frame | None, function: str = "") -> Problem:
        """The same problem with the place it comes from."""
        return self._replace(frame=frame, function=function or self.function)

    def shown(self) -> Problem:
        """The problem with its places as `Frame.shown` gives them."""
        callers = tuple(each.shown() for each in self.callers)
        return self._replace(frame=self.frame and self.frame.shown(), callers=callers)

    def __str__(self) -> str:
        place = f"{self.frame}: " if self.frame else ""
        notes = [self.function] if self.function else []
        if self.callers:
            notes.append(f"called from {self.callers[-1]}")
        if self.name or (self.output_path and not (self.frame and self.frame.line)):
            notes.append(f"in {self.name or self.output_path}")
        if self.by_looks:
            notes.append(looks(self.frame))
        suffix = f" ({', '.join(notes)})" if notes else ""
        return f"{place}{self.field}: {self.message}{suffix}"


def looks(frame: Frame | None) -> str:
    """What there is to say of a place that the evaluation could not tell."""
    is_found = frame and frame.line
    return "found by the looks of the value" if is_found else "its place could not be told"


SHOWN_FRAMES = 10
SHOWN_FORMAT = 120  # characters


class ManifestWarning(NamedTuple):
    """A warning about a manifest that the server accepts.

    ``code`` is W001 and so on, ``field`` and ``value`` are what it is about, and
    ``message`` tells what will happen and what to write instead.
    """

    code: str
    field: str
    value: Any
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message} [{self.code}]"


class PyimagestreamError(Exception):
    """The base of every error this package raises on purpose."""

    def shown(self) -> PyimagestreamError:
        """The error with its places as `Frame.shown` gives them."""
        return self

    @property
    def has_place(self) -> bool:
        """Whether its text begins with a place."""
        return False


class EvaluationError(PyimagestreamError):
    """A template could not be evaluated.

    `message` is the VM's, or the importer's, in one line; `frames` are the
    places it went through, innermost first.
    """

    def __init__(self, message: str, frames: Sequence[Frame] = ()) -> None:
        super().__init__(message, tuple(frames))
        self.message = message
        self.frames = tuple(frames)

    def shown(self) -> EvaluationError:
        return EvaluationError(self.message, [frame.shown() for frame in self.frames])

    @property
    def has_place(self) -> bool:
        return bool(self.frames)

    def __str__(self) -> str:
        place = f"{self.frames[0]}: " if self.frames else ""
        rest = [f"\n  {frame}" for frame in self.frames[1:SHOWN_FRAMES]]
        more = len(self.frames) - SHOWN_FRAMES
        rest += [f"\n  ... and {more} more"] if more > 0 else []
        return f"{place}{self.message}{''.join(rest)}"


class LexError(EvaluationError):
    """Code in which no VM finds tokens either."""


class ValidationError(PyimagestreamError):
    """Values a server would refuse; `problems` has a `Problem` for each."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(tuple(problems))
        self.problems = tuple(problems)

    def shown(self) -> ValidationError:
        return ValidationError([problem.shown() for problem in self.problems])

    @property
    def has_place(self) -> bool:
        return any(problem.frame for problem in self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class PullSpecError(PyimagestreamError, ValueError):
    """A text is no pull spec. `text` is what stood there, `rule` what it breaks."""

    def __init__(self, text: str, rule: str) -> None:
        super().__init__(text, rule)
        self.text = text
        self.rule = rule

    def __str__(self) -> str:
        return f"{quoted(self.text)} is no pull spec: {self.rule}"


class PatternError(PyimagestreamError):
    """Text that is no regular expression; `reason` in RE2's words."""

    def __init__(self, pattern: str, reason: str) -> None:
        super().__init__(pattern, reason)
        self.pattern = pattern
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.pattern!r} is not a regular expression in RE2 syntax: {self.reason}"


class YamlError(PyimagestreamError):
    """Text that is no YAML, or YAML that is no JSON. They count from 1, 0 is unknown."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(message, line, column)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


class NativeError(PyimagestreamError):
    """A native was given what it cannot work with."""

    def __init__(self, native: str, message: str) -> None:
        super().__init__(native, message)
        self.native = native
        self.message = message

    def __str__(self) -> str:
        return f"{self.native}: {self.message}"


class WorkerError(PyimagestreamError):
    """A job ended with its worker.

    `reason` is ``crashed``, ``stack`` (it was full), ``timeout``, ``memory``, ``stopped`` (by
    `Workers.stop`) or ``start`` (no worker could be started).
    """

    def __init__(
        self,
        message: str,
        reason: Literal["crashed", "stack", "timeout", "memory", "stopped", "start"],
    ) -> None:
        super().__init__(message, reason)
        self.message = message
        self.reason = reason

    def __str__(self) -> str:
        return self.message


class ManifestError(PyimagestreamError):
    """A value that is not, and does not lead to, a Kubernetes manifest.

    `path` says where it stands in the evaluated template (``.a.b.[0]``),
    `problems` what is wrong with it, one line each; `sample` is the beginning of
    the object to look at, as YAML: the one at `path` or the one around it.
    """

    def __init__(self, path: str, problems: Sequence[str], sample: str) -> None:
        super().__init__(path, problems, sample)
        self.path = path
        self.problems = problems
        self.sample = sample

    def __str__(self) -> str:
        problems = "".join(f"\n  - {problem}" for problem in self.problems)
        return f"{self.path} is not a valid Kubernetes manifest:{problems}\n\n{self.sample}"


class EnvironmentFieldError(PyimagestreamError):
    """`spec.tankaEnvLabelFromFields` names a field from which no label can be made."""

    def __init__(self, field: str, value: Any) -> None:
        super().__init__(field, value)
        self.field = field
        self.value = value

    def __str__(self) -> str:
        return (
            f"spec.tankaEnvLabelFromFields: {self.field} must be a string, a number or a boolean, "
            f"but is {_json(self.value)}"
        )


class AmbiguousEnvironmentError(PyimagestreamError):
    """Several inline environments, of which a command needs one; `names` are theirs."""

    def __init__(self, path: str, name: str, names: Sequence[str]) -> None:
        super().__init__(path, name, names)
        self.path = path
        self.name = name
        self.names = names

    def __str__(self) -> str:
        which = f" whose name contains {self.name!r}" if self.name else ""
        listed = "".join(f"\n - {name}" for name in self.names)
        more = "" if self.name else ", or export all by --recursive"
        return f"{self.path} has several environments{which}: choose one by --name{more}{listed}"


class EnvironmentsError(PyimagestreamError):
    """Some jobs failed. `errors` has their labels and why.

    A place comes first in its line, as readers of such lines expect it, and the label below,
    unless the place begins with it.
    """

    def __init__(self, errors: Sequence[tuple[str, PyimagestreamError]]) -> None:
        super().__init__(errors)
        self.errors = errors

    def shown(self) -> EnvironmentsError:
        return EnvironmentsError([(label, error.shown()) for label, error in self.errors])

    def __str__(self) -> str:
        return "\n".join(_labelled(label, error) for label, error in self.errors)


def _labelled(label: str, error: PyimagestreamError) -> str:
    if not error.has_place:
        return f"{label}: {error}"
    text = str(error)
    return text if text.startswith((f"{label}:", f"{label}/")) else f"{text}\n  in {label}"


class FormatError(PyimagestreamError):
    """A format that cannot be understood, or does not suit a manifest.

    `offset` is the place in `text`, counted from 0; `manifest` is the one it does not
    suit, as ``Kind/name``.
    """

    def __init__(self, text: str, offset: int, message: str, manifest: str = "") -> None:
        super().__init__(text, offset, message, manifest)
        self.text = text
        self.offset = offset
        self.message = message
        self.manifest = manifest

    def __str__(self) -> str:
        start = max(0, self.offset - SHOWN_FORMAT // 2) if len(self.text) > SHOWN_FORMAT else 0
        end = start + SHOWN_FORMAT
        before, after = "..." if start else "", "..." if end < len(self.text) else ""
        shown = f"{before}{self.text[start:end]}{after}"
        suffix = f" (for {self.manifest})" if self.manifest else ""
        return f"format {shown!r}, character {self.offset + 1}: {self.message}{suffix}"


class ClusterError(PyimagestreamError):
    """A request, or what leads to one, failed for good; `reason` says so in a word.

    Callers have to know whether repeating it can help (`passing`), after how many
    seconds at the earliest (`retry_after`), whether the server may have carried it
    out all the same (`uncertain`), and whether the server was not there at all
    (`outage`). No such error ever holds a credential.
    """

    reason = "Error"
    passing = False
    uncertain = False
    outage = False
    retry_after = 0.0


class RefusedError(ClusterError):
    """The server answered with an error.

    `code` is the HTTP status; `reason`, `message` and `causes` (field path and
    message) are those of the `Status` object in the answer, as far as there
    was one.
    """

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        causes: Sequence[tuple[str, str]] = (),
        retry_after: float = 0.0,
    ) -> None:
        super().__init__(code, reason, message, causes, retry_after)
        self.code = code
        self.reason = reason
        self.message = message
        self.causes = tuple(causes)
        self.retry_after = retry_after
        self.passing = code in (409, 429, 500, 502, 503, 504)
        self.uncertain = self.passing and code != 429
        self.outage = code in (502, 503)

    def __str__(self) -> str:
        return f"{self.message} (HTTP {self.code} {self.reason})"


class DroppedError(ClusterError):
    """No answer came: the connection failed, broke, or stayed silent too long.

    `sent` says whether the request had left by then.
    """

    reason = "NoAnswer"
    passing = True

    def __init__(self, message: str, sent: bool) -> None:
        super().__init__(message, sent)
        self.message = message
        self.uncertain = sent
        self.outage = not sent

    def __str__(self) -> str:
        return self.message


class AnswerError(ClusterError):
    """The answer is none that an API server gives to this request."""

    reason = "BadAnswer"
    uncertain = True


class HaltedError(ClusterError):
    """No further request may start."""


class OutOfTimeError(HaltedError):
    """The time given to the whole operation is used up."""

    reason = "OutOfTime"

    def __str__(self) -> str:
        return "out of time (--timeout)"


class StoppedError(HaltedError):
    """Somebody asked the operation to stop."""

    reason = "Interrupted"

    def __str__(self) -> str:
        return "interrupted"


class OutputError(PyimagestreamError):
    """Standard output takes no more, because of `error`."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error)
        self.error = error

    def __str__(self) -> str:
        return f"the output cannot be written: {self.error}"


def shown(path: str) -> str:
    """A path as people are told it: from the current directory on, where it is below that."""
    if not os.path.isabs(path):
        return path
    try:
        here = os.path.join(os.getcwd(), "")
    except OSError:  # the current directory is gone
        return path
    return path.removeprefix(here) or path


def escaped(text: str) -> str:
    """A text as JSON escapes it, apart from the quotes around it: one printable line."""
    if text.isidentifier():
        return text
    return _json(text, ensure_ascii=not text.isprintable())[1:-1]


def quoted(text: str) -> str:
    """A text for a message: in quotes, short, in one line, and printable whatever it is."""
    return f'"{escaped(text if len(text) <= 80 else f"{text[:77]}...")}"'


def printable(text: str) -> str:
    """Text that cannot play tricks on a terminal, in as many lines: much comes from others."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def _json(value: Any, *, ensure_ascii: bool = True) -> str:
    import json  # not at the top, as every command imports this module

    return json.dumps(value, ensure_ascii=ensure_ascii)
