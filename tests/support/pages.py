"""The code blocks of the pages, run in order in a directory of their own.

A block whose first line is a comment with a file name, or whose fence has a title, becomes that
file. What is run is decided by the language of the fence:

- ``jsonnet`` gives manifests without problems, unless its name begins with ``wrong``;
- ``console`` has commands after ``$``, each with all that a terminal shows for it; ``cd`` holds for
  what follows;
- ``sh`` ends with exit code 0;
- ``python`` runs; ``json`` and ``yaml`` can be read; ``text`` is for people.

A comment ``<!-- not run: REASON -->`` above a block says that it cannot be run here.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from pyimagestream.cli.main import main

ROOT = Path(__file__).parent.parent.parent

_BLOCK = re.compile(
    r"^(?:<!-- not run: (?P<reason>.+?) -->\n)?"
    r'^```(?P<language>\w*)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$',
    re.MULTILINE | re.DOTALL,
)
_NAME = re.compile(r"(?://|#) ([\w./-]+\.\w+)\n")
_SHELL = re.compile(r"[|<>&;$`*\\#]")
"""What needs a shell; all else is run in this process."""

_ISSUES = "import sys; from pyimagestream.cli.main import main; sys.exit(main())"


@dataclass(frozen=True)
class Block:
    """A code block: its language, its text, the line it begins at, its file, why it is not run."""

    language: str
    text: str
    line: int
    file: str
    reason: str


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _BLOCK.finditer(text):
        named = _NAME.match(match["text"])
        file = match["title"] or (named[1] if named else "")
        line = text.count("\n", 0, match.start("language")) + 1
        found.append(Block(match["language"], match["text"], line, file, match["reason"] or ""))
    return found


def fences(page: Path) -> int:
    """How many blocks a page has, however they are written."""
    return len(re.findall(r"^ *(?:```|~~~)", page.read_text(encoding="utf-8"), re.MULTILINE)) // 2


class Run:
    """The blocks of a page run, one after the other, in the working directory.

    `hidden` are texts that the page has other texts for, such as the address of a server.
    """

    def __init__(self, programs: Path, hidden: dict[str, str] | None = None) -> None:
        self._hidden = hidden or {}
        self._names: dict[str, object] = {"__name__": "page"}
        programs.mkdir(parents=True)
        for name, command in (
            ("pyimagestream", f"-c {shlex.quote(_ISSUES)}"),
            ("pytest", "-m pytest -p no:randomly -p no:cacheprovider -q"),
            ("python", ""),
        ):
            script = programs / name
            script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {command} "$@"\n')
            script.chmod(0o755)
        path = os.pathsep.join((str(programs), os.environ["PATH"]))
        self._environment = {"PATH": path, "PYTHONPATH": str(ROOT)}

    def block(self, block: Block) -> None:
        """Raises AssertionError where a page says what is not so."""
        if block.file:
            path = Path(block.file)
            path.parent.mkdir(parents=True, exist_ok=True)
            text = block.text
            for mine, theirs in self._hidden.items():
                text = text.replace(theirs, mine)
            path.write_text(text, encoding="utf-8")
        if not block.reason:
            getattr(self, f"_{block.language or 'unknown'}")(block)

    def _text(self, block: Block) -> None:
        pass

    def _jsonnet(self, block: Block) -> None:
        if Path(block.file).name.startswith("wrong"):
            return
        file = block.file or "unnamed.jsonnet"
        if not block.file:
            Path(file).write_text(block.text, encoding="utf-8")
        code, printed = _in_process(["validate", file, "-V", "env=dev", "--allow-empty"])
        assert code == 0, printed

    def _json(self, block: Block) -> None:
        json.loads(block.text)

    def _yaml(self, block: Block) -> None:
        assert list(yaml.safe_load_all(block.text))

    def _toml(self, block: Block) -> None:
        assert "=" in block.text  # Python 3.10 cannot read it

    def _python(self, block: Block) -> None:
        if not block.file.startswith("test_"):
            exec(compile(block.text, f"{block.file or 'page'}:{block.line}", "exec"), self._names)

    def _sh(self, block: Block) -> None:
        code, printed = self.command(block.text)
        assert code == 0, printed

    def _console(self, block: Block) -> None:
        for command, expected in commands(block.text):
            _, printed = self.command(command)
            assert printed == expected, f"{command}\n{printed}"

    def command(self, text: str) -> tuple[int, str]:
        """Exit code and all that a terminal shows, of one command or of a script."""
        if (words := text.split()) and words[0] == "cd" and len(words) == 2:
            os.chdir(words[1])
            return 0, ""
        if text.startswith("pyimagestream ") and not _SHELL.search(text) and "\n" not in text[:-1]:
            code, printed = _in_process(shlex.split(text)[1:])
        else:
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", text],
                env={**os.environ, **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            code, printed = done.returncode, done.stdout
        for mine, theirs in self._hidden.items():
            printed = printed.replace(mine, theirs)
        return code, printed


def commands(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a ``console`` block, each with what is printed."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        while command.endswith("\\"):
            more, _, printed = printed.partition("\n")
            command = f"{command}\n{more}"
        yield command, printed


def _in_process(words: list[str]) -> tuple[int, str]:
    terminal = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    with contextlib.redirect_stdout(terminal), contextlib.redirect_stderr(terminal):
        try:
            code = main(words)
        except SystemExit as left:  # argparse, for --help and wrong usage
            code = int(left.code or 0)
    terminal.seek(0)
    return code, terminal.read()
