"""Where a field belongs that stands elsewhere in a manifest, or in one of another kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ..model.group import definition
from ..model.schema import Schema
from ._faults import UNKNOWN, Fault, Faults, Path, field

_DEPTH = 3
_HEIGHT = 12
"""How far below and above the object of a field a place for it is looked for, in steps."""

_MANY = 2
"""Places to name: what belongs to more of them says nothing."""

_KINDS = ("ImageStream", "ImageStreamImport")
"""Kinds that are taken for each other."""

_ENTRIES = "[]"
_KEYS = "{}"
"""The steps into the entries of a list, and of a map."""

Fields = Callable[[Schema], Mapping[str, Schema]]
"""Tells the fields of an object, those of the definition that it refers to."""

_Down = tuple[str, ...]

_Inside = Mapping[str, Sequence[tuple[_Down, bool]]]
"""The ways to the fields in an object, by name, and whether they are those of a reference to some
other object: what stands elsewhere than beside that is hardly meant for it.
"""


class Misplaced:
    """Tells where the unknown fields of manifests belong, by the schema of their kind."""

    def __init__(self, schema: Schema, fields: Fields) -> None:
        self._schema = schema
        self._fields = fields
        self._inside: dict[Path, _Inside] = {}
        self._nearest = lru_cache(maxsize=1024)(self._nearest_of)

    def told(self, found: Faults, manifest: Any) -> Faults:
        """The faults, of which those about a field that belongs elsewhere say where: to the
        nearest place, if it is below the object or empty.
        """
        return [
            self._told(fault, manifest) if fault.reason == UNKNOWN else fault for fault in found
        ]

    def _told(self, fault: Fault, manifest: Any) -> Fault:
        *around, name = fault.path
        places: list[tuple[Path, bool]] = []
        generic = tuple(_ENTRIES if isinstance(step, int) else step for step in around)
        for up, down in self._nearest(generic, str(name)):
            whole = (*around[: len(around) - up], *down)
            is_empty = not is_there(manifest, whole)
            if up and not is_empty:
                return fault
            places.append((whole if up else down, is_empty))
        empty = [place for place, is_empty in places if is_empty] or [place for place, _ in places]
        if not empty:
            return fault
        shown = (field(place).replace(f".{_ENTRIES}", _ENTRIES) for place in empty)
        hint = f"(did you mean {' or '.join(shown)}?)"
        return fault._replace(message=f"is unknown to the server {hint}")

    def _nearest_of(self, around: _Down, name: str) -> Sequence[tuple[int, _Down]]:
        """The nearest fields of a name: how many steps up from its object, and the way down."""
        found = sorted(self._ways(around, name))
        nearest = [(up, down) for distance, up, down in found if distance == found[0][0]]
        return nearest if len(nearest) <= _MANY else ()

    def _ways(self, around: _Down, name: str) -> Iterator[tuple[int, int, _Down]]:
        steps: list[str] = []
        schemas = [self._schema]
        for step in around:
            kind, inner = self._step(schemas[-1], step)
            if inner is None:
                return
            steps.append(kind)
            schemas.append(inner)
        for up in range(min(len(steps), _HEIGHT) + 1):
            above, below = steps[: len(steps) - up], steps[len(steps) - up :]
            for down, of_reference in self._index(tuple(above), schemas[len(above)]).get(name, ()):
                if of_reference and (up or len(down) > 2):
                    continue
                if down[:1] != tuple(below[:1]):  # else it is nearer to an object further in
                    yield sum(each != _ENTRIES for each in (*below, *down[:-1])), up, down

    def _step(self, schema: Schema, step: str) -> tuple[str, Schema | None]:
        if step == _ENTRIES:
            return _ENTRIES, schema.items
        known = self._fields(schema).get(step)
        return (step, known) if known else (_KEYS, schema.additional)

    def _index(self, path: Path, schema: Schema) -> _Inside:
        """The ways to the fields inside an object, by their names."""
        if path not in self._inside:
            self._inside[path] = self._below(schema)
        return self._inside[path]

    def _below(self, schema: Schema) -> _Inside:
        """What is in an answer of the server is left out."""
        found: dict[str, list[tuple[_Down, bool]]] = {}
        level: list[tuple[_Down, Schema]] = [((), schema)]
        for _ in range(_DEPTH):
            inner: list[tuple[_Down, Schema]] = []
            for way, each in level:
                fields = self._fields(each)
                of_reference = bool(way) and fields.keys() >= {"apiVersion", "kind"}
                for key, value in fields.items():
                    if key == "status":
                        continue
                    found.setdefault(key, []).append(((*way, key), of_reference))
                    entry = value.items
                    inner.append(((*way, key, _ENTRIES), entry) if entry else ((*way, key), value))
            level = inner
        return found


def is_there(value: Any, way: Path) -> bool:
    """Whether something stands at the end of a way, in all entries of its lists."""
    for index, step in enumerate(way):
        if step == _ENTRIES:
            rest = way[index + 1 :]
            return isinstance(value, list) and all(is_there(entry, rest) for entry in value)
        if isinstance(value, list):
            value = value[step] if isinstance(step, int) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
        if value is None:
            return False
    return True


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
