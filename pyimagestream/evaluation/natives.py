"""The native callbacks: one for each documented function, and one that collects for them all.

The VM hands a callback one text and gets one back. Nothing else crosses the border, because
the Python bindings of the VMs take primitives only, cut strings at NUL, and one of them loses
the text of an exception.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING

from ..engines.vm import Native
from ..errors import Problem
from ..model.group import LIBRARIES, definition

if TYPE_CHECKING:
    from ..model.definition import Function

COLLECT = "pyimagestream.collect"
"""The native that takes all values, to be judged when the VM is done.

It gets the name of a function and the value, ``NAME[JSON]``, or the length of a list or a map,
``NAME LENGTH``; its answer to a length is not empty when it wants the value itself.
"""

_NAMED = re.compile(r"""['"](\w+)\.(?:\w+\.)*(?:new|with\w+)['"]""")

Field = tuple[str, tuple[str, ...]]
"""A kind, and the path of a field of it."""

_MISUSES = (KeyError, RecursionError, TypeError, ValueError)
"""What comes of a text that is not the library's: a template called the native itself."""


class Collector:
    """What a template sets, while it is evaluated; nothing that is set is refused.

    Of lists and maps only the lengths are taken, as the finished manifests show the rest,
    unless they are wanted ``whole``: that means to evaluate them twice.
    """

    def __init__(self, *, whole: bool = False, named: Collection[str] = ()) -> None:
        self._whole = whole
        self._texts: Counter[str] = Counter()
        self.named = frozenset(named)
        """The libraries whose natives are there by the names of their functions."""

    def callbacks(self) -> dict[str, Native]:
        """The natives to register with a VM, by name: as many for one library as for all.

        What was collected before is forgotten.
        """
        self._texts.clear()
        return {**refusing(self.named), COLLECT: (("v",), self._collect)}

    def problems(self) -> list[Problem]:
        """Every problem with a value that was used."""
        found: list[Problem] = []
        for text in self._texts:
            name, bracket, rest = text.partition("[")
            if bracket and (function := function_of(name)):
                found += refusal(function, bracket + rest)[1]
        return found

    def lengths(self) -> Counter[Field]:
        """How many entries of lists and maps were set, by field."""
        total: Counter[Field] = Counter()
        for text, times in self._texts.items():
            name, _, length = text.partition(" ")
            if length.isdecimal() and (function := function_of(name)):
                total[LIBRARIES[function.library], function.path] += times * int(length)
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
    natives = refusing(LIBRARIES)
    return {name: (names, _guarded(name, native)) for name, (names, native) in natives.items()}


def named_in(source: str) -> frozenset[str]:
    """The libraries whose natives a source calls by their names.

    Those that are generated have another way where there is the collecting native. A
    template may do it.
    """
    if "native" not in source or COLLECT in source:
        return frozenset()
    return frozenset(name for name in _NAMED.findall(source) if name in LIBRARIES)


@cache
def functions_of(library: str) -> Mapping[str, Function]:
    """The functions of a library by the names of their natives."""
    from ..model.definition import functions  # slow to import, and not every template has one

    found = functions(definition(LIBRARIES[library]))
    return {function.native: function for function in found}


def function_of(native: str) -> Function | None:
    """The function of a native's name, if there is one."""
    library = native.partition(".")[0]
    return functions_of(library).get(native) if library in LIBRARIES else None


def refusal(function: Function, text: str) -> tuple[str, list[Problem]]:
    """What is wrong with the value in the JSON text ``[value]``: as ASCII, and as problems.

    The text is empty for a value that is well.
    """
    from ..checks.verdict import check_value

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


class _Functions(Mapping[str, "Function"]):
    """The functions by the names of their natives, each kind loaded when it is asked for."""

    def __getitem__(self, native: str) -> Function:
        function = function_of(native)
        if function is None:
            raise KeyError(native)
        return function

    def __iter__(self) -> Iterator[str]:
        return (name for library in LIBRARIES for name in functions_of(library))

    def __len__(self) -> int:
        return sum(len(functions_of(library)) for library in LIBRARIES)


FUNCTIONS: Mapping[str, Function] = _Functions()


def refusing(libraries: Iterable[str]) -> dict[str, Native]:
    """The natives of libraries by the names of their functions."""
    return {
        name: (("v",), partial(_refuse, function))
        for library in libraries
        for name, function in functions_of(library).items()
    }


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
