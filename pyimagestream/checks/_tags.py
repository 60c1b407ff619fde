"""The rules of tags, and of the image streams that have them.

Source: openshift-apiserver, pkg/image/apis/image/validation, ValidateImageStream,
ValidateImageStreamTag and ValidateImageTag, and the tag resolution of
pkg/image/apiserver/registry/imagestream, which ends in an InternalError without a
field: here such a problem is at the field it is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import PullSpecError
from . import names, pullspec
from ._faults import NONE, REQUIRED, Fault, Faults, Named, ObjectRule, Rule, show
from ._metadata import STREAM_REPOSITORY_LENGTH, object_meta, stream_meta

DOCKER_IMAGE, STREAM_TAG, STREAM_IMAGE = "DockerImage", "ImageStreamTag", "ImageStreamImage"
SOURCE_KINDS = (DOCKER_IMAGE, STREAM_TAG, STREAM_IMAGE)
REFERENCE_POLICIES = ("Source", "Local")
LATEST_TAG = "latest"

_KIND_REQUIRED = f"must be {', '.join(SOURCE_KINDS[:2])} or {SOURCE_KINDS[2]}"
_NAME_REQUIRED = "must not be empty: it is what the tag points at"


def source_kind(value: str, server: str) -> Iterator[Fault]:
    if value not in SOURCE_KINDS:
        yield Fault((), value, f"{_KIND_REQUIRED}, not {show(value)}", REQUIRED)


def source_name(value: str, server: str) -> Iterator[Fault]:
    if not value:
        yield Fault((), value, _NAME_REQUIRED, REQUIRED)


def reference_policy(value: str, server: str) -> Iterator[Fault]:
    if value and value not in REFERENCE_POLICIES:
        yield Fault((), value, f"must be {' or '.join(REFERENCE_POLICIES)}, not {show(value)}")


def stream_repository(value: str, server: str) -> Iterator[Fault]:
    if not value:
        return
    try:
        spec = pullspec.PullSpec.parse(value)
    except PullSpecError as error:
        yield Fault((), value, str(error))
        return
    if spec.tag:
        yield Fault((), value, f"must be a repository, without the tag {show(spec.tag)}")
    if spec.id:
        yield Fault((), value, f"must be a repository, without the digest {show(spec.id)}")


def tag_reference(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    """One tag: its source as a whole, and what its source does not allow."""
    yield from below
    source = value.get("from")
    if source is None:
        return
    kind, name = source.get("kind"), source.get("name") or ""
    if kind is None:
        yield Fault(("from", "kind"), None, f"{_KIND_REQUIRED}, and is missing", REQUIRED)
    if source.get("name") is None:
        yield Fault(("from", "name"), None, _NAME_REQUIRED, REQUIRED)
    if kind == DOCKER_IMAGE and name:
        try:
            pullspec.matched(name)
        except PullSpecError as error:
            yield Fault(("from", "name"), name, str(error))
    if kind in (STREAM_TAG, STREAM_IMAGE) and (value.get("importPolicy") or {}).get("scheduled"):
        message = f"only a {DOCKER_IMAGE} can be scheduled, not an {kind}"
        yield Fault(("importPolicy", "scheduled"), True, message)


def image_stream(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    """A new image stream: what its tags point at has to be there, or to be possible at least."""
    yield from below
    metadata = value.get("metadata")
    if metadata is None:
        for fault in stream_meta({}, server, NONE):
            yield fault.under("metadata")
    tags = named((value.get("spec") or {}).get("tags") or ())
    own = Owner(metadata or {}, (metadata or {}).get("name") or "", is_new=True)
    refused = {fault.path[2] for fault in below if fault.path[:2] == ("spec", "tags")}
    for entry, tag in tags:
        if entry not in refused:
            for fault in _unresolved(tag, own):
                yield fault.under("spec", "tags", entry)
    yield from _referenced(tags, own, below)


def named(tags: Any) -> list[tuple[Named, dict[str, Any]]]:
    """The tags of a stream by their names: the last of a name counts."""
    found: dict[str, tuple[Named, dict[str, Any]]] = {}
    for index, item in enumerate(tags):
        tag = item or {}
        name = tag.get("name") or ""
        found[name] = Named(index, name), tag
    return sorted(found.values(), key=lambda each: each[0])


def image_stream_tag(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    """A tag as an object. The stream is made if need be, by its own rules, once these are kept."""
    metadata, tag = value.get("metadata") or {}, value.get("tag")
    annotations = (tag or {}).get("annotations")
    found = [*below, *_unnamed(value, server)]
    if annotations is not None and _texts(annotations) != _texts(metadata.get("annotations")):
        message = "must be left out, or be those of metadata.annotations"
        found.append(Fault(("tag", "annotations"), annotations, message))
    yield from found or _unstored(metadata, "tag", tag)


def image_tag(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    """As an ImageStreamTag, but that it needs a spec, whose name is that of the tag."""
    metadata, spec = value.get("metadata") or {}, value.get("spec")
    found = [*below, *_unnamed(value, server)]
    _, colon, tag = (metadata.get("name") or "").partition(":")
    if spec is None:
        found.append(Fault(("spec",), None, "must not be left out", REQUIRED))
    elif not colon or (spec.get("name") or tag or LATEST_TAG) != (tag or LATEST_TAG):
        wanted = f"be that of the tag, {show(tag or LATEST_TAG)}" if colon else "match STREAM:TAG"
        name = spec.get("name")
        found.append(Fault(("spec", "name"), name, f"must {wanted}, not {show(name)}"))
    yield from found or _unstored(metadata, "spec", spec)


def _unnamed(value: dict[str, Any], server: str) -> Iterator[Fault]:
    if value.get("metadata") is None:
        for fault in object_meta({}, server, NONE):
            yield fault.under("metadata")


def _texts(annotations: Mapping[str, str | None] | None) -> dict[str, str]:
    return {key: text or "" for key, text in (annotations or {}).items()}


def _unstored(metadata: dict[str, Any], key: str, tag: dict[str, Any] | None) -> Iterator[Fault]:
    """What the stream behind a tag is refused for."""
    name = metadata.get("name") or ""
    stream, colon, _ = name.partition(":")
    if not colon or not stream:
        message = f"must be STREAM:TAG, not {show(name)}"
        yield Fault(("metadata", "name"), name, message)
        return
    for fault in stream_meta({**metadata, "name": stream}, "", NONE):
        yield fault.under("metadata")
    for rule in names.stream_name(stream):
        yield Fault(("metadata", "name"), name, f"the stream {rule}, not {show(stream)}")
    for fault in _unresolved(tag or {}, Owner(metadata, stream, is_new=False)):
        yield fault.under(key)


class Owner:
    """The stream that has a tag, which an alias may leave out. A new one has no images."""

    def __init__(self, metadata: dict[str, Any], name: str, *, is_new: bool) -> None:
        self.namespace: str = metadata.get("namespace") or ""
        self.name = name
        self.is_new = is_new

    def has(self, stream: str, namespace: str) -> bool:
        return stream == self.name and namespace in ("", self.namespace)


def _unresolved(tag: dict[str, Any], own: Owner) -> Iterator[Fault]:
    """Why no cluster could tell what a tag points at; of a tag that keeps its own rules."""
    source = tag.get("from") or {}
    kind, name, namespace = (source.get(key) or "" for key in ("kind", "name", "namespace"))
    if kind == DOCKER_IMAGE:
        if namespace and own.namespace and namespace != own.namespace:
            message = f"must be left out, as a {DOCKER_IMAGE} is in no namespace"
            yield Fault(("from", "namespace"), namespace, message)
    elif kind:
        for rule in names.dns_label(namespace) if namespace else ():
            message = f"names no namespace that can be: {show(namespace)} {rule}"
            yield Fault(("from", "namespace"), namespace, message)
        for message in _unresolved_in_stream(kind, name, namespace, own):
            yield Fault(("from", "name"), name, message)


def _unresolved_in_stream(kind: str, name: str, namespace: str, own: Owner) -> Iterator[str]:
    separator = ":" if kind == STREAM_TAG else "@"
    form = "TAG or STREAM:TAG" if kind == STREAM_TAG else "STREAM@DIGEST"
    if name.count(separator) > 1:
        yield f"must be {form}, not {show(name)}"
        return
    first, found, item = name.partition(separator)
    stream, item = (first, item) if found else (own.name, first)
    if found and not own.has(stream, namespace):
        if not stream:
            yield f"must be {form}, with a stream, not {show(name)}"
            return
        for rule in names.stream_name(stream):
            yield f"names no stream that can be: {show(stream)} {rule}"
        length = len(f"{namespace or own.namespace}/{stream}".encode("utf-8", "replace"))
        if length > STREAM_REPOSITORY_LENGTH:
            yield f"names no stream that can be: its name and namespace have {length} bytes"
    if kind == STREAM_IMAGE:
        if not item:
            yield f"must be {form}, with a digest, not {show(name)}"
        elif own.is_new and own.has(stream, namespace):
            yield f"a new stream has no images, so not {show(name)} either"


def _referenced(
    tags: list[tuple[Named, dict[str, Any]]], own: Owner, below: Faults
) -> Iterator[Fault]:
    """A tag that only points at its image has it at once, and so have its aliases: the server
    finds a wrong pull spec there again.
    """
    wrong = {
        fault.path[2].name: fault
        for fault in below
        if fault.path[:2] == ("spec", "tags")
        and fault.path[3:] == ("from", "name")
        and isinstance(fault.path[2], Named)
        and fault.reason != REQUIRED
    }
    by_name = {entry.name: tag for entry, tag in tags}
    pointed = {
        name: fault for name, fault in wrong.items() if by_name[name].get("reference") is True
    }
    aliases = _aliases(tags, own) if pointed else {}
    for name, fault in pointed.items():
        for holder in dict.fromkeys([name, *aliases.get(name, ())]):
            path = ("status", "tags", Named(0, holder), "items", 0, "dockerImageReference")
            yield fault._replace(path=path)


def _aliases(tags: list[tuple[Named, dict[str, Any]]], own: Owner) -> dict[str, list[str]]:
    """The aliases within a stream, by the tags they point at."""
    found: dict[str, list[str]] = {}
    for entry, tag in tags:
        source = tag.get("from") or {}
        if source.get("kind") == STREAM_TAG:
            first, colon, rest = (source.get("name") or "").partition(":")
            stream, target = (first, rest) if colon else (own.name, first)
            if own.has(stream, source.get("namespace") or ""):
                found.setdefault(target or LATEST_TAG, []).append(entry.name)
    return found


RULES: dict[str, Rule] = {
    "reference-policy": reference_policy,
    "stream-repository": stream_repository,
    "tag-source-kind": source_kind,
    "tag-source-name": source_name,
}

OBJECT_RULES: dict[str, ObjectRule] = {
    "image-stream": image_stream,
    "image-stream-tag": image_stream_tag,
    "image-tag": image_tag,
    "tag-reference": tag_reference,
}
