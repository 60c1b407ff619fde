"""What the server reads from the text of an image's manifest, and fills into the image.

Source: openshift-apiserver, pkg/image/apiserver/registry/image, PrepareForCreate, and
InternalImageWithMetadata. A text that cannot be read fills in nothing, and is no problem.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ..model.imagemanifest import IMAGE_INDEX, IMAGE_OF_LAYERS, INDEX, LIST
from ..model.schema import LATEST, Schema
from ._decode import decoder


@dataclass(frozen=True)
class Contents:
    """The images of several platforms that an index has, and whether there are layers."""

    manifests: list[dict[str, Any]] | None = None
    has_layers: bool = False

    @classmethod
    def of(cls, image: dict[str, Any], server: str) -> Contents:
        text = image.get("dockerImageManifest")
        if not text or server != LATEST:  # that of 4.3 knows no index
            return cls()
        try:
            document = json.loads(text, parse_constant=_refused)
        except (ValueError, RecursionError):
            return cls()
        if not isinstance(document, dict):
            return cls()
        declared = (image.get("dockerImageManifestMediaType") or "").partition(";")[0]
        return cls(_index(document, declared.strip().lower()), _has_layers(document))


def _refused(constant: str) -> Any:
    raise ValueError(constant)


def _index(document: dict[str, Any], declared: str) -> list[dict[str, Any]] | None:
    own = document.get("mediaType")
    if declared not in (LIST, INDEX) or _wrong(IMAGE_INDEX, document):
        return None
    if declared == LIST and own != LIST:
        return None
    if declared == INDEX and (
        own not in (None, "", INDEX)
        or document.get("config") is not None
        or document.get("layers") is not None
        # One without a type of its own is taken for a manifest of old first.
        or (not own and document.get("schemaVersion") == 1)
    ):
        return None
    return [_entry(item or {}) for item in document.get("manifests") or ()]


def _entry(item: dict[str, Any]) -> dict[str, Any]:
    platform = item.get("platform") or {}
    return {
        "digest": item.get("digest") or "",
        "mediaType": item.get("mediaType") or "",
        "manifestSize": item.get("size"),
        "architecture": platform.get("architecture"),
        "os": platform.get("os"),
    }


def _has_layers(document: dict[str, Any]) -> bool:
    if document.get("mediaType") in (LIST, INDEX) or _wrong(IMAGE_OF_LAYERS, document):
        return False
    if document.get("schemaVersion") == 2:
        return bool(document.get("layers"))
    history, layers = document.get("history") or (), document.get("fsLayers") or ()
    return document.get("schemaVersion") == 1 and len(history) == len(layers) > 0


def _wrong(schema: Schema, document: Any) -> bool:
    """Whether a field of the document has another JSON type."""
    return bool(decoder(Schema("object", raw=schema), LATEST)(document))
