"""The verdict of the server on a manifest, on a part of one, or on a single value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from ..errors import Problem
from ..model.definition import Definition, Function
from ..model.group import KINDS, definition
from ..model.schema import LATEST, SERVERS, Schema
from ._decode import Decoder, decoder
from ._faults import NONE, UNKNOWN, Fault, Faults, problems, show
from ._misplaced import Misplaced, mixed_up
from ._remainder import Remainder
from ._rules import Check, rules_of
from ._slips import with_slips
from ._typemeta import type_meta, uncreatable

IMPORT = "ImageStreamImport"
"""What a manifest is judged as that does not say."""


def validate(
    manifest: Any, *, server: str = LATEST, strict: bool = False, namespace: str | None = None
) -> list[Problem]:
    """Every problem that ``server`` has with creating a manifest; empty when it would accept.

    ``manifest`` is any Python value and ``server`` is ``"latest"`` or ``"4.3"``. With
    ``strict`` unknown fields are problems as well, as with ``fieldValidation=Strict``.
    ``namespace`` is where the manifest is to be posted; without it that is the namespace
    the manifest names. A manifest that has no kind of image.openshift.io is taken for an
    ImageStreamImport.

    The problems are ordered by field, list entries by their index. Raises `ValueError` for
    another ``server``, and nothing else, whatever the manifest is.
    """
    kind = kind_of(manifest)
    decode, check = checker(kind, server)
    found = decode(manifest)
    faults = _checked(definition(kind).schema, manifest, found, check(namespace))
    if namespace and definition(kind).namespaced:
        faults = [*faults, *_elsewhere(manifest, namespace)]
    return problems([*faults, *found] if strict else faults)


def kind_of(manifest: Any) -> str:
    """The kind a manifest is judged as."""
    kind = manifest.get("kind") if isinstance(manifest, dict) else None
    return kind if isinstance(kind, str) and kind in KINDS else IMPORT


def _checked(schema: Schema, value: Any, found: Faults, check: Check) -> Faults:
    """The faults of JSON types among ``found``, and those that rules find in all the rest.

    Unknown fields are no matter here: the server drops them.
    """
    wrong = [fault for fault in found if fault.reason != UNKNOWN] if found else NONE
    if not wrong:
        faults = check(value)
    elif any(not fault.path for fault in wrong):
        return wrong
    else:
        rest = Remainder(schema, value, [fault.path for fault in wrong])
        faults = [*wrong, *rest.restored(check(rest.value))]
    return with_slips(faults, found, value) if faults and found else faults


def _elsewhere(manifest: Any, namespace: str) -> Iterator[Fault]:
    if not isinstance(manifest, dict):
        return
    metadata = manifest.get("metadata")
    own = metadata.get("namespace") if isinstance(metadata, dict) else None
    if own and isinstance(own, str) and own != namespace:
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
    decode, check = _part(function.schema)
    faults = _checked(function.schema, value, decode(value), check)
    return problems(fault.under(*function.path) for fault in faults) if faults else []


def check_present(manifest: Any) -> list[Problem]:
    """Every problem with the fields that are there, in what may still be a part of a sum.

    What is missing in the manifest, its metadata, its spec or its repository is
    no problem. The entries of lists are judged whole.
    """
    kind = definition(kind_of(manifest))
    return problems([*type_meta(manifest, kind), *_present(kind.schema, manifest)])


def _present(schema: Schema, value: Any) -> Iterator[Fault]:
    if value is None:
        return
    if schema.is_nested and isinstance(value, dict):
        for key, item in value.items():
            if field := schema.properties.get(key):
                for fault in _present(field, item):
                    yield fault.under(key)
        return
    decode, check = _part(schema)
    yield from _checked(schema, value, decode(value), check)


@cache
def checker(kind: str, server: str) -> tuple[Decoder, Callable[[str | None], Check]]:
    """The compiled checks of a whole manifest: of its JSON types, and of its values.

    The latter for a namespace, which is that of a manifest without one.
    """
    if server not in SERVERS:
        raise ValueError(f"the server must be one of {', '.join(SERVERS)}, not {server!r}")
    of = definition(kind)
    check = rules_of(of.schema, server, whole=True) or _nothing
    decode = decoder(of.schema, server)

    def fields(schema: Schema) -> Mapping[str, Schema]:
        known = definition(schema.ref).schema if schema.ref else schema
        return {key: each for key, each in known.properties.items() if server in each.servers}

    misplaced = Misplaced(of.schema, fields)

    def decode_all(value: Any) -> Faults:
        found = decode(value)
        return mixed_up(kind, misplaced.told(found, value)) if found else found

    return decode_all, lambda namespace: _typed(of, check, namespace)


def _typed(of: Definition, rules: Check, namespace: str | None) -> Check:
    def check(value: Any) -> Faults:
        foreign = (*type_meta(value, of), *uncreatable(of))
        return foreign or rules(_placed(of, value, namespace))

    return check


def _placed(of: Definition, value: Any, namespace: str | None) -> Any:
    """The manifest with the namespace that the server gives it."""
    metadata = value.get("metadata")
    if not of.namespaced or not namespace or not metadata or metadata.get("namespace"):
        return value
    return {**value, "metadata": {**metadata, "namespace": namespace}}


_parts: dict[int, tuple[Schema, Decoder, Check]] = {}


def _part(schema: Schema) -> tuple[Decoder, Check]:
    """The checks of a field that may be a part of a sum, by the newest server's rules.

    A schema holds dicts and so has no hash: it is remembered by its identity, and
    kept alive for that.
    """
    known = _parts.get(id(schema))
    if known is None:
        checks = decoder(schema, None), rules_of(schema, LATEST, whole=False) or _nothing
        known = _parts.setdefault(id(schema), (schema, *checks))
    return known[1], known[2]


def _nothing(value: Any) -> Faults:
    return NONE
