"""An image, as the server keeps it."""

from __future__ import annotations

from ._dockerimage import DOCKER_IMAGE
from ._fields import (
    any_json,
    array,
    base64,
    dropped,
    integer,
    obj,
    only,
    string,
    unruled,
)
from ._imagesignature import EMBEDDED_SIGNATURE
from ._objectmeta import EMBEDDED_MANAGED_FIELDS, NEW_REVISION, object_meta
from .definition import Definition
from .schema import LATEST, Schema

IMAGE_LAYER = obj(
    "One layer of the file system of an image.",
    mediaType=string("Media type of the layer."),
    name=string("Name of the layer: its digest."),
    size=integer("Size of the layer in bytes."),
)

IMAGE_MANIFEST = obj(
    "The image of one platform in a multi-architecture image.",
    "image-manifest",
    architecture=string("Processor architecture the image runs on, such as `amd64`."),
    digest=string("Digest of the manifest.", "manifest-digest"),
    manifestSize=integer("Size of the manifest in bytes."),
    mediaType=string("Media type of the manifest.", "media-type"),
    os=string("Operating system the image runs on, such as `linux`."),
    variant=string("Variant of the processor, such as `v7` for `arm`."),
)

_METADATA = obj(
    "What is known of the image beyond its layers, in the words of Docker: its configuration,"
    " author, size.",
    raw=dropped(
        any_json(
            "Sets the field `raw`, which no server knows: this function of the library of 4.3"
            " never worked. Use `withDockerImageMetadata` in its place."
        )
    ),
)._replace(raw=DOCKER_IMAGE)


def image(rule: str, metadata: Schema, reference: str, signatures: Schema) -> Schema:
    return obj(
        "An image in the integrated registry or in another one, with what the server knows of it."
        "\n\n"
        "Images are in no namespace. The server makes them when a tag is imported or pushed;"
        " people seldom do.",
        rule,
        apiVersion=string("Version of this object: `image.openshift.io/v1`."),
        dockerImageConfig=string("Configuration of the image as it came from the registry."),
        dockerImageLayers=array(
            IMAGE_LAYER, "The layers of the image, in the order in which they are laid down."
        ),
        dockerImageManifest=string("Manifest of the image as it came from the registry."),
        dockerImageManifestMediaType=string("Media type of the manifest."),
        dockerImageManifests=only(
            LATEST,
            array(IMAGE_MANIFEST, "The images of a multi-architecture image, one for a platform."),
        ),
        dockerImageMetadata=_METADATA,
        dockerImageMetadataVersion=string(
            "How `dockerImageMetadata` is written: `1.0`, which is the default."
        ),
        dockerImageReference=string("Pull spec of the image.", reference),
        dockerImageSignatures=array(
            base64(), "Signatures of an old kind, in base64. They are kept, and not looked at."
        ),
        kind=string("Kind of this object: `Image`."),
        metadata=metadata,
        signatures=array(signatures, "The signatures of the image."),
    )


_NAME_HELP = "Name of the image: its digest."

IMAGE = Definition(
    "Image",
    image(
        "image",
        object_meta(
            "image-meta",
            name=string(_NAME_HELP, "image-name"),
            namespace=string("Images are in no namespace: the server clears it."),
            resourceVersion=NEW_REVISION,
        ),
        "image-pull-spec",
        EMBEDDED_SIGNATURE,
    ),
    namespaced=False,
)

MAPPED_IMAGE = image(
    "mapped-image",
    object_meta(
        "object-meta",
        managedFields=EMBEDDED_MANAGED_FIELDS,
        name=string(_NAME_HELP, "segment"),
        namespace=string("Images are in no namespace: the server refuses one.", "no-namespace"),
        resourceVersion=NEW_REVISION,
    ),
    "image-pull-spec",
    unruled(EMBEDDED_SIGNATURE),
)
"""The image of a mapping."""

SHOWN_IMAGE = unruled(IMAGE.schema)
"""The image in an answer of the server, which drops it in a request."""

DEFINITIONS = (
    IMAGE,
    Definition("ImageLayer", IMAGE_LAYER, part=True),
    Definition("ImageManifest", IMAGE_MANIFEST, part=True, newer=True),
)
