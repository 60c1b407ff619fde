"""What the commands print, the same on every terminal and in every locale."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from ..errors import EvaluationError, Frame, Problem, PyimagestreamError, ValidationError, printable

if TYPE_CHECKING:  # slow to import, and most commands need none
    from ..tanka.validate import Report


class OutputError(PyimagestreamError):
    """Standard output takes no more, because of ``error``."""

    def __init__(self, error: OSError) -> None:
        super().__init__(error)
        self.error = error

    def __str__(self) -> str:
        return f"the output cannot be written: {self.error}"


def write(text: str) -> None:
    """Writes to standard output as UTF-8, whatever the locale says. Raises `OutputError`."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise OutputError(error) from None


def flush() -> None:
    """Sees to it that all that was written has arrived. Raises `OutputError`."""
    try:
        sys.stdout.flush()
    except OSError as error:
        raise OutputError(error) from None


def tell(text: object) -> None:
    """Writes a message to standard error."""
    print(printable(str(text)), file=sys.stderr, flush=True)


def style(stream: TextIO) -> dict[str, Any]:
    """`width` and `colour` of a table that goes there; ``NO_COLOR`` is heeded."""
    import shutil  # slow to import, and most commands need none

    if not stream.isatty():
        return {"width": 80, "colour": False}
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return {"width": max(80, shutil.get_terminal_size().columns), "colour": not plain}


def write_json(value: Any) -> None:
    """Writes JSON that plays no tricks on a terminal: some take the C1 controls for commands."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    write(re.sub("[\x7f-\x9f]", lambda found: f"\\u{ord(found[0]):04x}", text) + "\n")


def write_yaml(values: Sequence[Any]) -> None:
    """Writes YAML documents as Tanka prints them."""
    from ..golang.yaml import printer as yaml  # slow to import, and most commands need none

    write(yaml.dump_all(values))


def write_readable_yaml(value: Any, *, stream: bool = False) -> None:
    """Writes YAML that readers of YAML 1.1 and of YAML 1.2 read alike.

    That is one document, or a ``stream`` of them: one for each item of a list, else one for each
    manifest, wherever it is. A value that holds no manifest is one document itself.
    """
    # Slow to import, and most commands need none.
    from ..golang.yaml import printer as yaml
    from ..tanka.manifests.extract import extract, has_manifests

    documents = [value]
    if stream and isinstance(value, list):
        documents = value
    elif stream and has_manifests(value):
        documents = extract(value)
    write(yaml.dump_all(documents, yaml.FOR_ALL))


def standard_input() -> str:
    """All of standard input. Raises `EvaluationError` if it is no UTF-8 text, or has no end."""
    from ..engines.sources import decode, read_all  # slow to import, and seldom needed

    return decode("<stdin>", read_all("<stdin>", sys.stdin.buffer))


def error(failure: EvaluationError | ValidationError) -> dict[str, Any]:
    """An error for machines."""
    if isinstance(failure, ValidationError):
        return {"problems": [_problem(problem) for problem in failure.problems]}
    return {"error": _error(failure)}


def reports(found: Iterable[Report]) -> dict[str, Any]:
    """Reports for machines: all problems, all warnings, all errors."""
    found = list(found)
    return {
        "manifests": sum(report.manifests for report in found),
        "problems": [_problem(problem) for report in found for problem in report.problems],
        "warnings": [
            {
                **_frame(placed.frame),
                "manifest": placed.manifest,
                "code": placed.notice.code,
                "field": placed.notice.field,
                "value": placed.notice.value,
                "message": placed.notice.message,
            }
            for report in found
            for placed in report.notices
        ],
        "errors": [_error(report.error) for report in found if report.error],
    }


def _error(failure: EvaluationError) -> dict[str, Any]:
    return {"message": failure.message, "frames": [_frame(frame) for frame in failure.frames]}


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        **_frame(problem.frame or Frame("")),
        "manifest": problem.manifest,
        "function": problem.function,
        "callers": [_frame(frame) for frame in problem.callers],
        "field": problem.field,
        "value": problem.value,
        "message": problem.message,
        "reason": problem.reason,
    }


def _frame(frame: Frame) -> dict[str, Any]:
    return {"file": frame.file, "line": frame.line, "column": frame.column}
