"""Joined imports: one text gives what several files give, or fails."""

import json
import os
from bisect import bisect_left

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.jsonnet import FILES, printed, projects, recursions

from pyimagestream import EvaluationError
from pyimagestream.engines import _joiner
from pyimagestream.engines._joiner import joined, relative
from pyimagestream.engines.fastformat import DEEPER, FLAT, FastImporter
from pyimagestream.engines.importer import TEXT, Importer
from pyimagestream.engines.vm import Program, Variables, evaluate, parses_std_for_each_file

CPP = "jsonnet"
NATIVES = {"n": (("v",), lambda value: f"<{value}>")}


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes files where the test runs, by their paths."""
    monkeypatch.chdir(tmp_path)

    def written(files):
        for path, text in files.items():
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            with open(path, "w", newline="") as file:
                file.write(text)

    return written


def outcome(program, importer, natives=NATIVES):
    """The value or None, what was read and looked for in vain, and what was printed."""
    with printed() as lines:
        try:
            value = json.loads(evaluate(CPP, program, importer, natives))
        except EvaluationError:
            value = None
    return value, importer.found, importer.absent, lines


def run(program, jpath=(), virtual=None, natives=NATIVES):
    return outcome(program, Importer(jpath, virtual, hashed=True), natives)


def run_joined(program, jpath=(), virtual=None, natives=NATIVES, plan=DEEPER):
    """The outcome of a joined program, and how many files it holds."""
    importer = FastImporter(jpath, virtual, plan, hashed=True)
    try:
        ready = importer.program(program, CPP)
    except EvaluationError:
        return (None, {}, set(), []), 0
    return outcome(ready, importer, natives), ready.source.count("then null else(\n")


def program(code, filename="main.jsonnet", **settings):
    return Program(filename, code, **settings)


LIBRARY = "local x = 'own'; { new(name): { name: name, x: x }, '#': 'import' }"

SAME = {
    "comment": ({"a": "1 // and a )"}, "import 'a'", 1),
    "hash": ({"a": "1 # and a )"}, "import 'a'", 1),
    "data": ({"a.json": '{"x": ["import \'x\'"]}'}, "import 'a.json'", {"x": ["import 'x'"]}),
    "block": ({"a": "|||\n  import 'b'\n|||\n"}, "import 'a'", "import 'b'\n"),
    "verbatim": ({"it's": "1"}, "import @'it''s'", 1),
    "escaped": ({"a": "1"}, "import '\\u0061'", 1),
    "gap": ({"a": "1"}, "import /* 'b' */ // 'c'\n 'a'", 1),
    "library": ({"a": LIBRARY}, "local x = 'other'; (import 'a').new(x).x + x", "ownother"),
    "functions": ({"a": "function(x) [x]"}, "local f = import 'a'; (import 'a')(1) + f(2)", [1, 2]),
    "places": (
        {"a": "1", "t": "true", "k": "'k'", "l": "[1, 2]"},
        "local f(x, y = import 'a') = x + y, o = { [import 'k']: import 'a', b+: import 'a' };"
        "[f(import 'a'), o, [x for x in import 'l' if import 't'], [import 'a' for x in [1, 2]],"
        " if import 't' then import 'a' else import 'l', -import 'a', 1 + import 'a',"
        " (import 'l')[import 'a'], { assert import 't', local l = import 'l', x: l }]",
        [2, {"k": 1, "b": 1}, [1, 2], [1, 1], 1, -1, 2, 2, {"x": [1, 2]}],
    ),
    "directories": (
        {"d/a": "[import 'b', import '../b', import './e/b']", "d/b": "1", "b": "2", "d/e/b": "3"},
        "import 'd/a'",
        [1, 2, 3],
    ),
    "jpath": ({"v/a": "import 'b'", "v/b": "1", "b": "2"}, "[import 'a', import 'b']", [1, 2]),
    "names": ({"a": "[1]"}, "(import 'a') + (import './a') + (import 'v/../a')", [1, 1, 1]),
    "cycle": (
        {"a": "{ x:: 1, b: (import 'b').y }", "b": "{ y: (import 'a').x }"},
        "import 'a'",
        {"b": 1},
    ),
    "itself": ({"a": "{ n:: 1, m: (import 'a').n }"}, "import 'a'", {"m": 1}),
    "texts": (
        {"d/a": "[importstr 'b', importbin 'b', import 'b']", "d/b": "[1]"},
        "(import 'd/a') + [importstr 'd/b']",
        ["[1]", [91, 49, 93], [1], "[1]"],
    ),
    "formats": ({"a": "'%s-%02d' % ['a', import 'b']", "b": "7"}, "import 'a'", "a-07"),
    "unused local": ({"a": "error 'no'"}, "local a = import 'a'; 1", 1),
    "this file": ({"d/a": "1"}, "[import 'd/a', std.thisFile]", [1, "main.jsonnet"]),
    "objects": (
        {"a": "[{ x: $.y, y:: self.z, z:: 1 }]"},
        "{ z:: 2, a: import 'a' }",
        {"a": [{"x": 1}]},
    ),
    "super": ({"a": "{ x: super.x + 1 }"}, "{ x: 1 } + (import 'a')", {"x": 2}),
    "tk": ({}, "(import 'tk').env", "e"),
}


@pytest.mark.parametrize("name", SAME)
def test_joined_files_give_what_imports_give(write, name):
    files, code, value = SAME[name]
    write({**files, "e": "e"})
    places = ["v"], {"tk": "{ env: importstr 'e' }"}
    original = run(program(code), *places)
    fast, number = run_joined(program(code), *places)
    assert fast == original
    assert (fast[0], number > 0) == (value, True)


def test_a_file_that_asks_for_its_name_is_no_part_of_the_text(write):
    write({"d/a": "std.thisFile", "b": "1"})
    main = program("[import 'd/a', std.thisFile, import 'b']")
    assert run_joined(main) == (run(main), 1)
    assert run(main)[0] == ["d/a", "main.jsonnet", 1]


def test_a_function_gets_its_top_level_arguments(write):
    write({"a": "{ x: 1 }"})
    variables = Variables(tla_vars={"x": "y"}, ext_codes={"e": "(import 'a').x"})
    code = "function(x, z = import 'a') [x, z, std.extVar('e')]"
    main = program(code, variables=variables)
    assert run(main)[0] == ["y", {"x": 1}, 1]
    assert run_joined(main) == (run(main), 1)


REFUSED = {
    "dollar": ({"a": "$.x"}, "{ x: 1, y: import 'a' }"),
    "self": ({"a": "self.x"}, "{ x: 1, y: import 'a' }"),
    "super": ({"a": "super.x"}, "{ x: 1 } + { y: import 'a' }"),
    "variable": ({"a": "x"}, "local x = 1; import 'a'"),
    "variable of another": ({"a": "local y = 1; y", "b": "y"}, "[import 'a', import 'b']"),
    "empty": ({"a": ""}, "import 'a'"),
    "comment": ({"a": "// 1"}, "import 'a'"),
    "open comment": ({"a": "1 /* "}, "import 'a'"),
    "open text": ({"a": "'1"}, "import 'a'"),
    "brackets": ({"a": "1), b = (2"}, "import 'a'"),
    "two": ({"a": "1, 2"}, "import 'a'"),
    "binding": ({"a": "1; 2"}, "import 'a'"),
    "argument": ({"a": "x = 1"}, "import 'a'"),
    "mark": ({"a": "\ufeff1"}, "import 'a'"),
    "strict": ({"a": "import 'a'"}, "import 'a'"),
    "computed": ({"a": "'a'"}, "import 'a' + ''"),
    "computed in": ({"a": "'a'"}, "import 'a' in { a: 1 }"),
    "computed field": ({"a": "[1]"}, "import 'a'[0]"),
    "computed object": ({"a": "{}"}, "import 'a' { b: 1 }"),
    "computed call": ({"a": "function() 1"}, "import 'a'()"),
    "name in brackets": ({"a": "1"}, "import ('a')"),
    "block": ({"a\n": "1"}, "import |||\n  a\n|||"),
    "block of text": ({"a\n": "1"}, "importstr |||\n  a\n|||"),
    "two operands": ({"a": "1"}, "local f(x) = x; f import 'a'"),
    "operand before": ({"a": "1"}, "1 import 'a'"),
    "field": ({"a": "1"}, "{}.import 'a'"),
    "bound": ({"a": "1"}, "local import 'a' = 1; 2"),
    "parameter": ({"a": "1"}, "(function(import 'a') 1)(1)"),
    "member": ({"a": "1"}, "{ import 'a' }"),
    "tailstrict": ({"a": "1"}, "import 'a' tailstrict"),
    "directory": ({"a/b": "1"}, "import 'a'"),
    "nothing": ({}, "import 'a'"),
    "nothing is imported": ({}, "1 + import"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("is_used", [True, False])
def test_what_jsonnet_refuses_is_refused(write, name, is_used):
    files, code = REFUSED[name]
    write(files)
    main = program(f"[{code}]" if is_used else f"if false then [{code}] else 1")
    original, (fast, _) = run(main), run_joined(main)
    assert original[0] == (None if is_used else original[0])
    assert fast[0] is None or fast == original


def test_an_import_that_is_not_used_need_not_lead_anywhere(write):
    write({"d/a": "local no = import 'no', directory = import 'e'; { x: 1, no: no }", "d/e/b": "1"})
    main = program("local no = import 'no', a = import 'd/a', bad = import 'bad'; a.x")
    with open("bad", "wb") as file:
        file.write(b"\xff")
    assert run(main)[:1] == (1,)
    assert run_joined(main) == (run(main), 1)


def test_a_name_that_no_file_can_have_is_left_to_the_vm(write):
    write({"a": "1", "d/b": "import '../a\\u0000b'"})
    for code in ("import 'a\\u0000b'", "import 'd/b'"):
        assert run_joined(program(code))[0] == run(program(code))


def test_a_pipe_is_not_opened_unless_it_is_used(write, monkeypatch):
    write({"a": "1"})
    os.mkfifo("pipe")
    opened = []
    original = os.open
    monkeypatch.setattr(
        os, "open", lambda path, *rest: opened.append(path) or original(path, *rest)
    )
    assert run_joined(program("local p = import 'pipe'; import 'a'"))[0][0] == 1
    assert "pipe" not in opened
    assert opened.count("a") == 2


def test_a_file_is_one_of_the_template_when_it_is_used(write):
    write({"a": "{ b: import 'b', c:: import 'c' }", "b": "1", "c": "2"})
    main = program("local unused = import 'd'; [import 'a', unused][0]")
    write({"d": "3"})
    fast, number = run_joined(main, ["v"])
    assert fast == run(main, ["v"])
    assert (fast[0], number) == ({"b": 1}, 4)
    assert list(fast[1]) == ["a", "b"]


def test_the_places_where_no_file_was_are_those_of_the_original(write):
    write({"one/a": "{ x: import 'b', y:: import 'c' }", "two/b": "1", "one/c": "2"})
    fast, number = run_joined(program("import 'a'"), ["two", "one"])
    assert fast == run(program("import 'a'"), ["two", "one"])
    assert (number, fast[2]) == (3, {"a", "one/b"})


def test_a_file_is_evaluated_as_often_as_it_was(write):
    write({"a": "std.native('seen')('a')", "d/b": "import '../a'"})
    main = program("[import 'a', import 'a', import './a', import 'd/b', import 'd/b']")
    seen = []
    natives = {"seen": (("v",), lambda value: seen.append(value) or value)}
    run(main, natives=natives)
    times = len(seen)
    assert run_joined(main, natives=natives)[0][0] == ["a"] * 5
    assert (times, len(seen)) == (3, 6)


def test_a_file_in_which_std_is_another_or_that_prints_is_no_part_of_the_text(write):
    write({"a": "local std = { length(x):: 'own' }; std.length(1)", "b": "std.trace('b', 1)"})
    for name, lines in (("a", []), ("b", ["TRACE: b:1 b"])):
        main = program(f"[import '{name}', std.length([1])]")
        assert run(main)[3] == lines
        assert run_joined(main)[0][0] is None


@pytest.mark.parametrize(
    "body", ["1", "{ x: 1 }.x", "local f(n) = if n < 1 then 0 else f(n - 1); f(5)"]
)
def test_a_variable_takes_as_many_frames_as_an_import(write, body):
    write({"a": f"[import 'b'][0] + {body}", "b": body})
    main = program("local o = { v: import 'a' }; o.v")
    importer = FastImporter((), {}, DEEPER)
    source = importer.program(main, CPP).source

    def passes(code, importer, limit):
        return outcome(program(code, max_stack=limit), importer)[0] is not None

    limit = bisect_left(range(30), True, key=lambda n: passes(main.source, Importer(), n))
    assert limit < 30
    assert passes(source, importer, limit)
    assert not passes(source, importer, limit - 1)


def test_no_more_files_are_joined_than_are_allowed(write, monkeypatch):
    write(
        {"a": "[import 'b', import 'c']", "b": "1", "c": "[import 'd']", "d": "'" + "x" * 99 + "'"}
    )
    main = program("import 'a'")
    for files, size, expected in (
        (64, 500, 4),
        (64, 100, 3),
        (2, 500, 2),
        (1, 500, 1),
        (0, 500, 0),
    ):
        monkeypatch.setattr(_joiner, "MAX_FILES", files)
        monkeypatch.setattr(_joiner, "MAX_SIZE", size)
        assert run_joined(main) == (run(main), expected)


def test_no_more_files_are_looked_at_than_are_joined(write, monkeypatch):
    """An index lists hundreds, of which a template wants one."""
    write({name: f"'{name * 40}'" for name in "abcdefgh"})
    monkeypatch.setattr(_joiner, "MAX_SIZE", 150)
    code = "{" + ",".join(f"{name}: import '{name}'" for name in "abcdefgh") + "}"
    read = []

    def peeked(base, name):
        read.append(name)
        return name, f"'{name * 40}'"

    joined("main.jsonnet", code, peeked, TEXT)
    assert read == ["a", "b", "c", "d"]
    main = program(code)
    assert run_joined(main) == (run(main), 3)


def test_files_next_to_the_template_come_first(write, monkeypatch):
    write({"a": "import 'c'", "b": "2", "c": "1"})
    monkeypatch.setattr(_joiner, "MAX_FILES", 2)
    importer = FastImporter((), {}, DEEPER)
    source = importer.program(program("[import 'a', import 'b']"), CPP).source
    assert json.loads(evaluate(CPP, program(source), importer, {})) == [1, 2]
    assert "\n2\n" in source


def test_a_file_that_changes_meanwhile_is_read_by_the_original(write):
    write({"a": "1"})
    importer = FastImporter((), {}, DEEPER)
    ready = importer.program(program("import 'a'"), CPP)
    write({"a": "2"})
    with pytest.raises(EvaluationError, match="a has changed since"):
        evaluate(CPP, ready, importer, {})


def test_the_go_vm_gets_imports_as_they_are():
    main = program("import 'a'")
    assert not parses_std_for_each_file("gojsonnet")
    assert FastImporter((), {}, FLAT).program(main, "gojsonnet").source == "import 'a'"


def test_names_tell_what_they_are_relative_to():
    asked = []

    def read(base, name):
        asked.append((base, name))
        if name == "no":
            raise EvaluationError("no")
        return "/d/é:1/a", "[importstr 'x', import 'no']"

    source = joined("e/main", "import '../a'", read, TEXT)
    assert asked == [("e/", "../a"), ("/d/é:1/", "no")]
    names = [relative("any/", json.loads(f'"{part}"')) for part in source.split('"')[1::2]]
    assert names == [("e/", f"{TEXT}../a"), ("/d/é:1/", "x"), ("/d/é:1/", "no")]
    assert relative("any/", "a") == ("any/", "a")


@pytest.mark.slow
@given(files=projects())
@settings(max_examples=60)
def test_a_joined_project_gives_the_same_or_fails(tmp_path_factory, files):
    root = str(tmp_path_factory.mktemp("project"))
    for path in FILES:
        os.makedirs(os.path.dirname(f"{root}/{path}"), exist_ok=True)
        if path in files:
            with open(f"{root}/{path}", "w") as file:
                file.write(files[path])
    main = program(files[FILES[0]], f"{root}/{FILES[0]}")
    original = run(main, [f"{root}/v"])
    for plan in (FLAT, DEEPER):
        fast, _ = run_joined(main, [f"{root}/v"], plan=plan)
        assert fast[0] is None or fast == original
        assert not fast[3]


@pytest.mark.slow
@given(code=recursions(), within=recursions(), limit=st.integers(71, 2000))
@settings(max_examples=60)
def test_a_joined_file_exceeds_the_stack_where_the_original_does(
    tmp_path_factory, code, within, limit
):
    root = tmp_path_factory.mktemp("project")
    (root / "a").write_text(f"local g = import 'b'; std.length(g) + std.length({code})")
    (root / "b").write_text(within)
    main = program("[import 'a', '%s' % [import 'b']]", f"{root}/main.jsonnet", max_stack=limit)
    original = run(main)
    for plan in (FLAT, DEEPER):
        fast, _ = run_joined(main, plan=plan)
        assert fast[0] is None or fast == original
