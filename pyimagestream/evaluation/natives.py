"""The native callbacks: one for each documented function, and one that collects for them all.

The VM hands a callback one text and gets one back. Nothing else crosses the border, because
the Python bindings of the VMs take primitives only, cut strings at NUL, and one of them loses
the text of an exception.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from functools import partial

from ..checks.verdict import check_value
from ..engines.vm import Native
from ..errors import Problem
from ..model.imagestreamimport import IMAGE_STREAM_IMPORT
from ..model.schema import Function, functions

FUNCTIONS = {function.native: function for function in functions(IMAGE_STREAM_IMPORT)}

COLLECT = "pyimagestream.collect"
"""The native that takes all values, to be judged when the VM is done.

It gets the name of a function and the value, ``NAME[JSON]``, or the length of a list or a map,
``NAME LENGTH``; its answer to a length is not empty when it wants the value itself.
"""

_MISUSES = (KeyError, RecursionError, TypeError, ValueError)
"""What comes of a text that is not the library's: a template called the native itself."""


class Collector:
    """What a template sets, while it is evaluated; nothing that is set is refused.

    Of lists and maps only the lengths are taken, as the finished manifests show the rest,
    unless they are wanted ``whole``: that means to evaluate them twice.
    """

    def __init__(self, *, whole: bool = False) -> None:
        self._whole = whole
        self._texts: Counter[str] = Counter()

    def callbacks(self) -> dict[str, Native]:
        """The natives to register with a VM, by name: those that refuse as well.

        What was collected before is forgotten.
        """
        self._texts.clear()
        return {**_refusing(), COLLECT: (("v",), self._collect)}

    def problems(self) -> list[Problem]:
        """Every problem with a value that was used."""
        found: list[Problem] = []
        for text in self._texts:
            name, bracket, rest = text.partition("[")
            if name in FUNCTIONS and bracket:
                found += refusal(FUNCTIONS[name], bracket + rest)[1]
        return found

    def lengths(self) -> Counter[tuple[str, ...]]:
        """How many entries of lists and maps were set, by field."""
        total: Counter[tuple[str, ...]] = Counter()
        for text, times in self._texts.items():
            name, _, length = text.partition(" ")
            if name in FUNCTIONS and length.isdecimal():
                total[FUNCTIONS[name].path] += times * int(length)
        return total

    def _collect(self, text: object) -> str:
        text = str(text)  # a template that calls the native itself may have no text
        if self._whole and not text.endswith("]"):
            return "whole"
        self._texts[text] += 1
        return ""


def native_callbacks() -> dict[str, Native]:
    """The natives of the library, for people who run a Jsonnet VM themselves.

    Hand the result to ``_jsonnet.evaluate_file(native_callbacks=...)``, and
    `library_path` to its ``jpathdir``. A wrong value then fails the evaluation
    with a message that names the function, the field, the value and the rule.
    """
    return {name: (names, _guarded(name, native)) for name, (names, native) in _refusing().items()}


def refusal(function: Function, text: str) -> tuple[str, list[Problem]]:
    """What is wrong with the value in the JSON text ``[value]``: as ASCII, and as problems.

    The text is empty for a value that is well.
    """
    try:
        [value] = json.loads(text)
        found = check_value(function, value)
    except _MISUSES:
        return f"{function.native}: takes the JSON text of a list with one value", []
    if not found:
        return "", []
    said = "; ".join(f"{problem.field}: {problem.message}" for problem in found)
    message = f"{function.native}: {said}".encode("ascii", "backslashreplace").decode()
    return message, [problem.at(None, function.native) for problem in found]


def _refusing() -> dict[str, Native]:
    return {name: (("v",), partial(_refuse, function)) for name, function in FUNCTIONS.items()}


def _refuse(function: Function, text: str) -> str:
    return refusal(function, text)[0]


def _guarded(name: str, native: Callable[[str], str]) -> Callable[[str], str]:
    """A native that raises nothing: no exception travels through a VM, not even Ctrl-C."""

    def call(text: str) -> str:
        try:
            return native(text)
        except BaseException as error:
            return f"{name}: the check was interrupted by {type(error).__name__}"

    return call
