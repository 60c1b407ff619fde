"""The schemas of a document in those of the model."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import unquote

from ..constraints import Constraints
from ..schema import Schema, Type
from ._constraints import constraints_of
from ._place import Place, kind_of

TYPES = ("object", "array", "string", "integer", "number", "boolean")

ANYTHING = Schema("any")

_REF = re.compile(r"#/(?:definitions|components/schemas)/([^/]+)\Z")

_FORMATS = {
    ".meta.v1.Duration": "duration",
    ".meta.v1.FieldsV1": "json",
    ".resource.Quantity": "quantity",
    ".runtime.RawExtension": "json",
}
"""What documents do not tell of some types: those of ``json`` they call objects."""


@dataclass(frozen=True)
class Raw:
    """A definition as it stands in a document."""

    node: Mapping[str, Any]
    place: Place


class Schemas:
    """Reads the schemas of definitions, which may refer to one another.

    What describes objects with fields stays a reference; what merely gives a type a name
    takes the place of the reference.
    """

    def __init__(self, raw: Mapping[str, Raw], warn: Callable[[str, str], None]) -> None:
        self._raw = raw
        self._warn = warn
        self._inside: list[str] = []
        self._dangling: set[tuple[str, str]] = set()

    def of(self, name: str) -> Schema:
        """The schema of a definition. Raises `PyimagestreamError` for what is none."""
        raw = self._raw[name]
        self._inside.append(name)
        try:
            if self._target(raw.node, raw.place):
                return self._schema(raw.node, raw.place)
            found = self._plain(raw.node, raw.place)
        finally:
            self._inside.pop()
        format = next((_FORMATS[end] for end in _FORMATS if name.endswith(end)), found.format)
        return found._replace(format=format)

    def _schema(self, node: object, place: Place) -> Schema:
        if node is True:
            return ANYTHING
        if not isinstance(node, Mapping):
            raise place.error(f"a schema must be an object, not {kind_of(node)}")
        target = self._target(node, place)
        return self._reference(node, target, place) if target else self._plain(node, place)

    def _target(self, node: Mapping[str, Any], place: Place) -> str:
        """The name of what a node refers to, if it does; in version 3 by an allOf of one."""
        ref = node.get("$ref")
        if ref is None and isinstance(node.get("allOf"), list) and len(node["allOf"]) == 1:
            [only] = node["allOf"]
            ref = only.get("$ref") if isinstance(only, Mapping) else None
            place = place.below("allOf", 0)
        if ref is None:
            return ""
        if not isinstance(ref, str):
            raise place.below("$ref").error(f"must be a string, not {kind_of(ref)}")
        match = _REF.match(ref)
        return unquote(match[1]).replace("~1", "/").replace("~0", "~") if match else ref

    def _reference(self, node: Mapping[str, Any], target: str, place: Place) -> Schema:
        help, constraints = _help(node, place), _constraints(node, place)
        raw = self._raw.get(target)
        if raw is None:
            if (target, self._inside[0]) not in self._dangling:
                self._dangling.add((target, self._inside[0]))
                text = f"{place}: there is no {target}: taken for an object of any fields"
                self._warn(text, self._inside[0])
            return _free(help, constraints)
        if _has_fields(raw.node):
            return Schema("object", help, ref=target, constraints=constraints)
        if target in self._inside:
            text = f"{place}: {target} consists of itself: taken for any value"
            self._warn(text, self._inside[0])
            return ANYTHING._replace(help=help, constraints=constraints)
        found = self.of(target)
        return found._replace(help=help or found.help, constraints=_merged(raw, node, place))

    def _plain(self, node: Mapping[str, Any], place: Place) -> Schema:
        help, constraints = _help(node, place), _constraints(node, place)
        format = _text(node, "format", place)
        if format == "int-or-string":
            return Schema("string", help, "int-or-string", constraints=constraints)
        type = self._type(node, place)
        if type == "array":
            inner = place.below("items")
            items = self._schema(node["items"], inner) if "items" in node else ANYTHING
            return Schema("array", help, items=items, constraints=constraints)
        if type != "object":
            return Schema(type, help, format, constraints=constraints)
        if properties := dict(self._properties(node, place)):
            return Schema("object", help, properties=properties, constraints=constraints)
        values = node.get("additionalProperties")
        if values is None or isinstance(values, bool):
            return _free(help, constraints)
        additional = self._schema(values, place.below("additionalProperties"))
        return Schema("object", help, additional=additional, constraints=constraints)

    def _properties(self, node: Mapping[str, Any], place: Place) -> Iterator[tuple[str, Schema]]:
        properties = node.get("properties")
        inner = place.below("properties")
        if properties is None:
            return
        if not isinstance(properties, Mapping):
            raise inner.error(f"must be an object, not {kind_of(properties)}")
        for key, field in sorted(properties.items()):
            yield key, self._schema(field, inner.below(key))

    def _type(self, node: Mapping[str, Any], place: Place) -> Type:
        type = node.get("type")
        if isinstance(type, list):  # version 3.1
            known = [each for each in type if each != "null"]
            type = known[0] if len(known) == 1 else None
        if type is None:
            if node.get("properties") or isinstance(node.get("additionalProperties"), Mapping):
                return "object"
            return "array" if "items" in node else "any"
        if type not in TYPES:
            raise place.below("type").error(
                f"must be one of {', '.join(TYPES)}, not {kind_of(type)}"
            )
        return cast(Type, type)


def _free(help: str, constraints: Constraints) -> Schema:
    return Schema("object", help, additional=ANYTHING, constraints=constraints)


def _has_fields(node: Mapping[str, Any]) -> bool:
    return isinstance(node.get("properties"), Mapping) and bool(node["properties"])


def _help(node: Mapping[str, Any], place: Place) -> str:
    return _text(node, "description", place).strip()


def _text(node: Mapping[str, Any], key: str, place: Place) -> str:
    text = node.get(key)
    if text is None or isinstance(text, str):
        return text or ""
    raise place.below(key).error(f"must be a string, not {kind_of(text)}")


def _constraints(node: Mapping[str, Any], place: Place) -> Constraints:
    try:
        return constraints_of(node)
    except ValueError as error:
        raise place.error(str(error)) from None


def _merged(raw: Raw, node: Mapping[str, Any], place: Place) -> Constraints:
    """The constraints of what a node refers to, and those beside the reference."""
    return _constraints({**raw.node, **node}, place)
