"""A call in a process of its own: the caller's directory counts, and nothing goes on without it."""

import os
import signal
import time

import pytest

from pyimagestream.errors import WorkerError
from pyimagestream.workers.isolated import isolated


class _EnoughError(Exception):
    pass


def _spin(path):
    path.with_suffix(".new").write_text(str(os.getpid()))
    path.with_suffix(".new").rename(path)
    while True:
        time.sleep(0.01)


def test_a_call_is_made_in_the_working_directory_of_its_caller(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert isolated(os.getcwd) == str(tmp_path)


def test_a_working_directory_that_is_gone_is_one_clear_error(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(WorkerError, match="the working directory: No such file"):
        isolated(os.getcwd)


def test_a_call_ends_when_a_signal_handler_of_the_program_ends_the_waiting(tmp_path):
    """A time limit of the program's own, as task queues set one."""

    def enough(*_):
        if not (tmp_path / "pid").exists():
            signal.setitimer(signal.ITIMER_REAL, 0.01)
        else:
            raise _EnoughError

    before = signal.signal(signal.SIGALRM, enough)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        with pytest.raises(_EnoughError):
            isolated(_spin, tmp_path / "pid")
    finally:
        signal.signal(signal.SIGALRM, before)
    pid = int((tmp_path / "pid").read_text())
    for _ in range(6000):
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().split()[2] == "Z":
                    break
        except OSError:
            break
        time.sleep(0.01)
    else:
        pytest.fail("it goes on")
