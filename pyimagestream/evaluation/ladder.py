"""One template, evaluated so that its wrong values are known and nothing else is changed.

First with the collecting native, and rewritten. Where that fails (a value that leans on the object
it is part of cannot be looked at before that object is there) the template is evaluated as it is
without natives, and its own error is the one that counts. Where lists or maps were set that are in
no finished manifest, once more with all of them looked at: what that run says of itself
does not matter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from ..engines.fastformat import DEEPER, TRACED, FastImporter, Plan, plan
from ..engines.importer import TEXT, Importer
from ..engines.traces import Traces
from ..engines.vm import TAIL_CALL, Program, evaluate
from ..errors import EvaluationError, Problem
from ..golang.natives import TANKA_NATIVES
from .libraries import MARK, Libraries, directory_of, libraries_in
from .natives import COLLECT, Collector, Field, Functions, named_in
from .output import manifests, parsed
from .settings import Settings


class NeedsProcessError(Exception):
    """What is imported must not run in this process: see `TAIL_CALL`."""


class UncertainError(EvaluationError):
    """Code was met that cannot be rewritten."""


class NoticingImporter(Importer):
    """Another importer, and whose natives the files it finds call by their names.

    ``libraries`` are the directories of generated libraries of other APIs that it met, and
    ``is_checked`` tells whether it met any library whose values are checked. With
    ``isolate`` it raises `NeedsProcessError` for what must not run in this process.
    """

    def __init__(self, importer: Importer, *, isolate: bool = False) -> None:
        super().__init__()
        self._isolate = isolate
        self.tail_calls = False
        self._importer = importer
        self.found, self.absent = importer.found, importer.absent
        self.named: frozenset[str] = frozenset()
        self.libraries: dict[str, None] = {}
        self.is_checked = False

    def __call__(self, base: str, name: str) -> tuple[str, bytes]:
        path, content = self._importer(base, name)
        if TAIL_CALL.encode() in content:
            if self._isolate:
                raise NeedsProcessError
            self.tail_calls = True
        if b"native" in content:
            self.named |= named_in(content.decode(errors="replace"))
            self.is_checked |= bool(self.named) or COLLECT.encode() in content
            if MARK in content and (directory := directory_of(path.removeprefix(TEXT))):
                self.libraries.setdefault(directory)
        return path, content


GENERATED = "<environments>"
"""What code of our own is called, in whatever directory, around an entry point of a user."""


class Template(NamedTuple):
    """Jsonnet code and how to evaluate it."""

    filename: str
    source: str
    settings: Settings

    def importer(self, plan: Plan | None = None) -> Importer:
        """A new importer, which knows of no file yet; one for fast formats with a plan."""
        settings = self.settings
        places = settings.search_path(), settings.virtual
        if plan:
            return FastImporter(*places, plan, hashed=settings.hashed)
        return Importer(*places, hashed=settings.hashed)

    @property
    def program(self) -> Program:
        """What a VM is to do with it."""
        settings = self.settings
        return Program(self.filename, self.source, settings.variables, settings.max_stack)

    @property
    def has_tail_calls(self) -> bool:
        """Whether its code, that of variables included, says so."""
        return any(TAIL_CALL in code for _, code in self.program.codes)


class Outcome(NamedTuple):
    """What came of a template: its value, the files it depends on, and what is wrong.

    ``found`` maps the path of each imported file to the SHA-256 of its content, or to "" unless
    the settings ask for that, and has the files that checks come from;
    ``absent`` has the paths where either was looked for in vain. ``problems`` are
    those of the values that functions set, wherever these went. ``plan`` is the one
    by which formats were spelled out, if they were. ``libraries`` are the directories of the
    generated libraries of other APIs that are named, on the jpath, or imported. ``tail_calls`` says
    whether code that was evaluated has some, and ``is_checked`` whether any could have set a value
    that is checked.
    """

    value: Any
    found: Mapping[str, str]
    absent: frozenset[str]
    problems: tuple[Problem, ...] = ()
    plan: Plan | None = None
    libraries: tuple[str, ...] = ()
    tail_calls: bool = False
    is_checked: bool = True


def evaluated(template: Template) -> Outcome:
    """The outcome of a template. Raises `EvaluationError`."""
    settings = template.settings
    fast = _plan(template)
    if not settings.check:
        return _run(template, fast)
    given = settings.known_libraries()
    collector = Collector(named=named_in(template.source))
    try:
        outcome = _run_by(fast, template, collector)
        is_seen = not collector.lengths() - _present(outcome.value, collector)
        again = outcome.plan
    except EvaluationError as error:
        outcome = _run_by(None, template)
        is_seen = not outcome.is_checked
        again = TRACED if fast and not isinstance(error, UncertainError) else None
    known = libraries_in([*given.directories(), *outcome.libraries])
    functions = Functions(known)
    problems = collector.problems(functions)
    if not is_seen:
        problems += _all_handed(template, again, collector.named).problems(functions)
    return outcome._replace(
        found={**outcome.found, **known.digests()},
        absent=outcome.absent | settings.absent_libraries(),
        problems=tuple(problems),
        libraries=known.directories(),
    )


def _plan(template: Template) -> Plan | None:
    """The plan to begin with, or None where there is nothing to gain."""
    first = plan(template.program) if template.settings.fast_formats else None
    # What it takes to find inline environments says nothing of what they take themselves.
    return DEEPER if first and template.filename.endswith(GENERATED) else first


def broken_off(template: Template, known: Libraries) -> Outcome:
    """What a template that fails has handed to functions until then; it has no value."""
    again = TRACED if template.settings.fast_formats else None
    collector = _all_handed(template, again, named_in(template.source))
    return Outcome(
        None,
        {},
        frozenset(),
        tuple(collector.problems(Functions(known))),
        plan=again,
        libraries=known.directories(),
        tail_calls=template.has_tail_calls,
    )


def _all_handed(template: Template, again: Plan | None, named: frozenset[str]) -> Collector:
    """The values that functions are handed in one more run, whatever becomes of that.

    What it prints was seen before: `again` is a plan that keeps it, if there is one.
    """
    collector = Collector(whole=True, named=named)
    with suppress(EvaluationError):
        try:
            _run_by(again, template, collector, is_told=False)
        except UncertainError:
            _run_by(None, template, collector)
    return collector


def _run(template: Template, fast: Plan | None) -> Outcome:
    """What a VM makes of a template: rewritten, or if that fails, as it is."""
    if fast:
        with suppress(EvaluationError):
            return _run_by(fast, template)
    return _run_by(None, template)


def _run_by(
    fast: Plan | None,
    template: Template,
    collector: Collector | None = None,
    *,
    is_told: bool = True,
) -> Outcome:
    """What a VM makes of a template that is rewritten by a plan, or by one that follows it.

    Without a plan it stays as it is. ``is_told`` tells whether what it prints is to be seen.
    """
    try:
        return _run_once(template, collector, fast, is_told=is_told)
    except EvaluationError as error:
        following = fast.after(error) if fast else None
        if not following:
            raise
    return _run_by(following, template, collector, is_told=is_told)


def _run_once(
    template: Template, collector: Collector | None, fast: Plan | None, *, is_told: bool
) -> Outcome:
    settings, program = template.settings, template.program
    files = template.importer(fast)
    importer = NoticingImporter(files, isolate=settings.isolate)
    traces = Traces()
    natives = {
        **(collector.callbacks() if collector else {}),
        **TANKA_NATIVES,
        **traces.native(),
    }
    try:
        if isinstance(files, FastImporter):
            program = files.program(program, settings.engine)
        text = evaluate(settings.engine, program, importer, natives)
    except EvaluationError as error:
        if isinstance(files, FastImporter) and not files.is_certain:
            raise UncertainError(error.message) from None
        if not collector or importer.named <= collector.named:
            raise
    except KeyboardInterrupt:
        if is_told:  # who ends what takes too long wants to know how far it came
            traces.tell()
        raise
    if collector and not importer.named <= collector.named:  # what calls natives was imported
        collector.named |= importer.named
        return _run_once(template, collector, fast, is_told=is_told)
    value = parsed(text)
    if is_told:
        traces.tell()
    met = tuple(importer.libraries)
    found, absent = importer.found, frozenset(importer.absent)
    calls = importer.tail_calls or template.has_tail_calls
    checked = importer.is_checked or any("native" in code for _, code in template.program.codes)
    return Outcome(
        value,
        found,
        absent,
        plan=fast,
        libraries=met,
        tail_calls=calls,
        is_checked=checked,
    )


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
