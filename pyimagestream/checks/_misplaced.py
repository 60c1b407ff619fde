"""Where a field belongs that stands in an object around that place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from ..model.schema import Schema

_DEPTH = 3
_MANY = 2
"""Places to name: what is at more of them says nothing."""

Within = Callable[[str], str]


def within(schema: Schema, server: str | None) -> Within:
    """Tells of a name the fields inside an object that have it, the nearest ones; else nothing.

    What stands in an answer of the server is not looked at.
    """

    @cache
    def places() -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        level = [("", schema)]
        for _ in range(_DEPTH):
            inner = [each for path, fields in level for each in _fields(path, fields, server)]
            here: dict[str, list[str]] = {}
            for path, _ in inner:
                here.setdefault(path.rpartition(".")[2].removesuffix("[]"), []).append(path)
            found = {**here, **found}
            level = inner
        return found

    def told(name: str) -> str:
        paths = [path.removesuffix("[]") for path in places().get(name, ())]
        return " or ".join(paths) if len(paths) <= _MANY else ""

    return told


def _fields(path: str, schema: Schema, server: str | None) -> Iterator[tuple[str, Schema]]:
    for key, field in schema.properties.items():
        if (server is None or server in field.servers) and key != "status":
            entry = "[]" if field.items else ""
            yield f"{path}{'.' if path else ''}{key}{entry}", field.items or field
