"""The metadata of an object of any kind, for documents that do not describe it."""

from __future__ import annotations

from ._fields import unruled
from ._objectmeta import object_meta
from .schema import LATEST, Schema


def any_metadata() -> Schema:
    """What the newest server knows of metadata, without the rules of image.openshift.io."""
    return _known(unruled(object_meta("")))


def _known(schema: Schema) -> Schema:
    fields = {
        key: _known(field) for key, field in schema.properties.items() if LATEST in field.servers
    }
    items = schema.items and _known(schema.items)
    return schema._replace(newer=False, properties=fields, items=items)
