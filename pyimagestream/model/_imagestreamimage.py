"""An image as a member of an image stream."""

from __future__ import annotations

from ._fields import obj, string
from ._image import SHOWN_IMAGE
from ._objectmeta import object_meta
from .definition import Definition

IMAGE_STREAM_IMAGE = Definition(
    "ImageStreamImage",
    obj(
        "An image that a tag of an image stream points at, or once did.\n\nIt can only be read.",
        apiVersion=string("Version of this object: `image.openshift.io/v1`."),
        image=SHOWN_IMAGE,
        kind=string("Kind of this object: `ImageStreamImage`."),
        metadata=object_meta(
            "object-meta", name=string("`STREAM@DIGEST`: the stream, and the image.", "segment")
        ),
    ),
    creatable=False,
)

DEFINITIONS = (IMAGE_STREAM_IMAGE,)
