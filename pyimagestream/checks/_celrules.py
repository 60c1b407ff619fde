"""The CEL rules of a CustomResourceDefinition (``x-kubernetes-validations``), held against values.

A rule is judged only where its verdict here is that of the server. Left are those that the library
does not take, those about a change, and those that compare what the server compares in another
way; and, value by value, those about a field of which the server may see something else, and those
that end in an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from ..errors import escaped
from ..model.constraints import CelRule
from ..model.schema import Schema
from ._cel import Expression, program
from ._celvalues import SELF, Seen, is_scalar, name_in_rules, seen
from ._faults import (
    DUPLICATE,
    FORBIDDEN,
    INVALID,
    REQUIRED,
    UNKNOWN,
    Failed,
    Fault,
    Faults,
    Grade,
)

Check = Callable[[Any], Faults]

_TOKENS = re.compile(
    r"""//[^\n]*
    |(?P<text>[bB]?[rR][bB]?(?:'[^'\n]*'|"[^"\n]*")
    |[bB]?(?:'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"))
    |(?P<number>\d[\w.]*)
    |(?P<name>[A-Za-z_]\w*)
    |(?P<sign>==|!=|\S)""",
    re.VERBOSE,
)
_WORD = re.compile(r"\w+")
_FIELD_PATH = re.compile(r"(?:\.[A-Za-z_]\w*)+")

_BEYOND = ("`", "'''", '"""')
"""Spellings that are not read here."""

_GROWING = frozenset({"bind", "join", "map", "optFlatMap", "optMap"})
_MOST_GROWING, _MOST_SUMS = 3, 8
"""Nested, these make a value so large that the memory ends; more of them than this are left."""

_MOST_VALUES = 5_000
"""What a rule does with each of so many values, it may do with all of them for each."""

_LONG = 20
"""A text counts as one value more for so many characters."""

_LEFT = frozenset({"format", "oldSelf", "replace"})
"""A rule about a change is not asked of a new object; the others make texts of any length."""

_REASONS: Mapping[str, Grade] = {each: each for each in (DUPLICATE, FORBIDDEN, INVALID, REQUIRED)}
"""The reasons that a rule may give; the server takes any other for the one of those without."""

_LONGEST = 5 * 1024
"""Bytes of a message that an expression makes."""


class _Asked(NamedTuple):
    """An expression that can be asked.

    ``names`` are all words in it. One that ``compares`` may compare more than single values.
    """

    run: Expression
    names: frozenset[str]
    compares: bool


class _Rule(NamedTuple):
    """A rule that can be judged, and what its message comes of, where that can be asked."""

    rule: CelRule
    verdict: _Asked
    message: _Asked | None


def left(schema: Schema) -> int:
    """How many of the rules of a schema are never judged."""
    return len(schema.constraints.rules) - len(_judged(schema))


def with_rules(check: Check, schema: Schema, *, is_manifest: bool = False) -> Check:
    """A check that asks also for the rules of a schema, of a value that is well without them."""
    if not schema.constraints.rules:
        return check

    @cache
    def judged() -> Sequence[_Rule]:
        return _judged(schema)

    def checked(value: Any) -> Faults:
        found = check(value)
        if not judged() or any(fault.reason != UNKNOWN for fault in found):
            return found
        return [*found, *_failed(judged(), schema, value, is_manifest)]

    return checked


def _failed(
    rules: Sequence[_Rule], schema: Schema, value: Any, is_manifest: bool
) -> Iterator[Fault]:
    whole = seen(schema, value, is_manifest=is_manifest)
    if _size(whole.value) > _MOST_VALUES:
        return
    for rule, verdict, message in rules:
        if _answer(verdict, whole) is False:
            path = rule.field_path if _FIELD_PATH.fullmatch(rule.field_path) else ""
            told = _message(rule, _answer(message, whole))
            reason = _REASONS.get(rule.reason, INVALID)
            yield Fault(tuple(path.split(".")[1:]), value, told, reason)


def _answer(asked: _Asked | None, whole: Seen) -> bool | str | None:
    """What the server gets from an expression; None where that is not known."""
    if asked is None or (whole.unsure and (asked.compares or asked.names & whole.unsure)):
        return None
    return asked.run(whole.value)


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_size, value.values()))
    if isinstance(value, list):
        return 1 + sum(map(_size, value))
    return 1 + len(value) // _LONG if isinstance(value, str) else 1


def _message(rule: CelRule, made: bool | str | None) -> Failed:
    """The message of a rule: the one that its expression made, if the server takes that."""
    told = made.strip() if isinstance(made, str) else ""
    if "\n" in told or len(told.encode("utf-8", "replace")) > _LONGEST:
        told = ""
    told = told or rule.message.strip() or f"failed rule: {rule.expression}"
    line = " ".join(told.split())
    return Failed(line if line.isprintable() else escaped(line))


def _judged(schema: Schema) -> Sequence[_Rule]:
    rules = schema.constraints.rules
    scope = list(_within(schema)) if rules else []
    has_unordered = any(each.constraints.list_type in ("set", "map") for each in scope)
    singles = _singles(schema, scope)

    def asked(expression: str) -> _Asked | None:
        found = _read(expression, singles)
        return found if found and not (found.compares and has_unordered) else None

    return [
        _Rule(rule, verdict, asked(rule.message_expression))
        for rule in rules
        if (verdict := asked(rule.expression))
    ]


def _read(expression: str, singles: Container[str]) -> _Asked | None:
    if any(each in expression for each in _BEYOND):
        return None
    tokens = [each for each in _TOKENS.finditer(expression) if each.lastgroup]
    words = [each[0] for each in tokens]
    growing = sum(each in _GROWING for each in words)
    if growing > _MOST_GROWING or words.count("+") > _MOST_SUMS:
        return None
    names = frozenset(_WORD.findall(expression))
    if names & _LEFT or (run := program(expression)) is None:
        return None
    literals = {at for at, each in enumerate(tokens) if each.lastgroup in ("text", "number")}
    literals |= {at for at, word in enumerate(words) if word in ("true", "false")}
    compares = any(
        word in ("==", "!=", "+", "in") and not _has_single(words, at, literals, singles)
        for at, word in enumerate(words)
    )
    return _Asked(run, names, compares)


def _has_single(
    words: Sequence[str], at: int, literals: Container[int], singles: Container[str]
) -> bool:
    """Whether one side of an operator is surely a single value, so that order is nothing to it."""
    before = words[max(at - 3, 0) : at]
    if at - 1 in literals or before == ["size", "(", ")"]:
        return True
    if (before[-1:] == [SELF] or before[-2:-1] == ["."]) and before[-1] in singles:
        return True
    skipped = (words[at] == "in" and words[at + 1 : at + 2] == ["["]) or (
        words[at] != "in" and words[at + 1 : at + 2] == ["-"]
    )
    after = at + 1 + skipped
    return after in literals and words[after + 1 : after + 2] not in (["."], ["["])


def _singles(schema: Schema, scope: Sequence[Schema]) -> Container[str]:
    """The names of which all fields have single values, and ``self`` where it is one."""
    if any(each.additional and not is_scalar(each.additional) for each in scope):
        return ()  # whose keys are names as well
    fields = [each for inner in scope for each in inner.properties.items()]
    several = {name_in_rules(key) for key, field in fields if not is_scalar(field)}
    singles = {name_in_rules(key) for key, _ in fields} - several - {SELF}
    return singles | {SELF} if is_scalar(schema) else singles


def _within(schema: Schema) -> Iterator[Schema]:
    yield schema
    for each in (*schema.properties.values(), schema.items, schema.additional):
        if each is not None:
            yield from _within(each)
