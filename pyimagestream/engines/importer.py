"""The importer: finds what a Jsonnet file imports, the same way for every engine.

Kept in Python because the engines disagree (C++ and Go let the last entry of
the jpath win, rjsonnet the first), and because a cache has to know which files
an evaluation read and which it looked for in vain.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from ..errors import EvaluationError, shown
from .sources import decode, digest, read_bytes

TEXT = f"__fmt-{os.urandom(8).hex()}:"
"""What the path of a file begins with of which it is known that its text is imported, and not the
code. No template can know it."""

_CODE = (".jsonnet", ".libsonnet", ".json")


class Importer:
    """Resolves ``import 'name'`` against the importing file's directory, then the jpath.

    The directory of the importing file beats the jpath; of the jpath, later
    entries beat earlier ones. ``virtual`` maps names to text that no file holds,
    such as Tanka's ``tk``. ``found`` maps each path that was read to the SHA-256
    of its content (with ``hashed``, else to ""), ``absent`` has the paths where a file
    was looked for in vain.
    """

    def __init__(
        self,
        jpath: Sequence[str | os.PathLike[str]] = (),
        virtual: Mapping[str, str] | None = None,
        *,
        hashed: bool = False,
    ) -> None:
        self.jpath = tuple(os.fspath(directory) for directory in jpath)
        self.virtual = dict(virtual or {})
        self._hashed = hashed
        self.found: dict[str, str] = {}
        self.absent: set[str] = set()

    def __call__(self, base: str, name: str) -> tuple[str, bytes]:
        """The path and the content of an import.

        Raises `EvaluationError` when there is no such file, or when it cannot be
        what an import may be: a directory, or code that is not UTF-8.
        """
        if name in self.virtual:
            return name, self.virtual[name].encode()
        candidates = self._candidates(base, name)
        for path in candidates:
            try:
                content = self._read(path)
            except EvaluationError as error:
                if error.frames and error.frames[0].line:
                    raise
                # What is wrong with a file as a whole is told where it is imported.
                message = f"cannot import {name!r}: {shown(path)}: {error.message}"
                raise EvaluationError(message) from None
            if content is not None:
                return path, content
        raise EvaluationError(_not_found(name, candidates, self._shorter(base, name)))

    def _shorter(self, base: str, name: str) -> str:
        """The end of a name under which the file is found: its beginning may be on the jpath."""
        parts = name.split("/")
        for start in range(1, len(parts)):
            end = "/".join(parts[start:])
            if end and any(map(os.path.isfile, self._candidates(base, end))):
                return end
        return ""

    def _candidates(self, base: str, name: str) -> list[str]:
        # `..` is joined as text, as Go does it, not by the file system: the links that
        # jsonnet-bundler makes in vendor/ lead elsewhere.
        places = (base, *reversed(self.jpath))
        paths = (os.path.normpath(os.path.join(place, name)) for place in places)
        return list(dict.fromkeys(paths))

    def _read(self, path: str) -> bytes | None:
        try:
            content = read_bytes(path)
        except FileNotFoundError:
            self.absent.add(path)
            return None
        if path.endswith(_CODE):
            decode(path, content)
        self.found[path] = digest(content) if self._hashed else ""
        return content


def _not_found(name: str, candidates: Sequence[str], shorter: str) -> str:
    from ..checks.spelling import leading_nowhere, meant_path  # needed only where an import fails

    # The template's own directory may be named from here on, and in the jpath from the root on.
    places = ", ".join(dict.fromkeys(os.path.dirname(shown(path)) or "." for path in candidates))
    if link := next(filter(None, map(leading_nowhere, candidates)), ""):
        where = f"the link {shown(link)} leads nowhere; looked in {places}"
        return f"cannot import {name!r}: there is no such file ({where})"
    near = next(filter(None, map(meant_path, candidates)), "")
    meant = _imported(name, near) if near else shorter
    hint = f"did you mean {meant!r}? " if meant else ""
    return f"cannot import {name!r}: there is no such file ({hint}looked in {places})"


def _imported(name: str, path: str) -> str:
    """How a path is imported that differs in its last parts from the one a name led to."""
    parts = os.path.normpath(name).split(os.sep)
    up = [part for part in parts if part == os.pardir]
    same = path.split(os.sep)[len(up) - len(parts) :]
    return path if os.path.isabs(name) else os.sep.join([*up, *same])
