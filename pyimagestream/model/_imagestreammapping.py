"""The request to put an image into an image stream."""

from __future__ import annotations

from ._fields import obj, string
from ._image import MAPPED_IMAGE
from ._objectmeta import object_meta
from .definition import Definition

IMAGE_STREAM_MAPPING = Definition(
    "ImageStreamMapping",
    obj(
        "An ImageStreamMapping puts an image into an image stream that is there, under a tag. The"
        " integrated registry does so for each image that is pushed."
        "\n\n"
        "It is a request rather than an object that stays: it can only be created.",
        "image-stream-mapping",
        apiVersion=string("Version of this object: `image.openshift.io/v1`."),
        image=MAPPED_IMAGE,
        kind=string("Kind of this object: `ImageStreamMapping`."),
        metadata=object_meta("object-meta", name=string("Name of the image stream.", "segment")),
        tag=string("Name of the tag.", "mapping-tag"),
    ),
)

DEFINITIONS = (IMAGE_STREAM_MAPPING,)
