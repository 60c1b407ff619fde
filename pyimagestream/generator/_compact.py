"""Libraries that have each definition once: a function of what puts its fields into place.

``deploymentStrategy(_w)`` has the functions that set fields of a DeploymentStrategy, each of
which hands ``_w`` an object with the field alone. What contains one says where it belongs:
``strategy: _t.deploymentStrategy(function(_x) _w({ strategy+: _x }))``. Nothing is evaluated
that is not asked for, so a definition may contain itself.

In the twin, which tells of each call, ``_p`` is the path of these fields.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from ..model.api import Api, nested, refs
from ..model.definition import (
    ROOT,
    Definition,
    Function,
    Member,
    Scope,
    members,
    setters,
    within_others,
)
from ..model.schema import Schema
from ._jsonnet import Call, Expression, Field, Object, Raw, Sum, identifier, string, text
from .code import (
    CHECK_OF_API,
    HEADER,
    LISTED,
    LOOKED_UP,
    MIXIN,
    TWIN,
    entered,
    marks,
    new,
    noted,
    patch,
    value_of,
)

SHARED = "_types.libsonnet"
"""The definitions that several files need."""


@dataclass(frozen=True)
class Compact:
    """The libraries of an API: a file for each version of a group, and one for what they share."""

    api: Api
    twin: bool = False

    def files(self) -> Iterator[tuple[str, str]]:
        """The files and their texts."""
        homes: dict[tuple[str, str], list[Definition]] = defaultdict(list)
        for each in self.api.exported:
            homes[each.home].append(each)
        needed = {
            home: self.api.needed(each.reference for each in found) for home, found in homes.items()
        }
        users: dict[str, int] = defaultdict(int)
        for found in needed.values():
            for name in found:
                users[name] += 1
        shared = sorted(name for name, count in users.items() if count > 1)
        names = dict(self._names(needed, shared))
        for home, those in homes.items():
            own = sorted(needed[home].difference(shared))
            yield file_of(home), _File(self, names).of_home(own, shared, those)
        if shared:
            yield SHARED, _File(self, names).of_shared(shared)

    @cached_property
    def within(self) -> frozenset[str]:
        """The definitions that are within others."""
        schemas = (each.schema for each in self.api.definitions.values())
        return frozenset(ref for schema in schemas for ref in nested(schema))

    def _names(
        self, needed: dict[tuple[str, str], set[str]], shared: list[str]
    ) -> Iterator[tuple[str, _Named]]:
        """How each definition is called, with the object that has it."""
        of_shared = [self.api.definitions[name] for name in shared]
        for home, names in needed.items():
            own = [self.api.definitions[name] for name in sorted(names.difference(shared))]
            first = sorted(own, key=lambda each: (each.home != home, each.reference))
            yield from _distinct(first, "_t")
        yield from _distinct(of_shared, "_s")


def file_of(home: tuple[str, str]) -> str:
    """The file with the libraries of a version of a group."""
    return f"{'_'.join(home)}.libsonnet"


class _Named(NamedTuple):
    """The name of a definition in code: a field of an object that has them."""

    holder: str
    name: str

    def __str__(self) -> str:
        spelled = identifier(self.name)
        bare = spelled == self.name
        return f"{self.holder}.{spelled}" if bare else f"{self.holder}[{spelled}]"


def _distinct(definitions: Iterable[Definition], holder: str) -> Iterator[tuple[str, _Named]]:
    taken: set[str] = set()
    for each in definitions:
        name = each.name if each.name not in taken else "_".join((*each.home, each.name))
        while name in taken:
            name += "_"
        taken.add(name)
        yield each.reference, _Named(holder, name)


@dataclass(frozen=True)
class _File:
    of: Compact
    names: dict[str, _Named]

    def of_home(self, own: list[str], shared: list[str], found: list[Definition]) -> str:
        kinds = Object(tuple(map(self._kind, found)), block=True)
        types = text(Object(tuple(map(self._type, own)), block=True))
        has_shared = any(ref in shared for name in own for ref in refs(self._schema(name)))
        has_shared = has_shared or any(each.reference in shared for each in found)
        imported = f"local _s = import '{SHARED}';\n" if has_shared else ""
        return self._file(f"{imported}local _t = {types};\n\n{text(kinds)}")

    def of_shared(self, shared: list[str]) -> str:
        types = text(Object(tuple(map(self._type, shared)), block=True))
        return self._file(f"local _s = {types};\n\n_s")

    def _file(self, body: str) -> str:
        if self.of.twin:
            return f"{HEADER}{LOOKED_UP}{LISTED}{TWIN}\n{body}\n"
        listed = LISTED if "listed(" in body else ""
        looked_up = LOOKED_UP if listed else LOOKED_UP.replace("local type = std.type;\n", "")
        check = CHECK_OF_API if "check(" in body else ""
        return f"{HEADER}{looked_up if check else ''}{listed}{check}\n{body}\n"

    def _schema(self, name: str) -> Schema:
        return self.of.api.definitions[name].schema

    def _kind(self, definition: Definition) -> Field:
        """The library of a kind, or of a part."""
        made = () if definition.part else (self._new(definition),)
        arguments = [Raw("function(_x) _x"), *([Raw("''")] if self.of.twin else [])]
        functions = Call(str(self.names[definition.reference]), tuple(arguments))
        return Field(definition.name, Sum(functions, Object((*made, *MIXIN))))

    def _new(self, definition: Definition) -> Field:
        metadata = definition.schema.properties.get("metadata")
        has_name = metadata and "name" in self.of.api.resolved(metadata).properties
        name = "name" if has_name else ""
        return Field("new", new(definition, name, twin=self.of.twin), (name,) if name else ())

    def _type(self, name: str) -> Field:
        """The functions of a definition, and those it has within others only."""
        definition = self.of.api.definitions[name]
        own = Object(tuple(self._fields(definition, ROOT, definition.schema)), block=True)
        known = {field.name for field in own.fields}
        inner = self._fields(within_others(definition), ROOT, definition.schema)
        head = Object(tuple(field for field in inner if field.name not in known))
        parameters = ("_w", *(("_p",) if self.of.twin else ()))
        called = self.names[name].name
        if not self._has_head(name):
            return Field(called, own, parameters)
        whole = Raw(f"{text(own, 1)} + if _head then {text(head, 1)} else {{}}")
        return Field(called, whole, (*parameters, "_head=false"))

    def _has_head(self, ref: str) -> bool:
        definition = self.of.api.definitions[ref]
        keys = definition.schema.properties
        has_head = "apiVersion" in keys or ("kind" in keys and not definition.part)
        return has_head and ref in self.of.within

    def _fields(self, definition: Definition, scope: Scope, parent: Schema) -> Iterator[Field]:
        for member in members(definition, scope, parent):
            if member.schema.ref:
                yield Field(member.name, self._reference(scope, member))
            elif member.inner:
                inner = self._fields(definition, scope.inner(member), member.inner)
                yield Field(member.name, Object(tuple(inner), block=True))
            for function in setters(definition, scope, member):
                yield Field(function.name, self._body(function), (function.parameter,))

    def _reference(self, scope: Scope, member: Member) -> Expression:
        """What another definition describes, put into the field."""
        path = (*scope.path, member.key)
        inner: Expression = Raw("_x")
        for key in reversed(path):
            inner = Object((Field(key, inner, plus=True),))
        outer = inner if _is_entry(scope) else Call("_w", (inner,))
        arguments = [f"function(_x) {text(outer)}"]
        if self.of.twin:
            prefix = string("".join(f"{key}." for key in path))
            arguments.append(prefix if _is_entry(scope) else f"_p + {prefix}")
        if self._has_head(member.schema.ref):
            arguments.append("true")
        return Raw(f"{self.names[member.schema.ref]}({', '.join(arguments)})")

    def _body(self, function: Function) -> Expression:
        is_entry = len(function.scope) != len(function.path) - 1
        if not self.of.twin:
            value = Call("check", (function.native, value_of(function)))
            own = patch(function, value)
            return own if is_entry else Call("_w", (own,))
        own = patch(function, noted(function))
        path = string(".".join(function.path))
        hidden = Object((marks(function, Raw(path if is_entry else f"_p + {path}")),))
        put = own if is_entry else Call("_w", (own,))
        return entered(function.native, Sum(put, hidden))


def _is_entry(scope: Scope) -> bool:
    """Whether the functions there make an entry of a list, which is put into no place."""
    return len(scope.names) != len(scope.path)


def index(api: Api) -> str:
    """The text of the file that leads to all others: groups, and their versions."""
    homes = sorted({each.home for each in api.exported})
    groups = []
    for label in sorted({home[0] for home in homes}):
        versions = tuple(
            Field(home[1], Raw(f"import {string(file_of(home))}"), plus=True)
            for home in homes
            if home[0] == label
        )
        groups.append(Field(label, Object(versions, block=True), hidden=True, plus=True))
    return f"{HEADER}\n{text(Object(tuple(groups), block=True))}\n"
