"""A tag of an image stream, as an object of its own."""

from __future__ import annotations

from ._fields import array, integer, obj, string
from ._image import SHOWN_IMAGE
from ._objectmeta import object_meta
from ._policies import LOOKUP_POLICY
from ._tagevents import TAG_EVENT_CONDITION
from ._tagreference import from_docker_image, from_image_stream_tag, tag_reference
from .definition import Definition

TAG_NAME = string("`STREAM:TAG`: the image stream, and the name of the tag.", "segment")

IMAGE_STREAM_TAG = Definition(
    "ImageStreamTag",
    obj(
        "One tag of an image stream as an object of its own, with the image it points at."
        "\n\n"
        "Creating one writes the tag to the stream, and makes the stream if there is none.",
        "image-stream-tag",
        apiVersion=string("Version of this object: `image.openshift.io/v1`."),
        conditions=array(
            TAG_EVENT_CONDITION,
            "How the last attempts to import the tag ended. The server fills it in.",
        ),
        generation=integer("Generation of the tag. The server fills it in."),
        image=SHOWN_IMAGE,
        kind=string("Kind of this object: `ImageStreamTag`."),
        lookupPolicy=LOOKUP_POLICY,
        metadata=object_meta("object-meta", name=TAG_NAME),
        tag=tag_reference(
            "tag-reference", string("Name of the tag. The server takes it from `metadata.name`.")
        ),
    ),
    builders=(
        from_docker_image("tag", new="new"),
        from_image_stream_tag("tag", new="new"),
    ),
)

DEFINITIONS = (IMAGE_STREAM_TAG,)
