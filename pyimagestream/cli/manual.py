"""The page about all commands and their flags, made from the parser."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

HEAD = """\
# Commands

`pyimagestream COMMAND --help` tells the same. Everything below is made from the parser itself.
Flags may stand before, between and behind the other arguments, and long ones may be shortened as
long as one flag only is meant. Exit codes are on [a page of their own](exit-codes.md), and so are
the [environment variables](settings.md) that choose defaults."""


def commands_page(parser: argparse.ArgumentParser) -> str:
    """The Markdown text: a section for each command of the parser, a table row for each flag."""
    return "\n\n".join([HEAD, *_commands(parser)]) + "\n"


def _commands(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            spellings: dict[argparse.ArgumentParser, list[str]] = {}
            for name, command in action.choices.items():
                spellings.setdefault(command, []).append(name)
            for command, (_, *aliases) in spellings.items():
                inner = list(_commands(command))
                if inner:  # such as `env`, which is nothing by itself
                    yield from inner
                else:
                    yield from _section(command, aliases)


def _section(command: argparse.ArgumentParser, aliases: Sequence[str]) -> Iterator[str]:
    shown = (action for action in command._actions if action.help != argparse.SUPPRESS)
    actions = [action for action in shown if action.dest != "help"]
    words = [action for action in actions if not action.option_strings]
    flags = [action for action in actions if action.option_strings]
    yield f"## {command.prog.partition(' ')[2]}"
    same = " ".join(f"`{alias}` is short for `{command.prog.split()[-1]}`." for alias in aliases)
    yield _escaped(f"{command.description or ''} {same}")
    usage = " ".join([command.prog, *["[FLAGS]"][: len(flags)], *map(_word, words)])
    yield f"```text\n{usage}\n```"
    if actions:
        rows = [_row(f"`{_placeholder(action)}`", command, action) for action in words]
        rows += [_row(_spelled(action), command, action) for action in flags]
        yield "\n".join(["| argument | does |", "| --- | --- |", *rows])


def _row(argument: str, command: argparse.ArgumentParser, action: argparse.Action) -> str:
    help = (action.help or "") % {**vars(action), "prog": command.prog}
    choices = ""
    if action.choices and action.metavar is None:
        choices = f": {', '.join(f'`{choice}`' for choice in action.choices)}"
    cells = (each.replace("|", r"\|") for each in (argument, f"{_escaped(help)}{choices}"))
    return f"| {' | '.join(cells)} |"


def _spelled(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else f" {_word(action)}"
    return ", ".join(f"`{flag}{value}`" for flag in action.option_strings)


def _word(action: argparse.Action) -> str:
    name = _placeholder(action)
    return {"?": f"[{name}]", "*": f"[{name}...]", "+": f"{name}..."}.get(str(action.nargs), name)


def _placeholder(action: argparse.Action) -> str:
    return str(action.metavar or action.dest).upper()


def _escaped(text: str) -> str:
    """Text in which what Markdown would take for markup stays as it is outside of code."""
    parts = " ".join(text.split()).split("`")
    for index in range(0, len(parts), 2):
        parts[index] = parts[index].replace("<", "&lt;").replace("*", r"\*").replace("_", r"\_")
    return "`".join(parts)
