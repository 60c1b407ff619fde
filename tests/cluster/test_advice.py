"""Known failures, in the words a real server used."""

from __future__ import annotations

import pytest

from pyimagestream.cluster.advice import advice, is_hanging, is_passing

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


def test_a_rate_limit_comes_with_advice_and_is_repeated() -> None:
    message = f"{GET}toomanyrequests: You have reached your pull rate limit"
    assert "account" in advice("InternalError", message)
    assert is_passing("InternalError", message)


IMAGE = "Internal error occurred: r.example.com/org/app:v1: "
PAGE = "invalid character '<' looking for beginning of value: \"<html>denied: 503</html>\""
REPOSITORY = 'Internal error occurred: Get "https://r.example.com/v2/": '
INTERNAL = "image-registry.openshift-image-registry.svc:5000"

KINDS = {
    "pull secret": [
        f"{IMAGE}denied",
        f"{IMAGE}denied: You are not authorized to access the specified resource.",
        f"{IMAGE}denied: requested access to the resource is denied",
        f"{IMAGE}unauthorized: authentication required",
        f"{IMAGE}pull access denied, repository does not exist or may require authorization",
        f"{IMAGE}fetching token: unexpected status: 401 Unauthorized",
        f"{IMAGE}received unexpected HTTP status: 403 Forbidden",
        f"{REPOSITORY}unauthorized: incorrect username or password",
    ],
    "system:image-puller": [
        f"Internal error occurred: {INTERNAL}/other/app:v1: unauthorized: authentication required",
        f'Internal error occurred: Get "https://{INTERNAL}/v2/o/a/tags/list": denied',
    ],
    "no such tag or repository": [
        f"{IMAGE}unknown: The named manifest is not known to the registry.",
        f"{IMAGE}manifest unknown: manifest unknown",
        f"{IMAGE}manifest unknown",
        f"{IMAGE}name unknown",
        f"{IMAGE}name unknown: no",
        f"{IMAGE}name unknown: repository name not known to registry",
        f"{IMAGE}unexpected status code 404 Not Found",
        'dockerimage.image.openshift.io "r.example.com/denied/proxy:429" not found',
    ],
    "limits how often": [
        f"{IMAGE}unexpected http response: 429 Too Many Requests",
        f"{IMAGE}toomanyrequests: Quota exceeded for quota metric",
        f"{IMAGE}error parsing HTTP 429 response body: {PAGE}",
    ],
    "registry itself has failed": [
        f"{IMAGE}received unexpected HTTP status: 500 Internal Server Error",
        f"{IMAGE}received unexpected HTTP status: 502 Bad Gateway",
        f"{IMAGE}unexpected status code 503",
        f"{IMAGE}error parsing HTTP 503 response body: {PAGE}",
        f"{IMAGE}unavailable: try later",
        f"{IMAGE}unknown: unknown error",
    ],
    "ResourceQuota": [
        'imagestreams.image.openshift.io "ruby" is forbidden: exceeded quota: objects, requested:'
        " openshift.io/imagestreams=1, used: openshift.io/imagestreams=10",
    ],
    "LimitRange": [
        'ImageStream "lim" is invalid: []: Internal error: ImageStream.image.openshift.io "lim" is'
        " forbidden: requested usage of openshift.io/image-tags exceeds the maximum limit per"
        " openshift.io/ImageStream (25 > 22)",
        'images "x" is forbidden: maximum storage usage per openshift.io/Image is 1Gi',
    ],
    "know old versions": [
        f"{REPOSITORY}remote error: tls: handshake failure",
        f"{REPOSITORY}remote error: tls: bad certificate",
        f"{REPOSITORY}tls: server selected unsupported protocol version 301",
    ],
    "plain HTTP: set": [f"{REPOSITORY}tls: first record does not look like a TLS handshake"],
    "the host name it is made for": [
        f"{REPOSITORY}x509: certificate is valid for a.example.com, not r.example.com",
        f"{REPOSITORY}tls: failed to verify certificate: x509: cannot validate certificate for"
        " 10.0.0.1 because it doesn't contain any IP SANs",
    ],
    "asks for a login": [f"{REPOSITORY}Proxy Authentication Required"],
    "proxy cannot be used": [
        f"{REPOSITORY}proxyconnect tcp: dial tcp 10.0.0.5:3128: connect: connection refused",
        f"{REPOSITORY}proxyconnect tcp: tls: first record does not look like a TLS handshake",
        f"{REPOSITORY}proxyconnect tcp: dial tcp: lookup proxy.example.com: no such host",
    ],
    "proxy does not answer": [f"{REPOSITORY}proxyconnect tcp: dial tcp 10.0.0.5:3128: i/o timeout"],
    "proxy does not let": [
        f"{REPOSITORY}Forbidden",
        "Internal error occurred: Get https://r.example.com/v2/: Forbidden",
    ],
    "proxy finds no way": [f"{REPOSITORY}Bad Gateway", f"{IMAGE}{REPOSITORY[25:]}Bad Gateway"],
    "no registry but a web page": [
        f"{IMAGE}error parsing HTTP 404 response body: {PAGE}",
        f"{IMAGE}error unmarshalling content: {PAGE}",
        f"{IMAGE}unable to decode token response: {PAGE}",
    ],
    "A web page refuses": [f"{IMAGE}error parsing HTTP 403 response body: {PAGE}"],
    "schema 1": [
        f"{IMAGE}unsupported: V2 schema 1 manifest digests are no longer supported for image"
        " pulls.",
        f"{IMAGE}unexpected media type application/vnd.docker.distribution.manifest.v1+prettyjws",
        f"{IMAGE}missing signature key",
    ],
    "A policy of the registry": [
        f'{IMAGE}unknown: current image with "Critical" vulnerabilities cannot be pulled due to'
        ' configured policy in \'Prevent images with vulnerability severity of "High" or higher'
        " from running.'",
        f"{IMAGE}denied: access to the repository is blocked by policy",
        f"{IMAGE}manifest unknown: the image is quarantined",
        f"{IMAGE}The image is not signed in Notary.",
    ],
    "accounts that pay": [
        f"{IMAGE}denied: requested access to the resource is denied because of payment required",
        f"{IMAGE}received unexpected HTTP status: 402 Payment Required",
    ],
    "no image that a cluster imports": [
        f"{IMAGE}unexpected media type application/vnd.oci.image.manifest.v1+json",
        f"{IMAGE}mediaType in manifest should be"
        " 'application/vnd.docker.distribution.manifest.v2+json' not"
        " 'application/vnd.oci.image.manifest.v1+json'",
    ],
    "of mirrors it asks for images only": [
        f"{REPOSITORY}dial tcp: lookup r.example.com on 172.30.0.10:53: no such host",
    ],
    "cluster's DNS": [
        f"{REPOSITORY}dial tcp: lookup r.example.com on 172.30.0.10:53: server misbehaving",
        f"{IMAGE}dial tcp: lookup r.example.com on 172.30.0.10:53: read udp 10.1.2.3:5->"
        "172.30.0.10:53: i/o timeout",
    ],
    "a mirror that has no such tag": [
        '[dockerimage.image.openshift.io "mirror.example/org/app:9.9" not found,'
        f" r.example.com/org/app:9.9: {REPOSITORY[25:]}dial tcp: lookup r.example.com: no such"
        " host]",
    ],
    "one of them has to be put right": [
        "Internal error occurred: [mirror.example/org/app:9.9: dial tcp 10.0.0.1:443: connect:"
        " connection refused, r.example.com/org/app:9.9: dial tcp: lookup r.example.com: no such"
        " host]",
    ],
    "correct the pull spec": [
        "Internal error occurred: UPPER/x:v1: repository name must be lowercase",
        "Internal error occurred: unable to parse docker reference *:latest: invalid reference"
        " format",
    ],
    "admission webhook of the cluster does not work": [
        'Internal error occurred: failed calling webhook "x": failed to call webhook: Post'
        ' "https://w.svc:443/v?timeout=10s": dial tcp 10.0.0.1:443: connect: connection refused',
    ],
    "policy of the cluster": [
        'admission webhook "v.kyverno.svc" denied the request: unauthorized registry'
    ],
    "broke off": [f"{REPOSITORY}EOF", f"{REPOSITORY}unexpected EOF", f"{IMAGE}broken pipe"],
    "did not answer in time": [f"{REPOSITORY}dial tcp 10.0.0.1:443: i/o timeout"],
    "is no OpenShift cluster": ["404 page not found"],
    "image API is down": [
        "service unavailable",
        "error trying to reach service: dial tcp 127.0.0.1:28443: connect: connection refused",
    ],
    "Something before the API server": ["the answer came from something else than the API server"],
    "The API server is not well": [
        "Internal error occurred: etcdserver: request timed out",
        "the server has received too many requests and has asked us to try again later",
    ],
}
PASSING = ("limits how often", "has failed", "broke off", "in time", "DNS", "finds no way")
"""Kinds that are worth another try."""


@pytest.mark.parametrize(
    ("words", "message"), [(words, text) for words, texts in KINDS.items() for text in texts]
)
def test_a_failure_of_a_known_kind_has_the_advice_of_its_kind(words: str, message: str) -> None:
    assert words in advice("InternalError", message)
    assert is_passing("InternalError", message) is any(part in words for part in PASSING) or (
        "proxy does not answer" in words
    )


@pytest.mark.parametrize(
    "message",
    [
        f"{IMAGE}something else",
        "Internal error occurred: quay.io/denied/unauthorized:429: something else",
        "Internal error occurred: denied.example/toomanyrequests/x@sha256:429: something else",
        f'{IMAGE}something else: "denied: too many requests"',
        "Internal error occurred: something else at https://r/v2/denied/not/found/503",
        'imagestreams.image.openshift.io "x" is forbidden: unauthorized by something else',
    ],
)
def test_words_in_names_and_quotations_are_no_failures(message: str) -> None:
    assert advice("InternalError", message) == ""


@pytest.mark.parametrize("reason", ["Error", "BadAnswer", "OutOfTime", "Interrupted"])
def test_what_we_say_ourselves_is_not_taken_for_the_words_of_a_registry(reason: str) -> None:
    assert advice(reason, "credential plugin x: denied, 503, i/o timeout, not found") == ""


def test_a_registry_that_hangs_is_told_from_one_that_fails() -> None:
    assert is_hanging("InternalError", f"{GET}net/http: TLS handshake timeout")
    assert is_hanging("InternalError", f"{GET}context deadline exceeded (Client.Timeout exceeded)")
    assert not is_hanging("InternalError", f"{GET}EOF")
    assert not is_hanging("InternalError", f"{IMAGE}received unexpected HTTP status: 503")


def test_a_place_that_may_answer_the_next_time_makes_the_whole_worth_another_try() -> None:
    places = (
        "[m.example/a/b:v1: dial tcp 10.0.0.1:443: i/o timeout, r.example/a/b:v1: no such host]"
    )
    assert is_passing("InternalError", f"Internal error occurred: {places}")


def test_nothing_is_said_about_what_is_not_known() -> None:
    assert advice("InternalError", "Internal error occurred: something else") == ""
    assert not is_passing("InternalError", "Internal error occurred: something else")
