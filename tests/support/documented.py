"""What a documented page tells: its functions, and the objects they stand in.

Nothing of the product's own model or generator is used, so that a mistake in them shows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

API_VERSION = "image.openshift.io/v1"

LISTS = {
    "additionalTags",
    "causes",
    "conditions",
    "dockerImageLayers",
    "dockerImageSignatures",
    "finalizers",
    "images",
    "items",
    "layers",
    "ownerReferences",
    "pending",
    "signatures",
    "tags",
}
"""The fields that are lists, whose setters put what is no list into one."""

MAPS_OF_THE_NAME = {"imageStreamLayers.withImages", "imageStreamLayers.withImagesMixin"}
"""Functions for a map that has the name of a list."""


class Documented(NamedTuple):
    """A function as its page has it."""

    library: str
    scope: tuple[str, ...]
    name: str
    parameter: str

    @property
    def full_name(self) -> str:
        return ".".join((*self.scope, self.name))

    @property
    def kind(self) -> str:
        return self.library[0].upper() + self.library[1:]

    @property
    def is_mixin(self) -> bool:
        return self.name.endswith("Mixin")

    @property
    def path(self) -> tuple[str, ...]:
        """The field it sets: ``("spec", "images")`` for ``spec.withImagesMixin``."""
        if self.name == "new":
            return "metadata", "name"
        key = self.name.removeprefix("with").removesuffix("Mixin")
        return (*self.scope, key[0].lower() + key[1:])

    @property
    def field(self) -> str:
        return ".".join(self.path)

    @property
    def is_list(self) -> bool:
        return self.path[-1] in LISTS and f"{self.library}.{self.full_name}" not in MAPS_OF_THE_NAME

    def patch(self, value: Any) -> dict[str, Any]:
        """The object that sets the field to ``value``, all ``+:`` left out."""
        for key in reversed(self.path):
            value = {key: value}
        return value  # type: ignore[no-any-return]

    def result(self, value: Any) -> dict[str, Any]:
        """What a call with the value amounts to, when nothing is there yet."""
        if self.name == "new":
            return {"apiVersion": API_VERSION, "kind": self.kind, **self.patch(value)}
        return self.patch([value] if self.is_list and not isinstance(value, list) else value)

    def plain(self, value: str) -> str:
        """What a call with the Jsonnet expression ``value`` amounts to."""
        if self.name == "new":
            made = f"{{ apiVersion: '{API_VERSION}', kind: '{self.kind}' }}"
            return f"{made} + {{ metadata+: {{ name: {value} }} }}"
        if self.is_list:
            value = f"(local v = {value}; if std.isArray(v) then v else [v])"
        *parents, key = self.path
        text = f"{{ '{key}'{'+' if self.is_mixin else ''}: {value} }}"
        for parent in reversed(parents):
            text = f"{{ {parent}+: {text} }}"
        return text


def functions(library: str, structure: Sequence[str]) -> list[Documented]:
    """Every function of a page, in its order."""
    lines = [line for line in structure if not line.startswith("```")]
    found = []
    for number, line in enumerate(lines):
        if line.startswith("### fn "):
            *scope, name = line.removeprefix("### fn ").split(".")
            signature = re.fullmatch(r"(\w+)\((\w+)\)", lines[number + 1])
            assert signature
            assert signature[1] == name
            found.append(Documented(library, tuple(scope), name, signature[2]))
    return found


def members(library: str, structure: Sequence[str]) -> dict[tuple[str, ...], list[str]]:
    """The members of the library and of every object in it, as the page nests them."""
    found: dict[tuple[str, ...], list[str]] = {(): []}
    for line in structure:
        if line.startswith("## obj "):
            path = tuple(line.removeprefix("## obj ").split("."))
            found[path] = []
            found[path[:-1]].append(path[-1])
    for function in functions(library, structure):
        found[function.scope].append(function.name)
    return found
