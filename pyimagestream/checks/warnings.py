"""Warnings: what the server accepts and its users regret.

Each has a code and a function of its own, in `_importwarnings` for imports and in
`_streamwarnings` for image streams and their tags; `explanations` explains them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

from ..errors import ManifestWarning, Problem
from ..model.schema import LATEST
from ._faults import REPEATED, REQUIRED_BY_DOCUMENT, UNKNOWN, field, path_key
from ._importwarnings import IMPORT_WARNINGS, request_of
from ._slips import with_slips
from ._streamwarnings import STREAM_WARNINGS, stream_of
from .codes import READING, UNKNOWN_FIELD
from .verdict import IMPORT, checker, kind_of, validate


class Verdict(NamedTuple):
    """What there is to say of a manifest: why the server refuses it, and what to think over."""

    problems: list[Problem]
    warnings: list[ManifestWarning]


def check(
    manifest: Any,
    *,
    server: str = LATEST,
    strict: bool = False,
    namespace: str | None = None,
    ignore: Iterable[str] = (),
) -> Verdict:
    """The problems of a manifest as `validate` tells them, and the warnings about it.

    The arguments are those of `validate`; ``ignore`` are codes of warnings to leave out, such
    as ``W004``, one by one or as a text with commas between them. With ``strict`` an unknown
    field is a problem and no warning. Raises `ValueError` for another ``server``, and nothing
    else, whatever the manifest is.
    """
    codes = ignore.replace(",", " ").split() if isinstance(ignore, str) else ignore
    left_out = {*codes, *([UNKNOWN_FIELD] if strict else ())}
    return Verdict(
        validate(manifest, server=server, strict=strict, namespace=namespace),
        warnings(manifest, server=server, without=left_out),
    )


def warnings(
    manifest: Any, *, server: str = LATEST, without: Collection[str] = ()
) -> list[ManifestWarning]:
    """Every warning about a finished manifest, ordered by field; those of some codes left out.

    A manifest that does not decode gets the warnings about unknown fields alone.
    Nothing is raised, whatever the manifest is.
    """
    decode, _ = checker(kind_of(manifest), server)
    faults = decode(manifest)
    unknown = [fault for fault in faults if fault.reason == UNKNOWN]
    found = [(UNKNOWN_FIELD, fault) for fault in unknown if UNKNOWN_FIELD not in without]
    if len(unknown) == len(faults):
        table, read = _warnings_about(manifest)
        for code, about in table.items() if read else ():
            if code not in without and (those := [*about(read)]):
                found += ((code, fault) for fault in with_slips(those, faults, manifest))
    found.sort(key=lambda pair: (path_key(pair[1].path), pair[0], pair[1].message))
    return [
        ManifestWarning(code, field(each.path), each.value, each.message) for code, each in found
    ]


def _warnings_about(manifest: dict[str, Any]) -> tuple[Mapping[str, Callable[..., Any]], Any]:
    """The warnings about a manifest that decodes, and what they look at, if there is anything."""
    if kind_of(manifest) == IMPORT:
        return IMPORT_WARNINGS, request_of(manifest)
    return STREAM_WARNINGS, stream_of(manifest)


OF_SCHEMAS = (REQUIRED_BY_DOCUMENT, REPEATED)
"""The warnings that come of the schemas of an API: see `apis`."""

CODES = tuple(sorted({*IMPORT_WARNINGS, *STREAM_WARNINGS, UNKNOWN_FIELD, *READING, *OF_SCHEMAS}))
