"""YAML for every reader: what was printed is what those of YAML 1.1 and 1.2 find."""

import math
import re

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from pyimagestream.golang.yaml.printer import FOR_ALL, V2, dump_all
from pyimagestream.golang.yaml.reader import read_all


class Core(yaml.SafeLoader):
    """A reader of the core schema of YAML 1.2.2, section 10.3.2."""

    yaml_implicit_resolvers = {}  # noqa: RUF012

    def construct_integer(self, node):
        text = node.value
        base = {"0o": 8, "0x": 16}.get(text[:2], 10)
        return int(text[2:] if base != 10 else text, base)

    def construct_real(self, node):
        special = {".inf": math.inf, "+.inf": math.inf, "-.inf": -math.inf, ".nan": math.nan}
        text = node.value.lower()
        return special[text] if text in special else float(text)


for tag, pattern in (
    ("null", r"null|Null|NULL|~|"),
    ("bool", r"true|True|TRUE|false|False|FALSE"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"),
    ("float", r"[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN"),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{pattern})$"), None)
Core.add_constructor("tag:yaml.org,2002:int", Core.construct_integer)
Core.add_constructor("tag:yaml.org,2002:float", Core.construct_real)

_WORDS = """
    = << ~ null y yes NO on 0x_ 0b_ 0o7 0_ 1_000 1__0 190:20:30 1:2.5 .5 5. 1e3 1e+3 1.e+3 +1 -.inf
    .NaN 2024-02-31 2024-1-1 2024-02-01T10:00:00Z 08 0777 1,000 ! & * ? - : 1.2.3
"""
AWKWARD = st.one_of(
    st.text(),
    st.text("0123456789+-_.:eExXoObBfTtZz ,=<~", max_size=12),
    st.sampled_from(_WORDS.split()),
)
NUMBERS = st.one_of(st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False))
VALUES = st.recursive(
    st.one_of(AWKWARD, NUMBERS, st.booleans(), st.none()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(AWKWARD, inner, max_size=3)
    ),
    max_leaves=8,
)


def same(one, other):
    """Equal, numbers as doubles: YAML has no other way to tell 1.0 from 1 than JSON has."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, bool) or not isinstance(one, (int, float)):
        return type(one) is type(other) and one == other
    is_number = isinstance(other, (int, float)) and not isinstance(other, bool)
    return (
        is_number
        and math.copysign(1, one) == math.copysign(1, other)
        and float(one) == float(other)
    )


def printable(value):
    """PyYAML takes these for the line breaks they are in YAML 1.1, or for no characters."""
    if isinstance(value, str):
        return not re.search("[\ud800-\udfff\x85\u2028\u2029\ufeff\ufffe\uffff]", value)
    if isinstance(value, dict):
        return all(printable(key) and printable(item) for key, item in value.items())
    return not isinstance(value, list) or all(map(printable, value))


@given(VALUES.filter(printable))
@example({"=": "=", "<<": ["<<"]})
@example([1e6, 1e21, 1e-7, -0.0, 2.0**63, 123456789012345680000.0])
def test_every_reader_finds_the_values_that_were_printed(value):
    text = FOR_ALL.dump(value)
    for reader in (yaml.SafeLoader, Core):
        assert same(value, yaml.load(text, reader)), (reader, text)
    assert same(value, read_all(text)[0])


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1000680000, "1000680000"),
        (1e6, "1000000"),
        (1e20, "100000000000000000000"),
        (1e30, "1.0e+30"),
        (1.5e-7, "1.5e-07"),
        (0.1, "0.1"),
        (-0.0, "-0.0"),
        (0, "0"),
    ],
)
def test_numbers_are_written_out_as_long_as_that_is_readable(number, text):
    assert FOR_ALL.dump(number) == f"{text}\n"


@pytest.mark.parametrize("text", ["ruby", "v1", "1.2.3", "10.0.0.1", "a b", "quay.io/org/ruby:2.7"])
def test_what_nobody_takes_for_anything_else_has_no_quotes(text):
    assert FOR_ALL.dump(text) == f"{text}\n"


def test_what_tanka_prints_is_as_it_was():
    assert dump_all([{"a": 1e6, "=": "="}]) == V2.dump({"a": 1e6, "=": "="}) == "=: =\na: 1e+06\n"
