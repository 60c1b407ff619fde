"""Writes the manifests of environments as files, as ``tk export`` does, all or none."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from ...engines.sources import decode, read_regular
from ...errors import ManifestWarning, PyimagestreamError, shown
from ...evaluation.settings import Settings, StrPath
from ...golang.json import dumps
from .. import folder
from ..discover import choose_environment, entrypoints, find_environments
from ..environment import Environment
from ..jobs import DEFAULT_FORMAT, Files, Wanted
from ..manifests.finish import finish
from ..project import ENTRYPOINT, SPEC
from ..runner import Runner, borrowed
from .filename import FileNameFormat

if TYPE_CHECKING:
    from ..manifests.select import Selector
    from ..report import Told

MANIFEST = "manifest.json"

_FOLDER_FIRST = "the directory to write to comes first, what to export behind it"
_ARE_ONE = "are one wherever capital letters or the form of accents do not count"

MergeStrategy = Literal["", "fail-on-conflicts", "replace-envs"]

_STRATEGIES = " or ".join(filter(None, get_args(MergeStrategy)))


class Exported(NamedTuple):
    """What an export did: the files of the environments, and how many of them were written anew.

    ``warnings`` are about what is in the files, each with the manifest's kind and name; what only
    reminds of how the server works is not among them.
    """

    environments: int
    files: Mapping[str, str]
    written: int
    deleted: int
    warnings: Sequence[Told] = ()


class _File(NamedTuple):
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
    kubectl: bool = False,
) -> Exported:
    """Evaluates and checks environments, then writes a file for each of their manifests.

    `recursive` exports all environments below the paths (with `name`: those of
    exactly this name), else there must be one path with one environment. `format`
    is a Go template for file names (see `FileNameFormat`). The directory must be
    empty, unless `merge_strategy` is ``fail-on-conflicts`` (files may be added) or
    ``replace-envs`` (what the same environments wrote before is replaced);
    `merge_deleted_envs` are entry points whose files are deleted. ``manifest.json``
    maps each file to its entry point. `as_image_streams` writes each import as the
    ImageStream that says the same (see `merge.as_image_streams`). `kubectl` adds what it asks for
    and the server does not (see `for_kubectl`).

    Nothing is written when anything fails: raises `PyimagestreamError` for
    environments that cannot be evaluated (`EnvironmentsError`, with all of them), for two
    manifests with one file name, for names outside the directory, for files in the way.
    """
    settings = settings or Settings.of()
    if merge_strategy not in get_args(MergeStrategy):
        raise PyimagestreamError(f"merge strategy {merge_strategy!r}: must be {_STRATEGIES}")
    if len(paths) != 1 and not recursive:
        what = "all but exactly one path can only be exported recursively (--recursive)"
        raise PyimagestreamError(what)
    # Both are the same for all environments, and wrong ones are told before any is evaluated.
    FileNameFormat.parse(format)
    finish([], {}, targets)
    target = os.path.realpath(output)
    if os.path.exists(target) and not os.path.isdir(target):
        raise PyimagestreamError(f"{os.fspath(output)}: this is a file: {_FOLDER_FIRST}")
    exported: Exported | None = None
    try:
        with borrowed(runner) as running, folder.locked(target):
            if not merge_strategy and not folder.is_empty(target):
                raise PyimagestreamError(f"{os.fspath(output)}: {_in_use(target)}")
            if recursive:
                environments = find_environments(paths, settings, running, selector)
                environments = [e for e in environments if name in ("", e.name)]
            else:
                environment = choose_environment(paths[0], settings, running, name)
                environments = [environment] if not selector or selector(environment.labels) else []
            wanted = Wanted(tuple(targets), as_image_streams)
            jobs = [
                Files(environment, settings, wanted, format, extension, kubectl)
                for environment in environments
            ]
            written = list(zip(environments, running.run(jobs), strict=True))
            files = [
                _File(file_name, what, text, environment)
                for environment, entries in written
                for file_name, what, text, *_ in entries
            ]
            told = list(_told(entry for _, entries in written for entry in entries))
            replaced = (
                {e.entrypoint_name for e in environments}
                if merge_strategy == "replace-envs"
                else set()
            )
            exported = _write(
                target, files, len(environments), {*replaced, *merge_deleted_envs}, skip_manifest
            )
            exported = exported._replace(warnings=told)
    except KeyboardInterrupt:
        if exported is None:
            raise
        # All is done but for tidying up: to say that nothing was written would be wrong.
    return exported


def _in_use(target: str) -> str:
    """Why nothing is written to a directory that is not empty."""
    if any(os.path.lexists(os.path.join(target, name)) for name in (ENTRYPOINT, SPEC)):
        return f"this is an environment: {_FOLDER_FIRST}"
    if any(entrypoints(target)):
        return f"environments are in this directory: {_FOLDER_FIRST}"
    return f"the directory is not empty: choose a merge strategy (--merge-strategy {_STRATEGIES})"


def _told(entries: Iterable[list[Any]]) -> Iterator[Told]:
    """The warnings that files come with."""
    for _, what, _, *warnings in entries:
        for code, field, message in warnings:
            yield what, ManifestWarning(code, field, None, message)


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
    stale = {_place(name) for name in recorded.keys() - kept.keys()}
    places = _places(files)
    _check_kept(places, kept)
    directories = {os.path.dirname(place) for place in places.keys() | stale}
    for directory in directories:
        folder.check_directory(target, directory)
    # Nothing need be looked for in directories that are still to be made.
    there = {name for name in directories if os.path.isdir(os.path.join(target, name))}
    new = {place for place in places if os.path.dirname(place) not in there}
    in_the_way = {place: file for place, file in places.items() if place not in new}
    _check_in_the_way(target, in_the_way, stale)
    texts = {place: file.text for place, file in places.items()}
    mapped = {file.name: file.environment.entrypoint_name for file in files}
    if not skip_manifest and (mapped or kept != recorded):
        texts[MANIFEST] = dumps({**kept, **mapped}, indent=4)
    gone = stale - texts.keys()
    # A file system may take both names of a renamed file for one: it has to be written anew.
    renamed = {folder.folded(place) for place in gone}
    write = {
        place: text
        for place, text in texts.items()
        if place in new
        or (renamed and folder.folded(place) in renamed)
        or not _holds(os.path.join(target, place), text)
    }
    delete = {place for place in gone if os.path.lexists(os.path.join(target, place))}
    if write or delete:
        folder.change(target, write, delete)
    return Exported(environments, mapped, len(write.keys() & places.keys()), len(delete))


def _places(files: Iterable[_File]) -> dict[str, _File]:
    """Where each file goes. Raises `PyimagestreamError` if that cannot be."""
    places: dict[str, _File] = {}
    spelled: dict[str, str] = {}
    for file in files:
        place = _place(file.name, file)
        other = spelled.setdefault(folder.folded(place), place)
        if place in places:
            raise PyimagestreamError(
                f"{file.name}: {places[place]} and {file} have the same file name"
                f"{_telling_apart(places[place], file)}"
            )
        if other != place:
            raise PyimagestreamError(
                f"{other} and {file.name}: {places[other]} and {file} have file names that"
                f" {_ARE_ONE}"
            )
        if folder.folded(place) == MANIFEST:
            raise PyimagestreamError(f"{file.name}: {file}: the list of all files has this name")
        places[place] = file
    directories: dict[str, _File] = {}
    for folded, place in spelled.items():
        while (folded := os.path.dirname(folded)) and folded not in directories:
            directories[folded] = places[place]
    for folded in spelled.keys() & directories.keys():
        place = spelled[folded]
        raise PyimagestreamError(
            f"{place}: {places[place]} needs a file where {directories[folded]} needs a directory"
        )
    return places


def _telling_apart(one: _File, other: _File) -> str:
    """A hint at a format by which the names are not the same, if there is one."""
    if one.environment != other.environment:
        folder = "{{env.metadata.name}}"
    elif one.what != other.what:
        folder = "{{.metadata.namespace}}"
    else:
        return ""
    return f" (--format '{folder}/{{{{.kind}}}}-{{{{.metadata.name}}}}' tells them apart)"


def _check_kept(places: Mapping[str, _File], kept: Mapping[str, str]) -> None:
    """Raises `PyimagestreamError` for a file that some file systems take for another one's."""
    spelled = {folder.folded(os.path.normpath(name)): name for name in kept}
    for place, file in places.items() if kept else ():
        other = spelled.get(folder.folded(place), place)
        if os.path.normpath(other) != place:
            raise PyimagestreamError(
                f"{other} and {file.name}: a file of {kept[other]} and {file} have file names"
                f" that {_ARE_ONE}"
            )


def _check_in_the_way(target: str, places: Mapping[str, _File], stale: Set[str]) -> None:
    """Raises `PyimagestreamError` for a file that is there and not one of the stale ones."""
    respelled = {folder.folded(place): place for place in stale - places.keys()}
    for place, file in places.items():
        path = os.path.join(target, place)
        if place in stale or not os.path.lexists(path):
            continue
        before = respelled.get(folder.folded(place))
        if not before or not _same(os.path.join(target, before), path):
            raise PyimagestreamError(f"{file.name}: {file}: this file exists already")


def _same(path: str, other: str) -> bool:
    """Whether two names are those of one file, which is there."""
    try:
        return os.path.samestat(os.lstat(path), os.lstat(other))
    except OSError:
        return False


def _place(name: str, file: _File | None = None) -> str:
    """A file name as a path below the directory. Raises `PyimagestreamError` if it is none."""
    try:
        return folder.place(name)
    except ValueError as error:
        who = f"{file}: " if file else ""
        raise PyimagestreamError(f"{who}the file name {name!r}: {error}") from None


def _recorded(target: str) -> dict[str, str]:
    path = os.path.join(target, MANIFEST)
    try:
        content = read_regular(path)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise PyimagestreamError(f"{shown(path)}: {error.strerror}") from None
    try:
        recorded = json.loads(content)
    except (ValueError, RecursionError):
        from ...golang.documents import json_value  # slow to import, and seldom needed

        recorded = json_value(path, decode(path, content))  # which tells the place
    if (
        not isinstance(recorded, dict)
        or not all(isinstance(entry, str) for entry in recorded.values())
        or MANIFEST in recorded
    ):
        raise PyimagestreamError(f"{shown(path)}: must map files to environments")
    return recorded


def _holds(path: str, text: str) -> bool:
    try:
        return read_regular(path) == text.encode()
    except (OSError, ValueError):
        return False
