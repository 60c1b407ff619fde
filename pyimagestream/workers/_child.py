"""The side of a worker process: takes jobs, and answers them one by one.

Imports little, as every worker waits for it; what a job needs comes with the job.
"""

from __future__ import annotations

import gc
import os
import pickle
import select
import sys
from typing import IO, Any

from ..errors import PyimagestreamError

_LENGTH = 8  # bytes in front of each message
_DEPTH = 5_000  # pickle takes two calls for each level of a value, which may have 900
_GARBAGE = 50_000  # new objects between two looks for garbage, as in the parent


def send(pipe: IO[bytes], message: bytes) -> None:
    """Writes one message. Raises BrokenPipeError when nobody is there to read it."""
    pipe.write(len(message).to_bytes(_LENGTH, "big"))
    pipe.write(message)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """One message, or None at the end of the stream."""
    head = pipe.read(_LENGTH)
    if len(head) < _LENGTH:
        return None
    length = int.from_bytes(head, "big")
    body = pipe.read(length)
    return body if len(body) == length else None


def serve(alive: int) -> None:
    """The life of a worker process: jobs come from standard input, answers go to standard output.

    Both are moved away first, so that a job's own reading and printing cannot meet them.
    ``alive`` is a pipe that closes when the parent ends.
    """
    gc.set_threshold(_GARBAGE)
    _die_with_parent(alive)
    jobs, results = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    while (message := receive(jobs)) is not None:
        answer = _answer(message)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        send(results, answer)
    os._exit(0)


def _answer(message: bytes) -> bytes:
    try:
        fn, args, kwargs = pickle.loads(message)
        return _pickled((True, fn(*args, **kwargs)))
    except BaseException as error:
        return _pickled_error(error)


def _pickled(answer: tuple[bool, Any]) -> bytes:
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(max(usual, _DEPTH))
    try:
        return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    except RecursionError:  # Python 3.12.1, for example, has a limit of its own in C
        raise PyimagestreamError("the value is nested too deep") from None
    finally:
        sys.setrecursionlimit(usual)


def _pickled_error(error: BaseException) -> bytes:
    try:
        answer = _pickled((False, error))
        pickle.loads(answer)  # some exceptions can be pickled, but not read back
    except Exception:
        answer = pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")))
    return answer


def _die_with_parent(alive: int) -> None:
    """Asks the kernel to signal the closing of a pipe: while a job runs nobody could read it.

    The default action of SIGIO ends the process, even inside a native library. The pipe is
    one nothing is ever written to, as the signal of a write may come late.
    """
    import fcntl

    fcntl.fcntl(alive, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(alive, fcntl.F_SETFL, fcntl.fcntl(alive, fcntl.F_GETFL) | os.O_ASYNC)
    poll = select.poll()
    poll.register(alive, 0)
    if poll.poll(0):  # closed before the signal was asked for
        os._exit(1)
