"""The literal of a format: taken apart, and put together as a sum."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import NamedTuple

NAME = "__fmt"
"""What the names in rewritten code begin with."""

MAX_KEY = 24
"""Characters of the key of a conversion. Each takes a frame of the stack."""

MAX_CONVERSIONS = 500

WHOLE = "-1&"
"""Cuts off what is behind the point. Fails beyond 2^53, and for what is no number."""

NUMBER = f"{NAME}n"
"""The variable of a number that is filled up."""


class Conversion(NamedTuple):
    """A conversion: its key, whether it wants a number, and how that is filled up."""

    key: str | None
    is_number: bool = False
    fill: str = ""
    width: int = 0

    @property
    def around(self) -> tuple[str, str]:
        """What stands before and behind the code of a value, to make a term of a sum of it."""
        if not self.is_number:
            return "(", ")"
        if self.width < 2:
            return f"({WHOLE}(", "))"
        return f"(local {NUMBER}={WHOLE}(", f");{self.filled(NUMBER, NUMBER)})"

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

    def around(self) -> list[str]:
        """What stands before, between and behind the code of the values in the sum."""
        found = [self._beginning]
        for part in self.parts:
            if isinstance(part, str):
                found[-1] += f"{quoted(part)}+"
            else:
                before, behind = part.around
                found[-1] += before
                found.append(f"{behind}+")
        found[-1] = found[-1].removesuffix("+")
        return found

    def sum_of_one(self, name: str, text: str = "") -> str:
        """The sum for the variable of a value, and one of its text if there is one."""
        [conversion] = self.conversions
        if conversion.is_number:
            return self._sum(conversion.filled(name, f"({WHOLE}{name})"))
        # A list holds values here as well, and fails, as an object does. Both are told by their
        # text, since to ask for the type takes long.
        text = text or f"(''+{name})"
        others = f"{text}>='\\\\'&&{text}<'{{'||{text}<'['||{text}>='|'"
        return f"if {others}||std.type({name})=='string' then {self._sum(name)} else error ''"

    def _sum(self, converted: str) -> str:
        terms = (quoted(part) if isinstance(part, str) else converted for part in self.parts)
        return self._beginning + "+".join(terms)

    @property
    def _beginning(self) -> str:
        """What makes a text of one number, or of two."""
        return "" if isinstance(self.parts[0], str) else "''+"


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
