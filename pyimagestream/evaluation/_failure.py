"""A template that failed, and what its VM tells of the place when it is asked.

The VM is asked by evaluating the template once more with other code at the place of the
failure: so it is the VM that knows which fields an object has and which names are bound,
whatever way they came.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property

from ..engines.fastformat import DEEPER, FastImporter
from ..engines.importer import Importer
from ..engines.sources import decode, read_bytes
from ..engines.traces import Traces
from ..engines.vm import Program, evaluate
from ..errors import EvaluationError, Frame, PyimagestreamError
from ..golang.natives import TANKA_NATIVES
from .ladder import Template

_ANSWER = "pyimagestream: the fields are "

_ASK = """(
  local pyimagestream_owner = %(owner)s;
  local pyimagestream_doc =
    if std.objectHasAll(pyimagestream_owner, '#') then pyimagestream_owner['#'] else {};
  error %(answer)s + [
    std.objectFieldsAll(pyimagestream_owner),
    if std.objectHas(pyimagestream_doc, 'import') then pyimagestream_doc['import'] else '',
  ]
)"""


class Failure:
    """A template, its error, and the code at the place of the error."""

    def __init__(self, template: Template, error: EvaluationError) -> None:
        self.template = template
        self.error = error
        self.frame = error.frames[0] if error.frames else Frame(template.filename)

    def source(self, file: str) -> str:
        """The code of a file that took part; empty where it cannot be had."""
        if file == self.template.filename:
            return self.template.source
        if file in self.template.settings.virtual:
            return self.template.settings.virtual[file]
        with suppress(EvaluationError, OSError):
            return decode(file, read_bytes(file))
        return ""

    @cached_property
    def code(self) -> str:
        """The file of the place."""
        return self.source(self.frame.file)

    @cached_property
    def start(self) -> int | None:
        """Where in the file the failed expression begins."""
        lines = [f"{line}\n" for line in self.code.split("\n")]  # as the VMs count them
        line, column = self.frame.line, self.frame.column
        if not 0 < line <= len(lines) or not 0 < column <= len(lines[line - 1]):
            return None
        return sum(map(len, lines[: line - 1])) + column - 1

    @property
    def rest(self) -> str:
        """The code from there on."""
        return self.code[self.start :] if self.start is not None else ""

    def owner(self, field: str) -> str:
        """The code of the object that was asked for a field; empty if it cannot be told."""
        asked = self._asked(field)
        return self.rest[: asked.start()].strip() if asked else ""

    def fields(self, field: str) -> tuple[Sequence[str], str]:
        """The fields of the object that was asked for one it does not have.

        With the path of the library that the object says it is, in docsonnet's words.
        """
        asked = self._asked(field)
        if not asked or self.owner(field) == "super":
            return (), ""
        owner = self.rest[: asked.start()]
        code = _ASK % {"owner": owner, "answer": json.dumps(_ANSWER)}
        settings = self.template.settings
        try:
            if owner == "std":  # it is the same everywhere, and must not be named in rewritten code
                evaluate(settings.engine, Program("std", code), Importer(), {})
            self._evaluate(code + self.rest[asked.end() :])
        except PyimagestreamError as error:
            message = error.message if isinstance(error, EvaluationError) else ""
            with suppress(ValueError):
                if message.startswith(_ANSWER):
                    names, library = json.loads(message.removeprefix(_ANSWER))
                    return [name for name in names if not name.startswith("#")], library
        return (), ""

    def is_bound(self, name: str, instead_of: str) -> bool:
        """Whether a variable may stand where one stands that is unknown. Nothing is evaluated."""
        if not self.rest.startswith(instead_of):
            return False
        return self._is_code(name + self.rest[len(instead_of) :])

    @property
    def is_broken(self) -> bool:
        """Whether the file of the place cannot even be parsed."""
        return not self._is_code(self.rest)

    def _is_code(self, rest: str) -> bool:
        try:
            self._evaluate(rest, parse_only=True)
        except PyimagestreamError:
            return False
        return True

    def _asked(self, field: str) -> re.Match[str] | None:
        name = re.escape(field)
        return re.search(rf"\s*\.\s*{name}\b|\s*\[\s*(['\"]){name}\1\s*\]", self.rest)

    def _evaluate(self, rest: str, *, parse_only: bool = False) -> None:
        """Evaluates the template with other code from the place on."""
        template = self.template
        changed = self.code[: self.start] + rest
        if parse_only:
            changed = f"local code() = (\n{changed}\n); null"
        if parse_only or self.frame.file == template.filename:
            template = template._replace(source=changed, filename=self.frame.file)
            changes: Mapping[str, str] = {}
        else:
            changes = {self.frame.file: changed}
        settings = template.settings
        # Rewritten, so that what `std.trace` says again is not printed again.
        importer = _Changed(settings.search_path(), settings.virtual, changes)
        program = DEEPER.program(template.program)._replace(max_stack=settings.max_stack)
        natives = {**TANKA_NATIVES, **Traces().native()}
        evaluate(settings.engine, program, importer, natives)


class _Changed(FastImporter):
    """Hands out other code for some files."""

    def __init__(
        self, jpath: Sequence[str], virtual: Mapping[str, str], changes: Mapping[str, str]
    ) -> None:
        super().__init__(jpath, virtual, DEEPER)
        self._changes = {os.path.normpath(path): text.encode() for path, text in changes.items()}

    def _read(self, path: str) -> bytes | None:
        content = super()._read(path)
        return None if content is None else self._changes.get(path, content)
