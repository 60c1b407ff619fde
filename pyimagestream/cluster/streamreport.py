"""What comes of ImageStreams, for people (tables) and for programs (JSON)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from ..errors import printable
from ._generations import TagFate
from ._table import WIDTH, table
from .apply import short
from .report import SHORTEN
from .streams import StreamDiff

WORDS = {
    "import": "imported",
    "copy": "copied",
    "follow": "follows",
    "refer": "refers",
    "empty": "empty",
    "spec": "spec only",
    "removed": "removed",
    "kept": "kept",
    "unchanged": "unchanged",
}
"""The actions as the table has them."""


def streams_text(
    diffs: Sequence[StreamDiff],
    warnings: Sequence[str] = (),
    width: int = WIDTH,
    colour: bool = False,
) -> str:
    """What would happen to the ImageStreams when they are applied, a row per tag."""
    rows = [
        [_stream(diff), fate.tag or '""', WORDS[fate.action], _movement(fate), fate.source or "-"]
        for diff in diffs
        for fate in diff.tags
    ]
    head = ["STREAM", "TAG", "WHEN APPLIED", "DIGEST", "FROM"]
    lines = table(head, rows, SHORTEN, width, colour) if rows else []
    told = [line for diff in diffs for line in _remarks(diff)]
    told += [f"warning: {text}" for text in warnings]
    counts = Counter(WORDS[fate.action] for diff in diffs for fate in diff.tags)
    told.append(", ".join(f"{count} {word}" for word, count in counts.items()) or "no tags")
    return "\n".join([*lines, *(printable(line).replace("\n", " ") for line in told)])


def streams_data(diffs: Sequence[StreamDiff]) -> list[dict[str, Any]]:
    """The same as plain data."""
    return [
        {
            "namespace": diff.namespace,
            "imageStream": diff.name,
            "details": list(diff.details),
            "reason": diff.reason or None,
            "message": diff.message or None,
            "tags": [_tag_data(fate) for fate in diff.tags],
        }
        for diff in diffs
    ]


def _tag_data(fate: TagFate) -> dict[str, Any]:
    return {
        "tag": fate.tag,
        "from": fate.source or None,
        "change": fate.action,
        "oldDigest": fate.old or None,
        "newDigest": fate.new or None,
        "details": list(fate.details),
        "notes": list(fate.notes),
        "reason": fate.reason or None,
        "message": fate.message or None,
    }


def _remarks(diff: StreamDiff) -> Iterator[str]:
    if diff.reason:
        yield f"{_stream(diff)}: {diff.reason}: {diff.message}"
    yield from (f"{_stream(diff)}: {text}" for text in diff.details)
    for fate in diff.tags:
        texts = (*fate.details, *fate.notes)
        if fate.reason:
            texts = (*texts, f"{fate.reason}: {fate.message}")
        yield from (f"{_stream(diff)}:{fate.tag}: {text}" for text in texts)


def _stream(diff: StreamDiff) -> str:
    return f"{diff.namespace}/{diff.name}"


def _movement(fate: TagFate) -> str:
    if fate.old and fate.new and fate.old != fate.new:
        return f"{short(fate.old)} -> {short(fate.new)}"
    return short(fate.new or fate.old)
