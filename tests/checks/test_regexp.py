"""Patterns of Go, and texts they are held against."""

from __future__ import annotations

import pytest

from pyimagestream.checks._patterns import matcher
from pyimagestream.checks.regexp import compiled
from pyimagestream.errors import PatternError

NO_PATTERNS = {
    "(": r"missing \)",
    r"a\C": r"invalid escape sequence: \\C",
    "\ud800": "invalid UTF-8",
}


@pytest.mark.parametrize("pattern", NO_PATTERNS)
def test_what_go_does_not_take_is_no_pattern(pattern: str) -> None:
    with pytest.raises(PatternError, match=NO_PATTERNS[pattern]):
        compiled(pattern)


@pytest.mark.parametrize("pattern", NO_PATTERNS)
def test_a_pattern_of_a_schema_that_go_does_not_take_is_not_checked(pattern: str) -> None:
    assert matcher(pattern) is None


def test_half_a_surrogate_pair_in_a_text_is_the_replacement_character() -> None:
    pattern = compiled("^\ufffd$")
    assert pattern.search("\ud800")
    assert pattern.fullmatch("\ud800")
    assert len(list(pattern.finditer("\ud800"))) == 1
