"""Did you mean: the nearest name for one that does not exist."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache


def meant(name: str, names: Iterable[str]) -> str:
    """The name that ``name`` is probably a slip of, whatever its case; empty when none is near."""
    return _meant(name, tuple(names))


@lru_cache(maxsize=1024)
def _meant(name: str, names: tuple[str, ...]) -> str:
    from difflib import get_close_matches  # slow to import, and seldom needed

    spelled = {known.lower(): known for known in names}
    near = get_close_matches(name.lower(), sorted(spelled), n=1, cutoff=0.7)
    return spelled[near[0]] if near else ""
