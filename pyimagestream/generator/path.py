"""Where the generated libraries are."""

from __future__ import annotations

from pathlib import Path


def library_path() -> Path:
    """The directory of the generated libraries, to add to a ``jpathdir``."""
    package = Path(__file__).parent.parent
    installed = package / "libsonnet"
    return installed if installed.is_dir() else package.parent / "libsonnet"


def libraries() -> dict[str, str]:
    """The texts of the generated libraries, by the paths they are imported with."""
    root = library_path()
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(root.rglob("*.libsonnet"))
    }
