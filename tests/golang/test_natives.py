from __future__ import annotations

import importlib
import json
import pickle
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.nulls import none_lost
from support.recordings import go

from pyimagestream.errors import EvaluationError, NativeError
from pyimagestream.evaluation.evaluate import run_snippet
from pyimagestream.evaluation.settings import Settings
from pyimagestream.golang.natives import TANKA_NATIVES
from pyimagestream.golang.yaml.printer import V3

MODULES = {"jsonnet": "_jsonnet", "gojsonnet": "_gojsonnet"}

SNIPPETS = {
    """std.native('parseJson')('{"a": [1, null, true, "x", 1.5]}')""": {
        "a": [1, None, True, "x", 1.5]
    },
    "std.native('parseJson')('null')": None,
    r"std.native('parseYaml')('a: 1\n---\n- ~')": [{"a": 1}, [None]],
    """std.native('manifestJsonFromJson')('{"a":[1]}', 1)""": '{\n "a": [\n  1\n ]\n}\n',
    """std.native('manifestYamlFromJson')('{"a":[1]}')""": "a:\n    - 1\n",
    "std.native('escapeStringRegex')('a.b-c')": r"a\.b-c",
    "std.native('regexMatch')('^a', 'ab')": True,
    "std.native('regexSubst')('(a)', 'bab', '<$1>')": "b<a>b",
    "std.native('sha256')('x')": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
}


def call(name: str, *arguments: Any) -> Any:
    return TANKA_NATIVES[name][1](*arguments)


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_every_engine_can_call_every_native(engine: str, snippet: str) -> None:
    vm = importlib.import_module(MODULES[engine])
    text = vm.evaluate_snippet("snippet", snippet, native_callbacks=TANKA_NATIVES)
    assert json.loads(text) == SNIPPETS[snippet]


@pytest.mark.parametrize("call", ["helmTemplate')('a', 'b', {})", "kustomizeBuild')('a', {})"])
def test_helm_and_kustomize_are_named_by_the_error(engine: str, call: str) -> None:
    settings = Settings.of(engine=engine)
    with pytest.raises(EvaluationError) as caught:
        run_snippet(f"\nstd.native('{call}", "main.jsonnet", settings)
    assert "helmTemplate or kustomizeBuild" in caught.value.message
    assert "runs no Helm and no Kustomize" in caught.value.message
    assert caught.value.frames[0].line == 2


def test_helm_is_not_run_whatever_it_is_handed(engine: str) -> None:
    settings = Settings.of(engine=engine)
    with pytest.raises(EvaluationError, match="helmTemplate: pyimagestream runs no Helm"):
        run_snippet("std.native('helmTemplate')('a', 'b', null)", "main.jsonnet", settings)


def test_natives_travel_to_worker_processes() -> None:
    names, native = pickle.loads(pickle.dumps(TANKA_NATIVES["sha256"]))
    assert (names, native("x")) == (("str",), call("sha256", "x"))


def test_the_names_of_several_parameters_are_single_letters() -> None:
    """The C++ VM mixes up longer ones."""
    for parameters, _ in TANKA_NATIVES.values():
        assert len(parameters) == 1 or all(len(parameter) == 1 for parameter in parameters)


def test_a_null_from_the_vm_does_no_harm(engine: str) -> None:
    """Jsonnet and gojsonnet pass None without owning it, of which Python up to 3.11 can die.

    The exception a null always ends in makes up for that: its traceback is never freed.
    """
    lost, failures = none_lost(f"""
import {MODULES[engine]} as vm
from pyimagestream.golang.natives import TANKA_NATIVES

def run():
    try:
        vm.evaluate_snippet(
            "snippet", "std.native('sha256')(null)", native_callbacks=TANKA_NATIVES
        )
    except RuntimeError:
        return 1
""")
    assert failures == 20
    assert lost < 10


@pytest.mark.parametrize(("arguments", "result"), go("regexp match"))
def test_matches_as_go_does(arguments: list[str], result: str | None) -> None:
    if result is None:
        with pytest.raises(NativeError):
            call("regexMatch", *arguments)
    else:
        assert call("regexMatch", *arguments) is (result == "true")


@pytest.mark.parametrize(("arguments", "result"), go("regexp subst"))
def test_substitutes_as_go_does(arguments: list[str], result: str | None) -> None:
    if result is None:
        with pytest.raises(NativeError):
            call("regexSubst", *arguments)
    else:
        assert call("regexSubst", *arguments) == result


def test_json_is_laid_out_anew_and_otherwise_left_alone() -> None:
    text = r' {"b" : 1.50, "a":[1,{"x":[],"y":{ }}],"s":"a\u0041\"<>:,[" } '
    assert call("manifestJsonFromJson", text, 2.0) == (
        '{\n  "b": 1.50,\n  "a": [\n    1,\n    {\n      "x": [],\n      "y": {}\n    }\n  ],\n'
        '  "s": "a\\u0041\\"<>:,["\n}\n'
    )


@given(
    st.recursive(st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c))
)
def test_json_laid_out_anew_means_the_same(value: Any) -> None:
    text = json.dumps(value)
    assert json.loads(call("manifestJsonFromJson", text, 3.0)) == value
    assert call("manifestJsonFromJson", text, 2.0) == json.dumps(value, indent=2) + "\n"


def test_json_laid_out_anew_keeps_numbers_that_no_double_can_hold() -> None:
    assert call("manifestJsonFromJson", "[1e999]", -0.5) == "[\n1e999\n]\n"


def test_yaml_is_printed_as_yaml_v3_does() -> None:
    text = '{"b": {"c": [1e6, "yes"]}, "a": null}'
    assert call("manifestYamlFromJson", text) == V3.dump(json.loads(text))


def test_half_a_surrogate_pair_becomes_a_replacement_character() -> None:
    """It would crash jsonnet and gojsonnet."""
    assert call("parseJson", r'{"\ud800": "\ud83d\ude80 \ude80"}') == {
        "\ufffd": "\U0001f680 \ufffd"
    }


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("parseJson", [r'"a\u0000b"'], "the result has a NUL character"),
        ("parseJson", ["1e999"], "the result has a number beyond the range of a double"),
        ("parseJson", ["1" * 5000], "the result has a number beyond the range of a double"),
        ("parseJson", ["[NaN]"], "this is no JSON: it has no NaN"),
        ("parseJson", ["{"], "this is no JSON: Expecting property name"),
        ("parseJson", ["[" * 100_000], "the value is nested too deeply"),
        ("parseJson", [None], "expected a string, found null"),
        ("parseYaml", ["a: ["], "line 2: while parsing a flow node"),
        ("manifestJsonFromJson", ["{}", True], "expected a number, found true"),
        ("manifestJsonFromJson", ["{}", -1.0], "the indentation must be from 0 to 1,000,000"),
        ("manifestJsonFromJson", ["{}", 1e17], "the indentation must be from 0 to 1,000,000"),
        ("manifestJsonFromJson", ["{}", 1e300], "the indentation must be from 0 to 1,000,000"),
        ("manifestYamlFromJson", ["[1e999]"], "1e999 is beyond the range of a double"),
        ("manifestYamlFromJson", ["-" + "1" * 5000], "1 is beyond the range of a double"),
        ("manifestYamlFromJson", ["nul"], "this is no JSON: Expecting value"),
        ("regexMatch", ["(", ""], "'(' is not a regular expression in RE2 syntax: missing )"),
        ("regexMatch", [r"\\\C", ""], r"invalid escape sequence: \C"),
    ],
)
def test_what_a_native_cannot_do_is_an_error(name: str, arguments: list[Any], message: str) -> None:
    with pytest.raises(NativeError) as caught:
        call(name, *arguments)
    assert caught.value.native == name
    assert message in caught.value.message


def test_without_re2_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "re2", None)
    with pytest.raises(NativeError, match=r"google-re2: pip install 'pyimagestream\[go\]'"):
        call("regexMatch", "a", "a")
