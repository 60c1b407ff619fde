"""A definition: a kind or a part of kinds, and the functions of its library.

Which functions there are, and their names, is decided as by the generator of the
reference library.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from itertools import count as count_from
from typing import NamedTuple

from .naming import lowered, parameter, setter
from .schema import Schema


class Builder(NamedTuple):
    """A function of ours, which calls others of its library and adds up what they set.

    ``calls`` are pairs of such a function, with its path, and its argument: a
    parameter of the builder, or a text in quotes.
    """

    name: str
    parameters: tuple[str, ...]
    help: str
    calls: tuple[tuple[str, str], ...]


class Definition(NamedTuple):
    """Everything a library, its page and the checks of a kind are made from.

    A ``part`` cannot be sent to a server: its library has no ``new``. ``scope`` and
    ``verbs`` tell what the server does with a kind. ``newer`` marks what the library
    of 4.3 does not have. ``kept`` lists the fields that have functions although the
    reference has none for fields of that name.

    What is read from an OpenAPI document has a ``home``, the group as its libraries spell
    it and the version, and a ``reference``, its full name in there; ``gvks`` are group,
    version and kind of the objects it describes, which are ``guessed`` where the document
    does not tell them, and ``alias`` is its name where another one has its own.
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
    home: tuple[str, str] = ("", "")
    reference: str = ""
    gvks: tuple[tuple[str, str, str], ...] = ()
    guessed: bool = False
    exported: bool = True
    alias: str = ""

    @property
    def help(self) -> str:
        return self.schema.help

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def name(self) -> str:
        """The kind as the library spells it: ``imageStreamImport``."""
        return self.alias or lowered(self.kind)

    @property
    def library(self) -> str:
        """What the names of its natives begin with: ``apps.v1.deploymentConfig``."""
        return ".".join((*self.home, self.name)) if self.reference else self.name

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
        if len(path) > 1 or path in self.kept:
            return True
        return path[0] != "apiVersion" and (self.part or path[0] != "kind")


def within_others(definition: Definition) -> Definition:
    """The definition with the functions it has as a part of another: version and kind as well."""
    return definition._replace(kept=(("apiVersion",), ("kind",)))


class Scope(NamedTuple):
    """Where in a library functions stand, and in which object their fields are.

    ``names`` lead through the objects of the library, ``path`` through the fields of the
    manifest. They differ where a name is spelled differently, and in the entries of a
    list, which begin anew.
    """

    names: tuple[str, ...] = ()
    path: tuple[str, ...] = ()

    def inner(self, member: Member) -> Scope:
        """The same of what is within a field."""
        names = (*self.names, member.name)
        return Scope(names) if member.is_list else Scope(names, (*self.path, member.key))


ROOT = Scope()


class Member(NamedTuple):
    """A field for which a library has functions: its key, its name there, and its schema."""

    key: str
    name: str
    schema: Schema
    inner: Schema | None
    """The object whose fields have functions: the field's value, or each of its entries."""

    @property
    def is_list(self) -> bool:
        return self.schema.type == "array"


class Function(NamedTuple):
    """One function of a library: ``withImages`` and its like, and ``new``."""

    library: str
    path: tuple[str, ...]
    """The field it sets, from the root of the object: ``("spec", "images")``."""

    schema: Schema
    name: str
    parameter: str
    mixin: bool = False
    newer: bool = False
    scope: tuple[str, ...] = ()
    """The objects of the library it stands in: ``("spec",)``."""

    @property
    def native(self) -> str:
        """The name of its native callback: ``imageStreamImport.spec.withImages``."""
        return ".".join((self.library, *self.scope, self.name))


def functions(definition: Definition, *, newer: bool = True) -> Iterator[Function]:
    """Every function of a library that sets a field: ``new`` first, then by path.

    Without ``newer`` those of the library of 4.3. What other definitions describe has
    functions of its own, but in an `expanded` definition.
    """
    if new := maker(definition):
        yield new
    yield from _walk(definition, ROOT, definition.schema, newer)


def maker(definition: Definition) -> Function | None:
    """The function ``new`` of a kind that has a name.

    It has no rule for the name: an extended library may still change it in
    ``metadata.withName``.
    """
    metadata = definition.schema.properties.get("metadata")
    name = metadata and metadata.properties.get("name")
    if definition.part or name is None:
        return None
    rest = ("metadata", "name"), name._replace(rule=""), "new", "name"
    return Function(definition.library, *rest)


def _walk(definition: Definition, scope: Scope, parent: Schema, newer: bool) -> Iterator[Function]:
    for member in members(definition, scope, parent, newer=newer):
        if member.inner:
            yield from _walk(definition, scope.inner(member), member.inner, newer)
        yield from setters(definition, scope, member, newer=newer)


def members(
    definition: Definition, scope: Scope, parent: Schema, *, newer: bool = True
) -> Iterator[Member]:
    """The fields of an object for which a library has functions, sorted."""
    names = _names(definition, scope, parent)
    for key, schema in sorted(parent.properties.items()):
        name = names[key]
        if definition.has_functions((*scope.names, name)) and (newer or not schema.newer):
            yield Member(key, name, schema, _inner(definition, schema))


def _names(definition: Definition, scope: Scope, parent: Schema) -> dict[str, str]:
    """The names of fields in a library. Where two would be one, the plainer field has it."""
    names: dict[str, str] = {}
    taken = {"new", "mixin"} if definition.reference and not scope.names else set[str]()
    for key in sorted(parent.properties, key=lambda key: (lowered(key) != key, key)):
        schema = parent.properties[key]
        for name in chain([lowered(key)], (key + "_" * count for count in count_from(0))):
            own = set(_members_of(definition, name, schema))
            if not own & taken:
                break
        taken |= own
        names[key] = name
    return names


def _members_of(definition: Definition, name: str, schema: Schema) -> Iterator[str]:
    """What a library has of a field, by the name it gives to it."""
    if schema.ref or _inner(definition, schema):
        yield name
    if not schema.is_nested:
        yield setter(name)
        yield f"{setter(name)}Mixin"


def _inner(definition: Definition, schema: Schema) -> Schema | None:
    if schema.is_nested:
        return schema
    # Of a list of what no other definition describes, the entries have functions there. In
    # our own model such entries are definitions as well.
    if definition.reference and schema.items and schema.items.is_nested:
        return schema.items
    return None


def setters(
    definition: Definition, scope: Scope, member: Member, *, newer: bool = True
) -> Iterator[Function]:
    """The functions that set a field: lists and maps have a ``Mixin`` twin, which adds.

    An object with functions for its fields has none itself, unless it may also be set raw.
    """
    schema = member.schema
    if schema.is_nested and not (schema.raw and newer):
        return
    if schema.ref and definition.reference and not schema.additional:
        return
    name = setter(member.name)
    new = schema.newer or schema.is_nested

    def function(name: str, mixin: bool) -> Function:
        path = (*scope.path, member.key)
        called = parameter(member.name)
        return Function(
            definition.library, path, schema, name, called, mixin, new, scope=scope.names
        )

    yield function(name, mixin=False)
    if schema.is_container:
        yield function(f"{name}Mixin", mixin=True)
