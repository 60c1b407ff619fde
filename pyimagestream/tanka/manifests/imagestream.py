"""The intent of an ImageStreamImport as an ImageStream, a resource that stays.

An import can be created and never read back, so tools that compare what is
there with what should be (Argo CD, Flux, `kubectl diff`) have nothing to hold
on to. An ImageStream with `spec.tags` says the same in a form they can GET;
the cluster then does the importing by itself. They compare every field, so the
stream is written as the server keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...checks.pullspec import PullSpec
from ...checks.verdict import validate
from ...errors import Problem, PullSpecError, ValidationError
from ...model.imagestreamimport import IMAGE_STREAM_IMPORT

REFERENCE_POLICIES = ("", "Source", "Local")
_SERVERS_OWN = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
)
"""Fields of the metadata that are in what was read from a server, and are its own."""


def to_image_stream(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The ImageStream that asks for the tags an ImageStreamImport imports.

    Name, namespace, labels and annotations are the import's; each entry of
    `spec.images` becomes one of `spec.tags`, with its `from`, `importPolicy` and
    `referencePolicy`. As with an import, the tag defaults to the one in the
    pull spec, the later of two entries for a tag wins, and an entry that names
    no tag (a digest, or a pull spec without tag) writes none. `includeManifest`
    only shapes an import's answer and is dropped. Nothing is filled in: see `kept`.

    Raises ValidationError for a manifest the server would refuse, and for what
    an ImageStream cannot say: `spec.repository` (which tags there are is known
    at the import only), and an import that is to write nothing.
    """
    problems = validate(manifest) or [*stream_problems(manifest), *_inexpressible(manifest)]
    if problems:
        raise ValidationError(problems)
    metadata = manifest["metadata"]
    kept = ("name", "namespace", "labels", "annotations")
    images = manifest["spec"].get("images") or []
    tags = [{"name": tag, **_tag_reference(image)} for image in images if (tag := tag_of(image))]
    return {
        "apiVersion": IMAGE_STREAM_IMPORT.api_version,
        "kind": "ImageStream",
        "metadata": {key: metadata[key] for key in kept if metadata.get(key)},
        "spec": {"tags": _last_of_each(tags)},
    }


def together(streams: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """These ImageStreams of one name as one; where they differ the later one wins."""
    metadata: dict[str, Any] = {}
    for stream in streams:
        metadata |= stream["metadata"]
    for key in ("labels", "annotations"):
        if key in metadata:
            metadata[key] = {
                name: value
                for stream in streams
                for name, value in stream["metadata"].get(key, {}).items()
            }
    tags = (tag for stream in streams for tag in stream["spec"]["tags"])
    return {**streams[-1], "metadata": metadata, "spec": {"tags": _last_of_each(tags)}}


def kept(stream: Mapping[str, Any]) -> dict[str, Any]:
    """An ImageStream as the server keeps it, apart from what it counts itself (`generation`).

    Source: the defaults and the JSON of openshift/api's image/v1. The tags are sorted by
    name, of two of one name the last stays, what is false or empty is left out, and so is what
    the server writes itself, and what has a default is there. The manifest has to be one that
    the server takes.
    """
    metadata = {
        key: value
        for key, value in stream["metadata"].items()
        if key not in _SERVERS_OWN and (value or key not in ("labels", "annotations"))
    }
    spec = {key: value for key, value in (stream.get("spec") or {}).items() if value or value == []}
    spec["lookupPolicy"] = {"local": False, **_set(spec.get("lookupPolicy"))}
    if "tags" in spec:
        spec["tags"] = sorted(map(_kept_tag, _last_of_each(spec["tags"])), key=_name)
    rest = {key: value for key, value in stream.items() if key != "status"}
    return {**rest, "metadata": metadata, "spec": spec}


def _kept_tag(tag: Mapping[str, Any]) -> dict[str, Any]:
    policies = {
        "importPolicy": {"importMode": "Legacy", **_set(tag.get("importPolicy"))},
        "referencePolicy": {"type": "Source", **_set(tag.get("referencePolicy"))},
    }
    rest = {key: value for key, value in tag.items() if value and key != "generation"}
    if tag.get("from"):
        rest["from"] = _set(tag["from"])
    if tag.get("generation") == 0:  # asks for an import; any other number is the server's to say
        rest["generation"] = 0
    return {**rest, "name": _name(tag), "annotations": tag.get("annotations") or None, **policies}


def _set(value: Mapping[str, Any] | None) -> dict[str, Any]:
    """The fields that say something."""
    return {key: item for key, item in (value or {}).items() if item}


def _last_of_each(tags: Iterable[Mapping[str, Any] | None]) -> list[Mapping[str, Any]]:
    """Of several tags of one name the last, in its place."""
    last: dict[str, Mapping[str, Any]] = {}
    for tag in tags:
        last.pop(_name(tag), None)
        last[_name(tag)] = tag or {}
    return list(last.values())


def _name(tag: Mapping[str, Any] | None) -> str:
    return (tag or {}).get("name") or ""


def tag_of(image: Mapping[str, Any]) -> str:
    """The tag an entry of `spec.images` writes, "" if none.

    The server's defaults: `to.name`, else the tag in the pull spec, also one
    with a digest behind it. Without either, or with a digest alone, no tag is
    written, although the answer says Success.
    """
    if image.get("to"):
        return str(image["to"].get("name") or "")
    try:
        return PullSpec.parse(image["from"]["name"]).tag
    except PullSpecError:
        return ""


def stream_problems(manifest: Mapping[str, Any]) -> list[Problem]:
    """What an import lets pass and the image stream refuses, when it is written at last."""
    return [
        Problem(
            f"{place}.referencePolicy.type",
            policy,
            f"{policy!r}: an image stream takes Source or Local only",
            "FieldValueInvalid",
        )
        for place, entry in _entries(manifest)
        if (policy := (entry.get("referencePolicy") or {}).get("type") or "")
        not in REFERENCE_POLICIES
    ]


def _entries(manifest: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Everything an import imports, with its place."""
    spec = manifest.get("spec") or {}
    if spec.get("repository"):
        yield "spec.repository", spec["repository"]
    for index, image in enumerate(spec.get("images") or []):
        yield f"spec.images[{index}]", image


def _inexpressible(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    spec = manifest["spec"]
    if spec.get("repository"):
        message = "an ImageStream cannot ask for a whole repository: list the tags in spec.images"
        yield Problem("spec.repository", spec["repository"], message, "FieldValueForbidden")
    if spec.get("import") is not True:
        message = "must be true: this import writes nothing, and an ImageStream would"
        yield Problem("spec.import", spec.get("import"), message, "FieldValueInvalid")


def _tag_reference(image: Mapping[str, Any]) -> dict[str, Any]:
    source = {key: image["from"][key] for key in ("kind", "name")}
    policies = {key: image[key] for key in ("importPolicy", "referencePolicy") if image.get(key)}
    return {"from": source, **policies}
