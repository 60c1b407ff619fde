"""What an import answers."""

from __future__ import annotations

from ._fields import array, obj, only, string, unruled
from ._image import SHOWN_IMAGE
from ._imagestream import IMAGE_STREAM
from ._objectmeta import STATUS_RESULT
from .definition import Definition
from .schema import LATEST

_RESULT = STATUS_RESULT._replace(help="How the import ended.")

IMAGE_IMPORT_STATUS = obj(
    "What became of one image.",
    image=SHOWN_IMAGE,
    manifests=only(
        LATEST, array(SHOWN_IMAGE, "The images of a multi-architecture image, one for a platform.")
    ),
    status=_RESULT,
    tag=string("The tag that was written."),
)

REPOSITORY_IMPORT_STATUS = obj(
    "What became of a repository.",
    additionalTags=array(string(), "Tags of the repository that were not imported."),
    images=array(IMAGE_IMPORT_STATUS, "What became of the tags that were."),
    status=_RESULT,
)

IMAGE_STREAM_IMPORT_STATUS = obj(
    "The outcome of an import, filled in by the server, which drops what a request says here.",
    images=array(IMAGE_IMPORT_STATUS, "What became of the images, in the order of the request."),
    import_=unruled(IMAGE_STREAM.schema),
    repository=REPOSITORY_IMPORT_STATUS,
)

DEFINITIONS = (
    Definition("ImageImportStatus", IMAGE_IMPORT_STATUS, part=True),
    Definition("ImageStreamImportStatus", IMAGE_STREAM_IMPORT_STATUS, part=True),
    Definition("RepositoryImportStatus", REPOSITORY_IMPORT_STATUS, part=True),
)
