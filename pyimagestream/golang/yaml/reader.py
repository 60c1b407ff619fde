"""YAML read as Go's yaml packages read it, into what JSON can hold."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from math import isfinite
from typing import Any

import yaml

from ...errors import PyimagestreamError
from ..json import without_surrogates
from ..scalars import resolve, resolve_v3, timestamp

try:
    from yaml import CLoader as _Loader
except ImportError:  # a PyYAML built without libyaml
    from yaml import Loader as _Loader  # type: ignore[assignment]

_TAG = "tag:yaml.org,2002:"
_MOST_VALUES = 4_000_000
"""More come only from aliases of aliases, by which a few lines fill all memory."""


class YamlError(PyimagestreamError):
    """Text that is no YAML, or YAML that is no JSON. Lines count from 1, 0 is unknown."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message, line)
        self.message = message
        self.line = line

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


def read_all(text: str, plain: Callable[[str], Any] = resolve_v3) -> list[Any]:
    """The documents of a stream. Raises `YamlError`.

    ``plain`` tells the value of a scalar without quotes: `resolve_v3` or `resolve_v2`.
    """
    reader = _Reader(yaml.parse(without_surrogates(text), Loader=_Loader), plain)
    try:
        return list(reader.documents())
    except yaml.MarkedYAMLError as error:
        message = ", ".join(filter(None, (error.context, error.problem)))
        raise YamlError(message, _line(error.problem_mark)) from None
    except yaml.YAMLError as error:
        raise YamlError(str(error)) from None
    except RecursionError:
        raise YamlError("nested too deeply") from None


def _line(mark: Any) -> int:
    return mark.line + 1 if mark else 0


class _Reader:
    """Makes values of a parser's events: PyYAML's own composer crashes on deep nesting."""

    def __init__(self, events: Iterator[yaml.Event], plain: Callable[[str], Any]) -> None:
        self.events = events
        self.plain = plain
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.size = 0

    def documents(self) -> Iterator[Any]:
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                self.anchors.clear()
                self.size = 0
                yield self.value(next(self.events))

    def value(self, event: Any) -> Any:
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise _error(event, f"unknown anchor {event.anchor!r}, or inside of itself")
            value, size = self.anchors[event.anchor]
            self.grow(event, size)
            return value
        before = self.size
        self.grow(event, 1)
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event, self.plain)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = [self.value(item) for item in self.until(yaml.SequenceEndEvent)]
        else:
            value = self.mapping()
        if event.anchor:
            self.anchors[event.anchor] = (value, self.size - before)
        return value

    def grow(self, event: yaml.Event, size: int) -> None:
        self.size += size
        if self.size > _MOST_VALUES:
            raise _error(event, "aliases make this document too large")

    def until(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        while not isinstance(event := next(self.events), end):
            yield event

    def mapping(self) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key in self.until(yaml.MappingEndEvent):
            if isinstance(key, yaml.ScalarEvent) and _is_plain(key) and key.value == "<<":
                start = next(self.events)
                sources = self.value(start)
                for source in sources if isinstance(sources, list) else [sources]:
                    if not isinstance(source, dict):
                        raise _error(start, "map merge requires map or sequence of maps as value")
                    merged = {**source, **merged}
                continue
            name = self.value(key)
            if isinstance(name, bool) or not isinstance(name, (str, int)):
                raise _error(key, "the key of a mapping must be a string")
            if str(name) in own:
                raise _error(key, f"mapping key {name!r} is defined twice")
            own[str(name)] = self.value(next(self.events))
        return {**merged, **own}


def _error(event: yaml.Event, message: str) -> YamlError:
    return YamlError(message, _line(event.start_mark))


def _is_plain(event: yaml.ScalarEvent) -> bool:
    return not event.style and event.tag in (None, "!")


def _scalar(event: yaml.ScalarEvent, plain: Callable[[str], Any]) -> Any:
    text: str = event.value
    tag = (event.tag or "").removeprefix(_TAG)
    if _is_plain(event):
        value = plain(text)
        if isinstance(value, float) and not isfinite(value):
            raise _error(event, f"JSON has no number {text}")
        return value
    if tag == "binary":
        try:
            return base64.b64decode("".join(text.split()), validate=True).decode(errors="replace")
        except binascii.Error as error:
            raise _error(event, f"!!binary value contains invalid base64 data: {error}") from None
    if tag == "timestamp" and (value := timestamp(text)):
        return value
    if tag not in _KINDS:
        return text
    value = resolve(text)
    if type(value) not in _KINDS[tag]:
        raise _error(event, f"cannot decode {text!r} as a !!{tag}")
    return float(value) if tag == "float" else value


_KINDS: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
    "timestamp": (),
}
