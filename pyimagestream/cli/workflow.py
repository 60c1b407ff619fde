"""Environments: ``env list``, ``show``, ``export`` and ``init``, with Tanka's flags."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from signal import SIGHUP, SIGTERM
from typing import Any, get_args

from ..errors import PyimagestreamError, printable
from ..evaluation.settings import Settings
from ..golang import json as gojson
from ..tanka.discover import find_environments
from ..tanka.environment import Environment
from ..tanka.export.export import MergeStrategy, export
from ..tanka.init import init
from ..tanka.jobs import DEFAULT_FORMAT
from ..tanka.load import evaluate_environment, load, load_file
from ..tanka.manifests.kubectl import for_kubectl
from ..tanka.manifests.select import parse_selector
from ..tanka.progress import TerminalProgress
from ..tanka.project import project_of
from . import options, printing, running
from .signals import handled

_PADDING = 4  # spaces between the columns of a table


def register(commands: Any) -> None:
    _register_env(commands)
    _register_show(commands)
    _register_export(commands)
    _register_init(commands)


def _register_env(commands: Any) -> None:
    group = commands.add_parser("env")
    actions = group.add_subparsers(title="actions", metavar="ACTION", required=True)
    command = actions.add_parser(
        "list",
        aliases=["ls"],
        help="list the environments in and below a directory",
        description="Lists the environments in and below a directory.",
    )
    command.add_argument("path", nargs="?", default=".", help="where to look (default: here)")
    form = command.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the Environment objects")
    form.add_argument("--names", action="store_true", help="print the names only")
    _add_selector(command)
    running.add_evaluation(command)
    command.set_defaults(run=_list)


def _register_show(commands: Any) -> None:
    command = commands.add_parser(
        "show",
        description="Evaluates and checks an environment, or a template that is in none, and prints"
        " the manifests as YAML.",
    )
    command.add_argument(
        "path", help="the environment: its directory, or its name; or a file by itself"
    )
    options.add_choice(command)
    _add_form(command)
    running.add_evaluation(command)
    # There to be accepted: Tanka wants to be asked for what is done here without.
    command.add_argument("--dangerous-allow-redirect", action="store_true", help=argparse.SUPPRESS)
    command.set_defaults(run=_show)


def _register_export(commands: Any) -> None:
    command = commands.add_parser(
        "export",
        description="Evaluates and checks environments; when all of them are well, writes each"
        " manifest into a file.",
    )
    command.add_argument("output", help="the folder to write to")
    command.add_argument("paths", nargs="+", metavar="path", help="where environments are")
    options.add_choice(command)
    _add_selector(command)
    command.add_argument(
        "-r", "--recursive", action="store_true", help="all environments in and below the paths"
    )
    command.add_argument("--format", default=DEFAULT_FORMAT, help="the file names (%(default)s)")
    command.add_argument("--extension", default="yaml", help="the files' extension (%(default)s)")
    command.add_argument(
        "--merge-strategy",
        default="",
        choices=get_args(MergeStrategy),
        metavar="STRATEGY",
        help="for a folder that is not empty: fail-on-conflicts adds files, replace-envs replaces"
        " those of the same environments",
    )
    command.add_argument(
        "--merge-deleted-envs",
        action="append",
        default=[],
        metavar="MAIN",
        help="an entry point that is gone, whose files shall go as well",
    )
    command.add_argument("--skip-manifest", action="store_true", help="do not write manifest.json")
    _add_form(command)
    running.add_parallel(command)
    running.add_evaluation(command)
    command.set_defaults(run=_export)


def _register_init(commands: Any) -> None:
    command = commands.add_parser(
        "init",
        description="Makes a project with one environment, for this tool and Tanka alike.",
    )
    command.add_argument("directory", nargs="?", default=".", help="where (default: here)")
    command.add_argument("-i", "--inline", action="store_true", help="an inline environment")
    command.add_argument(
        "-f", "--force", action="store_true", help="even if the directory is not empty"
    )
    command.set_defaults(run=_init)


def evaluate(arguments: argparse.Namespace, settings: Settings) -> int:
    """What ``eval`` does with an environment."""
    options.note_fallback(arguments)
    with running.runner(arguments) as runner:
        value = evaluate_environment(
            arguments.file, settings, runner=runner, name=arguments.name or ""
        )
    try:
        if arguments.output == "json":
            printing.write_data(gojson.dumps(value, indent=2))
        else:
            printing.write_readable_yaml(value, stream=arguments.output == "yaml-stream")
    except RecursionError:
        raise PyimagestreamError(f"{arguments.file}: the value is nested too deep") from None
    return 0


def _list(arguments: argparse.Namespace) -> int:
    with running.runner(arguments) as runner:
        settings = running.settings(arguments)
        found = find_environments([arguments.path], settings, runner, _selector(arguments))
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
        cells = (each.name, each.spec["namespace"], each.spec.get("apiServer", ""))
        rows.append(tuple(" ".join(printable(cell).splitlines()) for cell in cells))
    widths = [max(map(len, column)) + _PADDING for column in zip(*rows, strict=True)]
    lines = (
        "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
    )
    return "".join(f"{line}\n" for line in lines)


def _show(arguments: argparse.Namespace) -> int:
    settings, path = running.settings(arguments), arguments.path
    with running.runner(arguments) as runner:
        chosen: Any = {
            "runner": runner,
            "targets": arguments.target,
            "as_image_streams": arguments.kind == "imagestream",
        }
        if os.path.isfile(path) and not project_of(path):
            if arguments.name:
                raise PyimagestreamError(f"{path}: --name {arguments.name}: this file is in none")
            manifests = load_file(path, settings, **chosen)
        else:
            _, manifests = load(path, settings, name=arguments.name, **chosen)
    if arguments.for_kubectl:
        manifests = [for_kubectl(manifest) for manifest in manifests]
    printing.write_yaml(manifests)
    return 0


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
                selector=_selector(arguments),
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
    return 0


def _end(number: int, _: object) -> None:
    """Being told to end lets everything be taken back, as Ctrl-C does."""
    sys.exit(128 + number)


def _init(arguments: argparse.Namespace) -> int:
    for path in init(arguments.directory, inline=arguments.inline, force=arguments.force):
        printing.write_text(f"{path}\n")
    return 0


def _add_form(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--as",
        dest="kind",
        choices=["imagestream"],
        help="each import as the ImageStream that says the same, for GitOps tools",
    )
    command.add_argument(
        "--for-kubectl",
        action="store_true",
        help="give imports the fields kubectl asks for (`status: {}`), and the server does not",
    )


def _add_selector(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-l", "--selector", default="", help="only environments with these labels, as in kubectl"
    )


def _selector(arguments: argparse.Namespace) -> Any:
    return parse_selector(arguments.selector) if arguments.selector else None
