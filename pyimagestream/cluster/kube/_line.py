"""A connection that ends in time, whatever the other end does.

An HTTP client limits each wait for a piece of an answer. A server that sends a
byte now and then, or one ``103 Early Hints`` after the other, keeps it waiting
for ever. So a request is made in a thread of its own, and when the time is over
its socket is shut down from outside.
"""

from __future__ import annotations

import concurrent.futures
import socket
import threading
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from ...errors import AnswerError, DroppedError

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")

LONGEST = 16 << 20
"""Bytes of an answer, unpacked. That of fifty images with their manifests has a few million."""

THREAD = "pyimagestream request"

CONNECT_SECONDS = 10.0
"""A server takes long to import, but not to pick up."""


class Line:
    """An HTTP client with one connection at a time; for one thread at a time."""

    def __init__(self, http: httpx2.Client, server: str) -> None:
        self._http = http
        self._server = server
        self._stream: Any = None
        self._cut = False
        self._answered = False
        self.sent = False
        """Whether the request at hand may have reached the server."""

    def exchange(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None,
        seconds: float,
    ) -> tuple[httpx2.Response, bytes]:
        """A response and its body, unpacked.

        Raises what httpx2 does, DroppedError when there is no whole answer after so
        many seconds, and AnswerError for one that cannot be unpacked, or is too large.
        """
        self.sent = self._answered = False

        def send() -> tuple[httpx2.Response, bytes]:
            with self._http.stream(
                method,
                path,
                content=body,
                headers={**headers, "Accept-Encoding": "gzip"},
                timeout=(min(seconds, CONNECT_SECONDS), seconds, seconds, seconds),
                extensions={"trace": self._watch},
            ) as response:
                return response, _body(response, self._server)

        return self._within(seconds, send)

    def close(self) -> None:
        self._http.close()

    @property
    def usable(self) -> bool:
        """Whether another request may follow."""
        return not self._cut

    def _within(self, seconds: float, work: Callable[[], T]) -> T:
        done: concurrent.futures.Future[T] = concurrent.futures.Future()

        def run() -> None:
            try:
                done.set_result(work())
            except BaseException as error:
                done.set_exception(error)
            if self._cut:
                self._http.close()

        threading.Thread(target=run, name=THREAD, daemon=True).start()
        try:
            waited = concurrent.futures.wait([done], seconds)
        except BaseException:
            self._hang_up()
            raise
        if waited.done:
            return done.result()
        self._hang_up()
        what = "the answer does not end" if self._answered else f"no answer in {seconds:.3g} s"
        raise DroppedError(f"{self._server}: {what}", sent=self.sent)

    def _hang_up(self) -> None:
        self._cut = True
        with suppress(OSError):
            if self._stream is not None:
                self._stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def _watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Told by the client what it does: keeps the connection, and how far the request is."""
        stream = info.get("return_value")
        if hasattr(stream, "get_extra_info"):
            self._stream = stream
            if self._cut:  # while the connection was being made
                self._hang_up()
        if event.endswith("send_request_headers.started"):
            # Before that a proxy may have been asked for the way.
            self.sent = info["request"].method != b"CONNECT"
        if event.endswith("receive_response_headers.complete"):
            self._answered = self.sent


def _body(response: httpx2.Response, server: str) -> bytes:
    """The body of a response, unpacked piece by piece, so that its size is known in time."""
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip"):
        raise AnswerError(f"{server}: the answer is packed in a way nobody asked for")
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS) if encoding == "gzip" else None
    content = bytearray()
    for part in response.iter_raw():
        try:
            content += unpacker.decompress(part, LONGEST + 1 - len(content)) if unpacker else part
        except zlib.error:
            raise DroppedError(f"{server}: the answer cannot be unpacked", sent=True) from None
        if len(content) > LONGEST:
            raise AnswerError(f"{server}: the answer is larger than {LONGEST >> 20} MiB")
    if unpacker and content and not unpacker.eof:
        raise DroppedError(f"{server}: the answer breaks off", sent=True)
    return bytes(content)
