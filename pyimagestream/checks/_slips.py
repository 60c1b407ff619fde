"""What is missing as it is misspelt, or stands elsewhere: said in the line of what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ._faults import UNKNOWN, Fault, Faults, Path, field, show
from ._misplaced import is_there
from .spelling import meant


def with_slips(faults: Faults, decoded: Iterable[Fault], value: Any) -> Faults:
    """The faults, of which those about a missing field name the unknown one that was meant for it.

    ``decoded`` has the unknown fields of the same value.
    """
    unknown: dict[Path, list[str]] = {}
    for fault in decoded:
        if fault.reason == UNKNOWN:
            *parent, name = fault.path
            unknown.setdefault(tuple(parent), []).append(str(name))
    return [_with_slip(fault, unknown, value) for fault in faults] if unknown else faults


def _with_slip(fault: Fault, unknown: dict[Path, list[str]], value: Any) -> Fault:
    if fault.value or fault.reason == UNKNOWN:
        return fault
    for depth, wanted in enumerate(fault.path):
        is_missing = not is_there(value, fault.path[: depth + 1])
        for name in unknown.get(fault.path[:depth], ()):
            if isinstance(wanted, str) and is_missing and meant(name, (wanted,)):
                right = wanted
            elif name == fault.path[-1]:
                right = field(fault.path[depth:])
            else:
                continue
            hint = f"(did you mean {right} by {show(name)}?)"
            return fault._replace(message=f"{fault.message} {hint}")
    return fault
