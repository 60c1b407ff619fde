"""One template, evaluated so that its wrong values are known and nothing else is changed.

First with the collecting native. Where that fails (a value that leans on the object it is
part of cannot be looked at before that object is there) the template is evaluated without
natives, and its own error is the one that counts. Where lists or maps were set that are in
no finished manifest, once more with all of them looked at: what that run says of itself
does not matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from ..engines.fastformat import TEXT, FastImporter, Plan, plan
from ..engines.importer import Importer
from ..engines.vm import TAIL_CALL, Program, evaluate
from ..errors import EvaluationError, Problem
from .libraries import MARK, directory_of, libraries_in
from .natives import Collector, Field, Functions, named_in
from .output import manifests, parsed
from .settings import Settings

LARGE = 1 << 20
"""Bytes of a file. To evaluate a larger one takes several times as long as to start a process."""


class NeedsProcessError(Exception):
    """What is imported must not run in this process (see `TAIL_CALL`), or had better not."""


class NoticingImporter(Importer):
    """Another importer, and whose natives the files it finds call by their names.

    ``libraries`` are the directories of generated libraries of other APIs that it met. With
    ``isolate`` it raises `NeedsProcessError` for what must not run in this process, and with
    ``hand_over`` for a large file.
    """

    def __init__(
        self, importer: Importer, *, isolate: bool = False, hand_over: bool = False
    ) -> None:
        super().__init__()
        self._isolate = isolate
        self._hand_over = isolate and hand_over
        self.tail_calls = False
        self._importer = importer
        self.found, self.absent = importer.found, importer.absent
        self.named: frozenset[str] = frozenset()
        self.libraries: dict[str, None] = {}

    def __call__(self, base: str, name: str) -> tuple[str, bytes]:
        path, content = self._importer(base, name)
        if TAIL_CALL.encode() in content:
            if self._isolate:
                raise NeedsProcessError
            self.tail_calls = True
        if self._hand_over and len(content) > LARGE:
            raise NeedsProcessError
        if b"native" in content:
            self.named |= named_in(content.decode(errors="replace"))
            if MARK in content and (directory := directory_of(path.removeprefix(TEXT))):
                self.libraries.setdefault(directory)
        return path, content


GENERATED = "<environments>"
"""What code of our own is called, in whatever directory, around an entry point of a user."""


@dataclass(frozen=True)
class Template:
    """Jsonnet code and how to evaluate it."""

    filename: str
    source: str
    settings: Settings

    def importer(self, plan: Plan | None = None) -> Importer:
        """A new importer, which knows of no file yet; one for fast formats with a plan."""
        places = self.settings.search_path(), self.settings.virtual
        return FastImporter(*places, plan) if plan else Importer(*places)

    @property
    def program(self) -> Program:
        """What a VM is to do with it."""
        settings = self.settings
        return Program(self.filename, self.source, settings.variables, settings.max_stack)

    @property
    def has_tail_calls(self) -> bool:
        """Whether its code, that of variables included, says so."""
        return any(TAIL_CALL in code for _, code in self.program.codes)


@dataclass(frozen=True)
class Outcome:
    """What came of a template: its value, the files it depends on, and what is wrong.

    ``found`` maps the path of each imported file to the SHA-256 of its content;
    ``absent`` has the paths where the importer looked in vain. ``problems`` are
    those of the values that functions set, wherever these went. ``plan`` is the one
    by which formats were spelled out, if they were. ``libraries`` are the directories of the
    generated libraries of other APIs that are named, on the jpath, or imported. ``tail_calls`` says
    whether code that was evaluated has some.
    """

    value: Any
    found: Mapping[str, str]
    absent: frozenset[str]
    problems: tuple[Problem, ...] = ()
    plan: Plan | None = field(default=None, compare=False)
    libraries: tuple[str, ...] = ()
    tail_calls: bool = field(default=False, compare=False)


def evaluated(template: Template) -> Outcome:
    """The outcome of a template. Raises `EvaluationError`."""
    if not template.settings.check:
        return _run(template)
    given = template.settings.known_libraries()
    collector = Collector(named=named_in(template.source))
    try:
        outcome = _run(template, collector)
        is_seen = not collector.lengths() - _present(outcome.value, collector)
    except EvaluationError:
        outcome = _run(template)
        is_seen = False
    known = libraries_in([*given.directories(), *outcome.libraries])
    functions = Functions(known)
    problems = collector.problems(functions)
    if not is_seen:
        collector = Collector(whole=True, named=collector.named)
        with suppress(EvaluationError):
            _run(template, collector)
        problems += collector.problems(functions)
    return replace(outcome, problems=tuple(problems), libraries=known.directories())


def _run(template: Template, collector: Collector | None = None) -> Outcome:
    """What a VM makes of a template: rewritten, or if that fails, as it is."""
    program, settings = template.program, template.settings
    # A worker process evaluates many, as a rule, and another one the one it is asked for.
    fast = plan(program, is_one_of_many=not settings.isolate) if settings.fast_formats else None
    while fast:
        try:
            return _run_once(template, program, collector, fast)
        except EvaluationError as error:
            fast = fast.after(error)
    return _run_once(template, program, collector)


def _run_once(
    template: Template, program: Program, collector: Collector | None, fast: Plan | None = None
) -> Outcome:
    settings, files = template.settings, template.importer(fast)
    ready = files.program(program, settings.engine) if isinstance(files, FastImporter) else program
    importer = NoticingImporter(files, isolate=settings.isolate, hand_over=settings.hand_over)
    natives = {**(collector.callbacks() if collector else {}), **settings.all_natives()}
    try:
        text = evaluate(settings.engine, ready, importer, natives)
    except EvaluationError:
        if not collector or importer.named <= collector.named:
            raise
    if collector and not importer.named <= collector.named:  # what calls natives was imported
        collector.named |= importer.named
        return _run_once(template, program, collector, fast)
    met = tuple(importer.libraries)
    found, absent = importer.found, frozenset(importer.absent)
    calls = importer.tail_calls or template.has_tail_calls
    return Outcome(parsed(text), found, absent, plan=fast, libraries=met, tail_calls=calls)


def _present(value: Any, collector: Collector) -> Counter[Field]:
    """How many entries finished manifests have in the lists and maps that were set."""
    present: Counter[Field] = Counter()
    fields = collector.lengths()
    if fields:
        for _, manifest in manifests(value):
            for kind, path in fields:
                if manifest["kind"] == kind:
                    present[kind, path] += _length(manifest, path)
    return present


def _length(value: Any, path: tuple[str, ...]) -> int:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return len(value) if isinstance(value, (dict, list)) else 0
