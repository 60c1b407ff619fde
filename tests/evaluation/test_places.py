"""The places of wrong values: the literal if it can be followed, else the call, and its callers."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.engines import SLOW_ON_CPP

from pyimagestream import Frame, Problem
from pyimagestream.checks.verdict import check_present
from pyimagestream.engines import vm
from pyimagestream.evaluation import _ask, ladder
from pyimagestream.evaluation.evaluate import inspect_snippet
from pyimagestream.evaluation.settings import Settings

IMPORT = "local isi = import 'imageStreamImport.libsonnet';\n"
MARK = "§"
"""Stands before what is wrong in a template. It is no part of it."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The evaluations, one after another: plain ones, and annotated ones."""
    runs: list[str] = []

    def run(kind: str, *program: Any) -> str:
        runs.append(kind)
        return vm.evaluate(*program)

    monkeypatch.setattr(ladder, "evaluate", partial(run, "plain"))
    monkeypatch.setattr(_ask, "evaluate", partial(run, "annotated"))
    return runs


def problems(code: str, engine: str = "gojsonnet", **options: Any) -> tuple[Problem, ...]:
    settings = Settings.of(engine=engine, **options)
    return inspect_snippet(IMPORT + code, "app.jsonnet", settings, check_present).problems


def marked(code: str) -> list[Frame]:
    """The places of the marks, in the code without them."""
    found = []
    for number, line in enumerate(code.split("\n"), start=1):
        pieces = line.split(MARK)
        columns = [len("".join(pieces[: index + 1])) + 1 for index in range(len(pieces) - 1)]
        found += [Frame("app.jsonnet", number, column) for column in columns]
    return found


def assert_marked(code: str, engine: str = "gojsonnet", **options: Any) -> tuple[Problem, ...]:
    """Problems are where the marks are, and nowhere else."""
    found = problems(code.replace(MARK, ""), engine, **options)
    assert [problem.frame for problem in found] == marked(IMPORT + code)
    return found


IMAGE = "from: { kind: 'DockerImage', name: 'q.io/a/b:1' }"
WRONG_IMAGE = f"{{ {IMAGE}, to: {{ name: §7 }} }}"

FOLLOWED = {
    "an entry of a list": f"isi.spec.withImages([{{ {IMAGE} }}, {WRONG_IMAGE}])",
    "one value for a list": "isi.metadata.withFinalizers(§7)",
    "one object for a list": f"isi.spec.withImages({WRONG_IMAGE})",
    "a quoted field": "isi.metadata.withLabels({ 'a/b': 'x', \"c\": §7 })",
    "a key": "isi.metadata.withLabels({ a: 'b', §'c d': 'e' })",
    "parentheses": "isi.metadata.withUid(((§7)))",
    "a negative number": "isi.metadata.withUid(§-7)",
    "a named argument": "isi.metadata.withUid(uid=§7)",
    "a local": "local v = §7; isi.metadata.withUid(v)",
    "a local of a local": "local v = { a: §7 }, w = v; isi.metadata.withLabels(w)",
    "a field of the last object": "local b = { a: 7 }; isi.metadata.withLabels(b { a: §8 })",
    "the last of a sum": "local b = { a: 7 }; isi.metadata.withLabels(b + { c: 'd' } + { a: §8 })",
    "an argument": "local f(v) = isi.metadata.withUid(v); f(§7)",
    "an argument by name": "local f(u, v) = isi.metadata.withUid(v); f(v=§7, u='x')",
    "an argument of an argument": "local f(v) = isi.metadata.withUid(v), g(w) = f(w); g(§7)",
    "a default": "local f(u, v=§7) = isi.metadata.withUid(v); f('x')",
    "a method": "{ f(v):: isi.metadata.withUid(v), a: self.f(§7) }",
    "a function in a local": "local f = function(v) isi.metadata.withUid(v); f(§7)",
    "an alias": "local uid = isi.metadata.withUid; uid(§7)",
    "a computed function": "isi.metadata['with' + 'Uid'](§7)",
    "a function of a function": "local f() = isi; f().metadata.withUid(§7)",
    "a Mixin": f"isi.new('a') + isi.spec.withImages({{ {IMAGE} }})"
    f" + isi.spec.withImagesMixin([{{ {IMAGE} }}, {WRONG_IMAGE}])",
    "the later of two keys": "isi.new('a') + isi.metadata.withLabels({ a: 'b', c: 'd' })"
    " + isi.metadata.withLabelsMixin({ a: §7 })",
    "a name": "isi.new(§'A')",
    "behind other letters": "['äöü𝄞', isi.metadata.withUid(/* '( */ §7)]",
}


@pytest.mark.parametrize("engine", SLOW_ON_CPP)
@pytest.mark.parametrize("case", FOLLOWED)
def test_the_literal_is_the_place(case: str, engine: str) -> None:
    assert_marked(FOLLOWED[case], engine)


PART = "local tag = import 'image/v1/tagReference.libsonnet';\n"
STREAM = f"local stream = import 'image/v1/imageStream.libsonnet';\n{PART}"


def test_a_value_that_a_part_was_given_is_one_problem_at_its_literal(engine: str) -> None:
    code = f"""{STREAM}stream.new('a')
+ stream.spec.withTags([tag.withName('v1'), tag.withName('v2') + tag.withReference(§'no')])"""
    [problem] = assert_marked(code, engine)
    assert problem.field == "spec.tags[1].reference"


ENDS = {
    "a sum": "isi.metadata.withLabels({ a: §1 + 1 })",
    "a variable of a comprehension": "[isi.metadata.withUid(§v) for v in [7]]",
    "a comprehension": "isi.metadata.withLabels(§{ [k]: 7 for k in ['a'] })",
    "the result of a function": "local f() = { a: 7 }; isi.metadata.withLabels(§f())",
    "a name bound twice": "local v = 7; local f = (local v = 'x'; v); isi.metadata.withUid(§v)",
    "a condition": "isi.metadata.withUid(§if true then 7)",
    "a field": "{ v:: 7, a: isi.metadata.withUid(§self.v) }",
    "an argument that is computed": "local f(v) = isi.metadata.withUid(v); f(§std.length('a'))",
}


@pytest.mark.parametrize("engine", SLOW_ON_CPP)
@pytest.mark.parametrize("case", ENDS)
def test_the_deepest_expression_that_is_certain_is_the_place(case: str, engine: str) -> None:
    assert_marked(ENDS[case], engine)


WAYS = {
    "a function that is handed on": "std.map(§isi.metadata.withUid, [7])",
    "a library of the user's": "local mine = isi { metadata+: {"
    " withUid(v): super.withUid(§v + 1) } }; mine.metadata.withUid(6)",
    "a map made anew": "std.prune(isi.new('a') + isi.metadata.withLabels({ a: §7, b: null }))",
    "fields that are copied": "local a = isi.new('a') + isi.metadata.withUid(§7);"
    " { [k]: a[k] for k in std.objectFields(a) }",
}


@pytest.mark.parametrize("engine", SLOW_ON_CPP)
@pytest.mark.parametrize("case", WAYS)
def test_the_place_is_found_on_ways_that_tell_less(case: str, engine: str) -> None:
    assert_marked(WAYS[case], engine)


def test_a_function_that_the_standard_library_calls_has_its_callers(engine: str) -> None:
    code = """local all(names) = std.map(
  function(n) isi.new(§n) + isi.metadata.withUid(§n + 1), names
);
{ a: all([1]), b: all(['b']) }"""
    found = assert_marked(code, engine)
    assert [each.field for each in found] == ["metadata.name", "metadata.uid"]
    assert [each.callers for each in found] == [(Frame("app.jsonnet", 5, 6),)] * 2


def test_callers_are_told_innermost_first(engine: str) -> None:
    code = """local f(v) = isi.metadata.withUid(v + 1);
local g(v) = f(v);
[g(1), g(2), g(1)]"""
    found = problems(code, engine)
    assert [each.frame for each in found] == [Frame("app.jsonnet", 2, 35)] * 3
    assert [(each.value, [str(frame) for frame in each.callers]) for each in found] == [
        (2, ["app.jsonnet:3:14", "app.jsonnet:4:2"]),
        (3, ["app.jsonnet:3:14", "app.jsonnet:4:8"]),
        (2, ["app.jsonnet:3:14", "app.jsonnet:4:14"]),
    ]
    assert str(found[0]).endswith(
        "(imageStreamImport.metadata.withUid, called from app.jsonnet:4:2)"
    )


def test_a_literal_in_a_function_is_one_problem_however_often_it_is_called(engine: str) -> None:
    code = """local f(name) = isi.new(name) + isi.spec.withImport(§'yes');
[f('a'), f('b')]"""
    [problem] = assert_marked(code, engine)
    assert problem.callers == (Frame("app.jsonnet", 3, 2),)


LINES = {
    "file": "isi.new('i%d') + isi.metadata.withUid(§7) + isi.spec.withImport(true)",
    "helper": "helper('i%d', §7)",
    "leaning": "{ local top = self, m: isi.new('i%d') + isi.metadata.withLabels("
    "{ a: 'x', b: top.m.metadata.labels.a, c: §7 }) }",
}


@pytest.mark.parametrize("shape", LINES)
def test_a_thousand_places_take_one_more_evaluation(shape: str, asked: list[str]) -> None:
    helper = "local helper(name, uid) = isi.new(name) + isi.metadata.withUid(uid);\n"
    lines = "".join(f"  {LINES[shape] % number},\n" for number in range(1000))
    assert len(assert_marked(f"{helper}[\n{lines}]")) == 1000
    assert asked == ["plain", "annotated"]


LEANING = f"""{{
  a: isi.new('a')
     + isi.spec.withImages([{{ {IMAGE}, to: {{ name: 't' }} }}, {{
       {IMAGE}, to: {{ name: $.a.spec.images[0].to.name + 't' }} }}])
     + isi.metadata.withLabels({{ a: 'x', b: $.a.metadata.labels.a, c: §3 }}),
  b: {{ elsewhere: isi.metadata.withAnnotations(
       {{ a: 'x', b: $.b.elsewhere.metadata.annotations.a }}) }},
  c: [isi.metadata.withUid(§7)],
}}"""


def test_leaning_values_cost_no_place_and_one_annotated_evaluation(asked: list[str]) -> None:
    assert_marked(LEANING)
    assert asked.count("annotated") == 1


def test_an_error_that_nobody_uses_costs_no_place(asked: list[str]) -> None:
    assert_marked(
        "isi.new('a') + isi.metadata.withLabels({ a: error 'b', c: §7 })"
        " + isi.metadata.withLabelsMixin({ a: 'b' })"
    )
    assert asked.count("annotated") == 2


PATCHES = {
    "a value": "isi.new('a') + isi.metadata.withUid('u') + { metadata+: { uid: §8 } }",
    "a part of a value": "isi.new('a') + isi.metadata.withLabels({ a: 'b' })"
    " + { metadata+: { labels+: { c: §8 } } }",
    "a part of an entry": f"isi.new('a') + isi.spec.withImages([{{ {IMAGE} }}])"
    " + { spec+: { images: [i + { to: { name: §8 } } for i in super.images] } }",
    "beside": "isi.new('a') + isi.metadata.withLabels({ a: §7 })"
    " + { metadata+: { labels+: { c: 'd' } } }",
    "in front": f"isi.new('a') + isi.spec.withImages([{{ {IMAGE} }}])"
    f" + {{ spec+: {{ images: [{{ {IMAGE}, to: {{ name: §8 }} }}] + super.images }} }}",
}


@pytest.mark.parametrize("engine", SLOW_ON_CPP)
@pytest.mark.parametrize("case", PATCHES)
def test_a_plain_patch_over_a_call_is_not_taken_for_it(case: str, engine: str) -> None:
    assert_marked(PATCHES[case], engine)


def test_every_file_and_every_variable_has_places(engine: str, tmp_path: Path) -> None:
    """And what is imported as text stays as it is."""
    (tmp_path / "lib.libsonnet").write_text(
        f"{IMPORT}{{ text: importstr 'lib.libsonnet', uid(v): isi.metadata.withUid(v),\n"
        " bad: isi.metadata.withSelfLink(7) }"
    )
    code = """local lib = import 'lib.libsonnet';
local code = importstr 'lib.libsonnet';
function(tag, of) { a: [lib.uid(8), lib.bad, std.extVar('x'), of, isi.metadata.withUid(tag)],
                    b: std.assertEqual(code, lib.text) }"""
    found = problems(
        code,
        engine,
        jpath=[tmp_path],
        ext_codes={"x": f"{IMPORT}isi.metadata.withUid(9)"},
        tla_codes={"of": f"{IMPORT}isi.metadata.withUid(10)"},
        tla_vars={"tag": 11},
    )
    assert {each.value: str(each.frame) for each in found} == {
        7: f"{tmp_path}/lib.libsonnet:3:33",
        8: "app.jsonnet:4:33",
        9: "<extvar:x>:2:22",
        10: "<top-level-arg:of>:2:22",
        11: "app.jsonnet:4:88",
    }


def test_what_cannot_be_annotated_is_placed_by_its_looks(engine: str) -> None:
    assert_marked("local __at = 1; isi.new('a') + { spec+: { 'import': §'yes' } }", engine)
    [problem] = problems("local __at = 1; isi.new('a') + isi.spec.withImport('yes')", engine)
    assert problem.frame == Frame("app.jsonnet")
    assert str(problem).startswith('app.jsonnet: spec.import: must be a boolean, not "yes"')


SEES_MARKS = "assert std.objectFieldsAll(isi.metadata.withUid('u')) == ['metadata'];\n"


@pytest.mark.parametrize("hidden", ["local __at = 1; ", SEES_MARKS])
def test_a_place_that_is_found_by_looks_says_so(hidden: str, engine: str) -> None:
    code = f"{hidden}isi.new('a') + {{ spec+: {{ 'import': §'yes' }} }}"
    [found] = assert_marked(code, engine)
    assert found.by_looks
    assert str(found).endswith(" (found by the looks of the value)")
    [lost] = problems(f"{hidden}isi.new('a') + isi.spec.withImport('yes')", engine)
    assert lost.frame == Frame("app.jsonnet")
    assert lost.by_looks
    assert str(lost).endswith(" (its place could not be told)")


def test_a_file_that_has_no_tokens_of_ours_is_said_to_hide_places(tmp_path: Path) -> None:
    (tmp_path / "own.libsonnet").write_text("local __enter = 7; { uid: __enter }")
    code = "isi.new('a') + { metadata+: { uid: (import 'own.libsonnet').uid } }"
    found = problems(code, jpath=[str(tmp_path)])
    assert [(each.frame, each.by_looks) for each in found] == [(Frame("app.jsonnet"), True)]


def test_a_place_that_the_evaluation_tells_says_nothing_of_it(engine: str) -> None:
    code = "[isi.new('a') + isi.spec.withImport('yes'), isi.new('b') + { spec+: { 'import': 1 } }]"
    assert [each.by_looks for each in problems(code, engine)] == [False, False]


def test_a_template_that_sees_the_marks_keeps_its_problems(engine: str) -> None:
    code = """assert std.objectFieldsAll(isi.metadata.withUid('u')) == ['metadata'];
isi.new('a') + isi.metadata.withUid(7)"""
    [problem] = problems(code, engine)
    assert (problem.field, problem.frame) == ("metadata.uid", Frame("app.jsonnet"))


@pytest.mark.parametrize("native", ["begin", "enter", "note"])
@pytest.mark.parametrize("text", ["", "7:7", "0:99999", "--99999", "ns1[", "x", "{}[1]"])
def test_a_template_may_call_the_natives_itself(native: str, text: str) -> None:
    code = f"""local n = std.native('pyimagestream.{native}');
assert std.primitiveEquals(n, null) || n('{text}') > '';
isi.metadata.withUid(§7)"""
    assert_marked(code)


@pytest.mark.parametrize("engine", SLOW_ON_CPP)
@pytest.mark.parametrize("own", ["1", "{ 'metadata.uid': [[]] }", "{ 'metadata.uid': [['--9']] }"])
def test_a_field_of_the_name_of_the_marks_harms_nothing(own: str, engine: str) -> None:
    code = f"{{ ['__' + 'marks']: {own}, a: isi.new('a') + isi.metadata.withUid(7) }}"
    [problem] = problems(code, engine)
    assert problem.field == "metadata.uid"
    code = f"isi.new('a') + isi.metadata.withUid(7) + {{ ['__' + 'marks']: {own} }}"
    [problem] = problems(code, engine)
    assert problem.field == "metadata.uid"


@st.composite
def templates(draw: st.DrawFn) -> str:
    """Code with one wrong value, which is marked, and much around it that is well."""
    bindings: list[str] = []
    names = (f"n{number}" for number in range(1000))

    def anything() -> str:
        values = ["'a'", "x", "{ a: [1, (2)] }", "[isi.new('q'), 'f(x)']", "same('y')", "/* ' */ 1"]
        return draw(st.sampled_from(values))

    def through(expression: str, is_object: bool) -> str:
        """The value of an expression, on some way that can be followed."""
        ways = ["parentheses", "local", "line", *(["base", "sum"] if is_object else [])]
        for way in draw(st.lists(st.sampled_from(ways), max_size=4)):
            name = next(names)
            if way == "parentheses":
                expression = f"({expression})"
            elif way == "line":
                expression = f"(// it's\n  {expression})"
            elif way == "local":
                bindings.append(f"local {name} = {expression};")
                expression = name
            elif way == "base" and expression[0] == "{":
                expression = f"{{ other: {{}}, a: {anything()} }}.other {expression}"
            elif way == "sum" and expression[0] == "{":
                expression = f"{{ }} + {expression}"
        return expression

    def call(function: str, argument: str) -> str:
        way, name = draw(st.sampled_from(["call", "helper", "named", "default"])), next(names)
        if way == "call":
            return f"{function}({argument})"
        parameter = f"p{name}"
        if way == "default":
            bindings.append(f"local {name}(u, {parameter}={argument}) = {function}({parameter});")
            return f"{name}({anything()})"
        bindings.append(f"local {name}(u, {parameter}) = {function}({parameter});")
        if way == "named":
            return f"{name}({parameter}={argument}, u={anything()})"
        return f"{name}({anything()}, {argument})"

    literal = draw(st.sampled_from(["§7", "§true", "§-1.5", "§1e3"]))
    kind = draw(st.sampled_from(["uid", "labels", "images", "mixin"]))
    if kind == "uid":
        wrong = call("isi.metadata.withUid", through(literal, False))
    elif kind == "labels":
        key = draw(st.sampled_from(["k", "'k/l'", '"k"']))
        others = draw(st.sampled_from(["", "a: 'b', "]))
        labels = through(f"{{ {others}{key}: {through(literal, False)} }}", True)
        wrong = call("isi.metadata.withLabels", labels)
    else:
        to = through(f"{{ name: {through(literal, False)} }}", True)
        image = through(f"{{ {IMAGE}, to: {to} }}", True)
        before = [f"{{ {IMAGE} }}"] * draw(st.integers(0, 2))
        images = through(f"[{', '.join([*before, image])}]", False)
        form = "Mixin" if kind == "mixin" else ""
        wrong = f"isi.spec.withImages({{ {IMAGE} }}) + " if form else ""
        wrong += call(f"isi.spec.withImages{form}", images)
    well = draw(st.sampled_from(["isi.metadata.withSelfLink('x')", "isi.spec.withImport(true)"]))
    manifest = f"isi.new('a') + {well} + {wrong}"
    wrapped = draw(st.sampled_from(["%s", "[%s]", "{ a: { b: [isi.new('b'), %s] } }"])) % manifest
    return "\n".join(["local x = 'x', same(v) = v;", *bindings, wrapped])


@pytest.mark.slow
@settings(max_examples=150)
@given(templates())
def test_the_place_of_a_wrong_literal_is_the_literal(code: str) -> None:
    assert_marked(code)


@pytest.mark.slow
@settings(max_examples=10)
@given(templates())
def test_and_so_it_is_in_the_other_engine(code: str) -> None:
    assert_marked(code, "jsonnet")


GROUP = "local i = (import 'main.libsonnet').image.v1, tag = i.tagReference;\n"


@pytest.mark.parametrize(
    "code",
    [
        """i.imageStream.new('a') + i.imageStream.spec.withTags([
          tag.new('v0') + tag.from.withKind(§'X') + tag.from.withName('a'),
          tag.new('v1') + tag.from.withName('a') + tag.from.withKind(§'X'),
          { name: 'v2', from: { kind: §'X', name: 'a' } },
        ])""",
        """i.imageStream.new('a') + i.imageStream.spec.withTags([
          { name: '1', from: { kind: §'X', name: 'a' } },
          { name: '0', from: { kind: 'DockerImage', name: 'a' } },
          { name: 'v1', from: { kind: 'X', name: 'a' } },
          { name: 'v1', from: { kind: §'X', name: 'a' } },
        ])""",
        """{ a: i.imageImportSpec.from.withKind(§'X'),
          b: isi.new('b') + isi.spec.withImages([
            i.imageImportSpec.from.withKind(§'X') + i.imageImportSpec.from.withName('a:b') ]),
          c: isi.new('c') + isi.spec.withImages([{ from: { kind: §'X', name: 'a:b' } }]),
          d: i.imageImportSpec.from.withKind(§'X') }""",
        """isi.new('b') + isi.spec.withImages([
            i.imageImportSpec.from.withKind(§'X') + i.imageImportSpec.from.withName('a:b')
            for _ in [1]
          ]) + { spec+: { images: std.prune(super.images) } }""",
        """i.imageStream.new('a') + { spec: i.imageStreamSpec.withTags([
          tag.new('v0') + tag.from.withKind(§'X') + tag.from.withName('a'),
          tag.new('v1') + tag.from.withKind(§'X') + tag.from.withName('a'),
        ]) }""",
    ],
)
def test_entries_that_are_alike_have_places_of_their_own(code: str, engine: str) -> None:
    assert_marked(GROUP + code, engine)


def test_in_a_chain_of_calls_that_add_to_a_map_each_value_has_its_own_place() -> None:
    assert_marked("""isi.new('a')
        + isi.metadata.withLabelsMixin(§{ a: 'b ' })
        + isi.metadata.withLabelsMixin(§{ c: 'd ' })
        + isi.metadata.withLabelsMixin({ e: 'f', §'g ': 'h' })""")


CHAINS = {
    "labels": "isi.metadata.withLabelsMixin({ a%d: 'b%d ' })",
    "labels of one value": "isi.metadata.withLabelsMixin({ a%d: 'b ' })",
    "images": "isi.spec.withImagesMixin([{ from: { kind: 'DockerImage', name: 'a/B:%d' } }])",
}


@pytest.mark.parametrize("call", CHAINS.values(), ids=CHAINS)
def test_the_work_grows_with_the_number_of_wrong_values_in_a_chain_of_calls(call: str) -> None:
    def work(count: int) -> int:
        """How many calls of Python functions it takes."""
        lines = (call.replace("%d", str(number)) for number in range(count))
        code = "isi.new('a')\n + " + "\n + ".join(lines)
        calls = 0

        def counted(_: object, event: str, __: object) -> None:
            nonlocal calls
            calls += event == "call"

        before = sys.getprofile()
        sys.setprofile(counted)
        try:
            found = problems(code)
        finally:
            sys.setprofile(before)
        assert len(found) == count
        return calls

    work(10)  # what is imported, and read, once
    assert work(200) < 4 * work(100)


@pytest.mark.parametrize(
    "code",
    [
        "local my = { ns: isi.metadata.withNamespace };\nisi.new('a') + my.ns(§'Y')",
        "local my = { 'ns':: isi.metadata.withNamespace };\nisi.new('a') + my.ns(namespace=§'Y')",
        "local my = { make: isi.new, a: 1 };\nmy.make(§'Y')",
        "local my = { a: { ns: isi.metadata.withNamespace } };\nisi.new('a') + my.a.ns(§'Y')",
    ],
)
def test_a_function_that_a_field_holds_is_called_by_its_name(code: str, engine: str) -> None:
    assert_marked(code, engine)
