"""Output is byte for byte what Tanka 0.38 printed for the same project."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from pyimagestream.cli.main import main

TANKA = Path(__file__).parent.parent / "data" / "tanka"
EXPECTED = TANKA / "expected"


def commands(prefix: str) -> list[tuple[str, list[str]]]:
    lines = (EXPECTED / "COMMANDS").read_text().splitlines()
    pairs = (line.split(": ", 1) for line in lines)
    return [
        (name, shlex.split(command.partition(" (rc ")[0])[1:])
        for name, command in pairs
        if name.startswith("export") == (prefix == "export")
    ]


@pytest.fixture(autouse=True)
def _in_project(monkeypatch):
    monkeypatch.chdir(TANKA / "project")


@pytest.mark.parametrize(
    ("name", "arguments"), commands("print"), ids=lambda value: str(value)[:20]
)
def test_prints_what_tanka_prints(name, arguments, capfdbinary):
    code = main(arguments)
    out, err = capfdbinary.readouterr()
    assert out == (EXPECTED / f"{name}.out").read_bytes()
    assert code == int((EXPECTED / f"{name}.rc").read_text())
    assert bool(err) == bool(code)
    assert b"Traceback" not in err


@pytest.mark.parametrize(
    ("name", "arguments"), commands("export"), ids=lambda value: str(value)[:20]
)
def test_exports_what_tanka_exports(name, arguments, tmp_path, capfd):
    out = tmp_path / "out"
    code = main([str(out) if argument == "OUT" else argument for argument in arguments])
    told = capfd.readouterr().err
    recorded = EXPECTED / f"{name}.manifest.json"
    assert code == (0 if is_exported(name) else 1), told
    if code:
        assert not out.exists()
        assert "has no value" in told or not recorded.exists()
        return
    files = {f"./{path.relative_to(out)}" for path in out.rglob("*") if path.is_file()}
    assert files == set((EXPECTED / f"{name}.files").read_text().splitlines())
    assert (out / "manifest.json").read_bytes() == recorded.read_bytes()


def is_exported(name):
    """Whether Tanka exported something, all of it to names that tell something."""
    recorded = EXPECTED / f"{name}.manifest.json"
    return recorded.exists() and not any(
        "<no value>" in file for file in json.loads(recorded.read_text())
    )


def test_exported_documents_are_what_show_prints(tmp_path, capfdbinary):
    assert main(["show", "environments/yaml"]) == 0
    shown, _ = capfdbinary.readouterr()
    assert main(["export", str(tmp_path / "out"), "environments/yaml"]) == 0
    files = [p for p in (tmp_path / "out").iterdir() if p.name != "manifest.json"]
    assert sorted(re.split(rb"(?m)^---\n", shown)) == sorted(path.read_bytes() for path in files)


def test_engines_agree(engine, capfdbinary):
    assert main(["show", "environments/static/deep", "--engine", engine]) == 0
    assert capfdbinary.readouterr().out == (EXPECTED / "show-deep.out").read_bytes()
    code = main(["show", "environments/inline", "--name", "c/a", "--engine", engine])
    assert code == 0
    assert capfdbinary.readouterr().out == (EXPECTED / "show-inline-exact.out").read_bytes()
    tlas = ["--tla-str", "tag=1", "--tla-code", "n=1", "-V", "who=me"]
    assert main(["show", "environments/fn", *tlas, "--engine", engine]) == 0
    assert capfdbinary.readouterr().out == (EXPECTED / "show-fn.out").read_bytes()
