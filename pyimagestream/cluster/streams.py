"""Which tags of the ImageStreams of an environment a cluster would import, move or leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ..checks.verdict import validate
from ..errors import ClusterError
from ..model.group import API_VERSION
from ._exchange import in_words, read_stream
from ._generations import DIFFERENCES, TagFate, stream_details, stream_fates
from ._lookup import Found, Lookup
from .budget import Budget, in_parallel
from .kube.client import Cluster
from .plan import Import, Item, Plan


@dataclass(frozen=True)
class StreamDiff:
    """What comes of one ImageStream: of its tags, and in `details` of the rest of it.

    With ``reason`` and ``message`` the cluster, or the server's rules, would have none of it.
    """

    namespace: str
    name: str
    tags: tuple[TagFate, ...] = ()
    details: tuple[str, ...] = ()
    reason: str = ""
    message: str = ""

    @property
    def is_different(self) -> bool:
        return bool(self.details) or any(tag.action in DIFFERENCES for tag in self.tags)

    @property
    def is_failure(self) -> bool:
        return bool(self.reason) or any(tag.reason for tag in self.tags)


def exit_code(diffs: Sequence[StreamDiff]) -> int:
    """As of `Diff`: 0 no differences, 16 differences, 1 failure."""
    if any(diff.is_failure for diff in diffs):
        return 1
    return 16 if any(diff.is_different for diff in diffs) else 0


def diff_streams(
    cluster: Cluster, plan: Plan, budget: Budget
) -> tuple[list[StreamDiff], tuple[str, ...]]:
    """What comes of the ImageStreams of a plan, and what the server warns of. Writes nothing.

    The images to be imported are looked up, to tell which ones they are.
    """
    found: dict[Import, StreamDiff] = {}

    def compare(owner: Import) -> None:
        found[owner] = _compared(cluster, budget, owner)

    jobs = [partial(compare, owner) for owner in plan.streams]
    in_parallel(jobs[:1], budget)
    in_parallel(jobs[1:], budget)
    items = [item for owner in plan.streams for item in _imported(owner, found[owner])]
    lookup = Lookup(cluster, budget, lambda: None)
    lookup.look_up(items)
    results = {(item.owner.stream, item.tag): lookup.results[item] for item in items}
    return [_with_digests(found[owner], results) for owner in plan.streams], lookup.warnings


def _compared(cluster: Cluster, budget: Budget, owner: Import) -> StreamDiff:
    problems = validate(owner.manifest, namespace=owner.namespace)
    if problems:
        message = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
        return StreamDiff(owner.namespace, owner.name, reason="Invalid", message=message)
    try:
        stream = read_stream(cluster, budget, owner.namespace, owner.name)
    except ClusterError as error:
        reason, message = in_words((), error)
        return StreamDiff(owner.namespace, owner.name, reason=reason, message=message)
    fates, details = stream_fates(owner.manifest, stream), stream_details(owner.manifest, stream)
    return StreamDiff(owner.namespace, owner.name, tuple(fates), tuple(details))


def _imported(owner: Import, diff: StreamDiff) -> list[Item]:
    """The tags that are imported, each as the entry of an import that looks up its image."""
    metadata = {"name": owner.name, "namespace": owner.namespace}
    manifest = {"apiVersion": API_VERSION, "kind": "ImageStreamImport", "metadata": metadata}
    request = Import(manifest, owner.namespace, owner.name)
    return [
        Item(request, f"spec.tags[{fate.tag}]", _entry(fate))
        for fate in diff.tags
        if fate.action == "import" and fate.wanted
    ]


def _entry(fate: TagFate) -> Mapping[str, Any]:
    wanted = fate.wanted or {}
    source = {key: wanted["from"][key] for key in ("kind", "name")}
    return {"from": source, "to": {"name": fate.tag}, "importPolicy": wanted["importPolicy"]}


def _with_digests(diff: StreamDiff, results: Mapping[tuple[str, str], Found]) -> StreamDiff:
    stream = f"{diff.namespace}/{diff.name}"
    tags = []
    for fate in diff.tags:
        found = results.get((stream, fate.tag)) if fate.action == "import" else None
        if found:
            fate = replace(fate, new=found.digest, reason=found.reason, message=found.message)
        tags.append(fate)
    return replace(diff, tags=tuple(tags))
