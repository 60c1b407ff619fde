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


def test_a_vm_of_ones_own_gives_them_too() -> None:
    printed = subprocess.run(
        [sys.executable, str(EXAMPLES / "own_evaluator.py"), "dev"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert printed == "nginx is well\nruby is well\n"
