"""Diffs and outcomes for people (tables) and for programs (JSON)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ._compare import Change
from .advice import advice
from .apply import Outcome
from .diff import Diff

Outcomes = Mapping[Change, Outcome]

NAMED = 5
"""So many tags are named with a failure; the table has them all."""


def diff_text(diff: Diff) -> str:
    """What would happen, a row per tag."""
    rows = [
        [_stream(change), _tag(change), change.item.source, change.action, _movement(change)]
        for change in diff.changes
    ]
    lines = _table(["STREAM", "TAG", "FROM", "CHANGE", "DIGEST"], rows) if rows else []
    lines += _details(diff.changes)
    lines += _failures((c, c.found.reason, c.found.message) for c in diff.failures)
    lines += [f"warning: {text}" for text in diff.warnings]
    lines += [f"left alone: {text}" for text in diff.left_alone]
    counts = Counter(change.action for change in diff.changes)
    lines.append(", ".join(f"{n} {action}" for action, n in counts.items()) or "nothing to import")
    return "\n".join(map(_printable, lines))


def outcomes_text(outcomes: Outcomes) -> str:
    """What was done and what was not, a row per tag."""
    rows = [
        [_stream(change), _tag(change), change.item.source, outcome.result, _short(outcome.digest)]
        for change, outcome in outcomes.items()
    ]
    lines = _table(["STREAM", "TAG", "FROM", "RESULT", "DIGEST"], rows)
    lines += _failures(
        (change, outcome.reason, outcome.message)
        for change, outcome in outcomes.items()
        if outcome.result != "imported"
    )
    return "\n".join(map(_printable, lines))


def diff_data(diff: Diff, outcomes: Outcomes | None = None) -> dict[str, Any]:
    """The same as plain data: a list of tags, and what else there is to tell."""
    return {
        "tags": [dict(_tag_data(change, (outcomes or {}).get(change))) for change in diff.changes],
        "warnings": list(diff.warnings),
        "leftAlone": list(diff.left_alone),
    }


def _tag_data(change: Change, outcome: Outcome | None) -> Iterator[tuple[str, Any]]:
    yield "namespace", change.item.owner.namespace
    yield "imageStream", change.item.owner.name
    yield "tag", change.item.tag or None
    yield "from", change.item.source
    yield "field", change.item.field
    yield "change", change.action
    yield "oldDigest", change.old or None
    yield "newDigest", change.new_digest or None
    yield "details", list(change.details)
    yield "notes", list(change.notes)
    reason, message = change.found.reason, change.found.message
    if outcome:
        yield "result", outcome.result
        yield "importedDigest", outcome.digest or None
        reason, message = outcome.reason or reason, outcome.message or message
    if message:
        yield "reason", reason
        yield "message", message
        yield "advice", advice(reason, message) or None


def _movement(change: Change) -> str:
    if change.action == "moved":
        return f"{_short(change.old)} -> {_short(change.new_digest)}"
    return _short(change.new_digest or change.old)


def _details(changes: Iterable[Change]) -> list[str]:
    return [
        f"{_stream(change)}:{change.item.tag}: {text}"
        for change in changes
        for text in (*change.details, *change.notes)
    ]


def _failures(failures: Iterable[tuple[Change, str, str]]) -> list[str]:
    """Every failure once, with the tags it hit and what helps."""
    hit: dict[tuple[str, str], list[str]] = {}
    for change, reason, message in failures:
        hit.setdefault((reason, message), []).append(f"{_stream(change)}:{_tag(change)}")
    lines = []
    for (reason, message), tags in hit.items():
        if why := ": ".join(part for part in (reason, message) if part):
            more = f" and {len(tags) - NAMED} more" if len(tags) > NAMED else ""
            lines.append(f"{', '.join(tags[:NAMED])}{more}: {why}")
            lines += [f"  {text}" for text in [advice(reason, message)] if text]
    return lines


def _stream(change: Change) -> str:
    return change.item.owner.stream


def _tag(change: Change) -> str:
    return change.item.tag or "-"


def _short(digest: str) -> str:
    """The digest as far as people read it."""
    algorithm, colon, value = digest.partition(":")
    return f"{algorithm}{colon}{value[:12]}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    ]


def _printable(text: str) -> str:
    """One line of text that cannot play tricks on a terminal: much of it comes from registries."""
    return "".join(c if c.isprintable() else " " for c in text)
