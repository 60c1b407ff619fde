"""Decoding: the JSON types of the server's Go structs, at the field that has the wrong one."""

import math

import pytest

from pyimagestream.checks.verdict import validate

IMAGE = {"from": {"kind": "DockerImage", "name": "quay.io/org/app:v1"}}


def manifest(metadata=None, spec=None, **fields):
    return {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStreamImport",
        "metadata": {"name": "app", **(metadata or {})},
        "spec": {
            "images": [IMAGE],
            **(spec or {}),
        },
        **fields,
    }


def described(manifest, **options):
    return [(problem.field, problem.message) for problem in validate(manifest, **options)]


@pytest.mark.parametrize(
    ("metadata", "field", "message"),
    [
        ({"name": 3}, "metadata.name", "must be a string, not 3"),
        ({"labels": []}, "metadata.labels", "must be an object, not an array"),
        ({"labels": {"a.b/c": True}}, "metadata.labels[a.b/c]", "must be a string, not true"),
        ({"finalizers": "x"}, "metadata.finalizers", 'must be an array, not "x"'),
        ({"finalizers": ["a/b", {}]}, "metadata.finalizers[1]", "must be a string, not an object"),
        ({"generation": True}, "metadata.generation", "must be an integer, not true"),
        ({"generation": 1.5}, "metadata.generation", "must be an integer, not 1.5"),
        ({"generation": 1.0}, "metadata.generation", "must be an integer, not 1.0"),
        (
            {"generation": math.nan},
            "metadata.generation",
            "must be an integer, not NaN or an infinite number, which JSON does not have",
        ),
        (
            {"generation": 2**63},
            "metadata.generation",
            "must be between -9223372036854775808 and 9223372036854775807, not 9223372036854775808",
        ),
        (
            {"creationTimestamp": "x"},
            "metadata.creationTimestamp",
            'must be a time as in 2006-01-02T15:04:05Z (RFC 3339), not "x"',
        ),
        (
            {"deletionTimestamp": 1},
            "metadata.deletionTimestamp",
            "must be a string, not 1",
        ),
        (
            {"name": b"app"},
            "metadata.name",
            "must be a string, not 'bytes' of Python, which JSON does not have",
        ),
        ({1: "x"}, "metadata", "must have strings for keys, not a number"),
        (
            {"managedFields": [{"operation": "Apply", "time": "yesterday"}]},
            "metadata.managedFields[0].time",
            'must be a time as in 2006-01-02T15:04:05Z (RFC 3339), not "yesterday"',
        ),
    ],
)
def test_a_wrong_json_type_names_the_field_the_type_and_the_value(metadata, field, message):
    assert described(manifest(metadata)) == [(field, message)]


def test_all_wrong_types_are_reported_in_the_order_of_the_fields():
    broken = manifest(
        {"name": 3, "generation": "1"},
        {"import": 1, "images": [IMAGE | {"to": []}, 7, *[IMAGE | {"includeManifest": 0}] * 9]},
        status=[],
    )
    assert [field for field, _ in described(broken)] == [
        "metadata.generation",
        "metadata.name",
        "spec.images[0].to",
        "spec.images[1]",
        *[f"spec.images[{index}].includeManifest" for index in range(2, 11)],
        "spec.import",
        "status",
    ]


@pytest.mark.parametrize("field", ["labels", "annotations"])
def test_a_key_that_is_no_text_hides_no_wrong_value_beside_it(field):
    assert [each for each, _ in described(manifest({field: {"a": False, None: "x"}}))] == [
        f"metadata.{field}",
        f"metadata.{field}[a]",
    ]


def test_a_number_too_long_to_be_printed_is_a_problem_like_others():
    [problem] = validate(manifest({"generation": 10**5000, "bogus": 10**5000}))
    assert problem.field == "metadata.generation"
    [problem] = validate(manifest({"name": 10**5000}))
    assert problem.message == "must be a string, not a number"


def test_null_is_unset_for_every_field():
    nothing = manifest(
        dict.fromkeys(["labels", "generation", "creationTimestamp", "finalizers", "namespace"]),
        {"import": None, "repository": None},
        status=None,
        apiVersion=None,
        kind=None,
    )
    assert described(nothing) == []
    assert [field for field, _ in described({"metadata": None, "spec": None})] == [
        "metadata.name",
        "spec.images",
    ]


def test_null_entries_of_lists_and_maps_are_read_as_empty_ones():
    assert described(manifest({"labels": {"a": None}, "annotations": {"a": None}})) == []
    fields = [field for field, _ in described(manifest({"finalizers": [None]}))]
    assert fields == ["metadata.finalizers", "metadata.finalizers[0]"]
    fields = [field for field, _ in described(manifest(spec={"images": [None]}))]
    assert fields == ["spec.images[0].from.kind"]


@pytest.mark.parametrize("number", [0, -1, 2**63 - 1, -(2**63)])
def test_integers_have_64_bits(number):
    assert described(manifest({"deletionGracePeriodSeconds": number})) == []


@pytest.mark.parametrize("value", [None, {}, [], 3, "x", {"f:spec": {}}])
def test_the_owned_fields_may_be_any_json(value):
    entry = {"operation": "Update", "fieldsV1": value}
    assert described(manifest({"managedFields": [entry]})) == []


def test_unknown_fields_are_a_problem_only_when_strict_and_get_a_spelling_hint():
    misspelled = manifest({"lables": {}, "zzz": 1}, {"Images": [], "import": True})
    assert described(misspelled) == []
    assert described(misspelled, strict=True) == [
        ("metadata.lables", "is unknown to the server (did you mean labels?)"),
        ("metadata.zzz", "is unknown to the server"),
        ("spec.Images", "is unknown to the server (did you mean images?)"),
    ]


def test_field_names_are_case_sensitive():
    assert described({**manifest(), "Spec": 3, "SPEC": []}) == []


def test_a_field_that_a_server_does_not_know_is_not_read_there():
    patched = {"images": [{"importPolicy": {"importMode": 3}, **manifest()["spec"]["images"][0]}]}
    assert [field for field, _ in described(manifest(spec=patched))] == [
        "spec.images[0].importPolicy.importMode"
    ]
    assert described(manifest(spec=patched), server="4.3") == []


@pytest.mark.parametrize("value", [{1: 2}, b"x", math.inf, {"a": [{"b": {3}}]}])
def test_what_json_cannot_hold_is_a_problem_even_in_an_unknown_field(value):
    [problem] = validate(manifest({"bogus": value}))
    assert (problem.field, problem.reason) == ("metadata.bogus", "FieldValueTypeInvalid")


def test_values_deeper_than_the_server_reads_are_a_problem_and_end_the_check():
    cyclic: list = []
    cyclic.append(cyclic)
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    for value in (cyclic, deep):
        [problem] = validate(manifest({"bogus": value}))
        assert problem.message == "must not be nested deeper than 10000"
        [problem] = validate(manifest({"name": value}))
        assert problem.message == "must be a string, not an array"


@pytest.mark.parametrize("value", [None, 3, "x", [], True, math.nan, b"", object()])
def test_a_manifest_is_an_object(value):
    [problem] = validate(value)
    assert problem.field == "$"
    assert problem.reason == "FieldValueTypeInvalid"
