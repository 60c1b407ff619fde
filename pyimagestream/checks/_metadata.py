"""The rules of Kubernetes object metadata.

Source: apimachinery, pkg/api/validation/objectmeta.go and
pkg/apis/meta/v1/validation, with the finalizer rule that
k8s.io/kubernetes/pkg/apis/core/validation adds, both as openshift-apiserver has
them. Names are judged by its ValidateImageStreamName.

Field paths are the server's: labels, annotations and owner references are
reported at the map or list itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..model.schema import LATEST, V4_3
from . import names
from ._faults import INVALID, REQUIRED, TOO_LONG, Fault, Faults, show

ANNOTATIONS_SIZE = 256 * 1024
MANAGER_LENGTH = 128
SUBRESOURCE_LENGTH = 256

_NAME_REQUIRED = "must not be empty: it is the name of the image stream to import into"
_FOREGROUND, _ORPHAN = "foregroundDeletion", "orphan"
_STANDARD_FINALIZERS = frozenset({"kubernetes", _FOREGROUND, _ORPHAN})


def name(value: str, server: str) -> Iterator[Fault]:
    if not value:
        yield Fault((), value, _NAME_REQUIRED, REQUIRED)
        return
    for rule in names.stream_name(value):
        yield Fault((), value, f"{rule}, not {show(value)}")


def generate_name(value: str, server: str) -> Iterator[Fault]:
    for rule in names.stream_name(value, prefix=True) if value else ():
        yield Fault((), value, f"{rule}, not {show(value)}")


def namespace(value: str, server: str) -> Iterator[Fault]:
    for rule in names.dns_label(value) if value else ():
        yield Fault((), value, f"{rule}, not {show(value)}")


def cluster_name(value: str, server: str) -> Iterator[Fault]:
    for rule in names.dns_1035_label(value) if value else ():
        yield Fault((), value, f"{rule}, not {show(value)}")


def generation(value: int, server: str) -> Iterator[Fault]:
    if value < 0:
        yield Fault((), value, f"must not be negative, not {show(value)}")


def labels(value: dict[str, str | None], server: str) -> Iterator[Fault]:
    for key, text in value.items():
        for rule in names.qualified_name(key):
            yield Fault((), key, f"the key {show(key)} {rule}")
        for rule in names.label_value(text) if text else ():
            yield Fault((), text, f"the value {show(text)} of {show(key)} {rule}")


def annotation_map(value: dict[str, str | None], server: str) -> Iterator[Fault]:
    size = 0
    for key, text in value.items():
        size += _bytes(key) + _bytes(text or "")
        for rule in names.qualified_name(_lower(key)):
            yield Fault((), key, f"the key {show(key)} {rule}")
    if size > ANNOTATIONS_SIZE:
        message = f"must not be larger than {ANNOTATIONS_SIZE} bytes in all, not {size}"
        yield Fault((), value, message, TOO_LONG)


def _lower(text: str) -> str:
    """Lower case as in Go, letter by letter: it makes one letter of a dotted capital I."""
    return text.replace("\u0130", "i").lower()


def _bytes(text: str) -> int:
    """The length in UTF-8, as the server counts."""
    return len(text) if text.isascii() else len(_decoded(text).encode())


def _decoded(text: str) -> str:
    """The text the server reads: U+FFFD for half a surrogate pair, one letter for both halves."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def finalizers(value: list[str | None], server: str) -> Iterator[Fault]:
    for index, item in enumerate(value):
        text = item or ""
        for rule in names.qualified_name(text):
            yield Fault((), text, f"the finalizer {show(text)} {rule}")
        if "/" not in text and text not in _STANDARD_FINALIZERS:
            message = (
                f"must be a name with a domain such as example.com/name, or one of"
                f" {', '.join(sorted(_STANDARD_FINALIZERS))}, not {show(text)}"
            )
            yield Fault((index,), text, message)
    if _FOREGROUND in value and _ORPHAN in value:
        yield Fault((), value, f"must not have both {_FOREGROUND} and {_ORPHAN}")


def owner_references(value: list[dict[str, Any] | None], server: str) -> Iterator[Fault]:
    controller = ""
    for index, item in enumerate(value):
        owner = item or {}
        yield from _owner(owner, index)
        if owner.get("controller"):
            if controller:
                message = f"must have one controller at most, not also the entry {index}"
                yield Fault((), value, message)
            # The 4.3 server remembers the name alone, and so forgets a nameless controller.
            identity = owner.get("name") or ""
            controller = controller or (identity if server == V4_3 else f"/{identity}")


def _owner(owner: dict[str, Any], index: int) -> Iterator[Fault]:
    api_version, kind = owner.get("apiVersion") or "", owner.get("kind") or ""
    group, version = _group_version(api_version)
    if not version:
        message = f"must be a version, or a group and a version (entry {index})"
        yield Fault(("apiVersion",), api_version, message)
    for key in ("kind", "name", "uid"):
        if not owner.get(key):
            yield Fault((key,), owner.get(key), f"must not be empty (entry {index})")
    if (group, version, kind) == ("", "v1", "Event"):
        yield Fault((), owner, f"must not have an Event for an owner (entry {index})")


def _group_version(api_version: str) -> tuple[str, str]:
    """The group and the version, both empty when the text has too many slashes."""
    group, _, version = api_version.rpartition("/")
    return ("", "") if "/" in group else (group, version)


def managed_fields(value: list[dict[str, Any] | None], server: str) -> Iterator[Fault]:
    for index, item in enumerate(value):
        entry = item or {}
        # The 4.3 server does not say which entry it means.
        at: tuple[int, ...] = (index,) if server == LATEST else ()
        operation, fields_type = entry.get("operation"), entry.get("fieldsType") or ""
        if operation not in ("Apply", "Update"):
            yield Fault((*at, "operation"), operation, "must be Apply or Update")
        if fields_type != "FieldsV1" and (fields_type or server == V4_3):
            yield Fault((*at, "fieldsType"), fields_type, "must be FieldsV1")
        if server == LATEST:
            for fault in _manager(entry.get("manager") or ""):
                yield fault.under(*at, "manager")
            if _bytes(entry.get("subresource") or "") > SUBRESOURCE_LENGTH:
                message = f"must not be longer than {SUBRESOURCE_LENGTH} bytes"
                yield Fault((*at, "subresource"), entry["subresource"], message, TOO_LONG)


def _manager(text: str) -> Iterator[Fault]:
    if _bytes(text) > MANAGER_LENGTH:
        yield Fault((), text, f"must not be longer than {MANAGER_LENGTH} bytes", TOO_LONG)
    # Both Go and Python go by the general category, and both take the plain space only.
    if not _decoded(text).isprintable():
        yield Fault((), text, f"must be printable, not {show(text)}", INVALID)


def object_meta(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    """What a finished object needs besides: a name."""
    yield from below
    if value.get("name") is None:
        yield Fault(("name",), None, _NAME_REQUIRED, REQUIRED)
    if server == V4_3:
        for entry in value.get("managedFields") or ():
            for fault in _manager((entry or {}).get("manager") or ""):
                yield fault.under("fieldManager")
