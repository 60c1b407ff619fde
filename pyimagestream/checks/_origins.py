"""Where the schemas of a definition come from, which decides what a server makes of them.

Of a CustomResourceDefinition the schema is the law: the server holds every object to it. Of the
types in Go's code it is a description, made by a tool that calls required whatever has no
``omitempty``: the server decodes the JSON, fills in defaults and goes by rules in its code.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from ..model.definition import Definition


class Origin(Enum):
    CUSTOM = "custom"
    """A CustomResourceDefinition, or a document that is to be taken at its word."""

    KUBERNETES = "kubernetes"
    """Go's types, whose required fields the server's rules ask for, but for a few."""

    OPENSHIFT = "openshift"
    """Go's types, of which many lists may be null or left out though the document says required."""

    @property
    def is_decoded(self) -> bool:
        """Whether JSON has to fit a type of Go."""
        return self is not Origin.CUSTOM


def origin(definition: Definition) -> Origin:
    """Where a definition comes from, told by its name in the document."""
    group = ".".join(reversed(definition.group.split(".")))
    if definition.reference == f"{group}.{definition.version}.{definition.kind}":
        return Origin.CUSTOM
    if definition.reference.startswith("io.k8s."):
        return Origin.KUBERNETES
    if definition.reference.startswith("com.github.openshift."):
        return Origin.OPENSHIFT
    return Origin.CUSTOM


def is_object_meta(reference: str) -> bool:
    """Whether a definition is that of the metadata of objects."""
    return reference.endswith("apimachinery.pkg.apis.meta.v1.ObjectMeta")


UNASKED: Mapping[str, frozenset[str]] = {
    "ClusterRole": frozenset({"rules"}),
    "ClusterRoleBinding": frozenset({"subjects"}),
    "EndpointSlice": frozenset({"endpoints"}),
    "HostAlias": frozenset({"ip"}),
    "LimitRangeSpec": frozenset({"limits"}),
    "List": frozenset({"items"}),
    "NetworkPolicySpec": frozenset({"podSelector"}),
    "OwnerReference": frozenset({"apiVersion", "kind", "name", "uid"}),
    "PriorityClass": frozenset({"value"}),
    "Role": frozenset({"rules"}),
    "RoleBinding": frozenset({"subjects"}),
    "RoleRef": frozenset({"apiGroup"}),
    "StatefulSetSpec": frozenset({"serviceName"}),
}
"""Fields that documents of Kubernetes call required, and that the server takes for empty, or fills
in, or (of owners) has rules of its own for, by the kind of their definition."""
