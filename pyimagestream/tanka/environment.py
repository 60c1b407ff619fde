"""Environments: what Tanka reads from ``spec.json``, or from an object of kind Environment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..errors import EvaluationError, Frame
from ..evaluation.evaluate import read_source
from ..golang.json import mended
from .project import Project

API_VERSION = "tanka.dev/v1alpha1"

# The fields in the order Tanka prints them; a nested table is printed even when it is empty.
_STRINGS = "an object of strings"
_METADATA = {"name": "a string", "namespace": "a string", "labels": _STRINGS}
_SPEC = {
    "apiServer": "a string",
    "contextNames": "a list of strings",
    "namespace": "a string",
    "diffStrategy": "a string",
    "applyStrategy": "a string",
    "injectLabels": "a boolean",
    "tankaEnvLabelFromFields": "a list of strings",
    "resourceDefaults": {"annotations": _STRINGS, "labels": _STRINGS},
    "expectVersions": {"tanka": "a string"},
    "exportJsonnetImplementation": "a string",
}
_FIELDS = {"apiVersion": "a string", "kind": "a string", "metadata": _METADATA, "spec": _SPEC}

BOTH = "an Environment object in an environment with a spec.json: it can be one or the other"

NESTED = "an Environment object in the data of another: each stands by itself"

_ALWAYS = {"namespace"}  # printed even when it is empty

_BYTE_ORDER_MARK = "\ufeff"
_SHOWN = 80  # characters of a wrong value

_HAS_SCHEME = re.compile(".+://")


class Environment(NamedTuple):
    """One environment of a project.

    `value` is the Environment object without ``data``, its fields as Tanka fills
    and orders them.
    """

    project: Project
    value: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.value["metadata"].get("name", ""))

    @property
    def title(self) -> str:
        """What messages call it."""
        return self.name if self.project.static else f"{self.entrypoint_name} ({self.name})"

    @property
    def entrypoint_name(self) -> str:
        """The entry point, relative to the root; ``manifest.json`` maps files to it."""
        return self.project.entrypoint_name

    @property
    def labels(self) -> Mapping[str, str]:
        labels: Mapping[str, str] = self.value["metadata"].get("labels", {})
        return labels

    @property
    def spec(self) -> Mapping[str, Any]:
        spec: Mapping[str, Any] = self.value["spec"]
        return spec


def static_environment(project: Project) -> Environment:
    """The environment a ``spec.json`` describes, named after its directory.

    Raises `EvaluationError`, with the place, when there is no regular file, when it is not JSON, or
    has fields of wrong types.
    """
    text = read_source(project.spec)
    try:
        value = _parse(_value(project.spec, text))
    except _FieldError as error:
        raise EvaluationError(str(error), [_place(project.spec, text, error.field)]) from None
    value["metadata"]["name"] = project.name
    return _environment(project, value)


def inline_environment(project: Project, data: Any) -> Environment:
    """The environment an object in a template describes. Raises `EvaluationError`."""
    try:
        value = _parse(data)
        if not value["metadata"].get("name"):
            raise _FieldError("metadata.name", " is missing")
    except _FieldError as error:
        raise EvaluationError(f"{called(data)}: {error}", [Frame(project.entrypoint)]) from None
    return _environment(project, value)


def called(data: Any) -> str:
    """What messages call an Environment object, as far as it has a name."""
    metadata = data.get("metadata") if isinstance(data, dict) else None
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return f"Environment {name}" if isinstance(name, str) and name else "Environment"


def has_both(manifests: Iterable[Mapping[str, Any]]) -> bool:
    """Whether there are Environment objects in what a static environment holds."""
    return any(manifest["kind"].lower() == "environment" for manifest in manifests)


class _FieldError(ValueError):
    """A field that an environment cannot have so; an empty one is the environment itself."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(field, message)
        self.field = field
        self.message = message

    def __str__(self) -> str:
        return f"{self.field or 'an environment'}{self.message}"


def _value(path: str, text: str) -> Any:
    """The JSON value of a text; null is an environment that says nothing."""
    if text.startswith(_BYTE_ORDER_MARK):
        message = "JSON does not begin with a byte order mark (BOM)"
        raise EvaluationError(message, [Frame(path, 1, 1)])
    try:
        value = json.loads(text, object_pairs_hook=_merged, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        from ..golang.documents import json_value  # slow to import, and seldom needed

        value = json_value(path, text)  # which tells the place
    return {} if value is None else mended(value)


def _merged(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """An object of these fields. Of two with one name Go's decoder adds the second to the first."""
    merged: dict[str, Any] = {}
    for name, value in pairs:
        before = merged.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            merged[name] = _merged([*before.items(), *value.items()])
        elif value is not None or name not in merged:
            merged[name] = value
    return merged


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _place(path: str, text: str, field: str) -> Frame:
    """Where a text has a field, or what is nearest around it."""
    from ..golang.documents import Document, json_document  # slow to import, and seldom needed
    from .places import Places

    found = json_document(text)
    reading = found.reading() if isinstance(found, Document) else None
    if not reading or id(reading.value) not in reading.containers:
        return Frame(path)
    place = Places(reading.containers).find(reading.value, field)
    return Frame(path, place.line, place.column)


def _environment(project: Project, value: dict[str, Any]) -> Environment:
    spec = value["spec"]
    if spec.get("apiServer") and not _HAS_SCHEME.match(spec["apiServer"]):
        spec["apiServer"] = f"https://{spec['apiServer']}"
    value["metadata"]["namespace"] = project.entrypoint_name
    return Environment(project, _printed(value, _FIELDS))


def _parse(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise _FieldError("", f" must be an object, not {_shown(data)}")
    value = {"apiVersion": API_VERSION, "kind": "Environment", **_struct(data, _FIELDS, "")}
    value["spec"].setdefault("namespace", "default")
    for field in value["spec"].get("tankaEnvLabelFromFields", ()):
        if not _is_known(field):
            raise _FieldError("spec.tankaEnvLabelFromFields", f": there is no field {field!r}")
    if isinstance(data.get("server"), str):
        value["spec"].setdefault("apiServer", data["server"])
    if isinstance(data.get("team"), str):
        value["metadata"].setdefault("labels", {}).setdefault("team", data["team"])
    return value


def _is_known(path: str) -> bool:
    """Whether there is such a field: many environments would share the label of one that is not."""
    kind: Any = _FIELDS
    for name in path.removeprefix(".").split("."):
        if isinstance(kind, Mapping):
            kind = kind.get(name)
        elif kind != _STRINGS:
            return False
    return kind is not None


def _struct(data: Any, fields: Mapping[str, Any], path: str) -> dict[str, Any]:
    """What Go's decoder takes from an object: the known fields, whatever their case."""
    if data is None:
        data = {}
    if not isinstance(data, dict):
        raise _FieldError(path.rstrip("."), f" must be an object, not {_shown(data)}")
    known = {name.lower(): name for name in fields}
    found = _merged(
        (known[key.lower()], value) for key, value in data.items() if key.lower() in known
    )
    taken: dict[str, Any] = {}
    for name, kind in fields.items():
        value = found.get(name)
        if isinstance(kind, Mapping):
            taken[name] = _struct(value, kind, f"{path}{name}.")
        elif value is not None:
            if not _is(kind, value):
                raise _FieldError(f"{path}{name}", f" must be {kind}, not {_shown(value)}")
            taken[name] = dict(sorted(value.items())) if kind == _STRINGS else value
    return taken


def _is(kind: str, value: Any) -> bool:
    if kind == _STRINGS:
        return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())
    if kind == "a list of strings":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    return isinstance(value, bool if kind == "a boolean" else str)


def _shown(value: Any) -> str:
    """A wrong value as JSON; of a long one, the beginning."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "a value nested too deep"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _printed(value: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields Tanka prints: in order, without empty ones unless they are tables."""
    printed: dict[str, Any] = {}
    for name, kind in fields.items():
        if isinstance(kind, Mapping):
            printed[name] = _printed(value[name], kind)
        elif value.get(name) or name in _ALWAYS:
            printed[name] = value[name]
    return printed
