"""What can go wrong between us and an API server.

Callers have to know about a failed request whether repeating it can help
(`passing`), after how many seconds at the earliest (`retry_after`), whether
the server may have carried it out all the same (`uncertain`), and whether the
server was not there at all (`outage`). No error here ever holds a credential.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import PyimagestreamError


class ClusterError(PyimagestreamError):
    """A request, or what leads to one, failed for good; `reason` says so in a word."""

    reason = "Error"
    passing = False
    uncertain = False
    outage = False
    retry_after = 0.0


class RefusedError(ClusterError):
    """The server answered with an error.

    `code` is the HTTP status; `reason`, `message` and `causes` (field path and
    message) are those of the `Status` object in the answer, as far as there
    was one.
    """

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        causes: Sequence[tuple[str, str]] = (),
        retry_after: float = 0.0,
    ) -> None:
        super().__init__(code, reason, message)
        self.code = code
        self.reason = reason
        self.message = message
        self.causes = tuple(causes)
        self.retry_after = retry_after

    @property
    def passing(self) -> bool:  # type: ignore[override]
        return self.code in (409, 429, 500, 502, 503, 504)

    @property
    def uncertain(self) -> bool:  # type: ignore[override]
        return self.passing and self.code != 429

    @property
    def outage(self) -> bool:  # type: ignore[override]
        return self.code in (502, 503)

    def __str__(self) -> str:
        return f"{self.message} (HTTP {self.code} {self.reason})"


class DroppedError(ClusterError):
    """No answer came: the connection failed, broke, or stayed silent too long."""

    reason = "NoAnswer"
    passing = True

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.uncertain = sent
        self.outage = not sent


class AnswerError(ClusterError):
    """The answer is none that an API server gives to this request."""

    reason = "BadAnswer"
    uncertain = True


class HaltedError(ClusterError):
    """No further request may start."""


class OutOfTimeError(HaltedError):
    """The time given to the whole operation is used up."""

    reason = "OutOfTime"

    def __str__(self) -> str:
        return "out of time (--timeout)"


class StoppedError(HaltedError):
    """Somebody asked the operation to stop."""

    reason = "Interrupted"

    def __str__(self) -> str:
        return "interrupted"
