"""What a cluster says of its own API: the OpenAPI documents that its server has."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Protocol

from ..errors import AnswerError, RefusedError

LISTED = "/openapi/v3"

WHOLE = "/openapi/v2"
"""What servers have that know no version 3."""

_SECONDS = 60.0
"""The time for one document."""

_SECONDS_IN_ALL = 600.0


class Documents(Protocol):
    """What is needed of a cluster. Raises ClusterError; `timeout` is in seconds."""

    def document(self, path: str, timeout: float) -> dict[str, Any]:
        """The JSON object at a path (GET)."""


def openapi_documents(cluster: Documents, server: str) -> Iterator[tuple[str, Any]]:
    """Every document of a cluster with its URL, in the order of their paths.

    There is one for each version of a group; on old servers one for all. Raises ClusterError,
    also when the server takes more than ten minutes for all of them.
    """
    end = time.monotonic() + _SECONDS_IN_ALL

    def asked(place: str) -> dict[str, Any]:
        left = end - time.monotonic()
        if left <= 0:
            raise AnswerError(f"{server} took more than {_SECONDS_IN_ALL:.0f} seconds")
        return cluster.document(place, min(_SECONDS, left))

    try:
        listed = asked(LISTED)
    except RefusedError as error:
        if error.code != 404:
            raise
        yield f"{server}{WHOLE}", asked(WHOLE)
        return
    for path, place in sorted(_places(listed, server)):
        document = asked(place)
        if _has_schemas(document):
            yield f"{server}{LISTED}/{path}", document


def _places(listed: dict[str, Any], server: str) -> Iterator[tuple[str, str]]:
    """Where the document of each version of a group is."""
    paths = listed.get("paths")
    if not isinstance(paths, dict):
        raise AnswerError(f"{server} answered with something that is no list of documents")
    for path, entry in paths.items():
        place = entry.get("serverRelativeURL") if isinstance(entry, dict) else None
        if not isinstance(place, str) or not place.startswith(f"{LISTED}/"):
            raise AnswerError(f"{server} does not say where its document {path!r:.80} is")
        if path.startswith(("api/", "apis/")):
            yield path, place


def _has_schemas(document: dict[str, Any]) -> bool:
    """Of a group that has only discovery there is nothing to read."""
    components = document.get("components")
    return isinstance(components, dict) and bool(components.get("schemas"))
