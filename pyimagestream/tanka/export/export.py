"""Writes the manifests of environments as files, as ``tk export`` does, all or none."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from ...errors import PyimagestreamError
from ...evaluation.settings import Settings, StrPath
from ...golang.json import dumps
from ..discover import choose_environment, find_environments
from ..environment import Environment
from ..jobs import Files
from ..manifests.finish import process
from ..manifests.select import Selector
from ..runner import Runner, borrowed
from . import _folder as folder
from .filename import DEFAULT_FORMAT, FileNameFormat

MANIFEST = "manifest.json"

MergeStrategy = Literal["", "fail-on-conflicts", "replace-envs"]


@dataclass(frozen=True)
class Exported:
    """What an export did: the files of the environments, and how many of them were written anew."""

    environments: int
    files: Mapping[str, str]
    written: int
    deleted: int


@dataclass(frozen=True)
class _File:
    name: str
    what: str
    text: str
    environment: Environment

    def __str__(self) -> str:
        return f"{self.what} of {self.environment.title}"


def export(
    output: StrPath,
    paths: Sequence[StrPath],
    settings: Settings | None = None,
    *,
    runner: Runner | None = None,
    recursive: bool = False,
    name: str = "",
    targets: Sequence[str] = (),
    selector: Selector | None = None,
    format: str = DEFAULT_FORMAT,
    extension: str = "yaml",
    merge_strategy: MergeStrategy = "",
    merge_deleted_envs: Collection[str] = (),
    skip_manifest: bool = False,
    as_image_streams: bool = False,
) -> Exported:
    """Evaluates and checks environments, then writes a file for each of their manifests.

    `recursive` exports all environments below the paths (with `name`: those of
    exactly this name), else there must be one path with one environment. `format`
    is a Go template for file names (see `FileNameFormat`). The folder must be
    empty, unless `merge_strategy` is ``fail-on-conflicts`` (files may be added) or
    ``replace-envs`` (what the same environments wrote before is replaced);
    `merge_deleted_envs` are entry points whose files are deleted. ``manifest.json``
    maps each file to its entry point. `as_image_streams` writes each import as the
    ImageStream that says the same (see `to_image_stream`).

    Nothing is written when anything fails: raises `PyimagestreamError` for
    environments that cannot be evaluated (`EnvironmentsError`, with all of them), for two
    manifests with one file name, for names outside the folder, for files in the way.
    """
    settings = settings or Settings.of()
    if merge_strategy not in get_args(MergeStrategy):
        known = " or ".join(filter(None, get_args(MergeStrategy)))
        raise PyimagestreamError(f"merge strategy {merge_strategy!r}: must be {known}")
    if len(paths) != 1 and not recursive:
        raise PyimagestreamError("all but exactly one path can only be exported recursively")
    # Both are the same for all environments, and wrong ones are told before any is evaluated.
    FileNameFormat.parse(format)
    process([], {}, targets)
    target = os.path.realpath(output)
    with borrowed(runner) as running, folder.locked(target):
        if not merge_strategy and not folder.is_empty(target):
            raise PyimagestreamError(
                f"{os.fspath(output)}: the folder is not empty: choose a merge strategy"
            )
        if recursive:
            environments = find_environments(paths, settings, running, selector)
            environments = [e for e in environments if name in ("", e.name)]
        else:
            environment = choose_environment(paths[0], settings, running, name)
            environments = [environment] if not selector or selector(environment.labels) else []
        jobs = [
            Files(environment, settings, tuple(targets), format, extension, as_image_streams)
            for environment in environments
        ]
        files = [
            _File(file_name, what, text, environment)
            for environment, entries in zip(environments, running.run(jobs), strict=True)
            for file_name, what, text in entries
        ]
        replaced = (
            {e.entrypoint_name for e in environments} if merge_strategy == "replace-envs" else set()
        )
        return _write(
            target, files, len(environments), {*replaced, *merge_deleted_envs}, skip_manifest
        )


def _write(
    target: str,
    files: Sequence[_File],
    environments: int,
    replaced: Collection[str],
    skip_manifest: bool,
) -> Exported:
    """`replaced` are the entry points whose earlier files go."""
    recorded = _recorded(target)
    kept = {name: entry for name, entry in recorded.items() if entry not in replaced}
    stale = {_place(target, name) for name in recorded.keys() - kept.keys()}
    places = _places(target, files)
    for place, file in places.items():
        if place not in stale and os.path.lexists(os.path.join(target, place)):
            raise PyimagestreamError(f"{file.name}: {file}: this file exists already")
    for place in stale:
        path = os.path.join(target, place)
        if os.path.isdir(path) and not os.path.islink(path):
            raise PyimagestreamError(f"{path}: this must be a file, but is a folder")
    for directory in {os.path.dirname(place) for place in places.keys() | stale}:
        _check_directory(target, directory)
    texts = {place: file.text for place, file in places.items()}
    mapped = {file.name: file.environment.entrypoint_name for file in files}
    if not skip_manifest and (mapped or kept != recorded):
        texts[MANIFEST] = dumps({**kept, **mapped}, indent=4)
    write = {
        place: text
        for place, text in texts.items()
        if not _holds(os.path.join(target, place), text)
    }
    gone = stale - texts.keys()
    delete = {place for place in gone if os.path.lexists(os.path.join(target, place))}
    if write or delete:
        folder.change(target, write, delete)
    return Exported(environments, mapped, len(write.keys() & places.keys()), len(delete))


def _places(target: str, files: Iterable[_File]) -> dict[str, _File]:
    """Where each file goes. Raises `PyimagestreamError` if that cannot be."""
    places: dict[str, _File] = {}
    for file in files:
        place = _place(target, file.name, f"{file}: ")
        if place in places:
            raise PyimagestreamError(
                f"{file.name}: {places[place]} and {file} have the same file name"
            )
        if place == MANIFEST:
            raise PyimagestreamError(f"{file.name}: {file}: the list of all files has this name")
        places[place] = file
    directories: dict[str, _File] = {}
    for place, file in places.items():
        while (place := os.path.dirname(place)) and place not in directories:
            directories[place] = file
    for place in places.keys() & directories.keys():
        raise PyimagestreamError(
            f"{place}: {places[place]} needs a file where {directories[place]} needs a folder"
        )
    return places


def _place(target: str, name: str, who: str = "") -> str:
    """A file name as a path below the folder. Raises `PyimagestreamError` if it is none."""
    try:
        os.fsencode(name)
    except UnicodeEncodeError as error:
        raise PyimagestreamError(f"{who}the file name {name!r}: {error}") from None
    place = os.path.normpath(name) if "\0" not in name else os.pardir
    if os.path.isabs(place) or place.split(os.sep)[0] in (os.pardir, os.curdir, folder.STAGE):
        raise PyimagestreamError(f"{who}the file name {name!r} is not inside {target}")
    return place


def _check_directory(target: str, directory: str) -> None:
    path = os.path.join(target, directory) if directory else target
    if os.path.realpath(path) != path:
        raise PyimagestreamError(f"{path}: a link leads from the output folder to another place")
    while not os.path.lexists(path):
        path = os.path.dirname(path)
    if not os.path.isdir(path):
        raise PyimagestreamError(f"{path}: this must be a folder, but is a file")


def _recorded(target: str) -> dict[str, str]:
    path = os.path.join(target, MANIFEST)
    try:
        with open(path, encoding="utf-8") as file:
            recorded = json.load(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise PyimagestreamError(f"{path}: {error}") from None
    if not isinstance(recorded, dict) or not all(isinstance(v, str) for v in recorded.values()):
        raise PyimagestreamError(f"{path}: must map files to environments")
    return recorded


def _holds(path: str, text: str) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read() == text.encode()
    except OSError:
        return False
