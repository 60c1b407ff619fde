"""The command line. Parses, calls and prints; everything else is in the package."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from .. import __version__
from ..errors import PyimagestreamError

GROUPS = {
    "evaluate": ("eval",),
    "validate": ("validate",),
    "workflow": ("env", "show", "export", "init"),
    "cluster": ("diff", "apply"),
    "generate": ("generate",),
}
"""The modules here, and the commands of each."""

INTERRUPTED = 130  # what shells report for a command ended by Ctrl-C


def parser(command: str = "") -> argparse.ArgumentParser:
    """The parser of the whole command line, each sub-command with its ``run``.

    Given a command, of that one's group only: the others need not be imported.
    """
    top = argparse.ArgumentParser(
        prog="pyimagestream",
        description="OpenShift image imports as code: from Jsonnet, checked and run from Python.",
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    chosen = [group for group, names in GROUPS.items() if command in names]
    for group in chosen or GROUPS:
        importlib.import_module(f".{group}", __name__).register(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command line. Returns its exit code: 0 well, 1 bad input, 2 wrong usage."""
    words = sys.argv[1:] if argv is None else argv
    try:
        arguments = parser(words[0] if words else "").parse_args(words)
        code: int = arguments.run(arguments)
        sys.stdout.flush()
        return code
    except PyimagestreamError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        # Of a broken pipe nobody is told: whoever read the output has seen enough.
        if not isinstance(error, BrokenPipeError):
            print(f"the output cannot be written: {error}", file=sys.stderr)
        # Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr, flush=True)
        # A VM may still be running in its thread, and cannot be stopped otherwise.
        os._exit(INTERRUPTED)
