"""The constraints of a schema, compiled into questions about one value of the right type.

Source: apiextensions-apiserver and go-openapi's validate, whose rules these are, down to what
counts as a character (a code point) and as equal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..model.constraints import Branch, Constraints
from ._faults import (
    DUPLICATE,
    INVALID,
    NONE,
    NOT_SUPPORTED,
    REQUIRED,
    TOO_LONG,
    TOO_MANY,
    Fault,
    Faults,
    Grade,
    Key,
    show,
)
from ._formats import FORMATS
from ._patterns import matcher
from .spelling import meant

Check = Callable[[Any], Faults]

_SHOWN = 12
"""So many values of an enum are listed."""


def checks(constraints: Constraints, *, whole: bool, unset: bool = False) -> Iterator[Check]:
    """What is asked of a value besides its type, if anything.

    Without ``whole`` it may be a part of a sum: then nothing is missing. With ``unset`` an empty
    text means that the field is left out, as in structs of Go.
    """
    if constraints.enum:
        yield _enum(constraints.enum, unset)
    if constraints.pattern and (found := matcher(constraints.pattern)):
        yield _pattern(constraints.pattern, found)
    if constraints.min_length or constraints.max_length is not None:
        yield _length(constraints.min_length or 0, constraints.max_length)
    if constraints.minimum is not None or constraints.maximum is not None:
        yield _range(constraints)
    if constraints.multiple_of:
        yield _multiple(constraints.multiple_of)
    least, most = constraints.min_items or 0, constraints.max_items
    if (least and whole) or most is not None:
        yield _count(list, "entries", least if whole else 0, most)
    least, most = constraints.min_properties or 0, constraints.max_properties
    if (least and whole) or most is not None:
        yield _count(dict, "fields", least if whole else 0, most)
    if constraints.unique_items or constraints.list_type == "set":
        yield _set
    if constraints.list_type == "map" and constraints.list_map_keys:
        yield _map_keys(constraints.list_map_keys)
    if whole:
        yield from branches(constraints)


def formatted(format: str) -> Check | None:
    """Whether a value has a format, where the server looks at it, which lets lists pass."""
    known = FORMATS.get(format)
    if known is None:
        return None
    is_well, wanted = known

    def check(value: Any) -> Faults:
        if is_well(value) if isinstance(value, str) else isinstance(value, (list, tuple)):
            return NONE
        return _fault(value, f"must be {wanted}, not {show(value)}")

    return check


def required(
    names: Iterable[str], *, nullable: Iterable[str] = (), reason: Grade = REQUIRED
) -> Check:
    """The fields that have to be there. One that is null is not, unless it may be null."""
    wanted = tuple((name, name in set(nullable)) for name in names)

    def check(value: Any) -> Faults:
        return [
            Fault((name,), None, "must be there", reason)
            for name, may_be_null in wanted
            if value.get(name) is None and not (may_be_null and name in value)
        ]

    return check


def _fault(value: Any, message: str, reason: Grade = INVALID) -> Faults:
    return (Fault((), value, message, reason),)


def _enum(values: tuple[Any, ...], unset: bool) -> Check:
    texts = frozenset(value for value in values if isinstance(value, str))
    others = [value for value in values if not isinstance(value, str)]
    if unset:
        texts |= {""}
    shown = [show(value) for value in values[:_SHOWN]]
    more = f" or {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""

    def check(value: Any) -> Faults:
        if (
            value in texts
            if isinstance(value, str)
            else any(_equal(value, each) for each in others)
        ):
            return NONE
        near = meant(value, sorted(texts - {""})) if isinstance(value, str) else ""
        hint = f" (did you mean {near}?)" if near else ""
        must = (
            f"must be one of {', '.join(shown)}{more}" if len(values) > 1 else f"must be {shown[0]}"
        )
        return _fault(value, f"{must}, not {show(value)}{hint}", NOT_SUPPORTED)

    return check


def _equal(one: Any, other: Any) -> bool:
    """As JSON values are: true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _pattern(pattern: str, found: Callable[[str], object]) -> Check:
    def check(value: Any) -> Faults:
        if not isinstance(value, str) or found(value):
            return NONE
        return _fault(value, f"must match {pattern}, not {show(value)}")

    return check


def _length(least: int, most: int | None) -> Check:
    def check(value: Any) -> Faults:
        if not isinstance(value, str):
            return NONE
        if len(value) < least:
            return _fault(value, f"must have at least {_characters(least)}, not {len(value)}")
        if most is not None and len(value) > most:
            message = f"must have at most {_characters(most)}, not {len(value)}"
            return _fault(value, message, TOO_LONG)
        return NONE

    return check


def _characters(count: int) -> str:
    return f"{count} character{'' if count == 1 else 's'}"


def _range(constraints: Constraints) -> Check:
    low, high = constraints.minimum, constraints.maximum
    above, below = constraints.exclusive_minimum, constraints.exclusive_maximum

    def check(value: Any) -> Faults:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return NONE
        if low is not None and (value < low or (above and value == low)):
            word = "more than" if above else "at least"
            return _fault(value, f"must be {word} {show(low)}, not {show(value)}")
        if high is not None and (value > high or (below and value == high)):
            word = "less than" if below else "at most"
            return _fault(value, f"must be {word} {show(high)}, not {show(value)}")
        return NONE

    return check


def _multiple(factor: float) -> Check:
    def check(value: Any) -> Faults:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return NONE
        if _is_multiple(value, factor):
            return NONE
        return _fault(value, f"must be a multiple of {show(factor)}, not {show(value)}")

    return check


def _is_multiple(value: float, factor: float) -> bool:
    if isinstance(value, int) and isinstance(factor, int):
        return value % factor == 0
    try:
        times = value / factor
    except OverflowError:
        return False
    return abs(times - round(times)) <= 1e-9 * max(1.0, abs(times)) if abs(times) < 1e300 else False


def _count(
    kind: type[list[Any]] | type[dict[str, Any]], what: str, least: int, most: int | None
) -> Check:
    def check(value: Any) -> Faults:
        if not isinstance(value, kind):
            return NONE
        count = len(value)
        if count < least:
            return _fault(value, f"must have at least {least} {what}, not {count}")
        if most is not None and count > most:
            return _fault(value, f"must have at most {most} {what}, not {count}", TOO_MANY)
        return NONE

    return check


def _set(value: Any) -> Faults:
    """No two entries are equal."""
    if not isinstance(value, (list, tuple)):
        return NONE
    return _repeated((index, item, _identity(item)) for index, item in enumerate(value))


def _map_keys(keys: tuple[str, ...]) -> Check:
    """No two entries have the same keys."""
    named = ", ".join(keys)

    def check(value: Any) -> Faults:
        if not isinstance(value, (list, tuple)):
            return NONE
        entries = (
            (index, item, _identity([item.get(key) for key in keys]))
            for index, item in enumerate(value)
            if isinstance(item, dict)
        )
        return _repeated(entries, f" in {named}")

    return check


def _repeated(entries: Iterable[tuple[int, Any, str]], how: str = "") -> Faults:
    first: dict[str, int] = {}
    found = []
    for index, item, identity in entries:
        other = first.setdefault(identity, index)
        if other != index:
            message = f"must differ from the entry {other}{how}"
            found.append(Fault((index,), item, message, DUPLICATE))
    return found


def _identity(value: Any) -> str:
    try:
        return json.dumps(value, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        return f"{id(value)}"


def branches(constraints: Constraints) -> Iterator[Check]:
    """What ``allOf``, ``anyOf``, ``oneOf`` and ``not`` ask of a value."""
    for branch in constraints.all_of:
        yield _branch(branch)
    if constraints.any_of:
        yield _any_of([_branch(each) for each in constraints.any_of])
    if constraints.one_of:
        yield _one_of([_branch(each) for each in constraints.one_of])
    if constraints.none_of:
        yield _none_of([_branch(each) for each in constraints.none_of])


def _branch(branch: Branch) -> Check:
    """What a branch asks of a value, whatever its type."""
    own = list(checks(branch.constraints, whole=True))
    if branch.format and (format := formatted(branch.format)):
        own.append(format)
    if branch.constraints.required:
        nullable = [name for name, each in branch.properties.items() if each.constraints.nullable]
        own.append(_of_objects(required(branch.constraints.required, nullable=nullable)))
    fields = {name: _branch(each) for name, each in branch.properties.items()}
    items = _branch(branch.items) if branch.items else None
    additional = _branch(branch.additional) if branch.additional else None

    def check(value: Any) -> Faults:
        found = [fault for each in own for fault in each(value)]
        if isinstance(value, dict):
            found += _inside(value, fields, additional)
        elif items and isinstance(value, (list, tuple)):
            found += [
                fault.under(index) for index, item in enumerate(value) for fault in items(item)
            ]
        return found

    return check


def _inside(
    value: dict[Any, Any], fields: Mapping[str, Check], additional: Check | None
) -> Iterator[Fault]:
    for key, item in value.items():
        check = fields.get(key, additional)
        if check and item is not None:
            part = key if key in fields else Key(key)
            yield from (fault.under(part) for fault in check(item))


def _of_objects(check: Check) -> Check:
    return lambda value: check(value) if isinstance(value, dict) else NONE


def _any_of(branches: list[Check]) -> Check:
    def check(value: Any) -> Faults:
        told = []
        for branch in branches:
            faults = branch(value)
            if not faults:
                return NONE
            told.append(faults)
        if len(told) == 1:
            return told[0]
        return _fault(value, f"must be at least one of: {_told(told)}")

    return check


def _one_of(branches: list[Check]) -> Check:
    def check(value: Any) -> Faults:
        told = [branch(value) for branch in branches]
        well = sum(not faults for faults in told)
        if well == 1:
            return NONE
        if well > 1:
            return _fault(
                value, f"must be as one of {len(branches)} branches of oneOf, not as {well}"
            )
        return told[0] if len(told) == 1 else _fault(value, f"must be one of: {_told(told)}")

    return check


def _none_of(branches: list[Check]) -> Check:
    def check(value: Any) -> Faults:
        if all(branch(value) for branch in branches):
            return NONE
        return _fault(value, "must not be as the schema under `not` describes")

    return check


def _told(told: Iterable[Faults]) -> str:
    """What each of several branches finds wrong."""
    return "; ".join(
        " and ".join(
            f"{'.'.join(map(str, fault.path))} {fault.message}".strip() for fault in faults[:2]
        )
        for faults in told
    )
