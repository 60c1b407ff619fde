"""Go's collector is told once, and what the user says of it counts."""

import os
import subprocess
import sys

import pytest

from pyimagestream import __main__
from pyimagestream.workers import collector

NAMES = ("GOGC", "GOMEMLIMIT")

TOLD = """
import os, sys
from pyimagestream import __main__
from pyimagestream.workers import collector
collector.memory = lambda: collector.processors() << 32
__main__.main = lambda: print(os.getpid(), os.environ.get("GOGC"), os.environ.get("GOMEMLIMIT"))
__main__.command()
"""


@pytest.fixture(autouse=True)
def untold(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def memory(monkeypatch):
    """Sets the bytes that there are for four processors."""

    def there_is(size):
        monkeypatch.setattr(collector, "memory", lambda: size)
        monkeypatch.setattr(collector, "processors", lambda: 4)

    return there_is


def command(*arguments, code=TOLD):
    """What a command is told, and whether its process is the one that was started."""
    child = subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE)
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


def test_a_program_that_runs_the_command_in_its_process_does_not_begin_anew():
    elsewhere = TOLD.replace("__main__.command()", "sys.argv = ['', 'eval']; __main__.command()")
    assert command("mine", code=elsewhere) == (True, ["None", "None"])


def test_where_no_process_can_begin_anew_it_goes_on(monkeypatch, memory):
    def refused(*_):
        raise PermissionError

    memory(16 << 30)
    monkeypatch.setattr(os, "execve", refused)
    monkeypatch.setattr(sys, "argv", ["pyimagestream", "eval"])
    monkeypatch.setattr(sys, "orig_argv", ["python", "pyimagestream", "eval"])
    monkeypatch.setattr(__main__, "main", lambda: 7)
    assert __main__.command() == 7


@pytest.mark.parametrize(("size", "limit"), [(64 << 30, 1 << 30), (6 << 30, 768 << 20)])
def test_the_limits_of_all_processes_leave_half_of_the_memory(size, limit, memory):
    memory(size)
    told = collector.environment()
    assert (told["GOGC"], told["GOMEMLIMIT"]) == ("800", str(limit))
    assert not collector.is_told()


def test_where_memory_is_scarce_go_is_left_to_itself(memory):
    memory(3 << 30)
    assert collector.is_told()
    assert collector.environment() == dict(os.environ)
    assert collector.environment(400 << 20) == {**os.environ, "GOMEMLIMIT": str(300 << 20)}


def test_what_the_user_says_counts_but_for_the_limit_of_a_process(memory, monkeypatch):
    memory(64 << 30)
    monkeypatch.setenv("GOMEMLIMIT", "2GiB")
    assert collector.is_told()
    assert collector.environment()["GOMEMLIMIT"] == "2GiB"
    assert collector.environment(400 << 20)["GOMEMLIMIT"] == str(300 << 20)
