"""The reports of `validate`: for people, and in the forms that machines read.

docs/checks.md has the shapes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from .. import __version__
from ..checks.codes import FATAL, READING
from ..errors import EvaluationError, Frame, Problem, looks, printable
from ..tanka.report import PlacedWarning, Report
from . import printing

NO_PLACE = Frame("")
EVALUATION_ERROR = "EvaluationError"


@dataclass(frozen=True)
class Finding:
    """A problem, a warning or an error, as far as all forms tell the same of it.

    What makes the command fail has the level of an error, as machines go by that.
    """

    level: str
    code: str
    text: str
    frame: Frame
    field: str = ""
    name: str = ""


def findings(report: Report) -> Iterator[Finding]:
    """All that is in a report: problems, then warnings, then errors."""
    for problem in report.problems:
        frame = problem.frame or Frame(report.filename)
        text = f"{problem._replace(frame=None, by_looks=False)}{_looks(problem)}"
        name = _name(report, problem)
        yield Finding("error", problem.reason, text, frame, problem.field, name)
    for placed in report.warnings:
        text = f"{placed._replace(frame=NO_PLACE, by_looks=False)}{_looks(placed)}"
        text = text.removeprefix(": warning: ")
        name, code = _name(report, placed), placed.warning.code
        level = "error" if code in FATAL else "warning"
        yield Finding(level, code, text, placed.frame, placed.warning.field, name)
    for error in report.errors:
        frame = error.frames[0] if error.frames else Frame(report.filename)
        text = str(EvaluationError(error.message, (NO_PLACE, *error.frames[1:])))
        yield Finding("error", EVALUATION_ERROR, text.removeprefix(": "), frame)


def _looks(found: Problem | PlacedWarning) -> str:
    return f" ({looks(found.frame)})" if found.by_looks else ""


def _name(report: Report, found: Problem | PlacedWarning) -> str:
    """The name of the manifest, also where lines do without: it is the only one."""
    is_of_text = isinstance(found, PlacedWarning) and found.warning.code in READING
    return found.name or ("" if is_of_text or len(report.names) != 1 else report.names[0])


def as_text(report: Report) -> str:
    """A line for each problem and warning: ``file:line:column: field: message``."""
    return "".join(
        f"{printable(str(each))}\n" for each in (*report.problems, *report.warnings, *report.errors)
    )


def as_github(report: Report) -> str:
    """Commands that GitHub Actions makes annotations of."""
    lines = []
    for each in findings(report):
        given = {
            "file": each.frame.file,
            "line": each.frame.line,
            "col": each.frame.column,
            "title": each.code,
        }
        properties = ",".join(
            f"{key}={_escaped(str(value), ':,')}" for key, value in given.items() if value
        )
        lines.append(f"::{each.level} {properties}::{_escaped(each.text)}\n")
    return "".join(lines)


def _escaped(text: str, more: str = "") -> str:
    return re.sub(f"[%\r\n{more}]", lambda found: f"%{ord(found[0]):02X}", printable(text))


def as_json(reports: Sequence[Report]) -> dict[str, Any]:
    """All problems, all warnings and all errors, in the order of the files."""
    return {
        "manifests": sum(len(report.names) for report in reports),
        "problems": [
            {**printing.problem(each), "name": _name(report, each) or None}
            for report in reports
            for each in report.problems
        ],
        "warnings": [
            {
                **printing.frame(each.frame),
                "manifest": each.output_path,
                "name": _name(report, each) or None,
                "code": each.warning.code,
                "field": each.warning.field,
                "value": each.warning.value,
                "message": each.warning.message,
                **({"byLooks": True} if each.by_looks else {}),
            }
            for report in reports
            for each in report.warnings
        ],
        "errors": [printing.failure(error) for report in reports for error in report.errors],
    }


def as_sarif(reports: Sequence[Report]) -> dict[str, Any]:
    """A log of SARIF 2.1.0 with one run."""
    found = [each for report in reports for each in findings(report)]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "pyimagestream",
                        "version": __version__,
                        "rules": [{"id": code} for code in sorted({each.code for each in found})],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(each) for each in found],
            }
        ],
    }


def _result(found: Finding) -> dict[str, Any]:
    frame = found.frame
    region = {"startLine": frame.line, "startColumn": frame.column}
    uri = quote(os.fsencode(frame.file))
    uri = f"file://{uri}" if os.path.isabs(frame.file) else uri
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri}}
    if frame.line:
        physical["region"] = {key: value for key, value in region.items() if value}
    location: dict[str, Any] = {"physicalLocation": physical}
    if found.field:
        whole = f"{found.name}: {found.field}" if found.name else found.field
        location["logicalLocations"] = [{"name": found.field, "fullyQualifiedName": whole}]
    return {
        "ruleId": found.code,
        "level": found.level,
        "message": {"text": found.text},
        "locations": [location],
    }


def as_junit(reports: Sequence[Report]) -> str:
    """JUnit's XML: a suite for each file, with a test for each of its manifests."""
    suites = [_suite(report) for report in reports]
    total = [sum(counts) for counts in zip(*(counts for counts, _ in suites), strict=True)]
    opening = _element("testsuites", _counts(total or [0, 0, 0]), name="pyimagestream validate")
    body = "".join(text for _, text in suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{opening}\n{body}</testsuites>\n'


def _suite(report: Report) -> tuple[list[int], str]:
    cases: dict[str, list[Finding]] = {name: [] for name in report.names}
    for found in findings(report):
        cases.setdefault(found.name or report.filename, []).append(found)
    counts = [len(cases), 0, 0]
    bodies = []
    for name, all_found in cases.items():
        errors = [each for each in all_found if each.level == "error"]
        warnings = [each for each in all_found if each.level == "warning"]
        is_broken = any(each.code == EVALUATION_ERROR for each in errors)
        counts[2 if is_broken else 1] += bool(errors)
        opening = _element("testcase", {}, name=name, classname=report.filename)
        outcome = _failure("error" if is_broken else "failure", errors) if errors else ""
        said = f"      <system-out>{_lines(warnings)}</system-out>\n" if warnings else ""
        bodies.append(f"    {opening}\n{outcome}{said}    </testcase>\n")
    opening = _element("testsuite", _counts(counts), name=report.filename)
    return counts, f"  {opening}\n{''.join(bodies)}  </testsuite>\n"


def _failure(kind: str, found: Sequence[Finding]) -> str:
    first = found[0].text.partition("\n")[0]
    opening = _element(kind, {}, message=first, type=found[0].code)
    return f"      {opening}{_lines(found)}</{kind}>\n"


def _lines(found: Iterable[Finding]) -> str:
    return escape("\n".join(printable(f"{each.frame}: {each.text}") for each in found))


def _counts(counts: Sequence[int]) -> dict[str, str]:
    return dict(zip(("tests", "failures", "errors"), map(str, counts), strict=True))


def _element(tag: str, attributes: dict[str, str], **more: str) -> str:
    given = {**more, **attributes}
    return (
        f"<{tag} {' '.join(f'{key}={quoteattr(printable(text))}' for key, text in given.items())}>"
    )


BY_FILE: dict[str, Callable[[Report], str]] = {"text": as_text, "github": as_github}
"""Forms that tell each file as soon as it is judged."""

FORMS = ("text", "json", "github", "junit", "sarif")


def whole(form: str, reports: Sequence[Report]) -> None:
    """Prints all reports at once."""
    if form == "junit":
        printing.write(as_junit(reports))
    else:
        printing.write_json(as_json(reports) if form == "json" else as_sarif(reports))


def summary(reports: Iterable[Report]) -> str:
    """How many manifests, problems and warnings there are."""
    manifests = problems = warnings = repeated = 0
    for report in reports:
        manifests += len(report.names)
        problems += len(report.problems) + len(report.errors)
        warnings += len(report.warnings)
        repeated += report.repeated
    counts = ((manifests, "manifest"), (problems, "problem"), (warnings, "warning"))
    told = ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts)
    return f"{told} (and {repeated} more like them)" if repeated else told


def reservations(reports: Iterable[Report]) -> Iterator[str]:
    """What was not judged, a line each: unknown kinds, and what of others is unchecked."""
    unknown: dict[str, None] = {}
    unchecked: dict[str, None] = {}
    for report in reports:
        unknown.update(dict.fromkeys(report.unknown))
        unchecked.update(dict.fromkeys(report.unchecked))
    if unknown:
        yield f"not judged, as no library has the kind: {', '.join(sorted(unknown))}"
    yield from (f"not checked of {each}" for each in sorted(unchecked))


def emptiness(paths: Sequence[str], files: int) -> str:
    """The sentence about paths with nothing to judge."""
    where = ", ".join(paths)
    if not files:
        return f"nothing to judge in {where}: there is no .jsonnet, .yaml, .yml or .json file"
    count = "the file" if files == 1 else f"{files} files"
    return f"nothing to judge in {where}: no manifest of image.openshift.io in {count}"
