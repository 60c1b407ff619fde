"""The native callbacks: one for each documented function, all through one dispatcher.

The VM hands every callback one JSON text, ``[value]``, and gets a text back:
empty, or what is wrong with the value. Nothing else crosses the border, because
the Python bindings of the VMs take primitives only, cut strings at NUL, and one
of them loses the text of an exception.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection

from ..checks.verdict import check_value
from ..engines.vm import Native
from ..errors import Problem
from ..model.imagestreamimport import IMAGE_STREAM_IMPORT
from ..model.schema import Function, functions

FUNCTIONS = {function.native: function for function in functions(IMAGE_STREAM_IMPORT)}

NOTE = f"{IMAGE_STREAM_IMPORT.name}.note"
"""The native that takes a value to judge it later."""

DEFER = f"{IMAGE_STREAM_IMPORT.name}.defer"
"""The native that takes the length of a list or a map, which the finished manifest is to have."""

ENTER = f"{IMAGE_STREAM_IMPORT.name}.enter"
"""The native that the strict twin of the library tells of each call before it is checked."""

_LENGTH = re.compile(r"(\D+)(\d{1,15})", re.ASCII)

_MISUSES = (KeyError, RecursionError, TypeError, ValueError)
"""What comes of a text that is not the library's: a template called the native itself."""


class Dispatcher:
    """The one place where a VM calls into the checks.

    Whatever a check raises is kept in ``raised`` and stops the evaluation, for
    `reraise` once the VM has returned: no exception, not even KeyboardInterrupt,
    travels through the VM.

    ``verdicts`` has the problems that were found; when ``tolerant`` they do not
    stop the evaluation. With ``defer`` lists and maps are not checked, but counted.
    With ``note`` all other values are checked when the VM has returned: that is for
    templates without lone surrogates. Both leave the rest to `settle`.
    """

    def __init__(self, *, defer: bool = False, note: bool = False, tolerant: bool = False) -> None:
        self.raised: BaseException | None = None
        self.verdicts: list[Problem] = []
        self._short_ways = (DEFER,) * defer + (NOTE,) * note
        self._noted: defaultdict[str, int] = defaultdict(int)
        self._tolerant = tolerant

    def callbacks(self) -> dict[str, Native]:
        """The natives to register with a VM, by name."""
        natives: dict[str, Native] = {
            name: (("v",), self._guarded(function)) for name, function in FUNCTIONS.items()
        }
        return natives | dict.fromkeys(self._short_ways, (("v",), self._note))

    def settle(self) -> Counter[tuple[str, ...]]:
        """Judges what was noted: to be called when the VM has returned.

        Returns how many entries of lists and maps were set, by field. Raises as
        `reraise` does.
        """
        self.reraise()
        deferred: Counter[tuple[str, ...]] = Counter()
        for text, times in self._noted.items():
            name, bracket, rest = text.partition("[")
            if name in FUNCTIONS:
                self._judge(FUNCTIONS[name], bracket + rest)
            elif (length := _LENGTH.fullmatch(text)) and length[1] in FUNCTIONS:
                deferred[FUNCTIONS[length[1]].path] += times * int(length[2])
        return deferred

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
        try:
            [value] = json.loads(text)
        except _MISUSES:
            return f"{function.native}: takes the JSON text of a list with one value"
        problems = check_value(function, value)
        if not problems:
            return ""
        self.verdicts += [problem.at(None, function.native) for problem in problems]
        if self._tolerant:
            return ""
        message = "; ".join(f"{problem.field}: {problem.message}" for problem in problems)
        return f"{function.native}: {message}".encode("ascii", "backslashreplace").decode()

    def _note(self, text: str) -> str:
        self._noted[str(text)] += 1  # a template that calls the native itself may have no text
        return ""


class StrictDispatcher(Dispatcher):
    """The callbacks of the library's strict twin, which checks each value in the call itself.

    The calls are numbered as they begin, and those in ``skipped`` are not checked.
    """

    def __init__(self, skipped: Collection[int]) -> None:
        super().__init__()
        self._skipped = skipped
        self._entered = 0
        self._unfinished: list[int] = []

    def callbacks(self) -> dict[str, Native]:
        return {**super().callbacks(), ENTER: (("v",), self._enter)}

    def stopped(self) -> int | None:
        """The call that made the evaluation fail, or None if it failed outside of all calls.

        A value that was refused is that of the innermost call. One that leans on the
        finished object begins the same call again and again: the outermost is to blame.
        """
        if not self._unfinished:
            return None
        return self._unfinished[-1 if self.verdicts else 0]

    def _enter(self, name: str) -> str:
        call, self._entered = self._entered, self._entered + 1
        if call in self._skipped:
            return "skip"
        self._unfinished.append(call)
        return ""

    def _judge(self, function: Function, text: str) -> str:
        message = super()._judge(function, text)
        if self._unfinished and not message:  # a template may call the native itself
            self._unfinished.pop()
        return message


def native_callbacks() -> dict[str, Native]:
    """The natives of the library, for people who run a Jsonnet VM themselves.

    Hand the result to ``_jsonnet.evaluate_file(native_callbacks=...)``, and
    `library_path` to its ``jpathdir``. A wrong value then fails the evaluation
    with a message that names the function, the field, the value and the rule.
    """
    return Dispatcher().callbacks()
