"""The resource model: it describes the documented functions, and only what has a meaning."""

from support import reference

from pyimagestream.checks._rules import OBJECT_RULES, RULES
from pyimagestream.model.imagestreamimport import IMAGE_STREAM_IMPORT
from pyimagestream.model.schema import SERVERS, functions


def schemas(schema, path=()):
    yield path, schema
    for key, field in schema.properties.items():
        yield from schemas(field, (*path, key))
    for part in (schema.items, schema.additional):
        if part:
            yield from schemas(part, (*path, "*"))


EVERY = list(schemas(IMAGE_STREAM_IMPORT.schema))


def test_the_functions_are_those_of_the_documented_page():
    found = {
        (function.native, function.parameter, ".".join(function.path), function.mixin)
        for function in functions(IMAGE_STREAM_IMPORT)
    }
    assert found == {
        (f"imageStreamImport.{each.full_name}", each.parameter, each.field, each.is_mixin)
        for each in reference.documented()
    }
    assert len(found) == len(list(functions(IMAGE_STREAM_IMPORT)))


def test_new_is_the_first_function_and_the_setters_are_sorted_by_path():
    first, *setters = functions(IMAGE_STREAM_IMPORT)
    assert first.native == "imageStreamImport.new"
    assert [each.path for each in setters] == sorted(each.path for each in setters)


def test_exactly_the_list_fields_are_arrays():
    arrays = {f.path[-1] for f in functions(IMAGE_STREAM_IMPORT) if f.schema.type == "array"}
    assert arrays == reference.LISTS


def test_every_rule_that_is_named_exists():
    for path, schema in EVERY:
        known = OBJECT_RULES if schema.is_nested else RULES
        assert not schema.rule or schema.rule in known, path


def test_every_rule_that_exists_is_named():
    assert {schema.rule for _, schema in EVERY if schema.rule} == {*RULES, *OBJECT_RULES}


def test_every_documented_field_is_explained():
    assert [path for path, schema in EVERY if schema.documented and not schema.help] == []


def test_fields_name_servers_whose_verdicts_are_recorded():
    assert all(set(schema.servers) <= set(SERVERS) for _, schema in EVERY)


def test_integers_have_a_width():
    formats = {schema.format for _, schema in EVERY if schema.type == "integer"}
    assert formats == {"int32", "int64"}


def test_a_manifest_is_of_the_kind_when_version_and_kind_are_exactly_so():
    manifest = {"apiVersion": "image.openshift.io/v1", "kind": "ImageStreamImport"}
    assert IMAGE_STREAM_IMPORT.is_kind_of(manifest)
    for other in ({}, {**manifest, "apiVersion": "v1"}, {**manifest, "kind": "ImageStream"}):
        assert not IMAGE_STREAM_IMPORT.is_kind_of(other)
    assert not IMAGE_STREAM_IMPORT.is_kind_of([manifest])
    assert not IMAGE_STREAM_IMPORT.is_kind_of(None)
