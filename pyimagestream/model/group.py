"""The group image.openshift.io/v1: its kinds and parts, each loaded when it is needed."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .definition import Definition

GROUP = "image.openshift.io"

API_VERSION = "image.openshift.io/v1"

_MODULES = {
    "_image": ("Image", "ImageLayer", "ImageManifest"),
    "_imagesignature": (
        "ImageSignature",
        "SignatureCondition",
        "SignatureIssuer",
        "SignatureSubject",
    ),
    "_imagestream": ("ImageStream", "ImageStreamSpec", "ImageStreamStatus"),
    "_imagestreamimage": ("ImageStreamImage",),
    "imagestreamimport": (
        "ImageImportSpec",
        "ImageStreamImport",
        "ImageStreamImportSpec",
        "RepositoryImportSpec",
    ),
    "_imagestreamimportstatus": (
        "ImageImportStatus",
        "ImageStreamImportStatus",
        "RepositoryImportStatus",
    ),
    "_imagestreamlayers": ("ImageBlobReferences", "ImageLayerData", "ImageStreamLayers"),
    "_imagestreammapping": ("ImageStreamMapping",),
    "_imagestreamtag": ("ImageStreamTag",),
    "_imagetag": ("ImageTag",),
    "_policies": ("ImageLookupPolicy", "TagImportPolicy", "TagReferencePolicy"),
    "_tagevents": ("NamedTagEventList", "TagEvent", "TagEventCondition"),
    "_tagreference": ("TagReference",),
}

_MODULE_OF = {kind: module for module, kinds in _MODULES.items() for kind in kinds}

DEFINED = tuple(sorted(_MODULE_OF))
"""Every kind and part of the group."""

KINDS = frozenset(
    {
        "Image",
        "ImageSignature",
        "ImageStream",
        "ImageStreamImage",
        "ImageStreamImport",
        "ImageStreamLayers",
        "ImageStreamMapping",
        "ImageStreamTag",
        "ImageTag",
    }
)
"""What can be an object of its own."""

LIBRARIES = {kind[0].lower() + kind[1:]: kind for kind in DEFINED}
"""The libraries, and what each is about."""


@cache
def definition(kind: str) -> Definition:
    """The definition of a kind or a part. Raises KeyError when the group has none of that name."""
    module = import_module(f"{__package__}.{_MODULE_OF[kind]}")
    definitions: tuple[Definition, ...] = module.DEFINITIONS
    return next(each for each in definitions if each.kind == kind)
