"""Which call set a field of a finished manifest, told by the marks of its annotated twin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ._annotate import MARKS, VALUE

Mark = list[Any]
"""The answer to a call and, where it is wanted, the value that it set."""

Marks = Mapping[str, Sequence[Mark]]
"""By the path of the field that was set."""

Origin = tuple[str, list[str]]
"""The answer to a call, and a path in what it was handed."""


def unwrapped(value: Any, marks: dict[str, Marks] | None = None, place: str = "") -> Any:
    """What a template comes to without annotations; ``marks`` get those it has, by place."""
    if isinstance(value, dict):
        if _is_marked(value):
            if marks is not None:
                marks[place] = _sound(value[MARKS])
            return value[VALUE]
        items = value.items()
        return {key: unwrapped(item, marks, f"{place}.{key}") for key, item in items}
    if isinstance(value, list):
        return [
            unwrapped(item, marks, f"{place}[{index}]") if isinstance(item, (dict, list)) else item
            for index, item in enumerate(value)
        ]
    return value


def _sound(marks: Any) -> Marks:
    """The marks that our functions made: a template may have a field of that name itself."""
    return {
        path: given
        for path, given in (marks.items() if isinstance(marks, dict) else ())
        if isinstance(given, list)
        and given
        and all(isinstance(mark, list) and len(mark) in (1, 2) for mark in given)
        and all(isinstance(mark[0], str) for mark in given)
    }


def origins(marks: Marks, value: Any, path: Sequence[str], wrong: Any) -> list[Origin]:
    """The calls that may have set the field at ``path`` of an object, the likeliest first.

    Empty where no call did, or where what it set was changed afterwards.
    """
    for end in range(len(path), 0, -1):
        if set_by := marks.get(".".join(path[:end])):
            for key in path[:end]:
                value = _item(value, key)
            return _origins(set_by, value, list(path[end:]), wrong)
    return []


def _origins(marks: Sequence[Mark], value: Any, rest: list[str], wrong: Any) -> list[Origin]:
    if any(len(mark) == 1 for mark in marks):  # without their values
        return [(marks[0][0], rest)] if len(marks) == 1 else []
    calls = [(answer, _plain(given)) for answer, given in marks]
    if isinstance(value, list) and all(isinstance(given, list) for _, given in calls):
        return _of_a_list(calls, value, rest, wrong)
    if isinstance(value, dict) and all(isinstance(given, dict) for _, given in calls):
        return _of_a_map(calls, value, rest, wrong)
    answer, given = calls[-1]
    return [(answer, rest)] if _same(given, value) else []


def _of_a_list(
    calls: list[tuple[str, list[Any]]], value: list[Any], rest: list[str], wrong: Any
) -> list[Origin]:
    """Each call appended its entries to those that were there."""
    if rest and rest[0].isdecimal():
        index = int(rest[0])
        for answer, given in calls:
            if index < len(given):
                if not _same(given[index], _item(value, rest[0])):
                    return []
                own = (answer, [str(index), *rest[1:]])
                return [*_inside(given[index], rest[1:], wrong), own]
            index -= len(given)
        return []
    if not _same([item for _, given in calls for item in given], value):
        return []
    return [(answer, rest) for answer, _ in reversed(calls)]


def _of_a_map(
    calls: list[tuple[str, dict[str, Any]]], value: dict[str, Any], rest: list[str], wrong: Any
) -> list[Origin]:
    """Of two calls that set a key, the later one wins. What is wrong may be a key itself."""
    key = rest[0] if rest else wrong
    for answer, given in reversed(calls):
        if isinstance(key, str) and key in given:
            return [(answer, rest)] if _same(given[key], value.get(key)) else []
    known = {key: item for _, given in calls for key, item in given.items()}
    return [(answer, rest) for answer, _ in reversed(calls)] if _same(known, value) else []


def _inside(value: Any, path: Sequence[str], wrong: Any) -> Iterator[Origin]:
    """The calls that made a part of a value: they know best."""
    for position, key in enumerate(path):
        if _is_marked(value):
            yield from origins(_sound(value[MARKS]), value[VALUE], path[position:], wrong)
        value = _item(_plain(value), key)


def _plain(value: Any) -> Any:
    return value[VALUE] if _is_marked(value) else value


def _is_marked(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {MARKS, VALUE}


def _item(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return value.get(key)
    if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
        return value[int(key)]
    return None


def _same(given: Any, value: Any) -> bool:
    """Equal, and not as 1 equals true."""
    given = unwrapped(given)
    return given == value and isinstance(given, bool) == isinstance(value, bool)
