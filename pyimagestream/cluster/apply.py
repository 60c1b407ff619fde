"""Run the imports a diff calls for, and keep the truth about every tag."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from ._compare import DIFFERENCES, Change, Stream, compare, image_to_send
from ._exchange import Exchange, Progress, digest_of, failure_of, in_words, passes, read_stream
from .budget import Budget, in_parallel
from .diff import Diff
from .kube.client import Cluster
from .kube.errors import AnswerError, ClusterError, RefusedError
from .plan import Item

Result = Literal["imported", "failed", "not done", "unknown"]


@dataclass(frozen=True)
class Outcome:
    """How it went with one tag.

    `unknown`: the request was sent, and neither an answer nor a look at the
    stream could tell what became of it.
    """

    result: Result
    digest: str = ""
    reason: str = ""
    message: str = ""


class Apply:
    """The imports of one diff.

    `outcomes` has every tag that is not as it should be, those that could not
    even be looked up as well. It is true at every moment, also after a Ctrl-C.
    """

    def __init__(
        self,
        cluster: Cluster,
        diff: Diff,
        budget: Budget,
        progress: Progress = lambda done, total: None,
    ) -> None:
        self._differences = diff.differences
        self.outcomes = {
            change: Outcome("failed", reason=change.found.reason, message=change.found.message)
            if change.action == "failed"
            else Outcome("not done")
            for change in diff.changes
            if change.action in (*DIFFERENCES, "failed")
        }
        self._cluster = cluster
        self._budget = budget
        self._progress = progress
        self._streams = diff.streams

    def run(self) -> None:
        """Import stream by stream, several streams at a time.

        Within a stream one request follows the other: each rewrites the whole
        stream, so two at once would get into each other's way.
        """
        by_stream: dict[str, list[Change]] = {}
        for change in self._differences:
            by_stream.setdefault(change.item.owner.stream, []).append(change)
        self._tell()
        in_parallel(
            [partial(self._stream, name, changes) for name, changes in by_stream.items()],
            self._budget,
        )

    def _stream(self, name: str, changes: list[Change]) -> None:
        imports = Importing(
            self._cluster, self._budget, self._tell, self._streams[name], changes, self.outcomes
        )
        try:
            imports.run([change.item for change in changes])
        except ClusterError as error:
            for change in changes:
                if self.outcomes[change] == Outcome("not done"):
                    reason, message = in_words((), error)
                    self.outcomes[change] = Outcome("not done", reason=reason, message=message)

    def _tell(self) -> None:
        done = [o for o in list(self.outcomes.values()) if o.result in ("imported", "failed")]
        self._progress(len(done), len(self.outcomes))


class Importing(Exchange):
    """Imports the tags of one stream.

    Every request carries the revision of the stream it was compared with, so
    the server itself keeps a repeated request from being carried out twice:
    when the first one went through after all, the second is refused as a
    conflict, and a look at the stream shows that the work is done.
    """

    def __init__(
        self,
        cluster: Cluster,
        budget: Budget,
        progress: Callable[[], None],
        stream: Stream | None,
        changes: Sequence[Change],
        outcomes: dict[Change, Outcome],
    ) -> None:
        super().__init__(cluster, budget, progress)
        self._stream = stream
        self._changes = {change.item: change for change in changes}
        self._outcomes = outcomes
        # A revision given by the author holds for the first request only: it
        # is our own imports that move the stream on from there.
        self._insists = changes[0].item.owner.version

    @property
    def _version(self) -> str:
        metadata = (self._stream or {}).get("metadata") or {}
        return self._insists or str(metadata.get("resourceVersion") or "")

    def ask(self, batch: Sequence[Item]) -> list[Item]:
        images = [image_to_send(item, self._stream) for item in batch]
        body = batch[0].owner.request(images, write=True, version=self._version)
        timeout = self.budget.request()
        self._note(batch, Outcome("unknown", message="the request was sent, no answer came"))
        status = self.cluster.create_import(body, timeout).manifest.get("status") or {}
        verdicts = status.get("images") or []
        if not status.get("import") or len(verdicts) != len(batch):
            raise AnswerError(f"{batch[0].owner.stream}: the answer does not fit the request")
        self._stream, self._insists = status["import"], ""
        again = []
        for item, verdict in zip(batch, verdicts, strict=True):
            image = verdict.get("image")
            reason, message = failure_of(verdict.get("status") or {}, image)
            if image and not reason:
                self._note([item], Outcome("imported", digest_of(image)))
                continue
            self._note([item], Outcome("failed", reason=reason, message=message))
            if passes(verdict.get("status") or {}):
                again.append(item)
        return again

    def recover(self, batch: Sequence[Item], error: ClusterError) -> list[Item]:
        reason, message = in_words(batch, error)
        left = list(batch)
        if error.uncertain or self._stream_is_gone(error):
            owner = batch[0].owner
            self._stream = read_stream(self.cluster, self.budget, owner.namespace, owner.name)
            left = [item for item in batch if not self._is_there(item)]
        self._note(left, Outcome("failed", reason=reason, message=message))
        return left

    def repeatable(self, error: ClusterError) -> bool:
        if isinstance(error, RefusedError) and error.code == 409 and self._insists:
            return False
        return error.passing or self._stream_is_gone(error)

    def _stream_is_gone(self, error: ClusterError) -> bool:
        """A revision of a stream that is not there any more answers 404."""
        gone = isinstance(error, RefusedError) and error.code == 404
        return gone and bool(self._version) and not self._insists

    def _is_there(self, item: Item) -> bool:
        change = compare(self._changes[item].found, self._stream)
        if change.action != "unchanged":
            return False
        self._note([item], Outcome("imported", change.new_digest))
        return True

    def _note(self, items: Sequence[Item], outcome: Outcome) -> None:
        for item in items:
            self._outcomes[self._changes[item]] = outcome
