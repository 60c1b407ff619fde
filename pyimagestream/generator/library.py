"""The Jsonnet libraries, made from the resource model.

Their shape is that of openshift-libsonnet 4.3, so that everything which can be
observed there holds here: names, parameters, nesting, visibility, ``mixin``
and the docsonnet fields. What is added is a check around each value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..model.definition import (
    ROOT,
    Builder,
    Definition,
    Function,
    Member,
    Scope,
    functions,
    maker,
    members,
    setters,
)
from ..model.schema import Schema
from ._docsonnet import builder_doc, doc, function_doc, made, notes, object_doc, package, pkg
from ._jsonnet import Call, Expression, Field, Object, Raw, Sum, text
from .code import (
    CHECK,
    CHECK_ALL,
    CHECK_OF_API,
    CHECK_VALUE,
    DOCUMENTED,
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


def library(definition: Definition, path: str, *, newer: bool = True, twin: bool = False) -> str:
    """The Jsonnet text of a library that is imported by ``path``.

    Without ``newer`` it has no more than the functions of the library of 4.3.
    With ``twin``, it is the text of the one that sets the same values unchecked, and tells of
    each call.
    """
    parts = _Library(definition, twin, newer)
    root = Object((package(path, definition), *parts.members(), *MIXIN), block=True)
    body = text(root)
    listed = LISTED if "listed(" in body else ""
    check = TWIN if twin else _checks(definition, body)
    return f"{HEADER}{LOOKED_UP}{listed}{DOCUMENTED}{check}\n{body}\n"


def documentation(definition: Definition, path: str) -> Object:
    """The documentation of a library without its functions."""
    parts = _Library(definition, False, True)
    return _documented(Object((package(path, definition), *parts.members()), block=True))


def _documented(whole: Object) -> Object:
    return replace(whole, fields=tuple(_documents(whole)))


def _documents(whole: Object) -> Iterator[Field]:
    for field in whole.fields:
        if isinstance(field.name, str) and field.name.startswith("#"):
            yield field
        elif field.parameters is None and isinstance(field.value, Object):
            yield replace(field, value=_documented(field.value))


def _checks(definition: Definition, body: str) -> str:
    if definition.reference:
        return CHECK_OF_API if "check(" in body else ""
    first = next(functions(definition)).native
    parts = [CHECK.replace("FIRST", first)]
    calls = {" check(": CHECK_VALUE, " checkAll(": CHECK_ALL}
    return "".join([*parts, *(part for call, part in calls.items() if call in body)])


def index(group: str, version: str, paths: Sequence[tuple[Definition, str]]) -> str:
    """The Jsonnet text of the file that has the libraries of a group version, by name."""
    help = f"The kinds and parts of {group}/{version}."
    kinds = (Field(definition.name, Raw(f"import '{path}'")) for definition, path in paths)
    label = group.split(".")[0]
    root = Object(
        (
            pkg("main", "main.libsonnet", "The libraries of pyimagestream."),
            Field(
                label,
                Object(
                    (
                        pkg(label, "main.libsonnet", help),
                        Field(
                            version,
                            Object((pkg(version, "main.libsonnet", help), *kinds), block=True),
                            plus=True,
                        ),
                    ),
                    block=True,
                ),
                hidden=True,
                plus=True,
            ),
        ),
        block=True,
    )
    return f"{HEADER}\n{text(root)}\n"


@dataclass(frozen=True)
class _Library:
    """Renders the functions of a definition, whose values are checked."""

    definition: Definition
    twin: bool
    newer: bool

    def members(self) -> Iterator[Field]:
        """What stands at the root: fields and ``new`` by name, then what calls them."""
        new = [] if self.definition.part else [("new", list(self._new()))]
        schema = self.definition.schema
        fields = [(each.key, list(self._field(ROOT, each))) for each in self._members(ROOT, schema)]
        for _, member in sorted([*new, *fields], key=lambda member: member[0]):
            yield from member
        for builder in self.definition.builders if self.newer else ():
            yield builder_doc(builder)
            yield Field(builder.name, self._calls(builder), parameters=builder.parameters)

    def _members(self, scope: Scope, parent: Schema) -> Iterator[Member]:
        return members(self.definition, scope, parent, newer=self.newer)

    def _field(self, scope: Scope, member: Member) -> Iterator[Field]:
        if member.inner:
            help = member.inner.help.split("\n\n")[0]
            nested = tuple(self._nested(scope.inner(member), member.inner))
            yield object_doc(member.name, help)
            yield Field(member.name, Object(nested, block=True))
        for function in setters(self.definition, scope, member, newer=self.newer):
            yield function_doc(function, member.schema.help + notes(function))
            yield Field(function.name, self._body(function), (function.parameter,))

    def _nested(self, scope: Scope, parent: Schema) -> Iterator[Field]:
        for member in self._members(scope, parent):
            yield from self._field(scope, member)

    def _new(self) -> Iterator[Field]:
        function = maker(self.definition)
        parameters = (function.parameter,) if function else ()
        yield doc("new", [(each, "string") for each in parameters], made(self.definition))
        value: Expression = ""
        if function:
            value = noted(function) if self.twin else self._checked(function)
        name = text(value) if function else ""
        yield Field("new", new(self.definition, name, twin=self.twin), parameters)

    def _body(self, function: Function) -> Expression:
        if not self.twin:
            return patch(function, self._checked(function))
        fields = patch(function, noted(function)).fields
        hidden = marks(function, ".".join(function.path))
        return entered(function.native, Object((*fields, hidden)))

    def _calls(self, builder: Builder) -> Expression:
        name = f"{self.definition.name}.{builder.name}"
        called = "inside(at, self.{})" if self.twin else "self.{}"
        calls = (Raw(f"{called.format(each)}({argument})") for each, argument in builder.calls)
        total: Expression = next(calls)
        for call in calls:
            total = Sum(total, call)
        return entered(name, total) if self.twin else total

    def _checked(self, function: Function) -> Expression:
        # The lengths of what a part is made of tell nothing: its place in a manifest is unknown.
        whole = self.definition.part or self.definition.reference
        counted = function.schema.is_container and not whole
        return Call("checkAll" if counted else "check", (function.native, value_of(function)))
