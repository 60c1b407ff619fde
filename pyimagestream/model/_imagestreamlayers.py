"""The layers of the images of an image stream."""

from __future__ import annotations

from ._fields import array, boolean, integer, map_of, obj, only, string
from ._objectmeta import object_meta
from .definition import Definition
from .schema import LATEST

IMAGE_BLOB_REFERENCES = obj(
    "What an image consists of.",
    config=string("Digest of the configuration of the image."),
    imageMissing=boolean("Whether the stream names the image although it is gone."),
    layers=array(string(), "Digests of the layers, the lowest first."),
    manifests=only(LATEST, array(string(), "Digests of the images of a multi-architecture image.")),
)

IMAGE_LAYER_DATA = obj(
    "What is known of a layer.",
    mediaType=string("Media type of the layer."),
    size=integer("Size of the layer in bytes."),
)

IMAGE_STREAM_LAYERS = Definition(
    "ImageStreamLayers",
    obj(
        "The layers that the images of an image stream consist of.\n\nIt can only be read.",
        apiVersion=string("Version of this object: `image.openshift.io/v1`."),
        blobs=map_of(IMAGE_LAYER_DATA, "What is known of each layer, by its digest."),
        images=map_of(IMAGE_BLOB_REFERENCES, "What each image consists of, by its digest."),
        kind=string("Kind of this object: `ImageStreamLayers`."),
        metadata=object_meta("object-meta", name=string("Name of the image stream.", "segment")),
    ),
    creatable=False,
)

DEFINITIONS = (
    Definition("ImageBlobReferences", IMAGE_BLOB_REFERENCES, part=True),
    Definition("ImageLayerData", IMAGE_LAYER_DATA, part=True),
    IMAGE_STREAM_LAYERS,
)
