"""The constraints in a schema of a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..constraints import NO_CONSTRAINTS, Branch, CelRule, Constraints, Number

Raw = Mapping[str, Any]


def constraints_of(raw: Raw) -> Constraints:
    """What a schema asks of a value. A keyword whose value has a wrong JSON type is left out."""
    found: dict[str, Any] = {}
    for name, (keyword, reader) in _READERS.items():
        if keyword in raw and (value := reader(raw[keyword])) is not None:
            found[name] = value
    if "default" in raw and raw["default"] is not None:
        found["default"] = True
    for name, keyword in (
        ("exclusive_minimum", "exclusiveMinimum"),
        ("exclusive_maximum", "exclusiveMaximum"),
    ):
        # JSON Schema of today has a number there, and OpenAPI v3.0 a boolean.
        if (bound := _number(raw.get(keyword))) is not None:
            found[name.removeprefix("exclusive_")] = bound
            found[name] = True
    found.update(_branches(raw))
    constraints = Constraints(**found) if found else NO_CONSTRAINTS
    return NO_CONSTRAINTS if constraints == NO_CONSTRAINTS else constraints


def _number(value: Any) -> Number | None:
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _count(value: Any) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number >= 0 and number % 1 == 0 else None


def _positive(value: Any) -> Number | None:
    number = _number(value)
    return number if number is not None and number > 0 else None


def _flag(value: Any) -> bool:
    return value is True


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _names(value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else ()
    return tuple(dict.fromkeys(name for name in listed if isinstance(name, str)))


def _values(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else ()


def _rules(value: Any) -> tuple[CelRule, ...]:
    rules = value if isinstance(value, list) else ()
    return tuple(
        CelRule(
            rule["rule"],
            _text(rule.get("message")),
            _text(rule.get("messageExpression")),
            _text(rule.get("fieldPath")),
            _text(rule.get("reason")),
        )
        for rule in rules
        if isinstance(rule, dict) and isinstance(rule.get("rule"), str)
    )


_READERS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "required": ("required", _names),
    "nullable": ("nullable", _flag),
    "enum": ("enum", _values),
    "pattern": ("pattern", _text),
    "minimum": ("minimum", _number),
    "maximum": ("maximum", _number),
    "exclusive_minimum": ("exclusiveMinimum", _flag),
    "exclusive_maximum": ("exclusiveMaximum", _flag),
    "multiple_of": ("multipleOf", _positive),
    "min_length": ("minLength", _count),
    "max_length": ("maxLength", _count),
    "min_items": ("minItems", _count),
    "max_items": ("maxItems", _count),
    "unique_items": ("uniqueItems", _flag),
    "min_properties": ("minProperties", _count),
    "max_properties": ("maxProperties", _count),
    "int_or_string": ("x-kubernetes-int-or-string", _flag),
    "list_type": ("x-kubernetes-list-type", _text),
    "list_map_keys": ("x-kubernetes-list-map-keys", _names),
    "preserve_unknown": ("x-kubernetes-preserve-unknown-fields", _flag),
    "embedded_resource": ("x-kubernetes-embedded-resource", _flag),
    "rules": ("x-kubernetes-validations", _rules),
}


def _branches(raw: Raw) -> Iterator[tuple[str, tuple[Branch, ...]]]:
    for name, keyword in (("all_of", "allOf"), ("any_of", "anyOf"), ("one_of", "oneOf")):
        listed = raw.get(keyword)
        branches = [_branch(each) for each in listed] if isinstance(listed, list) else []
        asking = tuple(branch for branch in branches if branch != _NOTHING)
        # What one branch lets pass, all of them do; types in them repeat int-or-string.
        if asking and (name == "all_of" or len(asking) == len(branches)):
            yield name, asking
    if (branch := _branch(raw.get("not"))) != _NOTHING:
        yield "none_of", (branch,)


def _branch(raw: Any) -> Branch:
    if not isinstance(raw, dict) or "$ref" in raw:
        return _NOTHING
    return Branch(
        constraints_of(raw),
        _asking(raw.get("properties")),
        _inner(raw.get("items")),
        _inner(raw.get("additionalProperties")),
        # Beside a type it is one of numbers, or tells what the schema of the value tells as well.
        "" if "type" in raw else _text(raw.get("format")),
    )


def _asking(raw: Any) -> Mapping[str, Branch]:
    fields = raw if isinstance(raw, dict) else {}
    found = {key: _branch(field) for key, field in fields.items() if isinstance(key, str)}
    return {key: branch for key, branch in found.items() if branch != _NOTHING}


def _inner(raw: Any) -> Branch | None:
    branch = _branch(raw)
    return None if branch == _NOTHING else branch


_NOTHING = Branch()
