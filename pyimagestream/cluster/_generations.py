"""What a cluster does with the tags of an ImageStream that is applied, by their generations.

From the source of the server and of its import controller, and measured on both: a tag is
imported when its generation is larger than the newest one that is seen in its status. It
gets a new generation when it is new, when its source, `reference` or `importMode` changes,
or when the manifest says ``generation: 0``; nothing else that changes imports anything.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from ._stream import Stream, Values, mapping, word

Action = Literal[
    "import", "copy", "follow", "refer", "empty", "spec", "removed", "kept", "unchanged"
]

DIFFERENCES: tuple[Action, ...] = (
    "import",
    "copy",
    "follow",
    "refer",
    "empty",
    "spec",
    "removed",
)
"""The actions that come of a spec which is not what is there."""

APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
CHECKED = "openshift.io/image.dockerRepositoryCheck"
DOCKER_IMAGE, STREAM_TAG, STREAM_IMAGE = "DockerImage", "ImageStreamTag", "ImageStreamImage"

_DEFAULTS: Mapping[str, Any] = {
    "importPolicy": {"importMode": "Legacy", "insecure": False, "scheduled": False},
    "reference": False,
    "referencePolicy": {"type": "Source"},
}

_RENEWING = ("from.name", "from.namespace", "importPolicy.importMode", "reference")
"""The fields whose change gives a tag a new generation."""


@dataclass(frozen=True)
class TagFate:
    """What comes of one tag.

    `import`: its image is fetched. `copy`: an alias that gets the image which its target
    has now. `follow`: an alias of a tag that is imported. `refer`: it points at a pull spec
    at once, and nothing is imported. `empty`: it is there for pushes. `spec`: the spec
    changes and the image stays. `removed`: it leaves the spec, and can still be pulled.
    `kept`: the manifest does not have it, and leaves it alone. `details` are the fields
    that change, `notes` tell why.
    """

    tag: str
    action: Action
    source: str = ""
    old: str = ""
    new: str = ""
    details: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reason: str = ""
    message: str = ""
    """Why its image cannot be had, when it cannot."""

    wanted: Values | None = None
    """The tag as its spec will be."""


def stream_fates(wanted: Values, stream: Values | None) -> list[TagFate]:
    """What comes of every tag of an ImageStream, in the order of the manifest, when it is applied.

    ``stream`` is what is there, None if nothing is. Tags that only the cluster has come last.
    """
    there, applied = Stream(stream), Stream(last_applied(stream)).spec
    tags = Stream(wanted).spec
    fates = {name: _fate(tag, name, there, applied) for name, tag in tags.items()}
    own = str((wanted.get("metadata") or {}).get("name") or "")
    fates = {name: _followed(fate, fates, own, there) for name, fate in fates.items()}
    for name in there.spec:
        if name not in tags:
            fates[name] = _left(name, there, name in applied)
    return list(fates.values())


def stream_details(wanted: Values, stream: Values | None) -> list[str]:
    """What else changes on a stream."""
    if stream is None:
        repository = (wanted.get("spec") or {}).get("dockerImageRepository")
        return ["is made", *([f"imports up to 50 tags of {repository}"] if repository else [])]
    before, applied = mapping(stream.get("spec")), mapping(last_applied(stream).get("spec"))
    after = merged(_but_tags(before), _but_tags(applied), _but_tags(wanted.get("spec") or {}))
    found = [_told(each) for each in changes(_but_tags(before), after)]
    if any(each.startswith("dockerImageRepository:") for each in found):
        found.append(
            "a changed dockerImageRepository imports nothing"
            if CHECKED in _annotations(stream)
            else f"imports up to 50 tags of {after.get('dockerImageRepository')}"
        )
    return found


def merged(existing: Values, applied: Values, wanted: Values) -> dict[str, Any]:
    """An object after ``kubectl apply``: what was applied and is wanted no longer goes away."""
    after = {key: value for key, value in existing.items() if key in wanted or key not in applied}
    for key, value in wanted.items():
        if value is None:
            after.pop(key, None)
        elif isinstance(value, Mapping):
            before, last = existing.get(key), applied.get(key)
            after[key] = merged(
                before if isinstance(before, Mapping) else {},
                last if isinstance(last, Mapping) else {},
                value,
            )
        else:
            after[key] = value
    return after


def changes(before: Values, after: Values, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The fields that differ, with the old value and the new one."""
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        if isinstance(old, Mapping) or isinstance(new, Mapping):
            before_inner = old if isinstance(old, Mapping) else {}
            after_inner = new if isinstance(new, Mapping) else {}
            yield from changes(before_inner, after_inner, f"{path}{key}.")
        elif (old or None) != (new or None):  # what is empty is left out
            yield f"{path}{key}", old, new


def last_applied(stream: Values | None) -> Values:
    """The manifest that ``kubectl apply`` put into an annotation, {} if there is none."""
    try:
        return mapping(json.loads(_annotations(stream).get(APPLIED) or "{}"))
    except (TypeError, ValueError, RecursionError):
        return {}


def _annotations(stream: Values | None) -> Values:
    return mapping(mapping((stream or {}).get("metadata")).get("annotations"))


def _but_tags(spec: Values) -> dict[str, Any]:
    return merged({"lookupPolicy": {"local": False}}, {}, {**spec, "tags": None})


def _fate(tag: Values, name: str, there: Stream, applied: Mapping[str, Values]) -> TagFate:
    before = _spec(there.tag(name))
    after = _spec(merged(there.tag(name), applied.get(name) or {}, tag))
    is_there = name in there.spec
    found = list(changes(before, after)) if is_there else []
    source = after["from"] if isinstance(after.get("from"), Mapping) else {}
    fate = TagFate(
        name,
        "unchanged",
        str(source.get("name") or ""),
        there.digest(name),
        details=tuple(_told(each) for each in found),
        wanted=after,
    )
    renewed = not is_there or any(path in _RENEWING for path, _, _ in found)
    asked = tag.get("generation") == 0
    kind = source.get("kind")
    if kind == DOCKER_IMAGE and not after.get("reference"):
        if renewed or asked:
            return replace(fate, action="import")
        if _is_due(name, there):
            return replace(fate, action="import", notes=("it was not imported yet",))
    elif renewed:
        return replace(fate, action=_without_import(kind, source))
    if not found:
        return fate
    moved = "from.kind" in [path for path, _, _ in found]
    note = "the image stays" if not moved else "a change of from.kind alone imports nothing"
    return replace(fate, action="spec", notes=(note,))


def _without_import(kind: Any, source: Values) -> Action:
    if kind == DOCKER_IMAGE:
        return "refer"
    return "copy" if source else "empty"


def _is_due(tag: str, stream: Stream) -> bool:
    """Whether the controller has not seen the newest generation of the tag."""
    told = [*stream.events(tag)[:1]]
    told += [each for each in stream.conditions(tag) if each.get("type") == "ImportSuccess"]
    return _generation(stream.tag(tag)) > max(map(_generation, told), default=0)


def _generation(counted: Values) -> int:
    number = counted.get("generation")
    return number if isinstance(number, int) else 0


def _followed(fate: TagFate, fates: Mapping[str, TagFate], own: str, there: Stream) -> TagFate:
    """An alias knows its image from its target, and moves with it within the stream."""
    source = (fate.wanted or {}).get("from") or {}
    if source.get("kind") != STREAM_TAG:
        return fate
    first, colon, rest = str(source.get("name") or "").partition(":")
    if source.get("namespace") or (colon and first != own):
        return _snapshot(fate)
    name = rest if colon else first
    target = fates.get(name)
    if target is not None and target.action == "import":
        notes = (f"follows {name}, which is imported",)
        if fate.action == "copy":
            return replace(fate, notes=notes)
        return replace(fate, action="follow", notes=notes)
    if fate.action != "copy":
        return fate
    if target is not None and target.action in ("copy", "follow"):
        return replace(fate, notes=(f"{name} is an alias itself",))
    return replace(fate, new=there.digest(name))


def _snapshot(fate: TagFate) -> TagFate:
    if fate.action != "copy":
        return fate
    return replace(fate, notes=("copied once: it does not follow",))


def _left(name: str, there: Stream, was_applied: bool) -> TagFate:
    origin = there.tag(name).get("from")
    source = str(origin.get("name") or "") if isinstance(origin, Mapping) else ""
    old = there.digest(name)
    if not was_applied:
        return TagFate(name, "kept", source, old, old)
    note = "it can still be pulled: delete the ImageStreamTag to be rid of it"
    return TagFate(name, "removed", source, old, notes=(note,))


def _spec(tag: Values) -> dict[str, Any]:
    """A tag with the server's defaults, without what it counts itself."""
    filled = merged(_DEFAULTS, {}, {key: each for key, each in tag.items() if each is not None})
    filled["importPolicy"] = {
        key: value or _DEFAULTS["importPolicy"].get(key)
        for key, value in filled["importPolicy"].items()
    }
    if not filled["referencePolicy"].get("type"):
        filled["referencePolicy"] = _DEFAULTS["referencePolicy"]
    if not filled.get("annotations"):
        filled.pop("annotations", None)
    filled.pop("generation", None)
    return filled


def _told(change: tuple[str, Any, Any]) -> str:
    path, old, new = change
    return f"{path}: {word(old)} -> {word(new)}"
