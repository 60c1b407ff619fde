"""The lexer: it sees the tokens that the VMs see."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.engines import SLOW_ON_CPP
from support.jsonnet import programs, spellings, texts

from pyimagestream import EvaluationError, library_path
from pyimagestream.engines.importer import Importer
from pyimagestream.engines.lexer import KEYWORDS, pairs, tokens, value
from pyimagestream.engines.vm import ENGINES, Program, evaluate
from pyimagestream.errors import LexError

BETWEEN = re.compile(r"(?:[ \t\r\n]|//[^\n]*(?:\n|\Z)|#[^\n]*(?:\n|\Z)|/\*.*?\*/)*", re.DOTALL)

FRAGMENTS = [
    *["a", "x1", "_", "if", "then", "else", "local", "function", "self", "$", "super", "1", "0.5"],
    *["1e9", "1E-2", "1_000", "007", "'s'", '"s"', "@'s'", '@"s"', "'\\''", "''", "'''", "@'''s'"],
    *["|||\n  a\n|||", "|||-\n\ta\n\t|||\n  |||", "|||\n\n  a\n\n   b\n|||", "||| \r\n a\n|||"],
    *[
        *"()[]{},;.:+-*/%!~&|^=<>\\@'\"#\n\t ",
        "//",
        "/*",
        "*/",
        "|||",
        "::",
        "==",
        "!=",
        "&&",
        "+:",
    ],
    *[
        "# c\n",
        "// c\n",
        "/* c */",
        "/*/ c */",
        "é",
        "=-",
        ":-",
        "%-",
        "/**/",
        "(function(a) a)(1)",
    ],
]


def texts_of(code):
    return [token.text for token in tokens(code)]


def evaluates(engine, code):
    try:
        return json.loads(evaluate(engine, Program("a.jsonnet", code), Importer(), {}))
    except EvaluationError:
        return None


@pytest.mark.parametrize("engine", SLOW_ON_CPP)
@given(text=texts)
@settings(max_examples=60)
def test_the_value_of_a_literal_is_what_the_vm_makes_of_it(engine, text):
    literals = spellings(text)
    assert [value(*texts_of(literal)) for literal in literals] == [text] * len(literals)
    assert evaluates(engine, f"[{', '.join(literals)}]") == [text] * len(literals)


@pytest.mark.parametrize("engine", ENGINES)
@given(code=st.lists(st.sampled_from(FRAGMENTS), max_size=12).map("".join))
@settings(max_examples=300)
def test_what_a_vm_parses_has_tokens(engine, code):
    if engine == "jsonnet" and len(code) % 5:
        return  # it is slow to start
    if evaluates(engine, f"local unused() = (\n{code}\n); true"):
        pairs(texts_of(code))


@given(programs())
def test_between_the_tokens_is_nothing_but_blanks_and_comments(code):
    end = 0
    for token in tokens(code):
        assert code[token.start : token.end] == token.text != ""
        assert BETWEEN.fullmatch(code[end : token.start])
        end = token.end
    assert BETWEEN.fullmatch(code[end:])


@pytest.mark.parametrize("path", sorted(library_path().glob("*.libsonnet")), ids=lambda p: p.name)
def test_the_own_libraries_have_tokens_in_pairs(path):
    code = Path(path).read_text(encoding="utf-8")
    found = tokens(code)
    both = pairs(texts_of(code))
    assert len(both) == sum(token.kind in ("open", "close") for token in found)
    assert all(both[both[index]] == index for index in both)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("a:-1", ["a", ":", "-", "1"]),
        ("a=-1", ["a", "=", "-", "1"]),
        ("a==-1", ["a", "==", "-", "1"]),
        ("a&&!!b", ["a", "&&", "!", "!", "b"]),
        ("a%-$.b", ["a", "%", "-", "$", ".", "b"]),
        ("a+++b", ["a", "+", "+", "+", "b"]),
        ("a+:::b", ["a", "+:::", "b"]),
        ("a$%b", ["a", "$%", "b"]),
        ("a*/* c */b", ["a", "*", "b"]),
        ("a*//c\nb", ["a", "*", "b"]),
        ("'%s'%|||\n  x\n|||", ["'%s'", "%", "|||\n  x\n|||"]),
        ("x{a+:1}", ["x", "{", "a", "+:", "1", "}"]),
        ("1.5.a", ["1.5", ".", "a"]),
        ("0x", ["0", "x"]),
        ("@'a''b'", ["@'a''b'"]),
        ("'a\\'b'", ["'a\\'b'"]),
        ("|||\n  a\n   |||\n  b\n |||", ["|||\n  a\n   |||\n  b\n |||"]),
    ],
)
def test_signs_are_told_apart_as_the_vm_does(code, expected):
    assert texts_of(code) == expected


def test_a_token_says_what_it_is():
    found = {token.text: token.kind for token in tokens("local a = [1, 'x'] + $.b; {} // c")}
    assert found == {
        **{
            "local": "keyword",
            "a": "identifier",
            "b": "identifier",
            "1": "number",
            "'x'": "string",
        },
        **{"=": "operator", "+": "operator", "[": "open", "{": "open", "]": "close", "}": "close"},
        **{",": "mark", ";": "mark", "$": "mark", ".": "mark"},
    }
    assert {token.kind for token in tokens(" ".join(KEYWORDS))} == {"keyword"}


@pytest.mark.parametrize(
    ("code", "position"),
    [
        ("a 'b", 2),
        ('"\\', 0),
        ("@'a''", 0),
        ("@a", 0),
        ("a /* b", 2),
        ("|||\nb\n|||", 0),
        ("|||\n  b\n c\n|||", 0),
        ("a é", 2),
        ("a\u00a0", 1),
        ("`", 0),
        ("\\", 0),
    ],
)
def test_what_no_vm_can_read_is_one_error_with_its_offset(engine, code, position):
    with pytest.raises(LexError, match=f"at offset {position}$"):
        tokens(code)
    assert evaluates(engine, code) is None


@pytest.mark.parametrize(
    "literal", [r"'\q'", r"'\u12'", r"'\ud83d'", r"'\ud83dx'", r"'\x41'", "'\\é'"]
)
def test_a_literal_without_a_value_is_an_error(engine, literal):
    with pytest.raises(LexError):
        value(*texts_of(literal))
    assert evaluates(engine, literal) is None


def test_a_literal_that_the_vms_read_differently_has_no_value():
    with pytest.raises(LexError, match="half a character"):
        value(*texts_of(r"'\ude00\ud83d'"))


@pytest.mark.parametrize("code", ["[(])", ")", "{[}", "a(b[1]"])
def test_brackets_without_a_partner_are_an_error(code):
    with pytest.raises(LexError, match=r"bracket|nothing is open"):
        pairs(texts_of(code))


@pytest.mark.parametrize("code", ["-" * 500_000 + "1", "a /**/ " * 100_000, "  \n" * 500_000])
def test_long_runs_have_tokens(code):
    assert len(tokens(code)) == code.count("-") + code.count("1") + code.count("a")


@pytest.mark.parametrize("code", ["/*/ " * 200_000, "'\\" * 200_001, "@'x" * 200_001])
def test_what_is_left_open_is_looked_at_once(code):
    with pytest.raises(LexError, match=r"at offset 0$"):
        tokens("é" + code)
