"""Everything that is wrong with a template, at the places it comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import Frame, Problem
from .ladder import Outcome, Template
from .libraries import Libraries, libraries_in
from .natives import Functions
from .output import manifests

if TYPE_CHECKING:
    from ..checks.apis import ApiChecks
    from ._ask import Located
    from .literals import Literals

Validator = Callable[[dict[str, Any]], list[Problem]]

LibraryValidator = Callable[["ApiChecks", dict[str, Any]], list[Problem]]


def present(checks: ApiChecks, manifest: dict[str, Any]) -> list[Problem]:
    """The problems of what is there in a manifest of another API."""
    return checks.present_problems(manifest)


def judged(
    template: Template,
    outcome: Outcome,
    validate: Validator,
    by_library: LibraryValidator = present,
) -> Outcome:
    """An outcome with all of its problems, each with the place it comes from, sorted by place.

    ``validate`` tells the problems of a finished manifest, and ``by_library`` those of one of
    another API, for which there is a library. A value that a function sets, and
    that is in no finished manifest, was judged when it was collected. A problem whose place
    is not known has the template's file for one.
    """
    known = libraries_in(outcome.libraries)
    finished = list(_finished(outcome.value, validate, known, by_library))
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
    placed = _innermost(problems, Functions(known))
    return replace(outcome, problems=tuple(sorted(placed, key=_place)))


def _innermost(problems: Iterable[Problem], functions: Functions) -> Iterator[Problem]:
    """Each problem at the call that set the wrong value itself, not at one that it was handed to.

    That is a call of the library of a part: its field is the end of the field of the other.
    """
    same: dict[object, list[Problem]] = defaultdict(list)
    for problem in sorted(problems, key=lambda problem: len(problem.field), reverse=True):
        same[problem.message, problem.reason].append(problem)
    for left in same.values():
        while left and any(functions.is_of_part(each.function) for each in left):
            outer = left.pop(0)
            while inner := _inner(outer, left, functions):
                left.remove(inner)
                outer = replace(inner, field=outer.field, output_path=outer.output_path)
            yield outer
        yield from left


def _inner(whole: Problem, problems: Sequence[Problem], functions: Functions) -> Problem | None:
    """The problem with a part that is one with the whole: at the same place, if there is one."""
    parts = [each for each in problems if functions.is_of_part(each.function)]
    ends = [each for each in parts if whole.field.endswith(f".{each.field}")]
    return next((each for each in ends if each.frame == whole.frame), ends[0] if ends else None)


def _finished(
    value: Any,
    validate: Validator,
    known: Libraries,
    by_library: LibraryValidator,
) -> Iterator[Problem]:
    for place, manifest in manifests(value, wanted=known.wants):
        checks = known.checks(manifest)
        for problem in by_library(checks, manifest) if checks else validate(manifest):
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
