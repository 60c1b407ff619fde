"""The version and the kind of a manifest, and of an object that is read apart within one.

Source: the request handler of k8s.io/apiserver, and the conversion of images in
openshift-apiserver, pkg/image/apis/image/v1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..model.definition import Definition
from ._faults import NOT_SUPPORTED, TYPE_INVALID, Fault, show

METADATA_KIND = "DockerImage"
METADATA_VERSIONS = ("1.0", "pre012")
METADATA_GROUP = "image.openshift.io"

_NAMES = {"apiversion": "apiVersion", "kind": "kind"}


def uncreatable(definition: Definition) -> Iterator[Fault]:
    """Why a manifest of the kind is of no use: then nothing else matters."""
    if not definition.creatable:
        message = "can only be read: the server makes it"
        yield Fault(("kind",), definition.kind, message, NOT_SUPPORTED)


def type_meta(manifest: Any, definition: Definition) -> Iterator[Fault]:
    """What is wrong with them: then the server does not look at the rest.

    It looks them up before it decodes, whatever the case of their names, with Go's
    encoding/json, where the last field of a name counts.
    """
    last: dict[str, tuple[str, str]] = {}
    for key, text in manifest.items() if isinstance(manifest, dict) else ():
        name = _NAMES.get(key.casefold()) if isinstance(key, str) else None
        if name and text is not None:
            if isinstance(text, str):
                last[name] = key, text
            else:
                yield Fault((key,), text, f"must be a string, not {show(text)}", TYPE_INVALID)
    wanted = {"apiVersion": definition.api_version, "kind": definition.kind}
    # Whatever of it is left out, the server takes from the URL of the request.
    silent = {"apiVersion": ("", "/", f"{definition.group}/"), "kind": ("",)}
    for name, (key, text) in last.items():
        if text not in (wanted[name], *silent[name]):
            message = f"must be {wanted[name]}, not {show(text)}"
            yield Fault((key,), text, message, NOT_SUPPORTED)


def embedded(metadata: Any, version: Any) -> Iterator[Fault]:
    """What is wrong with those of an image's metadata, which are read as what ``version`` says.

    The paths start with the fields of the image. A wrong JSON type is for others to tell.
    """
    if not isinstance(metadata, dict) or not isinstance(version, (str, type(None))):
        return
    version = version or METADATA_VERSIONS[0]
    if version not in METADATA_VERSIONS:
        message = f"must be {' or '.join(METADATA_VERSIONS)}, not {show(version)}"
        yield Fault(("dockerImageMetadataVersion",), version, message, TYPE_INVALID)
        return
    own = f"{METADATA_GROUP}/{version}"
    known = {
        "kind": (METADATA_KIND, ""),
        "apiVersion": (own, version, f"{METADATA_GROUP}/", "/", ""),
    }
    for key, texts in known.items():
        text = metadata.get(key)
        if isinstance(text, str) and text not in texts:
            message = f"must be {texts[0]}, not {show(text)}"
            yield Fault(("dockerImageMetadata", key), text, message, TYPE_INVALID)
