"""Small projects, each with a command of Tanka and what `tk` made of it."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import pytest

from pyimagestream.cli.main import main

CASES = Path(__file__).parents[1] / "data" / "tanka-cases"


def files(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in found}


@pytest.mark.parametrize("case", sorted(path.name for path in CASES.iterdir()))
def test_a_case_comes_out_as_in_tanka(
    case: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    place = CASES / case
    project = shutil.copytree(place / "project", tmp_path / "project")
    if (place / "links").exists():
        for line in (place / "links").read_text().splitlines():
            link, _, target = line.partition(" -> ")
            os.symlink(target, tmp_path / link)
    monkeypatch.chdir(project)
    _, *words = shlex.split((place / "command").read_text().replace("OUT", str(tmp_path / "out")))
    assert main(words) == int((place / "expected.rc").read_text())
    output = capfdbinary.readouterr().out
    if (place / "expected.stdout").exists():
        assert output == (place / "expected.stdout").read_bytes()
    if (place / "expected").exists():
        assert files(tmp_path / "out") == files(place / "expected")
