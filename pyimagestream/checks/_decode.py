"""JSON decoding as the server does it: every value has to fit the Go type of its field.

A field's value may be null everywhere (the field stays unset), field names are
case-sensitive, integers have no fraction or exponent and fit their bits, and
times are RFC 3339. Sources: sigs.k8s.io/json, metav1.Time and Go's strconv.

`decoder` compiles a schema into one function from a value to its faults.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from ..model.group import definition
from ..model.schema import Schema
from ._faults import NONE, TYPE_INVALID, UNKNOWN, Fault, Faults, Key, is_scalar, json_type, show
from ._times import is_time
from ._typemeta import embedded
from .spelling import meant

Decoder = Callable[[Any], Faults]

_BITS = {"int32": 31, "int64": 63}
_MAX_DEPTH = 10_000
"""Go's encoding/json reads no deeper."""


def decoder(schema: Schema, server: str | None) -> Decoder:
    """The decoder of a schema for the fields that ``server`` knows.

    For None it is the library's: it knows every field of the schema, and takes
    2.0 for 2, as Jsonnet has only one kind of numbers. Fields it does not know
    are faults with the reason FieldUnknown; all others have FieldValueTypeInvalid.
    """
    if schema.ref:
        return _referenced(schema.ref, server)
    if schema.raw is not None:
        return _lenient(schema.raw, server)
    if schema.type == "string":
        return _STRINGS.get(schema.format, string)
    if schema.type == "boolean":
        return boolean
    if schema.type == "integer":
        return integer(_BITS[schema.format], jsonnet=server is None)
    if schema.type == "array":
        assert schema.items is not None
        return _array(decoder(schema.items, server))
    if schema.additional is not None:
        return map_of(decoder(schema.additional, server))
    if schema.properties:
        decode = object_of(
            {
                key: decoder(field, server)
                for key, field in schema.properties.items()
                if server is None or server in field.servers
            }
        )
        return _image(decode) if "dockerImageMetadata" in schema.properties else decode
    return any_json if schema.format == "json" else any_object


def wrong(value: Any, wanted: str) -> Faults:
    return (Fault((), value, f"must be {wanted}, not {show(value)}", TYPE_INVALID),)


def string(value: Any) -> Faults:
    return NONE if isinstance(value, str) else wrong(value, "a string")


def boolean(value: Any) -> Faults:
    return NONE if isinstance(value, bool) else wrong(value, "a boolean")


def time(value: Any) -> Faults:
    if not isinstance(value, str):
        return wrong(value, "a string")
    if is_time(value):
        return NONE
    message = f"must be a time as in 2006-01-02T15:04:05Z (RFC 3339), not {show(value)}"
    return (Fault((), value, message, TYPE_INVALID),)


def go_bytes(value: Any) -> Faults:
    """Go reads bytes from base64, and from the numbers themselves."""
    if isinstance(value, (list, tuple)):
        return _array(_byte)(value)
    if not isinstance(value, str):
        return wrong(value, "a string in base64")
    if is_base64(value):
        return NONE
    return (Fault((), value, f"must be base64 with padding, not {show(value)}", TYPE_INVALID),)


def is_base64(text: str) -> bool:
    """Whether Go decodes a text as base64; it skips the ends of lines."""
    return _BASE64.fullmatch(text.replace("\r", "").replace("\n", "")) is not None


def _byte(value: Any) -> Faults:
    return integer(8, jsonnet=False)(value) or (
        NONE if value >= 0 else wrong(value, "between 0 and 255")
    )


_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", re.ASCII)
_STRINGS: dict[str, Decoder] = {"byte": go_bytes, "date-time": time}


def _referenced(kind: str, server: str | None) -> Decoder:
    """What another definition describes; few manifests have it, so it is compiled when one does."""

    @cache
    def decode() -> Decoder:
        return decoder(definition(kind).schema, server)

    return lambda value: decode()(value)


def _image(fields: Decoder) -> Decoder:
    """Wherever there is an image, its metadata is read as well, which its version says how."""

    def decode(value: Any) -> Faults:
        found = fields(value)
        if not isinstance(value, dict) or value.get("dockerImageMetadata") is None:
            return found
        metadata, version = value["dockerImageMetadata"], value.get("dockerImageMetadataVersion")
        return [*found, *embedded(metadata, version)]

    return decode


def _lenient(schema: Schema, server: str | None) -> Decoder:
    """An object that the server reads apart, and whose unknown fields are nothing to it."""
    if not schema.properties:
        return decoder(schema, server)
    fields = {key: _lenient(field, server) for key, field in schema.properties.items()}
    return object_of(fields, takes_all=True)


def integer(bits: int, *, jsonnet: bool) -> Decoder:
    low, high = -(2**bits), 2**bits - 1

    def decode(value: Any) -> Faults:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return wrong(value, "an integer")
        if isinstance(value, float) and not (jsonnet and value.is_integer()):
            return wrong(value, "an integer")
        if low <= value <= high:
            return NONE
        return wrong(value, f"between {low} and {high}")

    return decode


def _array(item: Decoder) -> Decoder:
    def decode(value: Any) -> Faults:
        if not isinstance(value, (list, tuple)):
            return wrong(value, "an array")
        found: list[Fault] = []
        for index, entry in enumerate(value):
            if entry is not None and (faults := item(entry)):
                found += [fault.under(index) for fault in faults]
        return found

    return decode


def map_of(item: Decoder) -> Decoder:
    def decode(value: Any) -> Faults:
        if not isinstance(value, dict):
            return wrong(value, "an object")
        found: list[Fault] = []
        for key, entry in value.items():
            if not isinstance(key, str):
                found.append(bad_key(value, key))
            elif entry is not None and (faults := item(entry)):
                found += [fault.under(Key(key)) for fault in faults]
        return found

    return decode


def object_of(fields: Mapping[str, Decoder], *, takes_all: bool = False) -> Decoder:
    """The check of an object by its fields; with ``takes_all`` it may have others, of any JSON."""
    known, others = tuple(fields), any_json if takes_all else None

    def decode(value: Any) -> Faults:
        if not isinstance(value, dict):
            return wrong(value, "an object")
        found: list[Fault] = []
        for key, entry in value.items():
            field = fields.get(key, others)
            if field is None or not isinstance(key, str):
                found += unknown(value, key, entry, known)
            elif entry is not None and (faults := field(entry)):
                found += [fault.under(key) for fault in faults]
        return found

    return decode


def unknown(parent: Any, key: Any, value: Any, known: tuple[str, ...]) -> Iterator[Fault]:
    if not isinstance(key, str):
        yield bad_key(parent, key)
        return
    near = meant(key, known)
    hint = f" (did you mean {near}?)" if near else ""
    yield Fault((key,), value, f"is unknown to the server{hint}", UNKNOWN)
    for fault in any_json(value):
        yield fault.under(key)


def bad_key(parent: Any, key: Any) -> Fault:
    return Fault((), parent, f"must have strings for keys, not {json_type(key)}", TYPE_INVALID)


def any_object(value: Any) -> Faults:
    return any_json(value) if isinstance(value, dict) else wrong(value, "an object")


def any_json(value: Any) -> Faults:
    """Any JSON: what is nested in it must be JSON as well. Deep and cyclic values are fine."""
    level = [value]
    for _ in range(_MAX_DEPTH):
        if not level:
            return NONE
        below: dict[int, Any] = {}
        for item in level:
            if isinstance(item, dict):
                for key in item:
                    if not isinstance(key, str):
                        return (bad_key(value, key),)
                below.update((id(entry), entry) for entry in item.values())
            elif isinstance(item, (list, tuple)):
                below.update((id(entry), entry) for entry in item)
            elif not is_scalar(item):
                return (Fault((), value, f"must not contain {json_type(item)}", TYPE_INVALID),)
        level = list(below.values())
    return (Fault((), value, f"must not be nested deeper than {_MAX_DEPTH}", TYPE_INVALID),)
