"""The natives Tanka registers, by the same names.

The Python bindings of the Jsonnet VMs set limits:

- Natives with several parameters have to be called by position: the names of
  their parameters are single letters here, because the C++ VM (0.22.0) mixes up
  longer ones.
- gojsonnet drops the text of an exception; only Python gets to see it.
- jsonnet and gojsonnet cut strings at a NUL character on their way in, which
  nobody can see. A NUL on its way out is an error on every engine.
- `helmTemplate` and `kustomizeBuild` always fail: no Helm and no Kustomize is run
  here, and the bindings could not hand them the object they take.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from hashlib import sha256
from math import isfinite
from typing import Any, NoReturn

from ..errors import PyimagestreamError
from .json import dumps, without_surrogates
from .regexp import compiled

Native = tuple[tuple[str, ...], Callable[..., Any]]


class NativeError(PyimagestreamError):
    """A native was given what it cannot work with."""

    def __init__(self, native: str, message: str) -> None:
        super().__init__(native, message)
        self.native = native
        self.message = message

    def __str__(self) -> str:
        return f"{self.native}: {self.message}"


def _parse_json(text: str) -> Any:
    try:
        return json.loads(text, parse_int=float, parse_constant=_no_constant)
    except ValueError as error:
        raise PyimagestreamError(f"this is no JSON: {error}") from None


def _parse_yaml(text: str) -> Any:
    from .yaml.reader import read_all  # slow to import, and most templates read no YAML

    return read_all(text)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"it has no {name}")


_JSON_TOKEN = re.compile(r'[\[\]{},:]|"(?:[^"\\]|\\.)*"|[^\s\[\]{},:"]+')


def _manifest_json_from_json(text: str, indent: float) -> str:
    """JSON laid out anew; the order of its keys, its numbers and its escapes stay."""
    _parse_json(text)
    if indent < 0:
        raise PyimagestreamError("the indentation must not be negative")
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

    return V3.dump(_parse_json(text))


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


def _not_run(*arguments: Any) -> NoReturn:
    raise PyimagestreamError(NOT_RUN)


def _returnable(value: Any) -> Any:
    """`value` with nothing in it that harms a VM. Raises `PyimagestreamError`."""
    if isinstance(value, str):
        if "\0" in value:
            raise PyimagestreamError(
                "the result has a NUL character, which Jsonnet cannot be given"
            )
        return without_surrogates(value)
    if isinstance(value, list):
        return [_returnable(item) for item in value]
    if isinstance(value, dict):
        return {_returnable(key): _returnable(item) for key, item in value.items()}
    if value is None or isinstance(value, bool):
        return value
    if not isfinite(number := float(value)):
        raise PyimagestreamError("the result has a number beyond the range of a double")
    return number


NOT_RUN = (
    "pyimagestream runs no Helm and no Kustomize: render the chart beforehand, and import what"
    " comes out"
)

_FUNCTIONS: dict[str, tuple[Callable[..., Any], dict[str, type]]] = {
    "escapeStringRegex": (_escape_string_regex, {"str": str}),
    "helmTemplate": (_not_run, {"n": str, "c": str, "o": dict}),
    "kustomizeBuild": (_not_run, {"p": str, "o": dict}),
    "manifestJsonFromJson": (_manifest_json_from_json, {"j": str, "i": float}),
    "manifestYamlFromJson": (_manifest_yaml_from_json, {"json": str}),
    "parseJson": (_parse_json, {"json": str}),
    "parseYaml": (_parse_yaml, {"yaml": str}),
    "regexMatch": (_regex_match, {"r": str, "s": str}),
    "regexSubst": (_regex_subst, {"r": str, "s": str, "p": str}),
    "sha256": (_sha256, {"str": str}),
}


def _call(name: str, *arguments: Any) -> Any:
    function, kinds = _FUNCTIONS[name]
    try:
        for argument, kind in zip(arguments, kinds.values(), strict=True):
            if kind is not dict and type(argument) is not kind:
                wanted = "string" if kind is str else "number"
                raise PyimagestreamError(f"expected a {wanted}, found {dumps(argument)}")
        return _returnable(function(*arguments))
    except RecursionError:
        raise NativeError(name, "the value is nested too deeply") from None
    except PyimagestreamError as error:
        raise NativeError(name, str(error)) from None


# Partial calls rather than closures: natives travel to worker processes.
TANKA_NATIVES: dict[str, Native] = {
    name: (tuple(kinds), partial(_call, name)) for name, (_, kinds) in _FUNCTIONS.items()
}
"""By name: the names of the parameters, and the function, as `native_callbacks=` takes them."""
