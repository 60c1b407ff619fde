"""References to other objects."""

from __future__ import annotations

from ._fields import obj, string
from .schema import Schema


def object_reference(help: str, unset: str, /, **fields: Schema) -> Schema:
    """A `from`: ``unset`` says of the fields that have no meaning here that they have none."""
    usual = obj(
        help,
        apiVersion=string(f"API version of the object pointed to. {unset}"),
        fieldPath=string(
            f"Which part of the object is meant, as a path such as `spec.template`. {unset}"
        ),
        namespace=string(f"Namespace of the object pointed to. {unset}"),
        resourceVersion=string(f"Exact revision of the object pointed to. {unset}"),
        uid=string(f"UID of the object pointed to. {unset}"),
    )
    return Schema("object", help, properties={**usual.properties, **fields})


def import_source(name: Schema) -> Schema:
    """What is imported, with the schema of its ``name``."""
    return object_reference(
        "Where to import from. The server reads `kind`, which has to be `DockerImage`, and"
        " `name`, the pull spec.",
        "Imports leave it unset.",
        kind=string(
            "Kind of the source. `DockerImage` is the only one an import accepts.", "source-kind"
        ),
        name=name,
    )


TAG_SOURCE = object_reference(
    "What the tag points at. Without it the tag is one to push to.",
    "Tags leave it unset.",
    kind=string(
        "`DockerImage` for an image of a registry, `ImageStreamTag` for a tag of this or another"
        " image stream, `ImageStreamImage` for an image in the history of one.",
        "tag-source-kind",
    ),
    name=string(
        "The pull spec of a `DockerImage`; `tag` or `stream:tag` for an `ImageStreamTag`;"
        " `stream@sha256:...` for an `ImageStreamImage`.",
        "tag-source-name",
    ),
    namespace=string(
        "Namespace of the other image stream, where it is not the one of this. A `DockerImage`"
        " has none."
    ),
)
