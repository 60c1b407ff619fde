"""What a check finds, before it is known where in a manifest the checked value stands."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, Literal, NamedTuple, cast

from ..errors import Problem, Reason, escaped, quoted

# The server's words: metav1.CauseType and field.ErrorType of apimachinery.
INVALID: Final = "FieldValueInvalid"
REQUIRED: Final = "FieldValueRequired"
TOO_LONG: Final = "FieldValueTooLong"
NOT_SUPPORTED: Final = "FieldValueNotSupported"
FORBIDDEN: Final = "FieldValueForbidden"
TYPE_INVALID: Final = "FieldValueTypeInvalid"
DUPLICATE: Final = "FieldValueDuplicate"
TOO_MANY: Final = "FieldValueTooMany"

# In our word, as the server has none.
UNKNOWN: Final = "FieldUnknown"

# The codes of warnings that come of a schema.
REQUIRED_BY_DOCUMENT: Final = "W201"
REPEATED: Final = "W202"

Grade = Reason | Literal["W201", "W202"]


class Key(str):
    """The key of a map in a path: printed in brackets, as it may have dots itself."""

    __slots__ = ()


class Named(int):
    """The index of an entry that the server tells by its name."""

    name: str

    def __new__(cls, index: int, name: str) -> Named:
        self = super().__new__(cls, index)
        self.name = name
        return self


class Failed(str):
    """The message of a CEL rule, which is about the whole of a value."""

    __slots__ = ()


Path = tuple[str | int, ...]


class Fault(NamedTuple):
    """A problem at a path that starts at the checked value: its parents put theirs in front.

    So a check needs to know no more than its value, and nothing is spent on the
    paths of the values that are well.
    """

    path: Path
    value: Any
    message: str
    reason: Grade = INVALID

    def under(self, *parents: str | int) -> Fault:
        path, value, message, reason = self
        return Fault((*parents, *path), value, message, reason)


Faults = Sequence[Fault]
NONE: Faults = ()

Rule = Callable[[Any, str], Iterable[Fault]]
"""A rule for a value whose JSON type is right: it gets the value and the server."""

ObjectRule = Callable[[dict[str, Any], str, Faults], Iterable[Fault]]
"""A rule for an object as a whole, which gets the faults of its fields too."""


def problems(faults: Iterable[Fault]) -> list[Problem]:
    """The faults for the caller, ordered. None of them is a warning."""
    return [
        Problem(field(fault.path), fault.value, fault.message, cast(Reason, fault.reason))
        for fault in ordered(faults)
    ]


def ordered(faults: Iterable[Fault]) -> list[Fault]:
    """By path, then by reason and message.

    Entries of lists are in the order of the list, and fields in the order of the
    alphabet, so that the result does not depend on the order of a dict.
    """
    return sorted(faults, key=_order)


def field(path: Path) -> str:
    """A path as the server prints it: ``spec.images[0].from.kind``; ``$`` is the manifest."""
    return "".join(map(_step, path)).removeprefix(".") or "$"


def _step(part: str | int) -> str:
    if isinstance(part, Named):  # the server does not escape it
        return f"[{part.name if part.name.isprintable() else escaped(part.name)}]"
    if isinstance(part, (int, Key)):
        return f"[{escaped(str(part))}]"
    return f".{escaped(part)}"


def path_key(path: Path) -> tuple[Any, ...]:
    """To sort paths by."""
    return tuple((part, "") if isinstance(part, int) else (-1, part) for part in path)


def _order(fault: Fault) -> tuple[Any, ...]:
    return path_key(fault.path), fault.reason, fault.message


def show(value: Any) -> str:
    """A value for a message: short, in one line, and printable whatever it is."""
    if isinstance(value, str):
        return quoted(value)
    if is_scalar(value) and (isinstance(value, float) or abs(value or 0) < 2**128):
        return json.dumps(value)
    return json_type(value)


def is_scalar(value: Any) -> bool:
    """Whether JSON can hold the value, other than in an array or an object."""
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, (str, int))


def json_type(value: Any) -> str:
    """The JSON type of a value, with its article."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN or an infinite number, which JSON does not have"
    for types, name in _JSON_TYPES:
        if isinstance(value, types):
            return name
    return f"{type(value).__name__!r} of Python, which JSON does not have"


_JSON_TYPES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    ((int, float), "a number"),
    (str, "a string"),
    ((list, tuple), "an array"),
    (dict, "an object"),
)
