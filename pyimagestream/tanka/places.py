"""Where a field of a manifest stands in the YAML or JSON text it was read from."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from ..evaluation.fieldpath import Entries, parts
from ..golang.yaml.reader import Container, Place


class Places:
    """The places in one document; ``containers`` has its objects and arrays by their ``id``."""

    def __init__(self, containers: Mapping[int, Container]) -> None:
        self._containers = containers
        self._entries = Entries()
        self._alike: dict[tuple[int, str], dict[Any, deque[Place]]] = {}

    def find(self, manifest: Any, field: str, value: Any = None) -> Place:
        """Where a field of a manifest stands, or what is nearest around it.

        ``field`` is as the server says it. That leaves out the index of some entries: then
        the entry that has ``value`` is looked for.
        """
        here, container = self._containers[id(manifest)], manifest
        place = here.place
        left = parts(field)
        while left and id(container) in self._containers:
            here = self._containers[id(container)]
            step = self._step(container, left[0])
            if step not in here.parts:
                break
            place, container = here.parts[step], container[step]
            left.pop(0)
        field = left[0] if left else ""
        # Only the fields of entries are told without an index.
        is_of_entries = isinstance(container, list) and not field.isdecimal()
        if id(container) in self._containers and (is_of_entries or not left):
            return self._entry(container, field, value) or place
        return place

    def _step(self, container: Any, part: str) -> Any:
        return part if isinstance(container, dict) else self._entries.index(container, part)

    def _entry(self, container: Any, field: str, value: Any) -> Place | None:
        """The place of the next entry with that value, or with that value in a field."""
        if not isinstance(value, (str, int, float, type(None))):
            return None
        alike = self._alike.get((id(container), field))
        if alike is None:
            alike = self._alike[id(container), field] = {}
            for key, found in self._values(container, field):
                alike.setdefault(found, deque()).append(self._containers[id(container)].parts[key])
        places = alike.get(value)
        if not places:
            return None
        return places.popleft() if len(places) > 1 else places[0]

    def _values(self, container: Any, field: str) -> Iterator[tuple[Any, Any]]:
        entries = container.items() if isinstance(container, dict) else enumerate(container)
        for key, entry in entries:
            if field and isinstance(entry, dict):
                entry = entry.get(field)
            elif field:
                continue
            if isinstance(key, str):
                yield key, key
            if entry != key and isinstance(entry, (str, int, float, type(None))):
                yield key, entry
