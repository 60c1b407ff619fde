"""The native callbacks: one JSON text in, an empty text or a message out."""

import json
from typing import Any

import _jsonnet
import pytest
from support import group, reference

from pyimagestream import Problem, evaluate_snippet, library_path, native_callbacks
from pyimagestream.checks import verdict
from pyimagestream.engines.importer import Importer
from pyimagestream.engines.vm import Program, evaluate
from pyimagestream.evaluation.natives import COLLECT, Collector, named_in
from pyimagestream.generator.files import LIBRARY_PATHS
from pyimagestream.model.definition import functions
from pyimagestream.model.group import DEFINED, definition

IMPORT = "local isi = import 'imageStreamImport.libsonnet';\n"
NAME = "imageStreamImport.spec.withImport"
NEWER = ("imageManifest", "imageTag")
OWN: Any = {"named": ("imageStreamImport",)}


def test_there_is_one_for_each_documented_function_with_a_parameter_of_one_letter():
    """Longer names of parameters crash one of the VMs."""
    callbacks = native_callbacks()
    expected = {f"imageStreamImport.{each.full_name}" for each in reference.documented()}
    for page in group.pages():
        expected |= {f"{page.name}.{each.full_name}" for each in page.documented()}
    every = [each for kind in DEFINED for each in functions(definition(kind))]
    newer = {each.native for each in every if each.newer or each.library in NEWER}
    assert callbacks.keys() == expected | newer
    assert all(parameters == ("v",) for parameters, _ in callbacks.values())


@pytest.mark.parametrize("function", reference.documented(), ids=lambda each: each.full_name)
def test_a_callback_is_silent_about_a_value_the_server_accepts(function):
    _, native = native_callbacks()[f"imageStreamImport.{function.full_name}"]
    assert native(json.dumps([reference.valid(function)])) == ""
    assert native("[null]") == ""


@pytest.mark.parametrize("function", reference.documented(), ids=lambda each: each.full_name)
def test_a_callback_names_function_field_value_and_rule(function):
    wrong, said = reference.wrong(function)
    _, native = native_callbacks()[f"imageStreamImport.{function.full_name}"]
    message = native(json.dumps([wrong]))
    assert message.startswith(f"imageStreamImport.{function.full_name}: {function.field}")
    assert said in message


def test_several_problems_are_one_message():
    _, native = native_callbacks()["imageStreamImport.metadata.withLabels"]
    message = native('[{"a": 1, "b": true}]')
    assert message == (
        "imageStreamImport.metadata.withLabels: metadata.labels[a]: must be a string, not 1;"
        " metadata.labels[b]: must be a string, not true"
    )


@pytest.mark.parametrize("value", ["ä€𝄞", "\0", "\ud800", "\n\r\u2028", "\x1b[31m"])
def test_a_message_is_printable_ascii_whatever_the_value(value):
    _, native = native_callbacks()[NAME]
    message = native(json.dumps([value]))
    assert message.startswith(f"{NAME}: spec.import: must be a boolean, not ")
    assert message.isascii()
    assert message.isprintable()


@pytest.mark.parametrize("text", ["", "[", "1", "[1, 2]", "{}", f"{NAME}[", NAME, None, 7.0])
def test_a_native_that_a_template_calls_itself_is_no_traceback(text):
    collector = Collector(**OWN)
    for name, (_, native) in collector.callbacks().items():
        message = f"{name}: takes the JSON text of a list with one value"
        assert native(text) == ("" if name == COLLECT else message)
    assert not collector.problems()
    assert not collector.lengths()


def test_what_a_template_makes_of_a_native_is_its_own_business(engine):
    call = f"std.native('{NAME}')('[5]')"
    assert evaluate_snippet(call, engine=engine).startswith(f"{NAME}: spec.import: must be")


def collected(*texts, **options):
    collector = Collector(**options)
    _, collect = collector.callbacks()[COLLECT]
    return collector, [collect(text) for text in texts]


def test_what_is_collected_is_judged_in_the_end_once_for_equal_values():
    collector, answers = collected(*(f"{NAME}[{value}]" for value in ("true", '"yes"', '"yes"')))
    assert answers == ["", "", ""]
    assert collector.problems() == [
        Problem("spec.import", "yes", 'must be a boolean, not "yes"', "FieldValueTypeInvalid", NAME)
    ]


def test_of_lists_and_maps_the_lengths_are_taken_by_field():
    names = ("withImages", "withImages", "withImagesMixin")
    collector, answers = collected(*(f"imageStreamImport.spec.{name} 2" for name in names))
    assert answers == ["", "", ""]
    assert collector.lengths() == {("ImageStreamImport", ("spec", "images")): 6}
    assert not collector.problems()


def test_whole_lists_and_maps_are_asked_for_where_they_are_wanted():
    collector, answers = collected("imageStreamImport.spec.withImages 2", f"{NAME}[1]", whole=True)
    assert answers == ["whole", ""]
    assert not collector.lengths()
    assert len(collector.problems()) == 1


def test_an_own_evaluator_does_not_collect():
    assert COLLECT not in native_callbacks()


def test_a_value_that_is_collected_is_refused_by_nobody(engine):
    collector = Collector()
    program = Program("app.jsonnet", f"{IMPORT}isi.new(5) + isi.metadata.withLabels(7)")
    text = evaluate(engine, program, Importer([library_path()]), collector.callbacks())
    assert json.loads(text)["metadata"] == {"name": 5, "labels": 7}
    assert {problem.field for problem in collector.problems()} == {
        "metadata.labels",
        "metadata.name",
    }


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError, RuntimeError])
def test_what_a_check_raises_does_not_travel_through_the_vm(monkeypatch, error):
    def check(function, value):
        raise error("mine")

    monkeypatch.setattr(verdict, "check_value", check)
    message = native_callbacks()[NAME][1]("[true]")
    assert message == f"{NAME}: the check was interrupted by {error.__name__}"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError, RuntimeError])
@pytest.mark.parametrize("code", [f"{IMPORT}isi.new(5)", f"std.native('{NAME}')('[5]')"])
def test_our_own_evaluator_raises_it(monkeypatch, code, error):
    """On the engine that runs in this process."""

    def check(function, value):
        raise error("mine")

    monkeypatch.setattr(verdict, "check_value", check)
    with pytest.raises(error, match="mine"):
        evaluate_snippet(code, engine="gojsonnet")
    monkeypatch.undo()
    assert evaluate_snippet("1", engine="gojsonnet") == 1


LEANING = f"""{IMPORT}{{
  imp: isi.new('a') + isi.metadata.withLabels({{ a: 'x', b: $.imp.metadata.labels.a }}),
}}"""


def leaning(natives):
    return json.loads(
        _jsonnet.evaluate_snippet(
            "t.jsonnet",
            LEANING,
            jpathdir=[str(library_path())],
            native_callbacks=natives,
        )
    )


def test_a_leaning_map_cannot_be_checked_in_an_evaluator_of_ones_own():
    with pytest.raises(RuntimeError, match="max stack frames exceeded"):
        leaning(native_callbacks())


def test_without_the_natives_the_result_is_that_of_evaluate_file():
    assert leaning({}) == evaluate_snippet(LEANING)


def test_there_are_as_many_natives_for_one_library_as_for_all():
    assert Collector().callbacks().keys() == {COLLECT}


FOREIGN = """local native = std.native('imageStreamImport.spec.withImport');
  { withImport(value): { told: native('' + [value]), spec+: { 'import': value } } }"""


def test_an_imported_file_may_call_the_natives_by_their_names(engine, tmp_path):
    (tmp_path / "foreign.libsonnet").write_text(FOREIGN)
    call = "(import 'foreign.libsonnet').withImport"
    value = evaluate_snippet(f"[{call}(true), {call}(5)]", jpath=[tmp_path], engine=engine)
    assert [each["told"] for each in value] == [
        "",
        f"{NAME}: spec.import: must be a boolean, not 5",
    ]


def test_the_libraries_that_are_made_now_call_none_by_name_where_they_are_collected():
    for path in LIBRARY_PATHS:
        assert not named_in((library_path() / path).read_text(encoding="utf-8"))
    assert named_in(FOREIGN) == {"imageStreamImport"}
    assert not named_in("std.native('parseYaml')(importstr 'a'); 'image.openshift.io/v1'")
