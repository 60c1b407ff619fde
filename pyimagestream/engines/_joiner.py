"""Imports joined: one text holds a template and the files that it imports.

The C++ VM parses its standard library anew for each file, which takes longer than most files do.
In one text a file is a variable at the outermost level::

    local NAME1 = (TEXT of a.libsonnet), NAME2 = (TEXT of b.libsonnet); TEXT of the template

and ``import 'a.libsonnet'`` is ``NAME1``. A variable takes as many frames of the stack as an
import does, is evaluated when it is used, and once; a file that is imported from two
directories, or by two names, is evaluated twice, as the VM does it. No text sees more than
the others' variables, whose names none can know.

An import stays one if there is any doubt: no such file, code that is not understood, that asks
for its own name, or that is too much. Its name then says what it is relative to.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from ..errors import EvaluationError
from .importer import Importer
from .lexer import pairs, tokens, value

MAX_FILES = 64
"""Files that are joined at most."""

MAX_SIZE = 50_000
"""Characters of them all, and of a template that gets some. They are parsed even if they are not
used, which then takes about as long as one import: many a file lists others, of which a template
wants one."""

_ID = os.urandom(8).hex()  # no code can hold it
_NAME = f"__import_{_ID}_"
_RELATIVE = f"__relative-{_ID}:"

# Behind the name of a file these end the expression. All else would belong to the name.
_ENDS = frozenset([")", "]", "}", ",", ";", "else", "then", "for", "if"])

Read = Callable[[str, str], tuple[str, str]]
"""The path and the code of what a base and a name lead to; raises `EvaluationError`."""


def joined(filename: str, source: str, read: Read, text_prefix: str) -> str:
    """The code of a template with the files that it imports.

    A file's variable begins with an import of its text, with ``text_prefix`` before the
    name, so that whoever finds imports is told when the file is used. Raises `EvaluationError`
    for a template that is not understood.
    """
    return _Joiner(read, text_prefix).result(filename, source)


def relative(base: str, name: str) -> tuple[str, str]:
    """What a VM asks for: the directory and the name, as the original imports it."""
    if not name.startswith(_RELATIVE):
        return base, name
    length, _, rest = name[len(_RELATIVE) :].partition(":")
    return rest[: int(length)], rest[int(length) :]


class PeekingImporter(Importer):
    """Finds what may be imported, and opens no more of it than is worth it."""

    def _read(self, path: str) -> bytes | None:
        try:
            status = os.stat(path)
        except (OSError, ValueError):  # no file, or a name that none can have
            return super()._read(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_SIZE:
            raise EvaluationError(f"{path} is no file, or a large one")
        return super()._read(path)


class _Import(NamedTuple):
    """An import in some code: where it begins and ends, its keyword and the name of the file."""

    start: int
    end: int
    keyword: str
    name: str
    is_whole: bool
    """Whether nothing belongs to it but keyword and name."""


@lru_cache(maxsize=64)  # most templates import the same libraries
def _imports(code: str) -> tuple[_Import, ...]:
    """Those in code whose brackets match. Raises `EvaluationError` for any other code."""
    found = tokens(code)
    pairs([token.text for token in found])
    imports = []
    for index, token in enumerate(found):
        if token.text not in ("import", "importstr", "importbin"):
            continue
        name, *after = found[index + 1 : index + 3] or [token]
        if name.kind != "string" or name.text[0] == "|":
            raise EvaluationError("what is imported has no literal name")
        is_whole = not after or after[0].text in _ENDS
        imports.append(_Import(token.start, name.end, token.text, value(name.text), is_whole))
    return tuple(imports)


class _Joiner:
    def __init__(self, read: Read, text_prefix: str) -> None:
        self._read = read
        self._text_prefix = text_prefix
        self._variables: dict[tuple[str, str], str] = {}  # "" for an import that stays one
        self._files: list[tuple[str, str, str]] = []  # how each is imported, its path, its code
        self._size = 0

    def result(self, filename: str, source: str) -> str:
        if "import" not in source or len(source) > MAX_SIZE:
            return source
        body = self._text(filename, source)
        bindings: list[str] = []
        for used, path, code in self._files:  # what a file imports is added at the end meanwhile
            text = self._text(path, code)
            bindings.append(f"{_NAME}{len(bindings)}=if({used})<''then null else(\n{text}\n)")
        return f"local {','.join(bindings)};{body}" if bindings else source

    def _text(self, path: str, code: str) -> str:
        """The code of a file, as a part of the whole."""
        base = path[: path.rfind("/") + 1]  # what the VM takes for the directory
        pieces: list[str] = []
        end = 0
        for each in _imports(code):
            variable = self._variable(base, each) if each.keyword == "import" else ""
            # Like an import, an assertion is an operand up to the end of the expression.
            text = f"assert true;{variable}" if variable else _import(each.keyword, base, each.name)
            pieces += code[end : each.start], text
            end = each.end
        return "".join(pieces) + code[end:]

    def _variable(self, base: str, each: _Import) -> str:
        if not each.is_whole:
            return ""
        key = base, each.name
        if key not in self._variables:
            self._variables[key] = self._joined(*key)
        return self._variables[key]

    def _joined(self, base: str, name: str) -> str:
        """The variable of a file that becomes a part of the text, or nothing."""
        if len(self._files) == MAX_FILES or self._size > MAX_SIZE:
            return ""
        try:
            path, code = self._read(base, name)
            if len(code) > MAX_SIZE or "thisFile" in code:
                return ""
            # What does not fit is the last that is read: an index lists hundreds.
            self._size += len(code)
            if self._size > MAX_SIZE:
                return ""
            _imports(code)
        except EvaluationError:
            return ""
        self._files.append((_import("importstr", base, self._text_prefix + name), path, code))
        return f"{_NAME}{len(self._files) - 1}"


def _import(keyword: str, base: str, name: str) -> str:
    full = f"{_RELATIVE}{len(base)}:{base}{name}"
    return f"{keyword}{json.dumps(full, ensure_ascii=False)}"
