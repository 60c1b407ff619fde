"""The pieces of work that are cached, and that worker processes do.

A job is plain data: it travels to a worker process, or to another machine that
sees the same files, and its `identity` says when two runs of it must agree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from ..checks.codes import ONCE
from ..errors import PyimagestreamError
from ..evaluation.evaluate import run_snippet
from ..evaluation.ladder import Outcome
from ..evaluation.output import is_ours, what
from ..evaluation.settings import Settings
from .entrypoint import CHOOSE, LIST, NO_ENVIRONMENT, evaluate_entrypoint, evaluate_inline
from .environment import Environment
from .manifests.finish import finish
from .project import Project

DEFAULT_FORMAT = "{{.apiVersion}}.{{.kind}}-{{or .metadata.name .metadata.generateName}}"
"""Tanka's own file names of an export."""


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


_Manifest = dict[str, Any]


class Wanted(NamedTuple):
    """Which manifests are wanted, and whether of each import the stream that says the same."""

    targets: tuple[str, ...] = ()
    as_image_streams: bool = False

    def of(self, found: Sequence[_Manifest], environment: Mapping[str, Any]) -> list[_Manifest]:
        """Those of the manifests that were found, as an environment wants them: see `finish`."""
        manifests = finish(found, environment, self.targets)
        if not self.as_image_streams:
            return manifests
        from .manifests import merge  # slow to import, and seldom needed

        return merge.as_image_streams(manifests)


ALL = Wanted()


def manifests_of(
    data: Any, environment: Mapping[str, Any], wanted: Wanted = ALL
) -> list[_Manifest]:
    """The manifests in what an environment holds, as it wants them. Raises `PyimagestreamError`."""
    from .manifests.extract import extract

    return wanted.of([] if data is None else extract(data), environment)


class Code:
    """Evaluates code as it is, whatever it comes from."""

    def __init__(self, filename: str, source: str, settings: Settings) -> None:
        self.filename = filename
        self.source = source
        self.settings = settings

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


class FileManifests(Code):
    """The manifests of code in no environment, as `finish` orders them."""

    def __init__(
        self,
        filename: str,
        source: str,
        settings: Settings,
        wanted: Wanted = ALL,
    ) -> None:
        super().__init__(filename, source, settings)
        self.wanted = wanted

    def identity(self) -> Any:
        return ["file manifests", super().identity(), *self.wanted]

    def run(self, settings: Settings) -> Outcome:
        from .manifests.extract import extract

        outcome = super().run(settings)
        return outcome._replace(value=self.wanted.of(extract(outcome.value), {}))


class Template(NamedTuple):
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


class Data:
    """Evaluates all of an environment; the value is what its template holds."""

    def __init__(self, environment: Environment, settings: Settings) -> None:
        self.environment = environment
        self.settings = settings

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
        project = self.project
        place = [project.static, project.entrypoint, project.jpath]
        return ["data", *place, self.environment.value]

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
        return outcome._replace(value=outcome.value[0].get("data"))


class Manifests(Data):
    """The manifests of an environment, as it wants them: see `finish`."""

    def __init__(
        self,
        environment: Environment,
        settings: Settings,
        wanted: Wanted = ALL,
    ) -> None:
        super().__init__(environment, settings)
        self.wanted = wanted

    def identity(self) -> Any:
        return ["manifests", super().identity(), *self.wanted]

    def fits(self, value: Any) -> bool:
        return isinstance(value, list) and all(map(_is_manifest, value))

    def run(self, settings: Settings) -> Outcome:
        outcome = super().run(settings)
        found = manifests_of(outcome.value, self.environment.value, self.wanted)
        return outcome._replace(value=found)


class Files(Manifests):
    """What an export writes for an environment, a list for each file.

    It has the file's name, what it holds, its text, and a list for each warning about that: code,
    field and message.
    """

    def __init__(
        self,
        environment: Environment,
        settings: Settings,
        wanted: Wanted = ALL,
        format: str = DEFAULT_FORMAT,
        extension: str = "yaml",
        kubectl: bool = False,
    ) -> None:
        super().__init__(environment, settings, wanted)
        self.format = format
        self.extension = extension
        self.kubectl = kubectl

    def identity(self) -> Any:
        own = [self.format, self.extension, self.kubectl]
        return ["files", super().identity(), *own]

    def fits(self, value: Any) -> bool:
        return isinstance(value, list) and all(map(_is_file, value))

    def run(self, settings: Settings) -> Outcome:
        from ..golang.yaml.printer import dump
        from .export.filename import FileNameFormat

        outcome = super().run(settings)
        names = FileNameFormat.parse(self.format)
        manifests = outcome.value
        if self.kubectl:
            from .manifests.kubectl import for_kubectl

            manifests = [for_kubectl(manifest) for manifest in manifests]
        files = [
            [
                f"{names.render(manifest, self.environment.value)}.{self.extension}",
                what(manifest),
                dump(manifest),
                *(_told(manifest) if settings.check and is_ours(manifest) else ()),
            ]
            for manifest in manifests
        ]
        return outcome._replace(value=files)


def _told(manifest: dict[str, Any]) -> Iterator[list[str]]:
    """The warnings about a manifest of our group, but for reminders."""
    from ..checks.warnings import warnings  # slow to import, and many manifests are of others

    for warning in warnings(manifest, without=ONCE):
        yield [warning.code, warning.field, warning.message]


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_manifest(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and all(isinstance(value.get(field), str) for field in ("apiVersion", "kind"))
        and isinstance(value.get("metadata"), dict)
    )


def _is_file(value: Any) -> bool:
    """Whether this is a file as `Files` tells it, whose texts can be written."""
    if not isinstance(value, list) or len(value) < 3:
        return False
    try:
        are_told = all(len(warning) == 3 and "".join(warning) for warning in value[3:])
        return are_told and bool("".join(value[:3]).encode())
    except (TypeError, ValueError):
        return False
