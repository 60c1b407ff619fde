"""Whether a value is well beyond doubt, told in half the time that it takes to find nothing.

Most values are well, and for those one look at each part is enough: at its JSON type
and its rule together, with no account kept of what is wrong. Where there is any doubt
(a null, an unknown field, a subclass of dict) it is for `decoder` and `judge` to tell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..model.schema import Schema
from ._decode import decoder
from ._faults import NONE
from ._rules import OBJECT_RULES, RULES, ObjectRule, judge

Plain = Callable[[Any], bool]


def plain(schema: Schema, known: str | None, server: str, *, whole: bool) -> Plain:
    """Compile the short check of a schema: `decoder` for ``known``, `judge` for ``server``."""
    if server in schema.servers and schema.rule not in RULES:
        if schema.items is not None:
            return _array(plain(schema.items, known, server, whole=True))
        if schema.properties:
            fields = {
                key: plain(field, known, server, whole=whole)
                for key, field in schema.properties.items()
                if known is None or known in field.servers
            }
            rule = OBJECT_RULES.get(schema.rule) if whole else None
            return _whole(_object(fields), rule, server) if rule else _object(fields)
    decode, judged = decoder(schema, known), judge(schema, server, whole=whole)
    is_text = schema.type == "string" and not schema.format
    if judged is None:
        return _string if is_text else lambda value: not decode(value)
    if is_text:
        return lambda value: type(value) is str and not judged(value)
    return lambda value: not decode(value) and not judged(value)


def _string(value: Any) -> bool:
    return type(value) is str


def _array(entry: Plain) -> Plain:
    return lambda value: type(value) is list and all(map(entry, value))


def _object(fields: dict[str, Plain]) -> Plain:
    def check(value: Any) -> bool:
        if type(value) is not dict:
            return False
        for key, entry in value.items():
            field = fields.get(key)
            if field is None or not field(entry):
                return False
        return True

    return check


def _whole(members: Plain, rule: ObjectRule, server: str) -> Plain:
    return lambda value: members(value) and not tuple(rule(value, server, NONE))
