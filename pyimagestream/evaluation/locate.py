"""Everything that is wrong with a template, at the places it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from ..errors import Frame, Problem
from . import literals
from ._ask import Located
from .ladder import Outcome, Template
from .output import manifests
from .places import located

Judge = Callable[[dict[str, Any]], list[Problem]]


def judged(template: Template, outcome: Outcome, judge: Judge) -> Outcome:
    """An outcome with all of its problems, each with the place it comes from, sorted by place.

    ``judge`` tells the problems of a finished manifest. A value that a function sets, and
    that is in no finished manifest, was judged when it was collected. A problem whose place
    is not known has the template's file for one.
    """
    filename, source = template.filename, template.source
    finished = finished_problems(filename, source, outcome.value, judge)
    if not finished and not outcome.problems:
        return outcome
    used = tuple(_by_looks(filename, source, problem) for problem in outcome.problems)
    problems = located(template, replace(outcome, problems=used), finished)
    return replace(outcome, problems=tuple(_sorted(problems)))


def finished_problems(filename: str, source: str, value: Any, judge: Judge) -> list[Problem]:
    """The problems of the manifests in a value, at the literals in ``source`` they come from."""
    return [
        replace(_by_looks(filename, source, problem), manifest=place)
        for place, manifest in manifests(value)
        for problem in judge(manifest)
    ]


def _by_looks(filename: str, source: str, problem: Problem) -> Problem:
    found = literals.place(filename, source, problem.field, problem.value)
    return problem.at(found or Frame(filename))


def _sorted(problems: Iterable[Located]) -> list[Problem]:
    """By place. A value that reaches several manifests from one place is one problem."""
    unique: dict[object, Problem] = {}
    for each in problems:
        found = each.problem
        manifest = "" if found.frame and found.frame.line else found.manifest
        unique.setdefault((each.identity, found.field, manifest), found)
    return sorted(unique.values(), key=_place)


def _place(problem: Problem) -> tuple[str, int, int, str]:
    frame = problem.frame or Frame("")
    return frame.file, frame.line, frame.column, problem.manifest
