"""A definition: a kind or a part of kinds, and the functions of its library.

Which functions there are, and their names, is decided as by the generator of the
reference library.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .schema import Schema


@dataclass(frozen=True)
class Builder:
    """A function of ours, which calls others of its library and adds up what they set.

    ``calls`` are pairs of such a function, with its path, and its argument: a
    parameter of the builder, or a text in quotes.
    """

    name: str
    parameters: tuple[str, ...]
    help: str
    calls: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Definition:
    """Everything a library, its page and the checks of a kind are made from.

    A ``part`` cannot be sent to a server: its library has no ``new``. ``scope`` and
    ``verbs`` tell what the server does with a kind. ``newer`` marks what the library
    of 4.3 does not have. ``kept`` lists the fields that have functions although the
    reference has none for fields of that name.
    """

    kind: str
    schema: Schema
    group: str = "image.openshift.io"
    version: str = "v1"
    part: bool = False
    creatable: bool = True
    namespaced: bool = True
    newer: bool = False
    kept: tuple[tuple[str, ...], ...] = ()
    builders: tuple[Builder, ...] = ()

    @property
    def help(self) -> str:
        return self.schema.help

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

    def has_functions(self, path: tuple[str, ...]) -> bool:
        """Whether the library has functions for the field, or within it.

        A status is not for users to set, and version and kind are set by ``new``.
        """
        if path[-1] == "status":
            return path in self.kept
        if len(path) > 1:
            return True
        return path[0] != "apiVersion" and (self.part or path[0] != "kind")


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
    newer: bool = False

    @property
    def native(self) -> str:
        """The name of its native callback: ``imageStreamImport.spec.withImages``."""
        scope = () if self.name == "new" else self.path[:-1]
        return ".".join((self.library, *scope, self.name))


def functions(definition: Definition, *, newer: bool = True) -> Iterator[Function]:
    """Every function of a library that sets a field: ``new`` first, then by path.

    Without ``newer`` those of the library of 4.3.
    """
    if not definition.part:
        yield maker(definition)
    yield from _walk(definition, (), definition.schema, newer)


def maker(definition: Definition) -> Function:
    """The function ``new`` of a kind.

    It has no rule for the name: an extended library may still change it in
    ``metadata.withName``.
    """
    name = replace(definition.schema.properties["metadata"].properties["name"], rule="")
    return Function(definition.name, ("metadata", "name"), name, "new", "name")


def _walk(
    definition: Definition, path: tuple[str, ...], parent: Schema, newer: bool
) -> Iterator[Function]:
    for key, schema in members(definition, path, parent, newer=newer):
        if schema.is_nested:
            yield from _walk(definition, (*path, key), schema, newer)
        yield from setters(definition, (*path, key), schema, newer=newer)


def members(
    definition: Definition, path: tuple[str, ...], parent: Schema, *, newer: bool = True
) -> Iterator[tuple[str, Schema]]:
    """The fields of the object at ``path`` for which a library has functions, sorted."""
    for key, schema in sorted(parent.properties.items()):
        if definition.has_functions((*path, key)) and (newer or not schema.newer):
            yield key, schema


def setters(
    definition: Definition, path: tuple[str, ...], schema: Schema, *, newer: bool = True
) -> Iterator[Function]:
    """The functions that set a field: lists and maps have a ``Mixin`` twin, which adds.

    An object with functions for its fields has none itself, unless it may also be set raw.
    """
    if schema.is_nested and (schema.raw is None or not newer):
        return
    key = path[-1]
    name = f"with{key[0].upper()}{key[1:]}"
    parameter = key.capitalize() if key in KEYWORDS else key
    new = schema.newer or schema.is_nested
    yield Function(definition.name, path, schema, name, parameter, newer=new)
    if schema.is_container:
        mixin = f"{name}Mixin"
        yield Function(definition.name, path, schema, mixin, parameter, mixin=True, newer=new)


# fmt: off
KEYWORDS = frozenset({
    "assert", "else", "error", "false", "for", "function", "if", "import", "importbin",
    "importstr", "in", "local", "null", "self", "super", "tailstrict", "then", "true",
})
# fmt: on
"""Jsonnet's reserved words: a parameter of that name is capitalised, a field quoted."""
