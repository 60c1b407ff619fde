"""The pieces of work that are cached, and that worker processes do.

A job is plain data: it travels to a worker process, or to another machine that
sees the same files, and its `identity` says when two runs of it must agree.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ..errors import EvaluationError, Frame, PyimagestreamError, ValidationError
from ..evaluation.evaluate import run_snippet
from ..evaluation.settings import Settings
from ..model.imagestreamimport import IMAGE_STREAM_IMPORT
from .environment import Environment
from .export.filename import DEFAULT_FORMAT, FileNameFormat
from .manifests.finish import process
from .project import Project

EXT_VAR = "tanka.dev/environment"
TK = "{ env: std.extVar('tanka.dev/environment') }"

NO_ENVIRONMENT = (
    "error \"std.extVar('tanka.dev/environment') and import 'tk' are there in environments with a"
    ' spec.json only: in an inline environment, use the Environment object itself"'
)

# Finds the Environment objects the way manifests are found; `data` is not evaluated in vain.
_FIND = """
local found(value) =
  if std.isObject(value) then
    if std.objectHas(value, 'apiVersion') && std.objectHas(value, 'kind')
    then (if value.kind == 'Environment' then [value] else [])
    else std.flattenArrays([found(value[key]) for key in std.objectFields(value)])
  else if std.isArray(value) then std.flattenArrays([found(item) for item in value])
  else [];
local main = import %(entrypoint)s;
local environments = found(if std.isFunction(main) then main(%(arguments)s) else main);
"""
_LIST = "[environment { data:: super.data } for environment in environments]"
_CHOOSE = "[environment for environment in environments if environment.metadata.name == %s]"

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True)
class Done:
    """What came of a job, as JSON values, and the files it depends on (see `Outcome`)."""

    value: Any
    found: Mapping[str, str]
    absent: frozenset[str]


class Job(Protocol):
    """One piece of work."""

    @property
    def settings(self) -> Settings: ...

    @property
    def entrypoint(self) -> str:
        """The file it evaluates."""

    @property
    def title(self) -> str:
        """What messages call it."""

    def identity(self) -> Any:
        """Everything besides files that its outcome depends on, as JSON values."""

    def run(self, settings: Settings) -> Done:
        """Does it, with `settings` in place of its own. Raises `PyimagestreamError`."""


def run(job: Job, settings: Settings) -> Done:
    """Does a job, here or in a worker process. Raises `PyimagestreamError`."""
    try:
        return job.run(settings)
    except RecursionError:
        raise PyimagestreamError("the value is nested too deep") from None


@dataclass(frozen=True)
class Code:
    """Evaluates code as it is, whatever it comes from."""

    filename: str
    source: str
    settings: Settings

    @property
    def entrypoint(self) -> str:
        return self.filename

    @property
    def title(self) -> str:
        return self.filename

    def identity(self) -> Any:
        return ["code", self.filename, self.source]

    def run(self, settings: Settings) -> Done:

        outcome = run_snippet(self.source, self.filename, settings)
        return Done(outcome.value, outcome.found, outcome.absent)


@dataclass(frozen=True)
class Template:
    """Evaluates an entry point with inline environments as it is, Environment objects and all."""

    project: Project
    settings: Settings

    @property
    def entrypoint(self) -> str:
        return self.project.entrypoint

    @property
    def title(self) -> str:
        return self.project.entrypoint_name

    def identity(self) -> Any:
        return ["template", self.project.entrypoint, self.project.jpath]

    def run(self, settings: Settings) -> Done:
        return _evaluate_entrypoint(self.project, settings, NO_ENVIRONMENT)


class Listing(Template):
    """Finds the inline environments of an entry point: Environment objects without ``data``."""

    def identity(self) -> Any:
        return ["listing", super().identity()]

    def run(self, settings: Settings) -> Done:
        return _evaluate_inline(self.project, settings, _LIST)


@dataclass(frozen=True)
class Data:
    """Evaluates all of an environment; the value is what its template holds."""

    environment: Environment
    settings: Settings

    @property
    def project(self) -> Project:
        return self.environment.project

    @property
    def entrypoint(self) -> str:
        return self.project.entrypoint

    @property
    def title(self) -> str:
        return self.environment.title

    def identity(self) -> Any:
        return ["data", self.project.entrypoint, self.project.jpath, self.environment.value]

    def run(self, settings: Settings) -> Done:
        if self.project.static:
            code = json.dumps(self.environment.value)
            return _evaluate_entrypoint(self.project, settings, code)
        name = self.environment.name
        done = _evaluate_inline(self.project, settings, _CHOOSE % json.dumps(name))
        if len(done.value) != 1:
            raise PyimagestreamError(f"{len(done.value)} environments have the name {name!r}")
        return replace(done, value=done.value[0].get("data"))


@dataclass(frozen=True)
class Manifests(Data):
    """The manifests of an environment, as it wants them: see `process`."""

    targets: tuple[str, ...] = ()

    def identity(self) -> Any:
        return ["manifests", super().identity(), self.targets]

    def run(self, settings: Settings) -> Done:
        from .manifests.extract import extract

        done = super().run(settings)
        found = [] if done.value is None else extract(done.value)
        return replace(done, value=process(found, self.environment.value, self.targets))


@dataclass(frozen=True)
class Files(Manifests):
    """What an export writes for an environment: a list of file names, what they hold, and texts."""

    format: str = DEFAULT_FORMAT
    extension: str = "yaml"
    as_image_streams: bool = False

    def identity(self) -> Any:
        return ["files", super().identity(), self.format, self.extension, self.as_image_streams]

    def run(self, settings: Settings) -> Done:
        from ..golang.yaml.printer import dump

        done = super().run(settings)
        names = FileNameFormat.parse(self.format)
        manifests = _image_streams(done.value) if self.as_image_streams else done.value
        files = [
            [
                f"{names.render(manifest, self.environment.value)}.{self.extension}",
                _what(manifest),
                dump(manifest),
            ]
            for manifest in manifests
        ]
        return replace(done, value=files)


def _image_streams(manifests: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The imports as ImageStreams, one for all that write to it; other manifests as they are."""
    from .manifests.imagestream import to_image_stream, together

    others, problems = [], []
    streams: dict[tuple[str, str], dict[str, Any]] = {}
    for manifest in manifests:
        if not IMAGE_STREAM_IMPORT.is_kind_of(manifest):
            others.append(manifest)
            continue
        try:
            stream = to_image_stream(manifest)
        except ValidationError as error:
            what = _what(manifest)
            problems += [replace(problem, manifest=what) for problem in error.problems]
            continue
        key = stream["metadata"].get("namespace", ""), stream["metadata"]["name"]
        streams[key] = together(streams[key], stream) if key in streams else stream
    if problems:
        raise ValidationError(problems)
    return [*others, *streams.values()]


def _what(manifest: Mapping[str, Any]) -> str:
    """``Kind/name``, with the namespace if there is one."""
    metadata = manifest["metadata"]
    name = f"{manifest['kind']}/{metadata.get('name') or metadata.get('generateName')}"
    return f"{name} in {metadata['namespace']}" if metadata.get("namespace") else name


def _evaluate_entrypoint(project: Project, settings: Settings, environment: str) -> Done:
    """Evaluates the file as it is; `environment` is the code of Tanka's ext var."""
    from ..engines.sources import decode, read_bytes

    try:
        content = read_bytes(project.entrypoint)
    except FileNotFoundError:
        raise EvaluationError("there is no such file", [Frame(project.entrypoint)]) from None
    evaluation = run_snippet(
        decode(project.entrypoint, content),
        project.entrypoint,
        in_project(project, settings, environment),
    )
    digest = hashlib.sha256(content).hexdigest()
    found = {**evaluation.found, project.entrypoint: digest}
    return Done(evaluation.value, found, evaluation.absent)


def _evaluate_inline(project: Project, settings: Settings, expression: str) -> Done:
    """Evaluates an expression about the Environment objects of an entry point."""

    names = sorted({*settings.variables.tla_vars, *settings.variables.tla_codes})
    for name in names:
        if not _IDENTIFIER.fullmatch(name):
            raise PyimagestreamError(f"top-level argument {name!r}: no parameter has such a name")
    code = _FIND % {
        "entrypoint": json.dumps(project.entrypoint),
        "arguments": ", ".join(f"{name}={name}" for name in names),
    }
    if names:
        code = f"function({', '.join(names)})\n{code}"
    filename = os.path.join(project.base, "<environments>")
    own = in_project(project, settings, NO_ENVIRONMENT)
    try:
        evaluation = run_snippet(code + expression, filename, own)
    except EvaluationError as error:
        frames = [frame for frame in error.frames if frame.file != filename]
        raise EvaluationError(error.message, frames) from None
    return Done(evaluation.value, evaluation.found, evaluation.absent)


def in_project(project: Project, settings: Settings, environment: str) -> Settings:
    """The caller's settings with what Tanka adds; `environment` is the code of its ext var."""
    from ..golang.natives import TANKA_NATIVES

    given = settings.variables
    variables = replace(
        given,
        ext_vars={name: text for name, text in given.ext_vars.items() if name != EXT_VAR},
        ext_codes={**given.ext_codes, EXT_VAR: environment},
    )
    return replace(
        settings,
        variables=variables,
        jpath=(*project.jpath, *settings.jpath),
        natives={**TANKA_NATIVES, **settings.natives},
        virtual={**settings.virtual, "tk": TK},
    )
