"""What the commands print, the same on every terminal and in every locale."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from ..errors import EvaluationError, Frame, Problem, ValidationError


def write(text: str) -> None:
    """Writes to standard output as UTF-8, whatever the locale says."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))


def standard_input() -> str:
    """All of standard input, which has to be UTF-8. Raises `EvaluationError` if it is not."""
    from ..importer import decode

    return decode("<stdin>", sys.stdin.buffer.read())
