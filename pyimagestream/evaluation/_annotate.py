"""Templates that tell of each call where it stands, and are the same otherwise.

A call ``f(x)`` becomes ``__at(__in+':SITE',f)(x)`` and the body of each function begins with
``local __in=__enter(..);``. Nothing is parsed, no line is moved and nothing is evaluated that
was not: the natives behind these names are told of a call when it is made. Wherever one of
our libraries is imported, its twin is, which tells of the values.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..engines.fastformat import Plan, rewritten
from ..engines.importer import TEXT, Importer
from ..engines.lexer import Token, value
from ..engines.vm import Program
from ..errors import EvaluationError, Frame, LexError
from ..generator.code import HEADER
from ..generator.files import LIBRARY_PATHS
from ._syntax import Definition, Syntax
from .ladder import Template
from .libraries import library_of

MARKS = "__marks"
"""The hidden field in which the twins keep what set the fields of an object."""

_HEAD = (
    "local __begin=std.native('pyimagestream.begin'),__enter=std.native('pyimagestream.enter'),"
    "__type=std.type,__at(m,f)=if __type(f)>''&&__begin(m)>'' then f else f,"
    "__ref(m,f)=if std.primitiveEquals(__type(f),'function')"
    "&&std.primitiveEquals(std.length(f),1) then function(v)__at(m,f)(v) else f,"
    "__in='0';"
)
_NAMES = frozenset(["__begin", "__enter", "__type", "__at", "__ref", "__in", "__up", MARKS])

VALUE = "__value"
"""Beside its marks: an object, in what an annotated template comes to."""

_WRAPPED = f"""
local type = std.type, same = std.primitiveEquals, has = std.objectHasEx;
local wrapped(v) =
  local t = type(v);
  if same(t, 'object') then
    if has(v, '{MARKS}', true) then {{ {MARKS}: v.{MARKS}, {VALUE}: v }}
    else {{ [k]: wrapped(v[k]) for k in std.objectFieldsEx(v, false) }}
  else if same(t, 'array') then [wrapped(item) for item in v]
  else v;
"""
"""Shows the marks, beside the objects that have some, in all that a template comes to."""

_TEXT = "__text:"
"""Stands before the names of files that are imported as text: the code may be another."""

_STACK = 2000
"""Frames at least: an annotated call has three of them, and one more wraps values."""


_OURS = re.compile(
    re.escape(HEADER.rstrip().encode()) + rb".*?\n  '#':: {[^\n]*'import': '([\w./]+)'", re.DOTALL
)
"""The beginning of a generated library, which tells how it is imported."""


_COLON = re.compile(":{1,3}")

_FIRST = -sys.maxsize
"""What ends or precedes an expression comes before what begins it, where both are in one place."""


@dataclass(frozen=True)
class Site:
    """A place that calls a function, or hands it to one that does (then nothing is ``opened``)."""

    syntax: Syntax
    first: int
    opened: int | None
    name: str
    """The last name of what is called, where it follows a dot: others may stand for anything."""

    def frame(self) -> Frame:
        return self.syntax.frame(self.first)


class Annotations:
    """The sites and the definitions in all files of a template, by the numbers they are told by.

    With a plan, formats are spelled out in annotated code.
    """

    def __init__(self, functions: Collection[str], plan: Plan | None = None) -> None:
        self.sites: list[Site] = []
        self.definitions: list[tuple[Syntax, Definition]] = []
        self.left_out: set[str] = set()
        """The files whose code stays as it is, so that their calls are not told."""
        self.aliases: dict[str, set[str]] = {}
        """The names of our functions by those of the fields that hold them."""
        self._functions = {function.rpartition(".")[2] for function in functions}
        self._plan = plan

    def annotated(self, path: str, code: str) -> str:
        """The code that tells where it calls what; code that has no tokens stays as it is."""
        told = self._told(path, code)
        try:
            return rewritten(told, self._plan) if self._plan else told
        except EvaluationError:
            return told

    def _told(self, path: str, code: str) -> str:
        try:
            syntax = Syntax(path, code)
        except LexError:
            self.left_out.add(path)
            return code
        if any(token.text in _NAMES for token in syntax.tokens):
            self.left_out.add(path)
            return code
        for key, name in _held(syntax.tokens, self._functions):
            self.aliases.setdefault(key, set()).add(name)
        inserted = [*self._calls(syntax), *self._arguments(syntax), *self._definitions(syntax)]
        for token in syntax.texts:
            inserted.append((token.start + (2 if token.text[0] == "@" else 1), 0, _TEXT))
        parts, position = [_HEAD], 0
        for at, _, text in sorted(inserted):
            parts += code[position:at], text
            position = at
        return "".join([*parts, code[position:]])

    def _calls(self, syntax: Syntax) -> list[tuple[int, int, str]]:
        found = []
        for opening, first in syntax.calls.items():
            begin, end = syntax.tokens[first].start, syntax.tokens[opening].start
            # What is called by the result of a call contains it: the last one is the outermost.
            found.append((begin, -opening, self._site(syntax, first, opening - 1, opening)))
            found.append((end, _FIRST, ")"))
        return found

    def _arguments(self, syntax: Syntax) -> list[tuple[int, int, str]]:
        found = []
        for last, first in syntax.arguments.items():
            if syntax.tokens[last].text in self._functions:
                begin, end = syntax.tokens[first].start, syntax.tokens[last].end
                found.append((begin, -last, self._site(syntax, first, last, None)))
                found.append((end, _FIRST, ")"))
        return found

    def _site(self, syntax: Syntax, first: int, last: int, opened: int | None) -> str:
        is_dotted = last > 1 and syntax.tokens[last - 1].text == "."
        name = syntax.tokens[last].text if is_dotted else ""
        self.sites.append(Site(syntax, first, opened, name))
        function = "__ref" if opened is None else "__at"
        return f"{function}(__in+':{len(self.sites) - 1}',"

    def _definitions(self, syntax: Syntax) -> list[tuple[int, int, str]]:
        found = []
        for definition in syntax.definitions.values():
            self.definitions.append((syntax, definition))
            number = len(self.definitions) - 1
            # A `local` is evaluated when it is used: the assertion uses it.
            text = f" local __up=__in;local __in=__enter(__up+':{number}');assert __in>'';"
            found.append((syntax.tokens[definition.last].end, _FIRST + 1, text))
        return found


def _held(tokens: Sequence[Token], functions: Collection[str]) -> Iterator[tuple[str, str]]:
    """The fields whose value is a function, as in ``{ key: isi.spec.withImages }``."""
    for index, token in enumerate(tokens):
        if token.text not in functions:
            continue
        first = index
        while (
            first > 1 and tokens[first - 1].text == "." and tokens[first - 2].kind == "identifier"
        ):
            first -= 2
        if first > 1 and _COLON.fullmatch(tokens[first - 1].text):
            key = tokens[first - 2]
            with suppress(LexError):  # an escape sequence that another VM knows
                yield (value(key.text) if key.kind == "string" else key.text), token.text


class AnnotatingImporter(Importer):
    """Annotates what is imported as code, and hands out the twins of our libraries."""

    def __init__(self, template: Template, annotations: Annotations) -> None:
        super().__init__(template.settings.search_path(), template.settings.virtual)
        self._annotations = annotations
        self._known: dict[str, bytes] = {}

    def __call__(self, base: str, name: str) -> tuple[str, bytes]:
        plain = name.removeprefix(TEXT).removeprefix(_TEXT)
        if plain != name:
            path, content = super().__call__(base, plain)
            return _TEXT + path, content
        path, content = super().__call__(base, name)
        if path not in self._known:
            library = library_of(path, content)
            twin = library.twin(path) if library else _twin(content)
            self._known[path] = twin or self._annotated(path, content)
        return path, self._known[path]

    def _annotated(self, path: str, content: bytes) -> bytes:
        try:
            return self._annotations.annotated(path, content.decode()).encode()
        except UnicodeDecodeError:
            return content


def annotated_program(template: Template, annotations: Annotations) -> Program:
    """What a VM is to do with a template, so that its result comes with its marks."""
    program = template.program
    given = program.variables
    # The result may be a function, and what is not the result cannot be shown.
    texts = {f"__tla:{name}": text for name, text in given.tla_vars.items()}
    codes = {
        f"__tla:{name}": annotations.annotated(f"<top-level-arg:{name}>", code)
        for name, code in given.tla_codes.items()
    }
    codes |= {
        name: annotations.annotated(f"<extvar:{name}>", code)
        for name, code in given.ext_codes.items()
    }
    handed = ", ".join(
        f"{name}=std.extVar('__tla:{name}')" for name in (*given.tla_vars, *given.tla_codes)
    )
    code = annotations.annotated(template.filename, template.source)
    source = (
        f"{_WRAPPED}local result =\n{code}\n;\n"
        f"wrapped(if same(type(result), 'function') then result({handed}) else result)"
    )
    variables = given._replace(
        ext_vars={**given.ext_vars, **texts},
        ext_codes=codes,
        tla_vars={},
        tla_codes={},
    )
    stack = min(max(_STACK, 4 * program.max_stack), (1 << 31) - 1)
    return Program(program.filename, source, variables, stack)


def _twin(content: bytes) -> bytes | None:
    """The twin of a library of ours, also of a copy that another version of this package wrote.

    That sets the same, mostly; where it does not, the template comes to something else, and what
    was told of it counts for nothing.
    """
    found = _OURS.match(content)
    path = found[1].decode() if found else ""
    return _read(path) if path in LIBRARY_PATHS else None


@cache
def _read(path: str) -> bytes:
    return (Path(__file__).parent / "twins" / path).read_bytes()
