"""The literal of a format: taken apart, and put together as a sum."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

MAX_KEY = 24
"""Characters of the key of a conversion. Each takes a frame of the stack."""

MAX_CONVERSIONS = 500


class Conversion(NamedTuple):
    """A conversion: its key, whether it wants a number, and how that is filled up."""

    key: str | None
    is_number: bool = False
    fill: str = ""
    width: int = 0

    @property
    def operator(self) -> str:
        """What makes a text of any value behind it, or a whole number of a number."""
        # Cuts off what is behind the point. Fails beyond 2^53, and for what is no number.
        return "-1&" if self.is_number else "''+"

    def filled(self, number: str, whole: str) -> str:
        """What is whole of a number, with as many digits as it is to have."""
        if self.width < 2:
            return whole
        cases = "".join(
            f"if {number}>={least} then {quoted(self.fill * (self.width - digits))}+{whole} else "
            for digits in range(self.width, 0, -1)
            for least in (10 ** (digits - 1) if digits > 1 else 0,)
        )
        literal = f"'%{self.fill.strip()}{self.width}d'"
        return f"({cases}{literal}%{number})"  # what is negative is left to the VM


class Format(NamedTuple):
    """The texts and the conversions of a format of which it is certain what it gives."""

    parts: tuple[str | Conversion, ...]

    @property
    def conversions(self) -> list[Conversion]:
        return [part for part in self.parts if isinstance(part, Conversion)]

    def sum(self, names: Sequence[str]) -> str:
        """The sum of the texts, and of variables that hold what the conversions make of values."""
        filled = zip(self.conversions, names, strict=True)
        return self._sum([conversion.filled(name, name) for conversion, name in filled])

    def sum_of_one(self, name: str, converted: str) -> str:
        """The sum for the variable of a value, and what the one conversion makes of that."""
        [conversion] = self.conversions
        if conversion.is_number:
            return self._sum([conversion.filled(name, converted)])
        # A list holds values here as well, and fails, as an object does. Both are told by their
        # text, since to ask for the type takes long.
        others = f"{converted}>='\\\\'&&{converted}<'{{'||{converted}<'['||{converted}>='|'"
        return f"if {others}||std.type({name})=='string' then {self._sum([name])} else error ''"

    def _sum(self, converted: Sequence[str]) -> str:
        remaining = iter(converted)
        terms = [quoted(part) if isinstance(part, str) else next(remaining) for part in self.parts]
        if not isinstance(self.parts[0], str):
            terms.insert(0, "''")  # one number, or two, are to make a text
        return "+".join(terms)


_CODE = re.compile(
    r"%(?:(?P<percent>%)|(?:\((?P<key>[^)]*)\))?"
    r"(?:s|(?P<zero>0?)(?P<width>[1-9]?)[hlL]?(?P<number>[diu])))"
)


@lru_cache(maxsize=256)
def apart(literal: str) -> Format | None:
    """A format taken apart; None where one of its conversions is not certain, or none is there."""
    parts: list[str | Conversion] = []
    position = 0
    while (start := literal.find("%", position)) >= 0:
        code = _CODE.match(literal, start)
        if not code or len(code["key"] or "") > MAX_KEY:
            return None
        parts.append(literal[position:start] + (code["percent"] or ""))
        if not code["percent"]:
            fill, width = code["zero"] or " ", int(code["width"] or 0)
            parts.append(Conversion(code["key"], bool(code["number"]), fill, width))
        position = code.end()
    parts.append(literal[position:])
    taken = Format(tuple(filter(None, parts)))
    return taken if 0 < len(taken.conversions) <= MAX_CONVERSIONS else None


def quoted(text: str) -> str:
    """A text as a literal of Jsonnet."""
    return json.dumps(text, ensure_ascii=False)
