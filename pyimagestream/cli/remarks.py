"""The count of warnings at the end of commands that are about something else."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..evaluation.output import manifests
from . import options, printing

if TYPE_CHECKING:
    from ..tanka.report import Told


def tell_of(value: Any, arguments: argparse.Namespace, *paths: str) -> None:
    """Tells of the warnings about the manifests of our group anywhere in a value."""
    found = [manifest for _, manifest in manifests(value)]
    if found:
        from ..tanka.report import told_of  # slow to import, and not all values have one

        tell(told_of(found), arguments, *paths)


def tell(warnings: Sequence[Told], arguments: argparse.Namespace, *paths: str) -> None:
    """Says on standard error how many warnings there are, and the first one, if there is any.

    What the project ignores is left out; what only reminds of how the server works is not among
    the ``warnings``, but left to `validate`. ``paths`` are what that is to be given to tell all of
    them.
    """
    if not warnings:
        return
    unwanted = options.configured(arguments).ignore or ()
    left = [(name, warning) for name, warning in warnings if warning.code not in unwanted]
    if not left:
        return
    name, first = left[0]
    from shlex import join  # slow to import, and most runs end without warnings

    judged = _to_judge(paths)
    words = judged or ["--explain", first.code]
    count = f"{len(left)} warning{'' if len(left) == 1 else 's'}"
    more = f", and {len(left) - 1} more" if len(left) > 1 else ""
    flags = options.same_flags(arguments) if judged else ""
    command = f"`pyimagestream validate {join(words)}`{flags}"
    printing.tell(f"{count} (see {command}): {name}: {first}{more}")


def _to_judge(paths: Sequence[str]) -> list[str]:
    """The paths for `validate`, which knows no environments by name; none for what is read once."""
    real = [path if os.path.exists(path) else os.curdir for path in paths]
    can_be_read_again = all(os.path.isfile(path) or os.path.isdir(path) for path in real)
    return list(dict.fromkeys(real)) if can_be_read_again else []
