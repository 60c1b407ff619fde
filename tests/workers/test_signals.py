"""Waiting ends by a signal, whichever thread of the process the system hands it to."""

import signal
import threading
import time
from concurrent.futures import Future

import pytest

from pyimagestream.workers.isolated import isolated
from pyimagestream.workers.signals import as_completed, join


class _EnoughError(Exception):
    pass


@pytest.fixture
def elsewhere():
    """A thread that is soon handed a signal, whose handler raises in the main thread."""

    def enough(number, frame):
        raise _EnoughError

    before = signal.signal(signal.SIGUSR1, enough)
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    assert thread.ident
    timer = threading.Timer(0.2, signal.pthread_kill, [thread.ident, signal.SIGUSR1])
    timer.start()
    yield thread
    timer.join()
    signal.signal(signal.SIGUSR1, before)
    end.set()
    thread.join()


WAITING = {
    "for a thread": join,
    "for a future": lambda thread: next(as_completed([Future[None]()])),
    "for a worker process": lambda thread: isolated(time.sleep, 600),
}


@pytest.mark.parametrize("wait", WAITING.values(), ids=WAITING)
def test_a_signal_to_another_thread_ends_the_waiting(elsewhere, wait):
    with pytest.raises(_EnoughError):
        wait(elsewhere)


def test_futures_come_as_they_are_done_whatever_becomes_of_them():
    slow, failed, cancelled = Future[int](), Future[int](), Future[int]()
    failed.set_exception(ValueError())
    cancelled.cancel()
    done = as_completed([slow, failed, cancelled])
    assert {next(done), next(done)} == {failed, cancelled}
    slow.set_result(1)
    assert list(done) == [slow]
