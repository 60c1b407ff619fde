"""The native callbacks: one for each documented function, and one that collects for them all.

The VM hands a callback one text and gets one back. Nothing else crosses the border, because
the Python bindings of the VMs take primitives only, cut strings at NUL, and one of them loses
the text of an exception.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from ..engines.vm import Native
from ..errors import Problem
from ..model.group import LIBRARIES, definition
from .libraries import NONE, Libraries, libraries_in
from .settings import StrPath, directories

if TYPE_CHECKING:
    from ..model.definition import Function

COLLECT = "pyimagestream.collect"
"""The native that takes all values, to be judged when the VM is done.

It gets the name of a function and the value, ``NAME[JSON]``, or the length of a list or a map,
``NAME LENGTH``; its answer to a length is not empty when it wants the value itself.
"""

CHECK = "pyimagestream.check"
"""The native that the generated libraries of other APIs share: it gets ``NAME[JSON]``."""

# Not compiled here, as hardly any template calls one by its name.
_NAMED = r"""['"](\w+)\.(?:\w+\.)*(?:new|with\w+)['"]"""

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

    def problems(self, functions: Functions | None = None) -> list[Problem]:
        """Every problem with a value that was used, by those of ``functions`` that were called."""
        functions = FUNCTIONS if functions is None else functions  # `or` would load every kind
        found: list[Problem] = []
        for text in self._texts:
            name, bracket, rest = text.partition("[")
            if bracket and name in functions:
                found += functions.refusal(name, bracket + rest)[1]
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


def native_callbacks(libraries: Sequence[StrPath] = ()) -> dict[str, Native]:
    """The natives of the library, for people who run a Jsonnet VM themselves.

    ``libraries`` are directories that `pyimagestream generate --openapi` made, to be added to the
    ``jpathdir`` as well; they share one native. Raises `PyimagestreamError` for one that is not.

    Hand the result to ``_jsonnet.evaluate_file(native_callbacks=...)``, and
    `library_path` to its ``jpathdir``. A wrong value then fails the evaluation
    with a message that names the function, the field, the value and the rule.
    """
    natives = refusing(LIBRARIES)
    if libraries:
        functions = Functions(libraries_in(directories(libraries)))
        natives[CHECK] = (("v",), partial(_refuse_named, functions))
    return {name: (names, _guarded(name, native)) for name, (names, native) in natives.items()}


def named_in(source: str) -> frozenset[str]:
    """The libraries whose natives a source calls by their names.

    Those that are generated have another way where there is the collecting native. A
    template may do it.
    """
    if "native" not in source or COLLECT in source:
        return frozenset()
    return frozenset(name for name in re.findall(_NAMED, source) if name in LIBRARIES)


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


class Functions(Mapping[str, "Function"]):
    """The functions by the names of their natives, each kind loaded when it is asked for.

    Those of ``known`` libraries of other APIs are among them.
    """

    def __init__(self, known: Libraries = NONE) -> None:
        self._known = known

    def __getitem__(self, native: str) -> Function:
        function = function_of(native)
        if function is not None:
            return function
        for library in reversed(self._known.all):
            if found := library.functions.get(native):
                return found.function
        raise KeyError(native)

    def __iter__(self) -> Iterator[str]:
        yield from (name for library in LIBRARIES for name in functions_of(library))
        for library in self._known.all:
            yield from library.functions

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def is_of_part(self, native: str) -> bool:
        """Whether a function's field is the end of one in a manifest."""
        kind = LIBRARIES.get(native.partition(".")[0])
        if kind is not None:
            return definition(kind).part
        every = (library.functions.get(native) for library in reversed(self._known.all))
        return any(found.is_of_part for found in every if found)

    def refusal(self, native: str, text: str) -> tuple[str, list[Problem]]:
        """What is wrong with the value in the JSON text ``[value]``: as ASCII, and as problems.

        The text is empty for a value that is well.
        """
        try:
            [value] = json.loads(text)
            found = self._problems(native, value)
        except _MISUSES:
            return f"{native}: takes the JSON text of a list with one value", []
        if not found:
            return "", []
        said = "; ".join(f"{problem.field}: {problem.message}" for problem in found)
        message = f"{native}: {said}".encode("ascii", "backslashreplace").decode()
        return message, [problem.at(None, native) for problem in found]

    def _problems(self, native: str, value: Any) -> list[Problem]:
        for library in reversed(self._known.all):
            if found := library.functions.get(native):
                return library.checks.value_problems(found.definition, found.function, value)
        from ..checks.verdict import check_value  # slow to import, and used with a library of ours

        return check_value(self[native], value)


FUNCTIONS = Functions()
"""Those of our own libraries."""


def refusing(libraries: Iterable[str]) -> dict[str, Native]:
    """The natives of libraries by the names of their functions."""
    return {
        name: (("v",), partial(_refuse, name))
        for library in libraries
        for name in functions_of(library)
    }


def _refuse(native: str, text: str) -> str:
    return FUNCTIONS.refusal(native, text)[0]


def _refuse_named(functions: Functions, text: str) -> str:
    name, bracket, rest = text.partition("[")
    if not bracket or name not in functions:
        return f"{CHECK}: takes the name of a function, and the JSON text of a list with one value"
    return functions.refusal(name, bracket + rest)[0]


def _guarded(name: str, native: Callable[[str], str]) -> Callable[[str], str]:
    """A native that raises nothing: no exception travels through a VM, not even Ctrl-C."""

    def call(text: str) -> str:
        try:
            return native(text)
        except BaseException as error:
            return f"{name}: the check was interrupted by {type(error).__name__}"

    return call
