"""The ways an import fails: what the API server says, and what registries say.

Two tables: to know one more failure, add an entry. The first entry that fits is
taken, so an entry stands before those that would fit as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .kube.answers import NO_STATUS


@dataclass(frozen=True)
class Failure:
    """A known failure: how to recognise it, and what helps.

    `reason`, if given, has to be the reason; `pattern` is looked for in the
    message, and `names` in the message before its names are taken out. `passing`
    failures may be over at the next try; in those that are `hanging` the
    registry let the cluster wait as long as that would.
    """

    pattern: str
    advice: str
    reason: str = ""
    names: str = ""
    passing: bool = False
    hanging: bool = False

    def fits(self, reason: str, message: str, full: str) -> bool:
        return (
            (not self.reason or self.reason == reason)
            and has(self.pattern, message)
            and has(self.names, full)
        )


API = (
    Failure(
        "",
        "No answer from the API server: check the network between here and the cluster, and the"
        " proxy if there is one.",
        reason="NoAnswer",
    ),
    Failure(
        "",
        "An import writes the source of a tag together with a new image only. To have another one"
        " now: oc -n NAMESPACE tag --source=docker PULLSPEC STREAM:TAG, or delete the tag (oc tag"
        " -d) and apply again.",
        reason="SourceStays",
    ),
    Failure(
        "",
        "Somebody else wrote to the image stream at the same time: run diff, and apply again.",
        reason="Changed",
    ),
    Failure(
        re.escape(NO_STATUS),
        "Something before the API server answered, such as a proxy, a load balancer or a login"
        " page: check the server's URL and the proxy settings.",
    ),
    Failure(
        r"^404 page not found|could not find the requested resource",
        "This server has no image.openshift.io/v1: it is no OpenShift cluster.",
    ),
    Failure(
        r"^error trying to reach service|^service unavailable|currently unable to handle",
        "The cluster's image API is down: oc get apiservice v1.image.openshift.io says why, and oc"
        " get pods -n openshift-apiserver.",
    ),
    Failure(
        r"etcdserver|etcd cluster|storage is \(re\)initializing|apiserver is shutting down"
        r"|too many requests, please try again later|server has received too many requests",
        "The API server is not well, or has too much to do: try again later, with a smaller"
        " --parallel.",
    ),
    Failure(
        r"failed calling webhook|failed to call webhook",
        "An admission webhook of the cluster does not work: that is for those who run the cluster.",
    ),
    Failure(
        r"admission webhook .* denied|ValidatingAdmissionPolicy .* denied",
        "A policy of the cluster refuses this import: the message says which; ask those who run"
        " the cluster.",
    ),
    Failure(
        r"exceeded quota\b",
        "A ResourceQuota of the namespace is used up (oc describe quota): delete what is not"
        " needed, or ask for more.",
    ),
    Failure(
        r"exceeds the maximum limit|maximum .* usage per |minimum .* usage per ",
        "A LimitRange of the namespace limits image streams (oc describe limitrange): keep fewer"
        " tags, or smaller images, in the stream, or ask for more.",
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
        reason="Forbidden",
    ),
    Failure(
        r"^Unauthorized$",
        "The cluster does not accept your credentials (any more): log in again.",
    ),
    Failure(
        r'User "system:anonymous" cannot ',
        "You are not logged in: the kubeconfig has no credentials for this cluster.",
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
        r"because it is being terminated",
        "The namespace is being deleted: wait until it is gone, and create it again.",
    ),
    Failure(
        r"^namespaces? .* not found",
        "The namespace is not there: create it first (oc new-project).",
    ),
    Failure(
        r"^imagestreamimports\S* .* not found",
        "metadata.resourceVersion is the revision of an image stream, and this one is not there.",
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
        hanging=True,
    ),
)

_CODE = r"(?:status|response|code|http)[^0-9a-z]{1,3}(?:code[^0-9a-z]{1,3})?"
"""What stands before the number of an HTTP status."""

_DENIED = (
    r"denied|not authorized|unauthori[sz]ed|authentication required|no basic auth credentials"
    r"|you may not have access|incorrect username or password|insufficient.?scope"
    rf"|invalid (?:username|credentials|token)|access .*forbidden|{_CODE}40[13]"
)

REGISTRIES = (
    Failure(
        rf"toomanyrequests|too many requests|rate.?limit|rate exceeded|throttl|{_CODE}429"
        r"|quota exceeded for quota",
        "The registry limits how often it is asked: wait, or give the namespace a pull secret with"
        " an account that may pull more.",
        passing=True,
    ),
    Failure(
        r"configured policy|by policy|policy violation|quarantined|vulnerabilit|not signed",
        "A policy of the registry keeps this image back: the message says which; ask those who"
        " run it.",
    ),
    Failure(
        rf"payment required|{_CODE}402",
        "The registry gives this to accounts that pay: see to that of the pull secret.",
    ),
    Failure(
        r"schema ?(?:version ?)?1\b|docker\.distribution\.manifest\.v1\b|missing signature key",
        "The image has the old format called schema 1, which is not imported any more: push it"
        " anew with today's tools (skopeo copy --format v2s2).",
    ),
    Failure(
        r"proxy authentication required|\b407\b",
        "The cluster's proxy asks for a login: put user and password into spec.httpsProxy of"
        " proxy.config.openshift.io/cluster.",
    ),
    Failure(
        r"(proxyconnect|socks connect) .*(timeout|timed out|deadline exceeded|reset by peer|EOF)",
        "The cluster's proxy does not answer: see spec.httpsProxy of"
        " proxy.config.openshift.io/cluster.",
        passing=True,
        hanging=True,
    ),
    Failure(
        r"proxyconnect|socks connect",
        "The cluster's proxy cannot be used: correct spec.httpsProxy of"
        " proxy.config.openshift.io/cluster, or list the registry in its spec.noProxy.",
    ),
    Failure(
        # Go gives the answer to CONNECT as the error, and no more.
        r'(get|head) "": (bad gateway|service unavailable|gateway time-?out)$',
        "The cluster's proxy finds no way to the registry: check host and port, and spec.noProxy"
        " of proxy.config.openshift.io/cluster.",
        passing=True,
    ),
    Failure(
        r'(get|head) "": (forbidden|not found|method not allowed|bad request)$',
        "The cluster's proxy does not let this registry through: allow it there, or list it in"
        " spec.noProxy of proxy.config.openshift.io/cluster.",
    ),
    Failure(
        r"certificate signed by unknown authority|self[- ]signed certificate",
        "The cluster does not know who signed the registry's certificate: add the CA to"
        " spec.additionalTrustedCA of image.config.openshift.io/cluster; importPolicy.insecure"
        " would turn the check off.",
    ),
    Failure(
        r"server gave HTTP response to HTTPS client|is HTTP only"
        r"|first record does not look like a TLS handshake",
        "The registry speaks plain HTTP: set importPolicy.insecure, or list it in"
        " spec.registrySources.insecureRegistries of image.config.openshift.io/cluster.",
    ),
    Failure(
        r"sent an HTTP request to an HTTPS server|malformed HTTP response",
        "The registry does not speak plain HTTP at this port: check the port, and"
        " importPolicy.insecure.",
    ),
    Failure(
        r"x509: |tls: failed to verify",
        "The registry's certificate does not hold: renew it, or use the host name it is made for.",
    ),
    Failure(
        r"remote error: tls|tls: (handshake failure|no supported|server selected|protocol version)",
        "The registry and the cluster do not agree on TLS: it may ask for a client certificate,"
        " which an import does not have, or know old versions only.",
    ),
    Failure(
        r"no such host",
        "The cluster cannot resolve the registry's name: check it. Without a way out the cluster"
        " needs pull specs of a registry it can reach, or a mirror (ImageTagMirrorSet); of mirrors"
        " it asks for images only, not for the tags of a whole repository.",
    ),
    Failure(
        r"server misbehaving|temporary failure in name resolution"
        r"|lookup ~ on .*(i/o timeout|connection refused)",
        "The cluster's DNS does not answer for the registry's name: check the name, and the DNS"
        " servers of the cluster.",
        passing=True,
    ),
    Failure(
        r"HTTP 40[13] response body: invalid character '<'",
        "A web page refuses the cluster, no registry: check host and port, and whether a proxy,"
        " firewall or login page stands before the registry.",
    ),
    Failure(
        rf"{_CODE}5\d\d|internal server error|bad gateway|service unavailable|gateway time-?out"
        r"|unavailable: |unknown: unknown error|no space left on device",
        "The registry itself has failed, also when asked again: try later, or tell those who run"
        " it.",
        passing=True,
    ),
    Failure(
        r"invalid character '<'|text/html|unexpected content[ -]type",
        "What answers there is no registry but a web page: check host, port and path of the pull"
        " spec.",
    ),
    Failure(
        r"TLS handshake timeout|Client\.Timeout|deadline exceeded|i/o timeout"
        r"|timeout awaiting response|timed out|request canceled",
        "The registry did not answer in time, also not when asked again.",
        passing=True,
        hanging=True,
    ),
    Failure(
        r"connection reset|unexpected EOF|\bEOF$|broken pipe|server sent GOAWAY|stream error"
        r"|closed network connection|server closed idle connection|please try again",
        "The connection to the registry broke off, also when tried again.",
        passing=True,
    ),
    Failure(
        r"connection refused|no route to host|network is unreachable|host is down",
        "Nothing answers at the registry's address, seen from the cluster: check host and port,"
        " firewalls, and the cluster-wide proxy.",
    ),
    Failure(
        r"quota (is |was )?exceeded|over quota|storage quota",
        "A quota at the registry is used up: that is for those who run it.",
    ),
    Failure(
        _DENIED,
        "An image of another project in the cluster's own registry needs a right there: oc policy"
        " add-role-to-group system:image-puller system:serviceaccounts:NAMESPACE -n PROJECT.",
        names=r"image-registry\.openshift-image-registry|default-route-openshift-image-registry"
        r"|docker-registry\.default\.svc|\b172\.30\.\d+\.\d+:5000\b",
    ),
    Failure(
        _DENIED,
        "The registry does not let the cluster read this. The namespace needs a pull secret of an"
        " account that may: oc create secret docker-registry NAME --docker-server=HOST"
        " --docker-username=USER --docker-password=TOKEN; one that is there may be wrong.",
    ),
    Failure(
        r"unable to parse docker reference|invalid reference format|must be lowercase"
        r"|name invalid|invalid repository name",
        "No registry can have such a name: correct the pull spec.",
    ),
    Failure(
        r"no (image|manifest|matching manifest) .*(architecture|platform|manifest list)"
        r"|no matching manifest|choosing image instance",
        "The image has no part for the cluster's architecture: importMode PreserveOriginal takes"
        " all parts as they are.",
    ),
    Failure(
        r"media ?type|unsupported manifest|manifest invalid",
        "What stands there is no image that a cluster imports, such as a chart or a signature.",
    ),
    Failure(
        rf"not found|(manifest|name|tag|blob)[_ ]unknown|unknown blob|not known to (?:the )?"
        rf"registry|does not exist|no such (manifest|repository|image|tag)|{_CODE}404",
        "The registry has no such tag or repository; some say so where a pull secret is missing.",
    ),
)


def has(pattern: str, text: str) -> bool:
    return bool(re.search(pattern, text, re.IGNORECASE))
