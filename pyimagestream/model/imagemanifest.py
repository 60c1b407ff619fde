"""The manifests of images, which are not part of the API: what the server reads of their JSON.

The fields are those of openshift-apiserver (docker10.DockerImageManifest) and of
distribution (manifestlist.ManifestList). All others are nothing to it.
"""

from __future__ import annotations

from ._fields import array, integer, obj, string, string_map

LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
INDEX = "application/vnd.oci.image.index.v1+json"

IMAGE_INDEX = obj(
    manifests=array(
        obj(
            annotations=string_map(),
            digest=string(),
            mediaType=string(),
            platform=obj(
                **{
                    "architecture": string(),
                    "features": array(string()),
                    "os": string(),
                    "os.features": array(string()),
                    "os.version": string(),
                    "variant": string(),
                }
            ),
            size=integer(),
            urls=array(string()),
        )
    ),
    mediaType=string(),
    schemaVersion=integer(),
)

_DESCRIPTOR = obj(digest=string(), mediaType=string(), size=integer())

IMAGE_OF_LAYERS = obj(
    architecture=string(),
    config=_DESCRIPTOR,
    fsLayers=array(obj(blobSum=string())),
    history=array(obj(v1Compatibility=string())),
    layers=array(_DESCRIPTOR),
    mediaType=string(),
    name=string(),
    schemaVersion=integer(),
    tag=string(),
)
