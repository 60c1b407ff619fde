"""The policies of tags and of streams."""

from __future__ import annotations

from ._fields import boolean, obj, only, string
from .definition import Definition
from .schema import LATEST, Schema

IMPORT_POLICY = obj(
    "How the tags made by this import behave.",
    importMode=only(
        LATEST,
        string(
            "What to do with a multi-architecture image: `Legacy` keeps the manifest of one"
            " platform, `PreserveOriginal` keeps the whole list.",
            "import-mode",
        ),
    ),
    insecure=boolean("Talk to the registry without verifying its certificate, or over plain HTTP."),
    scheduled=boolean("Check the source again from time to time, so that the tag follows it."),
)

TAG_IMPORT_POLICY = IMPORT_POLICY._replace(help="How the tag is imported.")


def reference_policy(rule: str = "") -> Schema:
    """The request for an import is not asked for a type that exists; a tag is."""
    return obj(
        "Which pull spec the consumers of the tag are given.",
        type=string(
            "`Source` (the default) hands out the pull spec of the external registry. `Local`"
            " hands out one of the integrated registry, which pulls the image through on behalf"
            " of the project: consumers then need no credentials for the source, and keep"
            " working from its copy while the source is away.",
            rule,
        ),
    )


REFERENCE_POLICY = reference_policy()
TAG_REFERENCE_POLICY = reference_policy("reference-policy")

LOOKUP_POLICY = obj(
    "Who may use the names of the tags in place of pull specs.",
    local=boolean(
        "Let pods and other workloads of the namespace name the tags as if they were images:"
        " `image: stream:tag`."
    ),
)

DEFINITIONS = (
    Definition("ImageLookupPolicy", LOOKUP_POLICY, part=True),
    Definition("TagImportPolicy", TAG_IMPORT_POLICY, part=True),
    Definition("TagReferencePolicy", TAG_REFERENCE_POLICY, part=True),
)
