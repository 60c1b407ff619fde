"""The native callbacks: one JSON text in, an empty text or a message out."""

import json

import _jsonnet
import pytest
from support import reference

from pyimagestream import EvaluationError, Problem, evaluate_snippet, library_path, native_callbacks
from pyimagestream.engines.importer import Importer
from pyimagestream.engines.vm import Job, evaluate
from pyimagestream.evaluation import natives
from pyimagestream.evaluation.natives import DEFER, NOTE, Dispatcher

IMPORT = "local isi = import 'imageStreamImport.libsonnet';\n"
NAME = "imageStreamImport.spec.withImport"


def test_there_is_one_for_each_documented_function_with_a_parameter_of_one_letter():
    """Longer names of parameters crash one of the VMs."""
    callbacks = native_callbacks()
    expected = {f"imageStreamImport.{each.full_name}" for each in reference.documented()}
    assert callbacks.keys() == expected
    assert all(parameters == ("v",) for parameters, _ in callbacks.values())


@pytest.mark.parametrize("function", reference.documented(), ids=lambda each: each.full_name)
def test_a_callback_is_silent_about_a_value_the_server_accepts(function):
    _, native = native_callbacks()[f"imageStreamImport.{function.full_name}"]
    assert native(json.dumps([function.valid])) == ""
    assert native("[null]") == ""


@pytest.mark.parametrize("function", reference.documented(), ids=lambda each: each.full_name)
def test_a_callback_names_function_field_value_and_rule(function):
    wrong, said = function.wrong
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
    dispatcher = Dispatcher(defer=True, note=True)
    for name, (_, native) in dispatcher.callbacks().items():
        message = f"{name}: takes the JSON text of a list with one value"
        assert native(text) == ("" if name in (DEFER, NOTE) else message)
    assert not dispatcher.settle()
    assert dispatcher.raised is None
    assert not dispatcher.verdicts


def test_what_a_template_makes_of_a_native_is_its_own_business(engine):
    call = f"std.native('{NAME}')('[5]')"
    assert evaluate_snippet(call, engine=engine).startswith(f"{NAME}: spec.import: must be")


def test_verdicts_are_kept_with_their_function():
    dispatcher = Dispatcher()
    dispatcher.callbacks()[NAME][1]('["yes"]')
    assert dispatcher.verdicts == [
        Problem("spec.import", "yes", 'must be a boolean, not "yes"', "FieldValueTypeInvalid", NAME)
    ]


def test_a_tolerant_dispatcher_keeps_verdicts_and_lets_values_through():
    dispatcher = Dispatcher(tolerant=True)
    assert dispatcher.callbacks()[NAME][1]('["yes"]') == ""
    assert len(dispatcher.verdicts) == 1


def test_a_deferring_dispatcher_counts_the_entries_of_lists_and_maps_by_field():
    dispatcher = Dispatcher(defer=True)
    _, defer = dispatcher.callbacks()[DEFER]
    for name in ("withImages", "withImages", "withImagesMixin"):
        assert defer(f"imageStreamImport.spec.{name}2") == ""
    assert dispatcher.settle() == {("spec", "images"): 6}
    assert DEFER not in native_callbacks()


def test_what_is_noted_is_judged_in_the_end():
    dispatcher = Dispatcher(note=True)
    _, note = dispatcher.callbacks()[NOTE]
    for value in ("true", '"yes"', '"yes"'):
        assert note(f"{NAME}[{value}]") == ""
    assert not dispatcher.verdicts
    dispatcher.settle()
    assert [(problem.value, problem.function) for problem in dispatcher.verdicts] == [("yes", NAME)]
    assert NOTE not in native_callbacks()


def test_a_noted_value_is_not_sent_to_its_own_callback(engine):
    """Unless its JSON type alone tells that it is wrong."""
    called = []

    def recorded(name, native):
        return lambda text: called.append(name) or native(text)

    natives = {
        name: (parameters, native if name in (DEFER, NOTE) else recorded(name, native))
        for name, (parameters, native) in Dispatcher(defer=True, note=True).callbacks().items()
    }
    right = Job("app.jsonnet", f"{IMPORT}isi.new('a') + isi.spec.withImport(true)")
    evaluate(engine, right, Importer([library_path()]), natives)
    assert called == []
    wrong = Job("app.jsonnet", f"{IMPORT}isi.new(5)")
    with pytest.raises(EvaluationError, match=r"metadata\.name: must be a string, not 5"):
        evaluate(engine, wrong, Importer([library_path()]), natives)
    assert called == ["imageStreamImport.new"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError, RuntimeError])
def test_what_a_check_raises_does_not_travel_through_the_vm(monkeypatch, error):
    def check(function, value):
        raise error("mine")

    monkeypatch.setattr(natives, "check_value", check)
    dispatcher = Dispatcher()
    message = dispatcher.callbacks()[NAME][1]("[true]")
    assert message == f"{NAME}: the check was interrupted by {error.__name__}"
    with pytest.raises(error, match="mine"):
        dispatcher.reraise()


@pytest.mark.parametrize("engine", ["jsonnet", "gojsonnet"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError, RuntimeError])
def test_it_is_raised_again_when_the_vm_has_returned(monkeypatch, engine, error):
    """The checks for rjsonnet run in another process, out of reach of this test."""

    def check(function, value):
        raise error("mine")

    monkeypatch.setattr(natives, "check_value", check)
    with pytest.raises(error, match="mine"):
        evaluate_snippet(f"{IMPORT}isi.new(5)", engine=engine)
    monkeypatch.undo()
    assert evaluate_snippet("1", engine=engine) == 1


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
