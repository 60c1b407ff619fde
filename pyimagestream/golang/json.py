"""JSON and numbers as Go prints them.

Tanka prints `tk eval`, `tk env list --json` and an export's ``manifest.json``
with Go's encoding/json, which escapes HTML, sorts the keys of maps and has its
own idea of when a number gets an exponent.
"""

from __future__ import annotations

import re
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

# Go's encoding/json keeps its output safe inside HTML and inside JavaScript.
_UNSAFE = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
_UNSAFE_ASCII = re.compile("[<>&]")


def without_surrogates(text: str) -> str:
    """Go's strings are UTF-8, where half a surrogate pair reads as U+FFFD."""
    # Most text is ASCII, and the pattern takes long to compile.
    return text if text.isascii() else re.sub("[\ud800-\udfff]", "\ufffd", text)


def mended(value: Any) -> Any:
    """A value that Python read from JSON, `without_surrogates`."""
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, list):
        return [mended(item) for item in value]
    if isinstance(value, dict):
        return {without_surrogates(key): mended(item) for key, item in value.items()}
    return value


def shortest_digits(number: float) -> tuple[str, str, int]:
    """Sign, significant digits d1d2d3... and exponent of d1.d2d3... x 10^exponent.

    The digits are the fewest that read back as the same number, which is what
    Go's strconv gives for precision -1.
    """
    sign, mantissa, exponent = re.fullmatch(  # type: ignore[union-attr]
        r"(-?)([0-9.]+)(?:e([+-][0-9]+))?", repr(number)
    ).groups("0")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    power = int(exponent) + len(whole) - 1 - (len(whole + fraction) - len(digits))
    if not digits:
        return sign, "0", 0
    return sign, digits.rstrip("0"), power


def scientific(digits: str, exponent: int, width: int) -> str:
    """``1.5e+06``: the exponent signed and at least `width` digits wide."""
    point = "." if len(digits) > 1 else ""
    return f"{digits[0]}{point}{digits[1:]}e{'-' if exponent < 0 else '+'}{abs(exponent):0{width}d}"


def positional(digits: str, exponent: int) -> str:
    """``1500000`` or ``0.0015``."""
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    fraction = digits[exponent + 1 :]
    return f"{whole}.{fraction}" if fraction else whole


def number_text(number: int | float) -> str:
    """A number in JSON: exponents only below 1e-6 and from 1e21 on."""
    if isinstance(number, int) and abs(number) < 2**53:
        return str(number)
    sign, digits, exponent = shortest_digits(float(number))
    if digits != "0" and not -7 < exponent < 21:
        return sign + scientific(digits, exponent, width=1)
    return sign + positional(digits, exponent)


@lru_cache(maxsize=4096)
def _string(text: str) -> str:
    if not text.isascii() or _UNSAFE_ASCII.search(text):
        text = without_surrogates(text)
        return encode_basestring(text).translate(_UNSAFE)
    return encode_basestring(text)


def dumps(value: Any, indent: int = 0, *, sort_keys: bool = True) -> str:
    """`value` as Go's json.Marshal prints it, or json.MarshalIndent if `indent` is not 0.

    `sort_keys` is what Go does with maps; structs keep the order of their fields.
    """
    parts: list[str] = []
    _write(parts, value, " " * indent, "\n" if indent else "", sort_keys)
    return "".join(parts)


def _write(parts: list[str], value: Any, indent: str, newline: str, sort_keys: bool) -> None:
    if isinstance(value, str):
        parts.append(_string(value))
    elif value is None or isinstance(value, bool):
        parts.append({None: "null", True: "true", False: "false"}[value])
    elif isinstance(value, (int, float)):
        parts.append(number_text(value))
    elif isinstance(value, dict):
        colon = ": " if indent else ":"
        items = sorted(value.items()) if sort_keys else value.items()
        entries = [(_string(key) + colon, item) for key, item in items]
        _write_entries(parts, "{}", entries, indent, newline, sort_keys)
    else:
        entries = [("", item) for item in value]
        _write_entries(parts, "[]", entries, indent, newline, sort_keys)


def _write_entries(
    parts: list[str],
    brackets: str,
    entries: list[tuple[str, Any]],
    indent: str,
    newline: str,
    sort_keys: bool,
) -> None:
    if not entries:
        parts.append(brackets)
        return
    separator = brackets[0] + newline + indent
    for prefix, item in entries:
        parts.append(separator + prefix)
        _write(parts, item, indent, newline + indent, sort_keys)
        separator = "," + newline + indent
    parts.append(newline + brackets[1])
