"""The Jsonnet printer: what it prints means what was meant, and jsonnetfmt would not change it."""

import json
import shutil
import subprocess

import _jsonnet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyimagestream.generator._jsonnet import Array, Call, Field, Object, Raw, Sum, string, text
from pyimagestream.model.naming import KEYWORDS


def evaluated(code):
    return json.loads(_jsonnet.evaluate_snippet("snippet", code))


def printable():
    return st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)


@pytest.mark.slow
@given(st.lists(printable(), min_size=20, max_size=20))
def test_a_string_literal_means_the_string(values):
    assert evaluated(f"[{', '.join(string(value) for value in values)}]") == values


def test_a_string_is_quoted_the_way_jsonnetfmt_prefers():
    assert string("a") == "'a'"
    assert string("it's") == '"it\'s"'
    assert string("""it's "it\"""") == """'it\\'s "it"'"""


def test_field_names_are_quoted_only_where_jsonnet_needs_it():
    names = ["plain", "import", "error", "#doc", "a-b", "_x1", "1a", ""]
    printed = text(Object(tuple(Field(name, None) for name in names)))
    assert printed == (
        "{ plain: null, 'import': null, 'error': null, '#doc': null, 'a-b': null, _x1: null,"
        " '1a': null, '': null }"
    )


def test_every_keyword_can_be_a_field():
    fields = tuple(Field(keyword, 1) for keyword in sorted(KEYWORDS))
    assert evaluated(text(Object(fields))) == dict.fromkeys(KEYWORDS, 1)


EXPRESSION = Object(
    (
        Field("hidden", Array((1, True, None)), hidden=True),
        Field("method", Raw("x"), parameters=("x",)),
        Field("sum", Sum(Object((Field("a", 1),), block=True), Object(()))),
        Field("added", Object((Field("b", 'say "it"'),)), plus=True),
        Field("call", Call("std.length", (Raw("self.hidden"),))),
    ),
    block=True,
)


def test_every_kind_of_expression_is_printed_as_jsonnet():
    assert text(EXPRESSION) == (
        "{\n"
        "  hidden:: [1, true, null],\n"
        "  method(x): x,\n"
        "  sum: {\n"
        "    a: 1,\n"
        "  } + {},\n"
        "  added+: { b: 'say \"it\"' },\n"
        "  call: std.length(self.hidden),\n"
        "}"
    )


@pytest.mark.skipif(not shutil.which("jsonnetfmt"), reason="jsonnetfmt is not installed")
def test_jsonnetfmt_changes_nothing():
    code = text(EXPRESSION) + "\n"
    assert subprocess.check_output(["jsonnetfmt", "-"], input=code.encode()).decode() == code
