"""What the registries have, seen from the cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..errors import ClusterError, HaltedError
from ._exchange import Exchange, digest_of, failure_of, in_words, passes, verdicts
from .budget import Budget, in_parallel
from .kube.client import Cluster
from .plan import Item, next_batch, without


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
    policy: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    message: str = ""
    refused: bool = False


class Lookup(Exchange):
    """Looks images up with `spec.import: false`.

    `results` has the latest word on every image, `parts` the images that a
    repository turned out to hold.
    """

    def __init__(self, cluster: Cluster, budget: Budget, progress: Callable[[], None]) -> None:
        super().__init__(cluster, budget, progress)
        self.results: dict[Item, Found] = {}
        self.parts: dict[Item, list[Item]] = {}
        self._late: list[Item] = []
        self._warnings: list[str] = []

    @property
    def warnings(self) -> tuple[str, ...]:
        """What else the server said, each once."""
        return tuple(dict.fromkeys(self._warnings))

    def look_up(self, items: Sequence[Item], before: Sequence[Callable[[], None]] = ()) -> None:
        """Look up every item: its verdict is in `results`, or in those of its `parts`.

        The jobs ``before`` are done as well, the first of them before all else.
        """
        in_parallel(before[:1], self.budget)
        in_parallel([*before[1:], *self._jobs(items)], self.budget)
        late: dict[str, list[Item]] = {}
        for item in self._late:
            late.setdefault(item.registry, []).append(item)
        in_parallel([partial(self._look_up_late, batch) for batch in late.values()], self.budget)

    def _jobs(self, items: Sequence[Item]) -> Iterator[Callable[[], None]]:
        todo = list(items)
        while todo:
            batch = next_batch(todo, self.budget.limits.images)
            todo = without(todo, batch)
            yield partial(self._look_up_first, batch)

    def _look_up_first(self, batch: Sequence[Item]) -> None:
        with self._halted_told(batch):
            self._late += self.run_first(batch)

    def _look_up_late(self, batch: Sequence[Item]) -> None:
        with self._halted_told(batch):
            self.run_last(batch)

    @contextmanager
    def _halted_told(self, batch: Sequence[Item]) -> Iterator[None]:
        try:
            yield
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
        images = verdicts(batch, answer)
        policies = [image.get("importPolicy") or {} for image in answer["spec"]["images"]]
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
            self._warnings.append(
                f"{item.owner.stream}: a repository import takes {len(images)} tags of"
                f" {item.source}; left out: {', '.join(map(str, more))}"
            )
        self.parts[item] = [_tag_item(item, str(image.get("tag"))) for image in images]
        policy = spec.get("importPolicy") or {}
        return self._note(self.parts[item], images, [policy] * len(images))

    def _post(self, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = self.cluster.create_import(body, self.budget.request())
        self._warnings += answer.warnings
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

    def failure(self, item: Item) -> tuple[str, str]:
        found = self.results.get(item)
        return (found.reason, found.message) if found else ("", "")

    def give_up(self, item: Item, reason: str, message: str) -> None:
        self.results.setdefault(item, Found(item, reason=reason, message=message))

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
