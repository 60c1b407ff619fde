"""Where a field belongs that stands in an object around that place, or in another kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

from ..model.group import definition
from ..model.schema import Schema
from ._faults import UNKNOWN, Fault, Faults

_DEPTH = 3
_MANY = 2
"""Places to name: what is at more of them says nothing."""

_KINDS = ("ImageStream", "ImageStreamImport")
"""Kinds that are taken for each other."""

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


def mixed_up(kind: str, found: Faults) -> Faults:
    """The faults of a manifest of a kind, of which those about a field of its spec that another
    kind has say so.
    """
    others = [other for other in _KINDS if other != kind] if kind in _KINDS else []
    return [_of_another(fault, others) for fault in found] if others else found


def _of_another(fault: Fault, kinds: list[str]) -> Fault:
    is_of_spec = fault.reason == UNKNOWN and len(fault.path) == 2 and fault.path[0] == "spec"
    for kind in kinds if is_of_spec else ():
        if fault.path[1] in definition(kind).schema.properties["spec"].properties:
            return fault._replace(message=f"{fault.message} (it is a field of {kind})")
    return fault
