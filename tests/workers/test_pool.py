"""Jobs run in processes of their own, and nothing a job does harms the others."""

import gc
import io
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError, wait
from enum import Enum
from pathlib import Path

import pytest
from support.clock import Clock

from pyimagestream.errors import EvaluationError, Frame, WorkerError
from pyimagestream.workers.pool import Workers

ROOT = Path(__file__).parents[2]


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def gone(pids, seconds=60.0):
    deadline = time.monotonic() + seconds
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not any(alive(pid) for pid in pids)


@pytest.fixture(scope="module")
def workers():
    with Workers(2) as pool:
        yield pool


def test_results_travel_back_in_order_of_asking(workers):
    assert list(workers.map(pow, range(50), [2] * 50)) == [n * n for n in range(50)]


def test_large_arguments_and_results_pass(workers):
    text = "x" * 10_000_000
    assert workers.submit(str.upper, text).result() == text.upper()


def test_a_text_of_any_class_arrives_as_a_plain_one(workers):
    class Stage(str, Enum):  # as one of `__main__`, nobody else can import it
        DEV = "dev"

    assert workers.submit(repr, ({Stage.DEV: 1}, Stage.DEV)).result() == "({'dev': 1}, 'dev')"


def fail():
    raise EvaluationError("no such field", [Frame("a.jsonnet", 3, 7)])


class AwkwardError(Exception):
    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


def fail_awkwardly():
    raise AwkwardError("this", "that")


def test_exceptions_travel_back_with_their_data(workers):
    future = workers.submit(fail)
    with pytest.raises(EvaluationError) as caught:
        future.result()
    assert caught.value.frames == (Frame("a.jsonnet", 3, 7),)


def test_an_exception_that_cannot_be_read_back_keeps_its_text(workers):
    with pytest.raises(RuntimeError, match="AwkwardError: this and that"):
        workers.submit(fail_awkwardly).result()


def test_what_cannot_be_pickled_fails_the_job_only(workers):
    with pytest.raises(Exception, match="pickle"):
        workers.submit(lambda: 1).result()
    with pytest.raises(Exception, match="pickle"):
        workers.submit(threading.Lock).result()
    assert workers.submit(abs, -1).result() == 1


def chatter(text):
    print(text)
    print(text, file=sys.stderr)
    os.write(1, text.encode() + b"\n")
    return sys.stdin.read()


def test_printing_and_reading_in_a_job_does_not_disturb_the_protocol(workers, capfd):
    assert workers.submit(chatter, "hello").result() == ""
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("hello") == 3


def crash_with(number):
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT])
def test_a_crash_fails_its_job_and_the_pool_goes_on(workers, number):
    with pytest.raises(WorkerError, match=signal.strsignal(number)) as caught:
        workers.submit(crash_with, number).result()
    assert caught.value.reason == "crashed"
    assert workers.submit(abs, -1).result() == 1


def last_words():
    os.write(2, b"fatal error: out of luck\ngoroutine 1\n")
    os._exit(3)


def fill_the_stack_of_go():
    os.write(2, b"TRACE: a.jsonnet:1 far\nruntime: goroutine stack exceeds 1000000000-byte limit\n")
    os.abort()


def test_a_full_stack_is_told_in_plain_words(workers):
    with pytest.raises(WorkerError, match=r"^the stack is full: is this an endless") as caught:
        workers.submit(fill_the_stack_of_go).result()
    assert caught.value.reason == "stack"


def test_a_crash_tells_the_first_line_only(workers, capfd):
    with pytest.raises(WorkerError, match=r"status 3: fatal error: out of luck$"):
        workers.submit(last_words).result()
    assert capfd.readouterr().err == ""


def test_a_worker_that_dies_between_jobs_is_replaced():
    with Workers(1) as pool:
        pid = pool.submit(os.getpid).result()
        os.kill(pid, signal.SIGKILL)
        assert gone([pid])
        assert pool.submit(os.getpid).result() != pid


def collector():
    return os.environ["GOGC"], int(os.environ["GOMEMLIMIT"])


def test_go_collects_seldom_in_a_worker_but_before_its_limit_and_as_it_is_told(monkeypatch):
    monkeypatch.delenv("GOGC", raising=False)
    monkeypatch.delenv("GOMEMLIMIT", raising=False)
    monkeypatch.setattr("pyimagestream.workers.collector._share", lambda: 2 << 30)
    with Workers(1, memory=400 << 20) as pool:
        assert pool.submit(collector).result() == ("800", 300 << 20)
    monkeypatch.setenv("GOGC", "50")
    with Workers(1) as pool:
        assert pool.submit(collector).result() == ("50", 1 << 30)


def spin():
    while True:
        pass


def test_an_endless_job_ends_at_its_time_limit(monkeypatch):
    """The pool looks at the clock as often as at the memory."""
    clock = Clock()
    monkeypatch.setattr("pyimagestream.workers._process.time", clock)
    with Workers(1, timeout=500.5, memory=1 << 40) as pool:
        endless = pool.submit(spin)
        while not endless.done():
            clock.sleep(400)
            time.sleep(0.01)
        with pytest.raises(WorkerError, match=r"longer than 500\.5 seconds") as caught:
            endless.result()
        assert caught.value.reason == "timeout"
        assert pool.submit(abs, -1).result() == 1


def grow(size):
    return len(bytearray(b"x") * size) // size


def hoard():
    kept = []
    while True:
        kept.append(bytearray(b"x") * 1_000_000)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
@pytest.mark.parametrize(
    ("limit", "told"), [(1 << 10, "1 KiB"), (1500, "1500 bytes"), (3 << 19, "1536 KiB")]
)
def test_a_limit_of_memory_is_told_as_what_it_is(limit, told):
    with Workers(1, memory=limit) as pool, pytest.raises(WorkerError, match=f"more than {told} of"):
        pool.submit(hoard).result()


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_job_that_eats_memory_ends_at_its_limit():
    with Workers(1, memory=200 << 20) as pool:
        with pytest.raises(WorkerError, match="more than 200 MiB") as caught:
            pool.submit(hoard).result()
        assert caught.value.reason == "memory"
        assert pool.submit(grow, 50_000_000).result() == 1


def big_stack():
    threading.stack_size(1 << 30)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(1))
    thread.start()
    thread.join()
    return answers


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_memory_means_memory_in_use_and_not_reserved_addresses():
    with Workers(1, memory=100 << 20) as pool:
        assert pool.submit(big_stack).result() == [1]


keep = []


def remember(size):
    keep.append(bytearray(b"x") * size)
    return len(keep)


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
def test_a_job_does_not_pay_for_what_an_earlier_one_left_behind():
    with Workers(1, memory=200 << 20) as pool:
        assert [pool.submit(remember, 150 << 20).result() for _ in range(3)] == [1, 1, 1]


def test_workers_end_on_shutdown_and_leave_no_descriptors():
    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(3):
        with Workers(2) as pool:
            pids = {pool.submit(os.getpid).result() for _ in range(4)}
        assert not any(alive(pid) for pid in pids)
    assert len(list(Path("/dev/fd").iterdir())) == before


def test_a_forgotten_executor_ends_its_workers():
    pool = Workers(1)
    pid = pool.submit(os.getpid).result()
    del pool
    gc.collect()
    assert gone([pid])


def test_shutdown_waits_for_the_jobs_submitted():
    pool = Workers(1)
    futures = [pool.submit(time.sleep, 0.05) for _ in range(4)]
    pool.shutdown()
    assert all(future.done() and not future.exception() for future in futures)
    with pytest.raises(RuntimeError):
        pool.submit(abs, -1)


def wait_for(path):
    while not path.exists():
        time.sleep(0.01)


def test_shutdown_can_cancel_what_did_not_start(tmp_path):
    pool = Workers(1)
    futures = [pool.submit(wait_for, tmp_path / "go") for _ in range(3)]
    while not futures[0].running():
        time.sleep(0.01)
    pool.shutdown(wait=False, cancel_futures=True)
    (tmp_path / "go").touch()
    pool.shutdown()
    assert [future.cancelled() for future in futures] == [False, True, True]


def test_stop_fails_the_running_job_and_cancels_the_rest():
    pool = Workers(1)
    pid = pool.submit(os.getpid).result()
    futures = [pool.submit(spin) for _ in range(2)]
    while not futures[0].running():
        time.sleep(0.01)
    pool.stop()
    with pytest.raises(WorkerError, match="stopped"):
        futures[0].result()
    with pytest.raises(CancelledError):
        futures[1].result()
    assert not alive(pid)


def test_an_abandoned_job_ends_with_its_worker_and_the_others_go_on(tmp_path):
    with Workers(2) as pool:
        other = pool.submit(wait_for, tmp_path / "go")
        endless = pool.submit(spin_visibly, tmp_path / "spins")
        wait_for(tmp_path / "spins")
        pool.abandon(endless)
        with pytest.raises(WorkerError, match="crashed: Killed"):
            endless.result()
        (tmp_path / "go").touch()
        assert other.result() is None
        assert pool.submit(abs, -1).result() == 1


def test_a_job_that_is_abandoned_before_its_worker_is_there_does_not_begin(monkeypatch):
    submitted = threading.Event()

    def renewed(old):
        submitted.wait()
        pool.abandon(future)
        return renew(old)

    with Workers(1) as pool:
        renew = pool._pool.renew
        monkeypatch.setattr(pool._pool, "renew", renewed)
        future = pool.submit(spin)
        submitted.set()
        with pytest.raises(WorkerError, match="stopped"):
            future.result()


def test_a_time_limit_of_years_is_one():
    with Workers(1, timeout=1e30) as pool:
        assert pool.submit(abs, -1).result() == 1


class _BrokenStream(io.StringIO):
    def write(self, text):
        raise BrokenPipeError


@pytest.mark.parametrize("stream", [None, _BrokenStream(), "closed"])
def test_what_a_job_prints_is_lost_where_there_is_no_standard_error(workers, monkeypatch, stream):
    if stream == "closed":
        stream = io.StringIO()
        stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    assert workers.submit(chatter, "hello").result() == ""


def test_what_a_job_prints_plays_no_tricks_on_a_terminal(workers, capfd):
    workers.submit(chatter, "a\x1b]0;b\x9b2J").result()
    assert capfd.readouterr().err == "a ]0;b 2J\n" * 3


def test_jobs_may_be_submitted_from_many_threads():
    with Workers(2) as pool:
        futures = []
        threads = [
            threading.Thread(target=lambda: futures.extend(pool.submit(abs, -n) for n in range(20)))
            for _ in range(5)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        wait(futures)
        assert sorted(future.result() for future in futures) == sorted([*range(20)] * 5)
        assert len({pool.submit(os.getpid).result() for _ in range(10)}) <= 2


def spin_visibly(path):
    path.touch()
    spin()


PARENT = """
import os, sys, time
from pyimagestream.workers import command
from pyimagestream.workers.pool import Workers
from pathlib import Path
from test_pool import spin_visibly
print("main", flush=True)
pool = Workers(2)
if sys.argv[1:]:
    command.is_alone = True
    pool.start(2)
    assert pool._pool.children
print(*{pool.submit(os.getpid).result() for _ in range(9)}, flush=True)
with pool:
    futures = [pool.submit(spin_visibly, Path(f"spins-{n}")) for n in range(9)]
    while not (Path("spins-0").exists() and Path("spins-1").exists()): time.sleep(0.01)
    print("running", flush=True)
    futures[0].result()
"""


@pytest.fixture(params=["new", "copies"])
def parent(request, tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    process = subprocess.Popen(
        [sys.executable, str(script), *(["copies"] if request.param == "copies" else [])],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={
            **os.environ,
            **{"GOGC": "800", "GOMEMLIMIT": str(1 << 30)},
            "PYTHONPATH": os.pathsep.join(
                str(ROOT / name) for name in ("", "tests", "tests/workers")
            ),
        },
        start_new_session=True,
    )
    yield process
    process.kill()
    process.communicate()


def begin(parent):
    assert parent.stdout.readline() == "main\n"
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert parent.stdout.readline() == "running\n"  # so the script ran once only
    return pids


def test_ctrl_c_stops_everything_at_once_and_workers_say_nothing(parent):
    pids = begin(parent)
    os.killpg(parent.pid, signal.SIGINT)
    _, err = parent.communicate(timeout=60)
    assert gone(pids)
    assert err.count("Traceback") == err.count("KeyboardInterrupt") == 1


def test_workers_die_with_a_parent_that_is_killed_while_they_are_busy(parent):
    pids = begin(parent)
    parent.kill()
    assert gone(pids)
