"""Diffs and outcomes for people (tables) and for programs (JSON)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..errors import printable
from ._compare import Change, source_stays
from ._table import WIDTH, table
from .advice import advice
from .apply import Outcome, short
from .diff import Diff

Outcomes = Mapping[Change, Outcome]

NAMED = 5
"""So many tags are named with a failure; the table has them all."""

SHORTEN = (("FROM", 20), ("STREAM", 18), ("TAG", 12), ("FROM", 10), ("STREAM", 8), ("TAG", 6))
"""What a table that is too wide can do without, in this order. JSON has it all."""


def diff_text(diff: Diff, width: int = WIDTH, colour: bool = False) -> str:
    """What would happen, a row per tag."""
    rows = [
        [_stream(change), _tag(change), change.action, _movement(change), change.item.source]
        for change in diff.changes
    ]
    head = ["STREAM", "TAG", "CHANGE", "DIGEST", "FROM"]
    lines = table(head, rows, SHORTEN, width, colour) if rows else []
    told = _details((change, (*change.details, *change.notes)) for change in diff.changes)
    told += _failures(
        (change, change.found.reason, change.found.message) for change in diff.failures
    )
    told += _failures((change, *source_stays(change.kept)) for change in diff.kept)
    told += [f"warning: {text}" for text in diff.warnings]
    told += [f"left alone: {text}" for text in diff.left_alone]
    told.append(_count(change.action for change in diff.changes) or "nothing to import")
    return "\n".join([*lines, *map(_line, told)])


def outcomes_text(outcomes: Outcomes, width: int = WIDTH, colour: bool = False) -> str:
    """What was done and what was not, a row per tag.

    Failures that `diff_text` has told are not told again.
    """
    rows = [
        [_stream(change), _tag(change), outcome.result, short(outcome.digest), change.item.source]
        for change, outcome in outcomes.items()
    ]
    head = ["STREAM", "TAG", "RESULT", "DIGEST", "FROM"]
    told = _details(
        (change, (outcome.note,)) for change, outcome in outcomes.items() if outcome.note
    )
    told += _failures(
        (change, outcome.reason, outcome.message)
        for change, outcome in outcomes.items()
        if outcome.result != "imported" and not _is_told(change, outcome)
    )
    told.append(_count(outcome.result for outcome in outcomes.values()))
    return "\n".join([*table(head, rows, SHORTEN, width, colour), *map(_line, told)])


def _is_told(change: Change, outcome: Outcome) -> bool:
    before = (change.found.reason, change.found.message)
    if change.kept:
        before = source_stays(change.kept)
    return (outcome.reason, outcome.message) == before


def _count(words: Iterable[str]) -> str:
    return ", ".join(f"{number} {word}" for word, number in Counter(words).items())


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
    yield "notes", [*change.notes, *([outcome.note] if outcome and outcome.note else [])]
    reason, message = change.found.reason, change.found.message
    if change.kept:
        reason, message = source_stays(change.kept)
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
        return f"{short(change.old)} -> {short(change.new_digest)}"
    return short(change.new_digest or change.old)


def _details(told: Iterable[tuple[Change, Iterable[str]]]) -> list[str]:
    return [
        f"{_stream(change)}:{change.item.tag}: {text}" for change, texts in told for text in texts
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


def _line(text: str) -> str:
    """One line of text that cannot play tricks on a terminal."""
    return printable(text).replace("\n", " ")
