"""Hostile input ends in one clear error, and the process lives.

Every case runs on every engine, in this process: a crash would end the tests.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from support.nulls import none_lost

from pyimagestream import EvaluationError, PyimagestreamError, ValidationError, native_callbacks
from pyimagestream import evaluate_file as evaluate_path
from pyimagestream import evaluate_snippet as evaluate

LIBRARY = "local isi = import 'imageStreamImport.libsonnet';\n"
DEEP = 100_000


def deep_list() -> list[Any]:
    value: list[Any] = []
    for _ in range(DEEP):
        value = [value]
    return value


TEMPLATES = {
    "a NUL in the code": ("'a\0b'", "snippet:1:3: U+0000 cannot stand in Jsonnet code"),
    "a surrogate in the code": ("\n '\ud800'", "snippet:2:3: U+D800 cannot stand in Jsonnet code"),
    "brackets nested deep": ("[" * DEEP + "]" * DEEP, "snippet:1:50"),
    "objects nested deep": ("{a:" * DEEP + "1" + "}" * DEEP, "snippet:1:"),
    "a value nested deep": ("std.foldl(function(a, i) [a], std.range(1, 5000), [])", "snippet"),
    "JSON nested deep": (f"std.parseJson('{'[' * DEEP}{']' * DEEP}')", "snippet"),
    "JSON with a number beyond all doubles": ("std.parseJson('1e400')", "snippet"),
    **{
        f"a label nested {depth} deep": (
            f"{LIBRARY}isi.metadata.withLabels(std.foldl(function(a, i) {{ a: a }},"
            f" std.range(1, {depth}), {{}}))",
            "snippet",
        )
        for depth in (5_000, DEEP)
    },
    "a function without end": ("local f(x) = f(x + 1) + 1; f(0)", "snippet:1:"),
    "an object without end": ("local f(x) = { a: f(x + 1) }; f(0)", "snippet"),
    "a missing import": ("import 'nope.libsonnet'", "cannot import 'nope.libsonnet': there is no"),
    "a directory as an import": ("import '../tests'", "this is a directory, not a file"),
    "an import with a NUL": ("import 'a\\u0000b'", ""),
    "texts that are left open": ("|||" * DEEP, "snippet:1:"),
    "half a sentence": ("1 +", "snippet:1:4: "),
    "nothing": ("", "snippet:1:"),
    "an undefined ext var": ("std.extVar('nope')", "nope"),
    "a missing argument": ("function(tag) tag", "tag"),
    "a function for a label": (
        f"{LIBRARY}isi.metadata.withLabels({{ a: function(x) x }})",
        "manifest function",
    ),
}


SLOW = {f"a label nested {DEEP} deep"}


@pytest.mark.parametrize(
    "case", [pytest.param(each, marks=[pytest.mark.slow] * (each in SLOW)) for each in TEMPLATES]
)
def test_a_template_that_cannot_be_evaluated_is_one_error(case: str, engine: str) -> None:
    template, text = TEMPLATES[case]
    with pytest.raises(EvaluationError) as caught:
        evaluate(template, engine=engine)
    assert text in str(caught.value)
    assert "Traceback" not in str(caught.value)
    assert str(caught.value).startswith(("snippet", "this is", "/", "."))


def test_a_long_chain_of_operators_is_no_crash(engine: str) -> None:
    assert evaluate("1" + "+1" * DEEP, engine=engine) == DEEP + 1


VARIABLES = {
    "a surrogate": "\ud800",
    "a surrogate in a list": ["\ud800"],
    "no number": float("nan"),
    "infinity": float("inf"),
    "no JSON": {1, 2},
    "a list nested deep": deep_list(),
}


@pytest.mark.parametrize("case", VARIABLES)
def test_a_variable_no_vm_can_take_is_refused_by_name(case: str) -> None:
    variables = {"x": VARIABLES[case]}
    with pytest.raises(EvaluationError, match=r"ext var 'x': "):
        evaluate("1", ext_vars=variables)
    with pytest.raises(EvaluationError, match=r"tla 'x': "):
        evaluate("1", tla_vars=variables)


def test_a_nul_in_a_variable_arrives(engine: str) -> None:
    assert evaluate("std.extVar('x')", ext_vars={"x": "a\0b"}, engine=engine) == "a\0b"
    with pytest.raises(EvaluationError, match="code cannot hold a NUL"):
        evaluate("std.extVar('x')", ext_codes={"x": "'a\0b'"}, engine=engine)


def test_numbers_are_those_of_the_doubles_on_every_engine(engine: str) -> None:
    numbers = [2**70, 2**53 + 1, 1e21, 1e-7, 0.1, 1e308]
    assert evaluate("std.extVar('x')", ext_vars={"x": numbers}, engine=engine) == [
        int(float(number)) if float(number).is_integer() else number for number in numbers
    ]


def test_numbers_beyond_64_bits_are_wrong_values(engine: str) -> None:
    with pytest.raises(
        ValidationError, match=r"snippet:2:29: metadata\.generation: must be between"
    ):
        evaluate(f"{LIBRARY}isi.metadata.withGeneration({2**70})", engine=engine)


@pytest.mark.parametrize("value", ["withUid(%s)", "withLabels({ a: %s })", "withFinalizers(%s)"])
def test_a_surrogate_made_by_the_template_is_no_crash(value: str, engine: str) -> None:
    setter = value % "std.char(55296)"
    # Go makes it U+FFFD, which a UID may well have.
    is_text = engine == "gojsonnet" and "Uid" in setter
    with nullcontext() if is_text else pytest.raises(PyimagestreamError):
        evaluate(f"{LIBRARY}isi.metadata.{setter}", engine=engine)


SURROGATES = [
    "std.char(55296)",
    "std['char'](55296)",
    "'%c' % 55296",
    "'%(a)5c' % { a: 55296 }",
    "std.decodeUTF8([237, 160, 128])",
    "importstr 'surrogate'",
]


@pytest.mark.parametrize("made", SURROGATES)
def test_a_surrogate_is_no_crash_however_it_was_made(made: str, tmp_path: Path) -> None:
    """The binding of the default engine cannot hand it to a native: the process would end."""
    (tmp_path / "surrogate").write_bytes(b"\xed\xa0\x80")
    (tmp_path / "made.libsonnet").write_text(made)
    for value, codes in (
        (made, {}),
        ("import 'made.libsonnet'", {}),
        ("std.extVar('x')", {"x": made}),
    ):
        template = f"{LIBRARY}isi.metadata.withNamespace({value})"
        with pytest.raises(PyimagestreamError):
            evaluate(template, jpath=[tmp_path], ext_codes=codes)


def test_nor_is_it_one_in_a_vm_of_ones_own() -> None:
    import _jsonnet

    with pytest.raises((RuntimeError, UnicodeError)):
        _jsonnet.evaluate_snippet(
            "snippet",
            "(import 'libsonnet/imageStreamImport.libsonnet').new(std.char(55296))",
            native_callbacks=native_callbacks(),
        )


def test_long_strings_are_values_like_others(engine: str) -> None:
    long = "x" * 1_000_000
    value = evaluate(f"{LIBRARY}isi.metadata.withUid(std.extVar('x'))", ext_vars={"x": long})
    assert value == {"metadata": {"uid": long}}
    with pytest.raises(ValidationError) as caught:
        evaluate(f"{LIBRARY}isi.new(std.extVar('x'))", ext_vars={"x": long.upper()}, engine=engine)
    assert len(str(caught.value)) < 400


def test_a_native_that_a_template_hands_deep_json_says_what_it_takes(engine: str) -> None:
    deep = f"std.repeat('[', {DEEP})"
    answer = evaluate(f"std.native('imageStreamImport.new')({deep})", engine=engine)
    assert answer.startswith("imageStreamImport.new: takes the JSON text of ")
    collect = f"std.native('pyimagestream.collect')('imageStreamImport.new' + {deep})"
    assert evaluate(collect, engine=engine) == ""


def test_ten_thousand_null_arguments_leak_nothing_that_kills(engine: str) -> None:
    template = f"{LIBRARY}[isi.metadata.withCreationTimestamp(null) for _ in std.range(1, 500)]"
    lost, values = none_lost(f"""
from pyimagestream import evaluate_snippet

def run():
    return len(evaluate_snippet({template!r}, engine={engine!r}))
""")
    assert values == 10_000
    assert lost < 1000


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate((128 << 20) + 1)


FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "that is not UTF-8": (lambda path: path.write_bytes(b"{\n a: '\xff' }"), ":2:6: not UTF-8"),
    "that is a directory": (lambda path: path.mkdir(), ": this is a directory, not a file"),
    "that is not there": (lambda path: None, "there is no such file"),
    "that never ends": (lambda path: path.symlink_to("/dev/zero"), "this is not a regular file"),
    "that is a pipe": (os.mkfifo, "this is not a regular file"),
    "that is too large": (huge, "this is larger than 128 MiB"),
    "that leads to itself": (lambda path: path.symlink_to(path), "cannot be read"),
    "that has a NUL": (lambda path: path.write_text("'a\0b'"), ":1:3: U+0000 cannot stand in"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_is_named_with_what_is_wrong(case: str, engine: str, tmp_path: Path) -> None:
    make, text = FILES[case]
    path = tmp_path / "file.jsonnet"
    make(path)
    (tmp_path / "main.jsonnet").write_text("import 'file.jsonnet'")
    for template in (path, tmp_path / "main.jsonnet"):
        with pytest.raises(EvaluationError) as caught:
            evaluate_path(template, engine=engine)
        assert text in str(caught.value)
        assert "file.jsonnet" in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("name", ["jsonnet", "gojsonnet"])
def test_ctrl_c_ends_an_endless_template(name: str, tmp_path: Path) -> None:
    """It is more than a pipe holds, so it has begun to read when all is written."""
    thousand = "std.range(1, 1000)"
    loops = " ".join(f"for {name} in {thousand}" for name in "abcd")
    template = " " * 300_000 + f"std.length([1 {loops} if a < 0])"
    process = subprocess.Popen(
        [sys.executable, "-m", "pyimagestream", "eval", "--engine", name, "-"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        start_new_session=True,
    )
    assert process.stdin
    process.stdin.write(template.encode())
    process.stdin.close()
    process.stdin = None
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in errors


TAIL_CALL = "local f(n) = if n < 1 then 'done' else f(n - 1) tailstrict; f(1000)"


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        (TAIL_CALL, {}),
        ("import 'tail.libsonnet'", {}),
        ("std.extVar('x')", {"ext_codes": {"x": TAIL_CALL}}),
        ("function(x) x", {"tla_codes": {"x": TAIL_CALL}}),
    ],
)
def test_tail_calls_are_evaluated_outside_of_this_process(
    code: str, arguments: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tail.libsonnet").write_text(TAIL_CALL)
    monkeypatch.setattr("pyimagestream.evaluation.ladder.evaluate", _in_this_process)
    value = evaluate(code, engine="gojsonnet", jpath=[tmp_path], **arguments)
    assert value == "done"


def _in_this_process(engine: str, program: Any, importer: Any, natives: Any) -> str:
    """What a VM would do here, for a template that is safe: import."""
    importer("", "tail.libsonnet")
    raise AssertionError("this ran in this process")


def test_a_value_without_end_that_is_not_used_is_not_asked_for_its_place(engine: str) -> None:
    unused = "local endless(n) = endless(n + 1) tailstrict; isi.spec.withImages(endless(0))"
    patch = "{ metadata+: { name: 'A' }, spec: {} }"
    with pytest.raises(ValidationError) as caught:
        evaluate(f"{LIBRARY}isi.new('a') + ({unused}) + {patch}", engine=engine)
    [problem] = caught.value.problems
    assert (problem.field, problem.by_looks) == ("metadata.name", True)
    assert problem.frame
    assert problem.frame.line == 2


@pytest.mark.slow
def test_tail_calls_without_end_are_one_error() -> None:
    with pytest.raises(EvaluationError, match=r"^snippet: the stack is full: is this an endless"):
        evaluate("local f(n) = f(n + 1) tailstrict; f(0)", engine="gojsonnet")
