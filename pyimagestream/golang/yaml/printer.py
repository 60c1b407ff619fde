"""YAML as Tanka prints it: byte for byte what Go's yaml packages make of JSON.

A dumper of its own, because no Python library prints like them (their order of
keys, choice of quotes, folding at 80 columns), and because an export of
thousands of manifests spends most of its time here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from math import inf
from typing import Any, NamedTuple

from ..scalars import float_text, is_string
from ._keys import ordered_keys
from ._readers import is_text, number_text, word_for_all
from ._strings import BREAKS, folded, literal, styled, word

_SHORT = 128
"""Longer strings are not worth the memory of a cache."""


class Printer(NamedTuple):
    """One of Go's yaml packages: how it lays out what it prints."""

    step: int
    lists_below_keys: bool
    """Whether the dashes of a list stand right below its key."""
    width: float
    tabs_in_blocks: bool
    letters_first_in_numbers: bool
    word: Callable[[str], str] = word
    """A string that is printed alike anywhere, or "" for one that is not."""
    is_plain: Callable[[str], bool] = is_string
    number: Callable[[int | float], str] = float_text

    def dump(self, value: Any) -> str:
        """One document, `value` being what JSON can hold, ending in a line break."""
        parts: list[str] = []
        if value and isinstance(value, (dict, list)):
            self._node(parts, value, "", "")
        else:
            parts.append(_line(self._scalar(value, 0, " " * self.step, self.step)))
        return "".join(parts)

    def _deeper(self, indent: str) -> str:
        return " " * (self.step * (len(indent) // self.step + 1))

    def _node(self, parts: list[str], value: Any, indent: str, lead: str) -> None:
        """Append the lines of `value`, the first behind `lead`, the others behind `indent`."""
        if value and type(value) is dict:
            self._mapping(parts, value, indent, lead)
        elif value and type(value) is list:
            for item in value:
                self._node(parts, item, indent + "  ", lead + "- ")
                lead = indent
        else:
            parts.append(_line(lead + self._scalar(value, len(lead), indent, 2)))

    def _mapping(self, parts: list[str], mapping: dict[str, Any], indent: str, lead: str) -> None:
        deeper = self._deeper(indent)
        by = len(deeper) - len(indent)
        for key, head in _heads(tuple(mapping), self.letters_first_in_numbers, self.is_plain):
            value = mapping[key]
            kind = type(value)
            if not head:
                parts.append(_line(f"{lead}? {self._scalar(key, len(indent) + 2, deeper, by)}"))
                head = ":"
                lead = indent
                if value and kind in (dict, list):
                    self._node(parts, value, deeper, f"{indent}:".ljust(len(deeper)))
                    continue
            if kind is str and len(value) <= _SHORT and (text := self.word(value)):
                parts.append(f"{lead}{head} {text}\n")
            elif value and kind is dict:
                parts.append(f"{lead}{head}\n")
                self._mapping(parts, value, deeper, deeper)
            elif value and kind is list:
                parts.append(f"{lead}{head}\n")
                below = indent if self.lists_below_keys else deeper
                self._node(parts, value, below, below)
            else:
                text = self._scalar(value, len(indent) + len(head) + 1, deeper, by)
                parts.append(_line(f"{lead}{head} {text}"))
            lead = indent

    def _scalar(self, value: Any, column: int, indent: str, by: int) -> str:
        """A scalar or an empty collection from `column` on, its further lines at `indent`.

        That is deeper `by` so many blanks than what it is in. yaml.v3 writes 4 where it is 2,
        which no reader understands.
        """
        if isinstance(value, str):
            style, body = self._styled(value)
            if style == "|":
                return literal(body, indent, by)
            text = folded(body, style, column + len(style), indent, self.width)
            return f"{style}{text}{style}"
        if value is None or isinstance(value, bool):
            return {None: "null", True: "true", False: "false"}[value]
        if isinstance(value, (int, float)):
            return self.number(value)
        return "{}" if isinstance(value, dict) else "[]"

    def _styled(self, text: str) -> tuple[str, str]:
        return styled(text, tabs_in_blocks=self.tabs_in_blocks, is_plain=self.is_plain)


V2 = Printer(
    step=2,
    lists_below_keys=True,
    width=80,
    tabs_in_blocks=False,
    letters_first_in_numbers=False,
)
"""gopkg.in/yaml.v2, which prints manifests."""

V3 = Printer(
    step=4,
    lists_below_keys=False,
    width=inf,
    tabs_in_blocks=True,
    letters_first_in_numbers=True,
)
"""gopkg.in/yaml.v3, which is behind the native `manifestYamlFromJson`."""

FOR_ALL = V2._replace(word=word_for_all, is_plain=is_text, number=number_text)
"""Like V2, but that readers of YAML 1.1 and 1.2 all find the values that were printed."""

dump = V2.dump


def dump_all(documents: Iterable[Any], printer: Printer = V2) -> str:
    """A stream of documents, none of them empty, as `tk show` prints manifests."""
    return "---\n".join(map(printer.dump, documents))


def _line(text: str) -> str:
    return text if text[-1] in BREAKS else text + "\n"


@lru_cache(maxsize=1024)
def _heads(
    keys: tuple[str, ...], letters_first_in_numbers: bool, is_plain: Callable[[str], bool]
) -> list[tuple[str, str]]:
    """Keys in order, each with the text that starts its line; "" is for ``? key``."""
    ordered = ordered_keys(keys, letters_first_in_numbers=letters_first_in_numbers)
    return [(key, _head(key, is_plain)) for key in ordered]


def _head(key: str, is_plain: Callable[[str], bool]) -> str:
    if len(key.encode(errors="replace")) > 128 or any(char in BREAKS + "\r\x85" for char in key):
        return ""
    style, text = styled(key, is_plain=is_plain)
    return f"{style}{text}{style}:"
