"""What jobs came to, kept in a directory until a file they depend on changes.

An entry holds the hashes of all files an evaluation imported and the paths where
it looked for one in vain. Its name is a hash of everything else: variables,
engines and their versions, the environment, this package's version.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Sequence

from .. import __version__
from ..errors import PyimagestreamError
from ..evaluation.ladder import Outcome
from ..evaluation.settings import StrPath
from ..golang.regexp import compiled
from .jobs import Job


class Cache:
    """A directory of outcomes. Damaged entries count as missing.

    `environments` are regular expressions (RE2) for the entry points to cache; none
    means all.
    """

    def __init__(self, directory: StrPath, environments: Sequence[str] = ()) -> None:
        self._directory = os.path.abspath(directory)
        self._patterns = [compiled(pattern) for pattern in environments]
        self._hashes: dict[str, str | None] = {}
        self._versions: dict[str, str] = {}

    def get(self, job: Job) -> Outcome | None:
        """The outcome of a job, if it would come to the same now."""
        if not self._covers(job):
            return None
        try:
            digest, _, text = _read(self._path(job)).partition(b"\n")
            if hashlib.sha256(text).hexdigest().encode() != digest:
                return None
            entry = json.loads(text)
        except OSError:
            return None
        for path, expected in entry["found"].items():
            if self._hash(path) != expected:
                return None
        if any(map(os.path.lexists, entry["absent"])):
            return None
        return Outcome(entry["value"], entry["found"], frozenset(entry["absent"]))

    def put(self, job: Job, done: Outcome) -> None:
        """Keeps an outcome. Raises `PyimagestreamError` when it cannot be written."""
        if not self._covers(job):
            return
        entry = {"found": done.found, "absent": sorted(done.absent), "value": done.value}
        text = json.dumps(entry).encode()
        try:
            os.makedirs(self._directory, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self._directory)
            try:
                with open(handle, "wb") as file:
                    file.write(hashlib.sha256(text).hexdigest().encode() + b"\n" + text)
                os.replace(temporary, self._path(job))
            except BaseException:
                os.unlink(temporary)
                raise
        except OSError as error:
            raise PyimagestreamError(f"the cache cannot be written: {error}") from None

    def _covers(self, job: Job) -> bool:
        if job.settings.natives:  # functions of the caller's, of which nothing can be known
            return False
        path = job.entrypoint
        return not self._patterns or any(pattern.search(path) for pattern in self._patterns)

    def _path(self, job: Job) -> str:
        settings = job.settings
        identity = [
            __version__,
            self._engine(settings.engine),
            job.identity(),
            {name: dict(given) for name, given in vars(settings.variables).items()},
            settings.jpath,
            settings.check,
            settings.max_stack,
            dict(settings.virtual),
        ]
        key = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
        return os.path.join(self._directory, f"{key}.json")

    def _engine(self, name: str) -> str:
        if name not in self._versions:
            from importlib import metadata  # slow to import, and most runs need no cache

            try:
                self._versions[name] = f"{name} {metadata.version(name)}"
            except metadata.PackageNotFoundError:
                self._versions[name] = name
        return self._versions[name]

    def _hash(self, path: str) -> str | None:
        """The hash of a file, read once in a run."""
        if path not in self._hashes:
            try:
                self._hashes[path] = hashlib.sha256(_read(path)).hexdigest()
            except OSError:
                self._hashes[path] = None
        return self._hashes[path]


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
