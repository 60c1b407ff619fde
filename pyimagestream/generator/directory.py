"""All files of the libraries of an API, as they stand in a directory of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from ..errors import PyimagestreamError
from ..model import stored
from ..model.api import Api
from . import _documentation, _reference
from ._compact import Compact, index
from ._page import MARK
from .code import HEADER, is_library

Layout = Literal["compact", "reference"]

LAYOUTS: tuple[Layout, ...] = ("compact", "reference")

MAIN = "main.libsonnet"


def files(api: Api, layout: Layout) -> dict[str, str]:
    """Every file of the directory: its path in there, and its text.

    Raises `PyimagestreamError` for what is too large, or nested too deeply, to be a library.
    """
    try:
        return _files(api, layout)
    except RecursionError:
        raise PyimagestreamError("what the documents describe is nested too deeply") from None


def _files(api: Api, layout: Layout) -> dict[str, str]:
    read = dict(_documentation.pages(api))
    if layout == "compact":  # else it is in the libraries
        read.update(_documentation.docsonnet(api))
    return {**dict(libraries(api, layout)), **read, stored.NAME: stored.write(api, layout)}


def is_generated(path: str, content: bytes) -> bool:
    """Whether a file was made for such a directory, whatever its API."""
    return path == stored.NAME or is_library(content) or content.startswith(MARK.encode())


def libraries(api: Api, layout: Layout) -> Iterator[tuple[str, str]]:
    """The files that templates import, and their texts."""
    if layout == "reference":
        yield MAIN, f"{HEADER}\nimport 'gen.libsonnet'\n"
        yield from _reference.files(api)
    else:
        yield MAIN, index(api)
        yield from Compact(api).files()


def twins(api: Api, layout: Layout) -> Mapping[str, str]:
    """The twins of the files that have functions, which tell of each call, by their paths."""
    if layout == "compact":
        return dict(Compact(api, twin=True).files())
    return {
        _reference.path_of(each): _reference.text_of(api, each, twin=True) for each in api.exported
    }
