"""Which call set a field of a finished manifest, told by the marks that its annotated twin has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from ._annotate import MARKS

_PART = re.compile(r"\.?([^.\[\]]+)|\[([^\]]*)\]")

Mark = list[Any]
"""The number of a call and, where it is wanted, the value that it set."""

Origin = tuple[int, list[str]]
"""The number of a call, and a path in what it was handed."""


def parts(field: str) -> list[str]:
    """The keys and the indices of a field path."""
    return [match[1] or match[2] or "" for match in _PART.finditer(field)]


def unmarked(value: Any) -> Any:
    """The value a template comes to, without the marks."""
    if isinstance(value, dict):
        return {key: unmarked(item) for key, item in value.items() if key != MARKS}
    return [unmarked(item) for item in value] if isinstance(value, list) else value


def is_marked(value: Any) -> bool:
    """Whether there are marks anywhere in a value."""
    if isinstance(value, dict):
        return MARKS in value or any(is_marked(item) for item in value.values())
    return isinstance(value, list) and any(is_marked(item) for item in value)


def origins(marked: Any, manifest: Any, field: str, wrong: Any) -> list[Origin]:
    """The calls that may have set a field of a manifest, the likeliest first.

    ``marked`` is the manifest with its marks. Empty where no call set the field, or where
    what it set was changed afterwards.
    """
    found: list[Origin] = []
    for marks, value, rest in _marks(marked, manifest, parts(field)):
        found = _origins(marks, value, rest, wrong)  # the innermost know best
    return found


def _marks(marked: Any, value: Any, path: list[str]) -> Iterator[tuple[list[Mark], Any, list[str]]]:
    """What was marked on the way to a field: marks, the value there, and the rest of the path."""
    for position, key in enumerate(path):
        at_hand = marked.get(MARKS, {}) if isinstance(marked, dict) else {}
        inner = value
        for end in range(position + 1, len(path) + 1) if at_hand else ():
            inner = _item(inner, path[end - 1])
            marks = at_hand.get(".".join(path[position:end]))
            if marks:
                yield marks, inner, path[end:]
        marked, value = _item(marked, key), _item(value, key)


def _item(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return value.get(key)
    if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
        return value[int(key)]
    return None


def _origins(marks: Sequence[Mark], value: Any, rest: list[str], wrong: Any) -> list[Origin]:
    if any(len(mark) == 1 for mark in marks):  # without their values
        return [(int(marks[0][0]), rest)] if len(marks) == 1 else []
    calls = [(int(number), given) for number, given in marks]
    if isinstance(value, list) and all(isinstance(given, list) for _, given in calls):
        return _of_a_list(calls, value, rest)
    if isinstance(value, dict) and all(isinstance(given, dict) for _, given in calls):
        return _of_a_map(calls, value, rest, wrong)
    number, given = calls[-1]
    return [(number, rest)] if _same(given, value) else []


def _of_a_list(
    calls: list[tuple[int, list[Any]]], value: list[Any], rest: list[str]
) -> list[Origin]:
    """Each call appended its entries to those that were there."""
    if rest and rest[0].isdecimal():
        index = int(rest[0])
        for number, given in calls:
            if index < len(given):
                is_its_own = _same(given[index], _item(value, rest[0]))
                return [(number, [str(index), *rest[1:]])] if is_its_own else []
            index -= len(given)
        return []
    if not _same([item for _, given in calls for item in given], value):
        return []
    return [(number, rest) for number, _ in reversed(calls)]


def _of_a_map(
    calls: list[tuple[int, dict[str, Any]]], value: dict[str, Any], rest: list[str], wrong: Any
) -> list[Origin]:
    """Of two calls that set a key, the later one wins. What is wrong may be a key itself."""
    key = rest[0] if rest else wrong
    for number, given in reversed(calls):
        if isinstance(key, str) and key in given:
            return [(number, rest)] if _same(given[key], value.get(key)) else []
    known = {key: item for _, given in calls for key, item in given.items()}
    return [(number, rest) for number, _ in reversed(calls)] if _same(known, value) else []


def _same(given: Any, value: Any) -> bool:
    """Equal, and not as 1 equals true."""
    return given == value and isinstance(given, bool) == isinstance(value, bool)
