"""``pyimagestream env``: what environments there are."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from ..cluster.kube.kubeconfig import shown_url
from ..errors import printable
from ..golang import json as gojson
from ..tanka.discover import find_environments
from ..tanka.environment import Environment
from . import options, printing, running

_PADDING = 4  # spaces between the columns of a table


def register(commands: Any) -> None:
    group = commands.add_parser("env")
    actions = group.add_subparsers(title="actions", metavar="ACTION", required=True)
    command = actions.add_parser(
        "list",
        aliases=["ls"],
        help="list the environments in and below a directory",
        description="Lists the environments in and below a directory.",
    )
    command.add_argument(
        "path",
        type=options.path,
        metavar="PATH",
        nargs="?",
        default=".",
        help="where to look (default: here)",
    )
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the Environment objects")
    form.add_argument("--names", action="store_true", help="print the names only")
    options.add_selector(command)
    running.add_evaluation(command)
    command.set_defaults(run=_list)


def _list(arguments: argparse.Namespace) -> int:
    with running.runner(arguments) as runner:
        settings = running.settings(arguments)
        found = find_environments([arguments.path], settings, runner, arguments.selector)
    environments = sorted(found, key=lambda environment: environment.name)
    if arguments.json:
        # Go prints a list nothing was ever added to as null.
        values = [environment.value for environment in environments]
        printing.write_data(gojson.dumps(values or None, sort_keys=False) + "\n")
    elif arguments.names:
        printing.write_text("".join(f"{environment.name}\n" for environment in environments))
    else:
        printing.write_text(_table(environments))
    return 0


def _table(environments: Sequence[Environment]) -> str:
    rows: list[tuple[str, ...]] = [("NAME", "NAMESPACE", "SERVER")]
    for each in environments:
        cells = (each.name, each.spec["namespace"], shown_url(each.spec.get("apiServer") or ""))
        rows.append(tuple(" ".join(printable(cell).splitlines()) for cell in cells))
    widths = [max(map(len, column)) + _PADDING for column in zip(*rows, strict=True)]
    lines = (
        "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
    )
    return "".join(f"{line}\n" for line in lines)
