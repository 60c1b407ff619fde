"""The rules of images, their signatures and their mappings.

Source: openshift-apiserver, pkg/image/apis/image/validation, ValidateImage,
ValidateImageSignature and ValidateImageStreamMapping, and what
pkg/image/apiserver/registry/image and imagestreammapping fill in before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..errors import PullSpecError
from . import names, pullspec
from ._faults import NONE, REQUIRED, Fault, Faults, ObjectRule, Rule, show
from ._imagemanifest import Contents
from ._metadata import image_meta, new_revision, object_meta, signature_meta
from ._times import instant
from ._typemeta import METADATA_GROUP, METADATA_VERSIONS

TRUSTED, FOR_IMAGE = "Trusted", "ForImage"

# The server's pattern is not anchored: the end of an algorithm is one, and one way only to read
# each text makes for linear time.
_DIGEST = re.compile(r"[A-Za-z][0-9]*:[0-9a-fA-F]{32}")
_MEDIA_TYPE = re.compile(
    r" *[A-Za-z0-9][A-Za-z0-9!#$&^_-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126} *"
)

_REGISTRY = "registry:5000"
"""Stands for the integrated registry: what it is called makes no pull spec wrong."""

_UNSET = ("imageIdentity", "signedClaims", "issuedBy", "issuedTo")


def pull_spec(value: str, server: str) -> Iterator[Fault]:
    if not value:
        return
    try:
        pullspec.matched(value)
    except PullSpecError as error:
        yield Fault((), value, str(error))


def manifest_digest(value: str, server: str) -> Iterator[Fault]:
    if not _DIGEST.search(value):
        yield Fault((), value, f"must have a digest such as sha256:0123..., not {show(value)}")


def media_type(value: str, server: str) -> Iterator[Fault]:
    if not _MEDIA_TYPE.fullmatch(value):
        message = f"must be a media type such as application/json (RFC 6838), not {show(value)}"
        yield Fault((), value, message)


def image_manifest(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    """The image of a platform: it says which one."""
    yield from below
    for key, rule in (("digest", manifest_digest), ("mediaType", media_type)):
        if value.get(key) is None:
            yield from (fault._replace(value=None).under(key) for fault in rule("", server))
    for key in ("architecture", "os"):
        if not value.get(key):
            yield Fault((key,), value.get(key), "must not be empty", REQUIRED)
    size = value.get("manifestSize") or 0
    if size < 0:  # the server names another field
        yield Fault(("size",), size, f"manifestSize must not be negative, not {show(size)}")


def image(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    """An image that is to be made."""
    contents = Contents.of(value, server)
    if contents.manifests is None:
        yield from below
    else:  # they take the place of what the request says
        yield from (fault for fault in below if fault.path[0] != _MANIFESTS)
        yield from _indexed(contents.manifests)
    if value.get("metadata") is None:
        yield from (fault.under("metadata") for fault in image_meta({}, server, NONE))
    if not value.get("dockerImageReference"):
        message = "must not be empty: it is the pull spec of the image"
        yield Fault(("dockerImageReference",), value.get("dockerImageReference"), message, REQUIRED)
    yield from _layered(value, contents)
    yield from _wrong_version(value)


_MANIFESTS = "dockerImageManifests"


def _layered(value: dict[str, Any], contents: Contents) -> Iterator[Fault]:
    """An image is one of layers, or of the images of several platforms."""
    told = value.get(_MANIFESTS) if contents.manifests is None else contents.manifests
    if told and (value.get("dockerImageLayers") or contents.has_layers):
        message = f"must be empty where there are {_MANIFESTS}"
        yield Fault(("dockerImageLayers",), value.get("dockerImageLayers"), message)


def _indexed(manifests: list[dict[str, Any]]) -> Iterator[Fault]:
    """The images of an index are judged as if the request had them."""
    for index, entry in enumerate(manifests):
        below = [
            fault.under(key)
            for key, rule in (("digest", manifest_digest), ("mediaType", media_type))
            for fault in rule(entry[key], "")
        ]
        for fault in image_manifest(entry, "", below):
            message = f"{fault.message} (in the index that dockerImageManifest has)"
            yield fault._replace(message=message).under(_MANIFESTS, index)


def mapped_image(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    """The image of a mapping, which may leave its pull spec to the server."""
    # The revision matters when the image is written, which the mapping sees to.
    yield from (fault for fault in below if fault.path != _REVISION)
    if value.get("metadata") is None:
        yield from (fault.under("metadata") for fault in object_meta({}, server, NONE))
    yield from _layered(value, Contents())


_REVISION = ("metadata", "resourceVersion")


def image_stream_mapping(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    """An image for a stream. What it is written to is looked at once these rules are kept."""
    found = list(_mapping(value, server, below))
    yield from found or _unmapped(value, server)


def _mapping(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    yield from below
    metadata, image = value.get("metadata"), value.get("image")
    if metadata is None:
        yield from (fault.under("metadata") for fault in object_meta({}, server, NONE))
    if value.get("tag") is None:
        yield from (fault._replace(value=None).under("tag") for fault in mapping_tag("", server))
    if image is None:
        yield from (fault.under("image") for fault in mapped_image({}, server, NONE))
    name = (metadata or {}).get("name")
    path = ("image", "dockerImageReference")
    if not name:
        # Each of these would tell the stream, and so the pull spec of the image, as well.
        message = "must not be empty unless there is a name"
        for missing in (("name",), ("dockerImageRepository",)):
            yield Fault(missing, None, message, REQUIRED)
        if not (image or {}).get("dockerImageReference"):
            yield Fault(path, None, message, REQUIRED)
    elif not (image or {}).get("dockerImageReference"):
        for fault in pull_spec(_own_pull_spec(metadata or {}, (image or {}).get("metadata")), ""):
            message = f"must not be left out, as the names give none: {fault.message}"
            yield fault._replace(value=None, message=message).under(*path)


def _own_pull_spec(metadata: dict[str, Any], image: dict[str, Any] | None) -> str:
    """Where the image is in the integrated registry: an old id is a tag there."""
    repository = f"{_REGISTRY}/{metadata.get('namespace') or 'ns'}/{metadata['name']}"
    name = (image or {}).get("name")
    if not name:
        return repository
    return f"{repository}{'@' if pullspec.is_digest(name) else ':'}{name}"


def mapping_tag(value: str, server: str) -> Iterator[Fault]:
    if not value:
        yield Fault((), value, "must not be empty: it is the tag that gets the image", REQUIRED)


def _unmapped(value: dict[str, Any], server: str) -> Iterator[Fault]:
    name = value["metadata"]["name"]
    for rule in names.stream_name(name):
        message = f"names no stream that can be: {show(name)} {rule}"
        yield Fault(("metadata", "name"), name, message)
    image = value.get("image") or {}
    contents = Contents.of(image, server)
    found = [*_indexed(contents.manifests or []), *_wrong_version(image)]
    if not (image.get(_MANIFESTS) and image.get("dockerImageLayers")):
        found += _layered(image, contents)
    yield from (fault.under("image") for fault in found)
    revision = (image.get("metadata") or {}).get("resourceVersion") or ""
    yield from (fault.under("image", *_REVISION) for fault in new_revision(revision, ""))


def _wrong_version(image: dict[str, Any]) -> Iterator[Fault]:
    """Without metadata the version matters when the image is written."""
    version = image.get("dockerImageMetadataVersion") or METADATA_VERSIONS[0]
    group, _, number = version.rpartition("/")
    known = number in METADATA_VERSIONS and group in ("", METADATA_GROUP)
    if image.get("dockerImageMetadata") is None and not known:
        message = f"must be {' or '.join(METADATA_VERSIONS)}, not {show(version)}"
        yield Fault(("dockerImageMetadataVersion",), version, message)


def signature_type(value: str, server: str) -> Iterator[Fault]:
    if not value:
        yield Fault((), value, "must not be empty: it is how the image was signed", REQUIRED)


def signature_content(value: str | list[int], server: str) -> Iterator[Fault]:
    if not value:
        yield Fault((), value, "must not be empty: it is the signature itself", REQUIRED)


def signature(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    """A signature of an image, with what was found out about it."""
    yield from _signature(value, server, below)
    yield from _conditions(value)


def created_signature(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    """A signature that is to be made: nothing was found out about it. Its image has to be there."""
    found = list(_signature(value, server, below))
    yield from found
    image = ((value.get("metadata") or {}).get("name") or "").partition("@")[0]
    for rule in names.path_segment(image) if not found else ():
        message = f"names no image that can be: {show(image)} {rule}"
        yield Fault(("metadata", "name"), value["metadata"]["name"], message)


def _signature(value: dict[str, Any], server: str, below: Faults) -> Iterator[Fault]:
    yield from below
    if value.get("metadata") is None:
        yield from (fault.under("metadata") for fault in signature_meta({}, server, NONE))
    for key, rule in (("type", signature_type), ("content", signature_content)):
        if value.get(key) is None:
            yield from (fault._replace(value=None).under(key) for fault in rule("", server))


def _conditions(value: dict[str, Any]) -> Iterator[Fault]:
    """As the server goes through them, with its mistake: it stops dead at a condition of another
    type where there is none for the image yet.
    """
    trusted: dict[str, Any] | None = None
    for_image: dict[str, Any] | None = None
    for index, item in enumerate(value.get("conditions") or ()):
        condition = item or {}
        kind, when = condition.get("type") or "", _probed(condition)
        if kind == TRUSTED and (trusted is None or when >= _probed(trusted)):
            trusted = condition
        elif kind == FOR_IMAGE and for_image is None:
            for_image = condition
        elif for_image is None:
            message = f"must not come before {FOR_IMAGE}: the server fails at {show(kind)}"
            yield Fault(("conditions", index, "type"), kind, message)
            return
        elif when >= _probed(for_image):
            for_image = condition
    if (trusted is None) != (for_image is None):
        missing = TRUSTED if trusted is None else FOR_IMAGE
        yield Fault(("conditions",), value["conditions"], f"must have {missing} as well")
    if trusted is None or trusted.get("status") == "Unknown":
        for key in _UNSET:
            if value.get(key) or (key.startswith("issued") and value.get(key) is not None):
                message = f"must be left out unless {TRUSTED} is known"
                yield Fault((key,), value[key], message)


def _probed(condition: dict[str, Any]) -> tuple[int, str]:
    return instant(condition.get("lastProbeTime"))


RULES: dict[str, Rule] = {
    "image-pull-spec": pull_spec,
    "manifest-digest": manifest_digest,
    "mapping-tag": mapping_tag,
    "media-type": media_type,
    "signature-content": signature_content,
    "signature-type": signature_type,
}

OBJECT_RULES: dict[str, ObjectRule] = {
    "created-signature": created_signature,
    "image": image,
    "image-manifest": image_manifest,
    "image-stream-mapping": image_stream_mapping,
    "mapped-image": mapped_image,
    "signature": signature,
}
