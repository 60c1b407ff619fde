"""Fast formats: `'...' % ...` spelled out with `+` in the code that a VM is handed.

The VMs format in Jsonnet code of their standard library: hundreds of calls for what `+`
does in one step. Where a format is a literal, and what it makes of its values is certain,
`rewritten` puts the sum in its place. All else is left to the VM.

An evaluation of rewritten code gives the value of the original, or it fails. Then the original
is to be evaluated: its result, its messages and its traces are those that count. So

- values stay lazy, and are computed as often as before and in the same order;
- no line moves; columns do, which only errors show, and `std.trace` by its line does not;
- `std.trace` tells a native what to print when the evaluation has succeeded: see `traces`;
- the texts of `importstr` are named in a way of their own, as a VM does not tell an importer
  which import it is, and they must not be rewritten;
- the stack is smaller than that of the original, as `Plan` explains.

The same holds for imports, which are joined for the VM that is slow at them: see `_joiner`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ..errors import EvaluationError
from .importer import TEXT, Importer
from .sources import decode
from .vm import Program, parses_std_for_each_file

FORMAT = 70
"""Frames of the stack that a format takes itself, at most: 59 are measured."""

NESTING = 26
"""Frames of the stack between a format and what the values of a list or an object take, at most:
24 are measured. Of one value alone it is half as many: 11."""


class Plan(NamedTuple):
    """How deep values are put in rewritten code: inside of so many frames of the stack.

    Half of them where a format has one value, which is no list and no object. One frame is that
    of the variable, call or field that a value leads to, the others are those of a chain of
    `local`. Were all of a stack formats in formats, that of the original would be
    ``NESTING / frames`` times as large; so the limit is smaller by that.
    """

    frames: int

    def max_stack(self, original: int) -> int:
        """A limit that rewritten code exceeds wherever the original exceeds its own."""
        return max(original - FORMAT, 0) * self.frames // NESTING if self.frames else original

    def program(self, program: Program) -> Program:
        """The program with all of its code rewritten. Raises `EvaluationError`."""
        variables = program.variables._replace(
            ext_codes=self._codes(program.variables.ext_codes),
            tla_codes=self._codes(program.variables.tla_codes),
        )
        source, max_stack = rewritten(program.source, self), self.max_stack(program.max_stack)
        return program._replace(source=source, variables=variables, max_stack=max_stack)

    def _codes(self, codes: Mapping[str, str]) -> dict[str, str]:
        return {name: rewritten(code, self) for name, code in codes.items()}

    def after(self, error: EvaluationError) -> Plan | None:
        """The plan for what failed with this one, or None where the original has to run."""
        if self == FLAT and (
            "max stack frames exceeded" in error.message or _LARGE in error.message
        ):
            _next[0] = _others[0] = DEEPER
            return DEEPER
        return None


FLAT = Plan(2)
"""Enough for templates that import little, unless the VM has to format something itself."""

DEEPER = Plan(8)
"""For templates that need more of the stack. Its formats take longer, but not much."""

TRACED = Plan(0)
"""Leaves formats to the VM. What `std.trace` says is kept, with no other limit of the stack."""

LITTLE = 40_000
"""Characters of the imported code up to which the flat plan may do. Libraries of libraries, such
as k8s-libsonnet and the mixins, need more of the stack nearly always, and it would take as
long as the evaluation itself to learn that."""

_LARGE = "more is imported than is likely to be flat"


_next = [DEEPER]
"""The plan to begin with. The first template may be the only one, for which the flat plan gains
little, and may be tried in vain."""

_others = [FLAT]
"""That of the next ones: a process that needed the deeper plan, or imported much, has more of the
same templates."""


def plan(program: Program) -> Plan | None:
    """The plan to evaluate a program with first, or None where there is nothing to gain."""
    first, _next[0] = _next[0], _others[0]
    try:
        is_worth = any(
            "import" in code or rewritten(code, first) != code for _, code in program.codes
        )
    except EvaluationError:
        return None
    return first if is_worth and first.max_stack(program.max_stack) else None


class FastImporter(Importer):
    """Finds the files that an `Importer` finds, and rewrites those that are imported as code.

    ``found`` has the hashes of the files as they are. ``is_certain`` tells whether all could be
    rewritten that was met.
    """

    def __init__(
        self,
        jpath: Sequence[str],
        virtual: Mapping[str, str] | None,
        plan: Plan,
        *,
        hashed: bool = False,
    ) -> None:
        super().__init__(jpath, virtual, hashed=hashed)
        self.is_certain = True
        self._plan = plan
        self._peeking: Importer | None = None
        self._early: dict[str, bytes] = {}
        self._size = 0

    def program(self, program: Program, engine: str) -> Program:
        """The program rewritten, with the files it imports where the engine gains by that.

        Raises `EvaluationError`.
        """
        try:
            program = self._plan.program(program)
        except EvaluationError:
            self.is_certain = False
            raise
        if not parses_std_for_each_file(engine):
            return program
        from ._joiner import PeekingImporter, joined  # slow to import, and the Go VM needs it not

        self._peeking = peeking = PeekingImporter(self.jpath, self.virtual)

        def peeked(base: str, name: str) -> tuple[str, str]:
            path, content = peeking(base, name)
            self._early[path] = content
            return path, rewritten(decode(path, content), self._plan)

        return program._replace(source=joined(program.filename, program.source, peeked, TEXT))

    def __call__(self, base: str, name: str) -> tuple[str, bytes]:
        """As for an `Importer`. Raises `EvaluationError` for code that is not certain, too."""
        if self._peeking:
            from ._joiner import relative

            base, name = relative(base, name)
        if name.startswith(TEXT):
            path, content = super().__call__(base, name[len(TEXT) :])
            if self._early.get(path, content) != content:
                raise EvaluationError(f"{path} has changed since")
            return TEXT + path, content  # a path of its own: the file may be imported as code too
        path, content = super().__call__(base, name)
        self._size += len(content)
        if self._size > LITTLE:
            _next[0] = _others[0] = DEEPER
            if self._plan == FLAT:
                raise EvaluationError(_LARGE)
        try:
            return path, rewritten(content.decode(), self._plan).encode()
        except (UnicodeDecodeError, EvaluationError) as error:
            self.is_certain = False
            raise EvaluationError(f"{path} cannot be rewritten: {error}") from None


# The rest of all code is not even read: it has no literal before a `%`, no `importstr`, and no
# `std` but for std.name. That is most libraries, and data. A pattern that begins with letters is
# found many times as fast as one that begins with the edge of a word.
_WORTH = re.compile(r"import(?:str|bin)\b")
_WORTH_STD = re.compile(r"std\b(?!\.(?!trace\b)[A-Za-z_])")


def _is_worth(code: str) -> bool:
    return _has_format(code) or bool(_WORTH.search(code) or _WORTH_STD.search(code))


def _has_format(code: str) -> bool:
    """Whether what may be the end of a text stands before some `%`."""
    sign = code.find("%")
    while sign >= 0:
        before = sign - 1
        while before >= 0 and code[before] in " \t\r\n":
            before -= 1
        if before >= 0 and code[before] in "'\"|":
            return True
        sign = code.find("%", sign + 1)
    return False


@lru_cache(maxsize=64)  # most templates import the same libraries
def rewritten(code: str, plan: Plan) -> str:
    """The code with fast formats.

    Raises `EvaluationError` for code of which it is not certain that it then gives the same
    value, or fails.
    """
    if not _is_worth(code):
        return code
    from ._rewriter import spelled_out  # not every template has a format

    return spelled_out(code, plan.frames, TEXT)
