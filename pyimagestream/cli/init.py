"""``pyimagestream init``: a new project."""

from __future__ import annotations

import argparse
from typing import Any

from ..tanka.init import init
from . import openapi, options, printing


def register(commands: Any) -> None:
    command = commands.add_parser(
        "init",
        description="Makes a project with one environment, for this tool and Tanka alike.",
    )
    command.add_argument(
        "directory",
        type=options.path,
        metavar="DIR",
        nargs="?",
        default=".",
        help="where (default: here)",
    )
    command.add_argument("-i", "--inline", action="store_true", help="an inline environment")
    command.add_argument(
        "-f", "--force", action="store_true", help="even if the directory is not empty"
    )
    openapi.add_source(command)
    command.set_defaults(run=_init, fail=command.error)


def _init(arguments: argparse.Namespace) -> int:
    if not openapi.is_given(arguments) and (arguments.group or arguments.kind):
        arguments.fail("--group and --kind need --openapi or --cluster")
    api = openapi.api(arguments) if openapi.is_given(arguments) else None
    made = init(arguments.directory, inline=arguments.inline, force=arguments.force, api=api)
    for path in made:
        printing.write_text(f"{path}\n")
    return 0
