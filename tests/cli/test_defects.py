"""What the command says when it fails in a way nobody thought of."""

from __future__ import annotations

import argparse
from typing import Any

import pytest

from pyimagestream import __version__
from pyimagestream.cli import main as command
from pyimagestream.cli import printing
from pyimagestream.errors import PyimagestreamError


def fails(error: BaseException) -> Any:
    """A parser of command lines whose command raises this."""

    def parser(name: str) -> argparse.ArgumentParser:
        def run(arguments: argparse.Namespace) -> int:
            printing.write("so far\n")
            raise error

        top = argparse.ArgumentParser()
        top.set_defaults(run=run)
        return top

    return parser


@pytest.mark.parametrize("error", [KeyError("SECRET"), TypeError("SECRET"), RecursionError()])
def test_a_defect_is_told_in_one_line_that_asks_for_a_report(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], error: Exception
) -> None:
    monkeypatch.delenv(command.DEBUG, raising=False)
    monkeypatch.setattr(command, "parser", fails(error))
    assert command.main([]) == 1
    out, err = capfd.readouterr()
    assert out == "so far\n"
    assert err.startswith(f"this is a defect of pyimagestream {__version__}, please report it: ")
    assert f"{type(error).__name__} at cli/main.py:" in err
    assert "SECRET" not in err
    assert len(err.splitlines()) == 1


def test_a_defect_shows_its_traceback_when_the_environment_says_so(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(command.DEBUG, "1")
    monkeypatch.setattr(command, "parser", fails(KeyError("why")))
    assert command.main([]) == 1
    err = capfd.readouterr().err
    assert "Traceback" in err
    assert "KeyError: 'why'" in err


def test_memory_that_runs_out_is_no_defect(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "parser", fails(MemoryError()))
    assert command.main([]) == 1
    assert capfd.readouterr().err == "out of memory\n"


def test_an_error_message_plays_no_tricks_on_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "parser", fails(PyimagestreamError("a\x1b[2J\x9bb\nc\r\u202e")))
    assert command.main([]) == 1
    assert capfd.readouterr().err == "a [2J b\nc  \n"
