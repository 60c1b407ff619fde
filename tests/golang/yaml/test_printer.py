from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from support.recordings import expected, go

from pyimagestream.golang.yaml.printer import V2, V3, Printer, dump, dump_all
from pyimagestream.golang.yaml.reader import read_all

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x85\u2028\u2029"))
# The key << is printed plain by Go as well, and then merges maps.
KEY = TEXT.filter(lambda key: key != "<<")


def trees(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        st.none() | st.booleans() | TEXT | leaves,
        lambda children: st.lists(children) | st.dictionaries(KEY, children),
        max_leaves=20,
    )


def test_prints_what_yaml_v2_prints() -> None:
    for value, text in go("yaml.v2"):
        assert V2.dump(value) == text


def test_prints_what_yaml_v3_prints() -> None:
    for value, text in go("yaml.v3"):
        assert V3.dump(value) == text


def test_yaml_v3_keeps_a_line_break_in_front_that_go_loses() -> None:
    """Go's library prints ``|4-``, a line break and ``a``, which reads as a alone."""
    assert read_all(V3.dump("\na")) == ["\na"]


def test_prints_what_tk_show_prints() -> None:
    manifests = json.loads(expected("eval-yaml.out"))
    for manifest in manifests.values():
        manifest["metadata"]["namespace"] = "ns-yaml"
    assert dump_all(manifests.values()) == expected("show-yaml.out")


def test_no_manifests_print_nothing() -> None:
    assert dump_all([]) == expected("show-empty.out")


@pytest.mark.parametrize(
    "keys",
    [
        ["a1", "a2", "a10", "a100"],
        ["-", "1", "A", "a"],
        ["a-b", "a0", "aB"],
        ["v1", "v1.9", "v1.10", "v1a"],
    ],
)
def test_keys_are_in_the_natural_order_of_the_numbers_in_them(keys: list[str]) -> None:
    [read] = read_all(dump(dict.fromkeys(reversed(keys))))
    assert list(read) == keys


def test_the_order_of_keys_does_not_depend_on_the_order_they_were_set_in() -> None:
    """Go's order has circles, such as 0b < 70B < 090B < 0b, and its result is random there."""
    keys = ["0b", "70B", "090B"]
    assert dump(dict.fromkeys(keys, 1)) == dump(dict.fromkeys(reversed(keys), 1))


@pytest.mark.parametrize("printer", [V2, V3])
@example(value=[{"\n0": None}, "\n0", [" 1\nx"], {"a": [" 2\nx", {"b": "\n3"}]}])
@given(value=trees(st.floats(allow_nan=False, allow_infinity=False)))
def test_what_is_printed_reads_back(printer: Printer, value: Any) -> None:
    assert read_all(printer.dump(value)) == [value]


@given(trees(st.nothing()))
def test_a_yaml_1_1_parser_reads_the_same_back(value: Any) -> None:
    assert yaml.safe_load(dump(value)) == value


def test_half_a_surrogate_pair_becomes_a_replacement_character() -> None:
    assert dump({"a": "x\ud800"}) == "a: x\ufffd\n"
