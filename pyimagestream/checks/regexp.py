"""Regular expressions in RE2 syntax, the one Go and therefore Tanka has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..errors import PatternError, PyimagestreamError
from ._surrogates import decoded


class Regexp:
    """A compiled pattern. Its matches have the methods of `re.Match`.

    Half a surrogate pair in a text is U+FFFD, as it is for Go.
    """

    def __init__(self, pattern: Any) -> None:
        self._pattern = pattern

    def search(self, text: str) -> Any:
        """The first match in a text, None if there is none."""
        return self._pattern.search(decoded(text))

    def fullmatch(self, text: str) -> Any:
        """The match that is all of a text, None if there is none."""
        return self._pattern.fullmatch(decoded(text))

    def finditer(self, text: str) -> Iterator[Any]:
        """Every match in a text."""
        found: Iterator[Any] = self._pattern.finditer(decoded(text))
        return found


def compiled(pattern: str) -> Regexp:
    """The pattern, compiled.

    Raises `PatternError`, and `PyimagestreamError` where google-re2 is not installed: it is
    part of an extra, as it has no wheel for Alpine.
    """
    # RE2 in C++ could match one byte of a character with this; Go does not have it.
    if re.search(r"(?<!\\)(?:\\\\)*\\C", pattern):
        raise PatternError(pattern, r"invalid escape sequence: \C")
    try:
        import re2  # type: ignore[import-untyped]  # imported late: few runs need it
    except ImportError:
        raise PyimagestreamError(
            "regular expressions need google-re2: pip install 'pyimagestream[go]'"
        ) from None

    options = re2.Options()
    options.log_errors = False
    try:
        return Regexp(re2.compile(pattern, options))
    except UnicodeEncodeError:
        raise PatternError(pattern, "invalid UTF-8") from None
    except re2.error as error:
        (reason,) = error.args
        text = reason.decode() if isinstance(reason, bytes) else str(reason)
        raise PatternError(pattern, text) from None
