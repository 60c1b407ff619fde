"""The documented library once more, plain and by hand: what the tests hold ours against.

Names, nesting and parameters come from the structure of the documented page;
what a function sets is spelled out here. Nothing of the product's own model or
generator is used, so that a mistake in them shows.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

PAGE = Path(__file__).parent.parent / "data" / "imageStreamImport.structure.md"

LISTS = {"finalizers", "ownerReferences", "pending", "causes", "images"}

API_VERSION, KIND = "image.openshift.io/v1", "ImageStreamImport"

IMAGE = {"from": {"kind": "DockerImage", "name": "quay.io/org/ruby:2.7"}, "to": {"name": "2.7"}}
OWNER = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": "1-2"}

VALID: dict[str, Any] = {
    "metadata.annotations": {"example.com/note": "any text"},
    "metadata.creationTimestamp": "2021-01-02T03:04:05Z",
    "metadata.deletionGracePeriodSeconds": 30,
    "metadata.deletionTimestamp": "2021-01-02T03:04:05+02:00",
    "metadata.finalizers": ["example.com/first"],
    "metadata.generateName": "ruby",
    "metadata.generation": 3,
    "metadata.initializers.pending": [{"name": "first"}],
    "metadata.initializers.result.code": 404,
    "metadata.initializers.result.details.causes": [{"field": "f", "message": "m", "reason": "r"}],
    "metadata.initializers.result.details.retryAfterSeconds": 5,
    "metadata.initializers.result.metadata": {"resourceVersion": "4"},
    "metadata.labels": {"app": "ruby"},
    "metadata.name": "ruby",
    "metadata.namespace": "images",
    "metadata.ownerReferences": [OWNER],
    "spec.images": [IMAGE],
    "spec.import": True,
    "spec.repository.from.kind": "DockerImage",
    "spec.repository.from.name": "quay.io/org/ruby",
    "spec.repository.importPolicy.insecure": True,
    "spec.repository.importPolicy.scheduled": False,
    "spec.repository.includeManifest": True,
    "spec.repository.referencePolicy.type": "Local",
}
"""A value the server accepts, by field; of every other field it is any string."""

WRONG: dict[str, tuple[Any, str]] = {
    "metadata.annotations": ({"a": 1}, "metadata.annotations[a]: must be a string, not 1"),
    "metadata.creationTimestamp": ("yesterday", '(RFC 3339), not "yesterday"'),
    "metadata.deletionGracePeriodSeconds": (1.5, "must be an integer, not 1.5"),
    "metadata.deletionTimestamp": (0, "metadata.deletionTimestamp: must be a string, not 0"),
    "metadata.finalizers": (["a.b/c", 7], "metadata.finalizers[1]: must be a string, not 7"),
    "metadata.generation": ("1", 'must be an integer, not "1"'),
    "metadata.initializers.pending": (["first"], '.pending[0]: must be an object, not "first"'),
    "metadata.initializers.result.code": (2**40, "2147483647, not 1099511627776"),
    "metadata.initializers.result.details.causes": (
        [{"field": 1}],
        ".causes[0].field: must be a string, not 1",
    ),
    "metadata.initializers.result.details.retryAfterSeconds": (
        True,
        "must be an integer, not true",
    ),
    "metadata.initializers.result.metadata": ("x", 'must be an object, not "x"'),
    "metadata.labels": ("app=ruby", 'must be an object, not "app=ruby"'),
    "metadata.ownerReferences": (
        [{"apiVersion": "v1", "kind": "A", "name": "a", "uid": 1}],
        "metadata.ownerReferences[0].uid: must be a string, not 1",
    ),
    "spec.images": ([{"from": "ruby"}], 'spec.images[0].from: must be an object, not "ruby"'),
    "spec.import": ("yes", 'must be a boolean, not "yes"'),
    "spec.repository.importPolicy.insecure": ("true", 'must be a boolean, not "true"'),
    "spec.repository.importPolicy.scheduled": (1, "must be a boolean, not 1"),
    "spec.repository.includeManifest": ([], "must be a boolean, not an array"),
}
"""A value of the wrong type, by field, and what is said of it; of other fields it is a number."""


class Documented(NamedTuple):
    """A function as the page has it."""

    scope: tuple[str, ...]
    name: str
    parameter: str

    @property
    def full_name(self) -> str:
        return ".".join((*self.scope, self.name))

    @property
    def is_mixin(self) -> bool:
        return self.name.endswith("Mixin")

    @property
    def field(self) -> str:
        """The field it sets: ``spec.images`` for ``spec.withImagesMixin``."""
        if self.name == "new":
            return "metadata.name"
        key = self.name.removeprefix("with").removesuffix("Mixin")
        return ".".join((*self.scope, key[0].lower() + key[1:]))

    @property
    def valid(self) -> Any:
        return VALID.get(self.field, "text")

    @property
    def wrong(self) -> tuple[Any, str]:
        return WRONG.get(self.field, (7, "must be a string, not 7"))

    def patch(self, value: Any) -> dict[str, Any]:
        """The object that sets the field to ``value``, all ``+:`` left out."""
        for key in reversed(self.field.split(".")):
            value = {key: value}
        return value  # type: ignore[no-any-return]

    def plain(self, value: str) -> str:
        """What a call with the Jsonnet expression ``value`` amounts to."""
        if self.name == "new":
            made = f"{{ apiVersion: '{API_VERSION}', kind: '{KIND}' }}"
            return f"{made} + {{ metadata+: {{ name: {value} }} }}"
        *parents, key = self.field.split(".")
        if key in LISTS:
            value = f"(local v = {value}; if std.isArray(v) then v else [v])"
        text = f"{{ '{key}'{'+' if self.is_mixin else ''}: {value} }}"
        for parent in reversed(parents):
            text = f"{{ {parent}+: {text} }}"
        return text


def structure() -> list[str]:
    return PAGE.read_text(encoding="utf-8").splitlines()


def documented() -> list[Documented]:
    """Every function of the page, in its order."""
    lines = structure()
    found = []
    for number, line in enumerate(lines):
        if line.startswith("### fn "):
            *scope, name = line.removeprefix("### fn ").split(".")
            signature = re.fullmatch(r"(\w+)\((\w+)\)", lines[number + 2])
            assert signature
            assert signature[1] == name
            found.append(Documented(tuple(scope), name, signature[2]))
    return found


def scopes() -> dict[tuple[str, ...], list[str]]:
    """The members of the library and of every object in it, as the page nests them."""
    members: dict[tuple[str, ...], list[str]] = {(): []}
    for line in structure():
        if line.startswith("## obj "):
            path = tuple(line.removeprefix("## obj ").split("."))
            members[path] = []
            members[path[:-1]].append(path[-1])
    for function in documented():
        members[function.scope].append(function.name)
    return members


def plain_library() -> str:
    """The Jsonnet text of the documented library, without checks and documentation."""
    return _object((), "'#':: {}, '#mixin': 'ignore', mixin: self")


def _object(path: tuple[str, ...], rest: str = "") -> str:
    parts = []
    for function in documented():
        if function.scope == path and function.name != "new":
            parameter = function.parameter
            body = function.plain(parameter)
            parts.append(f"'#{function.name}':: {{}}, {function.name}({parameter}): {body}")
    if not path:
        made = f"{{ apiVersion: '{API_VERSION}', kind: '{KIND}' }}"
        parts.append(f"'#new':: {{}}, new(name): {made} + self.metadata.withName(name=name)")
    for scope in scopes():
        if scope and scope[:-1] == path:
            parts.append(f"'#{scope[-1]}':: {{}}, {scope[-1]}: {_object(scope)}")
    return "{ " + ", ".join([*parts, *([rest] if rest else [])]) + " }"
