"""What a server answered: one of the objects we know, or an error."""

from __future__ import annotations

import email.utils
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import AnswerError, RefusedError
from ._shape import Shape, misfit

if TYPE_CHECKING:
    import httpx2

_POLICIES: Shape = {
    "importPolicy": {"importMode": str, "insecure": bool, "scheduled": bool},
    "referencePolicy": {"type": str},
}
_VERDICT: Shape = {"status": str, "reason": str, "message": str}
_IMAGE: Shape = {
    "tag": str,
    "status": _VERDICT,
    "image": {"metadata": {"name": str}, "dockerImageReference": str},
}
_HISTORY: Shape = {
    "tag": str,
    "items": [{"image": str, "dockerImageReference": str, "generation": int}],
    "conditions": [{"type": str, "status": str, "reason": str, "message": str}],
}
_STREAM: Shape = {
    "metadata": {"namespace": str, "name": str, "resourceVersion": str},
    "spec": {
        "tags": [{"name": str, "from": {"kind": str, "name": str}, "generation": int, **_POLICIES}]
    },
    "status": {"tags": [_HISTORY]},
}
_SHAPES: dict[str, Shape] = {
    "ImageStream": _STREAM,
    "ImageStreamImport": {
        "spec": {
            "images": [{"from": {"name": str}, **_POLICIES}],
            "repository": {"from": {"name": str}, **_POLICIES},
        },
        "status": {
            "import": _STREAM,
            "images": [_IMAGE],
            "repository": {"status": _VERDICT, "images": [_IMAGE], "additionalTags": [str]},
        },
    },
    "Status": {
        "reason": str,
        "message": str,
        "details": {"causes": [{"field": str, "message": str}], "retryAfterSeconds": int},
    },
}
"""Every field that is looked at, by the kind of the object."""

NO_STATUS = "the answer came from something else than the API server"
LONGEST = 4000
"""Characters of a message that are kept."""
YEAR = 366 * 24 * 60 * 60
_WARNING = re.compile(r'\b\d{3} \S+ "((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Answer:
    """The object the server sent back, and its `Warning` headers as text."""

    manifest: dict[str, Any]
    warnings: tuple[str, ...] = ()


def read(response: httpx2.Response, body: bytes, kind: str, server: str) -> Answer:
    """The object of a kind in the body of a response, with the types its readers rely on.

    Raises RefusedError when the server answered with an error, AnswerError when
    the answer is none that an API server gives.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    answered = content.get("kind") if isinstance(content, dict) else None
    wanted = kind if response.is_success else "Status"
    place = misfit(content, _SHAPES[wanted]) if answered == wanted else ""
    if not response.is_success:
        raise _refused(response, body, content if answered == "Status" and not place else {})
    if answered != kind or place:
        where = f" ({place[1:]} is not as expected)" if place else ""
        raise AnswerError(f"{server} answered with something that is no {kind}{where}")
    return Answer(content, tuple(_warnings(response)))


def read_document(response: httpx2.Response, body: bytes, server: str) -> dict[str, Any]:
    """The JSON object in the body of a response, whatever it describes. Raises as `read`."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if not response.is_success:
        is_status = isinstance(content, dict) and content.get("kind") == "Status"
        is_status = is_status and not misfit(content, _SHAPES["Status"])
        raise _refused(response, body, content if is_status else {})
    if not isinstance(content, dict):
        raise AnswerError(f"{server} answered with something that is no JSON object")
    return content


def _refused(response: httpx2.Response, body: bytes, status: Mapping[str, Any]) -> RefusedError:
    """An error answer, whether it is a Kubernetes Status or a router's HTML page."""
    details = status.get("details") or {}
    causes = [
        (cause.get("field") or "", cause.get("message") or "")
        for cause in details.get("causes") or ()
    ]
    message = status.get("message") or _plain_text(response, body) or NO_STATUS
    header = response.headers.get("Retry-After")
    wait = _seconds(header) if header else details.get("retryAfterSeconds") or 0
    reason = status.get("reason") or response.reason_phrase or "no reason given"
    # Of either there may be any number. A wait of a year is as good as any longer one.
    return RefusedError(
        response.status_code, reason, message[:LONGEST], causes, float(max(0, min(wait, YEAR)))
    )


def _plain_text(response: httpx2.Response, body: bytes) -> str:
    """What was said in short plain text, "" if nothing.

    So does the API server when its image API is not there (``404 page not found``)
    or does not answer (``service unavailable``, ``error trying to reach service``).
    """
    media = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    text = body[:LONGEST].decode("utf-8", "replace").strip()
    return text if media == "text/plain" and not text.startswith("<") else ""


def _seconds(retry_after: str) -> float:
    """How long to wait (RFC 9110: a number of seconds, or a date)."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        return email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time()
    except (ValueError, OverflowError, OSError):
        return 0.0


def _warnings(response: httpx2.Response) -> Iterator[str]:
    """The texts of ``Warning: 299 - "text"`` headers, of which one may hold several."""
    for header in response.headers.get_list("Warning"):
        for found in _WARNING.finditer(header):
            if text := re.sub(r"\\(.)", r"\1", found[1]):
                yield text
