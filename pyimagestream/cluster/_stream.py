"""The tags of an ImageStream, found by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Values = Mapping[str, Any]


class Stream:
    """An ImageStream as its manifest has it; None for one that is not there.

    ``spec`` and ``status`` have what these say of each tag, by its name. As on the server the
    last of equal names counts.
    """

    def __init__(self, manifest: Values | None) -> None:
        self.is_there = manifest is not None
        self.metadata = mapping((manifest or {}).get("metadata"))
        self.spec = _tags(manifest, "spec", "name")
        self.status = _tags(manifest, "status", "tag")

    def tag(self, name: str) -> Values:
        """What the spec says of a tag, {} if nothing."""
        return self.spec.get(name) or {}

    def conditions(self, tag: str) -> Sequence[Values]:
        """How the latest imports of a tag went, if that is told."""
        return (self.status.get(tag) or {}).get("conditions") or ()

    def events(self, tag: str) -> Sequence[Values]:
        """What a tag pointed at, the latest first."""
        return (self.status.get(tag) or {}).get("items") or ()

    def digest(self, tag: str, back: int = 0) -> str:
        """The digest a tag points to, or pointed to so many changes ago; "" if none."""
        events = self.events(tag)
        return str(events[back].get("image") or "") if back < len(events) else ""


def mapping(value: Any) -> Values:
    """What others wrote, {} where that is no object."""
    return value if isinstance(value, Mapping) else {}


def word(value: Any) -> str:
    """A value of a stream, for people."""
    if value is None or value == "":
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _tags(manifest: Values | None, part: str, key: str) -> dict[str, Values]:
    tags = mapping((manifest or {}).get(part)).get("tags")
    named = (tag for tag in tags if isinstance(tag, Mapping)) if isinstance(tags, list) else ()
    return {str(tag.get(key) or ""): tag for tag in named}
