"""Go's collector is told once, and what the user says of it counts."""

import os
import subprocess
import sys

import pytest

from pyimagestream.workers import collector

NAMES = ("GOGC", "GOMEMLIMIT")

TOLD = """
import os, sys
from pyimagestream import __main__
__main__.main = lambda: print(os.getpid(), os.environ.get("GOGC"), os.environ.get("GOMEMLIMIT"))
__main__.command()
"""


@pytest.fixture(autouse=True)
def untold(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def command(*arguments):
    """What a command is told, and whether its process is the one that was started."""
    child = subprocess.Popen([sys.executable, "-c", TOLD, *arguments], stdout=subprocess.PIPE)
    said = child.communicate()[0].decode()
    assert child.returncode == 0
    pid, *told = said.split()  # once
    return int(pid) == child.pid, told


def test_a_command_is_told_and_stays_the_process_that_was_started():
    assert command("eval", "-e", "1") == (True, ["800", str(1 << 30)])


@pytest.mark.parametrize("name", NAMES)
def test_a_command_of_which_the_user_says_when_is_not_told(name, monkeypatch):
    monkeypatch.setenv(name, "50")
    assert command("eval") == (True, ["50" if name == each else "None" for each in NAMES])


@pytest.mark.parametrize("arguments", [[], ["--version"], ["-h"]])
def test_what_evaluates_nothing_is_not_told(arguments):
    assert command(*arguments) == (True, ["None", "None"])


def test_where_no_process_can_begin_anew_it_goes_on(monkeypatch):
    from pyimagestream import __main__

    def refused(*_):
        raise PermissionError

    monkeypatch.setattr(os, "execve", refused)
    monkeypatch.setattr(sys, "argv", ["pyimagestream", "eval"])
    monkeypatch.setattr(__main__, "main", lambda: 7)
    assert __main__.command() == 7


def test_the_limit_of_a_process_leaves_room_for_what_is_not_of_go(monkeypatch):
    assert collector.environment(400 << 20)["GOMEMLIMIT"] == str(300 << 20)
    monkeypatch.setenv("GOMEMLIMIT", "2GiB")
    assert collector.environment()["GOMEMLIMIT"] == "2GiB"
    assert collector.environment(400 << 20)["GOMEMLIMIT"] == str(300 << 20)
