"""Where the generated libraries are."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def library_path() -> Path:
    """The directory of the generated libraries, to add to a ``jpathdir``."""
    from pathlib import Path  # slow to import

    return Path(library_directory())


@cache
def library_directory() -> str:
    """The same directory as text."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    places = [os.path.join(place, "libsonnet") for place in (package, os.path.dirname(package))]
    return next(filter(os.path.isdir, places), places[-1])


def libraries() -> dict[str, str]:
    """The texts of the generated libraries, by the paths they are imported with."""
    root = library_path()
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*.libsonnet"))
    }
