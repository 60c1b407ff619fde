"""What `std.trace` says in rewritten code, kept until it is known that the evaluation counts."""

from __future__ import annotations

import json
import os
from contextlib import suppress

from ..errors import EvaluationError
from .vm import Native

_NAME = f"__trace-{os.urandom(8).hex()}"
"""The native that is told. No template can know it."""


MOST = 1 << 20
"""Characters that are kept. Who says more, perhaps without end, is to be heard at once."""


def traced(line: int) -> str:
    """Code in place of `std.trace`, called on a line: a function like it that tells a native.

    It fails where `std.trace` does. Going through JSON lets the VM itself refuse a lone surrogate,
    and a NUL arrives.
    """
    return (
        "(function(str,rest)if std.type(str)=='string'&&std.type(rest)>''"
        f"&&std.native('{_NAME}')('{line}'+std.parseJson(''+[std.thisFile,str]))=='ok'"
        "then rest else error '')"
    )


class Traces:
    """The lines of one evaluation."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._left = MOST

    def native(self) -> dict[str, Native]:
        """The native that keeps them, by its name. It fails when there are too many."""
        return {_NAME: (("v",), self._keep)}

    def tell(self) -> None:
        """Writes them where a VM does, in its words: to the standard error of the process."""
        if self._lines:
            with suppress(OSError), open(2, "wb", closefd=False) as file:
                file.write("".join(self._lines).encode())

    def _keep(self, text: str) -> str:
        line, bracket, rest = text.partition("[")
        name, said = json.loads(bracket + rest)
        self._lines.append(f"TRACE: {name}:{line} {said}\n")
        self._left -= len(self._lines[-1])
        if self._left < 0:
            raise EvaluationError("std.trace says more than is kept")
        return "ok"
