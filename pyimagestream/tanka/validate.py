"""Validation of files: all problems and warnings of all of them, in their order."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import IO, Any

from ..checks.codes import NOTHING_WRITTEN
from ..engines.sources import MAX_SIZE, digest, is_stream, opened, read_bytes, too_large
from ..errors import EvaluationError, Frame, ManifestError, PyimagestreamError, ValidationError
from ..evaluation.evaluate import inspect_snippet, read_source
from ..evaluation.ladder import Outcome
from ..evaluation.libraries import Libraries, libraries_in
from ..evaluation.literals import Literals
from ..evaluation.output import kind_and_name, manifests, objects, unambiguous
from ..evaluation.settings import Settings, StrPath
from .entrypoint import NO_ENVIRONMENT, in_no_environment, in_project
from .environment import (
    BOTH,
    Environment,
    called,
    has_both,
    inline_environment,
    static_environment,
)
from .files import STANDARD_INPUT, File, files, is_document
from .jobs import manifests_of
from .project import ENTRYPOINT, Project
from .report import PlacedWarning, Remark, Report, Rules, Telling, strangers, unchecked
from .runner import Result, Runner

_REPLACING = re.compile(r"""(?<![\w'"])(?:spec|'spec'|"spec")\s*:(?![:+])""")
"""A field `spec` in Jsonnet that replaces the one before."""

_PIPE = "<stdin>"

_OF_CHART = (
    "templates of Helm: `helm template ... | pyimagestream validate -` checks what they give"
)


@dataclass(frozen=True)
class Inspection:
    """The job of looking at one file; its value is a report in JSON values.

    `source` is the text of a stream, which no worker process could read.
    """

    filename: str
    settings: Settings
    rules: Rules
    project: Project | None
    source: str | None = None

    @property
    def entrypoint(self) -> str:
        return self.filename

    @property
    def title(self) -> str:
        return self.filename

    def identity(self) -> Any:
        around = self.project or in_no_environment(self.filename, self.settings)
        place = [around.jpath, self.project and self.project.static]
        of = self.rules
        rules = [of.server, of.strict, sorted(of.ignored), of.require_known]
        return ["inspection", os.getcwd(), self.filename, self.source, place, rules]

    def fits(self, value: Any) -> bool:
        return Report.fits(value)

    def run(self, settings: Settings) -> Outcome:
        """Raises `PyimagestreamError` when there are no manifests to look at."""
        if is_document(self.filename):
            return self._of_documents(settings)
        return self._of_template(settings)

    def _in_place(self, settings: Settings) -> Settings:
        """The settings of a template where it is: an environment's are those of its project."""
        if not self.project:
            return in_no_environment(self.filename, settings)
        environment = json.dumps(self._static.value) if self._static else NO_ENVIRONMENT
        return in_project(self.project, settings, environment)

    @cached_property
    def _static(self) -> Environment | None:
        """The environment of a ``spec.json``, if there is one."""
        return static_environment(self.project) if self.project and self.project.static else None

    def _of_documents(self, settings: Settings) -> Outcome:
        from .documents import report  # slow to import, and most files are Jsonnet

        known = settings.known_libraries()
        sha256 = hashlib.sha256()
        with opened(self.filename) as file:
            text = _hashed(lines(file), sha256.update)
            found = report(self.filename, text, self.rules, known)
        files = {**known.digests(), self.filename: sha256.hexdigest()}
        return Outcome(found.values(), files, settings.absent_libraries())

    def _of_template(self, settings: Settings) -> Outcome:
        source = read_source(self.filename) if self.source is None else self.source
        found = {self.filename: digest(source.encode())}
        if self.project and self.project.static:
            found[self.project.spec] = digest(read_bytes(self.project.spec))
        ready = self._in_place(settings)
        rules = self.rules
        outcome = inspect_snippet(
            source, self.filename, ready, rules.findings, rules.findings_by_library
        )
        known = libraries_in(outcome.libraries)
        return Outcome(
            self._report(source, outcome, known).values(),
            {**outcome.found, **found},
            outcome.absent,
        )

    def _report(self, source: str, outcome: Outcome, known: Libraries) -> Report:
        judged = list(manifests(outcome.value, wanted=lambda each: self.rules.wants(each, known)))
        names = unambiguous((where, kind_and_name(each)) for where, each in judged)
        shown = {}
        if len(objects(outcome.value, 2)) > 1:
            shown = {where: name for (where, _), name in zip(judged, names, strict=True)}
        literals = Literals(self.filename, source)
        problems = [each for each in outcome.problems if not isinstance(each, Remark)]
        remarks = [each for each in outcome.problems if isinstance(each, Remark)]
        for where, manifest in judged:
            if not known.wants(manifest):  # a slip, which the evaluation does not know
                for each in self.rules.findings(manifest, known):
                    frame = literals.place(each.field, each.value)
                    found = each._replace(frame=frame, output_path=where)
                    if isinstance(found, Remark):
                        remarks.append(found)
                    else:
                        problems.append(found)
        named = (each._replace(name=shown.get(each.output_path, each.name)) for each in problems)
        warnings = (
            self._hinted(each.placed(), source)._replace(name=shown.get(each.output_path, ""))
            for each in remarks
        )
        unknown = dict.fromkeys(strangers(outcome.value, self.rules, known))
        left = dict.fromkeys(each for _, found in judged for each in unchecked(found, known))
        return Report(
            self.filename,
            tuple(names),
            tuple(named),
            tuple(warnings),
            tuple(self._refusals(outcome.value, {each.output_path for each in problems})),
            unknown=tuple(unknown),
            unchecked=tuple(left),
        )

    def _refusals(self, value: Any, wrong: Set[str]) -> Iterator[EvaluationError]:
        """Why `show` and `export` would not take an environment that can be evaluated.

        ``wrong`` are the places in the output that have problems, which need not be told again.
        """
        if self.project and os.path.basename(self.filename) == ENTRYPOINT:
            refused = (
                _refused_static(self._static, value, wrong)
                if self._static
                else _refused_inline(self.project, value, wrong)
            )
            for error in refused:
                yield _error(self.filename, error)

    def _hinted(self, placed: PlacedWarning, source: str) -> PlacedWarning:
        """A warning about an import that is not said to write, with what may have undone that."""
        if placed.warning.code != NOTHING_WRITTEN or "withImport(" not in source:
            return placed
        found = [match.start() for match in _REPLACING.finditer(source)]
        if not found:
            return placed
        message = f"{placed.warning.message} (`spec:` replaces all of it: is `spec+:` meant?)"
        frame = Frame.at(self.filename, source, found[0]) if len(found) == 1 else placed.frame
        return placed._replace(warning=placed.warning._replace(message=message), frame=frame)


@dataclass(frozen=True)
class _Piped:
    """The job of looking at what standard input held; it is kept in no cache."""

    content: bytes
    settings: Settings
    rules: Rules
    entrypoint = title = _PIPE

    def identity(self) -> Any:
        return None

    def fits(self, value: Any) -> bool:
        return Report.fits(value)

    def run(self, settings: Settings) -> Outcome:
        from .documents import report  # slow to import, and most files are Jsonnet

        known = settings.known_libraries()
        found = report(_PIPE, lines(BytesIO(self.content)), self.rules, known)
        return Outcome(found.values(), {}, frozenset())


def validate_paths(
    paths: Sequence[StrPath],
    settings: Settings,
    rules: Rules,
    runner: Runner,
    standard_input: Iterable[bytes] = (),
) -> Iterator[Report]:
    """A report for each file at and below the paths, in their order: see `files`.

    YAML and JSON files are taken for finished manifests and read as kubectl reads them,
    and so is ``-``, for which `standard_input` has the lines. What only reminds of how the server
    works is told once. Whatever is wrong with a file, or with a directory, is in its report.
    """
    found = files(paths)
    environments = [file for file in found if file.project]
    known: dict[str, Result] = {file.name: file.error for file in found if file.error}
    if environments and any(file.is_loose for file in found):
        known |= _outcomes(environments, settings, rules, runner)
        imported = _imported(known.values())
        found = [file for file in found if not (file.is_loose and _real(file.name) in imported)]
    own = [file for file in found if file.name != STANDARD_INPUT and not file.is_of_chart]
    jobs = []
    for file in own:
        if file.name not in known:
            try:
                jobs.append(_job(file, settings, rules))
            except PyimagestreamError as error:  # a stream, which is read at once
                known[file.name] = error
    others = runner.outcomes(jobs)
    telling = Telling()
    for file in found:
        if file.name == STANDARD_INPUT:
            yield telling.once(_of_a_pipe(standard_input, settings, rules, runner))
        elif file.is_of_chart:
            yield Report(file.name, unchecked=(f"{file.name}: {_OF_CHART}",))
        else:
            outcome = known.pop(file.name) if file.name in known else next(others)
            yield telling.once(_report(file.name, outcome))


def _of_a_pipe(parts: Iterable[bytes], settings: Settings, rules: Rules, runner: Runner) -> Report:
    """The report on standard input: here, line by line, or as a whole where there are limits."""
    if not (runner.timeout or runner.memory):
        from .documents import report  # slow to import, and most files are Jsonnet

        return report(_PIPE, parts, rules, settings.known_libraries())
    content = bytearray()
    for part in parts:
        content += part
        if len(content) > MAX_SIZE:
            return _report(_PIPE, too_large(_PIPE))
    with Runner(timeout=runner.timeout, memory=runner.memory) as alone:
        [outcome] = alone.outcomes([_Piped(bytes(content), settings, rules)])
    return _report(_PIPE, outcome)


def lines(file: IO[bytes]) -> Iterator[bytes]:
    """The lines of a file; of one without an end, no longer ones than a document may be."""
    return iter(lambda: file.readline(MAX_SIZE + 1), b"")


def _hashed(parts: Iterable[bytes], update: Callable[[bytes], Any]) -> Iterator[bytes]:
    for part in parts:
        update(part)
        yield part


def _outcomes(
    wanted: Sequence[File], settings: Settings, rules: Rules, runner: Runner
) -> dict[str, Result]:
    jobs = [_job(file, settings, rules) for file in wanted]
    return dict(zip((file.name for file in wanted), runner.outcomes(jobs), strict=True))


def _job(file: File, settings: Settings, rules: Rules) -> Inspection:
    source = read_source(file.name) if is_stream(file.name) else None
    return Inspection(file.name, settings, rules, file.project, source)


def _imported(outcomes: Iterable[Result]) -> set[str]:
    """The files that environments are made of."""
    return {_real(path) for each in outcomes if isinstance(each, Outcome) for path in each.found}


def _real(path: str) -> str:
    return os.path.realpath(path)


def _report(filename: str, outcome: Result) -> Report:
    if isinstance(outcome, ValidationError):  # there is no value to look at
        return Report(filename, problems=tuple(outcome.problems))
    if isinstance(outcome, PyimagestreamError):
        return Report(filename, errors=(_error(filename, outcome),))
    return Report.of_values(filename, outcome.value)


def _error(filename: str, error: PyimagestreamError) -> EvaluationError:
    """An error with its place, or else with the file."""
    if isinstance(error, EvaluationError):
        return error
    return EvaluationError(str(error), [Frame(filename)])


def _manifests(
    data: Any, environment: Environment, place: str, wrong: Set[str]
) -> list[dict[str, Any]]:
    """The manifests of an environment, whose data has that place in the output."""
    try:
        return manifests_of(data, environment.value)
    except ManifestError as error:
        if place + error.path.replace(".[", "[").rstrip(".") in wrong:
            return []
        raise


def _refused_static(
    environment: Environment, value: Any, wrong: Set[str]
) -> Iterator[PyimagestreamError]:
    try:
        if has_both(_manifests(value, environment, "", wrong)):
            raise PyimagestreamError(BOTH)
    except PyimagestreamError as error:
        yield error


def _refused_inline(project: Project, value: Any, wrong: Set[str]) -> Iterator[PyimagestreamError]:
    names: set[str] = set()
    for place, found in manifests(value, wanted=lambda each: {"apiVersion", "kind"} <= each.keys()):
        if found["kind"] != "Environment":
            continue
        try:
            environment = inline_environment(project, found)
        except PyimagestreamError as error:
            yield error
            continue
        try:
            if environment.name in names:
                raise PyimagestreamError("another environment of this file has the same name")
            names.add(environment.name)
            _manifests(found.get("data"), environment, f"{place}.data", wrong)
        except PyimagestreamError as error:
            yield PyimagestreamError(f"{called(found)}: {error}")
