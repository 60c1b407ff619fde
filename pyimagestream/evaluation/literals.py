"""Finds a wrong value by its looks, where no call of the library set it.

Only a place that is certain counts: the value is a literal, and the file has it
once, at a field of that name.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from ..engines.lexer import Token, tokens, value
from ..errors import Frame, LexError
from .fieldpath import parts

_COLON = re.compile(r"\+?:{1,3}")
_ENDS = frozenset([",", "}", ")", "]"])
"""What stands behind a value that is a literal alone: `7`, but not `7 + 1`."""

_Literal = tuple[str, str]
"""Whether it is a text or something else, and that."""


class Literals:
    """The fields of a file that have literals for values. It is read once, if ever."""

    def __init__(self, filename: str, source: str) -> None:
        self._filename = filename
        self._source = source

    def place(self, field: str, value: object) -> Frame:
        """Where the file gives a field that value; the file where that is not certain."""
        keys = parts(field)
        literal = _literal(value)
        starts: Sequence[int] = ()
        if keys and literal:
            key = next(key for key in reversed(keys) if not key.isdigit() or key == keys[0])
            starts = self._starts.get((key, literal), ())
        if len(starts) != 1:
            return Frame(self._filename)
        line = bisect_right(self._lines, starts[0])
        return Frame(self._filename, line, starts[0] - self._lines[line - 1] + 1)

    @cached_property
    def _lines(self) -> list[int]:
        """Where each line begins."""
        lengths = (len(line) + 1 for line in self._source.split("\n"))
        return [0, *accumulate(lengths)]

    @cached_property
    def _starts(self) -> dict[tuple[str, _Literal], list[int]]:
        found: dict[tuple[str, _Literal], list[int]] = {}
        try:
            for key, literal, start in _fields(tokens(self._source)):
                found.setdefault((key, literal), []).append(start)
        except LexError:
            return {}
        return found


def _fields(code: Sequence[Token]) -> Iterator[tuple[str, _Literal, int]]:
    """Each key with its literal, and where that begins."""
    end = Token("mark", ",", 0, 0)
    code = [end, *code, end, end, end]
    for index, colon in enumerate(code):
        if colon.kind != "operator" or not _COLON.fullmatch(colon.text):
            continue
        key, (first, second, third) = code[index - 1], code[index + 1 : index + 4]
        sign = "-" if first.text == "-" and second.kind == "number" else ""
        literal, behind = (second, third) if sign else (first, second)
        name = _text(key)
        if name is None or behind.text not in _ENDS:
            continue
        if literal.kind == "string":
            found: _Literal = ("string", value(literal.text))
        elif literal.kind == "number" or literal.text in ("true", "false"):
            found = ("", sign + literal.text)
        else:
            continue
        yield name, found, first.start


def _text(key: Token) -> str | None:
    if key.kind == "string":
        return value(key.text)
    return key.text if key.kind == "identifier" else None


def _literal(value: object) -> _Literal | None:
    """None for values that are rarely written whole."""
    if isinstance(value, str):
        return "string", value
    if isinstance(value, (bool, int, float)):
        return "", json.dumps(value)
    return None
