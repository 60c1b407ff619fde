"""The rules of object metadata, with the server's field paths."""

import pytest

from pyimagestream.checks.verdict import validate
from pyimagestream.model.schema import V4_3


def found(metadata, server="latest"):
    manifest = {
        "metadata": {"name": "app", **metadata},
        "spec": {"images": [{"from": {"kind": "DockerImage", "name": "quay.io/org/app:v1"}}]},
    }
    return [(problem.reason, problem.field) for problem in validate(manifest, server=server)]


def invalid(*fields):
    return [("FieldValueInvalid", f"metadata.{field}") for field in fields]


@pytest.mark.parametrize("name", ["a", "9", "a.b", "a_b", "a-b", "a.b-c_d", "a" * 300])
def test_names_of_image_streams(name):
    assert found({"name": name}) == []


@pytest.mark.parametrize(
    "name", [".", "..", "A", "a-", "-a", "a__b", "a--b", "a..b", "a/b", "a%b", "a b", "é", "a\n"]
)
def test_what_is_no_name_of_an_image_stream(name):
    assert found({"name": name}) == invalid("name")


def test_a_name_with_both_forbidden_characters_has_two_problems():
    assert found({"name": "a/b%"}) == invalid("name", "name")


@pytest.mark.parametrize("name", ["", None])
def test_a_name_is_required_even_with_a_generate_name(name):
    assert found({"name": name, "generateName": "app"}) == [("FieldValueRequired", "metadata.name")]


@pytest.mark.parametrize(("prefix", "fields"), [("", []), ("app", []), ("app-", ["generateName"])])
def test_a_generate_name_is_judged_like_a_name(prefix, fields):
    assert found({"generateName": prefix}) == invalid(*fields)


@pytest.mark.parametrize(("prefix", "rule"), [(".", "must be lowercase"), ("/", "must not")])
def test_only_a_whole_name_is_told_not_to_be_a_dot(prefix, rule):
    [problem] = validate({"metadata": {"name": "a", "generateName": prefix}, "spec": SPEC})
    assert problem.message.startswith(rule)


SPEC = {"repository": {"from": {"kind": "DockerImage", "name": "quay.io/org/app"}}}


@pytest.mark.parametrize(("text", "count"), [("", 0), ("n-1", 0), ("n.1", 1), ("N", 1), ("-", 1)])
def test_namespaces_are_dns_labels(text, count):
    assert found({"namespace": text}) == invalid(*["namespace"] * count)


def test_a_long_namespace_is_invalid():
    assert found({"namespace": "a" * 63}) == []
    assert found({"namespace": "a" * 64}) == invalid("namespace")


@pytest.mark.parametrize(("value", "fields"), [(0, []), (2**63 - 1, []), (-1, ["generation"])])
def test_a_generation_is_not_negative(value, fields):
    assert found({"generation": value}) == invalid(*fields)


QUALIFIED = ["a", "A.b_c-D", "ex.com/a", "a" * 63, "d" * 253 + "/n", "0", "a/A"]
UNQUALIFIED = ["", "/a", "a/", "a/b/c", "a" * 64, "d" * 254 + "/n", "-a", "a-", "é", "ex..com/a"]


@pytest.mark.parametrize("field", ["labels", "annotations"])
@pytest.mark.parametrize("key", QUALIFIED)
def test_keys_are_qualified_names(field, key):
    assert found({field: {key: "v"}}) == []


@pytest.mark.parametrize("field", ["labels", "annotations"])
@pytest.mark.parametrize("key", UNQUALIFIED)
def test_what_is_no_key_is_reported_at_the_map(field, key):
    assert set(found({field: {key: "v"}})) == set(invalid(field))


def test_case_matters_in_the_domain_of_a_label_and_not_of_an_annotation():
    assert found({"labels": {"EX.com/a": "v"}}) == invalid("labels")
    assert found({"annotations": {"EX.com/a": "v"}}) == []


@pytest.mark.parametrize("key", ["\u212a", "\u0130"])
def test_an_annotation_is_lowered_as_go_lowers_it(key):
    """The sign of kelvin becomes a k, and a capital I with a dot a plain i."""
    assert found({"annotations": {key: "v"}}) == []
    assert found({"labels": {key: "v"}}) == invalid("labels")


@pytest.mark.parametrize(
    ("value", "fields"),
    [("", []), ("a", []), ("a" * 63, []), ("a" * 64, ["labels"]), ("a/b", ["labels"])],
)
def test_label_values(value, fields):
    assert found({"labels": {"k": value}}) == invalid(*fields)
    assert found({"annotations": {"k": value}}) == []


@pytest.mark.parametrize("filling", ["x", "é", "\ud800", "\U0001f600", "\ud83d\ude00"])
def test_annotations_have_256_kib_in_all_as_the_server_decodes_them(filling):
    read = filling.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = filling * (100_000 // len(read.encode()))
    keys = {"a": text, "b": text}
    rest = 256 * 1024 - 3 - 2 * (100_000 // len(read.encode())) * len(read.encode())
    assert found({"annotations": {**keys, "c": "x" * rest}}) == []
    assert found({"annotations": {**keys, "c": "x" * (rest + 1)}}) == [
        ("FieldValueTooLong", "metadata.annotations")
    ]


@pytest.mark.parametrize(
    ("finalizers", "fields"),
    [
        (["ex.com/a", "kubernetes", "orphan"], []),
        (["foregroundDeletion", "ex.com/a"], []),
        (["a.io/x", "plain"], ["finalizers[1]"]),
        (["ex.com/-"], ["finalizers"]),
        (["-"], ["finalizers", "finalizers[0]"]),
        (["orphan", "foregroundDeletion"], ["finalizers"]),
    ],
)
def test_finalizers_have_a_domain_or_are_standard_and_do_not_contradict(finalizers, fields):
    assert found({"finalizers": finalizers}) == invalid(*fields)


OWNER = {"apiVersion": "v1", "kind": "ConfigMap", "name": "o", "uid": "u"}


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({}, []),
        ({"apiVersion": "apps/v1"}, []),
        ({"apiVersion": ""}, ["apiVersion"]),
        ({"apiVersion": "apps/"}, ["apiVersion"]),
        ({"apiVersion": "a/b/c"}, ["apiVersion"]),
        ({"kind": "", "name": None, "uid": ""}, ["kind", "name", "uid"]),
        ({"apiVersion": "events.k8s.io/v1", "kind": "Event"}, []),
    ],
)
def test_owner_references_need_a_version_a_kind_a_name_and_a_uid(change, fields):
    expected = invalid(*(f"ownerReferences.{field}" for field in fields))
    assert found({"ownerReferences": [OWNER | change]}) == expected


@pytest.mark.parametrize("api_version", ["v1", "/v1"])
def test_an_event_owns_nothing(api_version):
    owner = OWNER | {"apiVersion": api_version, "kind": "Event"}
    assert found({"ownerReferences": [owner]}) == invalid("ownerReferences")


def test_an_empty_owner_reference_lacks_everything():
    fields = ["apiVersion", "kind", "name", "uid"]
    expected = invalid(*(f"ownerReferences.{field}" for field in fields))
    assert found({"ownerReferences": [None]}) == expected


def test_one_owner_may_be_the_controller():
    controller = OWNER | {"controller": True}
    assert found({"ownerReferences": [controller, OWNER | {"controller": False}]}) == []
    assert found({"ownerReferences": [controller] * 3}) == invalid(*["ownerReferences"] * 2)


def test_the_older_server_forgets_a_controller_without_a_name():
    nameless = [OWNER | {"controller": True, "name": ""}, OWNER | {"controller": True}]
    name = "ownerReferences.name"
    assert found({"ownerReferences": nameless}) == invalid("ownerReferences", name)
    assert found({"ownerReferences": nameless}, V4_3) == invalid(name)


MANAGED = {"manager": "m", "operation": "Update", "fieldsType": "FieldsV1"}


@pytest.mark.parametrize(
    ("change", "latest", "older"),
    [
        ({}, [], []),
        ({"operation": "Apply"}, [], []),
        ({"operation": "x"}, ["managedFields[0].operation"], ["managedFields.operation"]),
        ({"operation": None}, ["managedFields[0].operation"], ["managedFields.operation"]),
        ({"fieldsType": "x"}, ["managedFields[0].fieldsType"], ["managedFields.fieldsType"]),
        ({"fieldsType": ""}, [], ["managedFields.fieldsType"]),
        ({"manager": "a\x07"}, ["managedFields[0].manager"], ["fieldManager"]),
        ({"manager": "\u00a0"}, ["managedFields[0].manager"], ["fieldManager"]),
        ({"manager": "a b é"}, [], []),
        ({"manager": "\ud800 \ud83d\ude00"}, [], []),
    ],
)
def test_managed_fields_where_each_server_looks_at_them(change, latest, older):
    """The newest does within another object only: of the object itself it replaces them before."""
    metadata = {"managedFields": [MANAGED | change]}
    assert found_within(metadata) == invalid(*latest)
    assert found(metadata) == []
    assert found(metadata, V4_3) == invalid(*older)


def found_within(metadata):
    """What is wrong with the metadata of the image of a mapping."""
    manifest = {
        "kind": "ImageStreamMapping",
        "metadata": {"name": "app"},
        "image": {"metadata": {"name": "a", **metadata}},
        "tag": "v1",
    }
    problems = validate(manifest)
    return [(each.reason, each.field.removeprefix("image.")) for each in problems]


def test_lengths_in_managed_fields_count_bytes():
    metadata = {"managedFields": [MANAGED | {"manager": "é" * 65, "subresource": "s" * 257}]}
    too_long = "FieldValueTooLong"
    assert found_within(metadata) == [
        (too_long, "metadata.managedFields[0].manager"),
        (too_long, "metadata.managedFields[0].subresource"),
    ]
    assert found(metadata, V4_3) == [(too_long, "metadata.fieldManager")]
    well = {"managedFields": [MANAGED | {"manager": "é" * 64, "subresource": "s" * 256}]}
    assert found_within(well) == found(well) == found(well, V4_3) == []


def test_messages_say_what_stood_there():
    manifest = {"metadata": {"name": "App", "labels": {"-a": "/"}}, "spec": SPEC}
    assert [(problem.message, problem.value) for problem in validate(manifest)] == [
        (
            "the key \"-a\" must have a name of letters, digits, '-', '_' and '.', with a"
            " letter or digit at either end",
            "-a",
        ),
        (
            "the value \"/\" of \"-a\" must have a name of letters, digits, '-', '_' and '.',"
            " with a letter or digit at either end",
            "/",
        ),
        (
            "must be lowercase letters and digits, with single '.', '_' or '-' between them"
            ' (it becomes part of a pull spec), not "App"',
            "App",
        ),
    ]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("", ()),
        ("a-1", ()),
        ("1a", ("clusterName",)),
        ("A", ("clusterName",)),
        ("a.b", ("clusterName",)),
        ("a-", ("clusterName",)),
        ("a" * 63, ()),
        ("a" * 64, ("clusterName",)),
        ("A" * 64, ("clusterName", "clusterName")),
    ],
)
def test_the_4_3_server_wants_a_dns_label_for_the_cluster_name_and_newer_ones_drop_it(name, fields):
    assert found({"clusterName": name}, V4_3) == invalid(*fields)
    assert found({"clusterName": name}) == []
