"""What the message of a VM leaves out: the function that was meant, and the file."""

from __future__ import annotations

import re
from functools import cache

from ..checks.spelling import meant
from ..engines.messages import NO_PRIMITIVE
from ..errors import EvaluationError, Frame
from ..model.definition import functions
from ..model.group import DEFINED, LIBRARIES, definition

# What the C++, the Go and the Rust VM say about `isi.spec.withImgaes`.
_NO_FIELD = re.compile(r"(?:field does not exist|no such field): (\w+)", re.IGNORECASE)


NEWER = "it is newer than 4.3: `(import 'main.libsonnet').image.v1.imageStreamImport` has it"


@cache
def _newer() -> frozenset[str]:
    """The functions that the documented library of imports does not have."""
    every = functions(definition("ImageStreamImport"))
    return frozenset(function.name for function in every if function.newer)


@cache
def _names() -> frozenset[str]:
    """What can be asked of a library, and the libraries."""
    every = (function for kind in DEFINED for function in functions(definition(kind)))
    return frozenset(LIBRARIES).union(*(each.native.split(".")[1:] for each in every))


def hinted(filename: str, error: EvaluationError) -> EvaluationError:
    """The same error, with the function that was probably meant, and a place in any case."""
    unknown = _NO_FIELD.search(error.message)
    near = meant(unknown[1], sorted(_names() - {unknown[1]})) if unknown else ""
    hint = f" (did you mean `{near}`?)" if near else ""
    if unknown and unknown[1] in _newer():
        hint = f" ({NEWER})"
    if error.message == NO_PRIMITIVE:
        from ..golang.natives import NOT_RUN  # slow to import, and seldom needed

        hint = f" (were it helmTemplate or kustomizeBuild: {NOT_RUN})"
    return EvaluationError(error.message + hint, error.frames or [Frame(filename)])
