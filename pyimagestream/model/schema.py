"""The shape of a resource: a small OpenAPI schema with types.

The names follow OpenAPI v3 as Kubernetes serves it (``type``, ``format``,
``properties``, ``items``, ``additionalProperties``), so that the model reads
like the document a cluster would publish.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
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
    def is_container(self) -> bool:
        """Whether values add up: a list, or a map."""
        return self.type == "array" or self.additional is not None

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
    """One function of a library: ``withImages`` and its like, and ``new``."""

    library: str
    path: tuple[str, ...]
    """The field it sets, from the root of the object: ``("spec", "images")``."""

    schema: Schema
    name: str
    parameter: str
    mixin: bool = False

    @property
    def native(self) -> str:
        """The name of its native callback: ``imageStreamImport.spec.withImages``."""
        scope = () if self.name == "new" else self.path[:-1]
        return ".".join((self.library, *scope, self.name))


def functions(resource: Resource) -> Iterator[Function]:
    """Every documented function of a resource: ``new`` first, then by path.

    ``new`` has no rule for the name: an extended library may still change it in
    ``metadata.withName``.
    """
    name = replace(resource.schema.properties["metadata"].properties["name"], rule="")
    yield Function(resource.name, ("metadata", "name"), name, "new", "name")
    for path, schema in walk(resource.schema):
        yield from setters(resource.name, path, schema)


def walk(parent: Schema, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """The documented fields which have functions, with their paths, sorted."""
    for key, schema in sorted(parent.properties.items()):
        if schema.documented and schema.is_nested:
            yield from walk(schema, (*path, key))
        elif schema.documented:
            yield (*path, key), schema


def setters(library: str, path: tuple[str, ...], schema: Schema) -> Iterator[Function]:
    """The functions of one field: lists and maps have a ``Mixin`` twin, which adds."""
    key = path[-1]
    name = f"with{key[0].upper()}{key[1:]}"
    parameter = key.capitalize() if key in KEYWORDS else key
    yield Function(library, path, schema, name, parameter)
    if schema.is_container:
        yield Function(library, path, schema, f"{name}Mixin", parameter, mixin=True)


# fmt: off
KEYWORDS = frozenset({
    "assert", "else", "error", "false", "for", "function", "if", "import", "importbin",
    "importstr", "in", "local", "null", "self", "super", "tailstrict", "then", "true",
})
# fmt: on
"""Jsonnet's reserved words: a parameter of that name is capitalised, a field quoted."""
