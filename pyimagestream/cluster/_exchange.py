"""Requests for many images: split, repeated where that can help, given up where not."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .advice import is_passing
from .budget import Budget
from .kube.client import Cluster
from .kube.errors import ClusterError, HaltedError, OutOfTimeError, RefusedError
from .plan import Item, next_batch, without

Progress = Callable[[int, int], None]
"""Told, after every request, how many images are done, and of how many."""


class Exchange(ABC):
    """One way of putting images to the server; `ask` and `recover` keep the verdicts.

    What they last noted about an item stays when the item is given up, so that
    at any moment the notes are the truth, also after an interruption.
    """

    def __init__(self, cluster: Cluster, budget: Budget, progress: Callable[[], None]) -> None:
        self.cluster = cluster
        self.budget = budget
        self._progress = progress

    @abstractmethod
    def ask(self, batch: Sequence[Item]) -> list[Item]:
        """One request; returns the items worth another try."""

    @abstractmethod
    def recover(self, batch: Sequence[Item], error: ClusterError) -> list[Item]:
        """After a request without a usable answer: the items still to be done."""

    @abstractmethod
    def repeatable(self, error: ClusterError) -> bool:
        """Whether a request that failed like this may be repeated."""

    def run(self, items: Sequence[Item]) -> None:
        """Put every item to the server. Raises only when no request may start any more."""
        limits = self.budget.limits
        todo, size, tries = list(items), limits.images, Counter[Item]()
        while todo:
            batch = next_batch(todo, size)
            rest = without(todo, batch)
            error: ClusterError | None = None
            try:
                again = self.ask(batch)
            except HaltedError:
                raise
            except ClusterError as caught:
                error = caught
                repeatable = self.repeatable(error)
                again = self.recover(batch, error)
                if isinstance(error, RefusedError) and error.code == 504 and len(batch) > 1:
                    # Too much for one request: a smaller one may pass, now.
                    size = len(batch) // 2
                    todo = again + rest
                    continue
                if not repeatable:
                    again = []
            self._progress()
            tries.update(again)
            again = [item for item in again if tries[item] < limits.tries]
            if again and (error or not rest):
                pause = limits.pause(max(tries[item] for item in again))
                self.budget.wait(max(pause, error.retry_after if error else 0.0))
            # One image that failed need not hold up the others; a server that did, does.
            todo = rest + again


def read_stream(
    cluster: Cluster, budget: Budget, namespace: str, name: str
) -> dict[str, Any] | None:
    """The ImageStream, or None; repeated as long as that can help."""
    tries = 0
    while True:
        try:
            return cluster.image_stream(namespace, name, budget.request())
        except HaltedError:
            raise
        except ClusterError as error:
            tries += 1
            if not error.passing or tries >= budget.limits.tries:
                raise
            try:
                budget.wait(max(error.retry_after, budget.limits.pause(tries)))
            except OutOfTimeError:
                raise error from None  # it says more


def failure_of(status: Mapping[str, Any], image: Mapping[str, Any] | None) -> tuple[str, str]:
    """Reason and message of a `status.images[]` entry, ("", "") when it succeeded."""
    if status.get("status") == "Success" and image and digest_of(image):
        return "", ""
    reason = str(status.get("reason") or "Unknown")
    return reason, str(status.get("message") or "the server does not say why")


def digest_of(image: Mapping[str, Any]) -> str:
    """The digest of an Image object, which is its name."""
    return str((image.get("metadata") or {}).get("name") or "")


def passes(status: Mapping[str, Any]) -> bool:
    """Whether another try may well succeed."""
    return is_passing(str(status.get("reason")), str(status.get("message")))


def in_words(batch: Sequence[Item], error: ClusterError) -> tuple[str, str]:
    """Reason and message of a failed request, with the field paths of the manifest.

    The server counts the images of the request, the author those of the manifest.
    """

    def field(match: re.Match[str]) -> str:
        index = int(match[1])
        return batch[index].field if index < len(batch) else match[0]

    if not isinstance(error, RefusedError):
        return error.reason, str(error)
    return error.reason, re.sub(r"spec\.images\[(\d+)\]", field, error.message)
