"""What there is below a directory, none of which may be missed."""

from __future__ import annotations

import os
from collections.abc import Iterator

from ..engines.sources import unreadable


def walk(top: str) -> Iterator[tuple[str, list[str], list[str]]]:
    """As `os.walk` does; raises `EvaluationError` for a directory that cannot be read."""
    return os.walk(top, onerror=_refuse)


def _refuse(error: OSError) -> None:
    """What cannot be seen must not pass for what is not there."""
    if not isinstance(error, FileNotFoundError):
        raise unreadable(error.filename, error) from None
