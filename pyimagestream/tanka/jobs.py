"""The pieces of work that are cached, and that worker processes do.

A job is plain data: it travels to a worker process, or to another machine that
sees the same files, and its `identity` says when two runs of it must agree.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ..errors import PyimagestreamError, ValidationError
from ..evaluation.evaluate import run_snippet
from ..evaluation.ladder import Outcome
from ..evaluation.settings import Settings
from ..model.imagestreamimport import IMAGE_STREAM_IMPORT
from .entrypoint import CHOOSE, LIST, NO_ENVIRONMENT, evaluate_entrypoint, evaluate_inline
from .environment import Environment
from .export.filename import DEFAULT_FORMAT, FileNameFormat
from .manifests.finish import process
from .project import Project


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

    def fits(self, value: Any) -> bool:
        """Whether a JSON value from elsewhere has the shape of those it comes to."""

    def run(self, settings: Settings) -> Outcome:
        """Its outcome, with `settings` in place of its own. Raises `PyimagestreamError`."""


def run(job: Job, settings: Settings) -> Outcome:
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

    def fits(self, value: Any) -> bool:
        return True

    def run(self, settings: Settings) -> Outcome:

        return run_snippet(self.source, self.filename, settings)


@dataclass(frozen=True)
class FileManifests(Code):
    """The manifests of code in no environment, as `process` orders them."""

    targets: tuple[str, ...] = ()

    def identity(self) -> Any:
        return ["file manifests", super().identity(), self.targets]

    def run(self, settings: Settings) -> Outcome:
        from .manifests.extract import extract

        outcome = super().run(settings)
        return replace(outcome, value=process(extract(outcome.value), {}, self.targets))


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

    def fits(self, value: Any) -> bool:
        return True

    def run(self, settings: Settings) -> Outcome:
        return evaluate_entrypoint(self.project, settings, NO_ENVIRONMENT)


class Listing(Template):
    """Finds the inline environments of an entry point: Environment objects without ``data``."""

    def identity(self) -> Any:
        return ["listing", super().identity()]

    def fits(self, value: Any) -> bool:
        return isinstance(value, list) and all(map(_is_object, value))

    def run(self, settings: Settings) -> Outcome:
        return evaluate_inline(self.project, settings, LIST)


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

    def fits(self, value: Any) -> bool:
        return True

    def run(self, settings: Settings) -> Outcome:
        if self.project.static:
            code = json.dumps(self.environment.value)
            return evaluate_entrypoint(self.project, settings, code)
        name = self.environment.name
        outcome = evaluate_inline(self.project, settings, CHOOSE % json.dumps(name))
        if len(outcome.value) != 1:
            raise PyimagestreamError(f"{len(outcome.value)} environments have the name {name!r}")
        return replace(outcome, value=outcome.value[0].get("data"))


@dataclass(frozen=True)
class Manifests(Data):
    """The manifests of an environment, as it wants them: see `process`."""

    targets: tuple[str, ...] = ()

    def identity(self) -> Any:
        return ["manifests", super().identity(), self.targets]

    def fits(self, value: Any) -> bool:
        return isinstance(value, list) and all(map(_is_manifest, value))

    def run(self, settings: Settings) -> Outcome:
        from .manifests.extract import extract

        outcome = super().run(settings)
        found = [] if outcome.value is None else extract(outcome.value)
        return replace(outcome, value=process(found, self.environment.value, self.targets))


@dataclass(frozen=True)
class Files(Manifests):
    """What an export writes for an environment: a list of file names, what they hold, and texts."""

    format: str = DEFAULT_FORMAT
    extension: str = "yaml"
    as_image_streams: bool = False
    kubectl: bool = False

    def identity(self) -> Any:
        own = [self.format, self.extension, self.as_image_streams, self.kubectl]
        return ["files", super().identity(), *own]

    def fits(self, value: Any) -> bool:
        return isinstance(value, list) and all(map(_is_file, value))

    def run(self, settings: Settings) -> Outcome:
        from ..golang.yaml.printer import dump

        outcome = super().run(settings)
        names = FileNameFormat.parse(self.format)
        manifests = _image_streams(outcome.value) if self.as_image_streams else outcome.value
        if self.kubectl:
            from .manifests.kubectl import for_kubectl

            manifests = [for_kubectl(manifest) for manifest in manifests]
        files = [
            [
                f"{names.render(manifest, self.environment.value)}.{self.extension}",
                _what(manifest),
                dump(manifest),
            ]
            for manifest in manifests
        ]
        return replace(outcome, value=files)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_manifest(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and all(isinstance(value.get(field), str) for field in ("apiVersion", "kind"))
        and isinstance(value.get("metadata"), dict)
    )


def _is_file(value: Any) -> bool:
    """Whether this is a file name, what it holds, and a text, all of which can be written."""
    if not isinstance(value, list) or len(value) != 3:
        return False
    try:
        return bool("".join(value).encode())
    except (TypeError, ValueError):
        return False


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
