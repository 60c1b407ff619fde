"""Evaluation: a template in, plain Python values out, wrong values refused.

A template is evaluated with the natives first, which note its values, to be judged
when the VM is done: to stop the VM for each costs more. Where an evaluation with
natives fails for another reason than a verdict (a value that leans on the object it
is part of cannot be checked before that object is there), the template is evaluated
again without them. Finished manifests are checked in Python either way, so nothing
escapes.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from ..checks.verdict import check_present
from ..engines import vm as engines
from ..engines.importer import Importer
from ..engines.sources import decode, read_bytes, refuse_name, refuse_unreadable
from ..errors import EvaluationError, Frame, ValidationError
from ._hints import hinted
from ._output import manifests, parsed
from .locate import Inspection, Judge, inspect
from .natives import Dispatcher
from .settings import Settings, StrPath

if TYPE_CHECKING:  # slow to import, and the default engine needs no worker
    from ..workers.pool import Workers

P = TypeVar("P")
T = TypeVar("T")

Mode = Literal["defer", "whole", "bare"]
"""Values noted and judged later, lists and maps in the finished manifests; all natives; none."""


@dataclass(frozen=True)
class Evaluation:
    """What came of a template: its value, and the files it depends on.

    ``found`` maps the path of each imported file to the SHA-256 of its content;
    ``absent`` has the paths where the importer looked in vain.
    """

    value: Any
    found: Mapping[str, str]
    absent: frozenset[str]


def evaluate_file(
    path: StrPath,
    *,
    ext_vars: Mapping[str, Any] | None = None,
    ext_codes: Mapping[str, str] | None = None,
    tla_vars: Mapping[str, Any] | None = None,
    tla_codes: Mapping[str, str] | None = None,
    jpath: Sequence[StrPath] = (),
    engine: str | Sequence[str] | None = None,
    check: bool = True,
) -> Any:
    """The value of a Jsonnet file, as plain Python values.

    `ext_vars` and `tla_vars` are text where they are strings, and JSON where they
    are anything else; `ext_codes` and `tla_codes` are Jsonnet code. Of the
    directories in `jpath` later ones win. `engine` is ``jsonnet``, ``gojsonnet``,
    ``rjsonnet`` or a list of them, the next of which decides when one fails; by
    default what ``PYIMAGESTREAM_ENGINE`` says, or ``jsonnet``.

    Raises `EvaluationError` when the file cannot be evaluated and, unless `check`
    is false, `ValidationError` with every value the server would refuse. What a
    part of a larger sum may leave out is not missed here: `validate` does that.
    """
    settings = Settings.of(
        ext_vars=ext_vars,
        ext_codes=ext_codes,
        tla_vars=tla_vars,
        tla_codes=tla_codes,
        jpath=jpath,
        engine=engine,
        check=check,
    )
    return run_file(path, settings).value


def evaluate_snippet(
    snippet: str,
    *,
    filename: str = "snippet",
    ext_vars: Mapping[str, Any] | None = None,
    ext_codes: Mapping[str, str] | None = None,
    tla_vars: Mapping[str, Any] | None = None,
    tla_codes: Mapping[str, str] | None = None,
    jpath: Sequence[StrPath] = (),
    engine: str | Sequence[str] | None = None,
    check: bool = True,
) -> Any:
    """The value of Jsonnet code, as plain Python values.

    `filename` stands in error messages; imports are relative to its directory.
    Everything else is as for `evaluate_file`.
    """
    settings = Settings.of(
        ext_vars=ext_vars,
        ext_codes=ext_codes,
        tla_vars=tla_vars,
        tla_codes=tla_codes,
        jpath=jpath,
        engine=engine,
        check=check,
    )
    return run_snippet(snippet, filename, settings).value


def run_file(path: StrPath, settings: Settings) -> Evaluation:
    """Evaluates a file with ready settings. Raises as `evaluate_file` does."""
    return run_snippet(read_source(path), os.fspath(path), settings)


def read_source(path: StrPath) -> str:
    """The text of a Jsonnet file. Raises `EvaluationError` when it cannot be read."""
    name = os.fspath(path)
    try:
        return decode(name, read_bytes(name))
    except FileNotFoundError:
        raise EvaluationError("there is no such file", [Frame(name)]) from None


def run_snippet(snippet: str, filename: str, settings: Settings) -> Evaluation:
    """Evaluates code with ready settings. Raises as `evaluate_snippet` does."""
    return _first_that_can(_Run.evaluation, filename, snippet, settings)


def inspect_snippet(snippet: str, filename: str, settings: Settings, judge: Judge) -> Inspection:
    """The finished manifests of a template, and all of its problems, as ``judge`` sees them.

    Raises `EvaluationError` when the template cannot be evaluated at all.
    """
    run = partial(_Run.inspection, judge=judge)
    return _first_that_can(run, filename, snippet, settings)


def _first_that_can(run: Callable[[_Run], T], filename: str, source: str, settings: Settings) -> T:
    """What the first engine says that neither fails nor crashes, or else the last one."""
    refuse_name(filename)
    refuse_unreadable(filename, source)
    *others, last = settings.engines
    for engine in others:
        with suppress(EvaluationError):
            return run(_Run(engine, filename, source, settings))
    try:
        return run(_Run(last, filename, source, settings))
    except EvaluationError as error:
        raise hinted(filename, error) from None


@dataclass(frozen=True)
class _Outcome:
    text: str
    error: EvaluationError | None
    is_verdict: bool
    deferred: Counter[tuple[str, ...]]
    found: Mapping[str, str]
    absent: frozenset[str]

    @cached_property
    def value(self) -> Any:
        return parsed(self.text)

    @cached_property
    def manifests(self) -> list[dict[str, Any]]:
        return [manifest for _, manifest in manifests(self.value)]


@dataclass(frozen=True)
class _Run:
    """A template for one engine; it travels to a worker process if need be."""

    engine: str
    filename: str
    source: str
    settings: Settings

    def evaluation(self) -> Evaluation:
        """The value of the template. Raises `EvaluationError`, `ValidationError`."""
        outcome = self.checked() if self.settings.check else self.attempt("bare")
        if outcome.error and not outcome.is_verdict:
            raise outcome.error
        if outcome.is_verdict or (self.settings.check and is_refused(outcome)):
            raise ValidationError(self.inspection(check_present).problems)
        return Evaluation(outcome.value, outcome.found, outcome.absent)

    def checked(self) -> _Outcome:
        first = self.attempt("defer")
        if first.is_verdict or not (first.error or overlooked(first)):
            return first
        bare = self.attempt("bare") if first.error else first
        if bare.error:
            return bare
        whole = self.attempt("whole")
        return whole if whole.is_verdict else bare

    def attempt(self, mode: Mode) -> _Outcome:
        return self.placed(_perform, mode)

    def inspection(self, judge: Judge) -> Inspection:
        return self.placed(_inspect, judge)

    def placed(self, function: Callable[[_Run, P], T], argument: P) -> T:
        """Calls ``function``, in a worker process where the template might end this one."""
        if not self.settings.isolate:
            return function(self, argument)
        if self.engine not in engines.ISOLATED:
            with suppress(engines.CrashError):
                return function(self, argument)
        from ..workers.pool import WorkerError

        inside = replace(self, settings=replace(self.settings, isolate=False))
        workers = _isolated(os.getpid())
        try:
            return workers.submit(_in_directory, os.getcwd(), function, inside, argument).result()
        except WorkerError as error:
            what = engines.CRASHES.get(self.engine, "this template")
            message = f"{self.engine} gave up on {what}: {error}"
            raise EvaluationError(message, [Frame(self.filename)]) from None
        except KeyboardInterrupt:
            _isolated.cache_clear()
            workers.stop()
            raise


def _perform(run: _Run, mode: Mode) -> _Outcome:
    """Runs the VM once. A template's own failure is part of the outcome."""
    if mode == "defer":
        with suppress(engines.SurrogateError):
            return _performed(run, Dispatcher(defer=True, note=True), unguarded=True)
    return _performed(run, Dispatcher(defer=mode == "defer"), bare=mode == "bare")


def _performed(
    run: _Run, dispatcher: Dispatcher, *, bare: bool = False, unguarded: bool = False
) -> _Outcome:
    settings = run.settings
    importer = Importer(settings.search_path(), settings.virtual)
    natives = {} if bare else dispatcher.callbacks()
    job = replace(settings.job(run.filename, run.source), unguarded=unguarded)
    text, error = "", None
    try:
        text = engines.evaluate(run.engine, job, importer, {**natives, **settings.natives})
    except EvaluationError as failure:
        error = failure
    if not error:  # then a template called the native itself: the answer is its own business
        dispatcher.verdicts.clear()
    deferred = dispatcher.settle()
    is_verdict = bool(dispatcher.verdicts)
    found, absent = importer.found, frozenset(importer.absent)
    return _Outcome(text, error, is_verdict, deferred, found, absent)


def _inspect(run: _Run, judge: Judge) -> Inspection:
    return inspect(run.engine, run.filename, run.source, run.settings, judge)


def overlooked(outcome: _Outcome) -> bool:
    """Whether a list or map that was not checked went elsewhere than into a finished manifest."""
    present: Counter[tuple[str, ...]] = Counter()
    if outcome.deferred:
        for manifest in outcome.manifests:
            for path in outcome.deferred:
                present[path] += _length(manifest, path)
    return bool(outcome.deferred - present)


def is_refused(outcome: _Outcome) -> bool:
    """Whether a finished manifest in an output has a value the server would refuse."""
    return any(map(check_present, outcome.manifests))


def _length(value: Any, path: tuple[str, ...]) -> int:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return len(value) if isinstance(value, (dict, list)) else 0


def _in_directory(directory: str, function: Callable[[_Run, P], T], run: _Run, argument: P) -> T:
    """Calls a function in a worker process, where relative paths mean what they mean here."""
    os.chdir(directory)
    return function(run, argument)


@cache
def _isolated(pid: int) -> Workers:
    """The workers of this process: those of its parent do not answer after a fork."""
    from ..workers.pool import Workers

    return Workers(1)
