"""What the message of a VM leaves out: the function that was meant, and the file."""

from __future__ import annotations

import re

from ..checks.spelling import meant
from ..engines.messages import NO_PRIMITIVE
from ..errors import EvaluationError, Frame
from .natives import FUNCTIONS

# What the C++, the Go and the Rust VM say about `isi.spec.withImgaes`.
_NO_FIELD = re.compile(r"(?:field does not exist|no such field): (\w+)", re.IGNORECASE)

_NAMES = {part for name in FUNCTIONS for part in name.split(".")[1:]}


def hinted(filename: str, error: EvaluationError) -> EvaluationError:
    """The same error, with the function that was probably meant, and a place in any case."""
    unknown = _NO_FIELD.search(error.message)
    near = meant(unknown[1], sorted(_NAMES - {unknown[1]})) if unknown else ""
    hint = f" (did you mean `{near}`?)" if near else ""
    if error.message == NO_PRIMITIVE:
        from ..golang.natives import NOT_RUN  # slow to import, and seldom needed

        hint = f" (were it helmTemplate or kustomizeBuild: {NOT_RUN})"
    return EvaluationError(error.message + hint, error.frames or [Frame(filename)])
