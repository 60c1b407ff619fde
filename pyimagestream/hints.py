"""Did you mean: the nearest name for one that does not exist."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from .errors import EvaluationError, Frame
from .natives import FUNCTIONS

# What the C++, the Go and the Rust VM say about `isi.spec.withImgaes`.
_NO_FIELD = re.compile(r"(?:field does not exist|no such field): (\w+)", re.IGNORECASE)

_NAMES = {part for name in FUNCTIONS for part in name.split(".")[1:]}


def nearest(name: str, names: Iterable[str]) -> str:
    """The known name that ``name`` is probably a slip of, or an empty string."""
    return next(iter(difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.8)), "")


def hinted(filename: str, error: EvaluationError) -> EvaluationError:
    """The same error, with the function that was probably meant, and a place in any case."""
    unknown = _NO_FIELD.search(error.message)
    meant = nearest(unknown[1], _NAMES - {unknown[1]}) if unknown else ""
    hint = f" (did you mean `{meant}`?)" if meant else ""
    return EvaluationError(error.message + hint, error.frames or [Frame(filename)])
