"""YAML as Tanka prints it: byte for byte what Go's gopkg.in/yaml.v2 makes of JSON.

A dumper of its own, because no Python library prints like yaml.v2 (its order
of keys, its choice of quotes, its folding at 80 columns), and because an
export of thousands of manifests spends most of its time here.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from functools import cmp_to_key, lru_cache
from math import isfinite
from typing import Any

from .gojson import positional, scientific, shortest_digits, without_surrogates

_WIDTH = 80
_BREAKS = "\n\u2028\u2029"

# Strings nobody could take for anything else, the bulk of every manifest.
_OBVIOUS = re.compile(r"[A-Za-z_/](?:[\w./:@-]*[\w./@-])?", re.ASCII)

_WORDS = frozenset(
    word
    for words in (
        "y Y yes Yes YES true True TRUE on On ON n N no No NO false False FALSE off Off OFF",
        "~ null Null NULL .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF",
    )
    for word in words.split()
) | {""}

# Characters yaml.v2 prints only escaped. It counts the line breaks of YAML 1.1
# U+2028 and U+2029 as printable, a tab and everything beyond U+FFFF as not.
_UNPRINTABLE = re.compile("[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd]")
_ESCAPED = re.compile(f'{_UNPRINTABLE.pattern}|[{_BREAKS}"\\\\]')
_ANYTHING = re.compile("(?s:.)")
_ESCAPES = {
    "\0": "0", "\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r",
    "\x1b": "e", '"': '"', "\\": "\\", "\x85": "N", "\xa0": "_", "\u2028": "L", "\u2029": "P",
}  # fmt: skip

_NOT_PLAIN = re.compile(
    r"""^(?:---|\.\.\.)|^[#,\[\]{}&*!|>'"%@`]|^[?-](?:\ |$)|:(?:\ |$)|\ \#|^\ |\ $""", re.VERBOSE
)
_LONE_SPACE = re.compile("(?<=[^ ]) (?=[^ ])")
_DOUBLE_QUOTED_SPACE = re.compile("(?<=[^ ]) (?=.)")
_LINE = re.compile(f"[^{_BREAKS}]*[{_BREAKS}]?")

_INTEGER = re.compile(r"([-+]?)0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")
_SIGNED_BINARY = re.compile(r"0b([-+][01]+)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_DOT_FLOAT = re.compile(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_CLOCK = "(?:[01]?[0-9]|2[0-3]):[0-5]?[0-9]:[0-5]?[0-9](?:[.,][0-9]+)?"
_OFFSET = "Z|[-+](?:[01][0-9]|2[0-4]):(?:[0-5][0-9]|60)"
_TIMESTAMP = re.compile(
    f"([0-9]{{4}})-(0?[1-9]|1[0-2])-([0-9]{{1,2}})(?:[Tt]{_CLOCK}(?:{_OFFSET})| +{_CLOCK})?"
)


def dump(value: Any) -> str:
    """One document, `value` being what JSON can hold, ending in a line break."""
    parts: list[str] = []
    if value and isinstance(value, (dict, list)):
        _write_node(parts, value, "", "")
    else:
        parts.append(_line(_scalar(value, 0, "  ")))
    return "".join(parts)


def dump_all(manifests: Iterable[Mapping[str, Any]]) -> str:
    """A stream of documents, none of them empty, as `tk show` prints manifests."""
    return "---\n".join(map(dump, manifests))


def _write_node(parts: list[str], value: Any, indent: str, lead: str) -> None:
    """Append the lines of `value`, the first behind `lead`, the others behind `indent`."""
    if value and type(value) is dict:
        _write_mapping(parts, value, indent, lead)
    elif value and type(value) is list:
        for item in value:
            _write_node(parts, item, indent + "  ", lead + "- ")
            lead = indent
    else:
        parts.append(_line(lead + _scalar(value, len(lead), indent)))


def _write_mapping(parts: list[str], mapping: dict[str, Any], indent: str, lead: str) -> None:
    deeper = indent + "  "
    for key, head in _heads(tuple(mapping)):
        value = mapping[key]
        kind = type(value)
        if not head:
            parts.append(_line(f"{lead}? {_scalar(key, len(deeper), deeper)}"))
            _write_node(parts, value, deeper, f"{indent}: ")
        elif kind is str and (word := _word(value)):
            parts.append(f"{lead}{head} {word}\n")
        elif value and kind is dict:
            parts.append(f"{lead}{head}\n")
            _write_mapping(parts, value, deeper, deeper)
        elif value and kind is list:
            parts.append(f"{lead}{head}\n")
            _write_node(parts, value, indent, indent)
        else:
            text = _scalar(value, len(indent) + len(head) + 1, deeper)
            parts.append(_line(f"{lead}{head} {text}"))
        lead = indent


def _line(text: str) -> str:
    return text if text[-1] in _BREAKS else text + "\n"


@lru_cache(maxsize=1024)
def _heads(keys: tuple[str, ...]) -> list[tuple[str, str]]:
    """Keys in order, each with the text that starts its line; "" is for ``? key``."""
    ordered = sorted(keys)
    if not all(key.isascii() and key.isalpha() for key in keys):
        # `_compare` is no total order, so the result depends on the order before; Tanka's is random.
        ordered.sort(key=cmp_to_key(_compare))
    return [(key, _head(key)) for key in ordered]


def _head(key: str) -> str:
    if len(key.encode(errors="replace")) > 128 or any(char in _BREAKS + "\r\x85" for char in key):
        return ""
    style, text = _styled(key)
    return f"{style}{text}{style}:"


def _compare(left: str, right: str) -> int:
    """Yaml.v2's order of keys: letters after all else, runs of digits by their value."""
    for at, (a, b) in enumerate(zip(left, right, strict=False)):
        if a == b:
            continue
        if a.isalpha() or b.isalpha():
            if a.isalpha() and b.isalpha():
                return -1 if a < b else 1
            return -1 if b.isalpha() else 1
        inside = "0" in (a, b) and _ends_in_positive_number(left[:at])
        numbers = [_number_at(text, at, inside) for text in (left, right)]
        if numbers[0] != numbers[1]:
            return -1 if numbers[0] < numbers[1] else 1
        return -1 if a < b else 1
    return len(left) - len(right)


def _ends_in_positive_number(text: str) -> bool:
    digits = len(text)
    while digits and text[digits - 1].isdecimal():
        digits -= 1
    return text[digits:].strip("0") != ""


def _number_at(text: str, start: int, inside: bool) -> tuple[int, int]:
    """The value of the digits from `start` on, in Go's int64, and where they end."""
    value, at = int(inside), start
    while at < len(text) and text[at].isdecimal():
        value = value * 10 + ord(text[at]) - ord("0")
        at += 1
    return (value + 2**63) % 2**64 - 2**63, at


@lru_cache(maxsize=16384)
def _word(text: str) -> str:
    """`text` as it is printed anywhere, or "" if that depends on the place."""
    if _OBVIOUS.fullmatch(text) and text not in _WORDS:
        return text
    style, body = _styled(text)
    if style == "|" or " " in body or any(char in _BREAKS for char in body):
        return ""
    return f"{style}{body}{style}"


def _scalar(value: Any, column: int, indent: str) -> str:
    """A scalar or an empty collection starting at `column`, its further lines at `indent`."""
    if isinstance(value, str):
        style, body = _styled(value)
        if style == "|":
            return _literal(value, indent)
        return f"{style}{_folded(body, style, column + len(style), indent)}{style}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (int, float)):
        return float_text(value)
    return "{}" if isinstance(value, dict) else "[]"


def float_text(number: int | float) -> str:
    """A number as Go prints a float64 with %v: with an exponent from 1e+06 on."""
    if isinstance(number, int) and abs(number) < 1_000_000:
        return str(number)
    sign, digits, exponent = shortest_digits(float(number))
    if -5 < exponent < 6:
        return sign + positional(digits, exponent)
    return sign + scientific(digits, exponent, width=2)


@lru_cache(maxsize=4096)
def _styled(text: str) -> tuple[str, str]:
    """The quote of `text`, or "|" for a literal block, and what stands behind it."""
    text = without_surrogates(text)
    broken = any(char in _BREAKS for char in text)
    fragile = bool(_UNPRINTABLE.search(text) or re.search(f" [{_BREAKS}]", text))
    if "\n" in text:
        if not fragile and not text.endswith(" "):
            return "|", text
    elif not _means_something_else(text):
        if not broken and not fragile and not _NOT_PLAIN.search(text):
            return "", text
        if not fragile and not re.search(f"[{_BREAKS}] ", text):
            return "'", text.replace("'", "''")
    # The emitter takes every character behind a leading byte order mark for one.
    escaped = _ANYTHING if text.startswith("\ufeff") else _ESCAPED
    return '"', escaped.sub(_escape, text)


def _means_something_else(text: str) -> bool:
    """Whether YAML 1.1, as yaml.v2 reads it, takes the plain `text` for anything but a string."""
    if text in _WORDS:
        return True
    if text[0] == ".":
        return bool(_DOT_FLOAT.fullmatch(text)) and isfinite(float(text))
    if text[0] not in "+-0123456789":
        return False
    if _is_timestamp(text) or _SEXAGESIMAL.fullmatch(text):
        return True
    plain = text.replace("_", "")
    if _FLOAT.fullmatch(plain) and isfinite(float(plain)):
        return True
    if match := _INTEGER.fullmatch(plain):
        return -(2**63) <= int(plain, 0) < (2**63 if match[1] else 2**64)
    if match := _SIGNED_BINARY.fullmatch(plain):
        return -(2**63) <= int(match[1], 2) < 2**63
    return False


def _is_timestamp(text: str) -> bool:
    """What Go's time.Parse takes in one of the four layouts of yaml.v2."""
    match = _TIMESTAMP.fullmatch(text)
    if not match:
        return False
    year, month, day = map(int, match.groups())
    return 1 <= day <= monthrange(year, month)[1]


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    if char in _ESCAPES:
        return "\\" + _ESCAPES[char]
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _literal(text: str, indent: str) -> str:
    hint = "2" if text[0] in " " + _BREAKS else ""
    if text[-1] not in _BREAKS:
        hint += "-"
    elif text[-2:-1] == "" or text[-2] in _BREAKS:
        hint += "+"
    lines = (line if line[0] in _BREAKS else indent + line for line in _LINE.findall(text) if line)
    return f"|{hint}\n{''.join(lines)}"


def _folded(body: str, style: str, column: int, indent: str) -> str:
    """`body`, broken at the first lone space behind column 80, again and again."""
    if column + len(body) <= _WIDTH and not any(char in _BREAKS for char in body):
        return body
    space = _DOUBLE_QUOTED_SPACE if style == '"' else _LONE_SPACE
    parts: list[str] = []
    for line in _LINE.findall(body):
        first, *words = space.split(line)
        if parts and first and first not in _BREAKS:
            parts.append(indent)
            column = len(indent)
        parts.append(first)
        column += len(first)
        for word in words:
            if column <= _WIDTH:
                separator = " "
                column += 1
            else:
                separator = f"\n{indent}\\" if word.startswith(" ") else f"\n{indent}"
                column = len(separator) - 1
            parts += (separator, word)
            column += len(word)
    return "".join(parts)
