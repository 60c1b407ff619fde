"""Requests for many images: split, repeated where that can help, given up where not."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..checks.pullspec import PullSpec
from ..errors import (
    AnswerError,
    ClusterError,
    HaltedError,
    OutOfTimeError,
    PullSpecError,
    RefusedError,
)
from .advice import is_hanging, is_passing
from .budget import Budget
from .kube.answers import LONGEST
from .kube.client import Cluster
from .plan import Item, next_batch, without

Progress = Callable[[int, int], None]
"""Told, after every request, how many images are done, and of how many."""


class Hanging:
    """The registries that let the cluster wait for nothing, in one operation.

    Each wait takes as long as ten images, so it is paid for once: the other
    images of that registry come last. When the first of these waits for nothing
    as well, the others are not asked for.
    """

    def __init__(self) -> None:
        self.suspects: set[str] = set()
        """Registries of which a whole request took too long: the next one holds one image."""
        self.seen: set[str] = set()
        self.given_up: dict[str, tuple[str, str]] = {}
        """With the reason and message of the image that was tried last."""


class Exchange(ABC):
    """One way of putting images to the server; `ask` and `recover` keep the verdicts.

    What they last noted about an item stays when the item is given up, so that
    at any moment the notes are the truth, also after an interruption.
    """

    def __init__(
        self,
        cluster: Cluster,
        budget: Budget,
        progress: Callable[[], None],
        hanging: Hanging | None = None,
    ) -> None:
        self.cluster = cluster
        self.budget = budget
        self._progress = progress
        self._hanging = hanging or Hanging()

    @abstractmethod
    def ask(self, batch: Sequence[Item]) -> list[Item]:
        """One request; returns the items worth another try."""

    @abstractmethod
    def recover(self, batch: Sequence[Item], error: ClusterError) -> list[Item]:
        """After a request without a usable answer: the items still to be done."""

    @abstractmethod
    def repeatable(self, error: ClusterError) -> bool:
        """Whether a request that failed like this may be repeated."""

    @abstractmethod
    def failure(self, item: Item) -> tuple[str, str]:
        """Reason and message last noted about an item, ("", "") if there is no failure."""

    @abstractmethod
    def give_up(self, item: Item, reason: str, message: str) -> None:
        """Note that an item was not asked for, and why."""

    def run(self, items: Sequence[Item]) -> None:
        """Put every item to the server. Raises only when no request may start any more."""
        self.run_last(self.run_first(items))

    def run_first(self, items: Sequence[Item]) -> list[Item]:
        """The same, but for the images of registries that turn out to hang: returns these."""
        return self._round(items, last=False)

    def run_last(self, items: Sequence[Item]) -> None:
        """The second part of `run`."""
        # Of each registry an image comes first that has not been waited for.
        self._round(sorted(items, key=self._waited), last=True)

    def _waited(self, item: Item) -> bool:
        return is_hanging(*self.failure(item))

    def _round(self, items: Sequence[Item], *, last: bool) -> list[Item]:
        limits, hanging = self.budget.limits, self._hanging
        todo, late = list(items), list[Item]()
        waited = {item for item in items if self._waited(item)}  # each is asked for alone
        size, outages, tries = limits.images, 0, Counter[Item]()
        while todo:
            registry = todo[0].registry
            if registry in hanging.given_up or (registry in hanging.seen and not last):
                left_out = [item for item in todo if item.registry == registry]
                todo = without(todo, left_out)
                late += left_out
                continue
            fresh = [item for item in todo if item.registry == registry and item not in waited]
            alone = not fresh or registry in hanging.seen or registry in hanging.suspects
            batch = next_batch(fresh or todo, 1 if alone else size)
            rest = without(todo, batch)
            error: ClusterError | None = None
            try:
                again = self.ask(batch)
                self.budget.reached = True
            except HaltedError:
                raise
            except ClusterError as caught:
                error = caught
                repeatable = self.repeatable(error)
                again = self.recover(batch, error)
                if isinstance(error, RefusedError) and error.code == 504 and len(batch) > 1:
                    # Too much for one request: a smaller one may pass, now.
                    hanging.suspects.add(registry)
                    size = len(batch) // 2
                    todo = again + without(rest, again)
                    continue
                if not repeatable:
                    again = []
            self._progress()
            if error and error.outage and self.budget.reached:
                outages += 1
                pause = limits.pause_in_outage(outages)
            else:
                outages = 0
                waits = [item for item in batch if self._waited(item)]
                self._count(registry, batch, waits)
                tries.update(again)
                again = [i for i in again if tries[i] < limits.tries and i not in waited]
                waited.update(waits)
                pause = limits.pause(max((tries[item] for item in again), default=1))
            if again and (error or not rest):
                self.budget.wait(max(pause, error.retry_after if error else 0.0))
            # One image that failed need not hold up the others; a server that did, does.
            todo = without(rest, again) + again
        for item in late if last else ():
            self.give_up(item, *hanging.given_up[item.registry])
        return late

    def _count(self, registry: str, batch: Sequence[Item], waits: Sequence[Item]) -> None:
        """Note how a registry did: it hangs when all of a request waited for nothing."""
        hanging = self._hanging
        hanging.suspects.discard(registry)
        if len(waits) < len(batch):
            hanging.seen.discard(registry)
        elif registry not in hanging.seen:
            hanging.seen.add(registry)
        else:
            hanging.given_up[registry] = self.failure(waits[0])


def read_stream(
    cluster: Cluster, budget: Budget, namespace: str, name: str
) -> dict[str, Any] | None:
    """The ImageStream, or None; repeated as long as that can help."""
    tries = outages = 0
    while True:
        try:
            stream = cluster.image_stream(namespace, name, budget.request())
            budget.reached = True
        except HaltedError:
            raise
        except ClusterError as error:
            if error.outage and budget.reached:
                outages += 1
                pause = budget.limits.pause_in_outage(outages)
            else:
                tries += 1
                if not error.passing or tries >= budget.limits.tries:
                    raise
                pause = budget.limits.pause(tries)
            try:
                budget.wait(max(error.retry_after, pause))
            except OutOfTimeError:
                raise error from None  # it says more
        else:
            return stream


def verdicts(batch: Sequence[Item], answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """`status.images` of an answer. Raises AnswerError when they are not those of the request."""
    specs = (answer.get("spec") or {}).get("images") or []
    images = (answer.get("status") or {}).get("images") or []
    sources = [(spec.get("from") or {}).get("name") for spec in specs]
    if (
        sources != [item.source for item in batch]
        or len(images) != len(batch)
        or any(
            image.get("tag") not in _tags(item) for image, item in zip(images, batch, strict=True)
        )
    ):
        raise AnswerError(f"{batch[0].owner.stream}: the answer does not fit the request")
    return list(images)


def _tags(item: Item) -> Iterable[str | None]:
    """What the server may call the image: the tag of its pull spec, or nothing."""
    try:
        return None, "", PullSpec.parse(item.source).tag or "latest"
    except PullSpecError:
        return None, ""


def failure_of(status: Mapping[str, Any], image: Mapping[str, Any] | None) -> tuple[str, str]:
    """Reason and message of a `status.images[]` entry, ("", "") when it succeeded."""
    if status.get("status") == "Success":
        if re.fullmatch(r"[A-Za-z0-9_+.-]+:[0-9a-fA-F]{32,}", digest_of(image or {})):
            return "", ""
        return AnswerError.reason, "the server says Success, and names no digest"
    reason = str(status.get("reason") or "Unknown")
    return reason, str(status.get("message") or "the server does not say why")[:LONGEST]


def digest_of(image: Mapping[str, Any]) -> str:
    """The digest of an Image object, which is its name."""
    return str((image.get("metadata") or {}).get("name") or "")


def passes(status: Mapping[str, Any]) -> bool:
    """Whether another try may well succeed."""
    message = str(status.get("message"))[:LONGEST]
    return status.get("status") != "Success" and is_passing(str(status.get("reason")), message)


def in_words(batch: Sequence[Item], error: ClusterError) -> tuple[str, str]:
    """Reason and message of a failed request, with the field paths of the manifest.

    The server counts the images of the request, the author those of the manifest.
    """

    def field(match: re.Match[str]) -> str:
        index = int(match[1])
        return batch[index].field if index < len(batch) else match[0]

    if not isinstance(error, RefusedError):
        return error.reason, str(error)
    return error.reason, re.sub(r"spec\.images\[(\d{1,9})\]", field, error.message)
