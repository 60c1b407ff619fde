"""How the model spells fields: one line each."""

from __future__ import annotations

from collections.abc import Mapping

from .schema import LATEST, Schema


def string(help: str = "", rule: str = "", format: str = "") -> Schema:
    return Schema("string", help, format, rule)


def integer(help: str = "", rule: str = "", format: str = "int64") -> Schema:
    return Schema("integer", help, format, rule)


def boolean(help: str = "") -> Schema:
    return Schema("boolean", help)


def time(help: str = "") -> Schema:
    return string(help, format="date-time")


def base64(help: str = "", rule: str = "") -> Schema:
    return string(help, rule, "byte")


def array(items: Schema, help: str = "", rule: str = "", keyed: str = "") -> Schema:
    return Schema("array", help, rule=rule, items=items, keyed=keyed)


def map_of(values: Schema, help: str = "", rule: str = "") -> Schema:
    return Schema("object", help, rule=rule, additional=values)


def string_map(help: str = "", rule: str = "") -> Schema:
    return map_of(string(), help, rule)


def any_object(help: str = "") -> Schema:
    return Schema("object", help)


def any_json(help: str = "") -> Schema:
    # OpenAPI calls it an object; the server's runtime.RawExtension and FieldsV1 take anything.
    return Schema("object", help, format="json")


def obj(help: str = "", rule: str = "", /, **properties: Schema) -> Schema:
    # A trailing underscore lets a Python keyword name a field: from_, import_.
    fields = {key.rstrip("_"): schema for key, schema in properties.items()}
    return Schema("object", help, rule=rule, properties=fields)


def reference(kind: str, help: str = "") -> Schema:
    """A value that another definition describes, which is looked up when it is needed."""
    return Schema("object", help, ref=kind)


def only(server: str, schema: Schema) -> Schema:
    """A field that this server alone knows."""
    return schema._replace(servers=(server,), newer=server == LATEST)


def newer(schema: Schema) -> Schema:
    """A field that both servers know, and for which the library of 4.3 has no function."""
    return schema._replace(newer=True)


def dropped(schema: Schema) -> Schema:
    """A field that no server knows any more."""
    return schema._replace(servers=())


def unruled(schema: Schema) -> Schema:
    """The same without its rules: what the server reads, and then does not look at."""
    return schema._replace(
        rule="",
        keyed="",
        properties={key: unruled(field) for key, field in schema.properties.items()},
        items=schema.items and unruled(schema.items),
        additional=schema.additional and unruled(schema.additional),
    )


def changed(parent: Schema, fields: Mapping[str, Schema]) -> Schema:
    """The same object with other schemas for some of its fields."""
    return parent._replace(properties={**parent.properties, **fields})
