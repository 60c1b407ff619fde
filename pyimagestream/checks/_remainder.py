"""What is left of a value without its parts of a wrong JSON type, so that rules can be asked of it.

The server stops at a wrong type. Here it hides nothing: the rules judge the rest, and what they
find is put back into the places it has in the whole value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..model.schema import Schema
from ._faults import REQUIRED, Fault, Named, Path

_Taken = dict[Any, Any]
"""Paths as a tree: each key leads to the tree of what was taken below it, or to {} if it was."""


class Remainder:
    """A value of a schema without the parts at some paths.

    Fields of objects and arrays are left empty rather than missing, as rules ask whether they are
    there. ``value`` shares with the whole value all that is left.
    """

    def __init__(self, schema: Schema, value: Any, taken: Iterable[Path]) -> None:
        self._taken: _Taken = {}
        self._kept: dict[Path, list[int]] = {}
        self._unnumbered: Counter[Path] = Counter()
        for path in sorted(taken, key=len):
            self._unnumbered[tuple(part for part in path if isinstance(part, str))] += 1
            tree = self._taken
            for part in path:
                if tree.get(part) == {}:  # all of it was taken, for a key that is no text
                    break
                tree = tree.setdefault(part, {})
        self.value = self._without((), schema, value, self._taken)

    def restored(self, faults: Iterable[Fault]) -> Iterator[Fault]:
        """The faults of the remainder that the whole value has too, where it has them.

        An object is not blamed for lacking what only its wrong type took away.
        """
        for fault in faults:
            path: Path = ()
            tree: _Taken | None = self._taken
            for part in fault.path:
                kept = self._kept.get(path)
                if kept is not None and isinstance(part, int):
                    index = kept[part]
                    part = Named(index, part.name) if isinstance(part, Named) else index
                path = (*path, part)
                tree = tree.get(part) if tree is not None else None
                if tree == {}:
                    break
            if self._unnumbered[path] > 0:  # of some lists the server numbers no entries
                self._unnumbered[path] -= 1
            elif tree is None or (tree and fault.reason != REQUIRED and self._kept.get(path) != []):
                yield fault._replace(path=path)

    def _without(self, path: Path, schema: Schema | None, value: Any, taken: _Taken) -> Any:
        if not taken:
            assert schema is not None
            return _EMPTY[schema.type]()
        if isinstance(value, dict):
            left = dict(value)
            for key, below in taken.items():
                part = _part(schema, key)
                if below or (part and part.type in _EMPTY):
                    left[key] = self._without((*path, key), part, value[key], below)
                else:
                    del left[key]
            return left
        entry = schema and schema.items
        kept = self._kept[path] = [i for i in range(len(value)) if taken.get(i) != {}]
        return [
            self._without((*path, index), entry, value[index], taken[index])
            if index in taken
            else value[index]
            for index in kept
        ]


_EMPTY: dict[str, Callable[[], Any]] = {"object": dict, "array": list}


def _part(schema: Schema | None, key: Any) -> Schema | None:
    return schema and schema.properties.get(key, schema.additional)
