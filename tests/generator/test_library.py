"""The library as a user's template sees it: the documented API, on every engine."""

import importlib
import json

import pytest
from support import reference

from pyimagestream.engines.vm import ENGINES
from pyimagestream.generator.path import library_path

LIBRARY = library_path() / "imageStreamImport.libsonnet"
TYPES = {
    "metadata.annotations": "object",
    "metadata.deletionGracePeriodSeconds": "number",
    "metadata.finalizers": "array",
    "metadata.generation": "number",
    "metadata.initializers.pending": "array",
    "metadata.initializers.result.code": "number",
    "metadata.initializers.result.details.causes": "array",
    "metadata.initializers.result.details.retryAfterSeconds": "number",
    "metadata.initializers.result.metadata": "any",
    "metadata.labels": "object",
    "metadata.ownerReferences": "array",
    "spec.images": "array",
    "spec.import": "bool",
    "spec.repository.importPolicy.insecure": "bool",
    "spec.repository.importPolicy.scheduled": "bool",
    "spec.repository.includeManifest": "bool",
}


def run(engine, code):
    """The value of code that sees the library as `isi`, in a VM that knows none of our natives."""
    vm = importlib.import_module(ENGINES[engine][0])
    source = f"local isi = {LIBRARY.read_text(encoding='utf-8')};\n{code}"
    return json.loads(vm.evaluate_snippet("snippet", source))


def member(path):
    return ".".join(("isi", *path))


def test_the_library_has_the_documented_functions_and_objects_and_nothing_else(engine):
    scopes = reference.scopes()
    code = ", ".join(f"'{'.'.join(path)}': std.objectFields({member(path)})" for path in scopes)
    for name, fields in run(engine, f"{{ {code} }}").items():
        expected = scopes[tuple(name.split(".")) if name else ()]
        assert fields == sorted([*expected, *([] if name else ["#mixin", "mixin"])])


def test_every_documentation_field_is_hidden_but_the_one_of_mixin(engine):
    scopes = reference.scopes()
    code = ", ".join(f"'{'.'.join(path)}': std.objectFieldsAll({member(path)})" for path in scopes)
    for name, fields in run(engine, f"{{ {code} }}").items():
        members = scopes[tuple(name.split(".")) if name else ()]
        documentation = [f"#{member}" for member in members]
        assert fields == sorted(
            [*members, *documentation, *([] if name else ["#", "#mixin", "mixin"])]
        )


def test_every_parameter_has_the_documented_name(engine):
    """A call by parameter name fails for any other name."""
    calls = [
        f"std.isObject({member(function.scope)}.{function.name}({function.parameter}=null))"
        for function in reference.documented()
    ]
    assert run(engine, f"[{', '.join(calls)}]") == [True] * 50


def test_no_function_takes_a_second_argument(engine):
    lengths = [f"std.length({member(f.scope)}.{f.name})" for f in reference.documented()]
    assert run(engine, f"[{', '.join(lengths)}]") == [1] * 50


def test_functions_are_documented_in_the_data_format_of_docsonnet(engine):
    functions = reference.documented()
    docs = [f"{member(function.scope)}['#{function.name}']" for function in functions]
    for function, doc in zip(functions, run(engine, f"[{', '.join(docs)}]"), strict=True):
        argument = {
            "default": None,
            "enums": None,
            "name": function.parameter,
            "type": TYPES.get(function.field, "string"),
        }
        assert doc == {"function": {"args": [argument], "help": doc["function"]["help"]}}
        assert doc["function"]["help"]
        assert ("**Note:**" in doc["function"]["help"]) == function.is_mixin


def test_objects_are_documented_in_the_data_format_of_docsonnet(engine):
    paths = [path for path in reference.scopes() if path]
    docs = [f"{member(path[:-1])}['#{path[-1]}']" for path in paths]
    for doc in run(engine, f"[{', '.join(docs)}]"):
        assert doc == {"object": {"fields": {}, "help": doc["object"]["help"]}}
        assert doc["object"]["help"]


def test_the_library_is_a_package_of_docsonnet(engine):
    package = run(engine, "isi['#']")
    assert package["name"] == "imageStreamImport"
    assert package["import"] == "imageStreamImport.libsonnet"
    assert package["help"]


def test_mixin_is_the_library_itself_and_docsonnet_is_told_to_ignore_it(engine):
    code = """[
      isi['#mixin'],
      std.objectFieldsAll(isi.mixin) == std.objectFieldsAll(isi),
      isi.mixin.mixin.spec.withImport(true),
      (isi { extra: 1 }).mixin.extra,
    ]"""
    assert run(engine, code) == ["ignore", True, {"spec": {"import": True}}, 1]


def test_new_goes_through_with_name_so_that_an_extended_library_changes_it(engine):
    code = """
      local mine = isi { metadata+: {
        withName(name): super.withName('x-' + name) + { metadata+: { labels: { app: name } } },
      } };
      mine.new('a')"""
    assert run(engine, code) == {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStreamImport",
        "metadata": {"labels": {"app": "a"}, "name": "x-a"},
    }


def test_every_setter_sets_its_field_and_nothing_else(engine):
    setters = [function for function in reference.documented() if function.name != "new"]
    calls = [
        f"{member(function.scope)}.{function.name}({json.dumps(reference.valid(function))})"
        for function in setters
    ]
    values = run(engine, f"[{', '.join(calls)}]")
    assert values == [function.patch(reference.valid(function)) for function in setters]


def test_list_setters_wrap_what_is_no_list(engine):
    setters = [f for f in reference.documented() if f.field.split(".")[-1] in reference.LISTS]
    assert len(setters) == 10
    for item in ("text", {"name": "a"}, None):
        calls = [f"{member(f.scope)}.{f.name}({json.dumps(item)})" for f in setters]
        values = run(engine, f"[{', '.join(calls)}]")
        assert values == [function.patch([item]) for function in setters]


def test_mixin_forms_add_and_the_others_replace(engine):
    code = """{
      mixed: isi.spec.withImages([{ a: 1 }]) + isi.spec.withImagesMixin({ b: 2 }),
      replaced: isi.spec.withImagesMixin([{ a: 1 }]) + isi.spec.withImages([{ b: 2 }]),
      maps: isi.metadata.withLabels({ a: '1', b: '1' }) + isi.metadata.withLabelsMixin({ b: '2' }),
    }"""
    assert run(engine, code) == {
        "mixed": {"spec": {"images": [{"a": 1}, {"b": 2}]}},
        "replaced": {"spec": {"images": [{"b": 2}]}},
        "maps": {"metadata": {"labels": {"a": "1", "b": "2"}}},
    }


def test_setters_are_patches_which_leave_the_rest_of_the_object_alone(engine):
    code = """
      { spec: { repository: { x: 1, from: { y: 2 } } } }
      + isi.spec.repository.from.withKind('DockerImage')"""
    assert run(engine, code) == {
        "spec": {"repository": {"x": 1, "from": {"y": 2, "kind": "DockerImage"}}}
    }


@pytest.mark.parametrize("name", ["imageStreamImport", "imageImportSpec"])
def test_the_library_imports_nothing(name):
    text = (library_path() / f"{name}.libsonnet").read_text(encoding="utf-8")
    assert "import '" not in text
    assert 'import "' not in text


def test_the_builders_make_one_entry_of_images(engine):
    vm = importlib.import_module(ENGINES[engine][0])
    builder = (library_path() / "imageImportSpec.libsonnet").read_text(encoding="utf-8")
    code = """
      image.from.withKind('DockerImage')
      + image.from.withName('quay.io/org/ruby:2.7')
      + image.to.withName('2.7')
      + image.importPolicy.withScheduled(true)
      + image.importPolicy.withImportMode('PreserveOriginal')
      + image.referencePolicy.withType('Local')
      + image.mixin.withIncludeManifest(true)"""
    assert json.loads(vm.evaluate_snippet("snippet", f"local image = {builder};\n{code}")) == {
        "from": {"kind": "DockerImage", "name": "quay.io/org/ruby:2.7"},
        "importPolicy": {"importMode": "PreserveOriginal", "scheduled": True},
        "includeManifest": True,
        "referencePolicy": {"type": "Local"},
        "to": {"name": "2.7"},
    }
