"""``pyimagestream export``: the manifests of environments, each in a file of its own."""

from __future__ import annotations

import argparse
import sys
from signal import SIGHUP, SIGTERM
from typing import Any, get_args

from ..tanka.export.export import MergeStrategy, export
from ..tanka.jobs import DEFAULT_FORMAT
from ..tanka.progress import TerminalProgress
from . import options, printing, remarks, running
from .signals import handled


def register(commands: Any) -> None:
    command = commands.add_parser(
        "export",
        description="Evaluates and checks environments; when all of them are well, writes each"
        " manifest into a file.",
    )
    command.add_argument(
        "output", type=options.path, metavar="OUTPUT", help="the directory to write to"
    )
    command.add_argument(
        "paths", nargs="+", type=options.path, metavar="PATH", help="where environments are"
    )
    options.add_choice(command)
    options.add_selector(command)
    command.add_argument(
        "-r",
        "--recursive",
        action="store_true",
        help="all environments in and below the paths; with --name those of exactly that name",
    )
    command.add_argument("--format", default=DEFAULT_FORMAT, help="the file names (%(default)s)")
    command.add_argument("--extension", default="yaml", help="the files' extension (%(default)s)")
    command.add_argument(
        "--merge-strategy",
        default="",
        choices=get_args(MergeStrategy),
        metavar="STRATEGY",
        help="for a directory that is not empty: fail-on-conflicts adds files, replace-envs"
        " replaces those of the same environments",
    )
    command.add_argument(
        "--merge-deleted-envs",
        action="append",
        default=[],
        metavar="MAIN",
        help="an entry point that is gone, whose files shall go as well",
    )
    command.add_argument("--skip-manifest", action="store_true", help="do not write manifest.json")
    options.add_form(command)
    running.add_parallel(command)
    running.add_evaluation(command)
    command.set_defaults(run=_export)


def _export(arguments: argparse.Namespace) -> int:
    progress = TerminalProgress("environments")
    try:
        with handled((SIGTERM, SIGHUP), _end), running.runner(arguments, progress) as runner:
            exported = export(
                arguments.output,
                arguments.paths,
                running.settings(arguments),
                runner=runner,
                recursive=arguments.recursive,
                name=arguments.name,
                targets=arguments.target,
                selector=arguments.selector,
                format=arguments.format,
                extension=arguments.extension,
                merge_strategy=arguments.merge_strategy,
                merge_deleted_envs=arguments.merge_deleted_envs,
                skip_manifest=arguments.skip_manifest,
                as_image_streams=arguments.kind == "imagestream",
                kubectl=arguments.for_kubectl,
            )
    except KeyboardInterrupt:
        progress.close()
        printing.tell(
            f"{progress.done} of {progress.total} environments were evaluated, nothing was written"
        )
        raise
    finally:
        progress.close()
    if sys.stderr.isatty():
        printing.tell(
            f"{exported.environments} environments, {len(exported.files)} files:"
            f" {exported.written} written, {exported.deleted} deleted"
        )
    remarks.tell(exported.warnings, arguments, *arguments.paths)
    return 0


def _end(number: int, _: object) -> None:
    """Being told to end lets everything be taken back, as Ctrl-C does."""
    sys.exit(128 + number)
