"""What is known about the ways an import fails, and what helps.

A table: to know one more failure, add an entry. Patterns are searched in the
server's message, the first entry that fits is taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Failure:
    """A known failure: how to recognise it, what helps, whether time alone may help."""

    pattern: str
    advice: str
    reason: str = ""
    passing: bool = False

    def fits(self, reason: str, message: str) -> bool:
        return (not self.reason or self.reason == reason) and bool(
            re.search(self.pattern, message, re.IGNORECASE)
        )


FAILURES = (
    Failure(
        "",
        "No answer from the API server: check the network between here and the cluster, and the"
        " proxy if there is one.",
        reason="NoAnswer",
    ),
    Failure(
        r"toomanyrequests|rate limit",
        "The registry limits anonymous pulls: give the namespace a pull secret with an account.",
    ),
    Failure(
        r"not allowed by whitelist",
        "spec.allowedRegistriesForImport of image.config.openshift.io/cluster does not list this"
        " registry: add it there, or import from a registry it lists.",
    ),
    Failure(
        r"registry .* blocked",
        "spec.registrySources of image.config.openshift.io/cluster blocks this registry: unblock"
        " it there, or import from another one.",
    ),
    Failure(
        r"^Unauthorized$",
        "The cluster does not accept your credentials (any more): log in again.",
    ),
    Failure(
        r"no basic auth credentials|you may not have access|incorrect username or password"
        r"|unauthorized|authentication required|access .*denied",
        "No pull secret of the namespace opens this registry: oc create secret docker-registry"
        " NAME --docker-server=HOST --docker-username=USER --docker-password=TOKEN.",
    ),
    Failure(
        r"certificate signed by unknown authority",
        "The cluster does not know who signed the registry's certificate: add the CA to"
        " spec.additionalTrustedCA of image.config.openshift.io/cluster; importPolicy.insecure"
        " would turn the check off.",
    ),
    Failure(
        r"x509: |tls: failed to verify",
        "The registry's certificate does not hold: renew it, or use the host name it is made for.",
    ),
    Failure(
        r"server gave HTTP response to HTTPS client|is HTTP only",
        "The registry speaks plain HTTP: set importPolicy.insecure, or list it in"
        " spec.registrySources.insecureRegistries of image.config.openshift.io/cluster.",
    ),
    Failure(
        r"no such host",
        "The cluster cannot resolve the registry's name. Without a way out it needs a mirror"
        " (ImageTagMirrorSet) or pull specs of a registry it can reach.",
    ),
    Failure(
        r"connection refused|no route to host|network is unreachable",
        "Nothing answers at the registry's address, seen from the cluster: check host and port,"
        " firewalls, and the cluster-wide proxy.",
    ),
    Failure(
        r"handshake timeout|Client\.Timeout|deadline exceeded|i/o timeout|connection reset"
        r"|unexpected EOF|bad gateway|service unavailable|gateway time-?out|please try again",
        "The registry did not answer in time, also not when asked again.",
        passing=True,
    ),
    Failure(
        r"namespaces? .* not found",
        "The namespace is not there: create it first (oc new-project).",
    ),
    Failure(
        r"^imagestreamimports\S* .* not found",
        "metadata.resourceVersion is the revision of an image stream, and this one is not there.",
    ),
    Failure(
        r"not found",
        "The registry has no such tag or repository; some say so where a pull secret is missing.",
        reason="NotFound",
    ),
    Failure(
        r"cannot create resource",
        "Your account may not import here: it needs create on imagestreamimports and get on"
        " imagestreams (image.openshift.io) in this namespace.",
        reason="Forbidden",
    ),
    Failure(
        r"cannot get resource",
        "Your account may not read image streams here: it needs get on imagestreams"
        " (image.openshift.io) in this namespace.",
        reason="Forbidden",
    ),
    Failure(
        r"could not find the requested resource",
        "This server has no image.openshift.io/v1: it is no OpenShift cluster.",
    ),
    Failure(
        r"the image stream was updated|object has been modified",
        "Somebody else changed the image stream meanwhile: run diff again. If the manifest has a"
        " metadata.resourceVersion, it has to be that of the stream.",
        reason="Conflict",
    ),
    Failure(
        r"did not complete within the allotted timeout",
        "This image alone takes longer than the server has time: see whether its registry is slow.",
        reason="Timeout",
    ),
)


def known(reason: str, message: str) -> Failure | None:
    return next((failure for failure in FAILURES if failure.fits(reason, message)), None)


def advice(reason: str, message: str) -> str:
    """What helps against a failure, "" where nothing is known."""
    failure = known(reason, message)
    return failure.advice if failure else ""


def is_passing(reason: str, message: str) -> bool:
    """Whether an image that failed this way is worth another try."""
    failure = known(reason, message)
    return failure is not None and failure.passing
