"""The rules of what is to be imported.

Source: openshift-apiserver, pkg/image/apis/image/validation,
ValidateImageStreamImport, and the request handler of k8s.io/apiserver.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..errors import PullSpecError
from ..model.schema import V4_3
from . import pullspec
from ._faults import NONE, REQUIRED, Fault, Faults, ObjectRule, Rule, show
from ._metadata import import_meta

SOURCE_KIND = "DockerImage"
IMPORT_MODES = ("", "Legacy", "PreserveOriginal")

_PULL_SPEC_REQUIRED = "must not be empty: it is the pull spec of what to import"

ANY_STREAM = "*"
"""Old clients look up an image stream with this name; the server looks no further."""


def source_kind(value: str, server: str) -> Iterator[Fault]:
    if value != SOURCE_KIND:
        yield Fault((), value, f"must be {SOURCE_KIND}, not {show(value)}")


def pull_spec(value: str, server: str) -> Faults:
    if not value:
        return (Fault((), value, _PULL_SPEC_REQUIRED, REQUIRED),)
    try:
        if value != ANY_STREAM:
            pullspec.matched(value)
    except PullSpecError as error:
        return (Fault((), value, str(error)),)
    return NONE


def repository_pull_spec(value: str, server: str) -> Iterator[Fault]:
    if not value:
        yield Fault((), value, _PULL_SPEC_REQUIRED, REQUIRED)
        return
    try:
        # The 4.3 server takes localhost:5000 for a name with a tag.
        spec = pullspec.PullSpec.parse(value)
        tag = pullspec.matched(value)[2] if server == V4_3 else spec.tag
    except PullSpecError as error:
        yield Fault((), value, str(error))
        return
    if tag or spec.id:
        yield Fault((), value, f"must be a repository without tag or digest, not {show(value)}")


def import_mode(value: str, server: str) -> Iterator[Fault]:
    if value not in IMPORT_MODES:
        yield Fault((), value, f"must be Legacy or PreserveOriginal, not {show(value)}")


def image_import(value: dict[str, Any], server: str, below: Faults) -> Faults:
    """One entry of ``images``: a source, and the name of the tag if there is a tag."""
    source, to = value.get("from") or {}, value.get("to")
    found = _sourced(source, below)
    if source.get("kind") != SOURCE_KIND:
        return found
    if source.get("name") == ANY_STREAM:
        found = _without(found, "importPolicy", "importMode")
    if to is not None and not to.get("name"):
        message = "must not be empty: leave out `to` to take the tag of the pull spec"
        return (*found, Fault(("to", "name"), to.get("name"), message))
    return found


def repository_import(value: dict[str, Any], server: str, below: Faults) -> Faults:
    """The repository: a source."""
    return _sourced(value.get("from") or {}, below)


def _sourced(source: dict[str, Any], below: Faults) -> Faults:
    """The server does not look at the name of a source that is not of the right kind."""
    kind, name = source.get("kind"), source.get("name")
    if kind == SOURCE_KIND:
        if name is None:
            return (*below, Fault(("from", "name"), None, _PULL_SPEC_REQUIRED, REQUIRED))
        return below
    below = _without(below, "from", "name")
    if kind is None:
        message = f"must be {SOURCE_KIND}, and must not be left out"
        return (*below, Fault(("from", "kind"), None, message))
    return below


def _without(faults: Faults, *path: str) -> Faults:
    return [fault for fault in faults if fault.path != path]


def import_request(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    """The whole manifest: with something to import."""
    yield from below
    if value.get("metadata") is None:
        for fault in import_meta({}, server, NONE):
            yield fault.under("metadata")
    spec = value.get("spec") or {}
    if not spec.get("images") and spec.get("repository") is None:
        message = "must not be empty unless there is a repository to import"
        yield Fault(("spec", "images"), spec.get("images"), message)


RULES: dict[str, Rule] = {
    "import-mode": import_mode,
    "pull-spec": pull_spec,
    "repository-pull-spec": repository_pull_spec,
    "source-kind": source_kind,
}

OBJECT_RULES: dict[str, ObjectRule] = {
    "image-import": image_import,
    "import-request": import_request,
    "repository-import": repository_import,
}
