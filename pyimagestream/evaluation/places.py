"""The places of wrong values: one more evaluation of a template tells them all.

The template is annotated: each call tells where it stands, and the twins of our libraries
tell what they were handed. Which call set a field of a finished manifest is known through
`+` itself, which carries marks beside the values. Of values that are in no manifest the
calls that used them tell.

Where that evaluation fails and the plain one did not (a value that leans on the object it is
part of cannot be looked at before that object is there), the next one looks at less.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from ..errors import Problem
from ._ask import Answer, Located, ask, key
from .fieldpath import parts
from .ladder import Outcome, Template
from .libraries import libraries_in
from .natives import Functions
from .output import manifests


def located(template: Template, outcome: Outcome, finished: Sequence[Problem]) -> list[Located]:
    """The problems of a template, at the places they come from as far as these can be told.

    ``finished`` are the problems of the manifests in an outcome, which has those of the
    values that functions set, whether they are in a manifest or not. Each value is in the
    list once; a problem without a frame comes from nobody knows where.
    """
    if outcome.tail_calls:  # a value that is not used may have no end, and no stack ends it
        there = {key(each) for each in finished}
        others = (each for each in outcome.problems if key(each) not in there)
        return [_by_looks(Located(each)) for each in (*finished, *others)]
    shown = {path for problem in finished for path in _paths(problem.field)}
    noted = {problem.function for problem in outcome.problems}
    answers = list(_answers(template, outcome, noted, shown))
    if remade := _remade(answers[-1], finished) - noted:
        answers += _answers(template, outcome, remade, set())
    used = _distinct(located for answer in answers for located in answer.used())
    placed = list(_placed(answers, outcome, finished, used))
    known = {each.identity for each in placed}
    placed += [each for each in used if each.identity not in known]
    told = {key(each.problem) for each in placed}
    lost = [Located(each) for each in outcome.problems if key(each) not in told]
    if any(answer.is_whole for answer in answers):
        return placed + [_by_looks(each) for each in lost]  # a call has set it, somewhere
    return [_by_looks(each) for each in placed + lost]


def _by_looks(located: Located) -> Located:
    """A problem that has no place from the evaluation is left to its looks."""
    problem = located.problem
    return located if problem.frame else replace(located, problem=problem._replace(by_looks=True))


def _answers(
    template: Template, outcome: Outcome, noted: Collection[str], shown: Collection[str]
) -> Iterator[Answer]:
    """What the template tells until it tells all that it was asked for."""
    functions = Functions(libraries_in(outcome.libraries))
    few = {name for name in noted if not functions[name].schema.is_container}
    asked: list[object] = []
    for names, paths in ((noted, shown), (few, shown), (set[str](), set[str]())):
        if (names, paths) not in asked:
            asked.append((names, paths))
            answer = ask(template, outcome, names, paths)
            yield answer
            if answer.marks is not None:
                return


def _remade(answer: Answer, finished: Sequence[Problem]) -> set[str]:
    """The functions that may have set what manifests without marks have.

    `std.prune` and its like make objects anew: what they keep is told by its use.
    """
    paths = {
        path
        for problem in finished
        if answer.marks is not None and problem.output_path not in answer.marks
        for path in _paths(problem.field)
    }
    return answer.calls.functions(paths) if paths else set()


def _placed(
    answers: Sequence[Answer],
    outcome: Outcome,
    finished: Sequence[Problem],
    used: Sequence[Located],
) -> Iterator[Located]:
    """The problems of finished manifests."""
    answer = next((each for each in answers if each.marks is not None), answers[-1])
    known = dict(manifests(outcome.value, wanted=libraries_in(outcome.libraries).wants))
    identities = {each.identity for each in used}
    same: dict[object, list[Located]] = {}
    for each in used:
        same.setdefault(key(each.problem), []).append(each)
    for problem in finished:
        others = same.get(key(problem), [])
        setting = answer.setting(known[problem.output_path], problem)
        if first := next(setting, None):
            every = chain([first], setting if others else ())
            yield next((each for each in every if each.identity in identities), first)
        elif others and problem.output_path not in (answer.marks or {}):
            # Several manifests may come from one call: the last serves all that are left.
            there = others.pop(0) if len(others) > 1 else others[0]
            moved = there.problem._replace(field=problem.field, output_path=problem.output_path)
            yield replace(there, problem=moved)
        else:
            yield Located(problem)


def _distinct(located: Iterator[Located]) -> list[Located]:
    known: dict[object, Located] = {}
    for each in located:
        known.setdefault(each.identity, each)
    return list(known.values())


def _paths(field: str) -> set[str]:
    """All paths in the path of a field: a function may set a part that is in a list."""
    keys = parts(field)
    return {
        ".".join(keys[start:end])
        for start in range(len(keys))
        for end in range(start + 1, len(keys) + 1)
    }
