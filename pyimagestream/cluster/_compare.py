"""What is there against what was found: how an import would change one tag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..checks.pullspec import PullSpec
from ..errors import PullSpecError
from ._lookup import Found
from ._stream import Stream, Values, word
from .plan import Item

Action = Literal[
    "new", "moved", "updated", "source", "unchanged", "overridden", "untagged", "failed"
]

# The actions that need an import.
DIFFERENCES: tuple[Action, ...] = ("new", "moved", "updated")


@dataclass(frozen=True, eq=False)
class Change:
    """What would happen to one tag; compared by identity.

    `new`: the tag is not there yet. `moved`: it points to `old` and will point
    to `new_digest`. `updated`: the image stays, `details` say what changes.
    `source`: the image stays, and so does the source it came from, `kept`,
    though the manifest names another one; no import changes that. `overridden`:
    a later entry writes the same tag. `untagged`: the image is there, but the
    entry names no tag, so nothing is written. `failed`: see `found`. `notes` are
    worth knowing and change nothing.
    """

    found: Found
    action: Action
    old: str = ""
    kept: str = ""
    details: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def item(self) -> Item:
        return self.found.item

    @property
    def new_digest(self) -> str:
        return self.found.digest


def compare(found: Found, stream: Stream) -> Change:
    """What an import of this image would change on the stream.

    From the server's source: an import writes the tag anew when its image or
    its reference differs, sets the import policy whenever it succeeds, clears
    an earlier failure, and never touches the reference policy of a tag. Where
    the tag comes from (`from`) is written together with its image only.
    """
    tag = found.item.tag
    if found.reason:
        return Change(found, "failed", old=stream.digest(tag))
    if not tag:
        return Change(found, "untagged")
    events = stream.events(tag)
    if not events:
        return Change(found, "new")
    event = events[0]
    notes = tuple(_notes(found, stream))
    if event.get("image") != found.digest:
        policy = tuple(_policy(found, stream))
        return Change(found, "moved", stream.digest(tag), details=policy, notes=notes)
    details = tuple(_updates(found, stream, event))
    kept = "" if _writes_source(found, stream, event) else source_kept(found.item, stream)
    action: Action = "updated" if details else "source" if kept else "unchanged"
    return Change(found, action, found.digest, kept, details, notes)


def image_to_send(item: Item, stream: Stream) -> Mapping[str, Any]:
    """The entry of `spec.images` that imports the item into the stream."""
    if not _keeps_schedule(item, stream):
        return item.spec
    policy = {**(item.spec.get("importPolicy") or {}), "scheduled": True}
    return {**item.spec, "importPolicy": policy}


def _keeps_schedule(item: Item, stream: Stream) -> bool:
    """Whether the tag is re-imported on a schedule and the manifest says nothing about that.

    The server would take silence for a no and end the schedule.
    """
    stated = (item.spec.get("importPolicy") or {}).get("scheduled")
    existing = stream.tag(item.tag).get("importPolicy") or {}
    return stated is None and bool(existing.get("scheduled"))


def source_kept(item: Item, stream: Stream) -> str:
    """What a tag follows, if that is something else than the manifest says; else ""."""
    source = stream.tag(item.tag).get("from") or {}
    kind, name = str(source.get("kind") or "DockerImage"), str(source.get("name") or "")
    if not name or (kind == "DockerImage" and _normal(name) == _normal(item.source)):
        return ""
    return name if kind == "DockerImage" else f"{kind} {name}"


def source_stays(kept: str) -> tuple[str, str]:
    """Reason and message for a tag whose source no import changes."""
    return "SourceStays", f"the tag goes on following {kept}"


def failed_import(stream: Stream, tag: str) -> Values | None:
    """The condition that the last import of a tag left, if it failed."""
    for condition in stream.conditions(tag):
        if condition.get("type") == "ImportSuccess" and condition.get("status") == "False":
            return condition
    return None


def is_due(stream: Stream, tag: str) -> bool:
    """Whether the next import of a tag writes it anew, even with the same image."""
    wanted = stream.tag(tag).get("generation")
    events = stream.events(tag) or [{}]
    return wanted is None or wanted > (events[0].get("generation") or 0)


def _writes_source(found: Found, stream: Stream, event: Values) -> bool:
    """Whether an import of the same image writes the tag anew all the same."""
    reference = str(event.get("dockerImageReference"))
    return reference != found.reference or is_due(stream, found.item.tag)


def _normal(source: str) -> tuple[str, ...]:
    """A pull spec such that equal ones are equal, with Docker's defaults."""
    try:
        spec = PullSpec.parse(source)
    except PullSpecError:
        return (source,)
    return (*_repository(source), spec.id or spec.tag or "latest")


def _policy(found: Found, stream: Stream) -> Iterator[str]:
    existing = stream.tag(found.item.tag).get("importPolicy") or {}
    wanted = dict(found.policy)
    if _keeps_schedule(found.item, stream):
        wanted["scheduled"] = True
    for key in ("importMode", "insecure", "scheduled"):
        before, after = existing.get(key) or False, wanted.get(key) or False
        if before != after:
            yield f"{key}: {word(before)} -> {word(after)}"


def _updates(found: Found, stream: Stream, event: Values) -> Iterator[str]:
    reference = str(event.get("dockerImageReference"))
    if _repository(reference) != _repository(found.reference):
        yield f"from: {reference} -> {found.reference}"
    elif _writes_source(found, stream, event) and (kept := source_kept(found.item, stream)):
        yield f"source: {kept} -> {found.item.source}"
    if not stream.tag(found.item.tag):
        yield "the tag has a history, but is not in the spec of the stream"
    yield from _policy(found, stream)
    if condition := failed_import(stream, found.item.tag):
        yield f"its last import failed: {condition.get('reason')}"


def _repository(reference: str) -> tuple[str, str, str]:
    """Registry, namespace and name, with Docker's defaults.

    The server writes the references of a repository the way the first image of
    the request spells it, so `nginx` and `docker.io/library/nginx` are no change.
    """
    try:
        spec = PullSpec.parse(reference)
    except PullSpecError:
        return "", "", reference
    registry = "docker.io" if spec.registry in ("", "index.docker.io") else spec.registry
    default = "library" if registry == "docker.io" else ""
    return registry, spec.namespace or default, spec.name


def _notes(found: Found, stream: Stream) -> Iterator[str]:
    existing = (stream.tag(found.item.tag).get("referencePolicy") or {}).get("type")
    wanted = (found.item.spec.get("referencePolicy") or {}).get("type")
    if existing and wanted and existing != wanted:
        yield f"referencePolicy stays {existing}: an import never changes it on an existing tag"
