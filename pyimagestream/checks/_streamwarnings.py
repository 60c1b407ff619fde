"""Warnings about image streams and their tags: what the server accepts and its users regret.

What they say of the server, and of the controllers behind it, was measured or read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from ..errors import PullSpecError
from ._faults import Fault, Path, show
from ._tags import DOCKER_IMAGE, STREAM_IMAGE, STREAM_TAG, Owner, named
from .pullspec import PullSpec, is_tag

MAX_TAGS = 50
INSECURE_REPOSITORY = "openshift.io/image.insecureRepository"
NO_PULL = (
    "no pull spec can name this tag: it may have letters, digits, `_`, `.` and `-` (not the last"
    " two in front), 128 at most"
)


class Tag(NamedTuple):
    """A tag that is to be, as the server reads it."""

    path: Path
    name: str
    value: dict[str, Any]

    @property
    def source(self) -> dict[str, Any]:
        return self.value.get("from") or {}

    @property
    def kind(self) -> str:
        return self.source.get("kind") or ""

    @property
    def text(self) -> str:
        return self.source.get("name") or ""

    @property
    def policy(self) -> dict[str, Any]:
        return self.value.get("importPolicy") or {}

    @property
    def spec(self) -> PullSpec | None:
        """The pull spec of what is imported; None where that is something else, or is refused."""
        try:
            return PullSpec.parse(self.text) if self.kind == DOCKER_IMAGE else None
        except PullSpecError:
            return None

    def target(self, own: Owner) -> tuple[str, str] | None:
        """The stream and the tag or image that an alias points at; None for what is no alias."""
        separators = {STREAM_TAG: ":", STREAM_IMAGE: "@"}
        if self.kind not in separators:
            return None
        first, found, rest = self.text.partition(separators[self.kind])
        return (first, rest) if found else (own.name, first)

    def is_foreign(self, own: Owner) -> bool:
        """Whether it is an alias to another stream."""
        target = self.target(own)
        return target is not None and not own.has(target[0], self.source.get("namespace") or "")

    def fault(self, message: str, *path: str, value: Any = None) -> Fault:
        return Fault((*self.path, *path), value, message)


class Stream(NamedTuple):
    """An image stream, or as much of it as a manifest for one tag tells."""

    own: Owner
    tags: list[Tag]
    manifest: dict[str, Any]

    @property
    def metadata(self) -> dict[str, Any]:
        return self.manifest.get("metadata") or {}

    @property
    def spec(self) -> dict[str, Any]:
        """Of an ImageStream: other kinds have none, or one of a tag."""
        is_stream = self.manifest.get("kind") == "ImageStream"
        return self.manifest.get("spec") or {} if is_stream else {}


def stream_of(manifest: dict[str, Any]) -> Stream | None:
    """What a manifest says of a stream; None for kinds that say nothing of one."""
    metadata, kind = manifest.get("metadata") or {}, manifest.get("kind")
    name = metadata.get("name") or ""
    if kind == "ImageStream":
        tags = [
            Tag(("spec", "tags", entry), entry.name, tag)
            for entry, tag in named((manifest.get("spec") or {}).get("tags") or ())
        ]
        return Stream(Owner(metadata, name, is_new=True), tags, manifest)
    key = {"ImageStreamTag": "tag", "ImageTag": "spec"}.get(str(kind))
    if key is None:
        return None
    stream, _, tag = name.partition(":")
    value = manifest.get(key)
    tags = [] if value is None else [Tag((key,), tag, value)]
    return Stream(Owner(metadata, stream, is_new=False), tags, manifest)


def _no_pull(stream: Stream) -> Iterator[Fault]:
    for tag in stream.tags:
        if tag.name and not is_tag(tag.name):
            if stream.spec:
                yield tag.fault(NO_PULL, "name", value=tag.name)
            else:
                name = stream.metadata["name"]
                yield Fault(("metadata", "name"), name, NO_PULL)


def _implicit_latest(stream: Stream) -> Iterator[Fault]:
    for tag in stream.tags:
        if tag.spec and not tag.spec.tag and not tag.spec.id:
            message = f"{show(tag.text)} means its tag latest: write a tag or a digest"
            yield tag.fault(message, "from", "name", value=tag.text)


def _insecure(stream: Stream) -> Iterator[Fault]:
    for tag in stream.tags:
        if tag.policy.get("insecure") is True:
            message = "the registry is not verified, and may be asked over plain HTTP"
            yield tag.fault(message, "importPolicy", "insecure", value=True)


def _many_tags(stream: Stream) -> Iterator[Fault]:
    repository = stream.spec.get("dockerImageRepository")
    if repository:
        message = f"at most {MAX_TAGS} tags are imported, and only once: a change imports none"
        yield Fault(("spec", "dockerImageRepository"), repository, message)


def _same_name(stream: Stream) -> Iterator[Fault]:
    kept = {tag.name: tag.path for tag in stream.tags}
    for index, item in enumerate(stream.spec.get("tags") or ()):
        name = (item or {}).get("name") or ""
        if kept[name][-1] != index:
            message = f"the name {show(name)} comes again: only the last of them is kept"
            yield Fault(("spec", "tags", index, "name"), name, message)


def _no_import(stream: Stream) -> Iterator[Fault]:
    """Told once for all tags."""
    for tag in stream.tags if stream.spec else ():
        settings = (
            ("importPolicy", "insecure", tag.policy.get("insecure"), True),
            ("importPolicy", "scheduled", tag.policy.get("scheduled"), True),
            ("referencePolicy", "type", _policy(tag), "Local"),
        )
        for parent, key, value, told in settings:
            if value == told and tag.kind == DOCKER_IMAGE:
                message = (
                    "a tag that is there is not imported again for a change of this alone: add"
                    " `generation: 0` once, or import it"
                )
                yield tag.fault(message, parent, key, value=value)
                return


def _policy(tag: Tag) -> Any:
    return (tag.value.get("referencePolicy") or {}).get("type")


def _snapshot(stream: Stream) -> Iterator[Fault]:
    for tag in stream.tags:
        if tag.kind == STREAM_TAG and tag.is_foreign(stream.own):
            message = f"{show(tag.text)} is copied once: the tag does not follow it"
            yield tag.fault(message, "from", "name", value=tag.text)


def _alias_of_alias(stream: Stream) -> Iterator[Fault]:
    aliases = {
        tag.name for tag in stream.tags if tag.kind == STREAM_TAG and not tag.is_foreign(stream.own)
    }
    for tag in stream.tags:
        target = tag.target(stream.own)
        if tag.name in aliases and target and target[1] in aliases:
            message = (
                f"{show(tag.text)} is an alias itself, which this one follows now and then only:"
                " point at what that one points at"
            )
            yield tag.fault(message, "from", "name", value=tag.text)


def _stream_image(stream: Stream) -> Iterator[Fault]:
    for tag in stream.tags:
        if tag.kind == STREAM_IMAGE and tag.is_foreign(stream.own):
            target = tag.target(stream.own)
            assert target
            message = (
                f"the whole request is refused unless {show(target[0])} has or had that image,"
                " which is copied once"
            )
            yield tag.fault(message, "from", "name", value=tag.text)


def _insecure_repository(stream: Stream) -> Iterator[Fault]:
    annotations = stream.metadata.get("annotations") or {}
    left = [
        tag for tag in stream.tags if tag.kind == DOCKER_IMAGE and not tag.policy.get("insecure")
    ]
    if annotations.get(INSECURE_REPOSITORY) == "true" and left:
        message = (
            f"{INSECURE_REPOSITORY} does nothing for the tags of the spec: they have their own"
            " `importPolicy.insecure`"
        )
        yield Fault(("metadata", "annotations"), annotations, message)


def _no_source(stream: Stream) -> Iterator[Fault]:
    for tag in stream.tags:
        if tag.value.get("from") is None:
            message = "nothing is imported, as there is no source: the tag waits for a push"
            yield tag.fault(message, "from")


def _idle_schedule(stream: Stream) -> Iterator[Fault]:
    for tag in stream.tags:
        if tag.policy.get("scheduled") is not True:
            continue
        why = ""
        if tag.value.get("from") is None:
            why = "there is no source"
        elif tag.kind == DOCKER_IMAGE and tag.value.get("reference") is True:
            why = "the tag is a reference, which is not imported"
        elif tag.spec and tag.spec.id:
            why = "a digest does not move (only an import that failed is tried again)"
        if why:
            message = f"nothing is checked from time to time, as {why}"
            yield tag.fault(message, "importPolicy", "scheduled", value=True)


def _no_tags_left(stream: Stream) -> Iterator[Fault]:
    if stream.spec.get("tags") == []:
        message = "tags that are there are taken out of the spec, and can still be pulled"
        yield Fault(("spec", "tags"), [], message)


def _lost_annotations(stream: Stream) -> Iterator[Fault]:
    annotations = stream.metadata.get("annotations")
    for tag in stream.tags if stream.manifest.get("kind") == "ImageStreamTag" else ():
        if annotations and not tag.value.get("annotations"):
            message = "they are lost when the tag is made: write them to tag.annotations as well"
            yield Fault(("metadata", "annotations"), annotations, message)


STREAM_WARNINGS: dict[str, Callable[[Stream], Iterable[Fault]]] = {
    "W002": _implicit_latest,
    "W003": _insecure,
    "W007": _many_tags,
    "W012": _same_name,
    "W013": _no_import,
    "W014": _snapshot,
    "W015": _alias_of_alias,
    "W016": _stream_image,
    "W017": _insecure_repository,
    "W018": _no_source,
    "W019": _idle_schedule,
    "W020": _no_tags_left,
    "W021": _lost_annotations,
    "W025": _no_pull,
}
