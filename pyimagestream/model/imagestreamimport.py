"""The resource model of ImageStreamImport: the one source of truth.

The library, its page, the checks and the native callbacks are all made from
``IMAGE_STREAM_IMPORT``. A new field is one line here, then ``make generate``.

Fields come from openshift/api (image/v1), from Kubernetes' metav1.ObjectMeta
and, for ``initializers`` and ``clusterName``, from the 4.3 page: no recorded
server knows the former any more, and only the 4.3 server knows the latter.
"""

from __future__ import annotations

from dataclasses import replace

from .schema import LATEST, V4_3, Resource, Schema


def string(help: str = "", rule: str = "", format: str = "") -> Schema:
    return Schema("string", help, format, rule)


def integer(help: str = "", rule: str = "", format: str = "int64") -> Schema:
    return Schema("integer", help, format, rule)


def boolean(help: str = "") -> Schema:
    return Schema("boolean", help)


def time(help: str = "") -> Schema:
    return string(help, format="date-time")


def array(items: Schema, help: str = "", rule: str = "") -> Schema:
    return Schema("array", help, rule=rule, items=items)


def string_map(help: str = "", rule: str = "") -> Schema:
    return Schema("object", help, rule=rule, additional=string())


def any_object(help: str = "") -> Schema:
    return Schema("object", help)


def any_json(help: str = "") -> Schema:
    # OpenAPI calls it an object; the server's runtime.RawExtension and FieldsV1 take anything.
    return Schema("object", help, format="json")


def obj(help: str = "", rule: str = "", /, **properties: Schema) -> Schema:
    # A trailing underscore lets a Python keyword name a field: from_, import_.
    fields = {key.rstrip("_"): schema for key, schema in properties.items()}
    return Schema("object", help, rule=rule, properties=fields)


def only(server: str, schema: Schema) -> Schema:
    """A field that this server alone knows."""
    return replace(schema, servers=(server,))


def documented(parent: Schema, *but: str) -> Schema:
    """The 4.3 page has functions for every field of ``parent`` except ``but``."""
    marked = {
        key: schema if key in but else replace(schema, documented=True)
        for key, schema in parent.properties.items()
    }
    return replace(parent, properties=marked)


def object_reference(name: Schema) -> Schema:
    """A `from`: what is imported, with the schema of its ``name``."""
    return documented(
        obj(
            "Where to import from. The server reads `kind`, which has to be `DockerImage`, and"
            " `name`, the pull spec.",
            apiVersion=string("API version of the object pointed to. Imports leave it unset."),
            fieldPath=string(
                "Which part of the object is meant, as a path such as `spec.template`."
                " Imports leave it unset."
            ),
            kind=string(
                "Kind of the source. `DockerImage` is the only one an import accepts.",
                "source-kind",
            ),
            name=name,
            namespace=string("Namespace of the object pointed to. Imports leave it unset."),
            resourceVersion=string(
                "Exact revision of the object pointed to. Imports leave it unset."
            ),
            uid=string("UID of the object pointed to. Imports leave it unset."),
        )
    )


IMPORT_POLICY = documented(
    obj(
        "How the tags made by this import behave.",
        importMode=only(
            LATEST,
            string(
                "What to do with a multi-architecture image: `Legacy` keeps the manifest of one"
                " platform, `PreserveOriginal` keeps the whole list.",
                "import-mode",
            ),
        ),
        insecure=boolean(
            "Talk to the registry without verifying its certificate, or over plain HTTP."
        ),
        scheduled=boolean("Check the source again from time to time, so that the tag follows it."),
    ),
    "importMode",
)

REFERENCE_POLICY = documented(
    obj(
        "Which pull spec the consumers of the tag are given.",
        type=string(
            "`Source` (the default) hands out the pull spec of the external registry. `Local`"
            " hands out one of the integrated registry, which pulls the image through on behalf"
            " of the project: consumers then need no credentials for the source, and keep"
            " working from its copy while the source is away."
        ),
    )
)

IMAGE_IMPORT_SPEC = obj(
    "One image to import.",
    "image-import",
    from_=object_reference(
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

REPOSITORY_IMPORT_SPEC = documented(
    obj(
        "Import the tags of a whole repository: the server takes the first 50 and lists the rest.",
        "repository-import",
        from_=object_reference(
            string("Pull spec of the repository, without tag or digest.", "repository-pull-spec")
        ),
        importPolicy=IMPORT_POLICY,
        includeManifest=boolean("Return the manifest of every image with the answer."),
        referencePolicy=REFERENCE_POLICY,
    )
)

STATUS_DETAILS = documented(
    obj(
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
)

STATUS_RESULT = documented(
    obj(
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

OBJECT_META = documented(
    obj(
        "Name, labels and the other metadata every Kubernetes object has.",
        "object-meta",
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
            "Prefix of a name the server is to make up. An import needs a `name` all the same.",
            "generate-name",
        ),
        generation=integer(
            "Counts the changes of the desired state. The server fills it in.", "generation"
        ),
        initializers=replace(
            documented(
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
            servers=(),
        ),
        labels=string_map(
            "Labels to find the object by, as a map of strings. Selectors read them.", "labels"
        ),
        managedFields=array(
            MANAGED_FIELDS_ENTRY, "Which manager owns which field.", "managed-fields"
        ),
        name=string(
            "Name of the image stream to import into: lowercase letters and digits, with single"
            " `.`, `_` or `-` between them.",
            "name",
        ),
        namespace=string("Namespace (project) of the image stream.", "namespace"),
        ownerReferences=array(
            OWNER_REFERENCE,
            "The objects this one depends on. At most one of them may be its controller.",
            "owner-references",
        ),
        resourceVersion=string(
            "Revision of the image stream the import is based on. The server refuses the import"
            " when the stream has moved on."
        ),
        selfLink=string("URL of the object. Newer servers leave it empty."),
        uid=string("Unique identifier of the object. The server fills it in."),
    ),
    "managedFields",
)

SPEC = documented(
    obj(
        "What to import, and whether to write it to the image stream.",
        import_=boolean(
            "Write the result to the image stream. Without it the images are fetched and"
            " reported, and nothing is written."
        ),
        images=array(IMAGE_IMPORT_SPEC, "The images to import, one entry a tag."),
        repository=REPOSITORY_IMPORT_SPEC,
    )
)

IMAGE_IMPORT_STATUS = obj(
    "What became of one image. The images themselves are not described here.",
    image=any_object(),
    manifests=only(LATEST, array(any_object())),
    status=STATUS_RESULT,
    tag=string(),
)

STATUS = obj(
    "The outcome, filled in by the server, which drops what a request says here.",
    images=array(IMAGE_IMPORT_STATUS),
    import_=any_object(),
    repository=obj(
        additionalTags=array(string()),
        images=array(IMAGE_IMPORT_STATUS),
        status=STATUS_RESULT,
    ),
)

IMAGE_STREAM_IMPORT = Resource(
    group="image.openshift.io",
    version="v1",
    kind="ImageStreamImport",
    help=(
        "An ImageStreamImport asks the server to look up images in other registries and, if told"
        " so, to tag them in an image stream. It imports single images or a whole repository,"
        " and answers with what it found."
        "\n\n"
        "It is a request rather than an object that stays: it can be created, but neither read"
        " back nor changed. To try an import without writing anything, leave `spec.import`"
        " false."
    ),
    schema=obj(
        "",
        "import-request",
        apiVersion=string(rule="api-version"),
        kind=string(rule="kind"),
        metadata=replace(OBJECT_META, documented=True),
        spec=replace(SPEC, documented=True),
        status=STATUS,
    ),
)
