"""A tag of an image stream once more, with what is to be and what is held apart."""

from __future__ import annotations

from ._fields import obj, string
from ._image import SHOWN_IMAGE
from ._imagestreamtag import TAG_NAME
from ._objectmeta import object_meta
from ._tagevents import NAMED_TAG_EVENT_LIST
from ._tagreference import from_docker_image, from_image_stream_tag, tag_reference
from .definition import Definition

IMAGE_TAG = Definition(
    "ImageTag",
    obj(
        "One tag of an image stream as an object of its own: what it is to point at in `spec`, and"
        " its history in `status`."
        "\n\n"
        "Unlike an ImageStreamTag it can be read before there is an image.",
        "image-tag",
        apiVersion=string("Version of this object: `image.openshift.io/v1`."),
        image=SHOWN_IMAGE,
        kind=string("Kind of this object: `ImageTag`."),
        metadata=object_meta("object-meta", name=TAG_NAME),
        spec=tag_reference(
            "tag-reference", string("Name of the tag: the one in `metadata.name`, or none.")
        ),
        status=NAMED_TAG_EVENT_LIST,
    ),
    newer=True,
    builders=(
        from_docker_image("spec", new="new"),
        from_image_stream_tag("spec", new="new"),
    ),
)

DEFINITIONS = (IMAGE_TAG,)
