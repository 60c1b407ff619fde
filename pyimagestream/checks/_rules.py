"""The rule table: what is asked of a value whose JSON type is right.

The model names the rule of each field; here the name finds its function in
the tables of the modules that have them. A rule
gets the value and the server, and yields faults. A rule on an object gets the
faults of its fields too and yields what is to be said of the object as a whole:
it adds what is missing, and drops what the server does not look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import import_module
from typing import Any, Literal

from ..model.schema import Schema
from ._faults import Fault, Faults, Named, ObjectRule, Rule

Check = Callable[[Any], Faults]

_MODULES = ("_metadata", "_images", "_tags", "_imageobjects")
"""Where the rules are. They are loaded in this order as far as need be: imports need two."""


def tables(name: Literal["RULES", "OBJECT_RULES"]) -> Iterator[dict[str, Any]]:
    """The rules for values, or those for whole objects, by the names the model has for them."""
    for module in _MODULES:
        yield getattr(import_module(f"{__package__}.{module}"), name)


def _rule(name: str) -> Rule:
    rule: Rule = next(rules[name] for rules in tables("RULES") if name in rules)
    return rule


def _object_rule(name: str) -> ObjectRule:
    rule: ObjectRule = next(rules[name] for rules in tables("OBJECT_RULES") if name in rules)
    return rule


def rules_of(schema: Schema, server: str, *, whole: bool) -> Check | None:
    """Compile the rules of a schema; None when the server has no rule for anything in it.

    The check takes a value that decodes. Without ``whole`` the value may be one
    part of a sum: then an object is not blamed for what it lacks. The entries of
    a list are always whole.
    """
    if server not in schema.servers:
        return None
    if schema.rule and not schema.is_nested:
        field = _field(_rule(schema.rule), server)
        # Most texts come again and again, and the finished manifest has those of the natives.
        is_text = schema.type == "string" and schema.format != "byte"
        return lru_cache(maxsize=1024)(field) if is_text else field
    if schema.items is not None:
        entry = rules_of(schema.items, server, whole=True)
        if entry and schema.keyed:
            return _keyed(entry, schema.keyed)
        return entry and _array(entry, {} if schema.items.type == "object" else "")
    fields = {
        key: found
        for key, field in schema.properties.items()
        if (found := rules_of(field, server, whole=whole))
    }
    rule = _object_rule(schema.rule) if schema.rule else None
    if whole and rule:
        return _whole(_object(fields), rule, server)
    return _object(fields) if fields else None


def _field(rule: Rule, server: str) -> Check:
    return lambda value: tuple(rule(value, server))


def _array(entry: Check, zero: Any) -> Check:
    def check(value: Any) -> Faults:
        found: list[Fault] = []
        for index, item in enumerate(value):
            # The server decodes a null entry as an empty one.
            if faults := entry(zero if item is None else item):
                found += [fault.under(index) for fault in faults]
        return found

    return check


def _keyed(entry: Check, key: str) -> Check:
    """Entries that the server tells by a name, of which the last counts."""

    def check(value: Any) -> Faults:
        found: list[Fault] = []
        last = {(item or {}).get(key) or "": index for index, item in enumerate(value)}
        for name, index in last.items():
            if faults := entry(value[index] or {}):
                found += [fault.under(Named(index, name)) for fault in faults]
        return found

    return check


def _object(fields: dict[str, Check]) -> Check:
    def check(value: Any) -> Faults:
        found: list[Fault] = []
        for key, field in fields.items():
            item = value.get(key)
            if item is not None and (faults := field(item)):
                found += [fault.under(key) for fault in faults]
        return found

    return check


def _whole(fields: Check, rule: ObjectRule, server: str) -> Check:
    return lambda value: tuple(rule(value, server, fields(value)))
