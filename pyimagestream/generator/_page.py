"""The documentation page of a library, made from the resource model.

Index, headings, anchors and signatures are those of the page that
openshift-libsonnet 4.3 publishes, line for line; what is newer or ours is marked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model.definition import ROOT, Definition, Function, Member, Scope, maker, members, setters
from ..model.schema import Schema
from ._docsonnet import OURS_NOTE, made, notes

RELEASE = "4.3"

NEWER, OURS = " (newer)", " (ours)"


def page(definition: Definition, *, newer: bool = True) -> str:
    """The Markdown text of a library's page; without ``newer`` that of the library of 4.3."""
    permalink = f"/{RELEASE}/{_label(definition, '/')}/{definition.name}/"
    pages = _Page(definition, newer)
    parts = [
        f"---\npermalink: {permalink}\n---",
        f"# {_label(definition, '.')}.{definition.name}",
        definition.help,
        "## Index",
        "\n".join(pages.index()),
        "## Fields",
        *pages.fields(),
    ]
    return "\n\n".join(parts) + "\n"


def index_page(definitions: Sequence[Definition]) -> str:
    """The Markdown text of the page that leads to the others."""
    first = definitions[0]
    links = "\n".join(
        f"* [{each.name}]({each.name}.md){NEWER if each.newer else ''}" for each in definitions
    )
    head = f"---\npermalink: /{RELEASE}/{_label(first, '/')}/\n---"
    return f"{head}\n\n# {_label(first, '.')}\n\n{links}\n"


def _label(definition: Definition, separator: str) -> str:
    return separator.join((definition.group.split(".")[0], definition.version))


class _Page:
    def __init__(self, definition: Definition, newer: bool) -> None:
        self._definition = definition
        self._newer = newer
        self._builders = definition.builders if newer else ()

    def index(self) -> Iterator[str]:
        for builder in self._builders:
            signature = f"{builder.name}({', '.join(builder.parameters)})"
            yield _entry(0, "fn", builder.name, signature) + OURS
        if new := maker(self._definition):
            yield _entry(0, "fn", new.name, f"{new.name}({new.parameter})")
        yield from self._entries(ROOT, self._definition.schema)

    def fields(self) -> Iterator[str]:
        for builder in self._builders:
            help = builder.help + OURS_NOTE
            yield from _section("", builder.name, ", ".join(builder.parameters), help)
        if new := maker(self._definition):
            yield from _section("", new.name, new.parameter, made(self._definition))
        yield from self._sections(ROOT, self._definition.schema)

    def _entries(self, scope: Scope, parent: Schema) -> Iterator[str]:
        depth = len(scope.names)
        for function in self._functions(scope, parent):
            label = f"{function.name}({function.parameter})"
            entry = _entry(depth, "fn", ".".join((*scope.names, function.name)), label)
            yield entry + NEWER * function.newer
        for member, inner in self._objects(scope, parent):
            name = ".".join((*scope.names, member.name))
            yield _entry(depth, "obj", name, name)
            yield from self._entries(scope.inner(member), inner)

    def _sections(self, scope: Scope, parent: Schema) -> Iterator[str]:
        prefix = "".join(f"{name}." for name in scope.names)
        for function in self._functions(scope, parent):
            help = function.schema.help + notes(function)
            yield from _section(prefix, function.name, function.parameter, help)
        for member, inner in self._objects(scope, parent):
            yield f"## obj {prefix}{member.name}"
            yield inner.help.split("\n\n")[0]
            yield from self._sections(scope.inner(member), inner)

    def _members(self, scope: Scope, parent: Schema) -> Iterator[Member]:
        return members(self._definition, scope, parent, newer=self._newer)

    def _functions(self, scope: Scope, parent: Schema) -> Iterator[Function]:
        for member in self._members(scope, parent):
            yield from setters(self._definition, scope, member, newer=self._newer)

    def _objects(self, scope: Scope, parent: Schema) -> Iterator[tuple[Member, Schema]]:
        for member in self._members(scope, parent):
            if member.inner:
                yield member, member.inner


def _entry(depth: int, kind: str, name: str, label: str) -> str:
    anchor = f"{kind} {name}".lower().replace(" ", "-").replace(".", "")
    return f"{'  ' * depth}* [`{kind} {label}`](#{anchor})"


def _section(scope: str, name: str, parameters: str, help: str) -> Iterator[str]:
    yield f"### fn {scope}{name}"
    yield f"```ts\n{name}({parameters})\n```"
    yield help
