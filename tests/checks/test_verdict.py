"""What is asked of a finished manifest, of a part of one, and of one value."""

import pytest

from pyimagestream.checks._rules import tables
from pyimagestream.checks.verdict import check_present, check_value, validate
from pyimagestream.model.definition import functions
from pyimagestream.model.group import DEFINED, definition

FUNCTIONS = {
    function.native: function for kind in DEFINED for function in functions(definition(kind))
}


def found(native, value):
    problems = check_value(FUNCTIONS[f"imageStreamImport.{native}"], value)
    return [(problem.reason, problem.field) for problem in problems]


def schemas(schema):
    yield schema
    for child in (*schema.properties.values(), schema.items, schema.additional):
        if child is not None:
            yield from schemas(child)


def test_the_model_and_the_rule_table_name_the_same_rules():
    of_objects, others = set(), set()
    for kind in DEFINED:
        for schema in schemas(definition(kind).schema):
            if schema.rule:
                (of_objects if schema.properties else others).add(schema.rule)
    assert sorted(of_objects) == sorted(name for table in tables("OBJECT_RULES") for name in table)
    assert sorted(others) == sorted(name for table in tables("RULES") for name in table)


@pytest.mark.parametrize("native", FUNCTIONS)
def test_null_passes_every_function(native):
    assert check_value(FUNCTIONS[native], None) == []


@pytest.mark.parametrize("native", [name for name in FUNCTIONS if not name.endswith("withRaw")])
def test_every_function_refuses_a_wrong_json_type_at_its_own_field(native):
    function = FUNCTIONS[native]
    wrong = 3 if function.schema.type in ("array", "object") else {}
    [problem] = check_value(function, wrong)
    assert problem.reason == "FieldValueTypeInvalid"
    assert problem.field == ".".join(function.path)


OWNER = {"apiVersion": "v1", "kind": "A", "name": "a"}
INVALID, REQUIRED, TYPE = "FieldValueInvalid", "FieldValueRequired", "FieldValueTypeInvalid"
META, REPOSITORY = "metadata", "spec.repository.from"
CODE, PENDING = "metadata.initializers.result.code", "metadata.initializers.pending"


@pytest.mark.parametrize(
    ("native", "value", "expected"),
    [
        (f"{META}.withName", "app", []),
        (f"{META}.withName", "App", [(INVALID, "metadata.name")]),
        (f"{META}.withName", "", [(REQUIRED, "metadata.name")]),
        (f"{META}.withNamespace", "", []),
        (f"{META}.withClusterName", "A.b", []),
        (f"{META}.withLabelsMixin", {"k": "/"}, [(INVALID, "metadata.labels")]),
        (f"{META}.withFinalizersMixin", ["x"], [(INVALID, "metadata.finalizers[0]")]),
        (
            f"{META}.withOwnerReferences",
            [OWNER | {"uid": 3}],
            [(TYPE, "metadata.ownerReferences[0].uid")],
        ),
        (f"{REPOSITORY}.withKind", "X", [(INVALID, f"{REPOSITORY}.kind")]),
        (f"{REPOSITORY}.withName", "a:b", [(INVALID, f"{REPOSITORY}.name")]),
        (f"{REPOSITORY}.withName", "", [(REQUIRED, f"{REPOSITORY}.name")]),
        ("spec.withImages", [{}], [(INVALID, "spec.images[0].from.kind")]),
        ("spec.withImagesMixin", [{"from": {"kind": 3}}], [(TYPE, "spec.images[0].from.kind")]),
        ("metadata.withClusterName", "any thing", []),
        ("metadata.initializers.withPending", [{"name": 1}], [(TYPE, f"{PENDING}[0].name")]),
        ("metadata.initializers.result.withCode", 2**31, [(TYPE, CODE)]),
        ("metadata.initializers.result.withCode", -(2**31), []),
    ],
)
def test_one_value_is_judged_with_the_full_path_of_its_field(native, value, expected):
    assert found(native, value) == expected


def test_new_takes_any_name_as_an_extended_library_may_still_change_it():
    assert found("new", "Any Thing") == []
    assert found("new", 3) == [("FieldValueTypeInvalid", "metadata.name")]


def test_jsonnet_has_one_kind_of_numbers():
    assert found("metadata.withGeneration", 2.0) == []
    assert found("metadata.withGeneration", 2.5) != []
    assert found("metadata.withGeneration", 2.0**63) != []
    assert found("metadata.withGeneration", float("inf")) != []


def test_unknown_fields_of_a_value_are_left_to_the_finished_manifest():
    image = {"from": {"kind": "DockerImage", "name": "a:b"}, "bogus": 1}
    assert found("spec.withImages", [image]) == []
    part = {"spec": {"images": [image], "repository": {"bogus": 1}}, "bogus": 1}
    assert check_present(part) == []


def test_a_part_is_not_blamed_for_what_it_lacks():
    for part in (
        {},
        {"metadata": {}, "spec": {}},
        {"spec": {"repository": {}}},
        {"spec": {"repository": {"from": {}}}},
        {"metadata": {"name": None}, "spec": {"images": [], "repository": None}},
        None,
    ):
        assert check_present(part) == []


def test_a_part_is_judged_for_everything_it_has():
    part = {
        "kind": "ImageStreamImport",
        "metadata": {
            "name": "App",
            "generation": "1",
            "clusterName": 3,
            "managedFields": [{}],
            "initializers": {"pending": 3},
        },
        "spec": {
            "import": "yes",
            "images": [{}, {"importPolicy": {"importMode": "x"}}],
            "repository": {"from": {"name": "a:b"}, "importPolicy": {"importMode": "x"}},
        },
        "status": 3,
    }
    assert [problem.field for problem in check_present(part)] == [
        "metadata.clusterName",
        "metadata.generation",
        "metadata.initializers.pending",
        "metadata.name",
        "spec.images[0].from.kind",
        "spec.images[1].from.kind",
        "spec.images[1].importPolicy.importMode",
        "spec.import",
        "spec.repository.from.name",
        "spec.repository.importPolicy.importMode",
        "status",
    ]


def test_a_server_that_was_not_recorded_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match=r"must be one of latest, 4\.3, not 'bogus'"):
        validate({}, server="bogus")
