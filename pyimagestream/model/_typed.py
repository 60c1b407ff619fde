"""Named tuples made of what was read from a file, which may be anything."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def typed(of: type[T], told: Mapping[str, Any]) -> T:
    """A named tuple of this class. Raises `TypeError` unless values have the types of fields."""
    hints = _hints(of)  # type: ignore[arg-type]
    for name, value in told.items():
        if name not in hints or not _fits(value, hints[name]):
            raise TypeError(name)
    return of(**told)


@cache
def _hints(of: type) -> Mapping[str, Any]:
    return get_type_hints(of)


def _fits(value: Any, hint: Any) -> bool:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin in (Union, UnionType):
        return any(_fits(value, each) for each in arguments)
    if origin is Literal:
        return isinstance(value, str) and value in arguments
    if origin is tuple:
        if arguments[-1] is not ...:
            hints = arguments
            return (
                isinstance(value, tuple)
                and len(value) == len(hints)
                and all(map(_fits, value, hints))
            )
        return isinstance(value, tuple) and all(_fits(each, arguments[0]) for each in value)
    if origin is not None:  # a mapping, whose keys are text in JSON
        return isinstance(value, Mapping) and all(_fits(v, arguments[1]) for v in value.values())
    return type(value) is hint if hint in (bool, int, float) else isinstance(value, hint)
