"""An API as one file: what a generated directory carries, so that it is checked wherever it goes.

The texts of documents are left out, as nothing that is checked depends on them, and so is
whatever has its default value. A schema without fields and constraints is one text: its type and
its format, or ``#`` and the definition it refers to. Definitions become objects when they are
asked for: a large API costs what is used of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..errors import PyimagestreamError
from ._typed import typed
from .api import Api
from .constraints import NO_CONSTRAINTS, Branch, CelRule, Constraints
from .definition import Definition
from .naming import API_FILE as NAME
from .schema import Schema

__all__ = ["FORMAT", "NAME", "Stored", "read", "write"]

FORMAT = 1
"""The number of this form; a reader knows no other one."""

_UNKNOWN = "is none that this version reads: generate the libraries anew"


@dataclass(frozen=True)
class Stored:
    """What the file of a generated directory tells: its API, and the layout of its libraries."""

    api: Api
    layout: str


def write(api: Api, layout: str) -> str:
    """The text of the file, which is the same for the same API."""
    whole = {
        "definitions": {name: _definition(each) for name, each in api.definitions.items()},
        "format": FORMAT,
        "layout": layout,
    }
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True) + "\n"


def read(text: str, file: str) -> Stored:
    """What `write` wrote. Raises `PyimagestreamError`, with the name of the file, for any other."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PyimagestreamError(f"{file}: is no JSON: {error}") from None
    if not isinstance(whole, dict) or whole.get("format") != FORMAT:
        raise PyimagestreamError(f"{file}: {_UNKNOWN}")
    definitions, layout = whole.get("definitions"), whole.get("layout")
    if not isinstance(definitions, dict) or not isinstance(layout, str):
        raise PyimagestreamError(f"{file}: {_UNKNOWN}")
    return Stored(_StoredApi(_Definitions(definitions, file)), layout)


def _definition(definition: Definition) -> dict[str, Any]:
    told = _told(definition, but=("schema", "reference"))
    return {**told, "schema": _schema(definition.schema)}


def _schema(schema: Schema) -> Any:
    if not schema.properties and schema == Schema(
        schema.type, schema.help, schema.format, ref=schema.ref
    ):
        return f"#{schema.ref}" if schema.ref else f"{schema.type}:{schema.format}".rstrip(":")
    told = _told(schema, but=("help", "properties", "items", "additional", "constraints"))
    if schema.properties:
        told["properties"] = {key: _schema(each) for key, each in schema.properties.items()}
    for name, inner in (("items", schema.items), ("additional", schema.additional)):
        if inner is not None:
            told[name] = _schema(inner)
    if schema.constraints != NO_CONSTRAINTS:
        told["constraints"] = _told(schema.constraints)
    return told


def _told(data: Any, but: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of a named tuple that have not their default values, as JSON values."""
    return {
        name: _plain(value)
        for name, value in data._asdict().items()
        if name not in but and not _is_default(value, name, data._field_defaults)
    }


def _is_default(value: Any, name: str, defaults: Mapping[str, Any]) -> bool:
    if name not in defaults:
        return False
    return value == defaults[name] and type(value) is type(defaults[name])  # 1 is no True


def _plain(value: Any) -> Any:
    if isinstance(value, (Branch, CelRule, Constraints)):
        return _told(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return value


class _Definitions(Mapping[str, Definition]):
    """The definitions of a file, each made when it is asked for."""

    def __init__(self, stored: Mapping[str, Any], file: str) -> None:
        self.stored = stored
        self._file = file
        self._made: dict[str, Definition] = {}
        self._schemas: dict[str, Schema] = {}

    def __getitem__(self, name: str) -> Definition:
        known = self._made.get(name)
        if known is None:
            stored = self.stored[name]
            try:
                known = self._made[name] = self._definition(name, stored)
            except (AttributeError, LookupError, TypeError, ValueError, RecursionError):
                raise PyimagestreamError(f"{self._file}: {name} {_UNKNOWN}") from None
        return known

    def __iter__(self) -> Iterator[str]:
        return iter(self.stored)

    def __len__(self) -> int:
        return len(self.stored)

    def gvks(self, name: str) -> Iterator[tuple[str, str, str]]:
        """The groups, versions and kinds of a definition."""
        try:
            for group, version, kind in self.stored[name].get("gvks", ()):
                yield str(group), str(version), str(kind)
        except (AttributeError, TypeError, ValueError):
            raise PyimagestreamError(f"{self._file}: {name} {_UNKNOWN}") from None

    def library(self, name: str) -> str:
        """What the natives of a definition begin with."""
        try:
            return self._definition(name, {**self.stored[name], "schema": "object"}).library
        except (AttributeError, TypeError, ValueError):
            raise PyimagestreamError(f"{self._file}: {name} {_UNKNOWN}") from None

    def _definition(self, name: str, stored: Mapping[str, Any]) -> Definition:
        told = {key: _tuples(value) for key, value in stored.items() if key != "schema"}
        told |= {"schema": self._schema(stored["schema"]), "reference": name}
        return typed(Definition, told)

    def _schema(self, stored: Any) -> Schema:
        if isinstance(stored, str):
            known = self._schemas.get(stored)
            return known or self._schemas.setdefault(stored, self._led(_short(stored)))
        told = {key: _entries(value) for key, value in stored.items()}
        if "properties" in told:
            properties = told["properties"].items()
            told["properties"] = {key: self._schema(each) for key, each in properties}
        for name in ("items", "additional"):
            if name in told:
                told[name] = self._schema(told[name])
        if "constraints" in told:
            told["constraints"] = _constraints(told["constraints"])
        return self._led(typed(Schema, told))

    def _led(self, schema: Schema) -> Schema:
        """The schema, unless it refers to a definition that is not there."""
        if schema.ref and schema.ref not in self.stored:
            raise ValueError(schema.ref)
        return schema


class _Kinds(Mapping[tuple[str, str], Definition]):
    def __init__(self, definitions: _Definitions) -> None:
        self._definitions = definitions
        self._names = {
            (f"{group}/{version}" if group else version, kind): name
            for name in definitions
            for group, version, kind in definitions.gvks(name)
        }

    def __getitem__(self, key: tuple[str, str]) -> Definition:
        return self._definitions[self._names[key]]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class _StoredApi(Api):
    @cached_property
    def kinds(self) -> Mapping[tuple[str, str], Definition]:
        assert isinstance(self.definitions, _Definitions)
        return _Kinds(self.definitions)

    @cached_property
    def libraries(self) -> Mapping[str, str]:
        assert isinstance(self.definitions, _Definitions)
        return {self.definitions.library(name): name for name in self.definitions}


def _short(text: str) -> Schema:
    if text.startswith("#"):
        return Schema("object", ref=text[1:])
    type, _, format = text.partition(":")
    return typed(Schema, {"type": type, "format": format})


def _constraints(stored: Mapping[str, Any]) -> Constraints:
    readers: Mapping[str, Callable[[Any], Any]] = {
        "rules": lambda each: typed(CelRule, each),
        **dict.fromkeys(("all_of", "any_of", "one_of", "none_of"), _branch),
    }
    told: dict[str, Any] = {
        key: tuple(map(readers[key], value)) if key in readers else _entries(value)
        for key, value in stored.items()
    }
    return typed(Constraints, told)


def _branch(stored: Mapping[str, Any]) -> Branch:
    properties = stored.get("properties", {}).items()
    return Branch(
        _constraints(stored.get("constraints", {})),
        {key: _branch(each) for key, each in properties},
        _branch(stored["items"]) if "items" in stored else None,
        _branch(stored["additional"]) if "additional" in stored else None,
        str(stored.get("format", "")),
    )


def _entries(value: Any) -> Any:
    """A list as a tuple; what is in one, such as the values of an enum, stays as it is."""
    return tuple(value) if isinstance(value, list) else value


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
