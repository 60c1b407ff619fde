"""The documented library once more, plain and by hand: what the tests hold ours against.

Names, nesting and parameters come from the structure of the documented page;
what a function sets is spelled out here. Nothing of the product's own model or
generator is used, so that a mistake in them shows.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from support.documented import API_VERSION, Documented, functions, members

PAGE = Path(__file__).parent.parent / "data" / "imageStreamImport.structure.md"

LISTS = {"finalizers", "ownerReferences", "pending", "causes", "images"}

LIBRARY, KIND = "imageStreamImport", "ImageStreamImport"

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


def valid(function: Documented) -> Any:
    """A value that the server accepts."""
    return VALID.get(function.field, "text")


def wrong(function: Documented) -> tuple[Any, str]:
    """A value that it does not, and what is said of it."""
    return WRONG.get(function.field, (7, "must be a string, not 7"))


def structure() -> list[str]:
    return PAGE.read_text(encoding="utf-8").splitlines()


@cache
def documented() -> list[Documented]:
    """Every function of the page, in its order."""
    return functions(LIBRARY, structure())


def scopes() -> dict[tuple[str, ...], list[str]]:
    return members(LIBRARY, structure())


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
