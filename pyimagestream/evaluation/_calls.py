"""The calls in the course of one evaluation of an annotated template, and the values they used."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sized
from typing import NamedTuple

from ..engines.vm import Native
from ..errors import Frame, Problem
from ._annotate import Annotations, Site
from .fieldpath import Entries, parts
from .natives import Functions


class Call(NamedTuple):
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
    ``shown`` are in the marks: so the answer of ``enter`` tells the twins, ``n`` and ``s``
    before the number of the call. No native fails, whatever a template itself hands to it.
    """

    def __init__(
        self,
        annotations: Annotations,
        functions: Functions,
        noted: Collection[str],
        shown: Collection[str],
    ) -> None:
        self._annotations = annotations
        self._functions = functions
        self._noted = noted
        self._shown = shown
        self._calls = [OUTSIDE]
        self._pending: Call | None = None
        self._notes: dict[str, None] = {}
        self._answers: dict[str, str] = {}

    def __getitem__(self, number: int) -> Call:
        return self._calls[number]

    def told(self, answer: str) -> Call | None:
        """The call of one of our functions that got an answer when it was entered."""
        return self._calls[int(answer[2:])] if _is_below(answer[2:], self._calls) else None

    def natives(self) -> dict[str, Native]:
        """By name."""
        return {
            "pyimagestream.begin": (("v",), self._begin),
            "pyimagestream.enter": (("v",), self._enter),
            "pyimagestream.note": (("v",), self._note),
        }

    def problems(self) -> Iterator[tuple[str, Problem, list[str]]]:
        """What is wrong with the values that were used, with the answers to the calls they were
        handed to, and the ways to it in those values.
        """
        known: dict[tuple[str, str], list[tuple[Problem, list[str]]]] = {}
        for note in self._notes:
            answer, bracket, rest = note.partition("[")
            call = self.told(answer)
            if call and bracket and call.function in self._functions:
                given = call.function, bracket + rest
                if given not in known:
                    known[given] = list(self._wrong(*given))
                yield from ((answer, problem, path) for problem, path in known[given])

    def _wrong(self, function: str, text: str) -> Iterator[tuple[Problem, list[str]]]:
        problems, entries = self._functions.refusal(function, text)[1], Entries()
        [value] = json.loads(text) if problems else [None]
        for problem in problems:
            path = parts(problem.field)[len(self._functions[function].path) :]
            yield problem, entries.way(value, path)

    def functions(self, paths: Collection[str]) -> set[str]:
        """Those of our functions that were called and set one of the paths."""
        called = {call.function for call in self._calls}
        return {function for function in called if self._path(function) in paths}

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
            call = self.told(caller)
            self._pending = call and call._replace(function="")
        elif _is_below(caller, self._calls) and _is_below(number, self._annotations.sites):
            site = self._annotations.sites[int(number)]
            # A function that was handed on may well be called with a place of its own.
            if site.opened is not None or self._pending is None:
                self._pending = Call(int(caller), site)
        return "begun"

    def _enter(self, text: object) -> str:
        """``OUTER:DEFINITION``, in the body of a user's function; the name of one of ours."""
        begun, self._pending = self._pending, None
        outer, colon, number = str(text).partition(":")
        if colon and _is_below(outer, self._calls):
            # Without a site the function was called by the standard library: its body
            # stands in the call that made it.
            caller, site = (begun.caller, begun.site) if begun else (int(outer), None)
            self._calls.append(Call(caller, site, int(number) if number.isdecimal() else None))
            return str(len(self._calls) - 1)
        call = begun if begun and self._may_call(begun, outer) else OUTSIDE
        self._calls.append(Call(call.caller, call.site, None, outer, call.called or outer))
        return f"{self._wanted(outer)}{len(self._calls) - 1}"

    def _may_call(self, begun: Call, function: str) -> bool:
        """Whether a call that began can be the one of our function.

        One that never entered its function called a native, or code that is not annotated.
        """
        site = begun.site
        if begun.called or site is None or site.opened is None or not site.name:
            return True
        name = function.rpartition(".")[2]
        return site.name == name or name in self._annotations.aliases.get(site.name, ())

    def _wanted(self, function: str) -> str:
        if function not in self._answers:
            noted, shown = function in self._noted, self._path(function) in self._shown
            self._answers[function] = ("n" if noted else "-") + ("s" if shown else "-")
        return self._answers[function]

    def _path(self, function: str) -> str:
        known = self._functions.get(function)
        return ".".join(known.path) if known else ""

    def _note(self, text: object) -> str:
        """``CALL[JSON]`` is a value that is used."""
        self._notes[str(text)] = None
        return "noted"


def _is_below(number: str, sequence: Sized) -> bool:
    """Whether a text is an index: a template may hand anything to a native."""
    return number.isdecimal() and int(number) < len(sequence)
