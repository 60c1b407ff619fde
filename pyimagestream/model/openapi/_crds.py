"""CustomResourceDefinitions as definitions of an OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ._names import full_name
from ._place import Place, kind_of

OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"

_STRING = {"type": "string"}
_METADATA = {"$ref": f"#/definitions/{OBJECT_META}"}


class Custom(NamedTuple):
    """A version of a custom resource."""

    name: str
    gvk: tuple[str, str, str]
    namespaced: bool
    node: Mapping[str, Any]
    place: Place


def is_crd(value: object) -> bool:
    return isinstance(value, Mapping) and value.get("kind") == "CustomResourceDefinition"


def customs(crd: Mapping[str, Any], place: Place) -> Iterator[Custom]:
    """Each version of a CustomResourceDefinition. Raises `PyimagestreamError` for a broken one."""
    spec, at = _object(crd, "spec", place)
    group = _string(spec, "group", at)
    names, names_at = _object(spec, "names", at)
    kind = _string(names, "kind", names_at)
    namespaced = spec.get("scope") != "Cluster"
    versions = spec.get("versions") or [{"name": spec.get("version")}]  # the latter in v1beta1
    if not isinstance(versions, list):
        raise at.below("versions").error(f"must be a list, not {kind_of(versions)}")
    for index, version in enumerate(versions):
        version_at = at.below("versions", index)
        if not isinstance(version, Mapping):
            raise version_at.error(f"must be an object, not {kind_of(version)}")
        name = _string(version, "name", version_at)
        node, node_at = _schema(version, version_at) or _schema(spec, at) or ({}, version_at)
        yield Custom(
            full_name(group, name, kind), (group, name, kind), namespaced, _whole(node), node_at
        )


def _schema(parent: Mapping[str, Any], place: Place) -> tuple[Mapping[str, Any], Place] | None:
    """The schema of a version, or in v1beta1 of all of them."""
    for key in ("schema", "validation"):
        if parent.get(key) is not None:
            holder, at = _object(parent, key, place)
            if holder.get("openAPIV3Schema") is not None:
                return _object(holder, "openAPIV3Schema", at)
    return None


def _whole(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema with what the server adds to it: of metadata it says next to nothing itself."""
    properties = node.get("properties")
    if properties is not None and not isinstance(properties, Mapping):
        return node  # told where it is read
    head = {"apiVersion": _STRING, "kind": _STRING, "metadata": _METADATA}
    return {**node, "properties": {**(properties or {}), **head}}


def _object(parent: Mapping[str, Any], key: str, place: Place) -> tuple[Mapping[str, Any], Place]:
    value, at = parent.get(key), place.below(key)
    if not isinstance(value, Mapping):
        raise at.error(f"must be an object, not {kind_of(value)}")
    return value, at


def _string(parent: Mapping[str, Any], key: str, place: Place) -> str:
    value = parent.get(key)
    if not isinstance(value, str) or not value:
        raise place.below(key).error(f"must be a text, not {kind_of(value)}")
    return value
