"""Manifests held against the schemas of an API that was read from documents."""

import copy
import json
import sys

import pytest
from support.apis import DATA, api, crds

from pyimagestream.checks.apis import ApiChecks
from pyimagestream.golang.yaml.reader import read_kubectl
from pyimagestream.model.openapi.reader import read_api

CHECKS = ApiChecks(api())
TEXT = (DATA / "objects.yaml").read_text(encoding="utf-8")
OBJECTS = [reading.value for reading in read_kubectl(TEXT)]


def name(manifest):
    metadata = manifest["metadata"]
    return f"{manifest['kind']}-{metadata.get('name') or metadata.get('generateName')}"


BY_NAME = {name(manifest): manifest for manifest in OBJECTS}


def changed(base, path, value):
    """An object with another value at a path; ``...`` takes it away."""
    manifest = copy.deepcopy(BY_NAME[base])
    target = manifest
    for key in path[:-1]:
        target = target[key]
    if value is ...:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    return manifest


def told(manifest, checks=CHECKS):
    return [(each.field, each.message, each.reason) for each in checks.problems(manifest)]


def warned(manifest, checks=CHECKS):
    return [(each.code, each.field, each.message) for each in checks.warnings(manifest)]


def test_there_are_more_than_thirty_objects_of_different_names():
    assert len(BY_NAME) == len(OBJECTS) > 30


@pytest.mark.parametrize("manifest", OBJECTS, ids=name)
def test_an_object_as_real_ones_are_raises_no_alarm(manifest):
    assert CHECKS.definition(manifest)
    assert CHECKS.problems(manifest, strict=True) == []
    assert CHECKS.warnings(manifest) == []


INVALID = "FieldValueInvalid"
TYPE = "FieldValueTypeInvalid"
REQUIRED = "FieldValueRequired"
UNSUPPORTED = "FieldValueNotSupported"

POD = ["spec", "template", "spec"]
CONTAINER = [*POD, "containers", 0]
BACKUP = "Backup-nightly"


@pytest.mark.parametrize(
    ("base", "path", "value", "field", "message", "reason"),
    [
        # Types, as Go decodes them.
        (
            "Deployment-api",
            ["spec", "replicas"],
            "3",
            "spec.replicas",
            'must be an integer, not "3"',
            TYPE,
        ),
        (
            "Deployment-api",
            ["spec", "replicas"],
            2**31,
            "spec.replicas",
            "must be between -2147483648 and 2147483647, not 2147483648",
            TYPE,
        ),
        (
            "Deployment-api",
            ["spec", "replicas"],
            1.0,
            "spec.replicas",
            "must be an integer, not 1.0",
            TYPE,
        ),
        (
            "Deployment-api",
            [*CONTAINER, "args"],
            "--port=8080",
            "spec.template.spec.containers[0].args",
            'must be an array, not "--port=8080"',
            TYPE,
        ),
        (
            "Deployment-api",
            [*CONTAINER, "env", 0, "value"],
            8080,
            "spec.template.spec.containers[0].env[0].value",
            "must be a string, not 8080",
            TYPE,
        ),
        (
            "Deployment-api",
            [*CONTAINER, "resources", "limits", "memory"],
            "1.5GB",
            "spec.template.spec.containers[0].resources.limits[memory]",
            'must be a quantity as in 100m, 2 or 1.5Gi, not "1.5GB"',
            TYPE,
        ),
        (
            "Deployment-api",
            ["spec", "strategy", "rollingUpdate", "maxSurge"],
            0.5,
            "spec.strategy.rollingUpdate.maxSurge",
            "must be a 32-bit integer or a string, not 0.5",
            TYPE,
        ),
        (
            "ConfigMap-api",
            ["data", "port"],
            8080,
            "data[port]",
            "must be a string, not 8080",
            TYPE,
        ),
        (
            "ConfigMap-api",
            ["binaryData", "logo.png"],
            "not base64!",
            "binaryData[logo.png]",
            'must be base64 with padding, not "not base64!"',
            TYPE,
        ),
        (
            "Deployment-api",
            ["metadata", "creationTimestamp"],
            "yesterday",
            "metadata.creationTimestamp",
            'must be a time as in 2006-01-02T15:04:05Z (RFC 3339), not "yesterday"',
            TYPE,
        ),
        # What has to be there.
        (
            "Deployment-api",
            [*CONTAINER, "name"],
            ...,
            "spec.template.spec.containers[0].name",
            "must be there",
            REQUIRED,
        ),
        ("Deployment-api", ["spec", "selector"], ..., "spec.selector", "must be there", REQUIRED),
        (
            "HorizontalPodAutoscaler-api",
            ["spec", "maxReplicas"],
            ...,
            "spec.maxReplicas",
            "must be there",
            REQUIRED,
        ),
        (
            "RoleBinding-readers",
            ["roleRef", "name"],
            None,
            "roleRef.name",
            "must be there",
            REQUIRED,
        ),
        (
            "ConfigMap-api",
            ["metadata", "name"],
            ...,
            "metadata.name",
            "must not be empty unless there is a `generateName`",
            REQUIRED,
        ),
        # Values of Go's types.
        (
            "Deployment-api",
            ["spec", "strategy", "type"],
            "rollingUpdate",
            "spec.strategy.type",
            'must be one of "Recreate", "RollingUpdate", not "rollingUpdate"'
            " (did you mean RollingUpdate?)",
            UNSUPPORTED,
        ),
        # Metadata.
        (
            "ConfigMap-api",
            ["metadata", "name"],
            "My_Config",
            "metadata.name",
            "must be lowercase letters, digits, '-' and '.', with a letter or digit at either end"
            " and around every '.' (RFC 1123 subdomain), not \"My_Config\"",
            INVALID,
        ),
        (
            "Deployment-api",
            ["spec", "template", "metadata", "labels", "app"],
            "a b",
            "spec.template.metadata.labels",
            "the value \"a b\" of \"app\" must have a name of letters, digits, '-', '_' and '.',"
            " with a letter or digit at either end",
            INVALID,
        ),
        (
            "Group-Admins",
            ["metadata", "name"],
            "a/b",
            "metadata.name",
            "must not contain '/', not \"a/b\"",
            INVALID,
        ),
        # A custom resource, whose schema is the law.
        (BACKUP, ["spec", "schedule"], ..., "spec.schedule", "must be there", REQUIRED),
        (
            BACKUP,
            ["spec", "schedule"],
            "daily",
            "spec.schedule",
            "must have at least 9 characters, not 5",
            INVALID,
        ),
        (
            BACKUP,
            ["spec", "schedule"],
            "x" * 65,
            "spec.schedule",
            "must have at most 64 characters, not 65",
            "FieldValueTooLong",
        ),
        (
            BACKUP,
            ["spec", "retention"],
            0,
            "spec.retention",
            "must be at least 1, not 0",
            INVALID,
        ),
        (
            BACKUP,
            ["spec", "retention"],
            366,
            "spec.retention",
            "must be at most 365, not 366",
            INVALID,
        ),
        (
            BACKUP,
            ["spec", "ratio"],
            1,
            "spec.ratio",
            "must be less than 1, not 1",
            INVALID,
        ),
        (BACKUP, ["spec", "ratio"], "1", "spec.ratio", 'must be a number, not "1"', TYPE),
        (
            BACKUP,
            ["spec", "size"],
            1000,
            "spec.size",
            "must be a multiple of 512, not 1000",
            INVALID,
        ),
        (
            BACKUP,
            ["spec", "compression"],
            "bzip",
            "spec.compression",
            'must be one of "none", "gzip", "zstd", not "bzip" (did you mean gzip?)',
            UNSUPPORTED,
        ),
        (
            BACKUP,
            ["spec", "compression"],
            "",
            "spec.compression",
            'must be one of "none", "gzip", "zstd", not ""',
            UNSUPPORTED,
        ),
        (
            BACKUP,
            ["spec", "bucket"],
            "A",
            "spec.bucket",
            'must match ^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$, not "A"',
            INVALID,
        ),
        (
            BACKUP,
            ["spec", "port"],
            1.5,
            "spec.port",
            "must be an integer or a string, not 1.5",
            TYPE,
        ),
        (
            BACKUP,
            ["spec", "notBefore"],
            "tomorrow",
            "spec.notBefore",
            'must be a time as in 2006-01-02T15:04:05Z (RFC 3339), not "tomorrow"',
            INVALID,
        ),
        (
            BACKUP,
            ["spec", "key"],
            "c2VjcmV0=",
            "spec.key",
            'must be base64 with padding, in one line, not "c2VjcmV0="',
            INVALID,
        ),
        (
            BACKUP,
            ["spec", "endpoint"],
            "s3 example",
            "spec.endpoint",
            'must be an absolute URI, not "s3 example"',
            INVALID,
        ),
        (
            BACKUP,
            ["spec", "gateway"],
            "10.0.0.256",
            "spec.gateway",
            'must be an IPv4 address, not "10.0.0.256"',
            INVALID,
        ),
        (
            BACKUP,
            ["spec", "labels"],
            dict.fromkeys("abcde", "x"),
            "spec.labels",
            "must have at most 4 fields, not 5",
            "FieldValueTooMany",
        ),
        (
            BACKUP,
            ["spec", "labels", "a"],
            "x" * 64,
            "spec.labels[a]",
            "must have at most 63 characters, not 64",
            "FieldValueTooLong",
        ),
        (
            BACKUP,
            ["spec", "tags"],
            ["x", "z", "x"],
            "spec.tags[2]",
            "must differ from the entry 0",
            "FieldValueDuplicate",
        ),
        (
            BACKUP,
            ["spec", "tags"],
            list("abcdef"),
            "spec.tags",
            "must have at most 5 entries, not 6",
            "FieldValueTooMany",
        ),
        (BACKUP, ["spec", "tags"], ["a", None], "spec.tags[1]", "must be a string, not null", TYPE),
        (
            BACKUP,
            ["spec", "volumes", 1, "name"],
            "a",
            "spec.volumes[1]",
            "must differ from the entry 0 in name",
            "FieldValueDuplicate",
        ),
        (
            BACKUP,
            ["spec", "volumes"],
            [],
            "spec.volumes",
            "must have at least 1 entries, not 0",
            INVALID,
        ),
        (
            BACKUP,
            ["spec", "target"],
            {},
            "spec.target",
            "must be one of: s3 must be there; nfs must be there",
            INVALID,
        ),
        (
            BACKUP,
            ["spec", "hook", "kind"],
            ...,
            "spec.hook.kind",
            "must be there",
            REQUIRED,
        ),
        (
            BACKUP,
            ["spec", "options", "level"],
            "high",
            "spec.options.level",
            'must be an integer, not "high"',
            TYPE,
        ),
        (
            BACKUP,
            ["metadata", "name"],
            "Nightly",
            "metadata.name",
            "must be lowercase letters, digits, '-' and '.', with a letter or digit at either end"
            " and around every '.' (RFC 1123 subdomain), not \"Nightly\"",
            INVALID,
        ),
    ],
)
def test_a_wrong_value_is_one_problem_at_its_field(base, path, value, field, message, reason):
    assert told(changed(base, path, value)) == [(field, message, reason)]


def test_one_of_two_branches_may_be_taken_and_not_both():
    both = changed(BACKUP, ["spec", "target", "nfs"], {"server": "a", "path": "/"})
    assert told(both) == [
        ("spec.target", "must be as one of 2 branches of oneOf, not as 2", INVALID)
    ]


@pytest.mark.parametrize(
    ("base", "finalizer", "fields"),
    [
        (BACKUP, "resources-finalizer.argocd.argoproj.io", []),
        (BACKUP, "a.io/b", []),
        (BACKUP, "a b", ["metadata.finalizers"]),
        ("Deployment-api", "resources-finalizer.argocd.argoproj.io", ["metadata.finalizers[0]"]),
        ("Deployment-api", "foregroundDeletion", []),
    ],
)
def test_a_finalizer_needs_a_slash_where_the_kind_is_one_of_kubernetes(base, finalizer, fields):
    manifest = changed(base, ["metadata", "finalizers"], [finalizer])
    assert [field for field, _, _ in told(manifest)] == fields


@pytest.mark.parametrize("base", ["Namespace-prod", "Service-api"])
def test_the_name_of_a_namespace_or_service_has_no_dots(base):
    assert told(changed(base, ["metadata", "name"], "a-1")) == []
    [(field, message, _)] = told(changed(base, ["metadata", "name"], "a.b"))
    assert field == "metadata.name"
    assert message.startswith("must be lowercase letters, digits and '-', with")


def test_a_disruption_budget_may_have_any_name_a_path_can_have():
    [budget] = [each for each in OBJECTS if each["kind"] == "PodDisruptionBudget"]
    assert told(changed(name(budget), ["metadata", "name"], "My_API")) == []
    [(field, _, _)] = told(changed(name(budget), ["metadata", "name"], "a/b"))
    assert field == "metadata.name"


def told_of_gate(spec, value):
    """What is wrong with the spec of a custom resource, by the schema of its spec."""
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    names = {"kind": "Gate", "plural": "gates"}
    told = {"group": "a.test", "names": names, "versions": [{"name": "v1", "schema": schema}]}
    crd = {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition"}
    checks = ApiChecks(read_api([("crd.json", {**crd, "spec": told})]))
    manifest = {"apiVersion": "a.test/v1", "kind": "Gate", "metadata": {"name": "a"}}
    return [(each.field, each.message) for each in checks.problems({**manifest, "spec": value})]


EITHER = "must be at least one of: must be an IPv4 address, not"


@pytest.mark.parametrize(
    ("value", "field", "message"),
    [
        ({"type": "IP", "value": "10.0.0.1"}, "", ""),
        ({"type": "IP", "value": "fd00::1"}, "", ""),
        ({"type": "Name", "value": "a.com"}, "", ""),
        ({"type": "Name", "value": "10.0.0.1"}, "spec", "must be one of: "),
        ({"type": "IP", "value": "a.com"}, "spec", "must be one of: "),
        ({"type": "Any", "other": "10.0.0.1"}, "", ""),
        ({"type": "Any", "other": "a.com"}, "spec.other", EITHER),
        ({"type": "Any", "numbers": [1]}, "", ""),
    ],
)
def test_a_format_in_a_branch_is_asked_of_texts(value, field, message):
    """As in the addresses of a Gateway (gateway.networking.k8s.io)."""
    ip = {"anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]}
    kinds = {"IP": ip, "Name": {"format": "hostname"}, "Any": {"maxLength": 0}}
    spec = {
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "value": {"type": "string"},
            "other": {"type": "string", **ip},
            "numbers": {"type": "array", "items": {"type": "integer", "not": {"format": "date"}}},
        },
        "oneOf": [
            {"properties": {"type": {"enum": [kind]}, "value": asked}}
            for kind, asked in kinds.items()
        ],
    }
    found = told_of_gate(spec, value)
    assert [each for each, _ in found] == ([field] if field else [])
    assert all(text.startswith(message) for _, text in found)


@pytest.mark.parametrize(
    ("value", "is_well"),
    [
        ({"addresses": [{"value": "10.0.0.1"}]}, True),
        ({"addresses": [{"type": "IP", "value": "10.0.0.1"}]}, True),
        ({"addresses": [{"type": "Name", "value": "a.com"}]}, True),
        ({"addresses": [{"type": "IP", "value": "a.com"}]}, False),
        ({"addresses": [{"type": "Name"}], "limits": {}}, True),
        ({"addresses": []}, True),
    ],
)
def test_branches_about_a_field_that_the_server_fills_in_are_not_asked(value, is_well):
    """The default of a Gateway's address is a type, which one branch of two is about."""
    address = {
        "type": "object",
        "properties": {"type": {"type": "string", "default": "IP"}, "value": {"type": "string"}},
        "oneOf": [
            {"properties": {"type": {"enum": ["IP"]}, "value": {"format": "ipv4"}}},
            {"properties": {"type": {"not": {"enum": ["IP"]}}}},
        ],
    }
    limits = {
        "type": "object",
        "properties": {"cpu": {"type": "integer", "default": 1}},
        "minProperties": 1,
    }
    spec = {
        "type": "object",
        "properties": {"addresses": {"type": "array", "items": address}, "limits": limits},
    }
    assert (told_of_gate(spec, value) == []) is is_well


@pytest.mark.parametrize(
    ("base", "path", "field", "near"),
    [
        ("Deployment-api", [*CONTAINER, "successThreshhold"], None, ""),
        ("Route-web", ["id"], "id", ""),
        ("Route-web", ["spec", "tls", "terminaton"], "spec.tls.terminaton", "termination"),
        (
            "Deployment-api",
            [*CONTAINER, "livenessProbe", "sucessThreshold"],
            "spec.template.spec.containers[0].livenessProbe.sucessThreshold",
            "successThreshold",
        ),
        ("DeploymentConfig-legacy", [*CONTAINER, "capabilities"], None, ""),
        ("Deployment-api", ["metadata", "replicas"], "metadata.replicas", ""),
        (
            "Deployment-api",
            [*CONTAINER, "emptyDir"],
            "spec.template.spec.containers[0].emptyDir",
            "spec.template.spec.volumes[].emptyDir",
        ),
        (BACKUP, ["spec", "schedul"], "spec.schedul", "schedule"),
        (BACKUP, ["spec", "hook", "metadata", "nam"], "spec.hook.metadata.nam", "name"),
    ],
)
def test_an_unknown_field_is_a_warning_that_names_a_near_one_and_a_problem_if_strict(
    base, path, field, near
):
    manifest = changed(base, path, {"a": 1})
    hint = f" (did you mean {near}?)" if near else ""
    [(code, found, message)] = warned(manifest)
    assert code == "W011"
    assert found == (field or found)
    if near:
        assert message == f"is unknown to the server{hint}"
    assert CHECKS.problems(manifest) == []
    [problem] = CHECKS.problems(manifest, strict=True)
    assert (problem.field, problem.reason) == (found, "FieldUnknown")


def test_a_field_that_stands_beside_its_place_names_it_and_once():
    [(_, _, message)] = warned(changed("Deployment-api", ["spec", "containers"], []))
    assert message == "is unknown to the server (did you mean template.spec.containers?)"


def test_a_missing_field_names_the_unknown_one_that_was_meant():
    manifest = changed(BACKUP, ["spec", "schedule"], ...)
    manifest["spec"]["shedule"] = "0 3 * * *"
    assert told(manifest) == [
        ("spec.schedule", 'must be there (did you mean schedule by "shedule"?)', REQUIRED)
    ]


def test_what_openshifts_documents_require_and_its_server_does_without_is_a_warning():
    route = changed("Route-web", ["spec", "port"], {})
    assert told(route) == []
    assert warned(route) == [("W201", "spec.port.targetPort", "must be there")]
    assert warned(changed("Route-web", ["spec", "to"], {})) == []


def test_a_document_without_defaults_asks_no_more_of_texts_and_numbers_than_one_with_them():
    def bare(node, is_schema=True):
        if isinstance(node, dict):
            left = (key for key in node if key != "default" or not is_schema)
            return {key: bare(node[key], key not in ("properties", "definitions")) for key in left}
        return [bare(each) for each in node] if isinstance(node, list) else node

    document = bare(json.loads((DATA / "cluster.json").read_text(encoding="utf-8")))
    checks = ApiChecks(read_api([("v2.json", document)]))
    for manifest in OBJECTS:
        if manifest["kind"] != "Backup":
            assert checks.problems(manifest, strict=True) == []
            assert checks.warnings(manifest) == []


def test_entries_with_the_same_keys_are_a_warning_where_the_server_takes_them():
    env = [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]
    manifest = changed("Deployment-api", [*CONTAINER, "env"], env)
    assert told(manifest) == []
    assert warned(manifest) == [
        (
            "W202",
            "spec.template.spec.containers[0].env[1]",
            "must differ from the entry 0 in name",
        )
    ]


def test_null_is_unset_as_the_server_prunes_it():
    for key in ("replicas", "strategy", "paused"):
        assert told(changed("Deployment-api", ["spec", key], None)) == []
    for key in ("bucket", "labels", "volumes", "retention", "timeZone"):
        assert told(changed(BACKUP, ["spec", key], None)) == []
    assert told(changed(BACKUP, ["spec", "schedule"], None)) == [
        ("spec.schedule", "must be there", REQUIRED)
    ]
    assert told(changed("Deployment-api", [*CONTAINER, "args"], [None])) == []


def test_a_status_is_decoded_and_nothing_more():
    assert told(changed(BACKUP, ["status"], {"phase": "Unheard"})) == []
    assert told(changed(BACKUP, ["status"], {"phase": 1})) == [
        ("status.phase", "must be a string, not 1", TYPE)
    ]


def test_no_value_of_a_secret_is_shown():
    secret = changed("Secret-db", ["data", "password"], "hunter2!")
    [problem] = CHECKS.problems(secret)
    assert problem.message == "must be base64 with padding"
    assert problem.value is None
    assert "hunter2" not in str(
        CHECKS.problems(changed("Secret-db", ["stringData", "a"], ["hunter2"]))
    )
    assert "hunter2" not in str(CHECKS.problems(changed("Secret-db", ["data"], "hunter2")))


def test_all_problems_are_told_at_once_in_the_order_of_the_fields():
    manifest = changed(BACKUP, ["spec", "retention"], 0)
    manifest["spec"]["tags"] = 3
    manifest["spec"]["bucket"] = "A"
    assert [field for field, *_ in told(manifest)] == ["spec.bucket", "spec.retention", "spec.tags"]


@pytest.mark.parametrize("value", [None, 1, "x", [], True, {"a": {1: 2}}, float("nan"), {3}])
def test_whatever_stands_in_a_manifest_nothing_is_raised(value):
    for manifest in OBJECTS:
        for key in ("metadata", "spec", "data", "status"):
            CHECKS.problems({**manifest, key: value})
            CHECKS.warnings({**manifest, key: value})


def test_a_recursive_schema_is_followed_as_deep_as_a_value_goes_and_no_deeper_than_python():
    text = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: trees.example.com}
spec:
  group: example.com
  names: {kind: Tree, plural: trees}
  versions:
    - name: v1
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object}}}}
"""
    node = {
        "properties": {"next": {"$ref": "#/definitions/a.v1.Node"}, "size": {"type": "integer"}}
    }
    tree = {
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "spec": {"$ref": "#/definitions/a.v1.Node"},
        },
        "x-kubernetes-group-version-kind": [{"group": "a", "version": "v1", "kind": "Tree"}],
    }
    documents = [("t.json", {"definitions": {"a.v1.Node": node, "a.v1.Tree": tree}}), *crds(text)]
    checks = ApiChecks(read_api(documents))
    manifest = {"apiVersion": "a/v1", "kind": "Tree", "metadata": {"name": "a"}}
    manifest["spec"] = {"next": {"next": {"size": "big"}}}
    [problem] = [each for each in checks.problems(manifest) if each.field != "metadata"]
    assert problem.field == "spec.next.next.size"
    deep = {}
    for _ in range(sys.getrecursionlimit()):
        deep = {"next": deep}
    manifest["spec"] = deep
    assert [each.message for each in checks.problems(manifest)] == ["must not be nested so deep"]


def test_a_kind_that_the_api_does_not_have_is_told_and_one_that_is_near_it():
    assert CHECKS.definition({"apiVersion": "v1", "kind": "Secretz"}) is None
    assert CHECKS.near("v1", "Secretz") == "v1 Secret"
    assert CHECKS.near("extensions/v1beta1", "Deployment") == "apps/v1 Deployment"
    assert CHECKS.near("a/v1", "Zzz") == ""


ODD_METADATA = {
    "annotations": {"a": 1},
    "finalizers": [1],
    "generation": "1",
    "labels": {"a": 1},
    "name": ["a"],
    "namespace": {},
    "ownerReferences": [1],
}


def checks_with(metadata):
    """The checks of a kind whose metadata has these properties in the document."""
    name = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
    thing = {
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"$ref": f"#/definitions/{name}"},
        },
        "x-kubernetes-group-version-kind": [{"group": "", "version": "v1", "kind": "Thing"}],
    }
    definitions = {"io.k8s.api.core.v1.Thing": thing, name: {"properties": metadata}}
    return ApiChecks(read_api([("t.json", {"definitions": definitions})]))


@pytest.mark.parametrize("key", ODD_METADATA)
def test_metadata_has_the_types_of_go_whatever_a_document_says(key):
    checks = checks_with({"name": {"type": "string"}, key: {}})
    metadata = {"name": "a", key: ODD_METADATA[key]}
    [problem] = checks.problems({"apiVersion": "v1", "kind": "Thing", "metadata": metadata})
    assert problem.field.startswith(f"metadata.{key}")
    assert problem.reason == "FieldValueTypeInvalid"


def test_an_unknown_field_of_an_owner_hides_no_problem_with_it():
    owner = {"apiVersion": "v1", "kind": "Pod", "name": "a", "uuid": "1"}
    fields = {key: {"type": "string"} for key in ("apiVersion", "kind", "name", "uid")}
    owners = {"type": "array", "items": {"type": "object", "properties": fields}}
    checks = checks_with({"name": {"type": "string"}, "ownerReferences": owners})
    metadata = {"name": "a", "ownerReferences": [owner]}
    thing = {"apiVersion": "v1", "kind": "Thing", "metadata": metadata}
    assert [each.field for each in checks.problems(thing)] == ["metadata.ownerReferences.uid"]
    assert [each.field for each in checks.warnings(thing)] == ["metadata.ownerReferences[0].uuid"]


def test_what_is_not_checked_of_a_kind_can_be_told():
    [told] = ApiChecks(api()).unchecked(BY_NAME[BACKUP])
    assert told == "1 CEL rule (x-kubernetes-validations)"
    assert ApiChecks(api()).unchecked(BY_NAME["Route-web"]) == []
