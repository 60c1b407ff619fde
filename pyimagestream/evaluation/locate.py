"""Everything that is wrong with a template, at the places it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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
    from ._innermost import innermost
    from .literals import Literals
    from .places import located

    literals = Literals(template.filename, template.source)
    problems = _distinct(
        each if each.problem.frame else Located(_by_looks(literals, each.problem))
        for each in located(template, outcome, finished)
    )
    placed = innermost(problems, Functions(known))
    return outcome._replace(problems=tuple(sorted(placed, key=_place)))


def _finished(
    value: Any,
    validate: Validator,
    known: Libraries,
    by_library: LibraryValidator,
) -> Iterator[Problem]:
    for place, manifest in manifests(value, wanted=known.wants):
        checks = known.checks(manifest)
        for problem in by_library(checks, manifest) if checks else validate(manifest):
            yield problem._replace(output_path=place)


def _by_looks(literals: Literals, problem: Problem) -> Problem:
    return problem.at(literals.place(problem.field, problem.value))


def _distinct(problems: Iterable[Located]) -> list[Located]:
    """A value that reaches several manifests from one place is one problem."""
    unique: dict[object, Located] = {}
    for each in problems:
        found = each.problem
        manifest = "" if found.frame and found.frame.line else found.output_path
        unique.setdefault((each.identity, found.field, manifest), each)
    return list(unique.values())


def _place(problem: Problem) -> tuple[Any, ...]:
    """To sort by: the callers from the outside, as the reader of the template comes along."""
    frames = [problem.frame or Frame(""), *reversed(problem.callers)]
    places = [(frame.file, frame.line, frame.column) for frame in frames]
    return places[0], problem.output_path, places[1:]
