"""The rule table: what is asked of a value whose JSON type is right.

The model names the rule of each field; here the name finds its function. A rule
gets the value and the server, and yields faults. A rule on an object gets the
faults of its fields too and yields what is to be said of the object as a whole:
it adds what is missing, and drops what the server does not look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from ..model.schema import Schema
from . import _images as images
from . import _metadata as metadata
from ._faults import Fault, Faults

Rule = Callable[[Any, str], Iterable[Fault]]
ObjectRule = Callable[[dict[str, Any], str, Faults], Iterable[Fault]]
Judge = Callable[[Any], Faults]

RULES: dict[str, Rule] = {
    "annotations": metadata.annotation_map,
    "api-version": images.api_version,
    "cluster-name": metadata.cluster_name,
    "finalizers": metadata.finalizers,
    "generate-name": metadata.generate_name,
    "generation": metadata.generation,
    "import-mode": images.import_mode,
    "kind": images.kind,
    "labels": metadata.labels,
    "managed-fields": metadata.managed_fields,
    "name": metadata.name,
    "namespace": metadata.namespace,
    "owner-references": metadata.owner_references,
    "pull-spec": images.pull_spec,
    "repository-pull-spec": images.repository_pull_spec,
    "source-kind": images.source_kind,
}

OBJECT_RULES: dict[str, ObjectRule] = {
    "image-import": images.image_import,
    "import-request": images.import_request,
    "object-meta": metadata.object_meta,
    "repository-import": images.repository_import,
}


def judge(schema: Schema, server: str, *, whole: bool) -> Judge | None:
    """Compile the rules of a schema; None when the server has no rule for anything in it.

    The judge takes a value that decodes. Without ``whole`` the value may be one
    part of a sum: then an object is not blamed for what it lacks. The entries of
    a list are always whole.
    """
    if server not in schema.servers:
        return None
    if schema.rule in RULES:
        field = _field(RULES[schema.rule], server)
        # Most texts come again and again, and the finished manifest has those of the natives.
        return lru_cache(maxsize=1024)(field) if schema.type == "string" else field
    if schema.items is not None:
        entry = judge(schema.items, server, whole=True)
        return entry and _array(entry, {} if schema.items.type == "object" else "")
    fields = {
        key: found
        for key, field in schema.properties.items()
        if (found := judge(field, server, whole=whole))
    }
    rule = OBJECT_RULES[schema.rule] if schema.rule else None
    if whole and rule:
        return _whole(_object(fields), rule, server)
    return _object(fields) if fields else None


def _field(rule: Rule, server: str) -> Judge:
    return lambda value: tuple(rule(value, server))


def _array(entry: Judge, zero: Any) -> Judge:
    def judge(value: Any) -> Faults:
        found: list[Fault] = []
        for index, item in enumerate(value):
            # The server decodes a null entry as an empty one.
            if faults := entry(zero if item is None else item):
                found += [fault.under(index) for fault in faults]
        return found

    return judge


def _object(fields: dict[str, Judge]) -> Judge:
    def judge(value: Any) -> Faults:
        found: list[Fault] = []
        for key, field in fields.items():
            item = value.get(key)
            if item is not None and (faults := field(item)):
                found += [fault.under(key) for fault in faults]
        return found

    return judge


def _whole(fields: Judge, rule: ObjectRule, server: str) -> Judge:
    return lambda value: tuple(rule(value, server, fields(value)))
