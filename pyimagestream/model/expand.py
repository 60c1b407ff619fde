"""A definition with all that it consists of in one schema."""

from __future__ import annotations

from ..errors import PyimagestreamError
from .api import Api
from .definition import Definition
from .schema import Schema

_MOST = 100_000
"""Fields of one library. Definitions that refer to each other twice double them at each step."""


def expanded(definition: Definition, api: Api) -> Definition:
    """The definition with the schemas of others in the place of references to them.

    A field that leads back to a definition around it becomes an object that is set as a
    whole. The entries of lists have no functions through a reference, and keep it.

    Raises `PyimagestreamError` where there is too much of it for a library.
    """
    try:
        schema = _Expansion(api).of(definition.schema, definition.reference)
    except RecursionError:
        raise PyimagestreamError(f"{definition.reference}: is nested too deeply") from None
    return definition._replace(schema=schema)


class _Expansion:
    def __init__(self, api: Api) -> None:
        self._api = api
        self._around: list[str] = []
        self._count = 0

    def of(self, schema: Schema, name: str) -> Schema:
        self._around.append(name)
        found = self._within(schema)
        self._around.pop()
        return found

    def _within(self, schema: Schema) -> Schema:
        if schema.type == "array" and schema.items and not schema.items.ref:
            return schema._replace(items=self._within(schema.items))
        if not schema.properties:
            return schema
        fields = {key: self._field(field) for key, field in schema.properties.items()}
        return schema._replace(properties=fields)

    def _field(self, field: Schema) -> Schema:
        self._count += 1
        if self._count > _MOST:
            raise PyimagestreamError(
                f"{self._around[0]}: has more than {_MOST} fields, with all it refers to"
            )
        if not field.ref:
            return self._within(field)
        if field.ref in self._around:
            return field._replace(ref="")
        target = self._api.definitions[field.ref].schema
        own = target._replace(help=field.help or target.help, constraints=field.constraints)
        return self.of(own, field.ref)
