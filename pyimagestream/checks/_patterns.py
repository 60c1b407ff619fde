"""Patterns of schemas: regular expressions of Go, found anywhere in a text.

Go has the syntax and the linear time of RE2. Python's `re` has neither, and a hostile pattern
could take for ever: so without google-re2 (the extra ``go``) patterns are not checked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

Matcher = Callable[[str], object]


@cache
def matcher(pattern: str) -> Matcher | None:
    """What finds a pattern in a text; None where google-re2 is missing, or does not take it."""
    try:
        import re2  # type: ignore[import-untyped]  # imported late: few runs need it
    except ImportError:
        return None
    options = re2.Options()
    options.log_errors = False
    try:
        search: Matcher = re2.compile(pattern, options).search
    except (re2.error, UnicodeEncodeError):
        return None
    return lambda text: search(_readable(text))


def _readable(text: str) -> str:
    """The text that the server reads: half a surrogate pair is U+FFFD there."""
    return (
        text
        if text.isascii()
        else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    )
