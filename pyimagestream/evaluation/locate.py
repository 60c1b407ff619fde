"""Everything that is wrong with a template, at the places it comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import Frame, Problem
from ..model.group import LIBRARIES, definition
from .ladder import Outcome, Template
from .output import manifests

if TYPE_CHECKING:
    from ._ask import Located
    from .literals import Literals

Validator = Callable[[dict[str, Any]], list[Problem]]


def judged(template: Template, outcome: Outcome, validate: Validator) -> Outcome:
    """An outcome with all of its problems, each with the place it comes from, sorted by place.

    ``validate`` tells the problems of a finished manifest. A value that a function sets, and
    that is in no finished manifest, was judged when it was collected. A problem whose place
    is not known has the template's file for one.
    """
    finished = list(_finished(outcome.value, validate))
    if not finished and not outcome.problems:
        return outcome
    from ._ask import Located  # slow to import, and most templates are well
    from .literals import Literals
    from .places import located

    literals = Literals(template.filename, template.source)
    problems = _distinct(
        each if each.problem.frame else Located(_by_looks(literals, each.problem))
        for each in located(template, outcome, finished)
    )
    return replace(outcome, problems=tuple(sorted(_innermost(problems), key=_place)))


def _innermost(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Each problem at the call that set the wrong value itself, not at one that it was handed to.

    That is a call of the library of a part: its field is the end of the field of the other.
    """
    same: dict[object, list[Problem]] = defaultdict(list)
    for problem in sorted(problems, key=lambda problem: len(problem.field), reverse=True):
        same[problem.message, problem.reason].append(problem)
    for left in same.values():
        while left and any(map(_is_of_part, left)):
            outer = left.pop(0)
            while inner := _inner(outer, left):
                left.remove(inner)
                outer = replace(inner, field=outer.field, output_path=outer.output_path)
            yield outer
        yield from left


def _inner(whole: Problem, problems: Sequence[Problem]) -> Problem | None:
    """The problem with a part that is one with the whole: at the same place, if there is one."""
    parts = [each for each in problems if _is_of_part(each)]
    ends = [each for each in parts if whole.field.endswith(f".{each.field}")]
    return next((each for each in ends if each.frame == whole.frame), ends[0] if ends else None)


def _is_of_part(problem: Problem) -> bool:
    kind = LIBRARIES.get(problem.function.partition(".")[0])
    return kind is not None and definition(kind).part


def _finished(value: Any, validate: Validator) -> Iterator[Problem]:
    for place, manifest in manifests(value):
        for problem in validate(manifest):
            yield replace(problem, output_path=place)


def _by_looks(literals: Literals, problem: Problem) -> Problem:
    return problem.at(literals.place(problem.field, problem.value))


def _distinct(problems: Iterable[Located]) -> list[Problem]:
    """A value that reaches several manifests from one place is one problem."""
    unique: dict[object, Problem] = {}
    for each in problems:
        found = each.problem
        manifest = "" if found.frame and found.frame.line else found.output_path
        unique.setdefault((each.identity, found.field, manifest), found)
    return list(unique.values())


def _place(problem: Problem) -> tuple[Any, ...]:
    """To sort by: the callers from the outside, as the reader of the template comes along."""
    frames = [problem.frame or Frame(""), *reversed(problem.callers)]
    places = [(frame.file, frame.line, frame.column) for frame in frames]
    return places[0], problem.output_path, places[1:]
