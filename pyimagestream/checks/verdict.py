"""The verdict of the server on a manifest, on a part of one, or on a single value."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from ..errors import Problem
from ..model.imagestreamimport import IMAGE_STREAM_IMPORT
from ..model.schema import LATEST, SERVERS, Function, Schema
from ._decode import Decoder, decoder
from ._faults import NONE, UNKNOWN, Fault, Faults, problems, show
from ._rules import Judge, judge
from .plain import Plain, plain


def validate(
    manifest: Any, *, server: str = LATEST, strict: bool = False, namespace: str | None = None
) -> list[Problem]:
    """Every problem that ``server`` has with a finished manifest; empty when it would accept.

    ``manifest`` is any Python value and ``server`` is ``LATEST`` or ``V4_3`` of
    `pyimagestream.model`. With ``strict`` unknown fields are problems as well, as
    with ``fieldValidation=Strict``. ``namespace`` is where the manifest is to be
    posted; without it that is the namespace the manifest names.

    As on the server, nothing else is looked at while the manifest does not
    decode. The problems are ordered by field, list entries by their index.
    Nothing is raised, whatever the manifest is.
    """
    is_plain, decode, judged = checker(server)
    if is_plain(manifest):
        return problems(_elsewhere(manifest, namespace)) if namespace else []
    found = decode(manifest)
    if wrong := _known(found):
        return problems(wrong)
    faults = [*judged(manifest), *(found if strict else NONE), *_elsewhere(manifest, namespace)]
    return problems(faults)


def _known(faults: Faults) -> Faults:
    """The faults of known fields: those of JSON types. The server drops unknown fields."""
    return faults and [fault for fault in faults if fault.reason != UNKNOWN]


def _elsewhere(manifest: dict[str, Any], namespace: str | None) -> Iterator[Fault]:
    own = (manifest.get("metadata") or {}).get("namespace")
    if own and namespace and own != namespace:
        message = f"must be the namespace of the request, {show(namespace)}, not {show(own)}"
        yield Fault(("metadata", "namespace"), own, message)


def check_value(function: Function, value: Any) -> list[Problem]:
    """Every problem with the value a documented function sets.

    ``value`` is what ends up in the field: the wrapped list for a list setter,
    and for a ``Mixin`` twin the part that is added. Fields which the newest
    server does not know are checked for their JSON type.
    """
    if value is None:
        return []
    decode, judged = _part(function.schema)
    faults = _known(decode(value)) or judged(value)
    return problems(fault.under(*function.path) for fault in faults) if faults else []


def check_present(manifest: Any) -> list[Problem]:
    """Every problem with the fields that are there, in what may still be a part of a sum.

    What is missing in the manifest, its metadata, its spec or its repository is
    no problem. The entries of lists are judged whole.
    """
    if _plain_part()(manifest):
        return []
    return problems(_present(IMAGE_STREAM_IMPORT.schema, manifest))


def _present(schema: Schema, value: Any) -> Iterator[Fault]:
    if value is None:
        return
    if schema.is_nested and isinstance(value, dict):
        for key, item in value.items():
            if field := schema.properties.get(key):
                for fault in _present(field, item):
                    yield fault.under(key)
        return
    decode, judged = _part(schema)
    yield from _known(decode(value)) or judged(value)


@cache
def checker(server: str) -> tuple[Plain, Decoder, Judge]:
    """The compiled checks of a whole manifest: is it plainly well, does it decode, is it judged."""
    if server not in SERVERS:
        raise ValueError(f"the server must be one of {', '.join(SERVERS)}, not {server!r}")
    schema = IMAGE_STREAM_IMPORT.schema
    judged = judge(schema, server, whole=True) or _nothing
    return plain(schema, server, server, whole=True), decoder(schema, server), judged


@cache
def _plain_part() -> Plain:
    """The short check of what may be a part of a sum."""
    return plain(IMAGE_STREAM_IMPORT.schema, None, LATEST, whole=False)


_parts: dict[int, tuple[Schema, Decoder, Judge]] = {}


def _part(schema: Schema) -> tuple[Decoder, Judge]:
    """The checks of a field that may be a part of a sum, by the newest server's rules.

    A schema holds dicts and so has no hash: it is remembered by its identity, and
    kept alive for that.
    """
    known = _parts.get(id(schema))
    if known is None:
        checks = decoder(schema, None), judge(schema, LATEST, whole=False) or _nothing
        known = _parts.setdefault(id(schema), (schema, *checks))
    return known[1], known[2]


def _nothing(value: Any) -> Faults:
    return NONE
