"""Progress is for people at terminals."""

import io
from types import SimpleNamespace

import pytest

from pyimagestream.tanka import progress
from pyimagestream.tanka.progress import TerminalProgress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Seconds pass when a test says so."""
    now = [100.0]
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return now


def test_says_what_is_done_how_fast_and_how_long_it_takes(clock, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    terminal = Terminal()
    shown = TerminalProgress("environments", terminal)
    shown(0, 200)
    clock[0] += 2
    shown(50, 200)
    line = "50 of 200 environments, 25/s, 6 s left"
    assert terminal.getvalue().endswith(f"\r\x1b[K\x1b[?7l{line}\x1b[?7h"), "cut, not wrapped"
    shown.close()
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_what_came_from_the_cache_does_not_count_as_fast(clock):
    shown = TerminalProgress("environments", Terminal())
    shown(150, 200)
    clock[0] += 1
    shown(160, 200)
    assert "10/s, 4 s left" in shown.line(clock[0])


def test_a_note_takes_the_place_of_the_line_and_stays():
    terminal = Terminal()
    shown = TerminalProgress("environments", terminal)
    shown(0, 200)
    shown.note("waiting")
    assert terminal.getvalue().endswith("\x1b[?7h\r\x1b[Kwaiting\n")


def test_every_run_has_its_own_rate(clock):
    shown = TerminalProgress("environments", Terminal())
    shown(3, 3)
    clock[0] += 100
    shown(0, 3)
    clock[0] += 1
    shown(1, 3)
    assert "1/s, 2 s left" in shown.line(clock[0])


def test_is_silent_in_a_pipe():
    stream = io.StringIO()
    shown = TerminalProgress("environments", stream)
    shown(1, 2)
    shown.close()
    assert stream.getvalue() == ""
    assert (shown.done, shown.total) == (1, 2)


@pytest.mark.parametrize(("value", "coloured"), [("", True), ("1", False)])
def test_no_color_is_honoured(monkeypatch, value, coloured):
    monkeypatch.setenv("NO_COLOR", value)
    terminal = Terminal()
    TerminalProgress("environments", terminal)(1, 2)
    assert ("\x1b[32m" in terminal.getvalue()) is coloured


def test_does_not_write_more_often_than_anybody_reads(clock):
    terminal = Terminal()
    shown = TerminalProgress("environments", terminal)
    for done in range(1000):
        shown(done, 1000)
    assert terminal.getvalue().count("\r") == 1
