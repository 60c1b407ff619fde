"""What there is to judge at and below some paths, in the order of their names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..engines.sources import unreadable
from ..errors import EvaluationError
from ..evaluation.settings import StrPath
from .project import ENTRYPOINT, Project, project_of

STANDARD_INPUT = "-"
TEMPLATE = ".jsonnet"
DOCUMENTS = (".yaml", ".yml", ".json")
LINES_OF_JSON = (".jsonl", ".ndjson")
"""Endings of files with many values: below a directory these are data of something else."""

VENDOR = "vendor"
CHART = "Chart.yaml"
CHART_TEMPLATES = "templates"


@dataclass(frozen=True)
class File:
    """A file to judge.

    With ``project`` it is the entry point of an environment. One that ``is_loose`` is a
    template only if no environment imports it. One that ``is_of_chart`` is the directory of the
    templates of a Helm chart, which are no manifests yet. One with an ``error`` is a directory
    that cannot be read.
    """

    name: str
    project: Project | None = None
    is_loose: bool = False
    is_of_chart: bool = False
    error: EvaluationError | None = None


def files(paths: Sequence[StrPath]) -> list[File]:
    """The files at and below paths, each once: templates, environments, YAML and JSON.

    A file that is named is taken whatever it is. Below a directory are taken those whose
    names end in ``.jsonnet``, ``.yaml``, ``.yml`` and ``.json``, but not what is in directories
    with a leading dot or called ``vendor``, nor what lies in or below the directory of an
    environment, apart from other entry points: that belongs to it. ``-`` is standard input.
    """
    found: dict[str, File] = {}
    for path in paths:
        name = os.fspath(path)
        if name == STANDARD_INPUT:
            found.setdefault(name, File(name))
            continue
        for file in _below(name) if os.path.isdir(name) else [_named(name)]:
            found.setdefault(os.path.abspath(file.name), file)
    return list(found.values())


def is_document(name: str) -> bool:
    """Whether a file that is named has finished manifests, by its name."""
    return name == STANDARD_INPUT or name.lower().endswith((*DOCUMENTS, *LINES_OF_JSON))


def _named(name: str) -> File:
    return File(name, None if is_document(name) else project_of(name))


def _below(top: str) -> Iterator[File]:
    owned: set[str] = set()
    closed: list[OSError] = []
    for directory, directories, names in os.walk(top, onerror=closed.append):
        yield from _unreadable(closed)
        directories[:] = sorted(
            name for name in directories if not name.startswith(".") and name != VENDOR
        )
        if CHART in names and CHART_TEMPLATES in directories:
            directories.remove(CHART_TEMPLATES)
            yield File(os.path.normpath(os.path.join(directory, CHART_TEMPLATES)), is_of_chart=True)
        project = project_of(os.path.join(directory, ENTRYPOINT)) if ENTRYPOINT in names else None
        is_owned = directory in owned or project is not None
        # An environment at the root of its project is not all there is to the project.
        if is_owned and not (project and project.base == project.root):
            owned.update(os.path.join(directory, name) for name in directories)
        for name in sorted(names):
            path = os.path.normpath(os.path.join(directory, name))
            if name == ENTRYPOINT:
                yield File(path, project)
            elif name.endswith(TEMPLATE):
                if not is_owned:
                    own = project_of(path)
                    yield File(path, own, is_loose=not own)
            elif name.lower().endswith(DOCUMENTS):
                yield File(path)
    yield from _unreadable(closed)


def _unreadable(closed: list[OSError]) -> Iterator[File]:
    """The directories that were closed so far: they must not pass for empty ones."""
    while closed:
        refusal = closed.pop(0)
        name = os.path.normpath(refusal.filename)
        yield File(name, error=unreadable(name, refusal))
