"""Forks in the midst of an import.

Python leaves a module locked, in the child of a fork, that another thread was just importing:
whoever needs it there waits for ever. So the first evaluation in a thread imports all that any may
need, and a fork waits for that. In the main thread evaluations import what they use, as programs
fork there and so not meanwhile.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from importlib import import_module

from ..engines.vm import load
from ..errors import PyimagestreamError

_PACKAGES = ("model", "generator", "checks", "workers", "engines", "golang", "evaluation")

_LOCK = threading.RLock()
_ready: set[str] = set()

os.register_at_fork(
    before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release
)


def import_all(engine: str) -> None:
    """Imports what evaluations with an engine may need, once in a process."""
    with _LOCK:
        if engine in _ready:
            return
        from pkgutil import walk_packages  # slow to import, and most programs have one thread

        root = __package__.rpartition(".")[0]
        for package in _PACKAGES:
            name = f"{root}.{package}"
            for module in walk_packages(import_module(name).__path__, f"{name}."):
                import_module(module.name)
        with suppress(PyimagestreamError):  # it is told by the evaluation
            load(engine)
        _ready.add(engine)
