"""Formats spelled out: what each token of a source becomes."""

from __future__ import annotations

from functools import cached_property
from itertools import accumulate, chain, pairwise

from ..errors import EvaluationError
from ._formats import NAME, Format, apart, quoted
from .lexer import kind, pairs, pieces, value
from .traces import traced


def spelled_out(code: str, frames: int, text_prefix: str) -> str:
    """The code with sums for the formats that are certain, their values inside of so many frames.

    Without a frame formats stay as they are.
    The files of `importstr` get ``text_prefix`` before their names, and `std.trace` is `traced`.
    Raises `EvaluationError` for code that may print by another name, or is not understood.
    """
    if NAME in code or "\0" in code:
        raise EvaluationError(f"there is a name that begins with {NAME}, or NUL")
    return _Rewriter(code, frames, text_prefix).result()


_OPENING = frozenset("([{")
# A literal behind one of these is the first operand of a `%` behind it.
_BEFORE = _OPENING.union([",", ";", "then", "else", "in", "error", "assert", "if"])
_TIGHTER = frozenset("*/%")
_SIMPLE = frozenset(["identifier", "number", "string"])
_OPERANDS = frozenset(["$", "self", "super", "true", "false", "null"])


class _Rewriter:
    """Changes the texts of single tokens; what is between the tokens stays."""

    def __init__(self, code: str, frames: int, text_prefix: str) -> None:
        self.frames = frames
        self.text_prefix = text_prefix
        self.between, self.tokens = pieces(code)
        self.pairs = pairs(self.tokens)
        self.texts = list(self.tokens)

    def result(self) -> str:
        # From right to left, so that what is put behind a token is so from the inside out.
        for index in range(len(self.tokens) - 1, -1, -1):
            token = self.tokens[index]
            if token == "%" and index and self.frames:
                self._format(index - 1)
            elif token in ("importstr", "importbin"):
                self._import(index)
            elif token == "std":
                self._std(index)
        return "".join(chain.from_iterable(zip(self.between, [*self.texts, ""], strict=True)))

    def _is(self, index: int, *texts: str) -> bool:
        return 0 <= index < len(self.tokens) and self.tokens[index] in texts

    def _import(self, index: int) -> None:
        name = self.tokens[min(index + 1, len(self.tokens) - 1)]
        if kind(name) != "string" or name[0] == "|":  # no VM takes a block
            raise EvaluationError("what is imported has no literal name")
        self.texts[index + 1] = quoted(self.text_prefix + value(name)) + _newlines(name)

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
        return self._lines[index] + 1 if index <= self._uncounted else None

    @cached_property
    def _uncounted(self) -> int:
        """The index of the first verbatim text with a line break, or of what is behind all."""
        verbatim = (
            index for index, token in enumerate(self.tokens) if token[0] == "@" and "\n" in token
        )
        return next(verbatim, len(self.tokens))

    @cached_property
    def _lines(self) -> list[int]:
        """How many line breaks there are before each token."""
        before = zip(self.between, ["", *self.tokens], strict=True)
        return list(accumulate((blank + token).count("\n") for blank, token in before))

    def _is_ordered(self, bracket: int) -> bool:
        """Whether a function is called so that its arguments are evaluated in their order.

        Names may change it, and the Go VM evaluates those of a tail call in any.
        """
        if not self._is(bracket, "("):
            return False
        index, closing = bracket + 1, self.pairs[bracket]
        while index < closing and not self._is(index, "="):
            index = self.pairs[index] + 1 if self.tokens[index] in _OPENING else index + 1
        return index == closing and not self._is(closing + 1, "tailstrict")

    def _format(self, index: int) -> None:
        """Spells out the format whose literal is at ``index``, before a `%`, if there is one."""
        if kind(self.tokens[index]) != "string" or not self._begins_operand(index):
            return
        start = index + 2
        end = self._end_of_operand(start)
        taken = apart(value(self.tokens[index])) if end else None
        if not end or not taken:
            return
        keyed = {conversion.key is not None for conversion in taken.conversions}
        is_array = self._is(start, "[") and self.pairs[start] == end - 1
        ends = self._ends_of_elements(start) if is_array else None
        if ends is not None:
            if keyed == {False} and len(taken.conversions) == len(ends):
                self._spell_array(index, taken, ends)
        elif keyed == {True}:
            self._spell_object(index, taken, end)
        elif len(taken.conversions) == 1:
            self._spell_value(index, taken, end)

    def _spell_array(self, index: int, taken: Format, ends: list[int]) -> None:
        bracket, closing = index + 2, self.pairs[index + 2]
        before, behind = _bound(self.frames - 1 + self._has_format(bracket, closing))
        self._open(index, before)
        self.texts[closing] = ""
        for place, text in zip([bracket, *ends], taken.around(), strict=True):
            self.texts[place] = text
        self.texts[closing] += f"{behind})"

    def _spell_object(self, index: int, taken: Format, end: int) -> None:
        name = self._name(index + 2, end)
        given = name or NAME
        first, *rest = taken.around()
        keys = [quoted(conversion.key or "") for conversion in taken.conversions]
        fields = (f"{given}[{key}]{text}" for key, text in zip(keys, rest, strict=True))
        before, behind = _bound(self.frames - 1)
        result = f"{before}{first}{''.join(fields)}{behind})"
        if len(keys) == 1:  # of a text one key says nothing: `'%(a)s' % 'x'` is x
            literal = quoted(value(self.tokens[index]))
            result = f"if std.type({given})>='s' then {literal}%{given} else {result}"
        if name:
            self._open(index, "")
            self.texts[end - 1] = result
        else:
            self._open(index, f"local {NAME}=")
            self.texts[end - 1] += f";{result}"  # what else is no object fails

    def _spell_value(self, index: int, taken: Format, end: int) -> None:
        start = index + 2
        length = self.frames // 2 - 1 + self._has_format(start, end)
        name = self._name(start, end)
        if name and not length:
            self._open(index, "")
            self.texts[start] = f"{taken.sum_of_one(name)})"
        elif taken.conversions[0].is_number:
            (first, last), (before, behind) = taken.around(), _bound(length)
            self._open(index, f"{before}{first}")
            self.texts[end - 1] += f"{last}{behind})"
        else:
            names, links = _chain(max(length - 1, 1))
            self._open(index, f"local {NAME}=(")
            result = taken.sum_of_one(NAME, names[-1])
            self.texts[end - 1] += f"),{names[0]}=''+{NAME}{links};{result})"

    def _name(self, start: int, end: int) -> str:
        """The variable that an operand is, if it is one."""
        is_name = end - start == 1 and kind(self.tokens[start]) == "identifier"
        return self.tokens[start] if is_name else ""

    def _open(self, index: int, binding: str) -> None:
        lines = _newlines(self.tokens[index])
        self.texts[index : index + 2] = f"({lines}{binding}", ""

    def _has_format(self, start: int, end: int) -> bool:
        """Whether a value may be a format itself, the one way to get to one without a frame."""
        return "%" in self.tokens[start:end]

    def _begins_operand(self, index: int) -> bool:
        """Whether the literal at ``index`` is all that is left of a `%` behind it."""
        if not index:
            return True
        before = self.tokens[index - 1]
        if kind(before) == "operator":  # before a text, `-` and the like fail either way
            return before not in _TIGHTER
        if before == ")":  # of the parameters of a function
            return self._is(self.pairs[index - 1] - 1, "function")
        return before in _BEFORE

    def _end_of_operand(self, index: int) -> int | None:
        """The index behind the operand at ``index``, or None where it is not a simple one."""
        if index >= len(self.tokens):
            return None
        first = self.tokens[index]
        if first in _OPENING:
            index = self.pairs[index]
        elif kind(first) not in _SIMPLE and first not in _OPERANDS:
            return None
        index += 1
        while index < len(self.tokens):
            if self.tokens[index] in _OPENING:
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
            if token in _OPENING:
                index = self.pairs[index]
            elif token in ("for", ";"):  # `local` has commas of its own
                return None
            elif token == ",":
                ends.append(index)
            index += 1
        if index > bracket + 1 and not self._is(index - 1, ","):
            ends.append(closing)
        return ends


def _bound(length: int) -> tuple[str, str]:
    """What stands before and behind an expression that so many variables lead to."""
    if not length:
        return "", ""
    names, links = _chain(length)
    return f"local {names[0]}=", f"{links};{names[-1]}"


def _chain(length: int) -> tuple[list[str], str]:
    """So many variables, and the bindings of all but the first, which lead to it."""
    names = [f"{NAME}{number}" for number in range(length)]
    return names, "".join(f",{later}={earlier}" for earlier, later in pairwise(names))


def _newlines(text: str) -> str:
    return "\n" * text.count("\n")
