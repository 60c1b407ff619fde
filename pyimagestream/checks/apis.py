"""Manifests of the kinds of an API, and values that its libraries set, held against its schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from ..errors import ManifestWarning, Problem
from ..model.api import Api
from ..model.definition import Definition, Function
from ..model.schema import Schema
from ._celrules import left
from ._faults import (
    REPEATED,
    REQUIRED,
    REQUIRED_BY_DOCUMENT,
    TYPE_INVALID,
    UNKNOWN,
    Failed,
    Fault,
    Faults,
    field,
    ordered,
    problems,
)
from ._misplaced import Misplaced
from ._origins import Origin, origin
from ._patterns import matcher
from ._schemas import Schemas
from ._slips import with_slips
from .codes import UNKNOWN_FIELD
from .spelling import meant

_SOFT = {UNKNOWN: UNKNOWN_FIELD, REPEATED: REPEATED, REQUIRED_BY_DOCUMENT: REQUIRED_BY_DOCUMENT}
"""What is no problem but a warning, and its code."""

_SECRETS = ("data", "stringData")


class ApiChecks:
    """Judges by the schemas of one API, which are compiled as they are needed."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._schemas = Schemas(api)
        self._unchecked = cache(self._unchecked_of)
        self._misplaced = cache(self._misplaced_of)

    def definition(self, manifest: object) -> Definition | None:
        """What describes a manifest; None for a kind that the API does not have.

        A list of objects is none: what is in it may be.
        """
        if not isinstance(manifest, dict):
            return None
        version, kind = manifest.get("apiVersion"), manifest.get("kind")
        if not isinstance(version, str) or not isinstance(kind, str):
            return None
        found = self.api.kinds.get((version, kind))
        return None if found and "items" in found.schema.properties else found

    def problems(self, manifest: dict[str, Any], *, strict: bool = False) -> list[Problem]:
        """Every problem of a manifest of a kind that the API has, ordered by field.

        With ``strict`` unknown fields are problems too. Nothing is raised.
        """
        hard = {UNKNOWN} if strict else set[str]()
        found = self._faults(manifest)
        return problems(each for each in found if each.reason not in _SOFT or each.reason in hard)

    def present_problems(self, manifest: dict[str, Any]) -> list[Problem]:
        """Every problem with the fields that are there, in what may still be a part of a sum."""
        return [each for each in self.problems(manifest) if not _is_missing(each)]

    def warnings(self, manifest: dict[str, Any]) -> list[ManifestWarning]:
        """Every warning about a manifest of a kind that the API has, ordered by field."""
        return [
            ManifestWarning(_SOFT[fault.reason], field(fault.path), fault.value, fault.message)
            for fault in ordered(self._faults(manifest))
            if fault.reason in _SOFT
        ]

    def value_problems(
        self, definition: Definition, function: Function, value: Any
    ) -> list[Problem]:
        """Every problem with a value that a function of a library sets, as `check_value` does."""
        if value is None:
            return []
        check = self._schemas.part(definition, function.path, function.schema)
        try:
            found = check(value)
        except RecursionError:
            found = (_TOO_DEEP,)
        return problems(fault.under(*function.path) for fault in found if fault.reason not in _SOFT)

    def unchecked(self, manifest: dict[str, Any]) -> Sequence[str]:
        """What of the schemas of a manifest's kind is not checked, a sentence each."""
        definition = self.definition(manifest)
        return self._unchecked(definition.reference) if definition else ()

    def near(self, version: str, kind: str) -> str:
        """The version and kind that are probably meant by those which the API does not have."""
        known = {f"{version} {kind}": (version, kind) for version, kind in self.api.kinds}
        same = sorted(name for name, (_, other) in known.items() if other == kind)
        return same[0] if same else meant(f"{version} {kind}", sorted(known))

    def _faults(self, manifest: dict[str, Any]) -> Faults:
        definition = self.definition(manifest)
        if definition is None:
            return ()
        try:
            found = self._schemas.manifest(definition)(manifest)
        except RecursionError:
            found = (_TOO_DEEP,)
        if not found:
            return found
        found = with_slips(
            self._misplaced(definition.reference).told(found, manifest), found, manifest
        )
        is_secret = definition.kind == "Secret" and not definition.group
        return [_hidden(fault) for fault in found] if is_secret else found

    def _misplaced_of(self, reference: str) -> Misplaced:
        return Misplaced(self.api.definitions[reference].schema, self._fields)

    def _fields(self, schema: Schema) -> Mapping[str, Schema]:
        return (self.api.definitions[schema.ref].schema if schema.ref else schema).properties

    def _unchecked_of(self, reference: str) -> Sequence[str]:
        definition = self.api.definitions[reference]
        is_custom = origin(definition) is Origin.CUSTOM
        rules = patterns = 0
        for schema in self._schemas_of(definition.schema, set()):
            rules += left(schema) if is_custom else len(schema.constraints.rules)
            patterns += bool(schema.constraints.pattern and not matcher(schema.constraints.pattern))
        told = []
        if rules:
            told.append(f"{rules} CEL rule{'' if rules == 1 else 's'} (x-kubernetes-validations)")
        if patterns:
            told.append(
                f"{patterns} pattern{'' if patterns == 1 else 's'}, for want of google-re2:"
                " pip install 'pyimagestream[go]'"
            )
        return told

    def _schemas_of(self, schema: Schema, seen: set[str]) -> Iterator[Schema]:
        if schema.ref:
            if schema.ref not in seen:
                seen.add(schema.ref)
                yield from self._schemas_of(self.api.definitions[schema.ref].schema, seen)
            return
        yield schema
        for each in (*schema.properties.values(), schema.items, schema.additional):
            if each is not None:
                yield from self._schemas_of(each, seen)


def _is_missing(problem: Problem) -> bool:
    """Whether a sum may still bring what a problem is about; entries of lists are whole."""
    is_about_absence = problem.reason == REQUIRED or isinstance(problem.message, Failed)
    return is_about_absence and "[" not in problem.field


_TOO_DEEP = Fault((), None, "must not be nested so deep", TYPE_INVALID)


def _hidden(fault: Fault) -> Fault:
    """A fault of a Secret without what is to stay one."""
    if not fault.path or fault.path[0] not in _SECRETS:
        return fault
    return fault._replace(value=None, message=fault.message.partition(", not ")[0])
