"""The rules of Kubernetes object metadata.

Source: apimachinery, pkg/api/validation/objectmeta.go and
pkg/apis/meta/v1/validation, with the finalizer rule that
k8s.io/kubernetes/pkg/apis/core/validation adds, both as openshift-apiserver has
them. Names are judged by its ValidateImageStreamName.

Field paths are the server's: labels, annotations and owner references are
reported at the map or list itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from ..model.schema import LATEST, V4_3
from . import names
from ._faults import FORBIDDEN, INVALID, REQUIRED, TOO_LONG, Fault, Faults, ObjectRule, Rule, show
from ._surrogates import decoded

_REVISION = re.compile(r"0*[1-9][0-9]*", re.ASCII)

ANNOTATIONS_SIZE = 256 * 1024
MANAGER_LENGTH = 128
SUBRESOURCE_LENGTH = 256

STREAM_REPOSITORY_LENGTH = 255
GENERATED_BASE_LENGTH = 58
GENERATED_SUFFIX = "bcdfg"
"""As long as what the server puts behind the base of a generated name, and made of such letters."""

MANAGED_SIGNATURE = "image.openshift.io/managed-signature"
"""An annotation the server takes away before it looks for annotations on a signature."""

_NAME_REQUIRED = "must not be empty: it is the name of the image stream to import into"
_REQUIRED = "must not be empty"
EITHER_REQUIRED = "must not be empty unless there is a `generateName`"
_FOREGROUND, _ORPHAN = "foregroundDeletion", "orphan"
_STANDARD_FINALIZERS = frozenset({"kubernetes", _FOREGROUND, _ORPHAN})


def name(value: str, server: str) -> Iterator[Fault]:
    if not value:
        yield Fault((), value, _NAME_REQUIRED, REQUIRED)
        return
    for rule in names.stream_name(value):
        yield Fault((), value, f"{rule}, not {show(value)}")


def stream_name(value: str, server: str) -> Iterator[Fault]:
    for rule in names.stream_name(value) if value else ():
        yield Fault((), value, f"{rule}, not {show(value)}")


def segment(value: str, server: str) -> Iterator[Fault]:
    if not value:
        yield Fault((), value, _REQUIRED, REQUIRED)
    yield from image_name(value, server)


def image_name(value: str, server: str) -> Iterator[Fault]:
    for rule in names.path_segment(value):
        yield Fault((), value, f"{rule}, not {show(value)}")


def signature_name(value: str, server: str) -> Iterator[Fault]:
    yield from segment(value, server)
    image, _, name = value.partition("@")
    if not image or not name or "@" in name:
        yield Fault((), value, f"must be IMAGE@NAME, with one '@', not {show(value)}")


def generate_name(value: str, server: str) -> Iterator[Fault]:
    for rule in names.stream_name(value, prefix=True) if value else ():
        yield Fault((), value, f"{rule}, not {show(value)}")


def generate_segment(value: str, server: str) -> Iterator[Fault]:
    for rule in names.path_segment(value, prefix=True):
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
    return len(text) if text.isascii() else len(decoded(text).encode())


def qualified_finalizers(value: list[str | None], server: str) -> Iterator[Fault]:
    """What apimachinery asks, and of a custom resource nobody asks more."""
    for item in value:
        text = item or ""
        for rule in names.qualified_name(text):
            yield Fault((), text, f"the finalizer {show(text)} {rule}")
    if _FOREGROUND in value and _ORPHAN in value:
        yield Fault((), value, f"must not have both {_FOREGROUND} and {_ORPHAN}")


def finalizers(value: list[str | None], server: str) -> Iterator[Fault]:
    yield from qualified_finalizers(value, server)
    for index, item in enumerate(value):
        text = item or ""
        if "/" not in text and text not in _STANDARD_FINALIZERS:
            message = (
                f"must be a name with a domain such as example.com/name, or one of"
                f" {', '.join(sorted(_STANDARD_FINALIZERS))}, not {show(text)}"
            )
            yield Fault((index,), text, message)


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
    """The newest server replaces them before it looks at the rules."""
    if server == V4_3:
        yield from embedded_managed_fields(value, server)


def embedded_managed_fields(value: list[dict[str, Any] | None], server: str) -> Iterator[Fault]:
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
    if not decoded(text).isprintable():
        yield Fault((), text, f"must be printable, not {show(text)}", INVALID)


def new_revision(value: str, server: str) -> Iterator[Fault]:
    """A kind that is stored refuses any number but 0; what is no number it takes for none."""
    if _REVISION.fullmatch(value) and int(value) < 2**64:
        yield Fault((), value, f"must be left out of an object that is to be made, not {value}")


def no_namespace(value: str, server: str) -> Iterator[Fault]:
    if value:
        yield Fault((), value, "must be left out: images are in no namespace", FORBIDDEN)


def no_labels(value: dict[str, str | None], server: str) -> Iterator[Fault]:
    yield from labels(value, server)
    if value:
        yield Fault((), value, "must be left out: signatures have no labels", FORBIDDEN)


def no_annotations(value: dict[str, str | None], server: str) -> Iterator[Fault]:
    yield from annotation_map(value, server)
    if value:
        yield Fault((), value, "must be left out: signatures have no annotations", FORBIDDEN)


def managed_annotations(value: dict[str, str | None], server: str) -> Iterator[Fault]:
    """Those of a signature within an image."""
    left = {key: text for key, text in value.items() if key != MANAGED_SIGNATURE}
    yield from no_annotations(left, server)


def object_meta(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    """What a finished object needs besides: a name."""
    yield from below
    if value.get("name") is None:
        yield Fault(("name",), None, _REQUIRED, REQUIRED)


def signature_meta(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    """A signature without a name has none of the right form either."""
    yield from below
    if value.get("name") is None:
        for fault in signature_name("", server):
            yield fault._replace(value=None).under("name")


def import_meta(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    """The name is that of the image stream."""
    yield from below
    if value.get("name") is None:
        yield Fault(("name",), None, _NAME_REQUIRED, REQUIRED)
    if server == V4_3:
        for entry in value.get("managedFields") or ():
            for fault in _manager((entry or {}).get("manager") or ""):
                yield fault.under("fieldManager")


def stream_meta(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    """The name of an image stream may be generated, and has a length with its namespace."""
    yield from _generated(value, server, below, stream_name)
    name, namespace = value.get("name") or "", value.get("namespace") or ""
    if name and _bytes(f"{namespace}/{name}") > STREAM_REPOSITORY_LENGTH:
        message = (
            f"must not be longer than {STREAM_REPOSITORY_LENGTH} bytes together with its namespace"
        )
        yield Fault(("name",), name, message)


def image_meta(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    """The name of an image may be generated."""
    return _generated(value, server, below, image_name)


def _generated(
    value: dict[str, Any], server: str, below: Faults, rule: Callable[[str, str], Iterator[Fault]]
) -> Iterator[Fault]:
    yield from below
    base = value.get("generateName") or ""
    if value.get("name"):
        return
    if not base:
        yield Fault(("name",), value.get("name"), EITHER_REQUIRED, REQUIRED)
        return
    # The server judges the name it makes as well, which is a problem of what it is made from.
    for fault in rule(base[:GENERATED_BASE_LENGTH] + GENERATED_SUFFIX, server):
        yield fault.under("name")


RULES: dict[str, Rule] = {
    "annotations": annotation_map,
    "cluster-name": cluster_name,
    "embedded-managed-fields": embedded_managed_fields,
    "finalizers": finalizers,
    "generate-name": generate_name,
    "generate-segment": generate_segment,
    "generation": generation,
    "image-name": image_name,
    "labels": labels,
    "managed-annotations": managed_annotations,
    "managed-fields": managed_fields,
    "name": name,
    "namespace": namespace,
    "new-revision": new_revision,
    "no-annotations": no_annotations,
    "no-labels": no_labels,
    "no-namespace": no_namespace,
    "owner-references": owner_references,
    "segment": segment,
    "signature-name": signature_name,
    "stream-name": stream_name,
}

OBJECT_RULES: dict[str, ObjectRule] = {
    "image-meta": image_meta,
    "import-meta": import_meta,
    "object-meta": object_meta,
    "signature-meta": signature_meta,
    "stream-meta": stream_meta,
}
