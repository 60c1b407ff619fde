"""The request to import images into an image stream."""

from __future__ import annotations

from ._fields import array, boolean, obj, reference, string
from ._objectmeta import object_meta
from ._policies import IMPORT_POLICY, REFERENCE_POLICY
from ._references import import_source
from .definition import Builder, Definition

IMAGE_IMPORT_SPEC = obj(
    "One image to import.",
    "image-import",
    from_=import_source(
        string("Pull spec of the image, for example `quay.io/org/ruby:2.7`.", "pull-spec")
    ),
    importPolicy=IMPORT_POLICY,
    includeManifest=boolean("Return the manifest of the image with the answer."),
    referencePolicy=REFERENCE_POLICY,
    to=obj(
        "The tag to write. When it is left out, the tag of the pull spec is used.",
        name=string("Name of the tag, for example `2.7`."),
    ),
)

REPOSITORY_IMPORT_SPEC = obj(
    "Import the tags of a whole repository: the server takes the first 50 and lists the rest.",
    "repository-import",
    from_=import_source(
        string("Pull spec of the repository, without tag or digest.", "repository-pull-spec")
    ),
    importPolicy=IMPORT_POLICY,
    includeManifest=boolean("Return the manifest of every image with the answer."),
    referencePolicy=REFERENCE_POLICY,
)

IMAGE_STREAM_IMPORT_SPEC = obj(
    "What to import, and whether to write it to the image stream.",
    import_=boolean(
        "Write the result to the image stream. Without it the images are fetched and"
        " reported, and nothing is written."
    ),
    images=array(IMAGE_IMPORT_SPEC, "The images to import, one entry a tag."),
    repository=REPOSITORY_IMPORT_SPEC,
)

_METADATA = object_meta(
    "import-meta",
    generateName=string(
        "Prefix of a name the server is to make up. An import needs a `name` all the same.",
        "generate-name",
    ),
    name=string(
        "Name of the image stream to import into: lowercase letters and digits, with single"
        " `.`, `_` or `-` between them.",
        "name",
    ),
    namespace=string("Namespace (project) of the image stream.", "namespace"),
    resourceVersion=string(
        "Revision of the image stream the import is based on. The server refuses the import"
        " when the stream has moved on."
    ),
)


IMAGE_STREAM_IMPORT = Definition(
    "ImageStreamImport",
    obj(
        "An ImageStreamImport asks the server to look up images in other registries and, if told"
        " so, to tag them in an image stream. It imports single images or a whole repository,"
        " and answers with what it found."
        "\n\n"
        "It is a request rather than an object that stays: it can be created, but neither read"
        " back nor changed. To try an import without writing anything, leave `spec.import`"
        " false.",
        "import-request",
        apiVersion=string("Version of this object: `image.openshift.io/v1`."),
        kind=string("Kind of this object: `ImageStreamImport`."),
        metadata=_METADATA,
        spec=IMAGE_STREAM_IMPORT_SPEC,
        status=reference(
            "ImageStreamImportStatus",
            "The outcome, filled in by the server, which drops what a request says here.",
        ),
    ),
    kept=(("metadata", "initializers", "result", "status"),),
)

DEFINITIONS = (
    Definition(
        "ImageImportSpec",
        IMAGE_IMPORT_SPEC,
        part=True,
        builders=(
            Builder(
                "fromDockerImage",
                ("pullSpec",),
                "An image that is imported from a registry.",
                (("from.withKind", "'DockerImage'"), ("from.withName", "pullSpec")),
            ),
            Builder(
                "new",
                ("name", "tag"),
                "An image that is imported from a registry: its pull spec, and the tag to write.",
                (
                    ("from.withKind", "'DockerImage'"),
                    ("from.withName", "name"),
                    ("to.withName", "tag"),
                ),
            ),
        ),
    ),
    IMAGE_STREAM_IMPORT,
    Definition("ImageStreamImportSpec", IMAGE_STREAM_IMPORT_SPEC, part=True),
    Definition("RepositoryImportSpec", REPOSITORY_IMPORT_SPEC, part=True),
)
