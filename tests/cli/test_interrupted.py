"""The first moments of a command: Ctrl-C, and what is set for it alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

INTERRUPTING = """
import os, signal, sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == NAME:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
from pyimagestream.__main__ import main
sys.argv = ["pyimagestream", "eval", "-e", "1"]
sys.exit(main())
"""
"""The signal comes when a module is about to be imported."""


def run(code: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    "name", ["argparse", "pyimagestream.cli", "pyimagestream.errors", "pyimagestream.cli.evaluate"]
)
def test_it_ends_the_command_in_silence(name: str) -> None:
    done = run(f"NAME = {name!r}\n{INTERRUPTING}")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_little_is_imported_before_it_is_heeded() -> None:
    code = "import sys; before = {*sys.modules}; import pyimagestream.__main__; "
    done = run(f"{code}print(*{{*sys.modules}} - before)")
    new = set(done.stdout.split())
    assert {name for name in new if name.startswith("pyimagestream")} == {
        "pyimagestream",
        "pyimagestream.__main__",
    }
    assert not {"argparse", "dataclasses", "json", "pathlib", "re", "typing"} & new


def test_where_it_is_ignored_it_stays_so() -> None:
    ignored = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    done = run(f"{ignored}NAME = 'pyimagestream.cli.evaluate'\n{INTERRUPTING}")
    assert (done.returncode, done.stdout) == (0, "1\n")


def test_later_it_is_told() -> None:
    code = (
        "import os, signal, sys\nfrom pyimagestream.cli import evaluate\n"
        "evaluate.run = lambda arguments: os.kill(os.getpid(), signal.SIGINT)\n"
        "from pyimagestream.__main__ import main\n"
        "sys.argv = ['pyimagestream', 'eval', '-e', '1']\nsys.exit(main())"
    )
    done = run(code)
    assert (done.returncode, done.stdout) == (130, "")
    assert "interrupted" in done.stderr
    assert "Traceback" not in done.stderr


def test_garbage_is_looked_for_seldom_in_a_command_and_as_ever_in_a_program() -> None:
    code = (
        "import gc, sys\nusual = gc.get_threshold()\n"
        "from pyimagestream import evaluate_snippet\nassert gc.get_threshold() == usual\n"
        "from pyimagestream.__main__ import GARBAGE, main\nassert gc.get_threshold() == usual\n"
        "sys.argv = ['pyimagestream', 'eval', '-e', '1']\nmain()\n"
        "assert gc.get_threshold()[0] == GARBAGE > usual[0]"
    )
    done = run(code)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")


def test_the_script_begins_there() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'pyimagestream = "pyimagestream.__main__:command"' in text
    assert signal.SIGINT + 128 == 130
