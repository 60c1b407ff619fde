"""Imports as ImageStreams, one for all that write to a stream, with what its own manifest says.

An import cannot say all that an ImageStream can: `lookupPolicy`, annotations of tags, aliases.
So where there is an ImageStream of that name, too, it is the one that is written, with the tags
of the imports added.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...checks.verdict import validate
from ...errors import Problem, ValidationError
from ...evaluation.output import what
from ...model.group import definition
from ...model.imagestreamimport import IMAGE_STREAM_IMPORT
from .finish import finish
from .imagestream import kept, to_image_stream, together

_SAID_TWICE = (
    ("from", "kind"),
    ("from", "name"),
    ("importPolicy", "importMode"),
    ("importPolicy", "insecure"),
    ("importPolicy", "scheduled"),
    ("referencePolicy", "type"),
)


def as_image_streams(manifests: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The manifests with ImageStreams in place of the imports, as the server keeps them.

    Of two imports for a tag the later wins. An ImageStream of the same name and namespace
    gets the tags of the imports; both may say something of one tag, but not contradict each
    other. All other manifests are as they were. Raises `ValidationError`, with all problems.
    """
    others: list[dict[str, Any]] = []
    own: list[dict[str, Any]] = []
    imports: dict[tuple[str, str], list[dict[str, Any]]] = {}
    problems: list[Problem] = []
    for manifest in manifests:
        try:
            if IMAGE_STREAM_IMPORT.is_kind_of(manifest):
                stream = to_image_stream(manifest)
                imports.setdefault(_key(stream), []).append(stream)
            elif definition("ImageStream").is_kind_of(manifest):
                if found := validate(manifest):
                    raise ValidationError(found)
                own.append(manifest)
            else:
                others.append(manifest)
        except ValidationError as error:
            problems += [problem._replace(name=what(manifest)) for problem in error.problems]
    imported = {key: together(streams) for key, streams in imports.items()}
    streams = []
    for stream in own:
        if addition := imported.pop(_key(stream), None):
            problems += [
                each._replace(name=what(stream)) for each in _contradictions(stream, addition)
            ]
            stream = _merged(stream, addition)
        streams.append(stream)
    if problems:
        raise ValidationError(problems)
    return finish([*others, *map(kept, [*streams, *imported.values()])], {})


def _key(stream: Mapping[str, Any]) -> tuple[str, str]:
    metadata = stream["metadata"]
    return metadata.get("namespace") or "", metadata.get("name") or ""


def _tags(stream: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The tags by their names; of two of one name the last counts."""
    tags = (stream.get("spec") or {}).get("tags") or ()
    return {(tag or {}).get("name") or "": tag or {} for tag in tags}


def _merged(own: Mapping[str, Any], imported: Mapping[str, Any]) -> dict[str, Any]:
    """What the manifest of the stream says, with what the imports add to it."""
    metadata = dict(own["metadata"])
    for key in ("labels", "annotations"):
        metadata[key] = {**imported["metadata"].get(key, {}), **(metadata.get(key) or {})}
    tags = _tags(own)
    for name, tag in _tags(imported).items():
        tags[name] = _merged_tag(tags.get(name, {}), tag)
    spec = {**(own.get("spec") or {}), "tags": list(tags.values())}
    return {**own, "metadata": metadata, "spec": spec}


def _merged_tag(own: Mapping[str, Any], imported: Mapping[str, Any]) -> dict[str, Any]:
    merged = {**own, **imported}
    for key in ("from", "importPolicy", "referencePolicy"):
        wanted = {name: item for name, item in imported.get(key, {}).items() if item is not None}
        merged[key] = {**(own.get(key) or {}), **wanted}
    return merged


def _contradictions(own: Mapping[str, Any], imported: Mapping[str, Any]) -> Iterator[Problem]:
    """Where the manifest of a stream wants another thing of a tag than the import into it."""
    tags = _tags(own)
    for name, tag in _tags(imported).items():
        mine = tags.get(name)
        if mine is None:
            continue
        pairs = [
            (f"{parent}.{key}", _at(mine, parent, key), _at(tag, parent, key))
            for parent, key in _SAID_TWICE
        ]
        if mine.get("reference"):
            pairs.append(("reference", True, False))
        for field, said, wanted in pairs:
            if said not in (None, "", wanted) and wanted not in (None, ""):
                message = (
                    f"must be {json.dumps(wanted)}, as the ImageStreamImport of this name says,"
                    f" not {json.dumps(said)}"
                )
                yield Problem(f"spec.tags[{name}].{field}", said, message, "FieldValueInvalid")


def _at(tag: Mapping[str, Any], parent: str, key: str) -> Any:
    return (tag.get(parent) or {}).get(key)
