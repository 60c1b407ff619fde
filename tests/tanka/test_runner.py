"""Jobs are run wherever suits them, and a failing one does not take others with it."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event, Thread

import pytest
from support.clock import Clock

from pyimagestream.errors import EnvironmentsError, EvaluationError, PyimagestreamError, WorkerError
from pyimagestream.evaluation.ladder import Outcome
from pyimagestream.evaluation.settings import Settings
from pyimagestream.tanka.cache import Cache
from pyimagestream.tanka.runner import Runner

SETTINGS = Settings.of(engine="jsonnet")


@dataclass(frozen=True)
class Fake:
    """A job that does as it is told: a stand-in for templates that harm an engine."""

    title: str
    action: str = "engine"
    settings: Settings = SETTINGS
    entrypoint: str = "/r/b/main.jsonnet"

    def identity(self):
        return self.title

    def fits(self, value):
        return True

    def run(self, settings):
        if self.action == "pid":
            return Outcome(os.getpid(), {}, frozenset())
        if self.action == "hashes":
            return Outcome(settings.hashed, {}, frozenset())
        if self.action == "fail":
            raise EvaluationError(f"{self.title} failed")
        if self.action == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        if self.action == "hang":
            while True:
                time.sleep(60)
        return Outcome([settings.engine, settings.isolate], {}, frozenset())


@pytest.fixture(scope="module")
def runner():
    with Runner(parallel=2) as running:
        yield running


def test_values_come_in_the_order_of_the_jobs(runner):
    values = runner.run([Fake(str(number), "pid") for number in range(20)])
    assert len(values) == 20
    assert os.getpid() not in values
    assert len(set(values)) <= 2


def test_a_single_job_needs_no_process():
    with Runner() as running:
        assert running.run([Fake("one", "pid")]) == [os.getpid()]


@pytest.mark.parametrize("limits", [{"timeout": 20.0}, {"memory": 1 << 30}])
def test_a_single_job_with_limits_does(limits):
    with Runner(**limits) as running:
        assert running.run([Fake("one", "pid")]) != [os.getpid()]


def test_a_runner_may_be_entered_again():
    running = Runner(parallel=1)
    for _ in range(2):
        with running:
            assert os.getpid() not in running.run([Fake("a", "pid"), Fake("b", "pid")])


def test_a_single_job_uses_a_worker_that_is_there():
    with Runner(parallel=1) as running:
        [first, _] = running.run([Fake("a", "pid"), Fake("b", "pid")])
        assert running.one(Fake("c", "pid")).value == first


@pytest.mark.parametrize("titles", ["a", "ab"])
def test_files_are_hashed_for_a_cache_only(titles, tmp_path):
    jobs = [Fake(title, "hashes") for title in titles]
    with Runner(parallel=1) as running:
        assert not any(running.run(jobs))
    with Runner(parallel=1, cache=Cache(tmp_path)) as running:
        assert all(running.run(jobs))


def test_all_jobs_run_and_all_failures_are_told(runner):
    jobs = [Fake("a", "fail"), Fake("b"), Fake("c", "crash"), Fake("d", "fail")]
    with pytest.raises(EnvironmentsError) as caught:
        runner.run(jobs)
    assert [label for label, _ in caught.value.errors] == ["a", "c", "d"]
    assert "c: its worker process crashed" in str(caught.value)


def test_a_worker_process_is_isolated_already(runner):
    assert runner.run([Fake("a"), Fake("b")]) == [["jsonnet", False], ["jsonnet", False]]


def test_outcomes_come_in_the_order_of_the_jobs_failures_among_them(runner):
    jobs = [Fake("a", "fail"), Fake("b"), Fake("c", "crash"), Fake("d")]
    outcomes = list(runner.outcomes(jobs))
    assert [type(outcome) for outcome in outcomes] == [
        EvaluationError,
        Outcome,
        WorkerError,
        Outcome,
    ]


@pytest.mark.parametrize(("action", "told"), [("crash", "a: its worker"), ("fail", "a failed")])
def test_the_error_of_a_job_alone_says_where(action, told):
    # With a limit it is run in a process of its own, which a crash may end.
    with Runner(timeout=500) as running:
        with pytest.raises(EvaluationError) as caught:
            running.one(Fake("a", action))
        assert running.one(Fake("a", "hashes")).value is False
    assert str(caught.value).startswith(told)


def test_running_too_long_is_decided_at_once(monkeypatch):
    """The clock stands still until the first job is done."""
    clock, decided = Clock(), Event()
    monkeypatch.setattr("pyimagestream.workers._process.time", clock)

    def let_time_pass():
        while not decided.wait(0.01):
            clock.sleep(400)

    def progress(done, _):
        if done == 1:
            Thread(target=let_time_pass, daemon=True).start()

    with (
        Runner(timeout=500, memory=1 << 40, progress=progress) as running,
        pytest.raises(EnvironmentsError) as caught,
    ):
        running.run([Fake("a"), Fake("b", "hang")])
    decided.set()
    [(label, error)] = caught.value.errors
    assert label == "b"
    assert isinstance(error, WorkerError)
    assert error.reason == "timeout"


def test_another_executor_leaves_isolation_to_the_evaluation():
    with ThreadPoolExecutor(2) as executor:
        assert Runner(executor=executor).run([Fake("a")]) == [["jsonnet", True]]


def test_progress_is_told_at_the_start_and_job_by_job(runner):
    told = []
    watched = Runner(executor=runner.executor, progress=lambda *counts: told.append(counts))
    with pytest.raises(EnvironmentsError):
        watched.run([Fake("a"), Fake("b", "fail"), Fake("c")])
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_what_did_not_start_is_cancelled_when_the_caller_gives_up():
    started, release = Event(), Event()

    class Stop(BaseException):
        pass

    def give_up(done, _):
        if done:
            raise Stop

    with ThreadPoolExecutor(1) as executor:
        executor.submit(lambda: (started.set(), release.wait(10)))
        blocked = [executor.submit(release.wait, 10)]
        assert started.wait(10)
        release.set()
        with pytest.raises(Stop):
            Runner(executor=executor, progress=give_up).run([Fake(str(n)) for n in range(9)])
        assert all(future.done() for future in blocked)


def test_at_least_one_process_is_needed():
    with pytest.raises(PyimagestreamError, match="at least 1"):
        Runner(parallel=0)
