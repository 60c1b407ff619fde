"""What a plain scalar means in YAML, as Go's yaml packages read it."""

from __future__ import annotations

import re
import struct
from math import inf, isfinite, nan
from typing import Any

from .json import positional, scientific, shortest_digits

_CONSTANTS = {
    text: value
    for texts, value in (
        (("", "~", "null", "Null", "NULL"), None),
        (("true", "True", "TRUE"), True),
        (("false", "False", "FALSE"), False),
        ((".nan", ".NaN", ".NAN"), nan),
        ((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), inf),
        (("-.inf", "-.Inf", "-.INF"), -inf),
    )
    for text in texts
}
_OLD_BOOLEANS = dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON"), True)
_OLD_BOOLEANS |= dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF"), False)

_INTEGER = re.compile(
    r"[-+]?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|(?P<octal>0[0-7]+)|0|[1-9][0-9]{0,19})"
)
_LARGE = re.compile(r"[-+]?[1-9][0-9]{18,299}")
_SIGNED_BINARY = re.compile(r"0b([-+][01]+)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_DOT_FLOAT = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]")
# Not compiled here, as few texts look like a date.
_TIMESTAMP = r"""(?x)
    (?P<year>[0-9]{4})-(?P<month>0?[1-9]|1[0-2])-(?P<day>[0-9]{1,2})
    (?:(?:(?P<zoned>[Tt])|\ +)
       (?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5]?[0-9]):(?P<second>[0-5]?[0-9])
       (?:[.,](?P<fraction>[0-9]+))?
       (?(zoned)(?P<zone>Z|[-+](?:[01][0-9]|2[0-4]):(?:[0-5][0-9]|60))))?"""


def is_string(text: str) -> bool:
    """Whether the plain `text` is a string even in YAML 1.1, so that it needs no quotes."""
    return (
        isinstance(resolve(text), str)
        and text not in _OLD_BOOLEANS
        and not _SEXAGESIMAL.fullmatch(text)
        and timestamp(text) is None
    )


def resolve(text: str) -> Any:
    """The value of a plain scalar, a timestamp being a string."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    number: int | float | None = None
    if text[0] == ".":
        number = float(text) if _DOT_FLOAT.fullmatch(text) else None
    elif text[0] in "+-0123456789":
        number = _number(text.replace("_", ""))
    return text if number is None or not isfinite(number) else number


def resolve_v2(text: str, *, is_key: bool = False) -> Any:
    """The value of a plain scalar for yaml.v2 and kubectl, which makes JSON of it: 1 of 1.0.

    A key stays a float, of which it makes other text than of a value.
    An integer that is too large for Go, and that kubectl sends with all its digits made
    zeros but the first, is as it is written: it is refused in either form.
    """
    value = _OLD_BOOLEANS[text] if text in _OLD_BOOLEANS else resolve(text)
    if is_key or not isinstance(value, float) or not value.is_integer():
        return value
    return int(text) if _LARGE.fullmatch(text) else int(value)


def resolve_v3(text: str) -> Any:
    """The value of a plain scalar for yaml.v3."""
    return timestamp(text) or resolve(text)


def _number(text: str) -> int | float | None:
    if match := _INTEGER.fullmatch(text):
        value = int(text, 8 if match["octal"] else 0)
    elif match := _SIGNED_BINARY.fullmatch(text):
        value = int(match[1], 2)
    else:
        return float(text) if _FLOAT.fullmatch(text) else None
    signed = not text.isalnum()
    if -(2**63) <= value < (2**63 if signed else 2**64):
        return value
    # Go takes integers of any size for floats, but only when they are decimal.
    return float(text) if _FLOAT.fullmatch(text) else None


def timestamp(text: str) -> str | None:
    """A date or time in RFC 3339, if `text` is one in Go's reading of YAML 1.1."""
    match = re.fullmatch(_TIMESTAMP, text) if _DATE.match(text) else None
    if not match:
        return None
    year, month, day = (int(match[part]) for part in ("year", "month", "day"))
    from calendar import monthrange  # slow to import as well

    if not 1 <= day <= monthrange(year, month)[1]:
        return None
    clock = ":".join(f"{int(match[part] or 0):02}" for part in ("hour", "minute", "second"))
    fraction = (match["fraction"] or "")[:9].rstrip("0")
    zone = match["zone"] or "Z"
    if zone[1:] == "00:00":
        zone = "Z"
    return f"{year:04}-{month:02}-{day:02}T{clock}{fraction and '.' + fraction}{zone}"


def float32_text(number: float) -> str:
    """A number as Go prints the nearest float32 with %g: as yaml.v2's keys are made strings."""
    single = struct.pack("f", number)  # native, which rounds to infinity where "<f" raises
    nearest = struct.unpack("f", single)[0]
    if not isfinite(nearest):
        return "-.inf" if number < 0 else ".inf"
    shortest = (float(f"{nearest:.{digits}g}") for digits in range(1, 10))
    return float_text(next(each for each in shortest if struct.pack("f", each) == single))


def float_text(number: int | float) -> str:
    """A number as Go prints a float64 with %v: with an exponent from 1e+06 on."""
    if isinstance(number, int) and abs(number) < 1_000_000:
        return str(number)
    sign, digits, exponent = shortest_digits(float(number))
    if -5 < exponent < 6:
        return sign + positional(digits, exponent)
    return sign + scientific(digits, exponent, width=2)
