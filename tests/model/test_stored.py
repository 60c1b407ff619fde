"""An API as one file: nothing that is checked depends on where an API was read."""

import pytest
from support.apis import api

from pyimagestream.errors import PyimagestreamError
from pyimagestream.model.api import Api
from pyimagestream.model.constraints import Branch, CelRule, Constraints
from pyimagestream.model.definition import Definition
from pyimagestream.model.schema import Schema
from pyimagestream.model.stored import read, write

STORED = write(api(), "compact")


def silent(schema):
    """A schema without its texts."""
    return schema and schema._replace(
        help="",
        properties={key: silent(field) for key, field in schema.properties.items()},
        items=silent(schema.items),
        additional=silent(schema.additional),
    )


def test_what_is_read_is_what_was_written_apart_from_texts():
    found = read(STORED, "a")
    assert found.layout == "compact"
    assert list(found.api.definitions) == list(api().definitions)
    for name, definition in api().definitions.items():
        expected = definition._replace(schema=silent(definition.schema))
        assert found.api.definitions[name] == expected
    assert len(found.api.definitions) == len(api().definitions)


def test_the_kinds_are_the_same_and_in_order():
    found = read(STORED, "a").api.kinds
    assert list(found) == list(api().kinds)
    assert len(found) == len(api().kinds)
    for key, definition in api().kinds.items():
        assert found[key].reference == definition.reference


def test_the_same_api_gives_the_same_text_whether_read_or_stored():
    assert write(read(STORED, "a").api, "compact") == STORED
    assert STORED.endswith("}\n")
    assert STORED.isascii()


def test_no_text_of_a_document_is_kept():
    definition = Definition("A", Schema("object", "a secret text"), reference="a.v1.A")
    assert "secret" not in write(Api({"a.v1.A": definition}), "compact")


def test_every_constraint_survives():
    constraints = Constraints(
        required=("a",),
        default=True,
        enum=("x", 1, None, [1], {"a": 1}),
        minimum=0,
        maximum=1.5,
        min_length=0,
        list_map_keys=("name",),
        rules=(CelRule("true", "m", field_path=".a"),),
        all_of=(Branch(Constraints(pattern="a")),),
        one_of=(Branch(properties={"a": Branch(items=Branch(Constraints(min_items=1)))}),),
        none_of=(Branch(additional=Branch(Constraints(required=("b",)))), Branch(format="ipv4")),
    )
    schema = Schema("object", constraints=constraints)
    definition = Definition("A", schema, "g", "v1", home=("g", "v1"), reference="g.v1.A")
    again = read(write(Api({"g.v1.A": definition}), "reference"), "a")
    assert again.api.definitions["g.v1.A"] == definition
    assert again.layout == "reference"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "a.json: is no JSON: "),
        ("[" * 100_000, "a.json: is no JSON: "),
        ("[]", "a.json: is none that this version reads: generate the libraries anew"),
        ('{"format": 2}', "a.json: is none that this version reads"),
        ('{"format": 1, "definitions": [], "layout": "compact"}', "a.json: is none that"),
        ('{"format": 1, "definitions": {}, "layout": 3}', "a.json: is none that"),
    ],
)
def test_what_is_no_stored_api_is_one_clear_error(text, message):
    with pytest.raises(PyimagestreamError) as caught:
        read(text, "a.json")
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "broken",
    [
        "3",
        "[]",
        "{}",
        '{"schema": 3}',
        '{"schema": "string", "kind": "A", "bogus": 1}',
        '{"schema": {"type": "object", "properties": []}, "kind": "A"}',
        '{"schema": {"type": "object", "constraints": {"bogus": 1}}, "kind": "A"}',
        '{"schema": "string", "kind": "A", "gvks": [1]}',
        '{"schema": "string", "kind": "A", "group": 5}',
        '{"schema": "string", "kind": "A", "home": ["a"]}',
        '{"schema": "string", "kind": null}',
        '{"schema": "#a.v1.Gone", "kind": "A"}',
        '{"schema": "text", "kind": "A"}',
        '{"schema": {"type": "array", "items": {"type": "string", "format": 3}}, "kind": "A"}',
        '{"schema": {"type": "object", "constraints": {"pattern": 5}}, "kind": "A"}',
        '{"schema": {"type": "object", "constraints": {"required": [5]}}, "kind": "A"}',
        '{"schema": {"type": "object", "constraints": {"max_length": true}}, "kind": "A"}',
        '{"schema": {"type": "object", "constraints": {"rules": [{"expression": 1}]}}, "kind": ""}',
    ],
)
def test_a_broken_definition_is_told_by_its_name_when_it_is_asked_for(broken):
    text = f'{{"format": 1, "definitions": {{"a.v1.A": {broken}}}, "layout": "compact"}}'
    stored = read(text, "a.json")
    with pytest.raises(PyimagestreamError, match=r"a\.json: a\.v1\.A is none that"):
        _ = [stored.api.kinds, stored.api.definitions["a.v1.A"]]
