"""Definitions that consist of themselves, which no library can spell out to the end."""

from __future__ import annotations

from collections.abc import Mapping

from ..api import nested
from ..schema import Schema
from ._schemas import ANYTHING


def marked(schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    """The same, where a field that leads back to its own definition can be set as a whole too."""
    around = {name: _reachable(name, schemas) for name in schemas}
    back = {name for name, found in around.items() if name in found}
    return {
        name: _marked(schema, {ref for ref in around[name] & back if name in around[ref]})
        if name in back
        else schema
        for name, schema in schemas.items()
    }


def _marked(schema: Schema, back: set[str]) -> Schema:
    if schema.ref:
        return schema._replace(additional=ANYTHING) if schema.ref in back else schema
    if schema.type == "array" and schema.items and not schema.items.ref:
        return schema._replace(items=_marked(schema.items, back))
    fields = {key: _marked(field, back) for key, field in schema.properties.items()}
    return schema._replace(properties=fields) if fields else schema


def _reachable(name: str, schemas: Mapping[str, Schema]) -> set[str]:
    """The definitions whose functions are within those of one."""
    found: set[str] = set()
    left = [*nested(schemas[name])]
    while left:
        ref = left.pop()
        if ref not in found:
            found.add(ref)
            left += nested(schemas[ref])
    return found
