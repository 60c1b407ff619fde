"""Servers that do what no server should: ways to answer for ever, or too much."""

from __future__ import annotations

import gzip
import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache

Answer = Callable[[], Iterator[bytes]]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def chunked(parts: Iterator[bytes]) -> Iterator[bytes]:
    yield OK + b"Transfer-Encoding: chunked\r\n\r\n"
    for part in parts:
        yield b"%x\r\n%b\r\n" % (len(part), part)


@cache
def packed(levels: int) -> bytes:
    """Much from little: a mebibyte of spaces takes a kibibyte, and again, and again."""
    content = b" " * (64 << 20)
    for _ in range(levels):
        content = gzip.compress(content)
    encoding = ", ".join(["gzip"] * levels).encode()
    head = b"Content-Encoding: %b\r\nContent-Length: %d\r\n\r\n" % (encoding, len(content))
    return OK + head + content


WAYS: dict[str, Answer] = {
    "no answer": lambda: iter([]),
    "early hints without end": lambda: itertools.repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "slow early hints": lambda: itertools.cycle([b"HTTP/1.1 103 Early Hints\r\n\r\n", b""]),
    "a status line byte by byte": lambda: itertools.chain([b"HTTP/1.1 "], itertools.repeat(b"")),
    "a header byte by byte": lambda: itertools.chain([OK + b"X: "], itertools.cycle([b"y", b""])),
    "a body without end": lambda: chunked(itertools.repeat(b" " * (1 << 20))),
    "a slow body": lambda: chunked(itertools.cycle([b" "])),
    "a body that stops": lambda: iter([OK + b"Content-Length: 99\r\n\r\n{"]),
    "a gzip bomb": lambda: iter([packed(1)]),
    "a gzip bomb in a gzip bomb": lambda: iter([packed(2)]),
}
"""What is sent, piece by piece; an empty piece is a pause. Afterwards the connection stays open."""


@contextmanager
def hostile(answer: Answer, heard: threading.Event | None = None) -> Iterator[str]:
    """A server that answers every connection like this; its URL. ``heard`` is set by a request."""
    over = threading.Event()

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

    def talk(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65536)
            if heard:
                heard.set()
            for piece in answer():
                if over.is_set():
                    return
                if piece:
                    connection.sendall(piece)
                else:
                    over.wait(0.01)
            over.wait()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)


def ended(work: Callable[[], object], seconds: float = 60) -> object:
    """What some work gives, or the error it raises; the test fails if it goes on for ever."""
    outcome: list[object] = []

    def run() -> None:
        try:
            outcome.append(work())
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    assert outcome, "it does not end"
    return outcome[0]
