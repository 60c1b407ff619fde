"""The engines: one function, and what goes wrong told alike by both."""

import importlib.util
import json
import sys

import pytest

from pyimagestream import EvaluationError, Frame, PyimagestreamError
from pyimagestream.engines import messages
from pyimagestream.engines._guards import MAX_CHAIN, MAX_NESTING
from pyimagestream.engines.importer import Importer
from pyimagestream.engines.vm import Program, Variables, default_engine, evaluate, load


class Files(Importer):
    """Imports from a dict."""

    def __init__(self, **files):
        super().__init__(virtual={f"{name}.libsonnet": text for name, text in files.items()})
        self.found = {f"{name}.libsonnet": "" for name in files}


def run(engine, source, importer=None, natives=None, **variables):
    limit = variables.pop("max_stack", 500)
    program = Program("main.jsonnet", source, Variables(**variables), limit)
    return json.loads(evaluate(engine, program, importer or Importer(), natives or {}))


def failure(engine, source, importer=None, natives=None, **variables):
    with pytest.raises(EvaluationError) as caught:
        run(engine, source, importer, natives, **variables)
    return caught.value


def test_variables_are_text_or_code(engine):
    assert run(
        engine,
        "function(a, b) [std.extVar('x'), std.extVar('y'), a, b]",
        ext_vars={"x": "1 + 1"},
        ext_codes={"y": "1 + 1"},
        tla_vars={"a": "1 + 1"},
        tla_codes={"b": "1 + 1"},
    ) == ["1 + 1", 2, "1 + 1", 2]


def test_a_runtime_error_has_the_message_and_the_places_innermost_first(engine):
    error = failure(engine, "local f(x) =\n  error 'mine: ' + x;\n[\n  f('a')]")
    assert error.message == "mine: a"
    assert error.frames[0].file == "main.jsonnet"
    assert [frame.line for frame in error.frames][:2] == [2, 4]


def test_a_syntax_error_has_its_place(engine):
    error = failure(engine, "{\n  a: }")
    assert error.frames[0].file == "main.jsonnet"
    assert error.frames[0].line == 2
    assert "ERROR" not in error.message


def test_a_syntax_error_in_an_imported_file_has_its_place_there(engine):
    error = failure(engine, "\nimport 'broken.libsonnet'", Files(broken="{\n  a: }"))
    assert (error.frames[0].file, error.frames[0].line) == ("broken.libsonnet", 2)
    assert "\n" not in error.message
    assert "ERROR" not in error.message


def test_the_place_of_a_wrong_escape_is_told_once(engine):
    error = failure(engine, '\n "\\x"')
    assert error.frames == (Frame("main.jsonnet", 2, 2),)
    assert error.message.startswith("Unknown escape sequence in string literal: ")
    error = failure(engine, "import 'broken.libsonnet'", Files(broken='\n "\\u12"'))
    assert error.frames[0] == Frame("broken.libsonnet", 2, 2)
    assert error.message == "Truncated unicode escape sequence in string literal."


@pytest.mark.parametrize("text", ["quay.io:443:1: down", "a:1:2: b", "main.jsonnet:7:8: c"])
def test_the_words_of_a_template_are_not_taken_for_places(engine, text):
    for code in (f"error '{text}'", f"assert false : '{text}'; 1"):
        error = failure(engine, code)
        assert error.message == text
        assert error.frames[0].line == 1


def test_endless_recursion_tells_each_place_once(engine):
    error = failure(engine, "local f(x) = f(x + 1) + 1;\nf(0)")
    assert len(error.frames) == len(set(error.frames)) <= 3


def test_frames_of_the_standard_library_are_left_out(engine):
    error = failure(engine, "std.map(function(x) error 'mine', [1])")
    assert {frame.file for frame in error.frames} <= {"main.jsonnet"}


def test_the_limit_of_the_stack_can_be_set(engine):
    source = "local f(x) = if x == 0 then 0 else 1 + f(x - 1); f(1000)"
    assert "stack" in failure(engine, source, max_stack=300).message
    assert run(engine, source, max_stack=20_000) == 1000


class BrokenError(Exception):
    pass


@pytest.mark.parametrize("error", [BrokenError("mine"), KeyboardInterrupt(), SystemExit(3)])
def test_what_an_importer_raises_is_raised_again(engine, error):
    def importer(base, name):
        raise error

    importer.found = {}  # type: ignore[attr-defined]
    with pytest.raises(type(error)) as caught:
        run(engine, "import 'x'", importer)
    assert caught.value is error


@pytest.mark.parametrize("error", [BrokenError("mine"), KeyboardInterrupt(), SystemExit(3)])
def test_what_a_native_raises_is_raised_again(engine, error):
    def native(v):
        raise error

    with pytest.raises(type(error)) as caught:
        run(engine, "std.native('mine')('x')", natives={"mine": (("v",), native)})
    assert caught.value is error


def test_an_error_of_the_importer_gets_the_places_of_the_vm(engine):
    class Missing(Importer):
        def __call__(self, base, name):
            raise EvaluationError("cannot be had", [Frame("inner", 1, 2)])

    error = failure(engine, "\n  import 'x'", Missing())
    assert error.message == "cannot be had"
    assert error.frames[0] == Frame("inner", 1, 2)


DEEP = {
    "the source": ("[" * 1000 + "]" * 1000, {}),
    "an ext var": ("std.extVar('x')", {"ext_codes": {"x": "[" * 1000 + "]" * 1000}}),
    "a top-level argument": ("function(x) x", {"tla_codes": {"x": "(" * 1000 + ")" * 1000}}),
    "an imported file": ("import 'deep.libsonnet'", {}),
}


def test_gojsonnet_gets_no_text_of_an_error_as_it_reads_beyond_the_end_of_one(monkeypatch):
    said = []

    def explained(error, imported):
        said.append(str(error))
        return EvaluationError("")

    monkeypatch.setattr(messages, "explained", explained)
    failure("gojsonnet", "import 'a'")
    assert said[0].splitlines()[0].removeprefix("RUNTIME ERROR: importer error:").strip() == ""


@pytest.mark.parametrize("case", DEEP)
def test_brackets_nested_too_deep_are_an_error_wherever_they_stand(engine, case):
    source, variables = DEEP[case]
    error = failure(engine, source, Files(deep="{a:" * 1000 + "1" + "}" * 1000), **variables)
    assert "nested" in error.message or "depth" in error.message


def test_variables_of_one_name_are_looked_at_both(engine):
    nested = "[" * 2 * MAX_NESTING + "]" * 2 * MAX_NESTING
    error = failure(engine, "function(x) x", ext_codes={"x": nested}, tla_codes={"x": "1"})
    assert str(error).startswith("x:1:501: brackets are nested")


def test_brackets_in_texts_and_comments_are_not_nested(engine):
    count = MAX_NESTING + 100
    opened = "[" * count
    source = f"""
      // {opened}
      # {opened}
      /* {opened} */
      ['{opened}', "{opened}", @'{opened}', |||
        {opened}
      ||| , '\\'{opened}']
    """
    assert run(engine, source) == [opened, opened, opened, f"{opened}\n", f"'{opened}"]


def test_many_brackets_beside_one_another_are_not_nested(engine):
    assert run(engine, "[" + "[]," * 10_000 + "]") == [[]] * 10_000


CHAINS = ["1" + "+1" * MAX_CHAIN, "-" * MAX_CHAIN + "1", "{}" + "{}" * MAX_CHAIN]


@pytest.mark.parametrize("chain", CHAINS, ids=["a sum", "signs", "patches"])
def test_a_chain_that_would_overflow_the_stack_is_an_error(engine, chain):
    error = failure(engine, f"[\n{chain}]")
    assert "without a comma" in error.message
    assert error.frames[0].line == 2
    error = failure(engine, "import 'chain.libsonnet'", Files(chain=chain))
    assert error.frames[0].file == "chain.libsonnet"


def test_much_code_is_no_chain(engine):
    items = ", ".join(["{ a: 'some text', b: [1, 2] }"] * 20_000)
    assert run(engine, f"std.length([{items}])") == 20_000


def test_the_default_engine_is_that_of_tanka_where_it_is_installed(monkeypatch):
    assert default_engine() == "gojsonnet"
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert default_engine() == "jsonnet"


def test_an_unknown_engine_is_an_error_that_lists_the_known_ones():
    with pytest.raises(PyimagestreamError) as caught:
        load("sjsonnet")
    assert str(caught.value) == ("there is no engine 'sjsonnet': choose of gojsonnet, jsonnet")


@pytest.mark.parametrize(
    ("name", "module", "advice"),
    [
        ("gojsonnet", "_gojsonnet", "pip install gojsonnet"),
        ("jsonnet", "_jsonnet", "pip install jsonnet"),
    ],
)
def test_an_engine_that_is_not_installed_says_how_to_get_it(monkeypatch, name, module, advice):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(PyimagestreamError) as caught:
        load(name)
    assert str(caught.value) == f"the engine {name!r} is not installed: {advice}"
