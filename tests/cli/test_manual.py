"""The page about all commands."""

from __future__ import annotations

import argparse
from pathlib import Path

from pyimagestream.cli.main import COMMANDS, parser
from pyimagestream.cli.manual import commands_page

PAGE = Path(__file__).parent.parent.parent / "docs" / "reference" / "commands.md"


def sections() -> dict[str, str]:
    parts = commands_page(parser()).split("\n## ")[1:]
    return {part.partition("\n")[0]: part for part in parts}


def test_the_page_is_the_one_that_the_parser_makes() -> None:
    assert PAGE.read_text(encoding="utf-8") == commands_page(parser())


def test_every_command_has_a_section() -> None:
    assert {name.partition(" ")[0] for name in sections()} == set(COMMANDS)
    assert "env list" in sections()


def test_a_command_has_one_section_which_names_its_alias() -> None:
    assert commands_page(parser()).count("\n## env list\n") == 1
    assert "`ls` is short for `list`." in sections()["env list"]


def test_a_flag_without_help_on_purpose_is_left_out() -> None:
    assert "--dangerous-allow-redirect" not in sections()["show"]
    assert argparse.SUPPRESS not in commands_page(parser())


def test_the_value_of_a_flag_that_needs_none_stands_in_brackets() -> None:
    assert "| `--cluster [CONTEXT]` |" in sections()["generate"]


def test_a_section_has_every_flag_with_its_short_form_its_value_and_its_choices() -> None:
    validate = sections()["validate"]
    assert "`-V NAME[=VALUE]`, `--ext-str NAME[=VALUE]`" in validate
    assert "`text`, `json`, `github`, `junit`, `sarif`" in validate
    assert "pyimagestream validate [FLAGS] PATH..." in validate


def test_text_that_markdown_or_a_table_would_take_for_markup_is_shown_as_it_is() -> None:
    top = argparse.ArgumentParser(prog="p")
    command = top.add_subparsers().add_parser("c", description="a_b*c `d_e | f` <f>")
    command.add_argument(
        "--one", metavar="A|B", help="x | y 100%% (default: %(default)s)", default=1
    )
    page = commands_page(top)
    assert r"a\_b\*c `d_e | f` &lt;f>" in page  # a command that people copy
    assert r"| `--one A\|B` | x \| y 100% (default: 1) |" in page
