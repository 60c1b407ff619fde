"""What Tanka does to manifests between finding and printing them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...checks.regexp import compiled
from ...engines.sources import digest
from ...errors import EnvironmentFieldError, PatternError
from ...golang.json import dumps

NAMESPACED_ANNOTATION = "tanka.dev/namespaced"
ENVIRONMENT_LABEL = "tanka.dev/environment"

CLUSTER_WIDE_KINDS = frozenset(
    """
    APIService CertificateSigningRequest ClusterRole ClusterRoleBinding ComponentStatus CSIDriver
    CSINode CustomResourceDefinition MutatingWebhookConfiguration Namespace Node NodeMetrics
    PersistentVolume PodSecurityPolicy PriorityClass RuntimeClass SelfSubjectAccessReview
    SelfSubjectRulesReview StorageClass SubjectAccessReview TokenReview
    ValidatingWebhookConfiguration VolumeAttachment
    """.split()  # noqa: SIM905
)

# What others depend on comes first; kinds not named here come last.
KIND_ORDER = {
    kind: position
    for position, kind in enumerate(
        """
        Namespace NetworkPolicy ResourceQuota LimitRange PodSecurityPolicy PodDisruptionBudget
        ServiceAccount Secret ConfigMap StorageClass PersistentVolume PersistentVolumeClaim
        CustomResourceDefinition ClusterRole ClusterRoleList ClusterRoleBinding
        ClusterRoleBindingList Role RoleList RoleBinding RoleBindingList Service DaemonSet Pod
        ReplicationController ReplicaSet Deployment HorizontalPodAutoscaler StatefulSet Job CronJob
        Ingress APIService
        """.split()  # noqa: SIM905
    )
}


def finish(
    manifests: Sequence[dict[str, Any]],
    environment: Mapping[str, Any],
    targets: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """Manifests as the environment wants them, in the order they should be applied.

    Gives them the default namespace, the environment's label if `injectLabels`
    asks for it, and `resourceDefaults`; keeps what `targets` select. A target
    is a regular expression in RE2 syntax for all of ``Kind/name``, in any
    case; one that starts with ``!`` excludes. Raises `PatternError`. Neither
    the manifests nor the environment are changed.
    """
    spec = environment.get("spec") or {}
    defaults = spec.get("resourceDefaults") or {}
    fixed = {ENVIRONMENT_LABEL: environment_label(environment)} if spec.get("injectLabels") else {}
    selected = _selector(targets)
    processed = [
        _with_metadata(
            manifest,
            namespace=spec.get("namespace") or "",
            fixed_labels=fixed,
            default_labels=defaults.get("labels") or {},
            default_annotations=defaults.get("annotations") or {},
        )
        for manifest in manifests
        if selected(f"{manifest['kind']}/{(manifest.get('metadata') or {}).get('name') or ''}")
    ]
    return sorted(processed, key=_apply_order)


def environment_label(environment: Mapping[str, Any]) -> str:
    """The value of the label `tanka.dev/environment`: which environment a manifest belongs to.

    48 hex digits made of the environment's name and namespace, or of the
    fields `spec.tankaEnvLabelFromFields` lists. Raises `EnvironmentFieldError`.
    """
    fields = (environment.get("spec") or {}).get("tankaEnvLabelFromFields")
    parts = [
        _field_text(environment, field)
        for field in fields or (".metadata.name", ".metadata.namespace")
    ]
    return digest(":".join(parts).encode())[:48]


def _field_text(environment: Mapping[str, Any], field: str) -> str:
    value: Any = environment
    for key in field.removeprefix(".").split("."):
        value = value.get(key, "") if isinstance(value, Mapping) else None
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, int, float)):
        return dumps(value)
    raise EnvironmentFieldError(field, value)


def _with_metadata(
    manifest: dict[str, Any],
    *,
    namespace: str,
    fixed_labels: Mapping[str, str],
    default_labels: Mapping[str, str],
    default_annotations: Mapping[str, str],
) -> dict[str, Any]:
    metadata = dict(manifest.get("metadata") or {})
    annotations = metadata.get("annotations") or {}
    if namespace:
        if not annotations:
            metadata.pop("annotations", None)
        if NAMESPACED_ANNOTATION in annotations:
            wanted = annotations[NAMESPACED_ANNOTATION] == "true"
        else:
            wanted = manifest["kind"] not in CLUSTER_WIDE_KINDS
        if wanted and not isinstance(metadata.get("namespace"), str):
            metadata["namespace"] = namespace
    if fixed_labels or default_labels:
        metadata["labels"] = {**default_labels, **(metadata.get("labels") or {}), **fixed_labels}
    if default_annotations:
        metadata["annotations"] = {**default_annotations, **annotations}
    return {**manifest, "metadata": metadata} if metadata else dict(manifest)


def _apply_order(manifest: dict[str, Any]) -> tuple[int, str, str, str, str]:
    kind = manifest["kind"]
    metadata = manifest.get("metadata") or {}
    namespace, name, generate_name = (
        text if isinstance(text := metadata.get(key), str) else ""
        for key in ("namespace", "name", "generateName")
    )
    return KIND_ORDER.get(kind, len(KIND_ORDER)), kind, namespace, name, generate_name


def _whole(pattern: str) -> Any:
    """A pattern for a whole text, in any case. Raises `PatternError`."""
    try:
        return compiled(f"(?i)^{pattern}$")
    except PatternError:
        compiled(pattern)  # if it is wrong by itself, its error is about what was written
        raise


def _selector(targets: Sequence[str]) -> Callable[[str], bool]:
    if not targets:
        return lambda _: True
    included: list[Any] = []
    excluded: list[Any] = []
    for target in targets:
        patterns = excluded if target.startswith("!") else included
        patterns.append(_whole(target.removeprefix("!")))

    def selected(name: str) -> bool:
        # As in Tanka, one excluding target makes the others select everything.
        wanted = bool(excluded) or any(pattern.search(name) for pattern in included)
        return wanted and not any(pattern.search(name) for pattern in excluded)

    return selected
