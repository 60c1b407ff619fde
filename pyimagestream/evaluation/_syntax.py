"""What the code of one file calls, defines and binds, told from its tokens.

No parser: of each call it has to be known where the function that is called begins, of
each definition where its body begins, and of a name what it stands for where that is certain.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from functools import cached_property

from ..engines.lexer import Token, pairs, tokens, value
from ..errors import Frame, LexError

Span = tuple[int, int]
"""The tokens from the first index up to, but not with, the second one."""

_OPERANDS = frozenset(["self", "super", "true", "false", "null"])
_FIELDS = frozenset([":", "::", ":::", "+:", "+::", "+:::"])


@dataclass(frozen=True)
class Definition:
    """A function: its parameters with their defaults, and the last token before its body."""

    parameters: dict[str, Span | None]
    last: int


class Syntax:
    """The tokens of a file, and what they are good for. Raises `LexError`."""

    def __init__(self, path: str, code: str) -> None:
        self.path = path
        self.code = code
        self.tokens: list[Token] = tokens(code)
        self.pairs = pairs([token.text for token in self.tokens])
        self.calls: dict[int, int] = {}
        """By the opening parenthesis: the first token of the function that is called."""
        self.definitions: dict[int, Definition] = {}
        """By the opening parenthesis of the parameters."""
        self.arguments: dict[int, int] = {}
        """What is handed to a function and looks like ``a.b``: its first token by its last one."""
        self.texts: list[Token] = []
        """The names of files that are imported as they are, not as code."""
        self.bound: dict[str, list[int | None]] = {}
        """By name: where the value of each local begins, None for what is no plain value."""
        self._parts: dict[int, list[Span]] = {}
        self._fields: dict[int, dict[str, list[Span]]] = {}
        self._comprehensions: set[int] = set()
        self._read()

    def frame(self, index: int) -> Frame:
        """The place of a token; columns are characters."""
        start = self.tokens[index].start
        line = bisect.bisect_right(self._lines, start)
        return Frame(self.path, line, start - self._lines[line - 1] + 1)

    def parts(self, opening: int) -> list[Span]:
        """What the commas between two brackets separate."""
        if opening not in self._parts:
            self._parts[opening] = self._split(opening + 1, self.pairs[opening])
        return self._parts[opening]

    def named(self, opening: int) -> dict[str, list[Span]]:
        """The fields of an object by their names, as far as these are certain."""
        if opening not in self._fields:
            found: dict[str, list[Span]] = {}
            self._fields[opening] = found
            for start, end in self.parts(opening):
                name = self._key(start)
                if name is not None:
                    found.setdefault(name, []).append((start, end))
        return self._fields[opening]

    def _key(self, index: int) -> str | None:
        token = self.tokens[index]
        try:
            if token.kind == "string":
                return value(token.text)
        except LexError:
            return None
        return token.text if token.kind == "identifier" else None

    def entries(self, opening: int) -> list[Span]:
        """The parts of a list or an object, none if it is a comprehension."""
        return [] if opening in self._comprehensions else self.parts(opening)

    def end(self, start: int) -> int:
        """The index behind the expression of a local."""
        index = start
        while index < len(self.tokens):
            token = self.tokens[index]
            if token.kind == "open":
                index = self.pairs[index]
            elif token.kind == "close" or token.text in (",", ";"):
                break
            index += 1
        return index

    @cached_property
    def parameters(self) -> frozenset[str]:
        """The parameters of all functions of the file."""
        return frozenset(
            name for definition in self.definitions.values() for name in definition.parameters
        )

    @cached_property
    def _lines(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.code))]

    def _split(self, start: int, end: int) -> list[Span]:
        found, first, index = [], start, start
        while index < end:
            token = self.tokens[index]
            if token.kind == "open":
                index = self.pairs[index]
            elif token.text == ",":
                found.append((first, index))
                first = index + 1
            index += 1
        return [*found, (first, end)] if first < end else found

    def _read(self) -> None:
        handed: set[int] = set()  # the parentheses of calls, those of the standard library too
        opened: list[int] = []
        binding = [False]  # inside of each open bracket: whether there was a `local`
        for index, token in enumerate(self.tokens):
            up = opened[-1] if opened else -1
            if token.kind == "open":
                if token.text == "(" and index and not self._defines(index, up):
                    self._calls(index, handed)
                opened.append(index)
                binding.append(False)
            elif token.kind == "close":
                opened.pop()
                binding.pop()
            elif token.kind == "keyword":
                binding[-1] |= token.text == "local"
                if token.text == "for":
                    self._comprehensions.add(up)
                    self._bind(self._text(index + 1), None)
                if token.text.startswith("import") and token.text != "import":
                    self.texts += self.tokens[index + 1 : index + 2]
            elif token.kind == "identifier":
                before, after = self._text(index - 1), self._text(index + 1)
                argued = up in handed or up in self.definitions
                if after == "=" and (
                    before == "local" or (before == "," and (binding[-1] or not argued))
                ):
                    self._bind(token.text, index + 2)
                elif up in handed and before == "." and after in (",", ")"):
                    self.arguments[index] = self._first(index)

    def _bind(self, name: str, start: int | None) -> None:
        self.bound.setdefault(name, []).append(start)

    def _text(self, index: int) -> str:
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def _defines(self, opening: int, up: int) -> bool:
        """Whether a parenthesis opens the parameters of a function."""
        name, after = self.tokens[opening - 1], self._text(self.pairs[opening] + 1)
        last = self.pairs[opening] + 1
        if name.text == "function" and name.kind == "keyword":
            last -= 1
        elif name.kind == "identifier" and after == "=":
            self._bind(name.text, None)
        elif not (after in _FIELDS and self._names_a_field(opening - 1, up)):
            return False
        parameters = {
            self.tokens[start].text: (start + 2, end) if end - start > 2 else None
            for start, end in self.parts(opening)
        }
        self.definitions[opening] = Definition(parameters, last)
        return True

    def _names_a_field(self, index: int, up: int) -> bool:
        if self.tokens[index].text == "]":
            index = self.pairs[index]
        elif self.tokens[index].kind not in ("identifier", "string"):
            return False
        return self._text(up) == "{" and self._text(index - 1) in ("{", ",")

    def _calls(self, opening: int, handed: set[int]) -> None:
        last = opening - 1
        if not self._ends_an_operand(last):
            return
        handed.add(opening)
        first = self._first(last)
        # What the standard library does comes back to no code of the user's by name. A function
        # whose arguments are evaluated before it is called may not be the next that is entered.
        standard = self._text(first) == "std" and (
            last == first + 2 or self._text(first + 2) == "native"
        )
        if not standard and self._text(self.pairs[opening] + 1) != "tailstrict":
            self.calls[opening] = first

    def _first(self, index: int) -> int:
        """The first token of the operand that ends with a token."""
        while True:
            if self.tokens[index].kind == "close":
                index = self.pairs[index]
                if index in self.calls:
                    return self.calls[index]
                if not index or not self._ends_an_operand(index - 1):
                    return index
                index -= 1
            elif index > 1 and self._text(index - 1) == ".":
                index -= 2
            else:
                return index

    def _ends_an_operand(self, index: int) -> bool:
        token = self.tokens[index]
        if token.kind == "close":  # `function(x) (x)` calls nothing
            return self.pairs[index] not in self.definitions
        if token.kind == "keyword":
            return token.text in _OPERANDS
        return token.kind in ("identifier", "string", "number") or token.text == "$"
