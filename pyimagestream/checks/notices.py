"""Warnings: what the server accepts and its users regret.

Each has a code and a function of its own, in ``NOTICES`` for imports and in
`_streamnotices` for image streams and their tags; docs/checks.md explains them.
What they say of the server was measured on one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..errors import PullSpecError
from ..model.schema import LATEST
from ._faults import REPEATED, REQUIRED_BY_DOCUMENT, UNKNOWN, Fault, Path, field, ordered, show
from ._images import ANY_STREAM, SOURCE_KIND
from ._slips import with_slips
from ._streamnotices import STREAM_NOTICES, stream_of
from ._tags import REFERENCE_POLICIES
from .pullspec import PullSpec
from .verdict import IMPORT, checker, kind_of

MAX_TAGS = 50
"""So many tags the server takes from a repository, and so many images end within its time."""


@dataclass(frozen=True)
class Notice:
    """A warning about a manifest that the server accepts.

    ``code`` is W001 and so on, ``field`` and ``value`` are what it is about, and
    ``message`` tells what will happen and what to write instead.
    """

    code: str
    field: str
    value: Any
    message: str

    def __str__(self) -> str:
        return f"{self.field}: {self.message} [{self.code}]"


def warnings(manifest: Any, *, server: str = LATEST) -> list[Notice]:
    """Every warning about a finished manifest, ordered by field.

    A manifest that does not decode gets the warnings about unknown fields alone.
    Nothing is raised, whatever the manifest is.
    """
    decode, _ = checker(kind_of(manifest), server)
    faults = decode(manifest)
    found = [fault._replace(reason=UNKNOWN_FIELD) for fault in faults if fault.reason == UNKNOWN]
    if len(found) == len(faults):
        found += with_slips([*_accepted(manifest)], faults)
    return [
        Notice(fault.reason, field(fault.path), fault.value, fault.message)
        for fault in ordered(found)
    ]


def _accepted(manifest: dict[str, Any]) -> Iterator[Fault]:
    """The warnings about what decodes, their codes for reasons."""
    if kind_of(manifest) == IMPORT:
        request = _request(manifest)
        for code, notice in NOTICES.items():
            yield from (fault._replace(reason=code) for fault in notice(request))
    elif stream := stream_of(manifest):
        for code, about in STREAM_NOTICES.items():
            yield from (fault._replace(reason=code) for fault in about(stream))


@dataclass(frozen=True)
class _Source:
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


@dataclass(frozen=True)
class _Request:
    imports: bool
    images: list[_Source]
    repository: _Source | None

    @property
    def sources(self) -> list[_Source]:
        return [*self.images, *([self.repository] if self.repository else [])]

    @property
    def written(self) -> list[_Source]:
        """The sources that write tags."""
        sources = self.sources if self.imports else []
        return [each for each in sources if each.tag or each is self.repository]


def _request(manifest: dict[str, Any]) -> _Request:
    spec = manifest.get("spec") or {}
    images = [
        _source(("spec", "images", index), entry or {})
        for index, entry in enumerate(spec.get("images") or ())
    ]
    repository = spec.get("repository")
    return _Request(
        spec.get("import") is True,
        [image for image in images if image],
        None if repository is None else _source(("spec", "repository"), repository),
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
    policy = entry.get("importPolicy") or {}
    return _Source(
        path=path,
        text=text,
        spec=spec,
        tag=spec.tag if to is None else to.get("name") or "",
        scheduled=policy.get("scheduled"),
        insecure=policy.get("insecure") is True,
        reference=(entry.get("referencePolicy") or {}).get("type") or "",
    )


def _no_tag(request: _Request) -> Iterator[Fault]:
    for image in request.images if request.imports else ():
        if not image.tag:
            yield image.fault(f"no tag is written, as {show(image.text)} has none", "to")


def _implicit_latest(request: _Request) -> Iterator[Fault]:
    for image in request.images:
        if not image.spec.tag and not image.spec.id:
            message = f"{show(image.text)} means its tag latest: write a tag or a digest"
            yield image.fault(message, "from", "name", value=image.text)


def _insecure(request: _Request) -> Iterator[Fault]:
    for source in request.sources:
        if source.insecure:
            message = "the registry is not verified, and may be asked over plain HTTP"
            yield source.fault(message, "importPolicy", "insecure", value=True)


def _unscheduled(request: _Request) -> Iterator[Fault]:
    message = "a tag that is there and follows its source will stop to: write true or false"
    return _once(
        source.fault(message, "importPolicy", "scheduled")
        for source in request.written
        if source.scheduled is None
    )


def _kept_reference_policy(request: _Request) -> Iterator[Fault]:
    message = "a tag that is there keeps the policy it was made with"
    return _once(
        source.fault(message, "referencePolicy", "type", value=source.reference)
        for source in request.written
        if source.reference in REFERENCE_POLICIES
    )


def _once(faults: Iterable[Fault]) -> Iterator[Fault]:
    """One warning for all of them: what holds for one tag mostly holds for its neighbours."""
    found = list(faults)
    if found:
        more = f" (and {len(found) - 1} more like it)" if len(found) > 1 else ""
        yield found[0]._replace(message=found[0].message + more)


def _many_images(request: _Request) -> Iterator[Fault]:
    count = len(request.images)
    if count > MAX_TAGS:
        message = (
            f"{count} images may take longer than the server waits, which then writes none of"
            f" them: import at most {MAX_TAGS} in one request"
        )
        yield Fault(("spec", "images"), count, message)


def _many_tags(request: _Request) -> Iterator[Fault]:
    if request.repository:
        message = f"at most {MAX_TAGS} tags are imported, and the others are only listed"
        yield request.repository.fault(message, "from", "name", value=request.repository.text)


def _failing_reference_policy(request: _Request) -> Iterator[Fault]:
    for source in request.written:
        if source.reference and source.reference not in REFERENCE_POLICIES:
            message = (
                f"the server will refuse the tag it is to write: must be"
                f" {' or '.join(REFERENCE_POLICIES)}, not {show(source.reference)}"
            )
            yield source.fault(message, "referencePolicy", "type", value=source.reference)


def _same_tag(request: _Request) -> Iterator[Fault]:
    first: dict[str, _Source] = {}
    for image in request.written:
        other = first.setdefault(image.tag, image) if image.tag else image
        if other is not image:
            message = f"{field(other.path)} writes the tag {show(image.tag)} too: the last one wins"
            yield image.fault(message, "to", "name", value=image.tag)


def _mixed_insecure(request: _Request) -> Iterator[Fault]:
    first: dict[PullSpec, _Source] = {}
    for image in request.images:
        repository = replace(image.spec, tag="", id="")
        other = first.setdefault(repository, image)
        if other.insecure != image.insecure:
            message = f"{field(other.path)} is of the same repository and decides for both"
            yield image.fault(message, "importPolicy", "insecure", value=image.insecure)


NOTICES: dict[str, Callable[[_Request], Iterable[Fault]]] = {
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
}

UNKNOWN_FIELD = "W011"
"""The warning that comes from decoding. `validate` makes a problem of it when strict."""

KEY_READ = "W101"
"""The key of a mapping in YAML is no string, and what kubectl makes of it is other text."""

KEY_REPEATED = "W102"
"""An object has a key twice, of which the last counts."""

NOT_JSON = "W103"
"""What the name of a file calls JSON is YAML."""

READING = (KEY_READ, KEY_REPEATED, NOT_JSON)
"""The warnings about the text of a file, which is read into manifests of any kind."""

OF_SCHEMAS = (REQUIRED_BY_DOCUMENT, REPEATED)
"""The warnings that come of the schemas of an API: see `apis`."""

CODES = tuple(sorted({*NOTICES, *STREAM_NOTICES, UNKNOWN_FIELD, *READING, *OF_SCHEMAS}))
