"""The examples work, and are examples of good manifests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pyimagestream import evaluate_file, validate
from pyimagestream.cli.main import main

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"


def test_the_template_gives_manifests_without_problems(engine: str) -> None:
    path = EXAMPLES / "imports.jsonnet"
    manifests = evaluate_file(path, ext_vars={"env": "dev"}, engine=engine)
    assert sorted(manifests) == ["nginx", "ruby"]
    assert [validate(manifest) for manifest in manifests.values()] == [[], []]


def test_the_template_gives_no_warning(capfd: pytest.CaptureFixture[str]) -> None:
    """Whoever tries `make demo` first cannot tell whether a warning is well."""
    path = str(EXAMPLES / "imports.jsonnet")
    for env in ("dev", "prod"):
        assert main(["validate", path, "-V", f"env={env}", "--warn-as-error"]) == 0
        assert capfd.readouterr().out == ""


@pytest.mark.slow
def test_the_tour_shows_each_command_in_80_columns_and_is_plain_in_a_pipe() -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "tour.py")],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert "\x1b" not in done.stdout
    commands = [line.split()[1:3] for line in lines if line.startswith("$ pyimagestream")]
    ran = [command for _, command in commands]
    assert ran == ["validate", "validate", "show", "export", "diff", "apply", "diff"]


def test_a_vm_of_ones_own_gives_them_too() -> None:
    printed = subprocess.run(
        [sys.executable, str(EXAMPLES / "own_evaluator.py"), "dev"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert printed == "nginx is well\nruby is well\n"


def test_a_vm_of_ones_own_says_how_it_is_called() -> None:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "own_evaluator.py")],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "usage: python examples/own_evaluator.py ENV\n"
