"""Warnings about imports: what the server accepts and its users regret.

What they say of the server was measured on one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from ..errors import PullSpecError
from ._faults import Fault, Path, field, show
from ._images import ANY_STREAM, SOURCE_KIND
from ._streamwarnings import INSECURE_REPOSITORY, NO_PULL
from ._tags import REFERENCE_POLICIES
from .pullspec import PullSpec, is_tag

MAX_TAGS = 50
"""So many tags the server takes from a repository, and so many images end within its time."""


class _Source(NamedTuple):
    """An image or a repository to import, as the server reads it."""

    path: Path
    text: str
    spec: PullSpec
    tag: str
    """The tag it is written to, empty where there is none; a repository writes all it has."""

    scheduled: bool | None
    insecure: bool
    reference: str

    def fault(self, message: str, *path: str, value: Any = None) -> Fault:
        return Fault((*self.path, *path), value, message)


class Request:
    """An import, as the server reads it. ``said`` is its `spec.import`."""

    def __init__(
        self,
        said: bool | None,
        images: list[_Source],
        repository: _Source | None,
        metadata: dict[str, Any],
    ) -> None:
        self.said = said
        self.images = images
        self.repository = repository
        self.metadata = metadata

    @property
    def imports(self) -> bool:
        """Whether it is to write anything."""
        return self.said is True

    @cached_property
    def sources(self) -> list[_Source]:
        return [*self.images, *([self.repository] if self.repository else [])]

    @cached_property
    def written(self) -> list[_Source]:
        """The sources that write tags."""
        sources = self.sources if self.imports else []
        return [each for each in sources if each.tag or each is self.repository]


def request_of(manifest: dict[str, Any]) -> Request:
    """What a manifest asks for that decodes."""
    spec = manifest.get("spec") or {}
    images = [
        _source(("spec", "images", index), entry or {})
        for index, entry in enumerate(spec.get("images") or ())
    ]
    repository = spec.get("repository")
    return Request(
        spec.get("import"),
        [image for image in images if image],
        # A repository has no `to`: one that stands there is unknown, and may be anything.
        None if repository is None else _source(("spec", "repository"), {**repository, "to": None}),
        manifest.get("metadata") or {},
    )


def _source(path: Path, entry: dict[str, Any]) -> _Source | None:
    """None for what the server refuses: there is no warning about that."""
    source, to = entry.get("from") or {}, entry.get("to")
    text = source.get("name") or ""
    if source.get("kind") != SOURCE_KIND or text == ANY_STREAM:
        return None
    try:
        spec = PullSpec.parse(text)
    except PullSpecError:
        return None
    tag = spec.tag if to is None else to.get("name")
    if to is not None and not tag:
        return None
    policy = entry.get("importPolicy") or {}
    return _Source(
        path=path,
        text=text,
        spec=spec,
        tag=tag,
        scheduled=policy.get("scheduled"),
        insecure=policy.get("insecure") is True,
        reference=(entry.get("referencePolicy") or {}).get("type") or "",
    )


def _no_tag(request: Request) -> Iterator[Fault]:
    for image in request.images if request.imports else ():
        if not image.tag:
            yield image.fault(f"no tag is written, as {show(image.text)} has none", "to")


def _no_pull(request: Request) -> Iterator[Fault]:
    for image in request.written:
        if image.tag and not is_tag(image.tag):
            yield image.fault(NO_PULL, "to", "name", value=image.tag)


def _implicit_latest(request: Request) -> Iterator[Fault]:
    """Not told where the image is only looked at: nobody comes to depend on it."""
    for image in request.images if request.said is not False else ():
        if not image.spec.tag and not image.spec.id:
            message = f"{show(image.text)} means its tag latest: write a tag or a digest"
            yield image.fault(message, "from", "name", value=image.text)


def _insecure(request: Request) -> Iterator[Fault]:
    for source in request.sources:
        if source.insecure:
            message = "the registry is not verified, and may be asked over plain HTTP"
            yield source.fault(message, "importPolicy", "insecure", value=True)


def _unscheduled(request: Request) -> Iterator[Fault]:
    """Told beside a tag with a schedule: where there is none at all, nobody misses it."""
    message = "is left out: a tag that is checked from time to time will no longer be"
    if any(source.scheduled for source in request.written):
        yield from _once(
            source.fault(message, "importPolicy", "scheduled")
            for source in request.written
            if source.scheduled is None
        )


def _kept_reference_policy(request: Request) -> Iterator[Fault]:
    """Told of policies that differ: where all are the same, nobody has just changed one."""
    message = "a tag that is there keeps the policy it was made with"
    policies = {source.reference or "Source" for source in request.written}
    if policies >= set(REFERENCE_POLICIES):
        yield from _once(
            source.fault(message, "referencePolicy", "type", value=source.reference)
            for source in request.written
            if source.reference == "Local"
        )


def _once(faults: Iterable[Fault]) -> Iterator[Fault]:
    """One warning for all of them: what holds for one tag mostly holds for its neighbours."""
    found = list(faults)
    if found:
        more = f" (and {len(found) - 1} more like it)" if len(found) > 1 else ""
        yield found[0]._replace(message=found[0].message + more)


def _many_images(request: Request) -> Iterator[Fault]:
    count = len(request.images)
    if count > MAX_TAGS:
        message = (
            f"{count} images may take longer than the server waits, which then writes none of"
            f" them: import at most {MAX_TAGS} in one request"
        )
        yield Fault(("spec", "images"), count, message)


def _many_tags(request: Request) -> Iterator[Fault]:
    if request.repository:
        message = f"at most {MAX_TAGS} tags are imported, and the others are only listed"
        yield request.repository.fault(message, "from", "name", value=request.repository.text)


def _failing_reference_policy(request: Request) -> Iterator[Fault]:
    for source in request.written:
        if source.reference and source.reference not in REFERENCE_POLICIES:
            message = (
                f"the server will refuse the tag it is to write: must be"
                f" {' or '.join(REFERENCE_POLICIES)}, not {show(source.reference)}"
            )
            yield source.fault(message, "referencePolicy", "type", value=source.reference)


def _same_tag(request: Request) -> Iterator[Fault]:
    first: dict[str, _Source] = {}
    for image in request.written:
        other = first.setdefault(image.tag, image) if image.tag else image
        if other is not image:
            message = f"{field(other.path)} writes the tag {show(image.tag)} too: the last one wins"
            yield image.fault(message, "to", "name", value=image.tag)


def _mixed_insecure(request: Request) -> Iterator[Fault]:
    if len({image.insecure for image in request.images}) < 2:
        return
    first: dict[PullSpec, _Source] = {}
    for image in request.images:
        repository = image.spec._replace(tag="", id="")
        other = first.setdefault(repository, image)
        if other.insecure != image.insecure:
            message = f"{field(other.path)} is of the same repository and decides for both"
            yield image.fault(message, "importPolicy", "insecure", value=image.insecure)


def _nothing_written(request: Request) -> Iterator[Fault]:
    if request.said is None and request.sources:
        message = "is left out, so nothing is written: write true, or false to look only"
        yield Fault(("spec", "import"), None, message)


def _lost_metadata(request: Request) -> Iterator[Fault]:
    labels, annotations = (
        sorted(filter(_is_for_people, request.metadata.get(key) or {}))
        for key in ("labels", "annotations")
    )
    if request.imports and (labels or annotations):
        key = "annotations" if annotations else "labels"
        told = ", ".join(map(show, (*annotations, *labels)))
        message = f"the image stream gets no labels and no annotations of an import: {told}"
        yield Fault(("metadata", key), request.metadata[key], message)


def _lost_insecurity(request: Request) -> Iterator[Fault]:
    annotations = request.metadata.get("annotations") or {}
    if INSECURE_REPOSITORY in annotations:
        message = (
            f"{INSECURE_REPOSITORY} does nothing on an import: write `importPolicy.insecure: true`"
            " to the images"
        )
        yield Fault(("metadata", "annotations"), annotations, message)


def _is_for_people(key: str) -> bool:
    """Whether a label or an annotation is about the stream: not for a tool, nor from one."""
    domain, slash, _ = key.partition("/")
    is_ours = domain in ("openshift.io", "image.openshift.io")
    return key not in _NOT_FOR_PEOPLE and (is_ours or not slash)


_NOT_FOR_PEOPLE = frozenset(
    {
        INSECURE_REPOSITORY,  # has a warning of its own
        "openshift.io/generated-by",  # `oc new-app` writes it
        "openshift.io/image.dockerRepositoryCheck",  # the server does, to a stream
    }
)

IMPORT_WARNINGS: dict[str, Callable[[Request], Iterable[Fault]]] = {
    "W001": _no_tag,
    "W002": _implicit_latest,
    "W003": _insecure,
    "W004": _unscheduled,
    "W005": _kept_reference_policy,
    "W006": _many_images,
    "W007": _many_tags,
    "W008": _failing_reference_policy,
    "W009": _same_tag,
    "W010": _mixed_insecure,
    "W022": _nothing_written,
    "W023": _lost_metadata,
    "W024": _lost_insecurity,
    "W025": _no_pull,
}
