"""What a document asks of a value besides its type.

The names follow OpenAPI and Kubernetes' extensions of it (``x-kubernetes-...``), as
CustomResourceDefinitions have them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Number = int | float


EMPTY: Mapping[str, Any] = {}


class CelRule(NamedTuple):
    """One of the ``x-kubernetes-validations``: an expression, and what to say where it is false."""

    expression: str
    message: str = ""
    message_expression: str = ""
    field_path: str = ""
    reason: str = ""


class Constraints(NamedTuple):
    """What a value has to be. What a document does not say is empty, false or None.

    ``default`` tells that there is one, so that a missing value is none. ``required`` are names
    of fields. Of ``all_of``, ``any_of`` and ``one_of`` those branches are left out that ask
    nothing, and with them the whole of ``any_of`` and ``one_of``.
    """

    required: tuple[str, ...] = ()
    default: bool = False
    nullable: bool = False
    enum: tuple[Any, ...] = ()
    pattern: str = ""
    minimum: Number | None = None
    maximum: Number | None = None
    exclusive_minimum: bool = False
    exclusive_maximum: bool = False
    multiple_of: Number | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool = False
    min_properties: int | None = None
    max_properties: int | None = None
    int_or_string: bool = False
    list_type: str = ""
    list_map_keys: tuple[str, ...] = ()
    preserve_unknown: bool = False
    embedded_resource: bool = False
    rules: tuple[CelRule, ...] = ()
    all_of: tuple[Branch, ...] = ()
    any_of: tuple[Branch, ...] = ()
    one_of: tuple[Branch, ...] = ()
    none_of: tuple[Branch, ...] = ()

    @property
    def branches(self) -> tuple[Branch, ...]:
        """All of them."""
        return (*self.all_of, *self.any_of, *self.one_of, *self.none_of)

    def without_branches(self) -> Constraints:
        """What is asked of a value by itself."""
        return self._replace(all_of=(), any_of=(), one_of=(), none_of=())


NO_CONSTRAINTS = Constraints()


class Branch(NamedTuple):
    """What ``allOf``, ``anyOf``, ``oneOf`` and ``not`` ask of a value and of what is in it.

    ``none_of`` of `Constraints` has the branch of a ``not``.
    """

    constraints: Constraints = NO_CONSTRAINTS
    properties: Mapping[str, Branch] = EMPTY
    items: Branch | None = None
    additional: Branch | None = None
    format: str = ""

    def names(self) -> Iterator[str]:
        """The fields that it is about, at any depth."""
        yield from self.constraints.required
        inner = (*self.properties.values(), self.items, self.additional)
        for each in (*inner, *self.constraints.branches):
            yield from each.names() if each else ()
        yield from self.properties
