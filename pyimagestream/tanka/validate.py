"""Validation of templates and environments: all problems and warnings of all of them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ..checks.notices import UNKNOWN_FIELD, Notice, warnings
from ..checks.verdict import validate
from ..errors import EvaluationError, Frame, Problem, PyimagestreamError
from ..evaluation.ladder import inspect_snippet, read_source
from ..evaluation.literals import place
from ..evaluation.locate import Inspection, inspect_output
from ..evaluation.settings import Settings, StrPath
from ..golang.scalars import resolve_v2
from ..model.schema import LATEST
from .discover import entrypoints
from .environment import static_environment
from .jobs import NO_ENVIRONMENT, in_project
from .project import project_of

YAML = (".yaml", ".yml")


@dataclass(frozen=True)
class Rules:
    """What to hold the manifests against: a server, strictly or not, but for some warnings."""

    server: str = LATEST
    strict: bool = False
    ignored: frozenset[str] = frozenset()

    def problems(self, manifest: dict[str, Any]) -> list[Problem]:
        return validate(manifest, server=self.server, strict=self.strict)

    def notices(self, manifest: dict[str, Any]) -> list[Notice]:
        ignored = self.ignored | {UNKNOWN_FIELD} if self.strict else self.ignored
        found = warnings(manifest, server=self.server)
        return [notice for notice in found if notice.code not in ignored]


@dataclass(frozen=True)
class PlacedNotice:
    """A warning with the place it is about: in the file, and in the file's output."""

    notice: Notice
    frame: Frame
    manifest: str

    def __str__(self) -> str:
        where = f" (in {self.manifest})" if self.manifest and not self.frame.line else ""
        return f"{self.frame}: warning: {self.notice}{where}"


@dataclass(frozen=True)
class Report:
    """What is wrong with one template. With ``error`` it could not even be evaluated."""

    filename: str
    manifests: int = 0
    problems: tuple[Problem, ...] = ()
    notices: tuple[PlacedNotice, ...] = ()
    error: EvaluationError | None = None


def validate_paths(paths: Sequence[StrPath], settings: Settings, rules: Rules) -> Iterator[Report]:
    """A report for each template: files as they are, of directories every environment in them.

    In a directory without environments, every ``.jsonnet`` file is a template.
    YAML files are taken for finished manifests, and read as kubectl reads them.
    Raises `PyimagestreamError` when a path is not there; whatever is wrong inside a
    template is in its report.
    """
    filenames = list(dict.fromkeys(name for path in paths for name in _filenames(path)))
    inspect = partial(inspect_file, settings=settings, rules=rules)
    if len(filenames) < 2:
        yield from map(inspect, filenames)
        return
    from ..workers.pool import Workers

    in_worker = partial(inspect, settings=replace(settings, isolate=False))
    with Workers(os.cpu_count() or 1) as workers:
        for filename, future in [(name, workers.submit(in_worker, name)) for name in filenames]:
            try:
                yield future.result()
            except PyimagestreamError as error:
                yield Report(filename, error=EvaluationError(str(error), [Frame(filename)]))


def inspect_file(filename: str, settings: Settings, rules: Rules) -> Report:
    """The report of one template."""
    try:
        source = read_source(filename)
        if filename.endswith(YAML):
            inspection = _inspect_yaml(filename, source, rules)
        else:
            ready = _settings(filename, settings)
            inspection = inspect_snippet(source, filename, ready, rules.problems)
    except EvaluationError as error:
        return Report(filename, error=error)
    except PyimagestreamError as error:
        return Report(filename, error=EvaluationError(str(error), [Frame(filename)]))
    notices = tuple(
        PlacedNotice(notice, _frame(filename, source, notice), where)
        for where, manifest in inspection.manifests
        for notice in rules.notices(manifest)
    )
    return Report(filename, len(inspection.manifests), inspection.problems, notices)


def _frame(filename: str, source: str, notice: Notice) -> Frame:
    return place(filename, source, notice.field, notice.value) or Frame(filename)


def _inspect_yaml(filename: str, source: str, rules: Rules) -> Inspection:
    from ..golang.yaml.reader import YamlError, read_all

    try:
        documents = read_all(source, plain=resolve_v2)
    except YamlError as error:
        raise EvaluationError(error.message, [Frame(filename, error.line)]) from None
    output = documents[0] if len(documents) == 1 else documents
    return inspect_output(filename, source, output, rules.problems)


def _settings(filename: str, settings: Settings) -> Settings:
    """The settings of a template: an environment's are those of its project."""
    project = project_of(filename)
    if not project:
        return settings
    environment = NO_ENVIRONMENT
    if project.static:
        environment = json.dumps(static_environment(project).value)
    return in_project(project, settings, environment)


def _filenames(path: StrPath) -> Iterator[str]:
    name = os.fspath(path)
    if not os.path.isdir(name):
        yield name
        return
    found = [os.path.relpath(entry) for entry in entrypoints(name)]
    yield from found or sorted(
        os.path.join(directory, file)
        for directory, _, files in os.walk(name)
        for file in files
        if file.endswith(".jsonnet")
    )
