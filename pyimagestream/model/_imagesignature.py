"""A signature of an image."""

from __future__ import annotations

from ._fields import array, base64, obj, string, string_map, time
from ._objectmeta import EMBEDDED_MANAGED_FIELDS, object_meta
from .definition import Definition
from .schema import Schema

SIGNATURE_CONDITION = obj(
    "What a controller found out about the signature.",
    lastProbeTime=time("When it was looked at last, as an RFC 3339 time."),
    lastTransitionTime=time("When the condition changed last, as an RFC 3339 time."),
    message=string("What was found, for a person to read."),
    reason=string("What was found in one word, for machines to read."),
    status=string("`True`, `False` or `Unknown`."),
    type=string("What it is about: `Trusted` or `ForImage`."),
)

SIGNATURE_ISSUER = obj(
    "Who issued the signing key or certificate.",
    commonName=string("Common name of the issuer."),
    organization=string("Organization of the issuer."),
)

SIGNATURE_SUBJECT = obj(
    "Whom the signing key or certificate belongs to.",
    commonName=string("Common name of the subject."),
    organization=string("Organization of the subject."),
    publicKeyID=string("The key in short, as the signing tool prints it."),
)


def signature(rule: str, metadata: Schema) -> Schema:
    return obj(
        "A signature of an image, kept beside the image for whoever wants to verify it."
        "\n\n"
        "It can be created and deleted, but neither read nor changed by itself: it is part of the"
        " image. What was found out about it is written by a controller that verifies signatures.",
        rule,
        apiVersion=string("Version of this object: `image.openshift.io/v1`."),
        conditions=array(
            SIGNATURE_CONDITION, "What was found out about the signature. The server drops it."
        ),
        content=base64("The signature itself, in base64.", "signature-content"),
        created=time("When the signature was made, as it says itself. The server drops it."),
        imageIdentity=string("The image that was signed, as the signature names it."),
        issuedBy=SIGNATURE_ISSUER,
        issuedTo=SIGNATURE_SUBJECT,
        kind=string("Kind of this object: `ImageSignature`."),
        metadata=metadata,
        signedClaims=string_map("What the signature says besides, as a map of strings."),
        type=string("How it was signed: `AtomicImageV1`.", "signature-type"),
    )


_METADATA = object_meta(
    "signature-meta",
    annotations=string_map("Signatures have none: the server refuses them.", "managed-annotations"),
    labels=string_map("Signatures have none: the server refuses them.", "no-labels"),
    managedFields=EMBEDDED_MANAGED_FIELDS,
    name=string(
        "`IMAGE@NAME`: the name of the image, and one for the signature.", "signature-name"
    ),
    namespace=string("Images are in no namespace: the server refuses one.", "no-namespace"),
)

_CREATED = object_meta(
    "signature-meta",
    annotations=string_map("Signatures have none: the server refuses them.", "no-annotations"),
    labels=_METADATA.properties["labels"],
    name=_METADATA.properties["name"],
    namespace=string("Images are in no namespace: the server clears it."),
)

IMAGE_SIGNATURE = Definition(
    "ImageSignature", signature("created-signature", _CREATED), namespaced=False
)

EMBEDDED_SIGNATURE = signature("signature", _METADATA)
"""One entry of the signatures of an image."""

DEFINITIONS = (
    IMAGE_SIGNATURE,
    Definition("SignatureCondition", SIGNATURE_CONDITION, part=True),
    Definition("SignatureIssuer", SIGNATURE_ISSUER, part=True),
    Definition("SignatureSubject", SIGNATURE_SUBJECT, part=True),
)
