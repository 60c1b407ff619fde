"""Where a wrong value comes from.

Jsonnet is lazy: when a check refuses a value, the stack has the whole
``a + b + c`` but not the call that set it. So a template with a wrong value is
evaluated again with the eager twin of the library, which checks each value in
the call itself, once for every problem.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any

from ..engines.importer import Importer
from ..engines.vm import Native, evaluate
from ..errors import EvaluationError, Frame, Problem
from ..generator.path import library_path
from ..model.imagestreamimport import IMAGE_STREAM_IMPORT
from ..model.schema import Function
from . import literals
from .ladder import Outcome, Template
from .natives import FUNCTIONS, refusal
from .output import manifests

SECONDS = 10.0
"""How long to search for places. The problems found so far keep theirs, the others go without."""

PATIENCE = 20
"""How many evaluations in a row may tell no new place."""

ENTER = f"{IMAGE_STREAM_IMPORT.name}.enter"
"""The native that the eager twin of the library tells of each call before it is checked."""

Judge = Callable[[dict[str, Any]], list[Problem]]


def judged(template: Template, outcome: Outcome, judge: Judge) -> Outcome:
    """An outcome with all of its problems, each with the place it comes from, sorted by place.

    ``judge`` tells the problems of a finished manifest. A value that a function sets, and
    that is in no finished manifest, was judged when it was collected.
    """
    finished = finished_problems(template.filename, template.source, outcome.value, judge)
    if not finished and not outcome.problems:
        return outcome
    here = Frame(template.filename)
    collected = [problem.at(here) for problem in outcome.problems]
    problems = _merged(finished, collected, list(_calls(template)))
    return replace(outcome, problems=tuple(_sorted(problems)))


def finished_problems(filename: str, source: str, value: Any, judge: Judge) -> list[Problem]:
    """The problems of the manifests in a value, at the literals in ``source`` they come from."""
    return [
        replace(problem, manifest=place, frame=_by_looks(filename, source, problem))
        for place, manifest in manifests(value)
        for problem in judge(manifest)
    ]


def _by_looks(filename: str, source: str, problem: Problem) -> Frame:
    found = literals.place(filename, source, problem.field, problem.value)
    return found or Frame(filename)


def _calls(template: Template) -> Iterator[Problem]:
    """The problems whose call can be found, with its place: one eager evaluation for each call.

    A call whose value cannot be had early, as it leans on the finished object or is an
    error that is replaced later, is skipped as those are that were found.
    """
    settings = template.settings
    job = settings.job(template.filename, template.source)
    deadline = time.monotonic() + SECONDS
    known: set[object] = set()
    skipped: set[int] = set()
    in_vain = 0
    while in_vain < PATIENCE and time.monotonic() < deadline:
        dispatcher = _Eager(skipped)
        importer = _EagerImporter(settings.search_path(), settings.virtual)
        natives = {**dispatcher.callbacks(), **settings.natives}
        try:
            evaluate(settings.engine, job, importer, natives)
            return
        except EvaluationError as error:
            call = dispatcher.stopped()
            if call is None:
                return
            skipped.add(call)
            frame, function = importer.caller(error.frames)
            found = [problem.at(frame, function) for problem in dispatcher.problems]
            yield from found
            new = {(_key(problem), frame) for problem in found} - known
            in_vain = 0 if new else in_vain + 1
            known |= new


class _Eager:
    """The callbacks of the library's eager twin, which checks each value in the call itself.

    The calls are numbered as they begin, and those in ``skipped`` are not checked.
    """

    def __init__(self, skipped: Collection[int]) -> None:
        self.problems: list[Problem] = []
        self._skipped = skipped
        self._entered = 0
        self._unfinished: list[int] = []

    def callbacks(self) -> dict[str, Native]:
        checks: dict[str, Native] = {
            name: (("v",), partial(self._check, function)) for name, function in FUNCTIONS.items()
        }
        return {**checks, ENTER: (("v",), self._enter)}

    def stopped(self) -> int | None:
        """The call that made the evaluation fail, or None if it failed outside of all calls.

        A value that was refused is that of the innermost call. One that leans on the
        finished object begins the same call again and again: the outermost is to blame.
        """
        if not self._unfinished:
            return None
        return self._unfinished[-1 if self.problems else 0]

    def _enter(self, name: str) -> str:
        call, self._entered = self._entered, self._entered + 1
        if call in self._skipped:
            return "skip"
        self._unfinished.append(call)
        return ""

    def _check(self, function: Function, text: str) -> str:
        message, problems = refusal(function, text)
        self.problems += problems
        if self._unfinished and not message:  # a template may call the native itself
            self._unfinished.pop()
        return message


class _EagerImporter(Importer):
    """Hands out the eager twin of the library wherever the library is imported."""

    def __init__(self, jpath: Sequence[str], virtual: Mapping[str, str]) -> None:
        super().__init__(jpath, virtual)
        self._libraries: set[str] = set()

    def __call__(self, base: str, name: str) -> tuple[str, bytes]:
        path, content = super().__call__(base, name)
        library, eager = _twins()
        if content != library:
            return path, content
        self._libraries.add(path)
        return path, eager.encode()

    def caller(self, frames: Iterable[Frame]) -> tuple[Frame | None, str]:
        """The innermost place outside the library, and the function that was called there."""
        function = ""
        for frame in frames:
            if frame.file not in self._libraries:
                return frame, function
            function = _function_at(frame.line) or function
        return None, function


@cache
def _twins() -> tuple[bytes, str]:
    from ..generator.library import resource_library  # only a template with a problem needs it

    library = library_path() / f"{IMAGE_STREAM_IMPORT.name}.libsonnet"
    return library.read_bytes(), resource_library(IMAGE_STREAM_IMPORT, eager=True)


def _function_at(line: int) -> str:
    native = re.search(r"check\('([\w.]+)'", _twins()[1].splitlines()[line - 1])
    return native[1] if native else ""


def _merged(
    finished: Sequence[Problem], verdicts: Sequence[Problem], calls: Sequence[Problem]
) -> Iterator[Problem]:
    """Each problem once, with the place of a call that set such a value.

    A call whose value is in no finished manifest counts where a verdict tells that
    the value is used at all: nobody minds a wrong value that is replaced.
    """
    places: dict[object, list[Problem]] = defaultdict(list)
    for call in calls:
        places[_key(call)].append(call)
    reported = set()
    for problem in finished:
        same = places[_key(problem)]
        # Several manifests may come from one call: the last place serves all that are left.
        place = same.pop(0) if len(same) > 1 else same[0] if same else None
        placed = problem.at(place.frame, place.function) if place else problem
        reported.add((_key(placed), placed.frame))
        yield placed
    used = {_key(problem) for problem in (*finished, *verdicts)}
    for call in calls:
        if _key(call) in used and (_key(call), call.frame) not in reported:
            yield call
    known = {_key(problem) for problem in (*finished, *calls)}
    yield from (verdict for verdict in verdicts if _key(verdict) not in known)


def _key(problem: Problem) -> object:
    """What a value keeps when it moves into a manifest; a Mixin shifts the indices."""
    return re.sub(r"\[\d+\]", "[]", problem.field), problem.message, problem.reason


def _sorted(problems: Iterable[Problem]) -> list[Problem]:
    """By place. A value that reaches several manifests from one place is one problem."""
    unique: dict[object, Problem] = {}
    for found in problems:
        manifest = "" if found.frame and found.frame.line else found.manifest
        unique.setdefault((_key(found), found.field, found.frame, manifest), found)
    return sorted(unique.values(), key=_place)


def _place(problem: Problem) -> tuple[str, int, int, str]:
    frame = problem.frame or Frame("")
    return frame.file, frame.line, frame.column, problem.manifest
