"""The flags that several commands share: variables, jpath, engine, choices, times."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from typing import TYPE_CHECKING

from ..engines.vm import ENGINES
from ..errors import PatternError, PyimagestreamError
from ..evaluation.evaluate import read_source
from ..evaluation.settings import DEFAULT_MAX_STACK, ENGINE_VARIABLE, Settings, is_fallback
from ..tanka.configuration import Configuration, configuration_of

if TYPE_CHECKING:
    from ..tanka.manifests.select import Selector

ENVIRONMENT = "the environment: its directory; or, in that of inline ones, the name of one"
"""What to say of a path to an environment."""

_VARIABLES = (
    ("--ext-str", ("-V",), "ext_vars", "an ext var"),
    ("--ext-code", (), "ext_codes", "an ext var as Jsonnet code"),
    ("--tla-str", ("-A",), "tla_vars", "a top-level argument"),
    ("--tla-code", (), "tla_codes", "a top-level argument as Jsonnet code"),
)

_UNITS = {"s": 1, "m": 60, "h": 3600}


def add_variables(parser: argparse.ArgumentParser) -> None:
    """Adds ``--ext-str``, ``--ext-code``, ``--tla-str``, ``--tla-code`` and their -file forms."""
    group = parser.add_argument_group("variables")
    for flag, short, target, what in _VARIABLES:
        group.add_argument(
            *short,
            flag,
            dest=target,
            metavar="NAME[=VALUE]",
            action="append",
            default=[],
            type=_assignment,
            help=f"set {what}; without a value, from the environment variable of that name",
        )
        group.add_argument(
            f"{flag}-file",
            dest=target,
            metavar="NAME=FILE",
            action="append",
            type=_code_file if target.endswith("_codes") else _text_file,
            help=f"set {what} to the content of a file",
        )


def add_engine(parser: argparse.ArgumentParser) -> None:
    """Adds ``--engine`` and ``--max-stack``."""
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        help="the VM (default: gojsonnet where it is installed, else jsonnet)",
    )
    parser.add_argument(
        "--max-stack",
        type=count,
        default=DEFAULT_MAX_STACK,
        metavar="N",
        help="frames a VM may use",
    )


def add_jpath(parser: argparse.ArgumentParser) -> None:
    """Adds ``-J``."""
    parser.add_argument(
        "-J",
        "--jpath",
        type=path,
        metavar="DIR",
        action="append",
        default=[],
        help="look for imports there as well; later ones win",
    )
    parser.add_argument(
        "--library",
        dest="libraries",
        type=path,
        metavar="DIR",
        action="append",
        default=[],
        help="libraries of another API, made by `generate --openapi`: import them, check by them",
    )


def add_choice(command: argparse.ArgumentParser) -> None:
    """Adds ``--name``, and ``-t``: a list of targets, given one by one or with commas."""
    command.add_argument(
        "--name", default="", help="the inline environment: its name, or a part no other one has"
    )
    command.add_argument(
        "-t",
        "--target",
        action="extend",
        type=_targets,
        default=[],
        metavar="REGEX",
        help="only manifests whose Kind/name matches; with a leading ! all but these",
    )


def path(text: str) -> str:
    """The type of paths. An empty one would be the current directory, which nobody means by it."""
    if not text:
        raise argparse.ArgumentTypeError("this path is empty: is a variable of the shell not set?")
    return text


def seconds(text: str) -> float:
    """The type of flags for times: ``90``, ``90s``, ``1.5m``, ``2h``; more than 0."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text, re.ASCII)
    if not match or not float(match[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 90s or 15m")
    return float(match[1]) * _UNITS[match[2] or "s"]


def count(text: str) -> int:
    """The type of flags for numbers of things: at least 1, and of 32 bits."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if not 0 < number < 1 << 31:
        raise argparse.ArgumentTypeError(f"{text!r:.80} is not a number from 1 to 2147483647")
    return number


def regex(text: str) -> str:
    """The type of flags for regular expressions."""
    from ..checks.regexp import compiled  # slow to import, and seldom needed

    try:
        compiled(text)
    except PatternError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def codes(text: str) -> list[str]:
    """The type of flags for codes of warnings: ``W001``, ``W001,W002``; none at all is no code."""
    from ..checks.warnings import CODES  # slow to import, and seldom needed

    given = [code for code in re.split(r"[\s,]+", text) if code]
    for code in given:
        if code not in CODES:
            message = f"invalid choice: {code!r} (choose from {', '.join(CODES)})"
            raise argparse.ArgumentTypeError(message)
    return given


def configured(arguments: argparse.Namespace) -> Configuration:
    """What the project says that a command is about, by its first path."""
    if not hasattr(arguments, "configuration"):
        given = vars(arguments)
        paths = given.get("paths") or [given.get("path") or given.get("file")]
        start = paths[0] if paths[0] and os.path.exists(paths[0]) else os.curdir
        arguments.configuration = configuration_of(start)
    configuration: Configuration = arguments.configuration
    return configuration


def _engine(arguments: argparse.Namespace) -> str | None:
    """The engine of the flag, or else of the project; None where the environment chooses."""
    if arguments.engine or os.environ.get(ENGINE_VARIABLE):
        chosen: str | None = arguments.engine
        return chosen
    return configured(arguments).engine or None


def note_fallback(arguments: argparse.Namespace) -> None:
    """Says on stderr that the engine is not Tanka's, where nobody has chosen it."""
    if not (_engine(arguments) or os.environ.get(ENGINE_VARIABLE)) and is_fallback():
        print(
            "note: evaluated by the C++ engine, so some values may differ from Tanka's:"
            " `pip install gojsonnet`, or choose it by --engine jsonnet",
            file=sys.stderr,
        )


def add_form(command: argparse.ArgumentParser) -> None:
    """The flags that say in which form imports are written."""
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


def add_selector(command: argparse.ArgumentParser) -> None:
    """The flag that chooses environments by their labels."""
    command.add_argument(
        "-l",
        "--selector",
        type=_selector,
        help="only environments with these labels, as in kubectl",
    )


def settings(arguments: argparse.Namespace, *, check: bool = True) -> Settings:
    """The settings that the flags describe."""
    return Settings.of(
        **{target: dict(getattr(arguments, target)) for _, _, target, _ in _VARIABLES},
        jpath=getattr(arguments, "jpath", ()),
        libraries=getattr(arguments, "libraries", ()) or configured(arguments).library,
        engine=_engine(arguments),
        check=check,
        max_stack=arguments.max_stack,
    )


def same_flags(arguments: argparse.Namespace, *more: str) -> str:
    """What to say behind a command that is to evaluate what this one did; values may be secret."""
    given = (*(target for _, _, target, _ in _VARIABLES), "jpath", "libraries", *more)
    return ", with the same flags" if any(getattr(arguments, each) for each in given) else ""


def _selector(text: str) -> Selector | None:
    from ..tanka.manifests.select import parse_selector  # slow to import, and seldom needed

    try:
        return parse_selector(text) if text else None
    except PyimagestreamError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _targets(text: str) -> list[str]:
    import csv  # slow to import, and seldom needed

    from ..tanka.manifests.finish import finish

    try:
        targets = [target for row in csv.reader([text]) for target in row]
        finish([], {}, targets)
    except csv.Error as error:
        raise argparse.ArgumentTypeError(f"{text!r:.80}: {error}") from None
    except PatternError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return targets


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if equals and name:
        return name, value
    if equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    if name not in os.environ:
        raise argparse.ArgumentTypeError(f"there is no environment variable {name!r}")
    return name, os.environ[name]


def _text_file(text: str) -> tuple[str, str]:
    name, path = _file_assignment(text)
    return name, read_source(path)


def _code_file(text: str) -> tuple[str, str]:
    """An import, as in Jsonnet's own command, so that the file finds others beside it."""
    name, path = _file_assignment(text)
    read_source(path)  # a file that cannot be read is told at once
    return name, f"import {json.dumps(os.path.abspath(path), ensure_ascii=False)}"


def _file_assignment(text: str) -> tuple[str, str]:
    name, equals, path = text.partition("=")
    if not (equals and name):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=FILE")
    return name, path
