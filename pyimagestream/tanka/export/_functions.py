"""The functions a file name's format can call: Go's own and a few of Sprig's."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ...golang.scalars import float_text

LONGEST = 1_000_000
"""Characters a function may make: what Go's printf makes at most of one value."""

TOO_LONG = f"this makes more than {LONGEST:,} characters"


class UnsuitableError(Exception):
    """What a function says about its arguments."""


class Integer(int):
    """An integer written in the format: Go keeps it one, other numbers are floats."""


def go_text(value: Any) -> str:
    """A value as Go's fmt prints it with %v, JSON's numbers being float64 there."""
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value) if isinstance(value, Integer) else float_text(value)
    if isinstance(value, Mapping):
        return f"map[{' '.join(f'{key}:{go_text(value[key])}' for key in sorted(value))}]"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{' '.join(map(go_text, value))}]"
    return str(value)


def _string(value: Any) -> str:
    if isinstance(value, str):
        return value
    found = "nothing" if value is None else go_text(value)
    raise UnsuitableError(f"expected a string, found {found}")


def _trunc(count: Any, text: Any) -> str:
    """Go counts bytes; a character is never cut in two here."""
    if not isinstance(count, Integer):
        raise UnsuitableError(f"expected a whole number, found {go_text(count)}")
    if count >= 0:
        return _string(text)[:count].encode()[:count].decode(errors="ignore")
    encoded = _string(text)[count:].encode()
    return encoded[max(count, -len(encoded)) :].decode(errors="ignore")


def _default(default: Any, *given: Any) -> Any:
    return given[0] if given and given[0] else default


def _index(value: Any, *keys: Any) -> Any:
    for key in keys:
        if isinstance(value, Mapping):
            value = value.get(_string(key))
        elif isinstance(value, list):
            if not isinstance(key, int) or not 0 <= key < len(value):
                raise UnsuitableError(f"index out of range: {go_text(key)}")
            value = value[key]
        else:
            raise UnsuitableError(f"cannot index {'nothing' if value is None else go_text(value)}")
    return value


def _equal(first: Any, *others: Any) -> bool:
    for other in others:
        kinds = {_kind(value) for value in (first, other) if value is not None}
        if len(kinds) > 1 or kinds & {dict, list}:
            raise UnsuitableError(f"cannot compare {go_text(first)} and {go_text(other)}")
    return first in others


def _kind(value: Any) -> type:
    return float if type(value) in (int, float, Integer) else type(value)


def _print(*values: Any) -> str:
    parts: list[str] = []
    length, before = 0, ""
    for value in values:
        apart = not isinstance(value, str) and not isinstance(before, str)
        parts.append(f" {go_text(value)}" if apart and length else go_text(value))
        length, before = _more(length, parts[-1]), value
    return "".join(parts)


def _replace(old: Any, new: Any, text: Any) -> str:
    old, new, text = _string(old), _string(new), _string(text)
    if len(text) + text.count(old) * (len(new) - len(old)) > LONGEST:
        raise UnsuitableError(TOO_LONG)
    return str(text.replace(old, new))


def _more(length: int, text: str) -> int:
    """The length with another text."""
    if length + len(text) > LONGEST:
        raise UnsuitableError(TOO_LONG)
    return length + len(text)


_VERB = re.compile(r"%([-0]*)([0-9]*)(.?)", re.DOTALL)


def _printf(format: Any, *values: Any) -> str:
    left = list(values)
    length = 0

    def formatted(match: re.Match[str]) -> str:
        nonlocal length
        text = padded(match)
        length = _more(length, text)
        return text

    def padded(match: re.Match[str]) -> str:
        flags, width, verb = match.groups()
        if verb == "%":
            return "%"
        if not left:
            raise UnsuitableError(f"no value for {match.group()}")
        value = left.pop(0)
        if verb == "v":
            text = go_text(value)
        elif verb == "s" and isinstance(value, str):
            text = value
        elif verb == "q" and isinstance(value, str):
            text = _quoted(value)
        elif verb == "d" and isinstance(value, Integer):
            text = str(value)
        else:
            raise UnsuitableError(f"{match.group()} cannot print {go_text(value)}")
        size = int(width[:8] or 0)
        if size > LONGEST:
            raise UnsuitableError(f"{match.group()} is too wide")
        if "-" in flags:
            return text.ljust(size)
        return text.zfill(size) if "0" in flags else text.rjust(size)

    text = _VERB.sub(formatted, _string(format))
    if left:
        raise UnsuitableError(f"{len(left)} more values than the text has verbs")
    return text


_GO_ESCAPES = {"\a": "a", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", "\v": "v"}


def _quoted(text: str) -> str:
    def escaped(char: str) -> str:
        if char in '"\\':
            return "\\" + char
        if char in _GO_ESCAPES:
            return "\\" + _GO_ESCAPES[char]
        if char.isprintable():
            return char
        code = ord(char)
        if code < 0x80:
            return f"\\x{code:02x}"
        return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"

    return f'"{"".join(map(escaped, text))}"'


class FormatFunction(NamedTuple):
    call: Callable[..., Any]
    least: int
    most: int | None = None

    def takes(self, count: int) -> bool:
        return self.least <= count and (self.most is None or count <= self.most)


# Go's own functions take the subject first, Sprig's last, where a pipe puts it.
FORMAT_FUNCTIONS = {
    "contains": FormatFunction(lambda part, text: _string(part) in _string(text), 2, 2),
    "default": FormatFunction(_default, 1, 2),
    "eq": FormatFunction(_equal, 2),
    "hasPrefix": FormatFunction(lambda part, text: _string(text).startswith(_string(part)), 2, 2),
    "hasSuffix": FormatFunction(lambda part, text: _string(text).endswith(_string(part)), 2, 2),
    "index": FormatFunction(_index, 1),
    "lower": FormatFunction(lambda text: _string(text).lower(), 1, 1),
    "ne": FormatFunction(lambda first, second: not _equal(first, second), 2, 2),
    "not": FormatFunction(lambda value: not value, 1, 1),
    "print": FormatFunction(_print, 0),
    "printf": FormatFunction(_printf, 1),
    "replace": FormatFunction(_replace, 3, 3),
    "trim": FormatFunction(lambda text: _string(text).strip(), 1, 1),
    "trimPrefix": FormatFunction(
        lambda part, text: _string(text).removeprefix(_string(part)), 2, 2
    ),
    "trimSuffix": FormatFunction(
        lambda part, text: _string(text).removesuffix(_string(part)), 2, 2
    ),
    "trunc": FormatFunction(_trunc, 2, 2),
    "upper": FormatFunction(lambda text: _string(text).upper(), 1, 1),
}
