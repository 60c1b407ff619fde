"""Which tags an environment would move, from which digest to which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from ..errors import ClusterError, RefusedError
from ._compare import DIFFERENCES, Change, compare
from ._exchange import Progress, in_words, read_stream
from ._lookup import Found, Lookup
from ._stream import Stream
from .budget import Budget
from .kube.client import Cluster
from .plan import Import, Plan


@dataclass(frozen=True)
class Diff:
    """Every tag of an environment, the streams as they were, and what else to tell."""

    changes: tuple[Change, ...]
    streams: Mapping[str, Stream]
    left_alone: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def differences(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.action in DIFFERENCES)

    @property
    def kept(self) -> tuple[Change, ...]:
        """The tags that go on following another source, whatever is imported."""
        return tuple(change for change in self.changes if change.kept)

    @property
    def failures(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.action == "failed")

    @property
    def exit_code(self) -> int:
        """Tanka's numbers: 0 no differences, 16 differences, 1 failure."""
        if self.failures:
            return 1
        return 16 if self.differences or self.kept else 0


def make_diff(
    cluster: Cluster, plan: Plan, budget: Budget, progress: Progress = lambda done, total: None
) -> Diff:
    """Look up every image and compare it with its stream. Writes nothing.

    A failure ends up in the `Change` of its tag. Raises ClusterError when the
    cluster cannot be reached at all.
    """
    lookup = Lookup(
        cluster, budget, lambda: progress(len(lookup.results), max(total, len(lookup.results)))
    )
    total = len(plan.items)
    streams: dict[str, Stream] = {}
    unreadable: dict[str, tuple[str, str]] = {}

    def read(owner: Import) -> None:
        try:
            streams[owner.stream] = Stream(
                read_stream(cluster, budget, owner.namespace, owner.name)
            )
        except ClusterError as error:
            if not streams and not isinstance(error, RefusedError):
                raise
            unreadable[owner.stream] = in_words((), error)

    owners = {item.owner.stream: item.owner for item in plan.items}
    jobs = [partial(read, owner) for owner in owners.values()]
    progress(0, total)
    # The first request goes alone. It finds out whether the cluster is there, and
    # makes a credential plugin run once instead of once a thread.
    lookup.look_up(plan.items, before=jobs)

    found = []
    for item in plan.items:
        if failure := unreadable.get(item.owner.stream):
            found.append(Found(item, reason=failure[0], message=failure[1]))
        else:
            found += [lookup.results[part] for part in lookup.parts.get(item, [item])]
    changes = [
        compare(entry, streams.get(entry.item.owner.stream) or Stream(None))
        for entry in _refused_together(found)
    ]
    return Diff(tuple(_override(changes)), streams, plan.left_alone, lookup.warnings)


def _refused_together(found: Sequence[Found]) -> Iterator[Found]:
    """What the server refuses, it refuses as a whole: the split must not soften that."""
    refusals = {entry.item.owner: entry for entry in found if entry.refused}
    for entry in found:
        refusal = refusals.get(entry.item.owner)
        if refusal is None:
            yield entry
        else:
            yield Found(entry.item, reason=refusal.reason, message=refusal.message, refused=True)


def _overridden(change: Change) -> Change:
    """Nothing of it will happen, so there is nothing to tell about it."""
    return replace(change, action="overridden", kept="", details=(), notes=())


def _override(changes: Sequence[Change]) -> list[Change]:
    """Of two entries for the same tag the later one wins."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for change in reversed(changes):
        tag = (change.item.owner.stream, change.item.tag)
        kept.append(_overridden(change) if tag in seen else change)
        if change.item.tag:
            seen.add(tag)
    return kept[::-1]
