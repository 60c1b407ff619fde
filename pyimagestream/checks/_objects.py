"""The metadata of objects of any kind: what the server asks of all of them.

Source: apimachinery's ValidateObjectMeta, and the names that the kinds of Kubernetes have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from ..model.definition import Definition
from ..model.metadata import any_metadata
from ..model.schema import Schema
from . import names
from ._faults import NONE, REQUIRED, Fault, Faults, Rule, show
from ._metadata import EITHER_REQUIRED, RULES, qualified_finalizers
from ._origins import Origin, is_object_meta, origin
from ._values import Check

EVERYWHERE: Mapping[str, Rule] = {key: RULES[key] for key in ("annotations", "labels")}
"""The rules for the metadata of templates too, by field."""

_SELECTORS: Mapping[str, Rule] = {"matchLabels": RULES["labels"]}


def rules_of(reference: str) -> Mapping[str, Rule]:
    """The rules for the fields of a definition wherever it is used."""
    if is_object_meta(reference):
        return EVERYWHERE
    return _SELECTORS if reference.endswith(".meta.v1.LabelSelector") else {}


@cache
def type_of(key: str) -> Schema:
    """The values that the rule for a field can be asked of: Go's, whatever a document says."""
    return any_metadata().properties["labels" if key in _SELECTORS else key]


_PATH_SEGMENTS = (
    "apiregistration.k8s.io",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "certificates.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
)
"""The groups of Kubernetes whose names may have capitals, colons or dots at an end."""

_LABELS = ("io.k8s.api.core.v1.Namespace", "io.k8s.api.core.v1.Service")
"""Kinds whose names are part of a name in DNS."""

_NAMELESS = ("Binding", "Eviction", "List", "Options", "Request", "Review")
"""The ends of kinds that are asked for rather than kept."""


def of_object(definition: Definition) -> Mapping[str, Rule]:
    """The rules for the metadata of an object, but for those in `EVERYWHERE`, by field."""
    is_custom = origin(definition) is Origin.CUSTOM
    return {
        "finalizers": qualified_finalizers if is_custom else RULES["finalizers"],
        "generation": RULES["generation"],
        "name": _name(definition),
        "namespace": RULES["namespace"],
        "ownerReferences": RULES["owner-references"],
    }


def _name(definition: Definition) -> Rule:
    is_subdomain = origin(definition) is Origin.CUSTOM or (
        origin(definition) is Origin.KUBERNETES and definition.group not in _PATH_SEGMENTS
    )
    rules = names.dns_subdomain if is_subdomain else names.path_segment
    if definition.reference in _LABELS:
        rules = names.dns_label

    def rule(value: str, server: str) -> Iterator[Fault]:
        for broken in rules(value) if value else ():
            yield Fault((), value, f"{broken}, not {show(value)}")

    return rule


def unnamed(definition: Definition) -> Check:
    """An object needs a name, or a start of one for the server to complete."""
    if definition.kind.endswith(_NAMELESS) and not definition.kind.endswith("RoleBinding"):
        return lambda value: NONE

    def check(value: Any) -> Faults:
        metadata = value.get("metadata") or {}
        if not isinstance(metadata, dict) or metadata.get("name") or metadata.get("generateName"):
            return NONE
        return (Fault(("metadata", "name"), metadata.get("name"), EITHER_REQUIRED, REQUIRED),)

    return check
