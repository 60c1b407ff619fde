"""What `validate` finds: problems and warnings, each with its place, one report for each file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..checks import lookalike
from ..checks.notices import UNKNOWN_FIELD, Notice, warnings
from ..checks.verdict import validate
from ..errors import EvaluationError, Frame, Problem
from ..model.schema import LATEST


@dataclass(frozen=True)
class Rules:
    """What to hold the manifests against: a server, strictly or not, but for some warnings."""

    server: str = LATEST
    strict: bool = False
    ignored: frozenset[str] = frozenset()

    def problems(self, manifest: dict[str, Any]) -> list[Problem]:
        """The problems of a manifest, also of one whose version or kind is a slip."""
        return lookalike.problems_of(
            manifest, lambda right: validate(right, server=self.server, strict=self.strict)
        )

    def notices(self, manifest: dict[str, Any]) -> list[Notice]:
        """The warnings about a manifest."""
        found = warnings(lookalike.mended(manifest), server=self.server)
        return [notice for notice in found if self.heeds(notice.code)]

    def heeds(self, code: str) -> bool:
        """Whether a warning is wanted."""
        return code not in self.ignored and not (self.strict and code == UNKNOWN_FIELD)


@dataclass(frozen=True)
class PlacedNotice:
    """A warning with the place it is about: in the file, and in the file's output.

    ``name`` is the ``Kind/name`` of the manifest, empty where the file has no other.
    """

    notice: Notice
    frame: Frame
    output_path: str
    name: str = ""

    def __str__(self) -> str:
        where = self.name or (self.output_path if not self.frame.line else "")
        return f"{self.frame}: warning: {self.notice}{f' (in {where})' if where else ''}"


@dataclass(frozen=True)
class Report:
    """What is wrong with one file.

    ``names`` are the manifests that were judged, by ``Kind/name``. With ``errors`` the
    file, or a part of it, could not be evaluated or read.
    """

    filename: str
    names: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    notices: tuple[PlacedNotice, ...] = ()
    errors: tuple[EvaluationError, ...] = ()

    def values(self) -> dict[str, Any]:
        """The report as JSON values, for `of_values`."""
        return {
            "names": list(self.names),
            "problems": [_told(each) for each in self.problems],
            "notices": [
                {**vars(each), "notice": _values(each.notice), "frame": _values(each.frame)}
                for each in self.notices
            ],
            "errors": [
                [error.message, [_values(frame) for frame in error.frames]] for error in self.errors
            ],
        }

    @staticmethod
    def of_values(filename: str, values: Any) -> Report:
        """The report that `values` made JSON values of."""
        return Report(
            filename,
            tuple(values["names"]),
            tuple(map(_problem, values["problems"])),
            tuple(
                PlacedNotice(
                    **{**each, "notice": Notice(**each["notice"]), "frame": Frame(**each["frame"])}
                )
                for each in values["notices"]
            ),
            tuple(
                EvaluationError(message, [Frame(**frame) for frame in frames])
                for message, frames in values["errors"]
            ),
        )

    @staticmethod
    def fits(values: Any) -> bool:
        """Whether JSON values from elsewhere have the shape of those of a report."""
        try:
            report = Report.of_values("", values)
        except (KeyError, TypeError, ValueError, AttributeError):
            return False
        placed: list[Problem | PlacedNotice] = [*report.problems, *report.notices]
        frames = [each.frame for each in placed if each.frame]
        frames += [frame for error in report.errors for frame in error.frames]
        frames += [frame for problem in report.problems for frame in problem.callers]
        notices = [each.notice for each in report.notices]
        texts = [*report.names, *(error.message for error in report.errors)]
        return (
            isinstance(values["names"], list)
            and all(isinstance(text, str) for text in texts)
            and all(map(_is_sound, [*placed, *notices, *frames]))
        )


_TYPES: dict[str, Any] = {
    **dict.fromkeys(("code", "field", "file", "function", "output_path"), str),
    **dict.fromkeys(("message", "name", "reason"), str),
    **dict.fromkeys(("column", "line"), int),
    "frame": (Frame, type(None)),
}


def _is_sound(part: object) -> bool:
    """Whether the fields of a part of a report are of their types."""
    return all(isinstance(value, _TYPES.get(name, object)) for name, value in vars(part).items())


def _told(problem: Problem) -> dict[str, Any]:
    """A problem in JSON values."""
    callers = [_values(frame) for frame in problem.callers]
    return {**vars(problem), "frame": _values(problem.frame), "callers": callers}


def _problem(told: dict[str, Any]) -> Problem:
    frame = told["frame"] and Frame(**told["frame"])
    callers = tuple(Frame(**each) for each in told["callers"])
    return Problem(**{**told, "frame": frame, "callers": callers})


def _values(data: object) -> Any:
    """The fields of a flat dataclass; of None, None."""
    return data and dict(vars(data))
