from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.recordings import expected, go

from pyimagestream.golang.json import dumps

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda children: st.lists(children) | st.dictionaries(TEXT, children),
    max_leaves=20,
)  # fmt: skip


def test_prints_what_go_prints() -> None:
    for value, text in go("encoding/json"):
        assert dumps(value, 2) == text


@pytest.mark.parametrize("name", ["eval-yaml", "eval-deep"])
def test_prints_what_tk_eval_prints(name: str) -> None:
    text = expected(f"{name}.out")
    assert dumps(json.loads(text), 2) == text


def test_manifest_json_is_indented_by_four() -> None:
    text = expected("export-3.manifest.json")
    assert dumps(json.loads(text), 4) == text


def test_env_list_json_is_one_line_in_the_order_of_the_fields() -> None:
    text = expected("env-list-json.out")
    assert dumps(json.loads(text), sort_keys=False) == text.rstrip("\n")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1e21, "1e+21"),
        (10**21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (123456789.125, "123456789.125"),
        (2**53, "9007199254740992"),
        (2**53 + 1, "9007199254740992"),
        (-0.0, "-0"),
    ],
)
def test_numbers_are_float64_with_an_exponent_only_far_from_one(number: float, text: str) -> None:
    assert dumps(number) == text


def test_html_and_line_separators_are_escaped() -> None:
    assert dumps({"<&>": "\u2028\u2029"}) == r'{"\u003c\u0026\u003e":"\u2028\u2029"}'


def test_half_a_surrogate_pair_becomes_a_replacement_character() -> None:
    assert dumps("a\ud800b") == '"a\ufffdb"'


@given(JSON)
def test_what_is_printed_reads_back(value: Any) -> None:
    floats = json.loads(json.dumps(value), parse_int=float)
    assert json.loads(dumps(value, 2), parse_int=float) == floats
