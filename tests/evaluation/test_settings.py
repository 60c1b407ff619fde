"""The settings of an evaluation: variables, engines, the way to the library."""

import json
from pathlib import Path
from typing import Any

import pytest

from pyimagestream import EvaluationError, PyimagestreamError, library_path
from pyimagestream.evaluation.settings import Settings, chosen_engine


def test_strings_are_text_and_other_values_go_as_json():
    values = {"text": "1", "number": 1, "list": [True, None], "map": {"a": "ä"}, "nul": "\0"}
    settings = Settings.of(ext_vars=values, tla_vars=values)
    for texts, codes in (
        (settings.variables.ext_vars, settings.variables.ext_codes),
        (settings.variables.tla_vars, settings.variables.tla_codes),
    ):
        assert texts == {"text": "1"}
        assert {name: json.loads(code) for name, code in codes.items()} == {
            name: value for name, value in values.items() if name != "text"
        }


def test_codes_are_kept_as_they_are():
    settings = Settings.of(ext_codes={"a": "1 + 1"}, tla_codes={"b": "self"})
    assert (settings.variables.ext_codes, settings.variables.tla_codes) == (
        {"a": "1 + 1"},
        {"b": "self"},
    )


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"ext_vars": {"a": "\ud800"}}, "ext var 'a': has a lone surrogate (U+D800)"),
        ({"ext_vars": {"a": ["\ud800"]}}, "ext var 'a': has a lone surrogate"),
        ({"tla_vars": {"a": {1, 2}}}, "tla 'a': no JSON value: "),
        ({"tla_vars": {"a": float("nan")}}, "tla 'a': no JSON value: "),
        ({"ext_codes": {"a": 1}}, "ext var 'a': code must be a string, not 1"),
        ({"ext_codes": {"a": "'\0'"}}, "ext var 'a': code cannot hold a NUL"),
        ({"tla_codes": {"a": "'\ud800'"}}, "tla 'a': has a lone surrogate (U+D800)"),
        ({"ext_vars": {1: "a"}}, "ext var 1: the name must be a string, not empty"),
        ({"ext_vars": {"": "a"}}, "ext var '': the name must be a string, not empty"),
        ({"tla_vars": {"a\0": "a"}}, "tla 'a\\x00': the name must be a string, not empty"),
        ({"tla_codes": {"\ud800": "1"}}, "tla '\\ud800': has a lone surrogate (U+D800)"),
    ],
)
def test_a_variable_no_vm_can_take_is_refused_by_its_name(variables, message):
    with pytest.raises(EvaluationError) as caught:
        Settings.of(**variables)
    assert str(caught.value).startswith(message)


def test_the_jpath_is_of_str_and_path_and_one_directory_needs_no_list():
    assert Settings.of(jpath=["a", Path("b")]).jpath == ("a", "b")
    one: Any = Path("a")
    assert Settings.of(jpath=one).jpath == Settings.of(jpath="a").jpath == ("a",)


def test_the_bundled_library_comes_before_the_jpath_so_that_a_copy_in_a_project_wins():
    assert Settings.of(jpath=["a"]).search_path() == (str(library_path()), "a")


def test_the_library_is_there():
    assert (library_path() / "imageStreamImport.libsonnet").is_file()


def test_the_engine_is_the_argument_or_the_environment_variable_or_the_default(monkeypatch):
    monkeypatch.delenv("PYIMAGESTREAM_ENGINE", raising=False)
    assert chosen_engine() == "gojsonnet"
    monkeypatch.setenv("PYIMAGESTREAM_ENGINE", "jsonnet")
    assert chosen_engine() == "jsonnet"
    assert chosen_engine("gojsonnet") == "gojsonnet"
    monkeypatch.setenv("PYIMAGESTREAM_ENGINE", "")
    assert chosen_engine() == "gojsonnet"


@pytest.mark.parametrize("choice", ["sjsonnet", "jsonnet,", "gojsonnet,jsonnet", ["jsonnet"]])
def test_an_unknown_engine_is_an_error_that_lists_the_known_ones(choice):
    with pytest.raises(PyimagestreamError, match="choose of gojsonnet, jsonnet"):
        chosen_engine(choice)


@pytest.mark.parametrize("given", [["a"], "a=b", 1])
def test_variables_that_have_no_names_are_a_wrong_type(given):
    for argument in ("ext_vars", "ext_codes", "tla_vars", "tla_codes"):
        with pytest.raises(TypeError, match=r"must be a mapping by name, not a (list|str|int)$"):
            Settings.of(**{argument: given})


def test_an_unknown_engine_in_the_environment_is_an_error_that_names_the_variable(monkeypatch):
    monkeypatch.setenv("PYIMAGESTREAM_ENGINE", "nope")
    with pytest.raises(PyimagestreamError, match=r"^PYIMAGESTREAM_ENGINE: there is no .* 'nope'"):
        Settings.of()
    with pytest.raises(PyimagestreamError, match=r"^there is no engine 'other'"):
        Settings.of(engine="other")
