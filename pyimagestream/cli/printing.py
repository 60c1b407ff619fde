"""What the commands print, the same on every terminal and in every locale."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any, TextIO

from ..errors import EvaluationError, Frame, OutputError, Problem, ValidationError, printable


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


def write_text(text: str) -> None:
    """Writes text for people, which may have come from anywhere."""
    write(printable(text))


def write_json(value: Any) -> None:
    """Writes JSON that plays no tricks on a terminal."""
    write(escaped(json.dumps(value, indent=2, ensure_ascii=False)) + "\n")


def write_data(text: str) -> None:
    """Writes JSON that is to be the same as another program's, except on a terminal."""
    write(escaped(text) if sys.stdout.isatty() else text)


def escaped(text: str) -> str:
    """JSON with the same values, in which all that is not printable is escaped.

    Some terminals take C1 controls for commands, and show text from right to left.
    """
    return "\n".join(
        line if line.isprintable() else "".join(map(_escaped, line)) for line in text.split("\n")
    )


def _escaped(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]


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


def standard_input_lines() -> Iterator[bytes]:
    """Standard input, line by line."""
    from ..tanka.validate import lines  # slow to import, and seldom needed

    return lines(sys.stdin.buffer)


def standard_input() -> str:
    """All of standard input. Raises `EvaluationError` if it is no UTF-8 text, or has no end."""
    from ..engines.sources import decode, read_limited  # slow to import, and seldom needed

    return decode("<stdin>", read_limited("<stdin>", sys.stdin.buffer))


def error(failed: EvaluationError | ValidationError) -> dict[str, Any]:
    """An error for machines."""
    if isinstance(failed, ValidationError):
        return {"problems": [problem(each) for each in failed.problems]}
    return {"error": failure(failed)}


def failure(failed: EvaluationError) -> dict[str, Any]:
    """Why a template could not be evaluated, for machines."""
    return {"message": failed.message, "frames": [frame(each) for each in failed.frames]}


def problem(found: Problem) -> dict[str, Any]:
    """A problem for machines."""
    return {
        **frame(found.frame or Frame("")),
        "manifest": found.output_path,
        "name": found.name or None,
        "function": found.function,
        "callers": [frame(each) for each in found.callers],
        **({"byLooks": True} if found.by_looks else {}),
        "field": found.field,
        "value": found.value,
        "message": found.message,
        "reason": found.reason,
    }


def frame(place: Frame) -> dict[str, Any]:
    """A place for machines: null is unknown."""
    return {"file": place.file, "line": place.line or None, "column": place.column or None}
