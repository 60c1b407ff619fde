"""Fast formats: rewritten code gives what the original gives, or fails."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.engines import SLOW_ON_CPP
from support.jsonnet import printed, programs, recursions

from pyimagestream import EvaluationError
from pyimagestream.engines import fastformat
from pyimagestream.engines._formats import NAME
from pyimagestream.engines.fastformat import (
    DEEPER,
    FLAT,
    LITTLE,
    FastImporter,
    plan,
    rewritten,
)
from pyimagestream.engines.importer import Importer
from pyimagestream.engines.lexer import tokens
from pyimagestream.engines.traces import Traces
from pyimagestream.engines.vm import Program, Variables, evaluate

PLANS = (FLAT, DEEPER)


@pytest.fixture(autouse=True)
def first(monkeypatch):
    """Every test is that of a process that has evaluated something."""
    monkeypatch.setattr(fastformat, "_next", [FLAT])
    monkeypatch.setattr(fastformat, "_others", [FLAT])


def run(engine, program, importer=None, traces=None):
    """What a program gives, or None and why it fails; and what it prints."""
    traces = traces or Traces()
    natives = {"n": (("v",), lambda value: f"<{value}>"), **traces.native()}
    result: tuple[str | None, str]
    with printed() as lines:
        try:
            result = evaluate(engine, program, importer or Importer(), natives), ""
            traces.tell()
        except EvaluationError as error:
            result = None, error.message
    return *result, lines


class Untold(Traces):
    def tell(self):
        pass


def run_fast(engine, program, chosen, virtual=None):
    try:
        return run(engine, chosen.program(program), FastImporter((), virtual, chosen))
    except EvaluationError as error:
        return None, str(error), []


def is_rewritten(code):
    return rewritten(code, FLAT) != code


def assert_same_or_fails(engine, program):
    """That it holds on each plan, also of what is printed: the value if there is one."""
    fast = [run_fast(engine, program, chosen) for chosen in PLANS]
    if any(value is not None or lines for value, _, lines in fast):
        value, _, lines = run(engine, program)
        assert all(outcome in ((value, "", lines), (None, outcome[1], [])) for outcome in fast)


@pytest.mark.parametrize("engine", SLOW_ON_CPP)
@given(code=programs())
@settings(max_examples=150)
def test_a_rewritten_program_gives_the_same_or_fails(engine, code):
    assert_same_or_fails(engine, Program("a.jsonnet", code))


@pytest.mark.parametrize("engine", SLOW_ON_CPP)
@given(code=recursions(), limit=st.integers(71, 700))
@example("local f(n) = if n < 1 then '' else '%s' % [f(n - 1)]; f(30)", 500)
@example("local f(n) = if n < 1 then '' else '%s' % [[f(n - 1)]]; f(18)", 200)
@example("local f(n) = if n < 1 then '' else '%s' % ['%s' % f(n - 1)]; f(14)", 300)
@settings(max_examples=100)
def test_a_rewritten_program_exceeds_the_stack_where_the_original_does(engine, code, limit):
    assert_same_or_fails(engine, Program("a.jsonnet", code, max_stack=limit))


@given(code=programs())
def test_no_token_moves_to_another_line(code):
    for chosen in PLANS:
        try:
            result = rewritten(code, chosen)
        except EvaluationError:
            continue
        assert result.count("\n") == code.count("\n")
        assert names(result) == names(code)


def names(code):
    """What the program named, and on which lines; a variable may be named there again."""
    return {
        (code.count("\n", 0, token.start), token.text)
        for token in tokens(code)
        if token.kind == "identifier" and token.text in "nolfqrxz"
    }


CERTAIN = [
    ("'a%sb' % 1", "a1b"),
    ("'%s' % 1", "1"),
    ("'%s' % null", "null"),
    ("'%s' % ['x']", "x"),
    ("'%s' % [{ a: [1.5, 'é'] }]", '{"a": [1.5, "é"]}'),
    ("'%s%s' % [1, 2,]", "12"),
    ("'%d|%i|%u|%ld' % [1.9, -1.9, -0.5, 1e9]", "1|-1|0|1000000000"),
    ("'%d%d' % [1, 2]", "12"),
    ("'%03d|%03d|%05d|%2d|%2d' % [7, 1234, 70, 7, 123]", "007|1234|00070| 7|123"),
    ("'%d' % 9007199254740991", "9007199254740991"),
    ("'100%% of %s' % 'x'", "100% of x"),
    ("'%(a)s-%(b c)02d-%(a)s' % { a: 'x', 'b c': 1 }", "x-01-x"),
    ("local o = { a:: 1 }; '%(a)s' % o", "1"),
    ("local o = { a: 1 }; '%(a)s' % o { a+: 2 }", "3"),
    ("|||\n  a %s\n    b\n||| % 'x'", "a x\n  b\n"),
    ("@'it''s %s' % 'x'", "it's x"),
    ("'\\u0025s\\n' % 'x'", "x\n"),
    ("'%s' /* 1 */ % // 2\n # 3\n 'x'", "x"),
    ("'a' + '%s' % 'b' + 'c'", "abc"),
    ("local f(x) = '%s' % x; f('y')", "y"),
    ("(function(x) '%s' % x)('y')", "y"),
    ("local o = { a(x):: ['y'] }; '%s' % o.a(1)[0]", "y"),
    ("'%s,%s' % ['%s' % 'a', ['%s' % ['b']]]", 'a,["b"]'),
    ("std.join(',', ['%s' % x for x in [1, 2] if '%s' % x != '3'])", "1,2"),
    ("{ ['k%s' % 1]: 1, assert '%s' % 1 == '1' : '%s' % 2 }", {"k1": 1}),
    ("local f(a, b='<%s>' % a) = b; f(1)", "<1>"),
    ("if 'a' in { ['%s' % 'a']: 1 } then '%s' % 1 else '%s' % 2", "1"),
    ("{ a: '%s' % self.b, b:: $.c, c:: '%s' % 'x' }.a", "x"),
    ("({ a: 'x' } + { a: '%s' % super.a }).a", "x"),
    ("'%s' % [if 1 < 2 then 'a' else 'b']", "a"),
]
"""Code with formats of which it is certain what they give, and what that is."""


@pytest.mark.parametrize(("code", "value"), CERTAIN)
def test_what_is_certain_is_spelled_out(code, value):
    program = Program("a.jsonnet", code)
    text, _, lines = run("gojsonnet", program)
    assert (json.loads(text), lines) == (value, [])
    assert is_rewritten(code)
    for chosen in PLANS:
        fast, _, lines = run_fast("gojsonnet", program, chosen)
        assert fast == text
        assert lines == []


def test_what_is_spelled_out_is_the_same_on_every_engine(engine):
    program = Program("a.jsonnet", "[" + ",".join(f"({code})" for code, _ in CERTAIN) + "]")
    text, _, lines = run(engine, program)
    assert (json.loads(text), lines) == ([value for _, value in CERTAIN], [])
    for chosen in PLANS:
        assert run_fast(engine, program, chosen) == (text, "", [])


def test_a_format_whose_value_fails_fails(engine):
    program = Program("a.jsonnet", "'%s %s' % [function(a, b) a + b, 2][1:] + '' == ''")
    text, _, lines = run(engine, program)
    assert (text, lines) == (None, [])


@pytest.mark.parametrize(
    "code",
    [
        *["'%5s' % 'x'", "'%-5d' % 1", "'%+d' % 1", "'% d' % 1", "'%#o' % 8", "'%x' % 255"],
        *["'%c' % 'x'", "'%e' % 1", "'%f' % 1", "'%g' % 1", "'%.2d' % 1", "'%*d' % [3, 1]"],
        *["'%' % 1", "'%q' % 1", "'%(a' % 1", "'%(a)' % 1", "'%10d' % 1", "'%5%' % []"],
        *["'%s' % []", "'%s' % [1, 2]", "'%s%s' % 'ab'", "'%s%(a)s' % { a: 1 }", "'x' % []"],
        *["'%s%s' % [x for x in [1, 2]]", "'%s%s' % [local a = 1, b = 2; a, b]"],
        *["5 % 3", "2 * '%s' % 1", "'x' % '%s' % 1", "('%s') % 1", "'%s' % -1", "'%s' % if true"],
        *["'%s' % f(1) tailstrict", "import '%s' % 1", "x '%s' % 1", "(x) '%s' % 1", "o.'%s' % 1"],
        *[
            "'%s' % function(x) x",
            "'%s' %",
            "'%(aaaaaaaaaaaaaaaaaaaaaaaaa)s' % {}",
            "'%s' % error ''",
        ],
    ],
)
def test_what_is_not_certain_is_left_to_the_vm(code):
    assert not is_rewritten(code)


def test_negative_numbers_that_are_filled_up_are_left_to_the_vm(engine):
    program = Program("a.jsonnet", "'%03d|%3d|%05d' % [-7, -7, -12345]")
    assert json.loads(run_fast(engine, program, DEEPER)[0]) == "-07| -7|-12345"
    assert run_fast(engine, program, DEEPER)[0] == run(engine, program)[0]


def test_keys_that_are_for_a_text_are_left_to_the_vm_when_it_is_known(engine):
    code = "local f(x) = '%(a)s!' % x; [f({ a: 1 }), f('x')]"
    assert is_rewritten(code)
    assert json.loads(run_fast(engine, Program("a.jsonnet", code), DEEPER)[0]) == ["1!", "x!"]


@pytest.mark.parametrize("value", ["[2]", "[[3]]", "null", "1", "['x', 'y']"])
def test_keys_that_are_for_no_object_fail_and_so_are_left_to_the_vm(engine, value):
    for literal in ("'%(a)s!'", "'%(a)s%(b)s'"):
        code = f"local f(x) = {literal} % x; [f({{ a: 1, b: 2 }}), f({value})]"
        assert is_rewritten(code)
        assert run_fast(engine, Program("a.jsonnet", code), DEEPER)[0] is None


def test_two_keys_are_for_no_text(engine):
    program = Program("a.jsonnet", "'%(a)s%(b)s' % 'x'")
    assert run(engine, program)[0] is run_fast(engine, program, DEEPER)[0] is None


@pytest.mark.parametrize("value", ["[2]", "[[3]]", "[]", "[1, 2]", "{ a: 1 }"])
def test_a_list_where_one_value_could_stand_fails_and_so_is_left_to_the_vm(engine, value):
    for code in (f"local f(x) = '%s' % x; f({value})", f"local x = {{ a: {value} }}; '%s' % x.a"):
        assert is_rewritten(code)
        for chosen in PLANS:
            assert run_fast(engine, Program("a.jsonnet", code), chosen)[0] is None


@pytest.mark.parametrize("text", ["", "a", "A", "7", "[", "[a]", "\\\\", "{", "{a}", "|", "}", "ä"])
def test_a_text_may_look_like_a_list(engine, text):
    for code in (f"local x = '{text}'; '%s' % x", f"local x = {{ a: '{text}' }}; '<%s>' % x.a"):
        program = Program("a.jsonnet", code)
        for chosen in PLANS:
            assert run_fast(engine, program, chosen)[0] == run(engine, program)[0] is not None


@pytest.mark.parametrize(
    "code",
    [
        "local s = std; s.trace('x', 1)",
        "std['trace']('x', 1)",
        "{ std: std }",
        "[std][0]",
        "'a' 'b",
        "[1",
        "'\\q%s' % 1",
        f"local {NAME}0 = 1; '%s' % {NAME}0",
        "importstr ('a')",
    ],
)
def test_code_that_could_print_or_is_not_understood_is_not_rewritten(code):
    with pytest.raises(EvaluationError):
        FLAT.program(Program("a.jsonnet", f"{code} + '%s' % 1"))


def test_rewritten_code_does_not_print_by_itself(engine):
    program = Program("a.jsonnet", "std.trace('a', '%s' % 1)")
    value, _, lines = run(engine, program)
    assert (json.loads(value), lines) == ("1", ["TRACE: a.jsonnet:1 a"])
    rewritten = FLAT.program(program)
    assert run(engine, rewritten, FastImporter((), {}, FLAT), Untold()) == (value, "", [])
    unused = Program("a.jsonnet", "local f() = std.trace('a', 1); '%s' % 1")
    assert json.loads(run_fast(engine, unused, FLAT)[0]) == "1"


def test_values_are_computed_as_often_and_in_the_same_order(engine):
    code = """
        local n(x) = std.native('seen')(x), o = { a: n('a'), b:: n('b') };
        local list = [n('c'), n('d'), n('unused')];
        '%(b)s%(a)s%(b)s' % o + '%s%s%s' % [list[1], list[0], n('e')] + '%s' % n('f')
        + (if '%s' % list[1] == 'g' then '%s' % n('unused') else '%03d' % std.length(n('h')))
    """

    def seen(program, importer):
        calls = []
        evaluate(engine, program, importer, {"seen": (("v",), lambda v: calls.append(v) or v)})
        return calls

    program = Program("a.jsonnet", code)
    for chosen in PLANS:
        assert seen(chosen.program(program), FastImporter((), {}, chosen)) == seen(
            program, Importer()
        )
    assert "unused" not in seen(program, Importer())


def test_imported_texts_stay_as_they_are(engine, tmp_path):
    (tmp_path / "a.libsonnet").write_text("'<%s>' % 'x'")
    code = "[import 'a.libsonnet', importstr 'a.libsonnet', std.length(importbin \"a.libsonnet\")]"
    program = Program(f"{tmp_path}/main.jsonnet", f"{code} + ['%s' % 1]")
    plain, fast = Importer(hashed=True), FastImporter((), {}, FLAT, hashed=True)
    expected = ["<x>", "'<%s>' % 'x'", 12, "1"]
    assert json.loads(evaluate(engine, program, plain, {})) == expected
    assert json.loads(evaluate(engine, FLAT.program(program), fast, {})) == expected
    assert fast.found == plain.found
    assert list(fast.found) == [f"{tmp_path}/a.libsonnet"]


@pytest.mark.parametrize("text", ["(" * 600, "word " * 260_000, ":(\n" * 600])
def test_what_would_be_no_code_may_be_a_text(engine, tmp_path, text):
    (tmp_path / "text.libsonnet").write_text(text)
    code = "[std.length(importstr 'text.libsonnet'), std.length(importbin 'text.libsonnet')]"
    importer = FastImporter((), {}, FLAT)
    program = importer.program(Program(f"{tmp_path}/main.jsonnet", code), engine)
    assert json.loads(evaluate(engine, program, importer, {})) == [len(text)] * 2


def test_files_looked_for_are_those_of_the_original(engine, tmp_path):
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
    (tmp_path / "one/a.libsonnet").write_text("{ b: import 'b.libsonnet', c: import 'no' }")
    (tmp_path / "two/b.libsonnet").write_text("local no = import 'no'; '%s' % 'x'")
    places = [tmp_path / "one", tmp_path / "two"]
    program = Program(f"{tmp_path}/main.jsonnet", "(import 'a.libsonnet').b")
    plain, fast = Importer(places), FastImporter(places, {}, FLAT)
    assert evaluate(engine, program, plain, {}) == evaluate(engine, FLAT.program(program), fast, {})
    assert (fast.found, fast.absent) == (plain.found, plain.absent)
    assert len(plain.absent) == 3


def test_variables_that_are_code_are_rewritten_too(engine):
    code = "function(b) [std.extVar('a'), b]"
    variables = Variables(ext_codes={"a": "'%02d' % 1"}, tla_codes={"b": "'%s' % 'x'"})
    program = Program("a.jsonnet", code, variables)
    assert plan(program) == FLAT
    assert NAME in FLAT.program(program).variables.tla_codes["b"]
    assert json.loads(run_fast(engine, program, FLAT)[0]) == ["01", "x"]


def test_a_job_without_a_format_or_an_import_has_no_plan():
    assert plan(Program("a.jsonnet", "{ a: 1 }")) is None
    assert plan(Program("a.jsonnet", "import 'a'")) == FLAT
    assert plan(Program("a.jsonnet", "'%s' % 1")) == FLAT
    assert plan(Program("a.jsonnet", "'%s' % 1", max_stack=70)) is None


def test_the_first_one_has_the_larger_stack_at_once_as_it_may_be_the_only_one(monkeypatch):
    monkeypatch.setattr(fastformat, "_next", [DEEPER])
    found = [plan(Program("a.jsonnet", "'%s' % 1")) for _ in range(3)]
    assert found == [DEEPER, FLAT, FLAT]


def test_a_small_stack_is_followed_by_a_larger_one_and_then_by_the_original():
    stack = EvaluationError("max stack frames exceeded.")
    assert FLAT.after(stack) == DEEPER
    assert plan(Program("a.jsonnet", "'%s' % 1")) == DEEPER  # as one template is like another
    assert DEEPER.after(stack) is None
    assert FLAT.after(EvaluationError("field does not exist: a")) is None
    limits = [chosen.max_stack(500) for chosen in PLANS]
    assert limits == sorted(limits)
    assert limits[-1] < 500


def test_who_imports_much_has_the_larger_stack_before_any_of_it_is_evaluated():
    half = "'x%s' % " + "x" * (LITTLE // 2)
    flat, deeper = (FastImporter((), {"a": half, "b": half}, chosen) for chosen in PLANS)
    assert flat("", "a")[0] == "a"
    with pytest.raises(EvaluationError) as caught:
        flat("", "b")
    assert FLAT.after(caught.value) == DEEPER
    assert [deeper("", name)[0] for name in "abab"] == ["a", "b", "a", "b"]


def test_where_the_first_one_imports_much_the_others_are_not_tried_flat(monkeypatch):
    program = Program("a.jsonnet", "import 'a'")
    for size, following in (LITTLE, FLAT), (LITTLE + 1, DEEPER):
        monkeypatch.setattr(fastformat, "_next", [DEEPER])
        assert plan(program) == DEEPER
        FastImporter((), {"a": "x" * size}, DEEPER)("", "a")
        assert plan(program) == following


def test_a_format_may_be_long(engine):
    code = "'" + "%(x)s " * 500 + "' % { x: 3 }"
    assert is_rewritten(code)
    assert not is_rewritten(code.replace("%(x)s ", "%(x)s %(x)s ", 1))
    for chosen in PLANS:
        assert json.loads(run_fast(engine, Program("a.jsonnet", code), chosen)[0]) == "3 " * 500


def test_formats_may_be_many_and_deep_in_one_another():
    depth = 200
    code = "'%s' % [" * depth + "1" + "]" * depth
    assert rewritten(code, FLAT).count(f"local {NAME}0=") == depth
    many = "[" + "'%s' % 'a'," * 20_000 + "]"
    assert rewritten(many, FLAT).count(f"local {NAME}=(") == 20_000
    signs = "-" * 200_000 + "'%s' % ['a']"
    assert rewritten(signs, FLAT).startswith("-" * 200_000 + "(local")
