"""Wrong usage: told with the usage of the command that was meant, and the nearest word."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NoReturn

COMMAND = "COMMAND"
"""What the command is called in the usage of the whole command line."""

# Not compiled here, as most command lines are well.
_CHOICE = r"invalid choice: '([^']*)' \(choose from (.*)\)"
_CODE = r"[wW]?(\d{1,3})"
_UNKNOWN = r"unrecognized arguments: (-[^\s=]+)"


# Parsers make formatters while they are built. One that is told no width imports shutil, which is
# slow, to ask for that of the terminal.
_ANY_WIDTH = partial(argparse.HelpFormatter, width=80)


class Parser(argparse.ArgumentParser):
    """A parser that says which flag or which word was probably meant."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=_ANY_WIDTH, **options)
        self._optionals.title = "flags"

    def format_help(self) -> str:
        self.formatter_class = argparse.HelpFormatter
        return super().format_help()

    def format_usage(self) -> str:
        self.formatter_class = argparse.HelpFormatter
        return super().format_usage()

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> tuple[argparse.Namespace, list[str]]:
        known, unknown = super().parse_known_args(args, namespace)
        several = [action for action in self._actions if action.nargs == "+"]
        if several and all(word == "-" or not word.startswith("-") for word in unknown):
            try:  # those behind a flag between paths
                more = [self._get_value(several[0], word) for word in unknown]
            except argparse.ArgumentError as error:
                self.error(str(error))
            getattr(known, several[0].dest).extend(more)
        elif unknown:  # else the usage would be that of the whole command line
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return known, []

    def error(self, message: str) -> NoReturn:
        if message.endswith(f"required: {COMMAND}"):  # then nobody has said anything yet
            self.print_help(sys.stderr)
            self.exit(2)
        found = ""
        if choice := re.search(_CHOICE, message):
            found = _nearest(choice[1], re.findall(r"[^\s,']+", choice[2]))
        elif unknown := re.search(_UNKNOWN, message):
            found = _nearest(unknown[1], self._option_string_actions)
        super().error(f"{message}: did you mean {found}?" if found else message)


def _nearest(word: str, words: Iterable[str]) -> str:
    from ..checks.spelling import meant  # needed only where the usage is wrong

    known = sorted(words)
    if digits := re.fullmatch(_CODE, word, re.ASCII):
        # Of codes that differ by a digit none is near.
        return f"W{int(digits[1]):03}" if f"W{int(digits[1]):03}" in known else ""
    return meant(word, known)
