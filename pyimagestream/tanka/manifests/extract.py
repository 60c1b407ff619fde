"""Finding the Kubernetes manifests in what a template evaluated to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...errors import ManifestError
from ...golang.json import dumps

_SHOWN_LINES = 10


def extract(value: Any) -> list[dict[str, Any]]:
    """Every manifest in `value`, in the order of their sorted paths.

    An object with an `apiVersion` and a `kind` is a manifest; in any other
    object and in lists the search goes on, leaving out fields that are null.
    An object with a list of `items` gives these in its place, one level deep.
    Raises `ManifestError` for anything else, and for manifests without a
    proper name or with labels or annotations that are not strings.
    """
    manifests = []
    for path, manifest in _walk(value, (), value):
        if not _is_list(manifest):
            _check(path, manifest)
            manifests.append(manifest)
            continue
        for index, item in enumerate(manifest["items"]):
            place = (*path, "items", f"[{index}]")
            if not isinstance(item, dict) or _missing(item):
                raise _no_manifest(place, item, manifest)
            _check(place, item)
            manifests.append(item)
    return manifests


_Path = tuple[str, ...]


def _text(path: _Path) -> str:
    return "." + ".".join(path)


def _is_list(manifest: dict[str, Any]) -> bool:
    return isinstance(manifest.get("items"), list)


def has_manifests(value: Any) -> bool:
    """Whether there is a manifest anywhere in a value."""
    if isinstance(value, list):
        return any(map(has_manifests, value))
    if isinstance(value, dict):
        return not _missing(value) or any(map(has_manifests, value.values()))
    return False


def _walk(value: Any, path: _Path, around: Any) -> Iterator[tuple[_Path, dict[str, Any]]]:
    """Manifests and their paths below `value`; `around` is the object it stands in."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, (*path, f"[{index}]"), around)
    elif isinstance(value, dict):
        # Tanka hides this field of ksonnet libraries as well.
        fields = {key: field for key, field in value.items() if key != "__ksonnet"}
        if not _missing(fields):
            yield path, fields
            return
        for key in sorted(fields):
            if fields[key] is not None:
                yield from _walk(fields[key], (*path, key), fields)
    else:
        raise _no_manifest(path, value, around)


def _missing(fields: dict[str, Any]) -> str:
    """What keeps an object from being a manifest, if anything does."""
    for key in ("apiVersion", "kind"):
        value = fields.get(key)
        if value is None:
            return f"missing attribute {key!r}"
        if not isinstance(value, str) or not value:
            return f"attribute {key!r} must be a string that is not empty, but is {dumps(value)}"
    return ""


def _no_manifest(path: _Path, value: Any, around: Any) -> ManifestError:
    if isinstance(value, dict):
        problems = [_missing(value)]
    else:
        problems = [f"expected an object or a list, found {dumps(value)}"]
        if isinstance(around, dict) and (missing := _missing(around)):
            problems.append(f"the object around it is no manifest: {missing}")
    return ManifestError(_text(path), problems, _sample(around))


def _sample(value: Any) -> str:
    from ...golang.yaml.printer import dump  # slow to import, and few values are wrong

    lines = dump(value).splitlines()
    shown = lines[:_SHOWN_LINES] + ["..."] * (len(lines) > _SHOWN_LINES)
    return "\n".join(f"  {line}" for line in shown)


def _check(path: _Path, manifest: dict[str, Any]) -> None:
    problems = list(_metadata_problems(manifest))
    if problems:
        raise ManifestError(_text(path), problems, _sample(manifest))


def _metadata_problems(manifest: dict[str, Any]) -> Iterator[str]:
    metadata = manifest.get("metadata")
    if _is_list(manifest) and metadata is None:
        return
    if not isinstance(metadata, dict):
        yield "metadata: missing or not an object"
        return
    names = [metadata[key] for key in ("name", "generateName") if metadata.get(key) is not None]
    if not all(isinstance(name, str) for name in names) or not (names or _is_list(manifest)):
        yield "metadata.name: missing or not a string"
    for key in ("labels", "annotations"):
        strings = metadata.get(key)
        if strings is None:
            continue
        if not isinstance(strings, dict):
            yield f"metadata.{key}: must be an object, but is {dumps(strings)}"
            continue
        for name, text in sorted(strings.items()):
            if not isinstance(text, str):
                yield f"metadata.{key}: {name!r} must be a string, but is {dumps(text)}"
