"""The command line itself: finds the command, and tells errors in one line."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from .. import __version__
from ..errors import OutputError, PyimagestreamError, shown
from . import printing
from .signals import INTERRUPTED
from .usage import COMMAND, Parser

COMMANDS = {
    "eval": ("evaluate", "evaluate a template, and print what comes out"),
    "validate": ("validate", "report every problem of templates and environments"),
    "env": ("environments", "look at environments"),
    "show": ("show", "print the manifests of an environment as YAML"),
    "export": ("export", "write the manifests of environments into files"),
    "init": ("init", "lay out a new project"),
    "diff": ("cluster", "show which tags would move, and where to"),
    "apply": ("cluster", "run the imports, and tell how each tag fared"),
    "library": ("library", "print where the libraries are, for `jsonnet -J` and the like"),
    "completion": ("completion", "print what makes a shell complete these commands"),
    "generate": ("generate", "make the libraries of any API from OpenAPI documents"),
}
"""The module of each command, and what it does."""


DEBUG = "PYIMAGESTREAM_DEBUG"
"""The environment variable that makes a defect show its traceback."""


def parser(command: str | None = None) -> argparse.ArgumentParser:
    """The parser of the whole command line, each sub-command with its ``run``.

    Given a command, of that one's module only, and of no module where it is none: the others
    need not be imported.
    """
    top = Parser(
        prog="pyimagestream",
        description="OpenShift images as code: from Jsonnet, checked and run from Python.",
        epilog=f"{DEBUG}=1 in the environment shows where a defect of this command comes from.",
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = _Commands(top.add_subparsers(title="commands", metavar=COMMAND, required=True))
    if command is None:
        modules = dict.fromkeys(module for module, _ in COMMANDS.values())
    else:
        modules = dict.fromkeys([COMMANDS[command][0]] if command in COMMANDS else [])
    for module in modules:
        importlib.import_module(f".{module}", __package__).register(commands)
    if not modules:
        for name in COMMANDS:
            commands.add_parser(name)
    return top


class _Commands:
    """Where a module registers its commands; what they do is known here."""

    def __init__(self, parsers: Any) -> None:
        self._parsers = parsers

    def add_parser(self, name: str, **options: Any) -> argparse.ArgumentParser:
        added: argparse.ArgumentParser = self._parsers.add_parser(
            name, help=COMMANDS[name][1], **options
        )
        return added


def main(argv: Sequence[str] | None = None, *, begin: Callable[[], object] = lambda: None) -> int:
    """Runs a command line. Returns its exit code: 0 well, 1 bad input, 2 wrong usage.

    ``begin`` is called when it is read, and is about to be run.
    """
    words = _words(sys.argv[1:] if argv is None else argv)
    _replace_closed_streams()
    try:
        try:
            arguments = parser(words[0] if words else "").parse_args(words)
            begin()
            code: int = arguments.run(arguments)
        finally:
            printing.flush()
        return code
    except OutputError as failure:
        # Of a broken pipe nobody is told: whoever read the output has seen enough.
        if not isinstance(failure.error, BrokenPipeError):
            printing.tell(failure)
        # Python would try again at exit, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except PyimagestreamError as error:
        printing.tell(error.shown())
        return 1
    except OSError as error:
        name = shown(str(error.filename or os.curdir))
        printing.tell(f"{name}: {error.strerror or type(error).__name__}")
        return 1
    except MemoryError:
        printing.tell("out of memory")
        return 1
    except Exception as error:
        if os.environ.get(DEBUG):
            sys.excepthook(type(error), error, error.__traceback__)
        # Its text is not shown: it may quote anything, a credential as well.
        printing.tell(
            f"this is a defect of pyimagestream {__version__}, please report it:"
            f" {type(error).__name__} at {_place(error)} ({DEBUG}=1 shows more, maybe credentials)"
        )
        return 1
    except KeyboardInterrupt:
        printing.tell("interrupted")
        # A VM may still be running in its thread, and cannot be stopped otherwise.
        os._exit(INTERRUPTED)


def _words(words: Sequence[str]) -> Sequence[str]:
    """A command line, with the flags for what some type as commands."""
    if words and words[0] in ("help", "version"):
        return ["--version"] if words[0] == "version" else [*words[1:2], "--help"]
    return words


def _place(error: BaseException) -> str:
    """Where in this package an error comes from."""
    import traceback  # slow to import, and few runs need it

    package = os.path.dirname(os.path.dirname(__file__))
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith(package)]
    return f"{os.path.relpath(ours[-1].filename, package)}:{ours[-1].lineno}" if ours else "?"


def _replace_closed_streams() -> None:
    """Lest a file takes the place of a standard stream that was closed (``>&-``).

    Standard input is then empty, writing to standard output fails, and messages are lost.
    """
    modes = {"stdin": os.O_RDONLY, "stdout": os.O_RDONLY, "stderr": os.O_WRONLY}
    for number, (name, mode) in enumerate(modes.items()):
        if getattr(sys, name) is None:
            os.dup2(os.open(os.devnull, mode), number)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", closefd=False))
