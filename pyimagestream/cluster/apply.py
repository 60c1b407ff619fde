"""Run the imports a diff calls for, and keep the truth about every tag."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from ..errors import AnswerError, ClusterError, HaltedError, RefusedError
from ._compare import (
    DIFFERENCES,
    Change,
    compare,
    failed_import,
    image_to_send,
    is_due,
    source_kept,
    source_stays,
)
from ._exchange import (
    Exchange,
    Hanging,
    Progress,
    digest_of,
    failure_of,
    in_words,
    passes,
    read_stream,
    verdicts,
)
from ._stream import Stream
from .budget import Budget, in_parallel
from .diff import Diff
from .kube.answers import LONGEST
from .kube.client import Cluster, is_stream
from .plan import Item, without

Result = Literal["imported", "failed", "not done", "unknown"]


@dataclass(frozen=True)
class Outcome:
    """How it went with one tag.

    `unknown`: the request was sent, and neither an answer nor a look at the
    stream could tell what became of it. `note` is worth knowing: what somebody
    else did to the tag meanwhile.
    """

    result: Result
    digest: str = ""
    reason: str = ""
    message: str = ""
    note: str = ""


def _source_stays(kept: str, digest: str = "") -> Outcome:
    reason, message = source_stays(kept)
    return Outcome("failed", digest, reason, message)


class Apply:
    """The imports of one diff.

    `outcomes` has every tag that is not as it should be, those that could not
    even be looked up as well, and those that were as they should be and are not
    any more. It is true at every moment, also after a Ctrl-C.
    """

    def __init__(
        self,
        cluster: Cluster,
        diff: Diff,
        budget: Budget,
        progress: Progress = lambda done, total: None,
    ) -> None:
        self._diff = diff
        self.outcomes = {
            change: outcome for change in diff.changes if (outcome := _before(change)) is not None
        }
        self._hanging = Hanging()
        self._cluster = cluster
        self._budget = budget
        self._progress = progress

    def run(self) -> None:
        """Import stream by stream, several streams at a time.

        Within a stream one request follows the other: each rewrites the whole
        stream, so two at once would get into each other's way.
        """
        by_stream: dict[str, list[Change]] = {}
        for change in self._diff.differences:
            by_stream.setdefault(change.item.owner.stream, []).append(change)
        self._tell()
        self._budget.reached = True  # or there would be no diff
        in_parallel(
            [partial(self._stream, name, changes) for name, changes in by_stream.items()],
            self._budget,
        )

    def _stream(self, name: str, changes: list[Change]) -> None:
        present = [
            change
            for change in self._diff.changes
            if change.action == "unchanged" and change.item.owner.stream == name
        ]
        imports = Importing(
            self._cluster,
            self._budget,
            self._tell,
            self._hanging,
            self._diff.streams[name],
            changes,
            present,
            self.outcomes,
        )
        try:
            imports.run([change.item for change in changes])
            imports.look_back()
        except ClusterError as error:
            reason, message = in_words((), error)
            for change in (*changes, *present):
                if self.outcomes.get(change) == Outcome("not done"):
                    self.outcomes[change] = Outcome("not done", reason=reason, message=message)

    def _tell(self) -> None:
        done = [o for o in tuple(self.outcomes.values()) if o.result in ("imported", "failed")]
        self._progress(len(done), len(self.outcomes))


class Importing(Exchange):
    """Imports the tags of one stream.

    Every request carries the revision of the stream it was compared with, so
    the server itself keeps a repeated request from being carried out twice:
    when the first one went through after all, the second is refused as a
    conflict, and a look at the stream shows that the work is done.

    `changes` are to be imported, `present` are the tags that need no import as
    long as the stream is there.
    """

    def __init__(
        self,
        cluster: Cluster,
        budget: Budget,
        progress: Callable[[], None],
        hanging: Hanging,
        stream: Stream,
        changes: Sequence[Change],
        present: Sequence[Change],
        outcomes: dict[Change, Outcome],
    ) -> None:
        super().__init__(cluster, budget, progress, hanging)
        self._stream = stream
        self._changes = {change.item: change for change in (*changes, *present)}
        self._outcomes = outcomes
        # A revision given by the author holds for the first request only: it
        # is our own imports that move the stream on from there.
        self._insists = changes[0].item.owner.version

    @property
    def _version(self) -> str:
        return self._insists or str(self._stream.metadata.get("resourceVersion") or "")

    def ask(self, batch: Sequence[Item]) -> list[Item]:
        images = [image_to_send(item, self._stream) for item in batch]
        body = batch[0].owner.request(images, write=True, version=self._version)
        timeout = self.budget.request()
        self._note(batch, Outcome("unknown", message="the request was sent, no answer came"))
        try:
            answer = self.cluster.create_import(body, timeout).manifest
        except HaltedError:  # before anything was sent
            self._note(batch, Outcome("not done"))
            raise
        owner = batch[0].owner
        images = verdicts(batch, answer)
        stream = answer["status"].get("import") or {}
        if not is_stream(stream, owner.namespace, owner.name):
            raise AnswerError(f"{owner.stream}: the answer does not fit the request")
        self._stream, self._insists = Stream(stream), ""
        again = []
        for item, image in zip(batch, images, strict=True):
            outcome = self._outcome(item, image)
            self._note([item], outcome)
            due = outcome.reason == "SourceStays" and is_due(self._stream, item.tag)
            if due or passes(image.get("status") or {}):
                again.append(item)
        return again

    def _outcome(self, item: Item, verdict: Mapping[str, Any]) -> Outcome:
        """What an answer says about a tag; it has to say so twice."""
        image = verdict.get("image") or {}
        reason, message = failure_of(verdict.get("status") or {}, image)
        if reason:
            return Outcome("failed", reason=reason, message=message)
        digest = digest_of(image)
        if self._stream.digest(item.tag) != digest:
            message = "the server says Success, and its image stream has another image in the tag"
            return Outcome("failed", reason=AnswerError.reason, message=message)
        if condition := failed_import(self._stream, item.tag):
            reason, message = str(condition.get("reason")), str(condition.get("message"))
            return Outcome("failed", reason=reason, message=message[:LONGEST])
        if kept := source_kept(item, self._stream):
            return _source_stays(kept, digest)
        return Outcome("imported", digest, note=self._moved(item))

    def _moved(self, item: Item) -> str:
        """What somebody else did to the tag between the comparison and the import."""
        change = self._changes[item]
        before = self._stream.digest(item.tag, back=1)
        if change.action == "updated" or before == change.old:
            return ""
        return (
            f"the tag was {short(change.old) or 'not there'} when compared, and"
            f" {short(before) or 'not there'} when written"
        )

    def recover(self, batch: Sequence[Item], error: ClusterError) -> list[Item]:
        reason, message = in_words(batch, error)
        left, others = list(batch), list[Item]()
        if error.uncertain or self._stream_is_gone(error):
            owner, was_there = batch[0].owner, self._stream.is_there
            self._stream = Stream(
                read_stream(self.cluster, self.budget, owner.namespace, owner.name)
            )
            left = [item for item in batch if not self._is_there(item)]
            if was_there and not self._stream.is_there:
                others = [item for item in self._changes if self._is_lost(item)]
        self._note(left, Outcome("failed", reason=reason, message=message))
        others = without(others, left)
        self._note(others, Outcome("not done"))
        return left + others

    def look_back(self) -> None:
        """Whether the tags are still what they were, as far as the last answer tells."""
        for change in self._changes.values():
            outcome = self._outcomes.get(change)
            expected = change.new_digest if change.action == "unchanged" else ""
            if outcome is not None:
                expected = outcome.digest if outcome.result == "imported" else ""
            now = self._stream.digest(change.item.tag)
            if expected and now != expected:
                message = f"the tag was changed meanwhile: it is {short(now) or 'gone'}"
                self._outcomes[change] = Outcome("failed", reason="Changed", message=message)

    def failure(self, item: Item) -> tuple[str, str]:
        outcome = self._outcomes.get(self._changes[item], Outcome("not done"))
        return (outcome.reason, outcome.message) if outcome.result == "failed" else ("", "")

    def give_up(self, item: Item, reason: str, message: str) -> None:
        if not any(self.failure(item)):
            self._note([item], Outcome("failed", reason=reason, message=message))

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

    def _is_lost(self, item: Item) -> bool:
        """Whether a tag went with the stream, rather than failed of itself."""
        return not any(self.failure(item))

    def _note(self, items: Sequence[Item], outcome: Outcome) -> None:
        for item in items:
            self._outcomes[self._changes[item]] = outcome


def short(digest: str) -> str:
    """A digest as far as people read it."""
    return digest.removeprefix("sha256:")[:12]


def _before(change: Change) -> Outcome | None:
    """The outcome for a tag before anything was imported, None where there is nothing to do."""
    if change.action == "failed":
        return Outcome("failed", reason=change.found.reason, message=change.found.message)
    if change.action == "source":
        return _source_stays(change.kept, change.old)
    return Outcome("not done") if change.action in DIFFERENCES else None
