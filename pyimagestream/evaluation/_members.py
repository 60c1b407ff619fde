"""What a library has where, so that a name it lacks in one place is found in another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from ..checks.spelling import near
from ..generator.files import LIBRARY_PATHS
from ..model.definition import Definition, functions
from ..model.group import definition
from ..model.schema import Schema

Scope = tuple[str, ...]

_MANY = 3
_BEGINNING = 3
"""Letters of a name that may stand for all of it."""


@dataclass(frozen=True)
class Names:
    """The names of a library, by the path of the object that has them."""

    path: str
    definition: Definition
    members: Mapping[Scope, frozenset[str]]

    def elsewhere(self, name: str, names: Iterable[str] = ()) -> Iterator[Scope]:
        """Where else there is such a name, the shortest path first: one of ``names``, or it."""
        wanted = {name, *names}
        for scope in sorted(self.members, key=lambda scope: (len(scope), scope)):
            for member in sorted(self.members[scope] & wanted):
                yield (*scope, member)

    def unset(self, scope: Scope, name: str) -> Iterator[Scope]:
        """The fields without a function that ``name`` would set, from a scope on."""
        key = name.removeprefix("with")
        for path in _fields(self.definition.schema):
            is_it = path[-1][0].upper() + path[-1][1:] == key and key != name
            has_one = name in self.members.get(path[:-1], frozenset())
            if is_it and not has_one and path[: len(scope)] == scope and path[0] != "status":
                yield path

    def all(self) -> frozenset[str]:
        return frozenset().union(*self.members.values())


@cache
def libraries() -> tuple[Names, ...]:
    """The libraries by the paths they are imported with."""
    return tuple(_library(path) for path in LIBRARY_PATHS)


def names_of(fields: Iterable[str], owner: str, path: str) -> tuple[Names, Scope] | None:
    """The library that an object with such fields is a part of, and which part.

    Its ``path`` tells it; a part of it is told by its fields.
    """
    for library in libraries():
        if library.path == path:
            return library, ()
    has = frozenset(fields)
    best: tuple[int, Names, Scope] | None = None
    for library in libraries():
        for scope, members in library.members.items():
            if members <= has and owner.endswith(".".join(scope)):
                rank = 2 * len(members) - (library.definition.kind != "ImageStreamImport")
                if best is None or rank > best[0]:
                    best = rank, library, scope
    return (best[1], best[2]) if best else None


def libraries_with(chains: Iterable[str]) -> list[Names]:
    """The libraries that have all of some functions, such as ``spec.withImages``."""
    wanted = [tuple(chain.split(".")) for chain in chains]
    return [
        library
        for library in libraries()
        if wanted and all(_has(library, chain) for chain in wanted)
    ]


def suggestion(owner: str, fields: Iterable[str], path: str, name: str) -> str:
    """What was probably meant by a name that an object does not have; empty if nothing is near.

    ``owner`` is the code of the object, ``fields`` are the names it has, and ``path`` is that
    of the library it says it is.
    """
    there = sorted(fields)
    found = _suggestion(owner, there, path, name)
    begun = [each for each in there if len(name) >= _BEGINNING and each.startswith(name)]
    return found or (_did_you_mean(begun) if len(begun) == 1 else "")


def _suggestion(owner: str, there: list[str], path: str, name: str) -> str:
    found = names_of(there, owner, path)
    if found is None:
        return _did_you_mean(_below(there, name) or near(name, there))
    library, scope = found
    root = owner.removesuffix(".".join(scope)).removesuffix(".")
    part = name.removeprefix("with")
    inner = (*scope, f"{part[:1].lower()}{part[1:]}")
    if part != name and inner in library.members:
        return f"its fields are set by the functions in `{'.'.join((root, *inner))}`"
    if patches := [_patch(path) for path in library.unset(scope, name)]:
        others = "".join(f"; {other}" for other in (_newer(library, name), _part(name)) if other)
        return f"no function sets it here: add the patch {' or '.join(patches[:_MANY])}{others}"
    with_name = f"with{name[0].upper()}{name[1:]}"
    if with_name in there:
        return _did_you_mean([with_name])
    same = list(library.elsewhere(name, [with_name]))
    if not same and (close := near(name, there)):
        return _did_you_mean(close)
    if not same:
        close = near(name, sorted(library.all()))
        same = list(library.elsewhere(close[0])) if close else []
    return _did_you_mean([".".join((root, *path)) for path in same])


def _below(there: list[str], name: str) -> list[str]:
    """The way to the library of a name, from an object with the groups or the versions."""
    paths = [library.path.removesuffix(".libsonnet").split("/") for library in libraries()]
    return [
        ".".join(path[start:])
        for path in paths
        for start in range(len(path) - 1)
        if path[-1] == name and path[start] in there
    ]


def _did_you_mean(names: Iterable[str]) -> str:
    shown = [f"`{name}`" for name in names][:_MANY]
    return f"did you mean {' or '.join(shown)}?" if shown else ""


def _patch(path: Scope) -> str:
    *parents, key = path
    inner = f"{{ {key}: ... }}"
    for parent in reversed(parents):
        inner = f"{{ {parent}+: {inner} }}"
    return f"`{inner}`"


def _newer(library: Names, name: str) -> str:
    """The library of the same kind that has a function which is newer than 4.3."""
    for other in libraries():
        if other.definition is library.definition and name in other.all() - library.all():
            where = other.path.removesuffix(".libsonnet").replace("/", ".")
            return f"`(import 'main.libsonnet').{where}` has it"
    return ""


def _part(name: str) -> str:
    """The function of that name for an entry of ``spec.images``."""
    entry = next(each for each in libraries() if each.path == "imageImportSpec.libsonnet")
    for path in entry.elsewhere(name):
        return f"for an entry of spec.images `{'.'.join(path)}` of {entry.path}"
    return ""


def _library(path: str) -> Names:
    of = definition(LIBRARY_PATHS[path])
    members: dict[Scope, set[str]] = {(): {builder.name for builder in of.builders}}
    for function in functions(of, newer=path != "imageStreamImport.libsonnet"):
        *scope, name = function.native.split(".")[1:]
        members.setdefault(tuple(scope), set()).add(name)
        for depth in range(len(scope)):
            members.setdefault(tuple(scope[:depth]), set()).add(scope[depth])
    return Names(path, of, {scope: frozenset(names) for scope, names in members.items()})


def _fields(schema: Schema, path: Scope = ()) -> Iterator[Scope]:
    for key, field in schema.properties.items():
        yield (*path, key)
        yield from _fields(field, (*path, key))


def _has(library: Names, chain: Scope) -> bool:
    """Whether the beginning of a chain is a function or an object of the library."""
    *scope, name = chain
    return name in library.members.get(tuple(scope), frozenset())
