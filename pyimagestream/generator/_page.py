"""The documentation page of a library, made from the resource model.

Index, headings, anchors and signatures are those of the page that
openshift-libsonnet 4.3 publishes, line for line.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model.schema import Resource, Schema, functions, setters
from .library import MIXIN_NOTE

PERMALINK = "/4.3/image/v1/imageStreamImport/"


def resource_page(resource: Resource) -> str:
    """The Markdown text of a resource's page."""
    title = f"{resource.group.split('.')[0]}.{resource.version}.{resource.name}"
    new = next(functions(resource))
    parts = [
        f"---\npermalink: {PERMALINK}\n---",
        f"# {title}",
        resource.help,
        "## Index",
        "\n".join(_index(resource)),
        "## Fields",
        *_function("", new.name, new.parameter, f"Makes an {resource.kind} of that name."),
        *_fields("", resource.schema),
    ]
    return "\n\n".join(parts) + "\n"


def _index(resource: Resource) -> Iterator[str]:
    new = next(functions(resource))
    yield _entry(0, "fn", new.name, f"{new.name}({new.parameter})")
    yield from _entries("", resource.schema, 0)


def _entries(scope: str, parent: Schema, depth: int) -> Iterator[str]:
    for key, schema in _functions_first(parent):
        if schema.is_nested:
            name = f"{scope}{key}"
            yield _entry(depth, "obj", name, name)
            yield from _entries(f"{name}.", schema, depth + 1)
            continue
        for function in setters("", (key,), schema):
            label = f"{function.name}({function.parameter})"
            yield _entry(depth, "fn", f"{scope}{function.name}", label)


def _entry(depth: int, kind: str, name: str, label: str) -> str:
    anchor = f"{kind} {name}".lower().replace(" ", "-").replace(".", "")
    return f"{'  ' * depth}* [`{kind} {label}`](#{anchor})"


def _fields(scope: str, parent: Schema) -> Iterator[str]:
    for key, schema in _functions_first(parent):
        if schema.is_nested:
            yield f"## obj {scope}{key}"
            yield schema.help
            yield from _fields(f"{scope}{key}.", schema)
            continue
        for function in setters("", (key,), schema):
            note = MIXIN_NOTE if function.mixin else ""
            yield from _function(scope, function.name, function.parameter, schema.help + note)


def _function(scope: str, name: str, parameter: str, help: str) -> Iterator[str]:
    yield f"### fn {scope}{name}"
    yield f"```ts\n{name}({parameter})\n```"
    yield help


def _functions_first(parent: Schema) -> list[tuple[str, Schema]]:
    documented = [(key, schema) for key, schema in parent.properties.items() if schema.documented]
    return sorted(documented, key=lambda field: (field[1].is_nested, field[0]))
