"""Finds the environments of a project, and the one a command means."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..checks.spelling import meant, path_hint
from ..errors import AmbiguousEnvironmentError, EnvironmentsError, PyimagestreamError
from ..evaluation.settings import Settings, StrPath
from .environment import Environment, inline_environment, static_environment
from .jobs import Listing
from .project import ENTRYPOINT, SPEC, Project, find_project, no_such
from .runner import Runner
from .walk import walk

if TYPE_CHECKING:
    from .manifests.select import Selector


def find_environments(
    paths: Sequence[StrPath],
    settings: Settings,
    runner: Runner,
    selector: Selector | None = None,
) -> list[Environment]:
    """The environments in and below directories: of each ``main.jsonnet``, in sorted order.

    As Tanka does, this follows no link to a directory, not even when one is given.
    Raises `EnvironmentsError` with the errors of all entry points that cannot be read.
    """
    found_at = dict.fromkeys(entry for path in paths for entry in _unlinked(path))
    projects = [find_project(entrypoint) for entrypoint in found_at]
    found = _in_projects(projects, settings, runner)
    return [environment for environment in found if not selector or selector(environment.labels)]


def choose_environment(
    path: StrPath, settings: Settings, runner: Runner, name: str = ""
) -> Environment:
    """The environment at a path; of several inline ones, the one a name means.

    An exact name wins, else a part of the name that only one environment has. A
    path that does not exist is taken for the name of an environment here, which a
    static one must have (Tanka takes it whatever its name). Raises
    `AmbiguousEnvironmentError`, or `PyimagestreamError` when there is none.
    """
    shown = os.fspath(path)
    is_name = not os.path.exists(path)
    if is_name:
        try:
            project, name, shown = find_project("."), shown, "."
        except PyimagestreamError:
            raise _no_environment(shown) from None
    else:
        project = find_project(path)
    environments = _in_projects([project], settings, runner)
    if project.static:
        if is_name and name != environments[0].name:
            raise _no_environment(name)
        return environments[0]
    matching = [environment for environment in environments if name in environment.name]
    exact = [environment for environment in matching if name == environment.name]
    if len(exact or matching) > 1:
        names = sorted(environment.name for environment in exact or matching)
        raise AmbiguousEnvironmentError(shown, name, names)
    if not environments:
        raise PyimagestreamError(
            f"{shown}: there is no environment: neither a {SPEC} nor an object of kind Environment"
        )
    if not matching:
        there = ", ".join(sorted(environment.name for environment in environments))
        raise PyimagestreamError(
            f"{shown}: there is no environment whose name contains {name!r} (there are: {there})"
        )
    return (exact or matching)[0]


def _no_environment(name: str) -> PyimagestreamError:
    """The error about what is neither a path nor a name, with the directory that may be meant."""
    error = no_such(name, "environment")
    if path_hint(name):
        return error
    directories = [os.path.dirname(path) for path in entrypoints(os.curdir)]
    named = {os.path.basename(path): os.path.relpath(path) for path in directories}
    near = named.get(name) or named.get(meant(name, named))
    return PyimagestreamError(f"{error} (did you mean {near}?)") if near else error


def _in_projects(
    projects: Sequence[Project], settings: Settings, runner: Runner
) -> list[Environment]:
    inline = [project for project in projects if not project.static]
    values = runner.run([Listing(project, settings) for project in inline])
    listed = dict(zip(inline, values, strict=True))
    environments: list[Environment] = []
    errors: list[tuple[str, PyimagestreamError]] = []
    for project in projects:
        try:
            if project in listed:
                environments += [inline_environment(project, value) for value in listed[project]]
            else:
                environments.append(static_environment(project))
        except PyimagestreamError as error:
            name = project.name if project.static else project.entrypoint_name
            errors.append((name, error))
    if errors:
        raise EnvironmentsError(errors)
    return environments


def _unlinked(path: StrPath) -> Iterator[str]:
    top = os.path.abspath(path)
    return iter(()) if os.path.islink(top) and os.path.isdir(top) else entrypoints(path)


def entrypoints(path: StrPath) -> Iterator[str]:
    top = os.path.abspath(path)
    if not os.path.exists(top):
        raise no_such(path)
    if not os.path.isdir(top):
        if os.path.basename(top) == ENTRYPOINT:
            yield top
        return
    for directory, directories, files in walk(top):
        directories.sort()
        if ENTRYPOINT in files:
            yield os.path.join(directory, ENTRYPOINT)
