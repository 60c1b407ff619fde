"""The paths of fields, as the server prints them, and the ways they lead in a value."""

from __future__ import annotations

import json
import re
from typing import Any

_PART = re.compile(r"\[(?P<entry>(?:[^\[\]]|\[[^\[\]]*\])*)\]|\.?(?P<field>[^.\[\]]+)")


def parts(field: str) -> list[str]:
    """The keys, indices and names of entries in a path; none for ``$``, which is all of a value."""
    if field == "$":
        return []
    return [
        _unescaped(match["field"] if match["entry"] is None else match["entry"])
        for match in _PART.finditer(field)
    ]


def _unescaped(text: str) -> str:
    """The text that JSON's escapes stand for."""
    try:
        read = json.loads(f'"{text}"') if "\\" in text else text
    except ValueError:
        return text
    return str(read)


class Entries:
    """The entries of lists, by what a path has for one: an index, or a name.

    The server tells the entries of some lists by their names, of which the last counts.
    """

    def __init__(self) -> None:
        self._named: dict[int, tuple[list[Any], dict[str, int]]] = {}

    def index(self, entries: list[Any], part: str) -> int | None:
        """The index that a part of a path stands for; None if it is none for that list."""
        if id(entries) not in self._named:
            names = {
                entry["name"]: index
                for index, entry in enumerate(entries)
                if isinstance(entry, dict) and isinstance(entry.get("name"), str)
            }
            # The list is held as well, so that no other one gets its number.
            self._named[id(entries)] = entries, names
        index = self._named[id(entries)][1].get(part)
        return int(part) if index is None and part.isdecimal() else index

    def way(self, value: Any, path: list[str]) -> list[str]:
        """A path in a value with the indices of entries in place of their names."""
        found: list[str] = []
        for position, part in enumerate(path):
            if isinstance(value, list):
                index = self.index(value, part)
                if index is None or index >= len(value):
                    return found + path[position:]
                value, part = value[index], str(index)
            elif isinstance(value, dict):
                value = value.get(part)
            else:
                return found + path[position:]
            found.append(part)
        return found
