"""What `std.trace` says in rewritten code is what it says in the original, if that succeeds."""

import json

import pytest
from hypothesis import given, settings
from support.calls import calls
from support.engines import SLOW_ON_CPP
from support.jsonnet import printed, programs, traces

from pyimagestream import EvaluationError
from pyimagestream.engines.fastformat import DEEPER, FastImporter, rewritten
from pyimagestream.engines.importer import Importer
from pyimagestream.engines.traces import Traces
from pyimagestream.engines.vm import Program, evaluate

AROUND = "local n = 5, o = { a: 1 }, l = [1], f(x) = x;\n{ n:: 7 } + { z: (%s), y: self.z }"


def run(engine, program, importer, told):
    """What a program gives, None if it fails, and the lines that it says."""
    natives = {"n": (("v",), lambda value: f"<{value}>"), **told.native()}
    with printed() as lines:
        try:
            value = evaluate(engine, program, importer, natives)
            told.tell()
        except EvaluationError:
            return None
    return json.loads(value), lines


def both(engine, code, virtual=None):
    """What the original gives, and what rewritten code does."""
    program = Program("dir/a.jsonnet", code)
    plain = run(engine, program, Importer((), virtual), Traces())
    try:
        importer = FastImporter((), virtual, DEEPER)
        return plain, run(engine, importer.program(program, engine), importer, Traces())
    except EvaluationError:
        return plain, None


@pytest.mark.parametrize("engine", SLOW_ON_CPP)
@given(code=traces(traces()))
@settings(max_examples=150)
def test_the_lines_are_those_of_the_original_in_the_same_order(engine, code):
    plain, fast = both(engine, AROUND % code)
    assert fast in (plain, None)


@pytest.mark.parametrize("engine", SLOW_ON_CPP)
@given(code=programs())
@settings(max_examples=50)
def test_it_does_not_matter_how_much_else_is_rewritten(engine, code):
    plain, fast = both(engine, code)
    assert fast in (plain, None)


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("[\n1,\nstd.trace(\n'a',\n1)]", ["TRACE: dir/a.jsonnet:3 a"]),
        ("std.trace('x\\u0000\\ny\\\\é\\ud83d\\ude00\"', 1)", None),
        ("std.trace(std.trace('a', 'x'), std.trace('b', 1))", None),
        ("local f(x) = std.trace('f' + x, x); [f(1), f(2), f(1)]", None),
        ("std.trace('lazy', { a:: error 'no', b: 1 })", None),
        (
            "(import 'b').f(2) + (import 'c/d.libsonnet').f(3)",
            ["TRACE: b:2 2", "TRACE: c/d.libsonnet:1 3"],
        ),
        ("std.trace('function', function(x) x)(1)", None),
    ],
)
def test_a_line_tells_the_file_and_the_line_of_the_call(engine, code, lines):
    virtual = {
        "b": "{ f(x)::\n std.trace('' + x, x) }",
        "c/d.libsonnet": "{ f(x):: std.trace('' + x, x) }",
    }
    plain, fast = both(engine, code, virtual)
    assert fast == plain
    assert plain[1]
    assert lines in (plain[1], None)


@pytest.mark.parametrize(
    "code",
    [
        "std.trace(rest=1, str='a')",
        "std.trace('a', 1) tailstrict",
        "@'\n' + std.trace('a', '')",
        "local t = std.trace; t('a', 1)",
        "std.trace",
    ],
)
def test_a_call_that_is_not_certain_is_left_to_the_original(engine, code):
    assert both(engine, code)[1] is None
    assert both(engine, f"local x = {code}; 1")[1] == (1, [])


@pytest.mark.parametrize("code", ["std.trace(1, 2)", "std.trace('a', error 'b')", "std.trace('a')"])
def test_what_fails_says_nothing(engine, code):
    assert both(engine, code) == (None, None)


def test_who_says_very_much_is_left_to_the_original(engine, monkeypatch):
    code = "std.length([std.trace('12345', i) for i in std.range(1, 10)])"
    assert both(engine, code)[1] == (10, [])  # they are not evaluated
    code = "[std.trace('12345', i) for i in std.range(1, 10)]"
    plain, fast = both(engine, code)
    assert fast == plain
    size = sum(len(line) + 1 for line in plain[1])
    for most, is_kept in (size, True), (size - 1, False):
        monkeypatch.setattr("pyimagestream.engines.traces.MOST", most)
        assert (both(engine, code)[1] is not None) == is_kept


def test_there_need_be_no_standard_error(monkeypatch):
    told = Traces()
    [(_, keep)] = told.native().values()
    assert keep('3["a","b"]') == "ok"

    def refuse(*_, **__):
        raise OSError

    monkeypatch.setattr("builtins.open", refuse)
    told.tell()


def test_the_work_grows_with_the_calls_of_trace() -> None:
    def work(count: int) -> int:
        code = "[\n" + "std.trace('x', 1),\n" * count + "]"
        return calls(lambda: rewritten(code, DEEPER))

    work(10)  # what is imported, once
    assert work(400) < 2.5 * work(200)
