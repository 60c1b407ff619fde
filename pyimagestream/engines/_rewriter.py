"""Formats spelled out: what each token of a source becomes."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

from ..errors import EvaluationError
from .lexer import pairs, tokens, value
from .traces import traced

NAME = "__fmt"
"""What the names in rewritten code begin with."""

MAX_KEY = 24
"""Characters of the key of a conversion. Each takes a frame of the stack."""

MAX_CONVERSIONS = 500


def spelled_out(code: str, frames: int, text_prefix: str) -> str:
    """The code with sums for the formats that are certain, their values inside of so many frames.

    Without a frame formats stay as they are.
    The files of `importstr` get ``text_prefix`` before their names, and `std.trace` is `traced`.
    Raises `EvaluationError` for code that may print by another name, or is not understood.
    """
    if NAME in code or "\0" in code:
        raise EvaluationError(f"there is a name that begins with {NAME}, or NUL")
    return _Rewriter(code, frames, text_prefix).result()


class _Conversion(NamedTuple):
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
            f"if {number}>={least} then {_quoted(self.fill * (self.width - digits))}+{whole} else "
            for digits in range(self.width, 0, -1)
            for least in (10 ** (digits - 1) if digits > 1 else 0,)
        )
        literal = f"'%{self.fill.strip()}{self.width}d'"
        return f"({cases}{literal}%{number})"  # what is negative is left to the VM


_Parts = tuple[str | _Conversion, ...]

_CODE = re.compile(
    r"%(?:(?P<percent>%)|(?:\((?P<key>[^)]*)\))?"
    r"(?:s|(?P<zero>0?)(?P<width>[1-9]?)[hlL]?(?P<number>[diu])))"
)


@lru_cache(maxsize=256)
def _parts(literal: str) -> _Parts:
    """The texts and the conversions of a format; nothing where one of them is not certain."""
    parts: list[str | _Conversion] = []
    position = 0
    while (start := literal.find("%", position)) >= 0:
        code = _CODE.match(literal, start)
        if not code or len(code["key"] or "") > MAX_KEY:
            return ()
        parts.append(literal[position:start] + (code["percent"] or ""))
        if not code["percent"]:
            fill, width = code["zero"] or " ", int(code["width"] or 0)
            parts.append(_Conversion(code["key"], bool(code["number"]), fill, width))
        position = code.end()
    parts.append(literal[position:])
    number = sum(isinstance(part, _Conversion) for part in parts)
    return tuple(filter(None, parts)) if 0 < number <= MAX_CONVERSIONS else ()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


# A literal behind one of these is the first operand of a `%` behind it.
_BEFORE = frozenset(["then", "else", "in", "error", "assert", "if"])
_TIGHTER = frozenset("*/%")
_SIMPLE = frozenset(["identifier", "number", "string"])
_OPERANDS = frozenset(["$", "self", "super", "true", "false", "null"])


class _Rewriter:
    """Changes the texts of single tokens; what is between the tokens stays."""

    def __init__(self, code: str, frames: int, text_prefix: str) -> None:
        self.code = code
        self.frames = frames
        self.text_prefix = text_prefix
        self.tokens = tokens(code)
        self.pairs = pairs(self.tokens)
        self.texts = [token.text for token in self.tokens]

    def result(self) -> str:
        # From right to left, so that what is put behind a token is so from the inside out.
        for index in range(len(self.tokens) - 1, -1, -1):
            token = self.tokens[index]
            if token.kind == "string" and self.frames:
                self._format(index)
            elif token.text in ("importstr", "importbin"):
                self._import(index)
            elif token.text == "std":
                self._std(index)
        pieces: list[str] = []
        end = 0
        for token, text in zip(self.tokens, self.texts, strict=True):
            if text is not token.text:
                pieces += self.code[end : token.start], text
                end = token.end
        return "".join(pieces) + self.code[end:]

    def _is(self, index: int, *texts: str) -> bool:
        return 0 <= index < len(self.tokens) and self.tokens[index].text in texts

    def _import(self, index: int) -> None:
        name = self.tokens[min(index + 1, len(self.tokens) - 1)]
        if name.kind != "string" or name.text[0] == "|":  # no VM takes a block
            raise EvaluationError("what is imported has no literal name")
        self.texts[index + 1] = _quoted(self.text_prefix + value(name)) + _newlines(name.text)

    def _std(self, index: int) -> None:
        if self._is(index - 1, "."):
            return
        if not self._is(index + 1, "."):
            raise EvaluationError("std.trace may go by another name")
        if self._is(index + 2, "trace"):
            line = self._line(index)
            code = traced(line) if line and self._is_ordered(index + 3) else "(error '')"
            self.texts[index : index + 3] = code, "", ""

    def _line(self, index: int) -> int | None:
        """The line of a token. The C++ VM does not count those that end in a verbatim text."""
        if index > self._uncounted:
            return None
        return bisect_left(self._breaks, self.tokens[index].start) + 1

    @cached_property
    def _uncounted(self) -> int:
        """The index of the first verbatim text with a line break, or of what is behind all."""
        verbatim = (
            index
            for index, token in enumerate(self.tokens)
            if token.text[0] == "@" and "\n" in token.text
        )
        return next(verbatim, len(self.tokens))

    @cached_property
    def _breaks(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self.code)]

    def _is_ordered(self, bracket: int) -> bool:
        """Whether a function is called so that its arguments are evaluated in their order.

        Names may change it, and the Go VM evaluates those of a tail call in any.
        """
        if not self._is(bracket, "("):
            return False
        index, closing = bracket + 1, self.pairs[bracket]
        while index < closing and not self._is(index, "="):
            index = self.pairs[index] + 1 if self.tokens[index].kind == "open" else index + 1
        return index == closing and not self._is(closing + 1, "tailstrict")

    def _format(self, index: int) -> None:
        """Spells out the format whose literal is at ``index``, if there is one."""
        if not self._is(index + 1, "%") or not self._begins_operand(index):
            return
        start = index + 2
        end = self._end_of_operand(start)
        parts = _parts(value(self.tokens[index])) if end else ()
        if not end or not parts:
            return
        conversions = [part for part in parts if isinstance(part, _Conversion)]
        keyed = {conversion.key is not None for conversion in conversions}
        is_array = self._is(start, "[") and self.pairs[start] == end - 1
        ends = self._ends_of_elements(start) if is_array else None
        if ends is not None:
            if keyed == {False} and len(conversions) == len(ends):
                self._spell_array(index, parts, conversions, ends)
        elif keyed == {True}:
            self._spell_object(index, parts, conversions, end)
        elif len(conversions) == 1:
            self._spell_value(index, parts, conversions[0], end)

    def _spell_array(
        self, index: int, parts: _Parts, conversions: list[_Conversion], ends: list[int]
    ) -> None:
        bracket, first = index + 2, index + 3
        bindings = [
            f"{NAME}{number}={conversion.operator}("
            for number, conversion in enumerate(conversions)
        ]
        self._open(index, f"local {bindings[0]}")
        self.texts[bracket] = self.texts[self.pairs[bracket]] = ""
        texts = []
        for number, end in enumerate(ends):
            name, chain = _chain(number, self.frames - 1 + self._has_format(first, end))
            texts.append(conversions[number].filled(name, name))
            self.texts[end] = ",".join([f"){chain}", *bindings[number + 1 : number + 2]])
            first = end + 1
        self.texts[self.pairs[bracket]] += f";{_sum(parts, texts)})"

    def _spell_object(
        self, index: int, parts: _Parts, conversions: list[_Conversion], end: int
    ) -> None:
        self._open(index, f"local {NAME}=")
        texts, bindings = [], ""
        for number, conversion in enumerate(conversions):
            name, chain = _chain(number, self.frames - 1)
            texts.append(conversion.filled(name, name))
            field = f"{NAME}[{_quoted(conversion.key or '')}]"
            bindings += f",{NAME}{number}={conversion.operator}({field}){chain}"
        # Of a text the keys say nothing, as in `'%(a)s' % 'x'`. All else that is no object fails.
        literal = _quoted(value(self.tokens[index]))
        result = f"if std.type({NAME})<'s' then {_sum(parts, texts)} else {literal}%{NAME}"
        self.texts[end - 1] += f"{bindings};{result})"

    def _spell_value(self, index: int, parts: _Parts, conversion: _Conversion, end: int) -> None:
        start = index + 2
        variables = self.frames // 2 - 1 + self._has_format(start, end)
        if self.tokens[start].kind == "identifier" and end - start == 1 and not variables:
            name = self.tokens[start].text
            text = f"({conversion.operator}{name})"
            self._open(index, "")
            self.texts[start] = f"{_sum_of_one(parts, conversion, name, text)})"
            return
        if conversion.is_number:
            name, chain = _chain(0, max(variables, 1))
            binding, text = f"{NAME}0={conversion.operator}(", name
        else:
            name, chain = _chain(0, max(variables - 1, 1))
            binding, text = f"{NAME}0=(", f"{NAME}t"
            chain += f",{text}={conversion.operator}{name}"
        self._open(index, f"local {binding}")
        self.texts[end - 1] += f"){chain};{_sum_of_one(parts, conversion, name, text)})"

    def _open(self, index: int, binding: str) -> None:
        lines = _newlines(self.tokens[index].text)
        self.texts[index : index + 2] = f"({lines}{binding}", ""

    def _has_format(self, start: int, end: int) -> bool:
        """Whether a value may be a format itself, the one way to get to one without a frame."""
        return any(token.text == "%" for token in self.tokens[start:end])

    def _begins_operand(self, index: int) -> bool:
        """Whether the literal at ``index`` is all that is left of a `%` behind it."""
        if not index:
            return True
        before = self.tokens[index - 1]
        if before.kind == "operator":  # before a text, `-` and the like fail either way
            return before.text not in _TIGHTER
        if before.text == ")":  # of the parameters of a function
            return self._is(self.pairs[index - 1] - 1, "function")
        return before.kind == "open" or before.text in _BEFORE or before.text in (",", ";")

    def _end_of_operand(self, index: int) -> int | None:
        """The index behind the operand at ``index``, or None where it is not a simple one."""
        if index >= len(self.tokens):
            return None
        first = self.tokens[index]
        if first.kind == "open":
            index = self.pairs[index]
        elif first.kind not in _SIMPLE and first.text not in _OPERANDS:
            return None
        index += 1
        while index < len(self.tokens):
            if self.tokens[index].kind == "open":
                index = self.pairs[index] + 1
            elif self._is(index, "."):
                index += 2
            elif self._is(index, "tailstrict"):
                return None
            else:
                break
        return index if index <= len(self.tokens) else None

    def _ends_of_elements(self, bracket: int) -> list[int] | None:
        """The comma or bracket behind each element of an array, or None where it is no list."""
        ends = []
        index, closing = bracket + 1, self.pairs[bracket]
        while index < closing:
            token = self.tokens[index]
            if token.kind == "open":
                index = self.pairs[index]
            elif token.text in ("for", ";"):  # `local` has commas of its own
                return None
            elif token.text == ",":
                ends.append(index)
            index += 1
        if index > bracket + 1 and not self._is(index - 1, ","):
            ends.append(closing)
        return ends


def _chain(number: int, length: int) -> tuple[str, str]:
    """The last of a chain of so many variables behind that of a number, and their bindings."""
    names = [f"{NAME}{number}", *(f"{NAME}{number}_{link}" for link in range(length - 1))]
    return names[-1], "".join(f",{later}={earlier}" for earlier, later in pairwise(names))


def _sum(parts: _Parts, texts: list[str]) -> str:
    remaining = iter(texts)
    terms = [_quoted(part) if isinstance(part, str) else next(remaining) for part in parts]
    if not isinstance(parts[0], str):
        terms.insert(0, "''")  # one number, or two, are to make a text
    return "+".join(terms)


def _sum_of_one(parts: _Parts, conversion: _Conversion, name: str, text: str) -> str:
    """The sum for a variable, and its text, or what is whole of it."""
    if conversion.is_number:
        return _sum(parts, [conversion.filled(name, text)])
    # An array is a list of values here as well, and fails as an object does. Both are told by
    # their text, since to ask for the type takes long.
    others = f"{text}>='\\\\'&&{text}<'{{'||{text}<'['||{text}>='|'"
    return f"if {others}||std.type({name})=='string' then {_sum(parts, [name])} else error ''"


def _newlines(text: str) -> str:
    return "\n" * text.count("\n")
