"""The native callbacks: one for each documented function, all through one dispatcher.

The VM hands every callback one JSON text, ``[value]``, and gets a text back:
empty, or what is wrong with the value. Nothing else crosses the border, because
the Python bindings of the VMs take primitives only, cut strings at NUL, and one
of them loses the text of an exception.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

from .checks import check_value
from .errors import Problem
from .model import IMAGE_STREAM_IMPORT, Function, functions

Native = tuple[tuple[str, ...], Callable[..., Any]]
"""A native as the VMs take it: the names of its parameters, and the function."""

FUNCTIONS = {function.native: function for function in functions(IMAGE_STREAM_IMPORT)}

DEFER = f"{IMAGE_STREAM_IMPORT.name}.defer"
"""The native by which an evaluator takes over the check of lists and maps."""


class Dispatcher:
    """The one place where a VM calls into the checks.

    Whatever a check raises is kept in ``raised`` and stops the evaluation, for
    `reraise` once the VM has returned: no exception, not even KeyboardInterrupt,
    travels through the VM.

    ``verdicts`` has the problems that were found, by the number of the call.
    ``tolerated`` has the calls whose verdict does not stop the evaluation; None
    means all of them. With ``defer`` lists and maps are not checked: ``deferred``
    counts, by field, how many entries were set.
    """

    def __init__(
        self, *, defer: bool = False, tolerated: Collection[int] | None = frozenset()
    ) -> None:
        self.raised: BaseException | None = None
        self.verdicts: dict[int, list[Problem]] = {}
        self.deferred: Counter[tuple[str, ...]] = Counter()
        self._calls = 0
        self._defers = defer
        self._tolerated = tolerated

    def callbacks(self) -> dict[str, Native]:
        """The natives to register with a VM, by name."""
        natives: dict[str, Native] = {
            name: (("v",), self._guarded(function)) for name, function in FUNCTIONS.items()
        }
        if self._defers:
            natives[DEFER] = (("v",), self._defer)
        return natives

    def reraise(self) -> None:
        """Raises what a check raised, if one did: to be called when the VM has returned."""
        if self.raised:
            raise self.raised

    def _guarded(self, function: Function) -> Callable[[str], str]:
        def native(text: str) -> str:
            try:
                return self._judge(function, text)
            except BaseException as error:
                self.raised = self.raised or error
                return f"{function.native}: the check was interrupted by {type(error).__name__}"

        return native

    def _judge(self, function: Function, text: str) -> str:
        call, self._calls = self._calls, self._calls + 1
        [value] = json.loads(text)
        problems = check_value(function, value)
        if not problems:
            return ""
        self.verdicts[call] = [problem.at(None, function.native) for problem in problems]
        if self._tolerated is None or call in self._tolerated:
            return ""
        message = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
        return f"{function.native}: {message}".encode("ascii", "backslashreplace").decode()

    def _defer(self, text: str) -> str:
        name, length = json.loads(text)
        self.deferred[FUNCTIONS[name].path] += length
        return ""


def native_callbacks() -> dict[str, Native]:
    """The natives of the library, for people who run a Jsonnet VM themselves.

    Hand the result to ``_jsonnet.evaluate_file(native_callbacks=...)``, and
    `library_path` to its ``jpathdir``. A wrong value then fails the evaluation
    with a message that names the function, the field, the value and the rule.
    """
    return Dispatcher().callbacks()
