"""``pyimagestream generate``: the resource model in, the generated files out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..errors import PyimagestreamError
from ..generator.files import generated_files
from . import printing


def register(commands: Any) -> None:
    command = commands.add_parser(
        "generate",
        description="Writes libraries and pages from the resource model, into a checkout.",
    )
    command.add_argument("--check", action="store_true", help="write nothing, fail if one is stale")
    command.add_argument("--root", type=Path, default=Path(), help="the checkout (default: here)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    files = {arguments.root / name: text for name, text in generated_files().items()}
    for directory in sorted({arguments.root / Path(name).parts[0] for name in generated_files()}):
        if not directory.is_dir():
            raise PyimagestreamError(f"{directory} is no directory: this is not a checkout")
    stale = [path for path, text in files.items() if _current(path) != text]
    for path in stale:
        if arguments.check:
            printing.tell(f"{path} is stale: run `make generate`")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
            printing.write_text(f"wrote {path}\n")
    return int(arguments.check and bool(stale))


def _current(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
