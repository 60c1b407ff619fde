"""Regular expressions in RE2 syntax, the one Go and therefore Tanka has."""

from __future__ import annotations

import re
from typing import Any

from ..errors import PatternError, PyimagestreamError


def compiled(pattern: str) -> Any:
    """The pattern as an object with the methods of `re.Pattern`.

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
        return re2.compile(pattern, options)
    except re2.error as error:
        (reason,) = error.args
        text = reason.decode() if isinstance(reason, bytes) else str(reason)
        raise PatternError(pattern, text) from None
