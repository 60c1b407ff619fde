"""Code that a VM cannot take is told by a quick look and by an exact one alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyimagestream import EvaluationError
from pyimagestream.engines import _guards
from pyimagestream.engines._guards import MAX_NESTING, refuse_endless

PIECES = [
    *"[]{}()[{(",
    "a",
    ",",
    " + ",
    "\n",
    "'",
    '"',
    "'(['",
    "@'('''",
    "// [\n",
    "/* { */",
    "|||",
]


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_the_quick_look_lets_through_what_the_exact_one_does(code):
    with pytest.MonkeyPatch.context() as patch:
        for limit, many, long in ((3, 1, 2), (30, 4, 6), (_guards.MAX_CHAIN, 200, 1000)):
            assert many * long <= limit
            patch.setattr(_guards, "MAX_NESTING", 3)
            patch.setattr(_guards, "MAX_CHAIN", limit)
            patch.setattr(_guards, "_MANY", b"x" * many)
            patch.setattr(_guards, "_LONG", b"w" * long)
            assert _guards._endless.__wrapped__(code) == _guards._exactly(code)


@pytest.mark.parametrize("brackets", ["[]", "{}", "()"])
def test_brackets_may_be_nested_to_the_limit(brackets):
    opening, closing = brackets
    code = "[[], [], []]," * 200 + "x" + opening * MAX_NESTING + "1" + closing * MAX_NESTING
    refuse_endless("a", code)
    with pytest.raises(EvaluationError, match="nested more than 500 deep"):
        refuse_endless("a", code.replace("1", f"{opening}1{closing}"))
