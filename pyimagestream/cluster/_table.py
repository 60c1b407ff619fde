"""Tables for people: as wide as the terminal, in colours where it has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..errors import printable

WIDTH = 80
_GAP = "  "
_CUT = "…"

_RED, _GREEN, _YELLOW, _CYAN, _PLAIN = (f"\x1b[{code}m" for code in (31, 32, 33, 36, 0))
COLOURS: Mapping[str, str] = {
    "new": _GREEN,
    "moved": _YELLOW,
    "updated": _CYAN,
    "source": _RED,
    "failed": _RED,
    "imported": _GREEN,
    "not done": _YELLOW,
    "unknown": _YELLOW,
}
"""Of the words that stand alone in a cell."""


def table(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    shorten: Sequence[tuple[str, int]],
    width: int = WIDTH,
    colour: bool = False,
) -> list[str]:
    """The lines of a table, none wider than ``width`` as far as that can be.

    Cells are one line of printable text each, whatever they were. ``shorten``
    names the columns that may lose something, each with what it is to keep, the
    first that is to lose something first. ``colour`` paints the words of `COLOURS`.
    """
    cells = [[printable(cell).replace("\n", " ") for cell in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    over = sum(widths) + len(_GAP) * (len(widths) - 1) - width
    for name, least in shorten:
        column = list(head).index(name)
        less = max(0, min(over, widths[column] - least))
        widths[column] -= less
        over -= less
    lines = []
    for row in cells:
        shown = [_cut(cell, room).ljust(room) for cell, room in zip(row, widths, strict=True)]
        shown[-1] = shown[-1].rstrip()
        if colour:
            shown = [_painted(cell) for cell in shown]
        lines.append(_GAP.join(shown).rstrip())
    return lines


def _cut(text: str, room: int) -> str:
    """A text without its middle: the end of a pull spec says more than what comes before."""
    if len(text) <= room:
        return text
    start = (room - 1) // 3
    return f"{text[:start]}{_CUT}{text[len(text) - (room - 1 - start) :]}"


def _painted(cell: str) -> str:
    word = cell.rstrip()
    return f"{COLOURS[word]}{word}{_PLAIN}{cell[len(word) :]}" if word in COLOURS else cell
