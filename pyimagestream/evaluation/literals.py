"""Finds a wrong value by its looks, where no call of the library set it.

Only a place that is certain counts: the value is a literal, and the file has it
once, at a field of that name.
"""

from __future__ import annotations

import json
import re

from ..errors import Frame

_END = r"(?=\s*(?:[,})\]#]|//|/\*|\Z))"
"""Of a field whose value is the literal alone: `7`, but not `7 + 1`."""


_BEFORE = re.compile(r"(?<![\w'\"])['\"]?\Z")
"""A key: all of it, be it quoted or not."""


def place(filename: str, source: str, field: str, value: object) -> Frame | None:
    """Where ``source`` gives a field that value, or None where that is not certain."""
    keys = re.findall(r"[^.\[\]]+", field)
    literal = _literal(value)
    if not keys or not literal:
        return None
    key = re.escape(next(key for key in reversed(keys) if not key.isdigit() or key == keys[0]))
    # The key comes first, as a search for plain text is the fastest.
    pattern = rf"{key}['\"]?\s*\+?:{{1,3}}\s*(?P<value>{literal}){_END}"
    matches = [
        match
        for match in re.finditer(pattern, source)
        if _BEFORE.search(source[max(match.start() - 2, 0) : match.start()])
    ]
    if len(matches) != 1:
        return None
    return Frame.at(filename, source, matches[0].start("value"))


def _literal(value: object) -> str:
    """A pattern for the ways to write a value; empty for values that are rarely written whole."""
    if isinstance(value, str):
        text = re.escape(json.dumps(value, ensure_ascii=False)[1:-1])
        return rf"'{text}'|\"{text}\""
    if isinstance(value, (bool, int, float)):
        return re.escape(json.dumps(value))
    return ""
