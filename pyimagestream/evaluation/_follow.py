"""The literal inside a call: from what a function was handed to the part of it that is wrong.

Followed are literals, locals that the file binds once, and parameters of the function in
whose body the call stands, to what that was called with. All else ends the way: the place
is then that expression, which is still inside the call.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..engines.lexer import value
from ..errors import Frame, LexError
from ._annotate import Annotations
from ._calls import Call, Calls
from ._syntax import Span, Syntax

_DEPTH = 50
"""Steps: a name may be bound to itself."""


@dataclass(frozen=True)
class Place:
    """Where a value comes from. ``callers`` called the functions it stands in, innermost first.

    ``is_literal`` tells that the value itself stands there, whoever calls.
    """

    frame: Frame
    callers: tuple[Frame, ...] = ()
    is_literal: bool = False


class _OtherValueError(Exception):
    """The literal that was found is not the value."""


class Follower:
    """Finds the places of values in one evaluation."""

    def __init__(self, annotations: Annotations, calls: Calls) -> None:
        self._annotations = annotations
        self._calls = calls

    def place(self, call: Call, path: Sequence[str], wrong: Any) -> Place | None:
        """The place of the value at ``path`` in what a call was handed; the call's own at worst."""
        if call.site is None:
            return None
        try:
            found = self._argument(call, 0, "", path, wrong, 0)
        except (_OtherValueError, LexError):
            found = None
        return found or Place(call.site.frame(), self._calls.callers(call))

    def _argument(
        self, call: Call, position: int, name: str, path: Sequence[str], wrong: Any, depth: int
    ) -> Place | None:
        """The place in an argument, by its position or its name; None where there is none."""
        site = call.site
        if site is None or site.opened is None:
            return None
        syntax = site.syntax
        for number, (start, end) in enumerate(syntax.parts(site.opened)):
            is_named = end - start > 2 and syntax.tokens[start + 1].text == "="
            if is_named and (not name or syntax.tokens[start].text == name):
                return self._walk(syntax, (start + 2, end), path, wrong, call.caller, depth)
            if not is_named and number == position:
                return self._walk(syntax, (start, end), path, wrong, call.caller, depth)
        return None

    def _walk(
        self, syntax: Syntax, span: Span, path: Sequence[str], wrong: Any, caller: int, depth: int
    ) -> Place:
        """The deepest place that is certain to give the value at ``path`` of an expression.

        ``caller`` is the number of the call whose body the expression stands in.
        """
        start, end = span
        while syntax.tokens[start].text == "(" and syntax.pairs[start] == end - 1:
            start, end = start + 1, end - 1
        if depth < _DEPTH and start < end:
            deeper = self._deeper(syntax, (start, end), path, wrong, caller, depth + 1)
            if deeper:
                return deeper
        index, is_literal = start, False
        if not path and depth < _DEPTH:
            index, is_literal = _literal(syntax, start, end, wrong)
        callers = self._calls.callers(Call(caller, None))
        return Place(syntax.frame(index), callers, is_literal)

    def _deeper(
        self, syntax: Syntax, span: Span, path: Sequence[str], wrong: Any, caller: int, depth: int
    ) -> Place | None:
        start, end = span
        first, last = syntax.tokens[start], syntax.tokens[end - 1]
        if end - start == 1 and first.kind == "identifier":
            return self._named(syntax, first.text, path, wrong, caller, depth)
        if not path:
            return None
        is_whole = first.kind == "open" and syntax.pairs[start] == end - 1
        inner: Span | None = None
        if last.text == "}" and (is_whole or _is_sum(syntax, start, syntax.pairs[end - 1])):
            # Nothing can overrule the last of several objects that are added.
            inner = _field(syntax, syntax.pairs[end - 1], path[0], is_whole)
        elif is_whole and first.text == "[":
            inner = _item(syntax, start, path[0])
        elif end - start > 1:
            return None
        if inner is None and path[0] == "0" and first.text != "[":
            inner = span  # one value stands for a list of it
        return self._walk(syntax, inner, path[1:], wrong, caller, depth) if inner else None

    def _named(
        self, syntax: Syntax, name: str, path: Sequence[str], wrong: Any, caller: int, depth: int
    ) -> Place | None:
        call = self._calls[caller]
        bound = syntax.bound.get(name, [])
        if call.definition is not None and not bound:
            origin, definition = self._annotations.definitions[call.definition]
            if origin is syntax and name in definition.parameters:
                position = list(definition.parameters).index(name)
                found = self._argument(call, position, name, path, wrong, depth)
                default = definition.parameters[name]
                if found or not default or not (call.site and call.site.opened is not None):
                    return found
                return self._walk(syntax, default, path, wrong, caller, depth)
        if len(bound) == 1 and bound[0] is not None and name not in syntax.parameters:
            span = bound[0], syntax.end(bound[0])
            return self._walk(syntax, span, path, wrong, caller, depth)
        return None


def _item(syntax: Syntax, opening: int, key: str) -> Span | None:
    """An entry of a list literal."""
    entries = syntax.entries(opening)
    return entries[int(key)] if key.isdecimal() and int(key) < len(entries) else None


def _field(syntax: Syntax, opening: int, key: str, is_whole: bool) -> Span | None:
    """The value of a field of an object literal; one that adds to another is not all of it."""
    for start, end in syntax.named(opening).get(key, ()) if syntax.entries(opening) else ():
        sign = syntax.tokens[start + 1].text
        if end - start > 2 and (sign.startswith(":") or (is_whole and sign.startswith("+:"))):
            return start + 2, end
    return None


def _is_sum(syntax: Syntax, start: int, end: int) -> bool:
    """Whether what stands before the last object is only added to it: ``X {..}``, ``X + {..}``."""
    index = start
    while index < end:
        token = syntax.tokens[index]
        if token.kind == "open":
            index = syntax.pairs[index]
        elif (token.kind == "operator" and token.text != "+") or (
            token.kind == "keyword" and token.text not in ("self", "super")
        ):
            return False
        index += 1
    return True


def _literal(syntax: Syntax, start: int, end: int, wrong: Any) -> tuple[int, bool]:
    """The token of the value in an expression, and whether it is a literal.

    Raises `_OtherValueError` where it is one of another value.
    """
    token = syntax.tokens[start]
    if token.kind == "open" and syntax.pairs[start] == end - 1:
        if token.text == "{" and isinstance(wrong, str):  # it is a key that is wrong
            for first, _ in syntax.named(start).get(wrong, ()):
                return first, True
        return start, True
    is_negative = end - start == 2 and token.text == "-"
    if end - start != 1 and not is_negative:
        return start, False
    token = syntax.tokens[end - 1]
    if token.kind == "string":
        given: Any = value(token.text)
    elif token.kind == "number":
        given = float(token.text.replace("_", "")) * (-1 if is_negative else 1)
    elif token.text in ("true", "false", "null"):
        given = json.loads(token.text)
    else:
        return start, False
    if given != wrong or isinstance(given, bool) != isinstance(wrong, bool):
        raise _OtherValueError
    return start, True
