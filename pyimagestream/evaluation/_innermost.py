"""Each problem at the call that set the wrong value itself, not at one that it was handed to.

That is a call of the library of a part: its field is the end of the field of the other. A value
that goes through several such calls is told by each of them, and is one problem.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator

from ..errors import Frame, Problem
from ._ask import Located
from .natives import Functions

_At = tuple[tuple[str, int, int], int]
"""A place, and the number of a problem there."""


def innermost(problems: Iterable[Located], functions: Functions) -> Iterator[Problem]:
    """The problems, without those that tell of a value what another one tells."""
    same: dict[object, list[Located]] = defaultdict(list)
    for each in sorted(problems, key=lambda each: len(each.problem.field), reverse=True):
        same[each.problem.message, each.problem.reason].append(each)
    for alike in same.values():
        parts = [n for n, each in enumerate(alike) if functions.is_of_part(each.problem.function)]
        if parts and len(alike) > 1:
            yield from _Alike(alike, parts).joined()
        else:
            yield from (each.problem for each in alike)


class _Alike:
    """Problems of one message, with the longest fields first."""

    def __init__(self, problems: list[Located], parts: Iterable[int]) -> None:
        self._problems = problems
        self._parts: dict[str, list[_At]] = defaultdict(list)
        """Those of parts that are not joined yet, by field, in the order of their places."""
        for number in parts:
            problem = problems[number].problem
            insort(self._parts[problem.field], (_place(problem), number))

    def joined(self) -> Iterator[Problem]:
        taken: set[int] = set()
        exact: dict[int, list[Problem]] = {}
        for number, each in enumerate(self._problems):  # those at the same place come first
            if number not in taken:
                there = [part for field in self._ends(each) if (part := self._there(each, field))]
                for part in there:
                    self._take(part, taken)
                exact[number] = [self._problems[part[1]].problem for part in there]
        for number, each in enumerate(self._problems):
            if number in taken:
                continue
            inner, known = exact[number], {part.field for part in exact[number]}
            for field in self._ends(each):
                if field not in known and (part := self._near(each, field, is_before=bool(known))):
                    self._take(part, taken)
                    if not known:
                        inner.append(self._problems[part[1]].problem)
            place = inner[-1] if inner else each.problem
            yield place._replace(field=each.problem.field, output_path=each.problem.output_path)

    def _ends(self, whole: Located) -> Iterator[str]:
        """The fields of the parts that may be one with a whole, the longest first."""
        field = whole.problem.field
        for index, letter in enumerate(field):
            if letter == "." and self._parts.get(field[index + 1 :]):
                yield field[index + 1 :]

    def _there(self, whole: Located, field: str) -> _At | None:
        """A part at the place of a whole."""
        at = self._next(whole, field)
        return at if at and at[0] == _place(whole.problem) else None

    def _near(self, whole: Located, field: str, *, is_before: bool) -> _At | None:
        """The part that stands next to a whole: what it was handed to stands before it."""
        if is_before:
            left = self._parts[field]
            index = bisect_left(left, (_place(whole.problem), len(self._problems)))
            at = left[index - 1] if index else None
            return at if at and at[0][0] == _place(whole.problem)[0] else None
        if whole.is_literal:
            return None  # it came through no other call
        at = self._next(whole, field)
        return at if at and at[0][0] == _place(whole.problem)[0] else self._parts[field][0]

    def _next(self, whole: Located, field: str) -> _At | None:
        left = self._parts[field]
        index = bisect_left(left, (_place(whole.problem), 0))
        return left[index] if index < len(left) else None

    def _take(self, at: _At, taken: set[int]) -> None:
        left = self._parts[self._problems[at[1]].problem.field]
        del left[bisect_left(left, at)]
        taken.add(at[1])


def _place(problem: Problem) -> tuple[str, int, int]:
    frame = problem.frame or Frame("")
    return frame.file, frame.line, frame.column
