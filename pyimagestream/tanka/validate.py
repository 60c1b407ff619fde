"""Validation of templates and environments: all problems and warnings of all of them."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..checks.notices import UNKNOWN_FIELD, Notice, warnings
from ..checks.verdict import validate
from ..engines.sources import is_stream, read_bytes
from ..errors import EvaluationError, Frame, Problem, PyimagestreamError
from ..evaluation.evaluate import inspect_snippet, read_source
from ..evaluation.ladder import Outcome
from ..evaluation.literals import place
from ..evaluation.locate import finished_problems
from ..evaluation.output import manifests
from ..evaluation.settings import Settings, StrPath
from ..golang.scalars import resolve_v2
from ..model.schema import LATEST
from .discover import entrypoints
from .entrypoint import NO_ENVIRONMENT, in_project
from .environment import static_environment
from .project import Project, project_of
from .runner import Runner

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


@dataclass(frozen=True)
class Inspection:
    """The job of looking at one template; its value is a report in JSON values.

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
        place = self.project and [self.project.jpath, self.project.static]
        rules = [self.rules.server, self.rules.strict, sorted(self.rules.ignored)]
        return ["inspection", os.getcwd(), self.filename, self.source, place, rules]

    def fits(self, value: Any) -> bool:
        try:
            report = _report(self.filename, Outcome(value, {}, frozenset()))
        except (KeyError, TypeError, ValueError):
            return False
        placed: list[Problem | PlacedNotice] = [*report.problems, *report.notices]
        notices = [each.notice for each in report.notices]
        frames = [each.frame for each in placed if each.frame]
        frames += [frame for problem in report.problems for frame in problem.callers]
        return isinstance(report.manifests, int) and all(
            map(_is_sound, [*placed, *notices, *frames])
        )

    def run(self, settings: Settings) -> Outcome:
        """Raises `PyimagestreamError` when there are no manifests to look at."""
        source = read_source(self.filename) if self.source is None else self.source
        found = {self.filename: _digest(source.encode())}
        absent: frozenset[str] = frozenset()
        problems: Sequence[Problem]
        if self.filename.endswith(YAML):
            value = _documents(self.filename, source)
            problems = finished_problems(self.filename, source, value, self.rules.problems)
        else:
            if self.project and self.project.static:
                found[self.project.spec] = _digest(read_bytes(self.project.spec))
            ready = _in_project(self.project, settings)
            outcome = inspect_snippet(source, self.filename, ready, self.rules.problems)
            value, problems, absent = outcome.value, outcome.problems, outcome.absent
            found.update(outcome.found)
        judged = list(manifests(value))
        notices = (
            PlacedNotice(notice, _frame(self.filename, source, notice), where)
            for where, manifest in judged
            for notice in self.rules.notices(manifest)
        )
        report = {
            "manifests": len(judged),
            "problems": [_told(each) for each in problems],
            "notices": [
                [_values(each.notice), _values(each.frame), each.manifest] for each in notices
            ],
        }
        return Outcome(report, found, absent)


def validate_paths(
    paths: Sequence[StrPath], settings: Settings, rules: Rules, runner: Runner
) -> Iterator[Report]:
    """A report for each template: files as they are, of directories every environment in them.

    In a directory without environments, every ``.jsonnet`` file is a template.
    YAML files are taken for finished manifests, and read as kubectl reads them.
    Raises `PyimagestreamError` when a path is not there; whatever is wrong inside a
    template is in its report.
    """
    filenames = list(dict.fromkeys(name for path in paths for name in _filenames(path)))
    jobs = [
        Inspection(name, settings, rules, project_of(name), read_source(name))
        if is_stream(name)
        else Inspection(name, settings, rules, project_of(name))
        for name in filenames
    ]
    for name, outcome in zip(filenames, runner.outcomes(jobs), strict=True):
        yield _report(name, outcome)


def _report(filename: str, outcome: Outcome | PyimagestreamError) -> Report:
    if isinstance(outcome, EvaluationError):
        return Report(filename, error=outcome)
    if isinstance(outcome, PyimagestreamError):
        return Report(filename, error=EvaluationError(str(outcome), [Frame(filename)]))
    value = outcome.value
    problems = tuple(map(_problem, value["problems"]))
    notices = tuple(
        PlacedNotice(Notice(**notice), Frame(**frame), where)
        for notice, frame, where in value["notices"]
    )
    return Report(filename, value["manifests"], problems, notices)


def _told(problem: Problem) -> dict[str, Any]:
    """A problem in JSON values."""
    callers = [_values(frame) for frame in problem.callers]
    return {**vars(problem), "frame": _values(problem.frame), "callers": callers}


def _problem(told: dict[str, Any]) -> Problem:
    frame = told["frame"] and Frame(**told["frame"])
    callers = tuple(Frame(**each) for each in told["callers"])
    return Problem(**{**told, "frame": frame, "callers": callers})


def _values(data: object) -> Any:
    """The fields of a flat dataclass; of None, None."""
    return data and dict(vars(data))


_TYPES: dict[str, Any] = {
    **dict.fromkeys(("code", "field", "file", "function", "manifest", "message", "reason"), str),
    **dict.fromkeys(("column", "line"), int),
    "frame": (Frame, type(None)),
}


def _is_sound(of: object) -> bool:
    """Whether the fields of a part of a report are of their types."""
    return all(isinstance(value, _TYPES.get(name, object)) for name, value in vars(of).items())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _frame(filename: str, source: str, notice: Notice) -> Frame:
    return place(filename, source, notice.field, notice.value) or Frame(filename)


def _documents(filename: str, source: str) -> Any:
    from ..golang.yaml.reader import YamlError, read_all  # slow to import, and most are Jsonnet

    try:
        documents = read_all(source, plain=resolve_v2)
    except YamlError as error:
        raise EvaluationError(error.message, [Frame(filename, error.line)]) from None
    return documents[0] if len(documents) == 1 else documents


def _in_project(project: Project | None, settings: Settings) -> Settings:
    """The settings of a template: an environment's are those of its project."""
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
