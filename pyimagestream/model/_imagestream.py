"""An image stream: the tags that are to be there, and those that are."""

from __future__ import annotations

from ._fields import array, integer, obj, string
from ._objectmeta import NEW_REVISION, object_meta
from ._policies import LOOKUP_POLICY
from ._tagevents import NAMED_TAG_EVENT_LIST
from ._tagreference import TAG_REFERENCE
from .definition import Definition

IMAGE_STREAM_SPEC = obj(
    "The tags that the image stream is to have.",
    dockerImageRepository=string(
        "Pull spec of a repository, without tag or digest, whose tags are imported once, when the"
        " stream is made: at most 50 of them.",
        "stream-repository",
    ),
    lookupPolicy=LOOKUP_POLICY,
    tags=array(TAG_REFERENCE, "The tags, one entry each.", keyed="name"),
)

IMAGE_STREAM_STATUS = obj(
    "The tags that the image stream has, filled in by the server, which drops what a request says"
    " here.",
    dockerImageRepository=string("Pull spec of the stream in the integrated registry."),
    publicDockerImageRepository=string("Its pull spec from outside of the cluster."),
    tags=array(NAMED_TAG_EVENT_LIST, "The history of each tag."),
)


IMAGE_STREAM = Definition(
    "ImageStream",
    obj(
        "An ImageStream gives names (tags) to images, which may lie in the integrated registry or"
        " in others. What uses a tag of a stream is told when the tag moves."
        "\n\n"
        "`spec` says which tags there are to be, and `status` which image each points at now.",
        "image-stream",
        apiVersion=string("Version of this object: `image.openshift.io/v1`."),
        kind=string("Kind of this object: `ImageStream`."),
        metadata=object_meta(
            "stream-meta",
            generateName=string(
                "Prefix of a name the server is to make up when there is no `name`. It has to be"
                " one that a stream may have itself, so `app-` is refused.",
                "generate-name",
            ),
            generation=integer("Counts the changes of the spec. The server fills it in."),
            name=string(
                "Name of the image stream: lowercase letters and digits, with single `.`, `_` or"
                " `-` between them.",
                "stream-name",
            ),
            namespace=string("Namespace (project) of the image stream.", "namespace"),
            resourceVersion=NEW_REVISION,
        ),
        spec=IMAGE_STREAM_SPEC,
        status=IMAGE_STREAM_STATUS,
    ),
)

DEFINITIONS = (
    IMAGE_STREAM,
    Definition("ImageStreamSpec", IMAGE_STREAM_SPEC, part=True),
    Definition("ImageStreamStatus", IMAGE_STREAM_STATUS, part=True),
)
