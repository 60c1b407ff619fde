"""The resource model: it describes the documented functions, and only what has a meaning."""

import pytest
from support import group, reference

from pyimagestream.checks._rules import tables
from pyimagestream.model.definition import functions
from pyimagestream.model.group import DEFINED, KINDS, LIBRARIES, definition
from pyimagestream.model.imagestreamimport import IMAGE_STREAM_IMPORT
from pyimagestream.model.schema import SERVERS


def schemas(schema, path=()):
    yield path, schema
    for key, field in schema.properties.items():
        yield from schemas(field, (*path, key))
    for part in (schema.items, schema.additional):
        if part:
            yield from schemas(part, (*path, "*"))


RULES = {name for table in tables("RULES") for name in table}
OBJECT_RULES = {name for table in tables("OBJECT_RULES") for name in table}
DEFINITIONS = [definition(kind) for kind in DEFINED]
EVERY = [each for one in DEFINITIONS for each in schemas(one.schema, (one.kind,))]


def documented(definition):
    return list(functions(definition, newer=False))


def test_the_functions_are_those_of_the_documented_page():
    found = {
        (function.native, function.parameter, ".".join(function.path), function.mixin)
        for function in documented(IMAGE_STREAM_IMPORT)
    }
    assert found == {
        (f"imageStreamImport.{each.full_name}", each.parameter, each.field, each.is_mixin)
        for each in reference.documented()
    }
    assert len(found) == len(documented(IMAGE_STREAM_IMPORT))


@pytest.mark.parametrize("page", group.pages(), ids=lambda page: page.name)
def test_the_functions_of_every_library_are_those_of_its_documented_page(page):
    found = [
        (function.native, function.parameter)
        for function in documented(definition(LIBRARIES[page.name]))
    ]
    expected = {(f"{page.name}.{each.full_name}", each.parameter) for each in page.documented()}
    if page.name == "imageStreamImport":  # its page has one more than the reference
        expected.add(("imageStreamImport.metadata.initializers.result.withStatus", "status"))
    assert set(found) == expected
    assert len(found) == len(expected)


def test_all_29_libraries_of_the_reference_are_there_and_two_that_are_newer():
    pages = {page.name for page in group.pages()}
    assert len(pages) == 29
    assert LIBRARIES.keys() - pages == {"imageManifest", "imageTag"}
    assert {each.name for each in DEFINITIONS if each.newer} == {"imageManifest", "imageTag"}


def test_newer_functions_set_fields_that_only_the_newest_server_knows_or_that_were_left_out():
    newer = {
        function.path[-1] for each in DEFINITIONS for function in functions(each) if function.newer
    }
    assert newer == {
        "dockerImageManifests",
        "dockerImageMetadata",
        "importMode",
        "managedFields",
        "manifests",
    }


def test_new_is_the_first_function_and_the_setters_are_sorted_by_path():
    for each in DEFINITIONS:
        found = list(functions(each))
        assert (found[0].name == "new") == (each.kind in KINDS)
        # A field that may be set as a whole comes behind what there is within it.
        paths = [(*function.path, "~") for function in found[each.kind in KINDS :]]
        assert paths == sorted(paths)


def test_exactly_the_list_fields_are_arrays():
    arrays = {f.path[-1] for f in documented(IMAGE_STREAM_IMPORT) if f.schema.type == "array"}
    assert arrays == reference.LISTS


def test_every_rule_that_is_named_exists():
    for path, schema in EVERY:
        known = OBJECT_RULES if schema.is_nested else RULES
        assert not schema.rule or schema.rule in known, path


def test_every_rule_that_exists_is_named():
    assert {schema.rule for _, schema in EVERY if schema.rule} == {*RULES, *OBJECT_RULES}


def test_every_function_is_explained():
    for each in DEFINITIONS:
        assert each.help
        assert [f.native for f in functions(each) if not f.schema.help] == []


def test_fields_name_servers_whose_verdicts_are_recorded():
    assert all(set(schema.servers) <= set(SERVERS) for _, schema in EVERY)


def test_integers_have_a_width():
    formats = {schema.format for _, schema in EVERY if schema.type == "integer"}
    assert formats == {"int32", "int64"}


def test_builders_call_functions_and_builders_of_their_own_library():
    for each in DEFINITIONS:
        names = {function.native.partition(".")[2] for function in functions(each)}
        for builder in each.builders:
            for function, argument in builder.calls:
                assert function in names
                assert argument in builder.parameters or argument.startswith("'")


def test_a_kind_is_found_by_its_name_and_nothing_else():
    assert definition("ImageStream").name == "imageStream"
    assert definition("ImageStream").api_version == "image.openshift.io/v1"
    with pytest.raises(KeyError):
        definition("imagestream")


def test_kinds_are_what_is_no_part():
    assert {each.kind for each in DEFINITIONS if not each.part} == KINDS


def test_a_manifest_is_of_the_kind_when_version_and_kind_are_exactly_so():
    manifest = {"apiVersion": "image.openshift.io/v1", "kind": "ImageStreamImport"}
    assert IMAGE_STREAM_IMPORT.is_kind_of(manifest)
    for other in ({}, {**manifest, "apiVersion": "v1"}, {**manifest, "kind": "ImageStream"}):
        assert not IMAGE_STREAM_IMPORT.is_kind_of(other)
    assert not IMAGE_STREAM_IMPORT.is_kind_of([manifest])
    assert not IMAGE_STREAM_IMPORT.is_kind_of(None)
