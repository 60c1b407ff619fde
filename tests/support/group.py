"""The documented libraries of the whole group once more, plain and by hand.

Like `reference`, but for the 29 pages of image/v1: names, nesting and parameters come
from their structure, and nothing of the product's own model or generator is used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).parent.parent / "data" / "image-v1"

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
    def path(self) -> tuple[str, ...]:
        """The field it sets: ``("spec", "tags")`` for ``spec.withTagsMixin``."""
        key = self.name.removeprefix("with").removesuffix("Mixin")
        return (*self.scope, key[0].lower() + key[1:])

    @property
    def is_list(self) -> bool:
        return self.path[-1] in LISTS and f"{self.library}.{self.full_name}" not in MAPS_OF_THE_NAME

    def result(self, value: Any) -> Any:
        """What a call with the value amounts to, when nothing is there yet."""
        if self.name == "new":
            kind = self.library[0].upper() + self.library[1:]
            return {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": value}}
        if self.is_list and not isinstance(value, list):
            value = [value]
        for key in reversed(self.path):
            value = {key: value}
        return value


@dataclass(frozen=True)
class Page:
    name: str

    def structure(self) -> list[str]:
        """The title, the index, and the headings with their signatures."""
        text = (DATA / f"{self.name}.structure.md").read_text(encoding="utf-8")
        return text.splitlines()

    def documented(self) -> list[Documented]:
        lines = self.structure()
        found = []
        for number, line in enumerate(lines):
            if line.startswith("### fn "):
                *scope, name = line.removeprefix("### fn ").split(".")
                signature = re.fullmatch(r"(\w+)\((\w+)\)", lines[number + 1])
                assert signature
                assert signature[1] == name
                found.append(Documented(self.name, tuple(scope), name, signature[2]))
        return found

    def scopes(self) -> dict[tuple[str, ...], list[str]]:
        """The members of the library and of every object in it, as the page nests them."""
        members: dict[tuple[str, ...], list[str]] = {(): []}
        for line in self.structure():
            if line.startswith("## obj "):
                path = tuple(line.removeprefix("## obj ").split("."))
                members[path] = []
                members[path[:-1]].append(path[-1])
        for function in self.documented():
            members[function.scope].append(function.name)
        return members


def pages() -> list[Page]:
    names = sorted(path.name.partition(".")[0] for path in DATA.glob("*.structure.md"))
    return [Page(name) for name in names if name != "index"]
