"""The API groups of definitions whose document does not tell them.

openshift/api's document has no group, version and kind of any object, and Kubernetes names
its packages otherwise than its groups. From ``+groupName`` in openshift/api, and from the
``register.go`` of Kubernetes' packages.
"""

from __future__ import annotations

OPENSHIFT = "com.github.openshift.api"

KUBERNETES = "io.k8s.api"

_OPENSHIFT = {
    "cloudnetwork": "cloud.network",
    "imageregistry": "imageregistry.operator",
    "kubecontrolplane": "kubecontrolplane.config",
    "legacyconfig": "legacy.config",
    "networkoperator": "network.operator",
    "openshiftcontrolplane": "openshiftcontrolplane.config",
    "operatorcontrolplane": "controlplane.operator",
    "operatoringress": "ingress.operator",
    "osin": "osin.config",
    "samples": "samples.operator",
    "securityinternal": "security.internal",
    "servicecertsigner": "servicecertsigner.config",
}
"""What is not simply the package's name before ``.openshift.io``."""

_KUBERNETES = {
    "apiserverinternal": "internal.apiserver.k8s.io",
    "apps": "apps",
    "autoscaling": "autoscaling",
    "batch": "batch",
    "core": "",
    "extensions": "extensions",
    "flowcontrol": "flowcontrol.apiserver.k8s.io",
    "policy": "policy",
    "rbac": "rbac.authorization.k8s.io",
}
"""What is not simply the package's name before ``.k8s.io``."""

_OTHER = {
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions": "apiextensions.k8s.io",
    "io.k8s.kube-aggregator.pkg.apis.apiregistration": "apiregistration.k8s.io",
    "io.k8s.apimachinery.pkg.apis.meta": "meta.k8s.io",
}


def group_of(domain: str, label: str) -> str | None:
    """The API group of definitions whose names begin so, where that is known."""
    if domain == OPENSHIFT:
        return f"{_OPENSHIFT.get(label, label)}.openshift.io"
    if domain == KUBERNETES:
        return _KUBERNETES.get(label, f"{label}.k8s.io")
    return _OTHER.get(f"{domain}.{label}")
