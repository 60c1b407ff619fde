"""Did you mean: the nearest name for one that does not exist."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache


def meant(name: str, names: Iterable[str]) -> str:
    """The name that ``name`` is probably a slip of, whatever its case; empty when none is near."""
    return next(iter(near(name, names)), "")


def near(name: str, names: Iterable[str], most: int = 1) -> tuple[str, ...]:
    """The names that ``name`` may be a slip of, the nearest first."""
    return _near(name, tuple(names), most)


@lru_cache(maxsize=1024)
def _near(name: str, names: tuple[str, ...], most: int) -> tuple[str, ...]:
    from difflib import get_close_matches  # slow to import, and seldom needed

    if not name:
        return ()
    spelled = {known.lower(): known for known in names}
    found = get_close_matches(name.lower(), sorted(spelled), n=most, cutoff=0.7)
    # Letters in another order count little in long names and too much in short ones.
    mixed = [known for known in sorted(spelled) if sorted(known) == sorted(name.lower())]
    return tuple(spelled[each] for each in dict.fromkeys([*mixed, *found]))[:most]


def meant_path(path: str) -> str:
    """The file or directory that a path which does not exist is probably a slip of.

    Each part of it counts, and its case. Empty when there is none.
    """
    head, tail = os.path.split(path.rstrip(os.sep))
    if not tail:
        return ""
    if head and not os.path.isdir(head):
        head = meant_path(head)
        if not head:
            return ""
        if os.path.lexists(os.path.join(head, tail)):
            return os.path.join(head, tail)
    try:
        with os.scandir(head or os.curdir) as entries:
            names = sorted(entry.name for entry in entries)
    except OSError:
        return ""
    # What all names of a kind end in makes none of them near.
    alike = [name for name in names if meant(_stem(tail), (_stem(name),))]
    found = meant(tail, alike) or ("" if "." in tail else next(iter(alike), ""))
    return os.path.join(head, found) if found else ""


def no_such(path: str, what: str = "file") -> str:
    """What there is to say of a path that does not exist, with what may be wrong with it."""
    hint = path_hint(path)
    return f"there is no such {what} ({hint})" if hint else f"there is no such {what}"


def path_hint(path: str) -> str:
    """Why a path may not exist: a link in it leads nowhere, or another one was meant."""
    if link := leading_nowhere(path):
        return f"the link {link} leads nowhere"
    found = meant_path(path)
    return f"did you mean {found}?" if found else ""


def leading_nowhere(path: str) -> str:
    """The part of a path that does not exist which is a link; empty where none is."""
    while path and not os.path.exists(path):
        if os.path.islink(path):
            return path
        path = os.path.dirname(path)
    return ""


def _stem(name: str) -> str:
    return name.partition(".")[0] or name
