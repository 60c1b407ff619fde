"""Which objects are meant to be manifests of the group, with a version or a kind that is wrong.

A server has no place for them, so kubectl sends none: it says "no matches for kind" or
"Object 'Kind' is missing". Here they are judged as what they are meant to be, and what
keeps them from being it is a problem beside the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from ..errors import Problem
from ..model.group import API_VERSION, GROUP
from ..model.group import KINDS as _KINDS
from ._faults import NOT_SUPPORTED, REQUIRED, TYPE_INVALID, show
from .spelling import meant

KINDS = tuple(sorted(_KINDS))
_OTHERS = ("DockerImage", "List", *(f"{kind}List" for kind in KINDS))
"""Kinds of the group that are no manifests: what is in them may be."""

_DISTINCTIVE = tuple(kind for kind in KINDS if kind.startswith("ImageStream"))
"""Kinds that no other group has."""

_NEAR = 0.86
"""How alike a slip is, at least: one letter of seven may be wrong."""


class Likeness(NamedTuple):
    """What an object is meant to be.

    ``kind`` is that of the group, empty for one the group does not have. ``problems`` tell
    what of version and kind is wrong.
    """

    kind: str
    problems: tuple[Problem, ...] = ()


def likeness(value: dict[str, Any]) -> Likeness | None:
    """What an object is meant to be; None for one that is no manifest of the group.

    References, such as those of owners, have a version and a kind but neither metadata
    nor a spec.
    """
    version, kind = value.get("apiVersion"), value.get("kind")
    if version is None and kind is None:
        return None
    if "metadata" not in value and "spec" not in value:
        is_other = version is None or kind is None or "name" in value
        if is_other or _group(version) != GROUP or kind not in KINDS:
            return None
    if not isinstance(version, (str, type(None))) or not isinstance(kind, (str, type(None))):
        return _mistyped(version, kind)
    return _likeness(version, kind)


def problems_of(
    manifest: dict[str, Any], validate: Callable[[dict[str, Any]], list[Problem]]
) -> list[Problem]:
    """The problems of a manifest of the group; ``validate`` tells those of one that is right."""
    found = likeness(manifest)
    if not found or not found.problems:
        return validate(manifest)
    slips = [each._replace(message=_slip(each, manifest)) for each in found.problems]
    return [*slips, *(validate(mended(manifest)) if found.kind else ())]


def _slip(problem: Problem, manifest: dict[str, Any]) -> str:
    """The message about a version or a kind that is missing, with the key that was meant for it."""
    keys = (key for key in manifest if isinstance(key, str) and key != problem.field)
    named = [key for key in keys if not problem.value and meant(key, (problem.field,))]
    hint = f" (did you mean {problem.field} by {show(named[0])}?)" if named else ""
    return f"{problem.message}{hint}"


def mended(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest with the version and the kind it is meant to have."""
    found = likeness(manifest)
    if not found or not found.problems:
        return manifest
    return {**manifest, "apiVersion": API_VERSION, "kind": found.kind}


def _group(version: object) -> str:
    return version.partition("/")[0] if isinstance(version, str) else ""


@lru_cache(maxsize=1024)
def _likeness(version: str | None, kind: str | None) -> Likeness | None:
    near = _near_kind(kind or "")
    if _group(version) == GROUP:
        if kind in _OTHERS:
            return None
        return Likeness(near, (*_version(version), *_kind(kind, near)))
    if near not in _DISTINCTIVE and not _is_near_group(version or ""):
        return None
    if not near or (near != kind and "." in _group(version) and not _is_near_group(version or "")):
        return None
    return Likeness(near, (*_version(version), *_kind(kind, near)))


def _mistyped(version: Any, kind: Any) -> Likeness | None:
    """Of a version or a kind that is no string: the other one has to be right."""
    if isinstance(kind, str):
        if kind in _DISTINCTIVE:
            return Likeness(kind, (_no_string("apiVersion", version),))
    elif _group(version) == GROUP:
        return Likeness("", (_no_string("kind", kind),))
    return None


def _no_string(field: str, value: Any) -> Problem:
    return Problem(field, value, f"must be a string, not {show(value)}", TYPE_INVALID)


def _version(version: str | None) -> Iterator[Problem]:
    if not version:
        message = f"must be {API_VERSION}, and must not be left out"
        yield Problem("apiVersion", version, message, REQUIRED)
    elif version != API_VERSION:
        message = f"must be {API_VERSION}, not {show(version)}"
        yield Problem("apiVersion", version, message, NOT_SUPPORTED)


def _kind(kind: str | None, near: str) -> Iterator[Problem]:
    if not kind:
        yield Problem("kind", kind, f"must be a kind of {API_VERSION}", REQUIRED)
    elif not near:
        hint = f" (did you mean {best}?)" if (best := meant(kind, KINDS)) else ""
        message = f"{show(kind)} is no kind of {API_VERSION}{hint}"
        yield Problem("kind", kind, message, NOT_SUPPORTED)
    elif kind != near:
        yield Problem("kind", kind, f"must be {near}, not {show(kind)}", NOT_SUPPORTED)


def _near_kind(kind: str) -> str:
    """The kind that is meant, empty if there is none: whatever the case, also in the plural."""
    if kind in KINDS:
        return kind
    spelled = _bare(kind)
    alike = {known: _ratio(spelled, known.lower()) for known in KINDS}
    best = max(alike, key=lambda known: alike[known])
    return best if alike[best] >= _NEAR else ""


def _bare(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum()).removesuffix("s")


def _is_near_group(version: str) -> bool:
    return _ratio(_group(version).strip().lower(), GROUP) >= _NEAR


def _ratio(text: str, known: str) -> float:
    from difflib import SequenceMatcher  # slow to import, and seldom needed

    return SequenceMatcher(None, text[:80], known, autojunk=False).ratio()
