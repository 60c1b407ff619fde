"""What `validate` finds: problems and warnings, each with its place, one report for each file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from ..checks import lookalike
from ..checks.codes import FATAL, ONCE, UNKNOWN_FIELD
from ..checks.lookalike import likeness
from ..checks.verdict import validate
from ..checks.warnings import warnings
from ..errors import EvaluationError, Frame, ManifestWarning, Problem, Reason, looks, shown
from ..evaluation.libraries import NONE, Libraries
from ..evaluation.output import kind_and_name, manifests
from ..model.schema import LATEST
from .project import SPEC

if TYPE_CHECKING:
    from ..checks.apis import ApiChecks


class Rules(NamedTuple):
    """What to hold the manifests against: a server, strictly or not, but for some warnings."""

    server: str = LATEST
    strict: bool = False
    ignored: frozenset[str] = frozenset()
    require_known: bool = False

    def wants(self, value: dict[str, Any], libraries: Libraries = NONE) -> bool:
        """Whether an object is to be judged: as a manifest of our kinds, or of a library's."""
        if libraries.wants(value) or likeness(value):
            return True
        return self.require_known and is_stranger(value)

    def problems(self, manifest: dict[str, Any], libraries: Libraries = NONE) -> list[Problem]:
        """The problems of a manifest, also of one whose version or kind is a slip."""
        if checks := libraries.checks(manifest):
            return self.by_library(checks, manifest)
        if self.require_known and not likeness(manifest):
            return [_unknown(manifest, libraries)]
        return lookalike.problems_of(
            manifest, lambda right: validate(right, server=self.server, strict=self.strict)
        )

    def by_library(self, checks: ApiChecks, manifest: dict[str, Any]) -> list[Problem]:
        """The problems of a manifest by the checks of a library that has its kind."""
        return checks.problems(manifest, strict=self.strict)

    def findings(self, manifest: dict[str, Any], libraries: Libraries = NONE) -> list[Problem]:
        """The problems of a manifest, and the warnings about it, which have places as well."""
        warnings = self.warnings(manifest, libraries)
        return [*self.problems(manifest, libraries), *map(Remark.of, warnings)]

    def findings_by_library(self, checks: ApiChecks, manifest: dict[str, Any]) -> list[Problem]:
        """The same by the checks of a library."""
        warnings = (each for each in checks.warnings(manifest) if self.heeds(each.code))
        return [*self.by_library(checks, manifest), *map(Remark.of, warnings)]

    def warnings(
        self, manifest: dict[str, Any], libraries: Libraries = NONE
    ) -> list[ManifestWarning]:
        """The warnings about a manifest."""
        if checks := libraries.checks(manifest):
            found = checks.warnings(manifest)
        elif likeness(manifest):
            found = warnings(lookalike.mended(manifest), server=self.server)
        else:
            return []
        return [warning for warning in found if self.heeds(warning.code)]

    def heeds(self, code: str) -> bool:
        """Whether a warning is wanted."""
        return code not in self.ignored and not (self.strict and code == UNKNOWN_FIELD)


def is_stranger(value: dict[str, Any]) -> bool:
    """Whether an object looks like a manifest of a kind that nobody here knows.

    A list of objects is none.
    """
    version, kind = value.get("apiVersion"), value.get("kind")
    is_text = isinstance(version, str) and isinstance(kind, str)
    return is_text and "metadata" in value and not isinstance(value.get("items"), list)


def version_and_kind(manifest: dict[str, Any]) -> str:
    """How a kind is told from others of its name."""
    return f"{manifest['apiVersion']} {manifest['kind']}"


def strangers(value: Any, rules: Rules, libraries: Libraries) -> Iterator[str]:
    """The versions and kinds of the manifests in a value that nobody here knows.

    None are told where no libraries are given: then nobody expects them to be known.
    """
    if libraries and not rules.require_known:
        for _, manifest in manifests(value, wanted=lambda each: _is_head(each, rules, libraries)):
            if not rules.wants(manifest, libraries):
                yield f"{version_and_kind(manifest)}{_hint(manifest, libraries)}"


def _hint(manifest: dict[str, Any], libraries: Libraries) -> str:
    near = libraries.near(manifest["apiVersion"], manifest["kind"])
    return f" (did you mean {near}?)" if near else ""


def _is_head(value: dict[str, Any], rules: Rules, libraries: Libraries) -> bool:
    return rules.wants(value, libraries) or is_stranger(value)


def unchecked(manifest: dict[str, Any], libraries: Libraries) -> Iterator[str]:
    """What is not checked of the kind of a manifest, a sentence each."""
    if checks := libraries.checks(manifest):
        for what in checks.unchecked(manifest):
            yield f"{version_and_kind(manifest)}: {what}"


def _unknown(manifest: dict[str, Any], libraries: Libraries) -> Problem:
    hint = _hint(manifest, libraries)
    message = f"{version_and_kind(manifest)} is no kind that is known here{hint}"
    return Problem("kind", manifest["kind"], message, "FieldValueNotSupported")


class Remark(Problem):
    """A warning in the shape of a problem, its code as the reason: its place is found alike."""

    @staticmethod
    def of(warning: ManifestWarning) -> Remark:
        reason = cast("Reason", warning.code)
        return Remark(warning.field, warning.value, warning.message, reason)

    def placed(self) -> PlacedWarning:
        """The warning at the place that was found. There is a frame by then."""
        assert self.frame
        warning = ManifestWarning(self.reason, self.field, self.value, self.message)
        return PlacedWarning(warning, self.frame, self.output_path, self.name, self.by_looks)


class PlacedWarning(NamedTuple):
    """A warning with the place it is about: in the file, and in the file's output.

    ``name`` is the ``Kind/name`` of the manifest, empty where the file has no other.
    ``by_looks`` is as with a `Problem`.
    """

    warning: ManifestWarning
    frame: Frame
    output_path: str
    name: str = ""
    by_looks: bool = False

    def shown(self) -> PlacedWarning:
        """The warning as people are told it."""
        return self._replace(frame=self.frame.shown())

    def __str__(self) -> str:
        where = self.name or (self.output_path if not self.frame.line else "")
        notes = [f"in {where}"] if where else []
        if self.by_looks:
            notes.append(looks(self.frame))
        suffix = f" ({', '.join(notes)})" if notes else ""
        return f"{self.frame}: warning: {self.warning}{suffix}"


class Report(NamedTuple):
    """What is wrong with one file.

    ``names`` are the manifests that were judged, by ``Kind/name``. With ``errors`` the
    file, or a part of it, could not be evaluated or read. ``unknown`` are the kinds, with their
    versions, of manifests that nobody here knows, where libraries are given or known kinds
    required. ``unchecked`` tells what of the kinds that were judged is not checked.
    ``repeated`` are the reminders left out because the run has told them before.
    """

    filename: str
    names: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[PlacedWarning, ...] = ()
    errors: tuple[EvaluationError, ...] = ()
    unknown: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    repeated: int = 0

    @property
    def failed(self) -> bool:
        """Whether the server, or what reads the file, refuses something in it."""
        fatal = any(each.warning.code in FATAL for each in self.warnings)
        return bool(self.problems or self.errors or fatal)

    def shown(self) -> Report:
        """The report as people are told it, with places from the current directory on."""
        return self._replace(
            filename=shown(self.filename),
            problems=tuple(each.shown() for each in self.problems),
            warnings=tuple(each.shown() for each in self.warnings),
            errors=tuple(each.shown() for each in self.errors),
        )

    def values(self) -> dict[str, Any]:
        """The report as JSON values, for `of_values`."""
        return {
            "names": list(self.names),
            "problems": [_told(each) for each in self.problems],
            "warnings": [
                {**each._asdict(), "warning": each.warning._asdict(), "frame": each.frame._asdict()}
                for each in self.warnings
            ],
            "errors": [
                [error.message, [frame._asdict() for frame in error.frames]]
                for error in self.errors
            ],
            "unknown": list(self.unknown),
            "unchecked": list(self.unchecked),
        }

    @staticmethod
    def of_values(filename: str, values: Any) -> Report:
        """The report that `values` made JSON values of."""
        return Report(
            filename,
            tuple(values["names"]),
            tuple(map(_problem, values["problems"])),
            tuple(
                PlacedWarning(
                    **{
                        **each,
                        "warning": ManifestWarning(**each["warning"]),
                        "frame": Frame(**each["frame"]),
                    }
                )
                for each in values["warnings"]
            ),
            tuple(
                EvaluationError(message, [Frame(**frame) for frame in frames])
                for message, frames in values["errors"]
            ),
            tuple(values["unknown"]),
            tuple(values["unchecked"]),
        )

    @staticmethod
    def fits(values: Any) -> bool:
        """Whether JSON values from elsewhere have the shape of those of a report."""
        try:
            report = Report.of_values("", values)
        except (KeyError, TypeError, ValueError, AttributeError):
            return False
        placed: list[Problem | PlacedWarning] = [*report.problems, *report.warnings]
        frames = [each.frame for each in placed if each.frame]
        frames += [frame for error in report.errors for frame in error.frames]
        frames += [frame for problem in report.problems for frame in problem.callers]
        warnings = [each.warning for each in report.warnings]
        told = [*report.unknown, *report.unchecked]
        texts = [*report.names, *told, *(error.message for error in report.errors)]
        return (
            all(isinstance(values[key], list) for key in ("names", "unknown", "unchecked"))
            and all(isinstance(text, str) for text in texts)
            and all(map(_is_sound, [*placed, *warnings, *frames]))
        )


Told = tuple[str, ManifestWarning]
"""A warning, and the manifest it is about, by its kind and name."""


def told_of(objects: Iterable[dict[str, Any]]) -> list[Told]:
    """The warnings about manifests of our group, but for reminders."""
    return [
        (kind_and_name(manifest), warning)
        for manifest in objects
        for warning in warnings(manifest, without=ONCE)
    ]


class Telling:
    """Lets through once in a run: each reminder (`codes.ONCE`), and each error in a ``spec.json``.

    That is an error of the file, and of its environment.
    """

    def __init__(self) -> None:
        self._codes: set[str] = set()
        self._errors: set[tuple[str, Frame]] = set()

    def once(self, report: Report) -> Report:
        """A report without what was told before."""
        warnings = tuple(each for each in report.warnings if self._is_new(each.warning.code))
        errors = tuple(each for each in report.errors if self._is_new_error(each))
        repeated = len(report.warnings) - len(warnings)
        return report._replace(warnings=warnings, errors=errors, repeated=repeated)

    def _is_new(self, code: str) -> bool:
        is_new = code not in self._codes
        self._codes |= {code} & ONCE
        return is_new

    def _is_new_error(self, error: EvaluationError) -> bool:
        if not error.frames or os.path.basename(error.frames[0].file) != SPEC:
            return True
        place = error.frames[0]
        found = error.message, place._replace(file=os.path.abspath(place.file))
        is_new = found not in self._errors
        self._errors.add(found)
        return is_new


_TYPES: dict[str, Any] = {
    **dict.fromkeys(("code", "field", "file", "function", "output_path"), str),
    **dict.fromkeys(("message", "name", "reason"), str),
    **dict.fromkeys(("column", "line"), int),
    "by_looks": bool,
    "frame": (Frame, type(None)),
}


def _is_sound(part: Problem | PlacedWarning | ManifestWarning | Frame) -> bool:
    """Whether the fields of a part of a report are of their types."""
    fields = part._asdict().items()
    return all(isinstance(value, _TYPES.get(name, object)) for name, value in fields)


def _told(problem: Problem) -> dict[str, Any]:
    """A problem in JSON values."""
    frame = problem.frame and problem.frame._asdict()
    callers = [each._asdict() for each in problem.callers]
    return {**problem._asdict(), "frame": frame, "callers": callers}


def _problem(told: dict[str, Any]) -> Problem:
    frame = told["frame"] and Frame(**told["frame"])
    callers = tuple(Frame(**each) for each in told["callers"])
    return Problem(**{**told, "frame": frame, "callers": callers})
