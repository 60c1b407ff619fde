"""``pyimagestream library``: where the libraries are, for evaluators and editors."""

from __future__ import annotations

import argparse
from typing import Any

from ..generator.path import library_path
from . import printing


def register(commands: Any) -> None:
    command = commands.add_parser(
        "library",
        description="Prints the directory of imageStreamImport.libsonnet and the other libraries:"
        ' `jsonnet -J "$(pyimagestream library)" imports.jsonnet`. Everything that takes a library'
        " path takes it: kapitan, commodore, tk's vendor/ by a link, a language server.",
    )
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    printing.write(f"{library_path()}\n")
    return 0
