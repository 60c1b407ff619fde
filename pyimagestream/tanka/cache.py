"""What jobs came to, kept in a directory until a file they depend on changes.

An entry holds the hashes of all files an evaluation imported and the paths where
it looked for one in vain. Its name is a hash of everything else: variables,
the environment, the versions of this package, of the engine, and of what some checks need.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache, cached_property
from typing import Any

from .. import __version__
from ..checks.regexp import compiled
from ..engines.sources import digest, read_regular
from ..evaluation.ladder import Outcome
from ..evaluation.settings import StrPath
from .jobs import Job

_DECIDING = tuple(f"{name}-" for name in ("gojsonnet", "jsonnet", "cel_expr_python", "google_re2"))
"""What the packages' names begin with that decide an outcome: engines, and what checks need."""


class Cache:
    """A directory of outcomes.

    Whatever is not an entry that `put` could have written counts as missing, and an
    entry that cannot be written is not kept. Nothing proves who wrote an entry:
    whoever can write to the directory decides what is found there.

    `environments` are regular expressions (RE2) for the entry points to cache; none
    means all. `tell` is called once, when the first entry cannot be written, with a
    sentence about it.
    """

    def __init__(
        self,
        directory: StrPath,
        environments: Sequence[str] = (),
        tell: Callable[[str], object] | None = None,
    ) -> None:
        self._tell = tell
        self._directory = os.path.abspath(directory)
        self._patterns = [compiled(pattern) for pattern in environments]

    def get(self, jobs: Sequence[Job]) -> list[Outcome | None]:
        """The outcome of each job, if it would come to the same now.

        Each file is read once for all of them.
        """
        now = cache(_hash)
        return [self._outcome(job, now) for job in jobs]

    def _outcome(self, job: Job, now: Callable[[str], str | None]) -> Outcome | None:
        if not self._covers(job):
            return None
        try:
            proof, _, text = read_regular(self._path(job)).partition(b"\n")
            if digest(text).encode() != proof:
                return None
            done = _done(json.loads(text))
        except (OSError, ValueError, RecursionError):
            return None  # none, or a damaged one
        if not job.fits(done.value):
            return None
        if any(now(path) != expected for path, expected in done.found.items()):
            return None
        if any(map(os.path.lexists, done.absent)):
            return None
        return done

    def put(self, job: Job, done: Outcome) -> None:
        """Keeps an outcome, if it can be written."""
        if not self._covers(job):
            return
        entry = {"found": done.found, "absent": sorted(done.absent), "value": done.value}
        try:
            text = json.dumps(entry).encode()
            self._write(self._path(job), digest(text).encode() + b"\n" + text)
        except (OSError, ValueError, RecursionError) as error:
            if self._tell:
                self._tell(f"the cache cannot be written, and saves no time: {error}")
                self._tell = None

    def _write(self, path: str, content: bytes) -> None:
        import tempfile  # slow to import, and a warm cache takes nothing new

        os.makedirs(self._directory, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self._directory)
        try:
            with open(handle, "wb") as file:
                file.write(content)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise

    def _covers(self, job: Job) -> bool:
        path = job.entrypoint
        return not self._patterns or any(pattern.search(path) for pattern in self._patterns)

    def _path(self, job: Job) -> str:
        settings = job.settings
        identity = [
            __version__,
            self._installed,
            settings.engine,
            job.identity(),
            {name: dict(given) for name, given in settings.variables._asdict().items()},
            settings.jpath,
            settings.libraries,
            settings.check,
            settings.max_stack,
            dict(settings.virtual),
        ]
        key = digest(json.dumps(identity, sort_keys=True).encode())
        return os.path.join(self._directory, f"{key}.json")

    @cached_property
    def _installed(self) -> list[str]:
        """The versions of what decides an outcome, in the names that installers give them.

        `importlib.metadata` tells the same, and takes a tenth of a warm export to be imported.
        """
        found: set[str] = set()
        for directory in sys.path:
            with suppress(OSError):
                names = os.listdir(directory or os.curdir)
                found.update(name for name in names if name.startswith(_DECIDING))
        return sorted(name for name in found if name.endswith((".dist-info", ".egg-info")))


def _hash(path: str) -> str | None:
    """The hash of a file, or None where there is none."""
    try:
        return digest(read_regular(path))
    except OSError:
        return None


def _done(entry: Any) -> Outcome:
    """The outcome in an entry. Raises `ValueError` when it is none."""
    if not isinstance(entry, dict) or entry.keys() != {"found", "absent", "value"}:
        raise ValueError("this is no entry")
    found, absent = entry["found"], entry["absent"]
    if not isinstance(found, dict) or not isinstance(absent, list):
        raise ValueError("this is no entry")
    for path in (*found, *absent):
        if not isinstance(path, str) or "\0" in path:
            raise ValueError("this is no path")
        os.fsencode(path)  # raises one of its own
    return Outcome(entry["value"], found, frozenset(absent))
