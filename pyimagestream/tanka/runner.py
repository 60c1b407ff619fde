"""Runs jobs: from the cache, in this process, or in several at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import (
    EnvironmentsError,
    EvaluationError,
    Frame,
    PyimagestreamError,
    ValidationError,
)
from ..evaluation.ladder import Outcome
from ..evaluation.settings import Settings
from .jobs import Job, run

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from ..workers.pool import Workers
    from .cache import Cache

Result = Outcome | PyimagestreamError
"""What a job comes to, or why it fails."""


class Progress(Protocol):
    """Is told how far a run has come: before the first job that is not cached, and after each."""

    def __call__(self, done: int, total: int) -> None: ...


class Runner:
    """How jobs are run; a context manager, which at its end stops the worker processes it started.

    `parallel` is the number of worker processes (default: one per processor);
    `timeout` (seconds) and `memory` (bytes) limit each job. `executor`, any
    `concurrent.futures.Executor`, runs the jobs instead of worker processes;
    limits are its own business then. `around` is entered for a job in this process.
    """

    def __init__(
        self,
        parallel: int | None = None,
        timeout: float | None = None,
        memory: int | None = None,
        cache: Cache | None = None,
        executor: Executor | None = None,
        progress: Progress | None = None,
        around: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        if parallel is not None and parallel < 1:
            raise PyimagestreamError(f"parallel must be at least 1, not {parallel}")
        self.parallel = parallel
        self.timeout = timeout
        self.memory = memory
        self.cache = cache
        self.executor = executor
        self._workers: Workers | None = None
        self.progress = progress
        self.around = around
        self._stack = ExitStack()

    def __enter__(self) -> Runner:
        self._stack.__enter__()
        return self

    def __exit__(self, *details: Any) -> None:
        self._workers = None
        self._stack.__exit__(*details)

    def run(self, jobs: Sequence[Job]) -> list[Any]:
        """The values the jobs come to.

        All jobs are run even when some fail; then `EnvironmentsError` is raised with all errors.
        """
        outcomes = list(self.outcomes(jobs))
        failed = [
            (job.title, outcome)
            for job, outcome in zip(jobs, outcomes, strict=True)
            if isinstance(outcome, PyimagestreamError)
        ]
        if failed:
            raise EnvironmentsError(failed)
        return [outcome.value for outcome in outcomes if isinstance(outcome, Outcome)]

    def one(self, job: Job) -> Outcome:
        """The outcome of a job alone. Raises its error; one without a place gets its title."""
        [result] = self.outcomes([job])
        if isinstance(result, Outcome):
            return result
        if isinstance(result, (EvaluationError, ValidationError)):
            raise result
        raise EvaluationError(str(result), [Frame(job.title)])

    def outcomes(self, jobs: Sequence[Job]) -> Iterator[Result]:
        """The results of the jobs in their order, each as soon as it is known."""
        known = self.cache.get(jobs) if self.cache else ()
        outcomes: dict[int, Result] = {index: done for index, done in enumerate(known) if done}
        missing = {index: job for index, job in enumerate(jobs) if index not in outcomes}
        if self.progress and missing:
            self.progress(len(outcomes), len(jobs))
        shown = 0
        for index, outcome in self._done(missing):
            outcomes[index] = outcome
            if self.cache and isinstance(outcome, Outcome):
                self.cache.put(jobs[index], outcome)
            if self.progress:
                self.progress(len(outcomes), len(jobs))
            while shown in outcomes:
                yield outcomes[shown]
                shown += 1
        yield from (outcomes[index] for index in range(shown, len(jobs)))

    def _done(self, jobs: Mapping[int, Job]) -> Iterator[tuple[int, Result]]:
        has_workers = self.executor or self._workers
        if len(jobs) > 1 or (jobs and (self.timeout or self.memory or has_workers)):
            yield from self._at_once(jobs)
            return
        for index, job in jobs.items():
            try:
                with self.around():
                    outcome: Result = run(job, self._settings(job))
            except PyimagestreamError as error:
                outcome = error
            yield index, outcome

    def _at_once(self, jobs: Mapping[int, Job]) -> Iterator[tuple[int, Result]]:
        from ..workers.pool import Workers
        from ..workers.signals import as_completed

        executor = self.executor or self._own_workers()
        if isinstance(executor, Workers):
            executor.start(len(jobs))
        # A worker process is isolated already; what another executor has is not known.
        isolate = not isinstance(executor, Workers)
        futures: dict[Future[Outcome], int] = {}
        try:
            for index, job in jobs.items():
                settings = self._settings(job)._replace(isolate=isolate)
                futures[executor.submit(run, job, settings)] = index
            for future in as_completed(futures):
                try:
                    yield futures[future], future.result()
                except PyimagestreamError as error:
                    yield futures[future], error
        finally:
            for future in futures:
                future.cancel()

    def _settings(self, job: Job) -> Settings:
        return job.settings._replace(hashed=self.cache is not None)

    def _own_workers(self) -> Workers:
        from ..workers.machine import processors
        from ..workers.pool import Workers

        if not self._workers:
            count = self.parallel or processors()
            workers = Workers(count, timeout=self.timeout, memory=self.memory)
            self._workers = self._stack.enter_context(workers)
        return self._workers


def borrowed(runner: Runner | None) -> AbstractContextManager[Runner]:
    """The caller's runner, which the caller ends, or a new one."""
    return nullcontext(runner) if runner else Runner()
