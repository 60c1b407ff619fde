"""``pyimagestream validate``: every problem at once, like a compiler."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from ..checks.notices import CODES
from ..model.schema import LATEST, SERVERS
from ..tanka.progress import TerminalProgress
from ..tanka.validate import Report, Rules, validate_paths
from . import options, printing, running


def register(commands: Any) -> None:
    command = commands.add_parser(
        "validate",
        description="Evaluates templates and reports every problem of the ImageStreamImports in"
        " them, as a line `file:line:column: field: message (function)`.",
    )
    command.add_argument("paths", nargs="+", metavar="PATH", help="files, or directories")
    command.add_argument("--server", choices=SERVERS, default=LATEST, help="the server to obey")
    command.add_argument("--strict", action="store_true", help="unknown fields are problems")
    command.add_argument("--warn-as-error", action="store_true", help="fail on warnings as well")
    command.add_argument(
        "--ignore",
        metavar="CODE",
        action="append",
        choices=CODES,
        default=[],
        help=f"a warning to leave out: {CODES[0]} to {CODES[-1]}",
    )
    command.add_argument("--json", action="store_true", help="print JSON, for machines")
    options.add_variables(command)
    options.add_jpath(command)
    options.add_engine(command)
    running.add_limits(command)
    running.add_parallel(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    rules = Rules(arguments.server, arguments.strict, frozenset(arguments.ignore))
    reports = []
    progress = TerminalProgress("templates")
    settings = options.settings(arguments)
    with running.runner(arguments, progress) as runner:
        for report in validate_paths(arguments.paths, settings, rules, runner):
            reports.append(report)
            if not arguments.json:
                progress.close()
                _print(report)
    progress.close()
    if arguments.json:
        printing.write_json(printing.reports(reports))
    else:
        print(_summary(reports), file=sys.stderr)
    warned = arguments.warn_as_error and any(report.notices for report in reports)
    return int(warned or any(report.problems or report.error for report in reports))


def _print(report: Report) -> None:
    found = (*report.problems, *report.notices)
    for line in (report.error,) if report.error else found:
        printing.write(f"{line}\n")


def _summary(reports: list[Report]) -> str:
    counts = (
        (sum(report.manifests for report in reports), "manifest"),
        (sum(len(report.problems) + bool(report.error) for report in reports), "problem"),
        (sum(len(report.notices) for report in reports), "warning"),
    )
    return ", ".join(f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in counts)
