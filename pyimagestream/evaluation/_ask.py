"""One evaluation of an annotated template, and what it tells of wrong values."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..engines.traces import Traces
from ..engines.vm import evaluate
from ..errors import EvaluationError, Problem
from ..golang.natives import TANKA_NATIVES
from ._annotate import AnnotatingImporter, Annotations, annotated_program
from ._calls import Calls
from ._follow import Follower
from ._marks import Marks, origins, unwrapped
from .fieldpath import Entries, parts
from .ladder import Outcome, Template
from .libraries import libraries_in
from .natives import Collector, Functions, named_in
from .output import parsed


@dataclass(frozen=True)
class Located:
    """A problem at the place it comes from.

    ``is_literal`` tells that the value stands there as it is, whoever calls.
    """

    problem: Problem
    is_literal: bool = False

    @cached_property
    def identity(self) -> object:
        """What tells it from others: the callers count where they decide on the value."""
        callers = () if self.is_literal else self.problem.callers
        return key(self.problem), self.problem.frame, callers


_INDEX = re.compile(r"\[\d+\]")


def key(problem: Problem) -> object:
    """What a value keeps when it moves into a manifest; a Mixin shifts the indices."""
    return _INDEX.sub("[]", problem.field), problem.message, problem.reason


@dataclass(frozen=True)
class Answer:
    """What an evaluation told. ``marks`` are those of objects by their places, if it succeeded."""

    calls: Calls
    annotations: Annotations
    functions: Functions
    marks: Mapping[str, Marks] | None
    _entries: Entries = field(default_factory=Entries)

    @property
    def is_whole(self) -> bool:
        """Whether a value that no call is told to have set was indeed set by none."""
        return self.marks is not None and not self.annotations.left_out

    @cached_property
    def _used(self) -> list[tuple[str, Problem, list[str]]]:
        return list(self.calls.problems())

    @cached_property
    def _users(self) -> Mapping[object, set[str]]:
        """The answers to the calls that were handed a value with a problem like this one."""
        users: dict[object, set[str]] = {}
        for answer, problem, _ in self._used:
            users.setdefault(key(problem), set()).add(answer)
        return users

    def used(self) -> Iterator[Located]:
        """The problems of the values that were used, in a manifest or not."""
        for answer, problem, path in self._used:
            if found := self._at(problem, answer, path):
                yield found

    def setting(self, manifest: Any, problem: Problem) -> Iterator[Located]:
        """A problem of a finished manifest, at the calls that may have set the value, those first
        that are known to have been handed it. Each takes its time: most ask for the first only.
        """
        marks = (self.marks or {}).get(problem.output_path, {})
        way = self._entries.way(manifest, parts(problem.field))
        users = self._users.get(key(problem), ())
        for answer, path in origins(marks, manifest, way, problem.value, users):
            if located := self._at(problem, answer, path):
                yield located

    def _at(self, problem: Problem, answer: str, path: Sequence[str]) -> Located | None:
        """A problem of the value at ``path`` in what a call was handed."""
        call = self.calls.told(answer)
        if call is None:
            return None
        place = Follower(self.annotations, self.calls).place(call, path, problem.value)
        if place is None:
            return None
        there = problem._replace(frame=place.frame, callers=place.callers, function=call.called)
        return Located(there, place.is_literal)


def ask(
    template: Template, outcome: Outcome, noted: Collection[str], shown: Collection[str]
) -> Answer:
    """What a template tells that had this outcome: of the values that the functions in
    ``noted`` set, when they are used, and of those that are set at the paths in ``shown``.
    """
    functions = Functions(libraries_in(outcome.libraries))
    annotations = Annotations(functions, outcome.plan)
    calls = Calls(annotations, functions, noted, shown)
    # A template may call the natives of the library itself.
    natives = {
        **Collector(named=named_in(template.source)).callbacks(),
        **calls.natives(),
        **TANKA_NATIVES,
        **Traces().native(),  # they were told when the template was evaluated for itself
    }
    importer = AnnotatingImporter(template, annotations)
    program = annotated_program(template, annotations)
    marks: dict[str, Marks] = {}
    with suppress(EvaluationError):
        again = parsed(evaluate(template.settings.engine, program, importer, natives))
        # A template that looks at all fields of an object sees the marks: it is another then.
        if unwrapped(again, marks) == outcome.value:
            return Answer(calls, annotations, functions, marks)
    return Answer(calls, annotations, functions, None)
