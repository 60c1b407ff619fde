"""``pyimagestream validate``: every problem at once, like a compiler."""

from __future__ import annotations

import argparse
from typing import Any

from ..model.schema import LATEST, SERVERS
from ..tanka.progress import TerminalProgress
from ..tanka.report import Rules
from ..tanka.validate import validate_paths
from . import options, printing, reports, running


def register(commands: Any) -> None:
    command = commands.add_parser(
        "validate",
        description="Judges templates, environments, YAML and JSON, and reports every problem as a"
        " line `file:line:column: field: message`. Exits with 1 when there is a problem, or nothing"
        " to judge.",
    )
    command.add_argument(
        "paths",
        nargs="+",
        type=options.path,
        metavar="PATH",
        help="files, directories with all that is below them, or - for YAML or JSON from a pipe",
    )
    command.add_argument(
        "--server", choices=SERVERS, help=f"the server to obey (default: {LATEST})"
    )
    command.add_argument("--strict", action="store_true", help="unknown fields are problems")
    command.add_argument("--warn-as-error", action="store_true", help="fail on warnings as well")
    command.add_argument(
        "--ignore",
        metavar="CODES",
        action="extend",
        type=options.codes,
        help="warnings to leave out, such as W001,W002",
    )
    command.add_argument(
        "--explain",
        metavar="CODES",
        action=_Explain,
        type=options.codes,
        help="tell why such warnings are given and how to end them, and do no more",
    )
    command.add_argument(
        "--require-known",
        action="store_true",
        help="a manifest of a kind that no model and no --library knows is a problem",
    )
    command.add_argument(
        "--allow-empty", action="store_true", help="succeed although there is nothing to judge"
    )
    command.add_argument(
        "-o",
        "--output",
        choices=reports.FORMS,
        default="text",
        help="the form of the report (default: %(default)s)",
    )
    command.add_argument(
        "--json",
        dest="output",
        action="store_const",
        const="json",
        help="the same as --output json",
    )
    options.add_variables(command)
    options.add_jpath(command)
    options.add_engine(command)
    running.add_limits(command)
    running.add_parallel(command)
    command.set_defaults(run=run)


class _Explain(argparse.Action):
    """Explains codes and ends the command."""

    def __call__(self, parser: argparse.ArgumentParser, _: Any, values: Any, *rest: Any) -> None:
        from ..checks.explanations import explained  # seldom needed

        printing.write_text("\n".join(map(explained, values)))
        parser.exit()


def run(arguments: argparse.Namespace) -> int:
    project = options.configured(arguments)
    ignored = project.ignore or () if arguments.ignore is None else arguments.ignore
    server = arguments.server or project.server or LATEST
    rules = Rules(server, arguments.strict, frozenset(ignored), arguments.require_known)
    told = reports.BY_FILE.get(arguments.output)
    found = []
    progress = TerminalProgress("files")
    settings = options.settings(arguments)
    lines = printing.standard_input_lines()
    with running.runner(arguments, progress) as runner:
        for report in validate_paths(arguments.paths, settings, rules, runner, lines):
            found.append(report := report.shown())
            if told:
                progress.close()
                printing.write_text(told(report))
    progress.close()
    if told:
        printing.tell(reports.summary(found))
    else:
        reports.whole(arguments.output, found)
    for line in reports.reservations(found):
        printing.tell(line)
    failed = any(report.failed for report in found)
    if not failed and not arguments.allow_empty and not any(report.names for report in found):
        printing.tell(reports.emptiness(arguments.paths, len(found)))
        return 1
    return int(failed or (arguments.warn_as_error and any(report.warnings for report in found)))
