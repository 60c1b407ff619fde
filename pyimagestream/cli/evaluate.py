"""``pyimagestream eval``: a template in, JSON or YAML out."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import (
    EnvironmentsError,
    EvaluationError,
    ManifestError,
    PyimagestreamError,
    ValidationError,
)
from ..evaluation.evaluate import read_source
from ..evaluation.settings import Settings
from ..tanka.entrypoint import in_no_environment
from ..tanka.jobs import Code
from ..tanka.project import project_of
from . import options, printing, remarks, running

_SHOWN: Mapping[str | None, str] = {None: "<exec>", "-": "<stdin>"}
"""What messages call code that is in no file, by the argument for a file."""


def register(commands: Any) -> None:
    command = commands.add_parser(
        "eval",
        description="Evaluates a Jsonnet file, code, or an environment, checks it, and prints it.",
    )
    source = command.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "file",
        type=options.path,
        metavar="FILE",
        nargs="?",
        help="a file, an environment, or - for standard input",
    )
    source.add_argument("-e", "--exec", metavar="CODE", help="evaluate this code instead")
    command.add_argument(
        "-o",
        "--output",
        choices=["json", "yaml", "yaml-stream"],
        default="json",
        help="the form; yaml-stream prints a document for each item of a list, else for each"
        " manifest, wherever it is, for `kubectl create -f -` (default: %(default)s)",
    )
    command.add_argument("--no-check", action="store_true", help="let wrong values through")
    command.add_argument("--json", action="store_true", help="print problems as JSON")
    command.add_argument("--name", help="the inline environment to evaluate")
    options.add_variables(command)
    options.add_jpath(command)
    options.add_engine(command)
    running.add_limits(command)
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    settings = options.settings(arguments, check=not arguments.no_check)
    try:
        if arguments.exec is not None:
            value = _value(arguments, Code(_SHOWN[None], arguments.exec, settings))
        elif arguments.file == "-":
            value = _value(arguments, Code(_SHOWN["-"], printing.standard_input(), settings))
        elif project_of(arguments.file):
            return _of_environment(arguments, settings)
        else:
            source = read_source(arguments.file)
            own = in_no_environment(arguments.file, settings)
            value = _value(arguments, Code(arguments.file, source, own))
    except PyimagestreamError as error:
        failure = error.errors[0][1] if isinstance(error, EnvironmentsError) else error
        if not arguments.json or not isinstance(failure, (EvaluationError, ValidationError)):
            raise
        printing.write_json(printing.error(failure.shown()))
        return 1
    return _print(value, printing.write_json, arguments, settings)


def _value(arguments: argparse.Namespace, code: Code) -> Any:
    if arguments.name:
        raise PyimagestreamError(f"{code.title}: --name {arguments.name}: this is no environment")
    with running.runner(arguments) as runner:
        return runner.one(code).value


def _of_environment(arguments: argparse.Namespace, settings: Settings) -> int:
    from ..golang import json as gojson
    from ..tanka.load import evaluate_environment  # slow to import, and most files are in none

    options.note_fallback(arguments)
    with running.runner(arguments) as runner:
        value = evaluate_environment(
            arguments.file, settings, runner=runner, name=arguments.name or ""
        )

    def write(value: Any) -> None:
        printing.write_data(gojson.dumps(value, indent=2))

    return _print(value, write, arguments, settings)


def _print(
    value: Any,
    write_json: Callable[[Any], None],
    arguments: argparse.Namespace,
    settings: Settings,
) -> int:
    source = _SHOWN.get(arguments.file, arguments.file)
    try:
        if arguments.output == "json":
            write_json(value)
        else:
            printing.write_readable_yaml(value, stream=arguments.output == "yaml-stream")
    except ManifestError as error:
        raise PyimagestreamError(f"{source}: {error}") from None
    except RecursionError:
        raise PyimagestreamError(f"{source}: the value is nested too deep") from None
    if settings.check:
        path = [arguments.file] if arguments.file not in (None, "-") else []
        remarks.tell_of(value, arguments, *path)
    return 0
