"""Patterns of schemas: regular expressions of Go, found anywhere in a text.

Go has the syntax and the linear time of RE2. Python's `re` has neither, and a hostile pattern
could take for ever: so without google-re2 (the extra ``go``) patterns are not checked.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from ..errors import PyimagestreamError
from .regexp import compiled

Matcher = Callable[[str], object]


@cache
def matcher(pattern: str) -> Matcher | None:
    """What finds a pattern in a text; None where google-re2 is missing, or does not take it."""
    try:
        return compiled(pattern).search
    except PyimagestreamError:
        return None
