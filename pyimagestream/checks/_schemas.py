"""Values held against the schemas of an API: types, constraints, and fields that nobody knows.

What a definition of Go's types asks, and what one of a CustomResourceDefinition does, is told
in `_origins`. ``null`` is the same as leaving a field out: of Go's types everywhere, and of custom
resources because the server prunes it, but for the entries of a list.

A schema is compiled into one function from a value to its faults. A definition is compiled
when a value of it is met, so that a large API costs what is used of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple

from ..model.api import Api
from ..model.definition import Definition
from ..model.schema import LATEST, Schema
from ._celrules import with_rules
from ._decode import (
    any_json,
    any_object,
    boolean,
    go_bytes,
    integer,
    map_of,
    object_of,
    string,
    time,
    wrong,
)
from ._faults import (
    DUPLICATE,
    NONE,
    REPEATED,
    REQUIRED_BY_DOCUMENT,
    TYPE_INVALID,
    UNKNOWN,
    Fault,
    Faults,
    Rule,
    is_scalar,
)
from ._objects import EVERYWHERE, of_object, rules_of, type_of, unnamed
from ._origins import UNASKED, Origin, is_object_meta, origin
from ._quantities import is_duration, is_quantity
from ._values import Check, branches, checks, formatted, required

TYPE_META = ("apiVersion", "kind")

_NO_RULES: Mapping[str, Rule] = {}


class _Mode(NamedTuple):
    """How a schema is compiled.

    ``owner`` is the kind of its definition. A value that is not ``whole`` may be a part of a sum,
    and a ``status`` is only decoded. ``jsonnet`` has one kind of numbers.
    """

    origin: Origin
    owner: str
    whole: bool = True
    status: bool = False
    jsonnet: bool = False


class Schemas:
    """The compiled schemas of an API."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._definition = cache(self._compiled_definition)
        self._kinds: dict[str, Check] = {}
        self._parts: dict[tuple[str, tuple[str, ...]], Check] = {}

    def manifest(self, definition: Definition) -> Check:
        """What is wrong with a manifest of a kind, whose version and kind are right."""
        known = self._kinds.get(definition.reference)
        if known is None:
            known = self._kinds.setdefault(definition.reference, self._kind(definition))
        return known

    def part(self, definition: Definition, path: tuple[str, ...], schema: Schema) -> Check:
        """What is wrong with a value that a function sets, which may be a part of a sum.

        ``path`` is that of the field from the ``definition`` on.
        """
        key = definition.reference, path
        known = self._parts.get(key)
        if known is None:
            mode = _Mode(origin(definition), definition.kind, whole=False, jsonnet=True)
            expanded = EVERYWHERE if path[:-1] == ("metadata",) else {}
            rules = {**expanded, **rules_of(definition.reference)}
            check = self._field(path[-1], schema, mode, rules)
            known = self._parts.setdefault(key, check)
        return known

    def _kind(self, definition: Definition) -> Check:
        schema, mode = definition.schema, _Mode(origin(definition), definition.kind)
        fields = {**dict.fromkeys(TYPE_META, string), **self._fields(schema, mode)}
        if "status" in fields:
            fields["status"] = self._compiled(
                schema.properties["status"], mode._replace(status=True)
            )
        metadata = self._metadata(schema.properties.get("metadata"), of_object(definition))
        if metadata:
            fields["metadata"] = metadata
        takes_all = schema.constraints.preserve_unknown or schema.is_open
        asked = [*self._asked(schema, mode)]
        if metadata:
            asked.append(unnamed(definition))
        check = _all(object_of(fields, takes_all=takes_all), asked)
        is_custom = mode.origin is Origin.CUSTOM
        return with_rules(check, schema, is_manifest=True) if is_custom else check

    def _metadata(self, schema: Schema | None, rules: Mapping[str, Rule]) -> Check | None:
        """The check of an object's metadata, whose fields have more ``rules`` than others."""
        if schema and schema.properties:
            return self._compiled(schema, _Mode(Origin.KUBERNETES, "ObjectMeta"))
        if schema and schema.ref and not is_object_meta(schema.ref):
            return self._compiled(schema, _Mode(Origin.KUBERNETES, "ObjectMeta"))
        of = self._object_meta
        if of is None:
            return None
        mode = _Mode(Origin.KUBERNETES, of.kind)
        return object_of(self._fields(of.schema, mode, {**EVERYWHERE, **rules}))

    @cached_property
    def _object_meta(self) -> Definition | None:
        names = filter(is_object_meta, self._api.definitions)
        return next((self._api.definitions[name] for name in names), None)

    def _compiled_definition(self, reference: str, mode: _Mode) -> Check:
        definition = self._api.definitions[reference]
        mode = mode._replace(origin=origin(definition), owner=definition.kind)
        if rules := rules_of(reference):
            return object_of(self._fields(definition.schema, mode, rules))
        return self._compiled(definition.schema, mode)

    def _fields(
        self, schema: Schema, mode: _Mode, rules: Mapping[str, Rule] = _NO_RULES
    ) -> dict[str, Check]:
        return {
            key: self._field(key, field, mode, rules) for key, field in schema.properties.items()
        }

    def _field(self, key: str, schema: Schema, mode: _Mode, rules: Mapping[str, Rule]) -> Check:
        if key not in rules:
            return self._compiled(schema, mode)
        return _with_rule(self._compiled(type_of(key), mode), rules[key])

    def _compiled(self, schema: Schema, mode: _Mode) -> Check:
        """The check of a value that is not null."""
        if schema.ref:
            return self._referenced(schema.ref, mode)
        typed = self._typed(schema, mode)
        if mode.status:
            return typed
        check = _all(typed, list(self._asked(schema, mode)))
        is_ruled = mode.origin is Origin.CUSTOM and not mode.jsonnet
        return with_rules(check, schema) if is_ruled else check

    def _referenced(self, reference: str, mode: _Mode) -> Check:
        @cache
        def check() -> Check:
            return self._definition(reference, mode)

        return lambda value: check()(value)

    def _asked(self, schema: Schema, mode: _Mode) -> Iterator[Check]:
        alone = schema.constraints.without_branches()
        if any(field.constraints.default for field in schema.properties.values()):
            alone = alone._replace(min_properties=None)  # those count as well
        for each in checks(alone, whole=mode.whole, unset=mode.origin.is_decoded):
            repeated = schema.constraints.list_type and mode.origin.is_decoded
            yield _softened(each) if repeated else each
        if mode.whole and (asked := [*branches(schema.constraints)]):
            yield _where_known(asked, schema)
        is_text = schema.type == "string" and not mode.origin.is_decoded
        if is_text and (format := formatted(schema.format)):
            yield format
        if schema.type == "object" and mode.whole and (missing := self._required(schema, mode)):
            yield missing

    def _required(self, schema: Schema, mode: _Mode) -> Check | None:
        fields = schema.properties
        names = [name for name in schema.constraints.required if name != "status"]
        if mode.origin is Origin.KUBERNETES:
            unasked = UNASKED.get(mode.owner, frozenset())
            return required(name for name in names if name not in unasked) if names else None
        without = [
            name for name in names if not (name in fields and fields[name].constraints.default)
        ]
        if mode.origin is Origin.OPENSHIFT:
            asked = [
                name
                for name in without
                if name in fields and (self._tells_defaults or _is_pointer(fields[name]))
            ]
            soft = required(asked, nullable=asked, reason=REQUIRED_BY_DOCUMENT)
            return soft if asked else None
        nullable = [
            name for name in without if name in fields and fields[name].constraints.nullable
        ]
        return required(without, nullable=nullable) if without else None

    @cached_property
    def _tells_defaults(self) -> bool:
        """Whether the documents have defaults; the v2 form that a cluster serves has none."""
        return any(_has_default(each.schema) for each in self._api.definitions.values())

    def _typed(self, schema: Schema, mode: _Mode) -> Check:
        if schema.constraints.int_or_string or schema.format == "int-or-string":
            return _INT32_OR_STRING if mode.origin.is_decoded else _INT_OR_STRING
        if schema.format == "quantity":
            return _quantity
        if schema.type == "string":
            return _STRINGS.get(schema.format, string) if mode.origin.is_decoded else string
        if schema.type == "boolean":
            return boolean
        if schema.type == "number":
            return _number
        if schema.type == "integer":
            is_whole = mode.jsonnet or not mode.origin.is_decoded
            return integer(31 if schema.format == "int32" else 63, jsonnet=is_whole)
        if schema.type == "array":
            return self._array(schema, mode._replace(whole=True))
        if schema.type == "any" or schema.format == "json":
            return any_json
        if schema.constraints.embedded_resource:
            return self._embedded(schema, mode)
        if schema.additional is not None:
            return map_of(self._compiled(schema.additional, mode._replace(whole=True)))
        if schema.properties:
            return object_of(
                self._fields(schema, mode), takes_all=schema.constraints.preserve_unknown
            )
        return any_object

    def _array(self, schema: Schema, mode: _Mode) -> Check:
        entry = self._compiled(schema.items, mode) if schema.items else any_json
        may_be_null = (
            mode.origin.is_decoded
            or mode.jsonnet
            or schema.items is None
            or schema.items.type == "any"
            or schema.items.constraints.nullable
        )

        def check(value: Any) -> Faults:
            if not isinstance(value, (list, tuple)):
                return wrong(value, "an array")
            found: list[Fault] = []
            for index, item in enumerate(value):
                if item is None and may_be_null:
                    continue
                if faults := entry(item):
                    found += [fault.under(index) for fault in faults]
            return found

        return check

    def _embedded(self, schema: Schema, mode: _Mode) -> Check:
        """An object of its own within another one."""
        fields = {**dict.fromkeys(TYPE_META, string), **self._fields(schema, mode)}
        fields["metadata"] = self._metadata(schema.properties.get("metadata"), {}) or any_object
        whole = object_of(fields, takes_all=schema.constraints.preserve_unknown)
        return _all(whole, [required(TYPE_META)] if mode.whole and not mode.status else [])


def _with_rule(check: Check, rule: Rule) -> Check:
    """A check that asks also a rule, of a value of the right type."""

    def ruled(value: Any) -> Faults:
        found = check(value)
        if any(fault.reason != UNKNOWN for fault in found):
            return found
        return [*found, *rule(value, LATEST)]

    return ruled


def _all(typed: Check, asked: Sequence[Check]) -> Check:
    """What is wrong with a value's type; where that is right, also what else is asked of it."""
    if not asked:
        return typed

    def check(value: Any) -> Faults:
        found = typed(value)
        if found and any(not fault.path and fault.reason == TYPE_INVALID for fault in found):
            return found
        for each in asked:
            if faults := each(value):
                found = [*found, *faults]
        return found

    return check


def _where_known(asked: Sequence[Check], schema: Schema) -> Check:
    """The checks of the branches, but where the server fills in a field that one is about.

    What it fills in is not known here.
    """
    names = {name for branch in schema.constraints.branches for name in branch.names()}

    def known(value: Any) -> Faults:
        if names.intersection(_left_to_defaults(schema, value)):
            return NONE
        return [fault for check in asked for fault in check(value)]

    return known


def _left_to_defaults(schema: Schema, value: Any) -> Iterator[str]:
    """The fields in a value that are left out and have a default, at any depth."""
    if isinstance(value, dict):
        for key, field in schema.properties.items():
            if value.get(key) is not None:
                yield from _left_to_defaults(field, value[key])
            elif field.constraints.default:
                yield key
    inner = schema.items if isinstance(value, (list, tuple)) else schema.additional
    if inner and isinstance(value, (dict, list, tuple)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _left_to_defaults(inner, each)


def _softened(check: Check) -> Check:
    """Go's types may have an entry twice: that is told, and refused by nobody."""

    def soft(value: Any) -> Faults:
        return [
            fault._replace(reason=REPEATED) if fault.reason == DUPLICATE else fault
            for fault in check(value)
        ]

    return soft


def _number(value: Any) -> Faults:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return NONE if is_number and is_scalar(value) else wrong(value, "a number")


def _either(wanted: str, number: Check) -> Check:
    def check(value: Any) -> Faults:
        if isinstance(value, str) or not number(value):
            return NONE
        return wrong(value, wanted)

    return check


_INT32_OR_STRING = _either("a 32-bit integer or a string", integer(31, jsonnet=True))
_INT_OR_STRING = _either("an integer or a string", integer(63, jsonnet=True))


def _text(is_well: Callable[[str], bool], wanted: str) -> Check:
    def check(value: Any) -> Faults:
        if not isinstance(value, str):
            return wrong(value, "a string")
        return NONE if is_well(value) else wrong(value, wanted)

    return check


_quantity_text = _text(is_quantity, "a quantity as in 100m, 2 or 1.5Gi")


def _quantity(value: Any) -> Faults:
    return _quantity_text(value) if isinstance(value, str) or _number(value) else NONE


_STRINGS: Mapping[str, Check] = {
    "byte": go_bytes,
    "date-time": time,
    "duration": _text(is_duration, "a duration as in 1h30m"),
}
"""The texts that Go's types read themselves, by their formats."""


def _has_default(schema: Schema) -> bool:
    inner = (*schema.properties.values(), schema.items, schema.additional)
    return schema.constraints.default or any(_has_default(each) for each in inner if each)


def _is_pointer(schema: Schema) -> bool:
    """Whether a type of Go is told from its zero, also where documents tell no defaults."""
    return (
        schema.type in ("array", "any")
        or schema.format == "int-or-string"
        or bool(schema.additional)
    )
