"""The constraints in a schema of a document."""

import pytest

from pyimagestream.model.constraints import NO_CONSTRAINTS, Branch, CelRule, Constraints
from pyimagestream.model.openapi._constraints import constraints_of


def test_every_keyword_is_read():
    raw = {
        "required": ["a", "b"],
        "nullable": True,
        "enum": ["x", 1, None],
        "pattern": "^a$",
        "minimum": 0,
        "maximum": 1.5,
        "exclusiveMinimum": True,
        "exclusiveMaximum": True,
        "multipleOf": 2,
        "minLength": 0,
        "maxLength": 3,
        "minItems": 1,
        "maxItems": 2,
        "uniqueItems": True,
        "minProperties": 1,
        "maxProperties": 2,
        "default": 3,
        "x-kubernetes-int-or-string": True,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
        "x-kubernetes-preserve-unknown-fields": True,
        "x-kubernetes-embedded-resource": True,
        "x-kubernetes-validations": [
            {
                "rule": "self > 0",
                "message": "m",
                "reason": "FieldValueForbidden",
                "fieldPath": ".a",
            },
            {"rule": "true", "messageExpression": "'m'"},
        ],
    }
    assert constraints_of(raw) == Constraints(
        required=("a", "b"),
        default=True,
        nullable=True,
        enum=("x", 1, None),
        pattern="^a$",
        minimum=0,
        maximum=1.5,
        exclusive_minimum=True,
        exclusive_maximum=True,
        multiple_of=2,
        min_length=0,
        max_length=3,
        min_items=1,
        max_items=2,
        unique_items=True,
        min_properties=1,
        max_properties=2,
        int_or_string=True,
        list_type="map",
        list_map_keys=("name",),
        preserve_unknown=True,
        embedded_resource=True,
        rules=(
            CelRule("self > 0", "m", field_path=".a", reason="FieldValueForbidden"),
            CelRule("true", message_expression="'m'"),
        ),
    )


@pytest.mark.parametrize("default", ["", 0, False, {}])
def test_a_default_that_is_empty_is_one_too(default):
    assert constraints_of({"default": default}).default


def test_what_asks_nothing_has_no_constraints():
    assert (
        constraints_of({"type": "string", "description": "x", "format": "int32"}) is NO_CONSTRAINTS
    )
    assert constraints_of({"nullable": False, "required": [], "enum": []}) is NO_CONSTRAINTS


@pytest.mark.parametrize("wrong", [None, "x", [], {}, 1, True, [1], -1, 0.5])
def test_a_keyword_of_a_wrong_type_is_left_out_and_nothing_is_raised(wrong):
    for keyword in (
        "required",
        "enum",
        "pattern",
        "minimum",
        "minLength",
        "multipleOf",
        "allOf",
        "not",
    ):
        constraints_of({keyword: wrong})
    assert constraints_of({"maxLength": "3", "minItems": True, "required": "a"}) is NO_CONSTRAINTS
    assert constraints_of({"multipleOf": 0}) is NO_CONSTRAINTS


def test_bounds_as_numbers_that_exclude_are_read_as_todays_json_schema_has_them():
    found = constraints_of({"exclusiveMinimum": 1})
    assert (found.minimum, found.exclusive_minimum) == (1, True)


def test_branches_keep_what_they_ask_at_any_depth():
    raw = {
        "oneOf": [{"required": ["a"]}, {"properties": {"b": {"enum": ["x"]}, "c": {}}}],
        "not": {"items": {"pattern": "x"}, "additionalProperties": {"minLength": 1}},
    }
    found = constraints_of(raw)
    assert found.one_of == (
        Branch(Constraints(required=("a",))),
        Branch(properties={"b": Branch(Constraints(enum=("x",)))}),
    )
    [negated] = found.none_of
    assert negated.items == Branch(Constraints(pattern="x"))
    assert negated.additional == Branch(Constraints(min_length=1))


def test_the_types_in_branches_of_int_or_string_and_quantities_ask_nothing_more():
    either = [{"type": "integer"}, {"type": "string"}]
    assert constraints_of({"anyOf": either, "oneOf": either}) is NO_CONSTRAINTS
    both = {"allOf": [{"anyOf": either}, {"pattern": "^a$"}]}
    assert constraints_of(both).all_of == (Branch(Constraints(pattern="^a$")),)


def test_a_branch_may_ask_for_a_format_but_none_that_belongs_to_its_type():
    found = constraints_of({"anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]})
    assert found.any_of == (Branch(format="ipv4"), Branch(format="ipv6"))
    typed = [{"type": "integer", "format": "int32"}, {"type": "string", "format": "date"}]
    assert constraints_of({"oneOf": typed}) is NO_CONSTRAINTS


def test_a_reference_in_all_of_is_no_branch():
    assert constraints_of({"allOf": [{"$ref": "#/components/schemas/a"}], "default": {}}) == (
        Constraints(default=True)
    )
