"""An API as its documents describe it: definitions that lean on one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from .definition import Definition
from .schema import Schema


class Guess(NamedTuple):
    """What had to be guessed: of one definition, by its full name, or of a whole document."""

    text: str
    of: str = ""


@dataclass(frozen=True)
class Api:
    """The definitions of an API by their full names, and what had to be guessed of them.

    A definition that is not ``exported`` has no library of its own: others consist of it.
    """

    definitions: Mapping[str, Definition]
    guesses: tuple[Guess, ...] = ()

    @cached_property
    def kinds(self) -> Mapping[tuple[str, str], Definition]:
        """What can be an object of its own, by API version and kind."""
        return {
            (f"{group}/{version}" if group else version, kind): each
            for each in self.definitions.values()
            for group, version, kind in each.gvks
        }

    @cached_property
    def exported(self) -> tuple[Definition, ...]:
        """The definitions with a library of their own, by their homes and names."""
        found = (each for each in self.definitions.values() if each.exported)
        return tuple(sorted(found, key=lambda each: (each.home, each.name)))

    @cached_property
    def libraries(self) -> Mapping[str, str]:
        """The full names of the definitions by those that their natives begin with."""
        return {each.library: each.reference for each in self.definitions.values()}

    def resolved(self, schema: Schema) -> Schema:
        """A schema itself, or that of the definition it refers to."""
        return self.definitions[schema.ref].schema if schema.ref else schema

    def needed(self, names: Iterable[str]) -> set[str]:
        """The definitions that those of some names consist of, these among them."""
        found: set[str] = set()
        left = list(names)
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left += refs(self.definitions[name].schema)
        return found


def refs(schema: Schema) -> Iterator[str]:
    """The definitions that a schema refers to, anywhere in it."""
    if schema.ref:
        yield schema.ref
    for each in (*schema.properties.values(), schema.items, schema.additional):
        if each is not None:
            yield from refs(each)


def nested(schema: Schema) -> Iterator[str]:
    """The definitions whose functions are within those of a schema."""
    if schema.ref:
        yield schema.ref
    elif schema.type == "array":
        if schema.items and not schema.items.ref:
            yield from nested(schema.items)
    else:
        for field in schema.properties.values():
            yield from nested(field)
