"""The documents that describe an API: found in files, in directories, on standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from ..engines.sources import is_stream, read_bytes, read_limited
from ..errors import EvaluationError, Frame, PyimagestreamError
from ..golang.documents import Unreadable, documents
from ..model.openapi.reader import describes_api
from .walk import walk

STDIN = "-"

_ENDINGS = (".json", ".yaml", ".yml")


def api_documents(sources: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Every document in the sources, with its file: a file, a directory, or ``-``.

    What else stands beside the documents in a file of several, or in a directory, is passed
    over. Raises `PyimagestreamError` where there is none, for what is no JSON or YAML, and for
    a directory that cannot be read.
    """
    for source in sources:
        if source != STDIN and os.path.isdir(source):
            found = [each for path in _files(source) for each in _read(path) if _is_api(each)]
            if not found:
                raise PyimagestreamError(
                    f"{source}: there is no OpenAPI document and no CustomResourceDefinition"
                )
            yield from found
        else:
            read = list(_read(source))
            yield from [each for each in read if _is_api(each)] or read[:1]


def _is_api(document: tuple[str, Any]) -> bool:
    return describes_api(document[1])


def _files(directory: str) -> Iterator[str]:
    for folder, folders, names in walk(directory):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            path = os.path.join(folder, name)
            if name.lower().endswith(_ENDINGS) and os.path.isfile(path):
                yield path


def _read(source: str) -> Iterator[tuple[str, Any]]:
    if source == STDIN:
        content = read_limited("stdin", sys.stdin.buffer)
    else:
        try:
            content = read_bytes(source, stream=is_stream(source))
        except FileNotFoundError:
            raise PyimagestreamError(f"{source}: there is no such file") from None
    name = "stdin" if source == STDIN else source
    is_json = name.lower().endswith(".json")
    found = documents(content.splitlines(keepends=True), is_json=is_json)
    number = 0
    for document in found:
        if isinstance(document, Unreadable):
            frame = Frame(name, document.line, document.column)
            raise EvaluationError(document.message, [frame])
        if document.value is not None:
            number += 1
            yield (name if number == 1 else f"{name} (document {number})"), document.value
    if not number:
        raise PyimagestreamError(f"{name}: is empty")
