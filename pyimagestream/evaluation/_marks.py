"""Which call set a field of a finished manifest, told by the marks of its annotated twin."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, chain
from typing import Any

from ._annotate import MARKS, VALUE

Mark = list[Any]
"""The answer to a call and, where it is wanted, the value that it set."""

Origin = tuple[str, list[str]]
"""The answer to a call, and a path in what it was handed."""


class Given:
    """What calls set one field to, in their order. A chain may have thousands, all at fault."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self._marks = marks
        self._compared: tuple[Any, bool] | None = None

    def origins(
        self, value: Any, rest: list[str], wrong: Any, users: Collection[str]
    ) -> Iterable[Origin]:
        """The calls that may have set what is at ``rest`` in the field, if it has that value."""
        if not self._calls:  # without their values
            return [(self._marks[0][0], rest)] if len(self._marks) == 1 else []
        if isinstance(value, list) and self._kinds == {list}:
            return self._of_a_list(value, rest, wrong, users)
        if isinstance(value, dict) and self._kinds == {dict}:
            return self._of_a_map(value, rest, wrong, users)
        answer, given = self._calls[-1]
        return [(answer, rest)] if _same(given, value) else []

    @cached_property
    def _calls(self) -> list[tuple[str, Any]]:
        if any(len(mark) == 1 for mark in self._marks):
            return []
        return [(answer, _plain(given)) for answer, given in self._marks]

    @cached_property
    def _kinds(self) -> set[type]:
        return {type(given) for _, given in self._calls}

    @cached_property
    def _ends(self) -> list[int]:
        """Where the entries of each call end, as those of the next one are appended."""
        return list(accumulate(len(given) for _, given in self._calls))

    @cached_property
    def _setters(self) -> dict[str, int]:
        """The call that set a key: of two the later one wins."""
        return {key: place for place, (_, given) in enumerate(self._calls) for key in given}

    @cached_property
    def _holders(self) -> dict[str, dict[str, str]]:
        """The calls that set a key to a text, by that text, with the key; the last one first."""
        holders: dict[str, dict[str, str]] = {}
        for key, place in sorted(self._setters.items(), key=lambda each: -each[1]):
            answer, given = self._calls[place]
            if isinstance(given[key], str):
                holders.setdefault(given[key], {}).setdefault(answer, key)
        return holders

    def _of_a_list(
        self, value: list[Any], rest: list[str], wrong: Any, users: Collection[str]
    ) -> Iterable[Origin]:
        """Each call appended its entries to those that were there."""
        if not rest or not rest[0].isdecimal():
            return self._all(value, rest, users)
        index = int(rest[0])
        place = bisect_right(self._ends, index)
        if place == len(self._calls):
            return []
        answer, given = self._calls[place]
        index -= self._ends[place] - len(given)
        if not _same(given[index], _item(value, rest[0])):
            return []
        own = (answer, [str(index), *rest[1:]])
        return [*_inside(given[index], rest[1:], wrong), own]

    def _of_a_map(
        self, value: dict[str, Any], rest: list[str], wrong: Any, users: Collection[str]
    ) -> Iterable[Origin]:
        """What is wrong may be a key itself, or the value of one that is not told."""
        key = rest[0] if rest else wrong
        if isinstance(key, str) and key in self._setters:
            answer, given = self._calls[self._setters[key]]
            return [(answer, rest)] if _same(given[key], value.get(key)) else []
        holders = self._holders.get(wrong, {}) if isinstance(wrong, str) and not rest else {}
        if holders and all(value.get(key) == wrong for key in holders.values()):
            known = [answer for answer in holders if answer in users]
            return ((answer, rest) for answer in chain(known, holders))
        return self._all(value, rest, users)

    def _all(
        self, value: list[Any] | dict[str, Any], rest: list[str], users: Collection[str]
    ) -> Iterator[Origin]:
        """The users, then every call, the last one first; none where they do not make the value."""
        if self._compared is None or self._compared[0] is not value:
            self._compared = value, _same(self._sum(), value)
        if self._compared[1]:
            order = self._last_first
            known = sorted((answer for answer in users if answer in order), key=order.__getitem__)
            yield from ((answer, rest) for answer in chain(known, order))

    @cached_property
    def _last_first(self) -> dict[str, int]:
        return {answer: -place for place, (answer, _) in reversed([*enumerate(self._calls)])}

    def _sum(self) -> list[Any] | dict[str, Any]:
        if self._kinds == {list}:
            return [item for _, given in self._calls for item in given]
        return {key: item for _, given in self._calls for key, item in given.items()}


Marks = Mapping[str, Given]
"""By the path of the field that was set."""


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
        path: Given(given)
        for path, given in (marks.items() if isinstance(marks, dict) else ())
        if isinstance(given, list)
        and given
        and all(isinstance(mark, list) and len(mark) in (1, 2) for mark in given)
        and all(isinstance(mark[0], str) for mark in given)
    }


def origins(
    marks: Marks, value: Any, path: Sequence[str], wrong: Any, users: Collection[str] = ()
) -> Iterable[Origin]:
    """The calls that may have set the field at ``path`` of an object, the likeliest first.

    Of many alike these are the ``users``. Empty where no call did, or where what it set was
    changed afterwards.
    """
    for end in range(len(path), 0, -1):
        if set_by := marks.get(".".join(path[:end])):
            for key in path[:end]:
                value = _item(value, key)
            return set_by.origins(value, list(path[end:]), wrong, users)
    return []


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
