"""Which tags an environment would move, from which digest to which."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from ..checks import PullSpec, PullSpecError
from .budget import Budget, in_parallel
from .client import Cluster
from .errors import ClusterError, HaltedError
from .exchange import Exchange, Progress, digest_of, failure_of, in_words, passes, read_stream
from .plan import Import, Item, Plan, next_batch, without

Action = Literal["new", "moved", "updated", "unchanged", "overridden", "untagged", "failed"]
Stream = Mapping[str, Any]

# The actions that need an import.
DIFFERENCES: tuple[Action, ...] = ("new", "moved", "updated")


@dataclass(frozen=True)
class Found:
    """What the server found for an image.

    `item` is what to send for an import of this tag alone. `digest` and
    `reference` name the image, `policy` is its importPolicy with the server's
    defaults. When nothing was found, `reason` and `message` say why; `refused`
    tells that the server would not even look.
    """

    item: Item
    digest: str = ""
    reference: str = ""
    policy: Mapping[str, Any] | None = None
    reason: str = ""
    message: str = ""
    refused: bool = False


@dataclass(frozen=True, eq=False)
class Change:
    """What would happen to one tag; compared by identity.

    `new`: the tag is not there yet. `moved`: it points to `old` and will point
    to `new_digest`. `updated`: the image stays, `details` say what changes.
    `overridden`: a later entry writes the same tag. `untagged`: the image is
    there, but the entry names no tag, so nothing is written. `failed`: see
    `found`. `notes` are worth knowing and change nothing.
    """

    found: Found
    action: Action
    old: str = ""
    details: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def item(self) -> Item:
        return self.found.item

    @property
    def new_digest(self) -> str:
        return self.found.digest


@dataclass(frozen=True)
class Diff:
    """Every tag of an environment, the streams as they were, and what else to tell."""

    changes: tuple[Change, ...]
    streams: Mapping[str, Stream | None]
    left_alone: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def differences(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.action in DIFFERENCES)

    @property
    def failures(self) -> tuple[Change, ...]:
        return tuple(change for change in self.changes if change.action == "failed")

    @property
    def exit_code(self) -> int:
        """Tanka's numbers: 0 no differences, 16 differences, 1 failure."""
        if self.failures:
            return 1
        return 16 if self.differences else 0


def make_diff(
    cluster: Cluster, plan: Plan, budget: Budget, progress: Progress = lambda done, total: None
) -> Diff:
    """Look up every image and compare it with its stream. Writes nothing.

    Every failure ends up in the `Change` of its tag; only KeyboardInterrupt is
    raised.
    """
    lookup = Lookup(
        cluster, budget, lambda: progress(len(lookup.results), max(total, len(lookup.results)))
    )
    total = len(plan.items)
    streams: dict[str, Stream | None] = {}
    unreadable: dict[str, tuple[str, str]] = {}

    def read(owner: Import) -> None:
        try:
            streams[owner.stream] = read_stream(cluster, budget, owner.namespace, owner.name)
        except ClusterError as error:
            unreadable[owner.stream] = in_words((), error)

    owners = {item.owner.stream: item.owner for item in plan.items}
    jobs = [partial(read, owner) for owner in owners.values()]
    todo = list(plan.items)
    while todo:
        batch = next_batch(todo, budget.limits.images)
        todo = without(todo, batch)
        jobs.append(partial(lookup.look_up, batch))
    in_parallel(jobs, budget)

    found = []
    for item in plan.items:
        if failure := unreadable.get(item.owner.stream):
            found.append(Found(item, reason=failure[0], message=failure[1]))
        else:
            found += [lookup.results[part] for part in lookup.parts.get(item, [item])]
    changes = [
        compare(entry, streams.get(entry.item.owner.stream)) for entry in _refused_together(found)
    ]
    warnings = tuple(dict.fromkeys(lookup.warnings))
    return Diff(tuple(_override(changes)), streams, plan.left_alone, warnings)


class Lookup(Exchange):
    """Looks images up with `spec.import: false`.

    `results` has the latest word on every image, `parts` the images that a
    repository turned out to hold.
    """

    def __init__(self, cluster: Cluster, budget: Budget, progress: Callable[[], None]) -> None:
        super().__init__(cluster, budget, progress)
        self.results: dict[Item, Found] = {}
        self.parts: dict[Item, list[Item]] = {}
        self.warnings: list[str] = []

    def look_up(self, batch: Sequence[Item]) -> None:
        """Run to the end, whatever that is: the verdicts are in `results`."""
        try:
            self.run(batch)
        except HaltedError as error:
            for item in batch:
                reason, message = in_words(batch, error)
                self.results.setdefault(item, Found(item, reason=reason, message=message))

    def ask(self, batch: Sequence[Item]) -> list[Item]:
        if batch[0].whole_repository:
            return self._repository(batch[0])
        owner = batch[0].owner
        body = owner.request([item.spec for item in batch], write=False, version=owner.version)
        answer = self._post(body)
        specs = (answer.get("spec") or {}).get("images") or []
        images = (answer.get("status") or {}).get("images") or []
        if not len(specs) == len(images) == len(batch):
            raise ClusterError(f"{owner.stream}: the answer does not fit the request")
        policies = [spec.get("importPolicy") or {} for spec in specs]
        return self._note(batch, images, policies)

    def _repository(self, item: Item) -> list[Item]:
        """The tags of a repository, from then on as if `spec.images` had listed them."""
        answer = self._post(item.owner.repository_request(item.spec))
        spec = (answer.get("spec") or {}).get("repository") or {}
        status = (answer.get("status") or {}).get("repository") or {}
        images = status.get("images") or []
        if not images and (status.get("status") or {}).get("status") != "Success":
            return self._note([item], [status], [{}])
        if more := status.get("additionalTags"):
            self.warnings.append(
                f"{item.owner.stream}: a repository import takes {len(images)} tags of"
                f" {item.source}; left out: {', '.join(map(str, more))}"
            )
        self.parts[item] = [_tag_item(item, str(image.get("tag"))) for image in images]
        policy = spec.get("importPolicy") or {}
        return self._note(self.parts[item], images, [policy] * len(images))

    def _post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.cluster.create_import(body, self.budget.request())
        self.warnings += answer.warnings
        return answer.manifest

    def _note(
        self,
        items: Sequence[Item],
        images: Sequence[Mapping[str, Any]],
        policies: Sequence[Mapping[str, Any]],
    ) -> list[Item]:
        """Keep the verdicts; returns the items worth another try."""
        for item, image, policy in zip(items, images, policies, strict=True):
            self.results[item] = _found(item, image, policy)
        return [
            item
            for item, image in zip(items, images, strict=True)
            if passes(image.get("status") or {})
        ]

    def recover(self, batch: Sequence[Item], error: ClusterError) -> list[Item]:
        reason, message = in_words(batch, error)
        for item in batch:
            self.results[item] = Found(
                item, reason=reason, message=message, refused=not error.passing
            )
        return list(batch)

    def repeatable(self, error: ClusterError) -> bool:
        # What conflicts with a request that writes nothing is the revision the author gave.
        return error.passing and getattr(error, "code", 0) != 409


def _found(item: Item, status: Mapping[str, Any], policy: Mapping[str, Any]) -> Found:
    image = status.get("image")
    reason, message = failure_of(status.get("status") or {}, image)
    if reason or not image:
        return Found(item, reason=reason, message=message)
    return Found(item, digest_of(image), str(image.get("dockerImageReference") or ""), policy)


def _tag_item(item: Item, tag: str) -> Item:
    """The import of one tag of a repository, with the `from` the server would write."""
    source = {**item.spec["from"], "name": f"{item.source}:{tag}"}
    return Item(item.owner, item.field, {**item.spec, "from": source, "to": {"name": tag}})


def _refused_together(found: Sequence[Found]) -> Iterator[Found]:
    """What the server refuses, it refuses as a whole: the split must not soften that."""
    refusals = {entry.item.owner: entry for entry in found if entry.refused}
    for entry in found:
        refusal = refusals.get(entry.item.owner)
        if refusal is None:
            yield entry
        else:
            yield Found(entry.item, reason=refusal.reason, message=refusal.message, refused=True)


def _override(changes: Sequence[Change]) -> list[Change]:
    """Of two entries for the same tag the later one wins."""
    seen: set[tuple[str, str]] = set()
    kept = []
    for change in reversed(changes):
        tag = (change.item.owner.stream, change.item.tag)
        kept.append(replace(change, action="overridden") if tag in seen else change)
        if change.item.tag:
            seen.add(tag)
    return kept[::-1]


def compare(found: Found, stream: Stream | None) -> Change:
    """What an import of this image would change on the stream.

    From the server's source: an import writes the tag anew when its image or
    its reference differs, sets the import policy whenever it succeeds, clears
    an earlier failure, and never touches the reference policy of a tag.
    """
    tag = found.item.tag
    if found.reason:
        return Change(found, "failed", old=_digest(stream, tag))
    if not tag:
        return Change(found, "untagged")
    event = _event(stream, tag)
    if event is None:
        return Change(found, "new")
    spec = spec_tag(stream, tag)
    notes = tuple(_notes(found, spec))
    if event.get("image") != found.digest:
        return Change(found, "moved", str(event.get("image")), tuple(_policy(found, spec)), notes)
    details = tuple(_updates(found, stream, spec, event))
    return Change(found, "updated" if details else "unchanged", found.digest, details, notes)


def spec_tag(stream: Stream | None, tag: str) -> Mapping[str, Any]:
    """The entry of `spec.tags` for a tag, {} if none."""
    tags = ((stream or {}).get("spec") or {}).get("tags") or []
    return next((entry for entry in tags if entry.get("name") == tag), {})


def keeps_scheduled(item: Item, stream: Stream | None) -> bool:
    """Whether the tag is re-imported on a schedule and the manifest says nothing about that.

    The server would take silence for a no and end the schedule.
    """
    stated = (item.spec.get("importPolicy") or {}).get("scheduled")
    existing = spec_tag(stream, item.tag).get("importPolicy") or {}
    return stated is None and bool(existing.get("scheduled"))


def image_to_send(item: Item, stream: Stream | None) -> Mapping[str, Any]:
    """The entry of `spec.images` that imports the item into the stream."""
    if not keeps_scheduled(item, stream):
        return item.spec
    return {
        **item.spec,
        "importPolicy": {**(item.spec.get("importPolicy") or {}), "scheduled": True},
    }


def _status_tag(stream: Stream | None, tag: str) -> Mapping[str, Any]:
    tags = ((stream or {}).get("status") or {}).get("tags") or []
    return next((entry for entry in tags if entry.get("tag") == tag), {})


def _event(stream: Stream | None, tag: str) -> Mapping[str, Any] | None:
    items = _status_tag(stream, tag).get("items") or [None]
    event: Mapping[str, Any] | None = items[0]
    return event


def _digest(stream: Stream | None, tag: str) -> str:
    return str((_event(stream, tag) or {}).get("image") or "")


def _policy(found: Found, spec: Mapping[str, Any]) -> Iterator[str]:
    existing = spec.get("importPolicy") or {}
    wanted = dict(found.policy or {})
    if (found.item.spec.get("importPolicy") or {}).get("scheduled") is None:
        wanted["scheduled"] = existing.get("scheduled")
    for key in ("importMode", "insecure", "scheduled"):
        before, after = existing.get(key), wanted.get(key)
        if (before or False) != (after or False):
            yield f"{key}: {_word(before)} -> {_word(after)}"


def _updates(
    found: Found, stream: Stream | None, spec: Mapping[str, Any], event: Mapping[str, Any]
) -> Iterator[str]:
    reference = str(event.get("dockerImageReference"))
    if _repository(reference) != _repository(found.reference):
        yield f"from: {reference} -> {found.reference}"
    if not spec:
        yield "the tag has a history, but is not in the spec of the stream"
    yield from _policy(found, spec)
    for condition in _status_tag(stream, found.item.tag).get("conditions") or []:
        if condition.get("type") == "ImportSuccess" and condition.get("status") == "False":
            yield f"its last import failed: {condition.get('reason')}"


def _repository(reference: str) -> tuple[str, str, str]:
    """Registry, namespace and name, with Docker's defaults.

    The server writes the references of a repository the way the first image of
    the request spells it, so `nginx` and `docker.io/library/nginx` are no change.
    """
    try:
        spec = PullSpec.parse(reference)
    except PullSpecError:
        return "", "", reference
    registry = "docker.io" if spec.registry in ("", "index.docker.io") else spec.registry
    default = "library" if registry == "docker.io" else ""
    return registry, spec.namespace or default, spec.name


def _notes(found: Found, spec: Mapping[str, Any]) -> Iterator[str]:
    existing = (spec.get("referencePolicy") or {}).get("type")
    wanted = (found.item.spec.get("referencePolicy") or {}).get("type")
    if existing and wanted and existing != wanted:
        yield f"referencePolicy stays {existing}: an import never changes it on an existing tag"


def _word(value: Any) -> str:
    return str(value or False).lower() if value is None or isinstance(value, bool) else str(value)
