"""Where a wrong value comes from.

Jsonnet is lazy: when a check refuses a value, the stack has the whole
``a + b + c`` but not the call that set it. So a template with a wrong value is
evaluated again with the strict twin of the library, which checks each value in
the call itself, once for every problem.
"""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from ..engines import vm as engines
from ..engines.importer import Importer
from ..errors import EvaluationError, Frame, Problem
from ..generator.path import library_path
from ..model.imagestreamimport import IMAGE_STREAM_IMPORT
from . import literals
from ._output import manifests, parsed
from .natives import Dispatcher, StrictDispatcher
from .settings import Settings

SECONDS = 10.0
"""How long to search for places. The problems found so far keep theirs, the others go without."""

PATIENCE = 20
"""How many evaluations in a row may tell no new place."""

Judge = Callable[[dict[str, Any]], list[Problem]]


@dataclass(frozen=True)
class Inspection:
    """The finished manifests of a template, with their places in its output, and all problems."""

    manifests: tuple[tuple[str, dict[str, Any]], ...]
    problems: tuple[Problem, ...]


def inspect(
    engine: str, filename: str, source: str, settings: Settings, judge: Judge
) -> Inspection:
    """Every problem of a template, each with the place it comes from as far as that can be told.

    ``judge`` tells the problems of a finished manifest. A value that a function
    sets, and that is in no finished manifest, is judged by its native callback.
    Sorted by place. Raises `EvaluationError` when the template has another fault.
    """
    output, verdicts = _collected(engine, filename, source, settings)
    here = Frame(filename)
    finished = inspect_output(filename, source, output, judge)
    if not finished.problems and not verdicts:
        return finished
    calls = list(_calls(engine, filename, source, settings))
    placed = [verdict.at(here) for verdict in verdicts]
    problems = _merged(finished.problems, placed, calls)
    return replace(finished, problems=tuple(_sorted(problems)))


def inspect_output(filename: str, source: str, output: Any, judge: Judge) -> Inspection:
    """The manifests in a value, and their problems at the literals in ``source`` they come from."""
    found = tuple(manifests(output))
    problems = (
        replace(problem, manifest=place, frame=_by_looks(filename, source, problem))
        for place, manifest in found
        for problem in judge(manifest)
    )
    return Inspection(found, tuple(problems))


def _by_looks(filename: str, source: str, problem: Problem) -> Frame:
    found = literals.place(filename, source, problem.field, problem.value)
    return found or Frame(filename)


def _collected(
    engine: str, filename: str, source: str, settings: Settings
) -> tuple[Any, list[Problem]]:
    """The output of a template whose wrong values are let through, and the natives' verdicts.

    As in any evaluation, checks that fail themselves step back: those of lists and
    maps first.
    """
    job = settings.job(filename, source)
    dispatchers = Dispatcher(tolerant=True), Dispatcher(tolerant=True, defer=True)
    for dispatcher in (*dispatchers, None):
        natives = dispatcher.callbacks() if dispatcher else {}
        importer = Importer(settings.search_path(), settings.virtual)
        try:
            text = engines.evaluate(engine, job, importer, {**natives, **settings.natives})
            break
        except EvaluationError:
            if not dispatcher:
                raise
            dispatcher.reraise()
    return parsed(text), [problem for each in dispatchers for problem in each.verdicts]


def _calls(engine: str, filename: str, source: str, settings: Settings) -> Iterator[Problem]:
    """The problems whose call can be found, with its place: one strict evaluation for each call.

    A call whose value cannot be had early, as it leans on the finished object or is an
    error that is replaced later, is skipped as those are that were found.
    """
    job = settings.job(filename, source)
    deadline = time.monotonic() + SECONDS
    known: set[object] = set()
    skipped: set[int] = set()
    in_vain = 0
    while in_vain < PATIENCE and time.monotonic() < deadline:
        dispatcher = StrictDispatcher(skipped)
        importer = _StrictImporter(settings.search_path(), settings.virtual)
        natives = {**dispatcher.callbacks(), **settings.natives}
        try:
            engines.evaluate(engine, job, importer, natives)
            return
        except EvaluationError as error:
            dispatcher.reraise()
            call = dispatcher.stopped()
            if call is None:
                return
            skipped.add(call)
            frame, function = importer.caller(error.frames)
            found = [problem.at(frame, function) for problem in dispatcher.verdicts]
            yield from found
            new = {(_key(problem), frame) for problem in found} - known
            in_vain = 0 if new else in_vain + 1
            known |= new


class _StrictImporter(Importer):
    """Hands out the strict twin of the library wherever the library is imported."""

    def __init__(self, jpath: Sequence[str], virtual: Mapping[str, str]) -> None:
        super().__init__(jpath, virtual)
        self._libraries: set[str] = set()

    def __call__(self, base: str, name: str) -> tuple[str, bytes]:
        path, content = super().__call__(base, name)
        library, strict = _twins()
        if content != library:
            return path, content
        self._libraries.add(path)
        return path, strict.encode()

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
    return library.read_bytes(), resource_library(IMAGE_STREAM_IMPORT, strict=True)


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
