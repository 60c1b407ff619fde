"""Where the generated libraries are."""

from __future__ import annotations

from pathlib import Path


def library_path() -> Path:
    """The directory of the generated libraries, to add to a ``jpathdir``."""
    package = Path(__file__).parent.parent
    installed = package / "libsonnet"
    return installed if installed.is_dir() else package.parent / "libsonnet"
