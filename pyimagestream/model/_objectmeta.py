"""The metadata every object has.

Fields come from Kubernetes' metav1.ObjectMeta and, for ``initializers`` and
``clusterName``, from the library of 4.3: no recorded server knows the former any
more, and only the 4.3 server knows the latter.
"""

from __future__ import annotations

from ._fields import (
    any_json,
    any_object,
    array,
    boolean,
    dropped,
    integer,
    newer,
    obj,
    only,
    string,
    string_map,
    time,
)
from .schema import LATEST, V4_3, Schema

STATUS_DETAILS = obj(
    "More about the failure. Which of the fields are filled in depends on `reason`.",
    causes=array(
        obj(
            field=string("The field that caused the failure."),
            message=string("The failure in words."),
            reason=string("The failure for machines."),
        ),
        "One entry for every single thing that went wrong.",
    ),
    group=string("API group of the resource the failure is about."),
    kind=string("Kind of the resource the failure is about."),
    name=string("Name of the resource the failure is about."),
    retryAfterSeconds=integer("Seconds to wait before trying again.", format="int32"),
    uid=string("UID of the resource the failure is about."),
)

STATUS_RESULT = obj(
    "How the initialization ended, when it failed.",
    apiVersion=string("API version of the status object."),
    code=integer("HTTP status code that fits the outcome.", format="int32"),
    details=STATUS_DETAILS,
    kind=string("Kind of the status object."),
    message=string("The outcome, for a person to read."),
    metadata=any_object("List metadata of the status object."),
    reason=string("The cause of a failure in one word, for machines to read."),
    status=string("`Success` or `Failure`."),
)

OWNER_REFERENCE = obj(
    "An object this one depends on.",
    apiVersion=string("API version of the owner."),
    blockOwnerDeletion=boolean("Keep the owner until this object is gone."),
    controller=boolean("Whether the owner is the controller of this object."),
    kind=string("Kind of the owner."),
    name=string("Name of the owner."),
    uid=string("UID of the owner."),
)

MANAGED_FIELDS_ENTRY = obj(
    "The fields one manager owns, kept by the server.",
    apiVersion=string(),
    fieldsType=string(),
    fieldsV1=any_json(),
    manager=string(),
    operation=string(),
    subresource=only(LATEST, string()),
    time=time(),
)

_MANAGED_FIELDS = newer(
    array(
        MANAGED_FIELDS_ENTRY,
        "Which manager owns which field. The server keeps the account itself, and replaces"
        " what a request says of it.",
        "managed-fields",
    )
)

EMBEDDED_MANAGED_FIELDS = _MANAGED_FIELDS._replace(rule="embedded-managed-fields")
"""Of an object in another one: there the server replaces nothing."""

NEW_REVISION = string("Revision of the object. A new one has none.", "new-revision")


def object_meta(rule: str, /, **fields: Schema) -> Schema:
    """The metadata of a kind: its ``rule``, and the ``fields`` that are special to it."""
    usual = obj(
        "Name, labels and the other metadata every Kubernetes object has.",
        rule,
        annotations=string_map(
            "Free-form notes for people and tools, as a map of strings. Nothing selects by them.",
            "annotations",
        ),
        clusterName=only(
            V4_3,
            string(
                "Never used by a server. Newer servers do not know the field any more.",
                "cluster-name",
            ),
        ),
        creationTimestamp=time(
            "When the object was made, as an RFC 3339 time. The server fills it in."
        ),
        deletionGracePeriodSeconds=integer(
            "Seconds the object may take to go away once it is being deleted. The server fills"
            " it in."
        ),
        deletionTimestamp=time(
            "From when on the object is being deleted, as an RFC 3339 time. The server fills it in."
        ),
        finalizers=array(
            string(),
            "Who has to agree before the object can go away. Each entry is a qualified name.",
            "finalizers",
        ),
        generateName=string(
            "Prefix of a name the server is to make up when there is no `name`.", "generate-segment"
        ),
        generation=integer(
            "Counts the changes of the desired state. The server fills it in.", "generation"
        ),
        initializers=dropped(
            obj(
                "Progress of initialization, a feature Kubernetes gave up: today's servers"
                " drop the field unread.",
                pending=array(
                    obj(name=string("Name of the initializer.")),
                    "The initializers that still have to run, in their order.",
                ),
                result=STATUS_RESULT,
            )
        ),
        labels=string_map(
            "Labels to find the object by, as a map of strings. Selectors read them.", "labels"
        ),
        managedFields=_MANAGED_FIELDS,
        name=string("Name of the object.", "segment"),
        namespace=string("Namespace (project) of the object.", "namespace"),
        ownerReferences=array(
            OWNER_REFERENCE,
            "The objects this one depends on. At most one of them may be its controller.",
            "owner-references",
        ),
        resourceVersion=string("Revision of the object. The server fills it in."),
        selfLink=string("URL of the object. Newer servers leave it empty."),
        uid=string("Unique identifier of the object. The server fills it in."),
    )
    properties = {**usual.properties, **fields}
    return Schema("object", usual.help, rule=rule, properties=properties)
