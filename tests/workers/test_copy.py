"""A worker that begins as a copy of its parent is as good as a new one."""

import builtins
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = """
import builtins, json, os, signal, sys, threading
import test_copy
from pyimagestream.errors import WorkerError
from pyimagestream.workers import command
from pyimagestream.workers.pool import Workers

builtins.copied = command.is_alone = True
"""

COPIED = """
with Workers(2) as pool:
    pool.start(5)
    print(json.dumps([pool.submit(test_copy.is_copied).result() for _ in range(5)]))
"""

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")


def run(code, told=True, **options):
    """What a program prints that is alone in its process, and told when Go is to collect."""
    own = {"GOGC": "800", "GOMEMLIMIT": str(1 << 30)} if told else {}
    paths = [str(ROOT / name) for name in ("", "tests", "tests/workers")]
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("GO")}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM + code],
        env={**inherited, **own, "PYTHONPATH": os.pathsep.join(paths)},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
        **options,
    )


def said(code, **options):
    return json.loads(run(code, **options).stdout)


def is_copied():
    """Whether what the program did before is here."""
    return hasattr(builtins, "copied")


@needs_proc
def test_workers_begin_as_copies_of_a_process_of_one_thread():
    assert said(COPIED) == [True] * 5


@pytest.mark.parametrize(
    "code",
    [
        "command.is_alone = False" + COPIED,
        "threading.Thread(target=threading.Event().wait, daemon=True).start()" + COPIED,
        COPIED.replace("Workers(2)", "Workers(2, memory=1 << 30)"),
        "sys.__stdin__ = None" + COPIED,
        "os.listdir = lambda path: open(path)" + COPIED,
        COPIED.replace("pool.start(5)", "pool.submit(abs, 1).result(); pool.start(5)"),
    ],
    ids=[
        "a program",
        "another thread",
        "a limit of memory",
        "no input",
        "no /proc",
        "begun already",
    ],
)
def test_they_are_new_where_a_copy_is_not_as_good(code):
    assert said(code) == [False] * 5


def test_a_process_that_is_not_told_when_to_collect_has_new_ones():
    code = "from pyimagestream.workers import collector; collector.memory = lambda: 1 << 50"
    assert said(code + COPIED, told=False) == [False] * 5


def test_where_there_can_be_no_copy_new_ones_begin_with_their_jobs():
    code = """
def refused(): raise BlockingIOError
os.fork = refused
before = os.listdir("/dev/fd")
"""
    after = "\nassert os.listdir('/dev/fd') == before"
    assert said(code + COPIED + after) == [False] * 5


@needs_proc
@pytest.mark.parametrize("is_command", [True, False])
def test_only_the_process_of_a_command_is_copied(is_command):
    program = "" if is_command else "sys.argv = ['', 'eval']"
    code = f"""
import sys
from pyimagestream import __main__
from pyimagestream.workers import collector
from pyimagestream.workers._copy import is_possible
collector.memory = lambda: 1 << 50
__main__.main = lambda: print(is_possible(None))
{program}
__main__.command()
"""
    given = "eval" if is_command else "mine"
    said = subprocess.run([sys.executable, "-c", code, given], capture_output=True, check=True)
    assert said.stdout.decode() == f"{is_command}\n"


def test_there_are_no_more_of_them_than_jobs():
    assert (
        said("""
with Workers(8) as pool:
    pool.start(2)
    print(len(pool._pool.children))
    pool.start(8)
    assert len({pool.submit(os.getpid).result() for _ in range(9)}) <= 2
""")
        == 2
    )


def test_after_a_crash_a_new_one_goes_on():
    assert said("""
with Workers(1) as pool:
    pool.start(1)
    try:
        pool.submit(os.abort).result()
    except WorkerError as error:
        print(json.dumps([str(error), pool.submit(test_copy.is_copied).result()]))
""") == ["its worker process crashed: Aborted", False]


def test_an_endless_job_ends_at_its_time_limit():
    assert (
        said("""
with Workers(1, timeout=0.5) as pool:
    pool.start(1)
    try:
        pool.submit(test_copy.spin).result()
    except WorkerError as error:
        print(json.dumps(str(error)))
""")
        == "took longer than 0.5 seconds"
    )


def spin():
    while True:
        pass


def test_a_job_ends_well_where_the_system_keeps_no_status():
    assert said("signal.signal(signal.SIGCHLD, signal.SIG_IGN)" + COPIED) == [True] * 5


def test_what_was_not_yet_printed_is_printed_once():
    done = run(
        "print('once'); print('once', file=sys.stderr)" + COPIED.replace("is_copied", "tell")
    )
    assert done.stdout.count("once") == done.stderr.count("once") == 1


def tell():
    """Prints, and reads what there is to read."""
    print("told")
    os.write(1, b"told\n")
    print("told", file=sys.stderr)
    return sys.stdin.read()


def test_what_a_job_prints_goes_to_standard_error():
    done = run(COPIED.replace("is_copied", "tell"), input="for the parent")
    assert json.loads(done.stdout) == [""] * 5
    assert done.stderr == "told\n" * 15


def test_it_holds_nothing_that_its_parent_has_open():
    """A pipe ends when its parent closes it, and a lock with its parent."""
    assert said("""
reading, writing = os.pipe()
kept = os.fdopen(writing, "wb")
with Workers(2) as pool:
    pool.start(2)
    pool.submit(test_copy.is_copied).result()
    kept.close()
    print(json.dumps([os.read(reading, 1).decode(), *pool.submit(test_copy.opened).result()]))
""") == ["", "/dev/null"]


@needs_proc
def test_it_needs_no_more_descriptors_than_there_are():
    for count in range(30, 60):
        code = f"import resource; resource.setrlimit(resource.RLIMIT_NOFILE, ({count}, {count}))"
        assert said(code + COPIED.replace("Workers(2)", "Workers(9)").replace("5", "9", 1))


def opened():
    """What is open here besides the worker's own pipes."""
    places = {os.path.realpath(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")}
    return sorted(place for place in places if not place.startswith("/proc"))


def test_a_signal_while_they_begin_is_heeded_by_the_parent_alone():
    code = """
before = os.fork
def fork():
    pid = before()
    if pid:
        os.kill(pid, signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGALRM)
    return pid
os.fork = fork
signal.signal(signal.SIGALRM, lambda *_: sys.exit(7))
signal.signal(signal.SIGTERM, lambda *_: print("never"))
try:
    with Workers(2) as pool:
        pool.start(2)
except SystemExit:
    gone = [child.process.poll() for child in pool._pool.children]
    print(json.dumps([gone, len(os.listdir("/dev/fd")) - count]))
"""
    assert said('count = len(os.listdir("/dev/fd"))' + code) == [[], 0]


def test_it_ends_by_the_signals_that_its_parent_handles():
    assert said("""
signal.signal(signal.SIGTERM, print)
signal.signal(signal.SIGHUP, signal.SIG_IGN)
with Workers(2) as pool:
    pool.start(2)
    print(json.dumps(pool.submit(test_copy.handlers).result()))
""") == [True, True, True]


def handlers():
    return [
        signal.getsignal(signal.SIGTERM) == signal.SIG_DFL,
        signal.getsignal(signal.SIGHUP) == signal.SIG_IGN,
        signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []),
    ]


def test_the_parent_takes_ctrl_c_as_before():
    assert (
        said("""
with Workers(2) as pool:
    pool.start(2)
    print(json.dumps(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])))
""")
        is False
    )
