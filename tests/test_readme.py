"""The README tells the truth: its templates, commands and Python code are run."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from pyimagestream import evaluate_snippet, validate

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory with the templates of the README, under the names they say."""
    for block in blocks("jsonnet"):
        name = block.removeprefix("// ").partition("\n")[0]
        (tmp_path / name).write_text(block, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("block", blocks("console"))
def test_the_commands_print_what_the_readme_says(block: str, directory: Path) -> None:
    command, _, printed = block.partition("\n")
    program, *arguments = shlex.split(command.removeprefix("$ "))
    assert program == "pyimagestream"
    result = subprocess.run(
        [sys.executable, "-m", "pyimagestream", *arguments],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert result.stdout == printed, result.stderr


@pytest.mark.parametrize("block", blocks("python"))
def test_the_python_code_runs(block: str, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(directory)
    exec(compile(block, "README.md", "exec"), {})


@pytest.mark.parametrize("block", [b for b in blocks("jsonnet") if "wrong" not in b])
def test_the_templates_give_what_the_server_accepts(block: str) -> None:
    manifest = evaluate_snippet(block, ext_vars={"env": "dev"})
    assert validate(manifest) == []


@pytest.mark.parametrize("program", ["jsonnet", "kapitan", "commodore", "jsonnet-language-server"])
def test_the_library_is_named_to_other_evaluators_by_the_command_that_prints_it(
    program: str,
) -> None:
    [line] = [line for line in README.splitlines() if f"`{program} " in line and "| " in line]
    assert '"$(pyimagestream library)"' in line


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_every_make_target_that_is_named_exists(page: str) -> None:
    named = set(re.findall(r"`make ([a-z-]+)", (ROOT / page).read_text(encoding="utf-8")))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert named
    assert named <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
