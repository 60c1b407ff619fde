"""The README leads somewhere, on the package index too; what it shows is run by `test_docs`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
HOME = "https://github.com/pyimagestream/pyimagestream/blob/main/"


@pytest.mark.parametrize("program", ["jsonnet", "kapitan", "commodore", "jsonnet-language-server"])
def test_the_library_is_named_to_other_evaluators_by_the_command_that_prints_it(
    program: str,
) -> None:
    page = (ROOT / "docs" / "howto" / "evaluators.md").read_text(encoding="utf-8")
    [line] = [line for line in page.splitlines() if f"`{program} " in line and "| " in line]
    assert '"$(pyimagestream library)"' in line


def test_every_link_leads_somewhere_from_wherever_it_is_read() -> None:
    links = re.findall(r"\]\(([^)#]+)", README)
    assert links
    assert [link for link in links if not link.startswith(HOME)] == []
    assert [link for link in links if not (ROOT / link.removeprefix(HOME)).exists()] == []


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) < 120


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_make_target_that_is_named_exists(page: str) -> None:
    named = set(re.findall(r"`make ([a-z-]+)", (ROOT / page).read_text(encoding="utf-8")))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert named
    assert named <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
