"""The history of a tag, which the server writes."""

from __future__ import annotations

from ._fields import array, integer, obj, string, time
from .definition import Definition

TAG_EVENT = obj(
    "An image that the tag pointed at.",
    created=time("When the tag was pointed at the image, as an RFC 3339 time."),
    dockerImageReference=string("Pull spec of the image."),
    generation=integer("Generation of the tag in the spec that led to this."),
    image=string("Name of the image object: the digest."),
)

TAG_EVENT_CONDITION = obj(
    "How the last attempt at something ended.",
    generation=integer("Generation of the tag in the spec that this is about."),
    lastTransitionTime=time("When the condition changed last, as an RFC 3339 time."),
    message=string("What happened, for a person to read."),
    reason=string("What happened in one word, for machines to read."),
    status=string("`True`, `False` or `Unknown`."),
    type=string("What it is about: `ImportSuccess`."),
)

NAMED_TAG_EVENT_LIST = obj(
    "The history of one tag.",
    conditions=array(TAG_EVENT_CONDITION, "How the last attempts to import the tag ended."),
    items=array(TAG_EVENT, "The images the tag pointed at, the newest first."),
    tag=string("Name of the tag."),
)

DEFINITIONS = (
    Definition("NamedTagEventList", NAMED_TAG_EVENT_LIST, part=True),
    Definition("TagEvent", TAG_EVENT, part=True),
    Definition("TagEventCondition", TAG_EVENT_CONDITION, part=True),
)
