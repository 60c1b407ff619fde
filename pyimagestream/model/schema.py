"""The shape of a resource: a small OpenAPI schema with types.

The names follow OpenAPI v3 as Kubernetes serves it (``type``, ``format``,
``properties``, ``items``, ``additionalProperties``), so that the model reads
like the document a cluster would publish.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Type = Literal["object", "array", "string", "integer", "boolean"]

LATEST = "latest"
"""The newest server whose verdicts were recorded."""

V4_3 = "4.3"
"""The server the documented API was written for."""

SERVERS = (LATEST, V4_3)


@dataclass(frozen=True)
class Schema:
    """One value of a manifest.

    ``rule`` names the entry of the rule table that judges the value once its
    JSON type is right. ``servers`` lists the servers that know the field: the
    others drop it unread. ``documented`` tells whether the 4.3 page has a
    function (or a nested object) for it.
    """

    type: Type
    help: str = ""
    format: str = ""
    rule: str = ""
    properties: Mapping[str, Schema] = field(default_factory=dict)
    items: Schema | None = None
    additional: Schema | None = None
    servers: tuple[str, ...] = SERVERS
    documented: bool = False

    @property
    def is_open(self) -> bool:
        """Whether any key may stand in the object (a map, or an object nobody describes)."""
        return self.type == "object" and not self.properties

    @property
    def is_nested(self) -> bool:
        """Whether the object has fields of its own, each with its own function."""
        return self.type == "object" and bool(self.properties)


@dataclass(frozen=True)
class Resource:
    """A kind, with everything its library, page and checks are made from."""

    group: str
    version: str
    kind: str
    help: str
    schema: Schema

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}"

    @property
    def name(self) -> str:
        """The kind as the library spells it: ``imageStreamImport``."""
        return self.kind[0].lower() + self.kind[1:]

    def is_kind_of(self, value: object) -> bool:
        """Whether a JSON value is a manifest of this kind."""
        return (
            isinstance(value, dict)
            and value.get("kind") == self.kind
            and value.get("apiVersion") == self.api_version
        )


@dataclass(frozen=True)
class Function:
    """One documented function: ``withImages`` and its like, and ``new``."""

    path: tuple[str, ...]
    """The field it sets, from the root of the manifest: ``("spec", "images")``."""

    schema: Schema
    resource: Resource
    name: str
    parameter: str
    mixin: bool = False

    @property
    def native(self) -> str:
        """The name of its native callback: ``imageStreamImport.spec.withImages``."""
        scope = () if self.name == "new" else self.path[:-1]
        return ".".join((self.resource.name, *scope, self.name))


def functions(resource: Resource) -> Iterator[Function]:
    """Every documented function of a resource: ``new`` first, then by path.

    Lists and maps have a ``Mixin`` twin, which adds to what is there.
    """
    name = resource.schema.properties["metadata"].properties["name"]
    yield Function(("metadata", "name"), name, resource, "new", "name")
    yield from _setters(resource, resource.schema, ())


def _setters(resource: Resource, parent: Schema, path: tuple[str, ...]) -> Iterator[Function]:
    for key, schema in sorted(parent.properties.items()):
        if not schema.documented:
            continue
        if schema.is_nested:
            yield from _setters(resource, schema, (*path, key))
            continue
        setter = f"with{key[0].upper()}{key[1:]}"
        parameter = key.capitalize() if key in KEYWORDS else key
        yield Function((*path, key), schema, resource, setter, parameter)
        if schema.type == "array" or schema.additional:
            yield Function((*path, key), schema, resource, f"{setter}Mixin", parameter, True)


# fmt: off
KEYWORDS = frozenset({
    "assert", "else", "error", "false", "for", "function", "if", "import", "importbin",
    "importstr", "in", "local", "null", "self", "super", "tailstrict", "then", "true",
})
# fmt: on
"""Jsonnet's reserved words: a parameter of that name is capitalised, a field quoted."""
