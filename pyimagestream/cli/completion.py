"""``pyimagestream completion``: what makes a shell complete commands, flags and files."""

from __future__ import annotations

import argparse
from typing import Any

from . import printing

SHELLS = ("bash", "zsh", "fish")

_FILES = {"DIR", "FILE", "MAIN", "OUTPUT", "PATH"}
"""What the help calls arguments that are files or directories."""


def register(commands: Any) -> None:
    command = commands.add_parser(
        "completion",
        description="Prints a script for a shell:"
        ' `eval "$(pyimagestream completion bash)"` in ~/.bashrc,'
        " `pyimagestream completion zsh > ~/.zfunc/_pyimagestream`,"
        " `pyimagestream completion fish > ~/.config/fish/completions/pyimagestream.fish`.",
    )
    command.add_argument("shell", choices=SHELLS, help="which shell")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import shtab  # needed here only

    from .main import parser

    whole = parser()
    _complete_files(whole, shtab.FILE)
    printing.write(shtab.complete(whole, shell=arguments.shell))
    return 0


def _complete_files(parser: argparse.ArgumentParser, files: Any) -> None:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _complete_files(command, files)
        elif action.metavar in _FILES:
            action.complete = files  # type: ignore[attr-defined]
