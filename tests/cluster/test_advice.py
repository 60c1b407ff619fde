"""Known failures, in the words a real server used."""

from __future__ import annotations

import pytest

from pyimagestream.cluster._advice import advice, is_passing

GET = 'Internal error occurred: r:5000/team/app:v1: Get "https://r:5000/v2/": '


@pytest.mark.parametrize(
    ("reason", "message", "words"),
    [
        ("NotFound", 'dockerimage.image.openshift.io "r/app:nope" not found', "no such tag"),
        (
            "Unauthorized",
            'you may not have access to the container image "r/app:v1"',
            "oc create secret docker-registry",
        ),
        (
            "InternalError",
            'Internal error occurred: Get "https://r/v2/a/tags/list": no basic auth credentials',
            "oc create secret docker-registry",
        ),
        ("Forbidden", "forbidden: registry r:5000 blocked", "registrySources"),
        (
            "Invalid",
            'spec.images[0].from.name: Forbidden: importing images from registry "r" is forbidden:'
            ' registry "r" not allowed by whitelist: "localhost:15001", "quay.io:443"',
            "allowedRegistriesForImport",
        ),
        (
            "InternalError",
            f"{GET}tls: failed to verify certificate: x509: certificate signed by unknown"
            " authority",
            "additionalTrustedCA",
        ),
        (
            "InternalError",
            f"{GET}tls: failed to verify certificate: x509: certificate has expired",
            "renew it",
        ),
        (
            "InternalError",
            f"{GET}http: server gave HTTP response to HTTPS client",
            "importPolicy.insecure",
        ),
        ("InternalError", f"{GET}dial tcp: lookup r on 192.0.2.53:53: no such host", "mirror"),
        ("InternalError", f"{GET}dial tcp 127.0.0.1:1: connect: connection refused", "firewalls"),
        (
            "InternalError",
            f"{GET}toomanyrequests: You have reached your pull rate limit",
            "account",
        ),
        (
            "Forbidden",
            'imagestreamimports.image.openshift.io is forbidden: User "dev" cannot create resource',
            "create on imagestreamimports",
        ),
        ("NotFound", 'namespaces "ghost" not found', "oc new-project"),
        ("NotFound", "the server could not find the requested resource", "no OpenShift cluster"),
        (
            "Conflict",
            "Operation cannot be fulfilled on imagestream: the image stream was updated from",
            "run diff again",
        ),
        ("Unauthorized", "Unauthorized", "log in again"),
        ("NotFound", 'imagestreamimports.image.openshift.io "a" not found', "resourceVersion"),
        (
            "Timeout",
            "Timeout: request did not complete within the allotted timeout",
            "This image alone",
        ),
        ("NoAnswer", "https://api:6443: [Errno 111] Connection refused", "the API server"),
        ("NoAnswer", "https://api:6443: [Errno 104] Connection reset by peer", "the API server"),
    ],
)
def test_a_known_failure_comes_with_advice_and_is_not_repeated(
    reason: str, message: str, words: str
) -> None:
    assert words in advice(reason, message)
    assert not is_passing(reason, message)


@pytest.mark.parametrize(
    "message",
    [
        f"{GET}net/http: TLS handshake timeout",
        f"{GET}context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
        f"{GET}dial tcp: lookup r on 192.0.2.53:53: read udp: i/o timeout",
        f"{GET}read: connection reset by peer",
        "Internal error occurred: received unexpected HTTP status: 503 Service Unavailable",
        'unknown error while importing tag "v1" from repository "a" with import mode "Legacy",'
        " please try again.",
    ],
)
def test_what_time_may_heal_is_repeated(message: str) -> None:
    assert is_passing("InternalError", message)
    assert advice("InternalError", message)


def test_nothing_is_said_about_what_is_not_known() -> None:
    assert advice("InternalError", "Internal error occurred: something else") == ""
    assert not is_passing("InternalError", "Internal error occurred: something else")
