"""The calls in the course of one evaluation of an annotated template, and the values they used."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from ..engines.vm import Native
from ..errors import Frame, Problem
from ._annotate import Annotations, Site
from .natives import FUNCTIONS, refusal


@dataclass(frozen=True)
class Call:
    """One call of a function: ``caller`` is the number of the call whose body it stands in.

    The ``site`` is not known where no code of the user's makes the call, as with ``std.map``.
    ``definition`` is the number of a user's function, ``function`` the name of one of ours;
    ``called`` is the one of ours that the user called, where that called the other.
    """

    caller: int
    site: Site | None
    definition: int | None = None
    function: str = ""
    called: str = ""


OUTSIDE = Call(0, None)
"""What stands in the body of no function."""


class Calls:
    """The natives that annotated code calls, and what they were told.

    Values are taken from the functions in ``noted`` when they are used; those at the paths in
    ``shown`` are in the marks. No native fails, whatever a template itself hands to it.
    """

    def __init__(
        self, annotations: Annotations, noted: Collection[str], shown: Collection[str]
    ) -> None:
        self._annotations = annotations
        self._noted = noted
        self._shown = shown
        self._calls = [OUTSIDE]
        self._pending: Call | None = None
        self._notes: dict[str, None] = {}

    def __getitem__(self, number: int) -> Call:
        return self._calls[number]

    def natives(self) -> dict[str, Native]:
        """By name."""
        return {
            "pyimagestream.begin": (("v",), self._begin),
            "pyimagestream.enter": (("v",), self._enter),
            "pyimagestream.note": (("v",), self._note),
            "pyimagestream.shown": (("v",), self._is_shown),
        }

    def problems(self) -> Iterator[tuple[int, Problem]]:
        """What is wrong with the values that were used, with the numbers of the calls."""
        known: dict[tuple[str, str], list[Problem]] = {}
        for note in self._notes:
            number, bracket, rest = note.partition("[")
            call = self._called(number)
            if call and bracket and call.function in FUNCTIONS:
                value = call.function, bracket + rest
                if value not in known:
                    known[value] = refusal(FUNCTIONS[call.function], bracket + rest)[1]
                yield from ((int(number), problem) for problem in known[value])

    def functions(self, paths: Collection[str]) -> set[str]:
        """Those of our functions that were called and set one of the paths."""
        called = {call.function for call in self._calls}
        return {function for function in called if _path(function) in paths}

    def callers(self, call: Call) -> tuple[Frame, ...]:
        """The places that called the functions which a call stands in, innermost first."""
        frames: dict[Frame, None] = {}  # recursion passes a place again and again: once is enough
        while call.caller:
            call = self._calls[call.caller]
            if call.site:
                frames.setdefault(call.site.frame())
        return tuple(frames)

    def _begin(self, text: object) -> str:
        """``CALLER:SITE``, or only ``CALL`` where one of our functions calls another for it."""
        caller, colon, number = str(text).partition(":")
        if not colon:
            call = self._called(caller)
            self._pending = call and replace(call, function="")
        elif self._called(caller) and number.isdecimal():
            site = self._annotations.sites[int(number)]
            # A function that was handed on may well be called with a place of its own.
            if site.opened is not None or self._pending is None:
                self._pending = Call(int(caller), site)
        return "begun"

    def _enter(self, text: object) -> str:
        """``OUTER:DEFINITION``, in the body of a user's function; the name of one of ours."""
        begun, self._pending = self._pending, None
        outer, colon, number = str(text).partition(":")
        if colon and self._called(outer) and number.isdecimal():
            # Without a site the function was called by the standard library: its body
            # stands in the call that made it.
            self._calls.append(replace(begun or Call(int(outer), None), definition=int(number)))
        else:
            call = begun if begun and _may_call(begun, outer) else OUTSIDE
            self._calls.append(replace(call, function=outer, called=call.called or outer))
        return str(len(self._calls) - 1)

    def _note(self, text: object) -> str:
        """``CALL`` asks whether the value is wanted, ``CALL[JSON]`` is the value."""
        number, bracket, _ = str(text).partition("[")
        call = self._called(number)
        if not call or call.function not in self._noted:
            return ""
        if bracket:
            self._notes[str(text)] = None
        return "noted"

    def _is_shown(self, text: object) -> str:
        call = self._called(str(text))
        return "shown" if call and _path(call.function) in self._shown else ""

    def _called(self, number: str) -> Call | None:
        if number.isdecimal() and int(number) < len(self._calls):
            return self._calls[int(number)]
        return None


def _path(function: str) -> str:
    return ".".join(FUNCTIONS[function].path) if function in FUNCTIONS else ""


def _may_call(begun: Call, function: str) -> bool:
    """Whether a call that began can be the one of our function.

    One that never entered its function called a native, or code that is not annotated.
    """
    site = begun.site
    if begun.called or site is None or site.opened is None or not site.name:
        return True
    return site.name == function.rpartition(".")[2]
