"""The manifests of one environment, or of a file that is in none."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from ..errors import PyimagestreamError
from ..evaluation.evaluate import read_source
from ..evaluation.settings import Settings, StrPath
from .discover import choose_environment
from .entrypoint import in_no_environment
from .environment import BOTH, NESTED, Environment, has_both
from .jobs import Data, FileManifests, Job, Manifests, Template, Wanted
from .project import find_project
from .runner import Runner, borrowed


def load(
    path: StrPath,
    settings: Settings | None = None,
    *,
    runner: Runner | None = None,
    name: str = "",
    targets: Sequence[str] = (),
    as_image_streams: bool = False,
) -> tuple[Environment, list[dict[str, Any]]]:
    """The environment at a path, and its manifests as they are applied.

    `name` chooses among inline environments, `targets` among the manifests (see
    `choose_environment` and `finish`). With `as_image_streams` imports come as the
    ImageStreams that say the same. Raises `PyimagestreamError`.
    """
    settings = settings or Settings.of()
    with borrowed(runner) as running:
        environment = choose_environment(path, settings, running, name)
        job = Manifests(environment, settings, Wanted(tuple(targets), as_image_streams))
        [manifests] = running.run([job])
    if has_both(manifests):
        why = BOTH if environment.project.static else NESTED
        raise PyimagestreamError(f"{environment.title}: {why}")
    return environment, manifests


def load_file(
    path: StrPath,
    settings: Settings | None = None,
    *,
    runner: Runner | None = None,
    targets: Sequence[str] = (),
    as_image_streams: bool = False,
) -> list[dict[str, Any]]:
    """The manifests of a template that is in no environment, in the order of an environment's.

    They are found as those of environments are, and nothing is added to them. In a project it
    imports from ``lib/`` and ``vendor/`` too. Raises `PyimagestreamError`.
    """
    settings = in_no_environment(path, settings or Settings.of())
    source = read_source(path)
    wanted = Wanted(tuple(targets), as_image_streams)
    job = FileManifests(os.fspath(path), source, settings, wanted)
    with borrowed(runner) as running:
        manifests: list[dict[str, Any]] = running.one(job).value
    return manifests


def evaluate_environment(
    path: StrPath,
    settings: Settings | None = None,
    *,
    runner: Runner | None = None,
    name: str = "",
) -> Any:
    """What the template of an environment evaluates to, before anything is looked for in it.

    Without a `name`, inline environments come all, as the Environment objects they
    are. Raises `PyimagestreamError`.
    """
    settings = settings or Settings.of()
    with borrowed(runner) as running:
        job: Job
        if os.path.exists(path) and not name and not find_project(path).static:
            job = Template(find_project(path), settings)
        else:
            job = Data(choose_environment(path, settings, running, name), settings)
        [value] = running.run([job])
    return value
