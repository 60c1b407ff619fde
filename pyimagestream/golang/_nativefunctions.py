"""What the natives do: the functions behind their names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from hashlib import sha256
from math import isfinite
from typing import Any, NoReturn

from ..checks.regexp import compiled
from ..errors import PyimagestreamError
from .json import without_surrogates


def _parse_json(text: str, number: Callable[[str], float] = float) -> Any:
    try:
        return json.loads(text, parse_int=number, parse_float=number, parse_constant=_no_constant)
    except ValueError as error:
        raise PyimagestreamError(f"this is no JSON: {error}") from None


def _parse_yaml(text: str) -> Any:
    from .yaml.reader import read_all  # slow to import, and most templates read no YAML

    return read_all(text)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"it has no {name}")


def _double(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise PyimagestreamError(f"{text:.40} is beyond the range of a double")
    return number


_WIDEST = 1_000_000
_JSON_TOKEN = re.compile(r'[\[\]{},:]|"(?:[^"\\]|\\.)*"|[^\s\[\]{},:"]+')


def _manifest_json_from_json(text: str, indent: float) -> str:
    """JSON laid out anew; the order of its keys, its numbers and its escapes stay."""
    _parse_json(text)
    if not -1 < indent <= _WIDEST:  # Go cuts it to a whole number, and dies of what is too large
        raise PyimagestreamError(f"the indentation must be from 0 to {_WIDEST:,} blanks")
    parts: list[str] = []
    newline, step = "\n", " " * int(indent)
    opened = False
    for token in _JSON_TOKEN.findall(text):
        if token in "]}":
            newline = newline[: len(newline) - len(step)]
            parts.append(token if opened else newline + token)
            opened = False
            continue
        parts.append(newline + token if opened else token)
        opened = token in "[{"
        if opened:
            newline += step
        elif token == ",":
            parts.append(newline)
        elif token == ":":
            parts.append(" ")
    return "".join(parts) + "\n"


def _manifest_yaml_from_json(text: str) -> str:
    from .yaml.printer import V3  # slow to import, and seldom needed

    return V3.dump(_parse_json(text, _double))


def _escape_string_regex(text: str) -> str:
    return re.sub(r"[\\.+*?()|\[\]{}^$]", r"\\\g<0>", text)


def _regex_match(pattern: str, text: str) -> bool:
    return compiled(pattern).search(text) is not None


_REFERENCE = re.compile(r"\$(?:(\$)|\{(\w+)\}|(\w+))")


def _regex_subst(pattern: str, text: str, replacement: str) -> str:
    """As Go's ReplaceAllString: ``$1`` and ``${name}``, unknown ones being empty."""
    parts: list[str] = []
    copied, last = 0, -1
    for match in compiled(pattern).finditer(text):
        start, end = match.span()
        # Nothing is no match right behind another match.
        if end > last:
            parts += (text[copied:start], _expanded(replacement, match))
            copied = end
        last = end
    return "".join((*parts, text[copied:]))


def _expanded(replacement: str, match: Any) -> str:
    def group(reference: re.Match[str]) -> str:
        name = reference[2] or reference[3]
        if reference[1]:
            return "$"
        if re.fullmatch("0|[1-9][0-9]{0,7}", name):
            return (match.group(int(name)) or "") if int(name) <= match.re.groups else ""
        return match.groupdict().get(name) or ""

    return _REFERENCE.sub(group, replacement)


def _sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def returnable(value: Any) -> Any:
    """`value` with nothing in it that harms a VM. Raises `PyimagestreamError`."""
    if isinstance(value, str):
        if "\0" in value:
            raise PyimagestreamError(
                "the result has a NUL character, which Jsonnet cannot be given"
            )
        return without_surrogates(value)
    if isinstance(value, list):
        return [returnable(item) for item in value]
    if isinstance(value, dict):
        return {returnable(key): returnable(item) for key, item in value.items()}
    if value is None or isinstance(value, bool):
        return value
    if not isfinite(number := float(value)):
        raise PyimagestreamError("the result has a number beyond the range of a double")
    return number


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "escapeStringRegex": _escape_string_regex,
    "manifestJsonFromJson": _manifest_json_from_json,
    "manifestYamlFromJson": _manifest_yaml_from_json,
    "parseJson": _parse_json,
    "parseYaml": _parse_yaml,
    "regexMatch": _regex_match,
    "regexSubst": _regex_subst,
    "sha256": _sha256,
}
