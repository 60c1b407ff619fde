"""Time, and jobs side by side."""

from __future__ import annotations

import threading

import pytest

from pyimagestream.cluster.budget import Budget, Limits, in_parallel
from pyimagestream.errors import OutOfTimeError, StoppedError


def test_a_request_gets_no_more_than_what_is_left() -> None:
    assert Budget(Limits(total=5, request=45)).request() <= 5
    assert Budget(Limits(total=600, request=45)).request() == 45


def test_when_the_time_is_over_no_request_starts() -> None:
    with pytest.raises(OutOfTimeError):
        Budget(Limits(total=0)).request()


def test_time_in_which_nothing_could_be_done_is_not_counted() -> None:
    budget = Budget(Limits(total=0))
    budget.extend(60)
    assert budget.request() > 0


def test_stopping_ends_a_wait() -> None:
    budget = Budget(Limits())
    ended: list[type[BaseException]] = []

    def wait() -> None:
        try:
            budget.wait(500)
        except StoppedError as error:
            ended.append(type(error))

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    budget.stop()
    waiting.join(60)
    assert ended == [StoppedError]
    with pytest.raises(StoppedError):
        budget.request()


def test_pauses_grow_up_to_a_limit() -> None:
    limits = Limits()
    assert [limits.pause(tries) for tries in (1, 2, 3, 4, 50)] == [1, 2, 4, 8, 30]


def test_a_job_that_fails_does_not_stop_the_others_and_its_error_is_raised() -> None:
    done = []

    def fail() -> None:
        raise ValueError("one")

    with pytest.raises(ValueError, match="one"):
        in_parallel([fail, *[lambda: done.append(1)] * 5], Budget(Limits(parallel=2)))
    assert len(done) == 5
