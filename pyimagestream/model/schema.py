"""The shape of a value: a small OpenAPI schema with types.

The names follow OpenAPI v3 as Kubernetes serves it (``type``, ``format``,
``properties``, ``items``, ``additionalProperties``), so that the model reads
like the document a cluster would publish.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from .constraints import EMPTY, NO_CONSTRAINTS, Constraints

Type = Literal["object", "array", "string", "integer", "number", "boolean", "any"]

LATEST = "latest"
"""The newest server whose verdicts were recorded."""

V4_3 = "4.3"
"""The server the documented API was written for."""

SERVERS = (LATEST, V4_3)


class Schema(NamedTuple):
    """One value of a manifest.

    ``rule`` names the entry of the rule table that judges the value once its
    JSON type is right. ``servers`` lists the servers that know the field: the
    others drop it unread. ``newer`` marks a field for which the library of 4.3
    has no function. ``keyed`` names the field by which the server tells the
    entries of a list, the last of a name counting. ``ref`` is the kind of the
    definition that describes the value (in an `Api` its full name); it is looked up
    when it is needed. ``constraints`` are those of an OpenAPI document.
    ``raw`` describes what the server reads the object as once it has decoded the
    rest: unknown fields in there are nothing to it. ``constraints`` are those that a document
    has; the kinds of image/v1 have rules instead.
    """

    type: Type
    help: str = ""
    format: str = ""
    rule: str = ""
    properties: Mapping[str, Schema] = EMPTY
    items: Schema | None = None
    additional: Schema | None = None
    raw: Schema | None = None
    ref: str = ""
    keyed: str = ""
    servers: tuple[str, ...] = SERVERS
    newer: bool = False
    constraints: Constraints = NO_CONSTRAINTS

    @property
    def is_open(self) -> bool:
        """Whether any key may stand in the object (a map, or an object nobody describes)."""
        return self.type == "object" and not self.properties

    @property
    def is_container(self) -> bool:
        """Whether values add up: a list, a map, or an object that is set as a whole."""
        return self.type == "array" or self.additional is not None or self.raw is not None

    @property
    def is_nested(self) -> bool:
        """Whether the object has fields of its own, each with its own function."""
        return self.type == "object" and bool(self.properties)
