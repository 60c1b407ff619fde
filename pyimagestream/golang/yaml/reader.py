"""YAML read as Go's yaml packages read it, into what JSON can hold."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, NamedTuple

import yaml
from yaml.reader import ReaderError

from ...errors import Frame, YamlError
from ..json import without_surrogates
from ..scalars import float32_text, resolve, resolve_v2, resolve_v3, timestamp

try:
    from yaml import CLoader as _Loader
except ImportError:  # a PyYAML built without libyaml
    from yaml import Loader as _Loader  # type: ignore[assignment]

_TAG = "tag:yaml.org,2002:"


@dataclass
class Budget:
    """What aliases may yet add to a stream: aliases of aliases fill all memory in a few lines."""

    values: int = 4_000_000
    bytes: int = 64 << 20


class Place(NamedTuple):
    """Where a value begins, counted from 1."""

    line: int
    column: int

    def below(self, lines: int) -> Place:
        """The place so many lines further down."""
        return Place(self.line + lines, self.column)


@dataclass(frozen=True)
class Container:
    """Where an object or an array begins, and what is in it."""

    place: Place
    parts: dict[Any, Place]


class Oddity(NamedTuple):
    """What a reader of the text would not expect of the value: in which object, at which key."""

    container: dict[str, Any]
    key: str
    written: str
    is_repeated: bool


@dataclass
class Reading:
    """A document: its value, and what there is to say of its text.

    ``containers`` has the objects and arrays of the value by their ``id``; where places
    were not asked for, there are none.
    """

    value: Any
    oddities: list[Oddity] = field(default_factory=list)
    containers: dict[int, Container] = field(default_factory=dict)


def read_all(text: str) -> list[Any]:
    """The documents of a stream as yaml.v3 reads them, which Tanka uses. Raises `YamlError`."""
    return [document.value for document in _read(text, _V3(Budget(), with_places=False))]


def read_kubectl(
    text: str, budget: Budget | None = None, *, with_places: bool = False
) -> Iterator[Reading]:
    """The documents of a stream as kubectl reads them, one after the other. Raises `YamlError`.

    Keys that are no strings are made strings, and the last of equal keys counts.
    """
    return _read(text, _Kubectl(budget or Budget(), with_places=with_places))


def _read(text: str, reader: _Reader) -> Iterator[Reading]:
    text = without_surrogates(text)
    try:
        yield from reader.documents(yaml.parse(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        message = ", ".join(filter(None, (error.context, error.problem)))
        raise YamlError(message, *_place(error.problem_mark)) from None
    except yaml.YAMLError as error:
        raise _unreadable(text, error) from None
    except RecursionError:
        raise _error(reader.event, "nested too deeply") from None


def _unreadable(text: str, error: yaml.YAMLError) -> YamlError:
    if not isinstance(error, ReaderError) or not isinstance(error.character, int):
        return YamlError(" ".join(str(error).split()))
    place = Frame.at("", text, max(text.find(chr(error.character)), 0))
    message = f"unacceptable character #x{error.character:04x}: {error.reason}"
    return YamlError(message, place.line, place.column)


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark else Place(0, 0)


class _Reader:
    """Makes values of a parser's events: PyYAML's own composer crashes on deep nesting."""

    def __init__(self, budget: Budget, *, with_places: bool) -> None:
        self.budget = budget
        self.with_places = with_places
        self.events: Iterator[yaml.Event] = iter(())
        self.event: Any = None
        self.anchors: dict[str, tuple[Any, Place | None, int, int]] = {}
        self.values = self.bytes = 0
        self.reading = Reading(None)

    plain: Callable[[str], Any]

    def key(self, event: Any, found: dict[str, Any]) -> str:
        """The key that an event begins, in a mapping of which so much is known."""
        raise NotImplementedError

    def repeated(self, event: Any, found: dict[str, Any], name: str) -> None:
        """The key is in the mapping already."""
        raise NotImplementedError

    def merge(self, found: dict[str, Any], sources: list[dict[str, Any]]) -> None:
        """Adds what ``<<`` says."""
        raise NotImplementedError

    def documents(self, events: Iterator[yaml.Event]) -> Iterator[Reading]:
        self.events = events
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                self.anchors.clear()
                self.reading = Reading(None)
                self.reading.value, _ = self.value(next(events))
                yield self.reading

    def value(self, event: Any) -> tuple[Any, Place | None]:
        """A value, and its place where places are asked for."""
        self.event = event
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise _error(event, f"unknown anchor {event.anchor!r}, or inside of itself")
            value, place, values, size = self.anchors[event.anchor]
            self.spend(event, values, size)
            return value, place
        values, size = self.values, self.bytes
        self.values += 1
        place = _place(event.start_mark) if self.with_places else None
        if isinstance(event, yaml.ScalarEvent):
            self.bytes += len(event.value)
            value = _scalar(event, self.plain)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = self.sequence(place)
        else:
            value = self.mapping(place)
        if event.anchor:
            grown = self.values - values, self.bytes - size
            self.anchors[event.anchor] = (value, place, *grown)
        return value, place

    def spend(self, event: yaml.Event, values: int, size: int) -> None:
        self.values += values
        self.bytes += size
        self.budget.values -= values
        self.budget.bytes -= size
        if self.budget.values < 0 or self.budget.bytes < 0:
            raise _error(event, "aliases make this document too large")

    def until(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        while not isinstance(event := next(self.events), end):
            yield event

    def sequence(self, place: Place | None) -> list[Any]:
        if not place:
            return [self.value(event)[0] for event in self.until(yaml.SequenceEndEvent)]
        items: list[Any] = []
        parts: dict[Any, Place] = {}
        for index, event in enumerate(self.until(yaml.SequenceEndEvent)):
            value, parts[index] = self.value(event)  # type: ignore[assignment]
            items.append(value)
        self.reading.containers[id(items)] = Container(place, parts)
        return items

    def mapping(self, place: Place | None) -> dict[str, Any]:
        found: dict[str, Any] = {}
        parts: dict[Any, Place] = {}
        own: set[str] = set()
        if place:
            self.reading.containers[id(found)] = Container(place, parts)
        for event in self.until(yaml.MappingEndEvent):
            if isinstance(event, yaml.ScalarEvent) and _is_plain(event) and event.value == "<<":
                self.merge(found, self.sources())
                continue
            name = self.key(event, found)
            if name in own:
                self.repeated(event, found, name)
            own.add(name)
            value, at = self.value(next(self.events))
            found[name] = value
            if at:
                parts[name] = at
        return found

    def sources(self) -> list[dict[str, Any]]:
        event = next(self.events)
        value, _ = self.value(event)
        sources = value if isinstance(value, list) else [value]
        if not all(isinstance(source, dict) for source in sources):
            raise _error(event, "map merge requires map or sequence of maps as value")
        return sources

    def parts(self, found: dict[str, Any]) -> dict[Any, Place]:
        container = self.reading.containers.get(id(found))
        return container.parts if container else {}


class _V3(_Reader):
    plain = staticmethod(resolve_v3)

    def key(self, event: Any, found: dict[str, Any]) -> str:
        name, _ = self.value(event)
        if isinstance(name, bool) or not isinstance(name, (str, int)):
            raise _error(event, "the key of a mapping must be a string")
        return str(name)

    def repeated(self, event: Any, found: dict[str, Any], name: str) -> None:
        raise _error(event, f"mapping key {name!r} is defined twice")

    def merge(self, found: dict[str, Any], sources: list[dict[str, Any]]) -> None:
        """Of equal keys the first source wins, and over all of them the mapping's own."""
        for source in sources:
            for name, value in source.items():
                found.setdefault(name, value)


class _Kubectl(_Reader):
    """sigs.k8s.io/yaml: yaml.v2, the keys of whose maps are made strings for JSON."""

    plain = staticmethod(resolve_v2)

    def key(self, event: Any, found: dict[str, Any]) -> str:
        key, _ = self.value(event)
        if isinstance(key, str):
            return key
        if isinstance(event, yaml.ScalarEvent) and _is_plain(event):
            key = resolve_v2(event.value, is_key=True)
        name = _key_text(event, key)
        if isinstance(event, yaml.ScalarEvent) and event.value != name:
            self.reading.oddities.append(Oddity(found, name, event.value, False))
        return name

    def repeated(self, event: Any, found: dict[str, Any], name: str) -> None:
        self.reading.oddities.append(Oddity(found, name, name, True))

    def merge(self, found: dict[str, Any], sources: list[dict[str, Any]]) -> None:
        """Of equal keys the first source wins, and over it whatever comes later."""
        parts = self.parts(found)
        for source in reversed(sources):
            found.update(source)
            parts.update(self.parts(source))


def _key_text(event: Any, key: Any) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, int) and -(2**63) <= key < 2**63:
        return str(key)
    if isinstance(key, float):
        return float32_text(key)
    raise _error(event, "the key of a mapping must be a string, a boolean or a number")


def _error(event: Any, message: str) -> YamlError:
    return YamlError(message, *_place(event and event.start_mark))


def _is_plain(event: yaml.ScalarEvent) -> bool:
    return not event.style and event.tag in (None, "!")


def _scalar(event: yaml.ScalarEvent, plain: Callable[[str], Any]) -> Any:
    text: str = event.value
    tag = (event.tag or "").removeprefix(_TAG)
    if _is_plain(event):
        return _finite(event, plain(text))
    if tag == "binary":
        try:
            unbroken = text.replace("\r", "").replace("\n", "")  # all that Go passes over
            return base64.b64decode(unbroken, validate=True).decode(errors="replace")
        except ValueError as error:
            raise _error(event, f"!!binary value contains invalid base64 data: {error}") from None
    if tag == "timestamp" and (value := timestamp(text)):
        return value
    if tag not in _KINDS:
        return text
    value = resolve(text)
    if type(value) not in _KINDS[tag]:
        raise _error(event, f"cannot decode {text!r} as a !!{tag}")
    return _finite(event, float(value)) if tag == "float" else value


def _finite(event: yaml.ScalarEvent, value: Any) -> Any:
    if isinstance(value, float) and not isfinite(value):
        raise _error(event, f"JSON has no number {event.value}")
    return value


_KINDS: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
    "timestamp": (),
}
