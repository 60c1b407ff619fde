"""Values as the CEL rules of a CustomResourceDefinition see them on the server.

Source: apiextensions-apiserver's documentation of ``x-kubernetes-validations``. A rule sees the
fields that its schema describes and no others, by escaped names, with the types of the schema.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ..model.schema import Schema

SELF = "self"

_SCALARS = ("boolean", "integer", "number", "string")

_TYPED = ("byte", "date", "date-time", "duration")
"""The formats of texts that a rule does not see as texts."""

_TYPE_META = ("apiVersion", "kind")

_METADATA = ("name", "generateName")

_KEYWORDS = re.compile(
    "true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package"
    "|namespace|return|var|void|while"
)


class Seen(NamedTuple):
    """What a rule sees, and the names of the fields of which the server may see something else.

    Such fields have a default that is not known here, or a value that is no plain one. A nameless
    one, which no rule can mention, still counts where values are compared as a whole.
    """

    value: Any
    unsure: set[str]


def seen(schema: Schema, value: Any, *, is_manifest: bool = False) -> Seen:
    """A value of the right type, as the rules of its schema see it."""
    unsure: set[str] = set()
    if is_manifest:
        return Seen(_object(schema, value, SELF, unsure, is_manifest=True), unsure)
    return Seen(_value(schema, value, SELF, unsure), unsure)


def name_in_rules(name: str) -> str:
    """The name by which a rule calls a field."""
    if _KEYWORDS.fullmatch(name):
        return f"__{name}__"
    name = name.replace("__", "__underscores__").replace(".", "__dot__")
    return name.replace("-", "__dash__").replace("/", "__slash__")


def is_scalar(schema: Schema) -> bool:
    """Whether a schema has no values but single ones."""
    return not schema.ref and (schema.type in _SCALARS or _is_int_or_string(schema))


def _is_int_or_string(schema: Schema) -> bool:
    return schema.constraints.int_or_string or schema.format == "int-or-string"


def _value(schema: Schema, value: Any, name: str, unsure: set[str]) -> Any:
    if value is None or schema.ref:
        unsure.add(name)
        return None
    if _is_int_or_string(schema) or schema.type == "integer":
        return int(value) if isinstance(value, float) else value
    if schema.type == "number":
        return float(value)
    if schema.type == "string":
        if schema.format in _TYPED:
            unsure.add(name)
        return value
    if schema.type == "boolean":
        return value
    if schema.type == "array" and schema.items is not None:
        return [_value(schema.items, each, name, unsure) for each in value]
    if schema.additional is not None:
        return {key: _value(schema.additional, each, name, unsure) for key, each in value.items()}
    if schema.properties or schema.constraints.embedded_resource:
        return _object(schema, value, name, unsure)
    unsure.add(name)
    return None


def _object(
    schema: Schema, value: dict[str, Any], name: str, unsure: set[str], *, is_manifest: bool = False
) -> dict[str, Any]:
    constraints = schema.constraints
    found: dict[str, Any] = {}
    apart: tuple[str, ...] = ()
    if is_manifest or constraints.embedded_resource:
        apart = (*_TYPE_META, "metadata")
        found = _meta(value, unsure)
    if is_manifest and value.get("status") is not None:
        apart = (*apart, "status")
        unsure.add("status")  # which is not the creator's to set
    for key, field in schema.properties.items():
        each = value.get(key)
        if key in apart:
            continue
        if each is not None:
            found[name_in_rules(key)] = _value(field, each, name_in_rules(key), unsure)
        elif field.constraints.default or (field.constraints.nullable and key in value):
            unsure.add(name_in_rules(key))
    if constraints.preserve_unknown:
        unsure.add("")
    return found


def _meta(value: dict[str, Any], unsure: set[str]) -> dict[str, Any]:
    metadata = value.get("metadata")
    names = {key: metadata.get(key) for key in _METADATA} if isinstance(metadata, dict) else {}
    if not names.get("name"):
        unsure.add("metadata")  # the server completes a name
    found: dict[str, Any] = {key: value.get(key) for key in _TYPE_META}
    return {**found, "metadata": {key: each for key, each in names.items() if each is not None}}
