"""The documents of a YAML or JSON file, one after the other, as kubectl takes them.

A stream that begins with a brace is JSON, and goes on as YAML where it is none. YAML is
cut at the lines ``---`` before it is parsed. So no more than one document is in memory,
and what is wrong with one does not hide the next.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..engines.sources import MAX_SIZE, UTF_16, is_utf_16
from ..errors import EvaluationError, Frame, YamlError
from .json import mended, without_surrogates
from .yaml.reader import Budget, Container, Oddity, Place, Reading, read_kubectl

_TRY = 1 << 16  # bytes of JSON after which to look whether a document is complete
_SEPARATOR = re.compile(rb"---[ \t\r\n]*(?:#.*)?", re.DOTALL)
_SPACE = re.compile(r"[ \t\r\n]*")
_LONE = re.compile(r"\\u[dD][89a-fA-F]")
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what YAML's lines end with


@dataclass(frozen=True)
class Unreadable:
    """A part of a stream that is no document. Line and column count from 1, 0 is unknown."""

    message: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True)
class Document:
    """A value, and what there is to say of its text."""

    value: Any
    oddities: tuple[Oddity, ...]
    is_json: bool
    _text: str
    _start: Place
    _index: int = 0

    def reading(self) -> Reading:
        """The same value once more, with the places of all that is in it."""
        found = self._again()
        _name_entries(found.value)
        return found

    def _again(self) -> Reading:
        if self.is_json:
            return _Json(self._text, self._start).reading()
        # Within what aliases may do: it was read before.
        endless = Budget(1 << 62, 1 << 62)
        for index, found in enumerate(read_kubectl(self._text, endless, with_places=True)):
            if index == self._index:
                return _moved(found, self._start.line - 1)
        raise AssertionError("the text has the document")


def documents(lines: Iterable[bytes], *, is_json: bool) -> Iterator[Document | Unreadable]:
    """The documents in the lines of a file; those of a file that ``is_json`` ought to be JSON."""
    source = _Lines(lines)
    if source.refusal:
        found: Iterable[Document | Unreadable] = [source.refusal]
    elif is_json or source.starts_with_brace():
        found = _json_documents(source, is_json)
    else:
        found = _yaml_documents(source.rest(), 1)
    for each in found:
        if isinstance(each, Document):
            _name_entries(each.value)
        yield each


def _name_entries(value: Any) -> None:
    """Gives the entries of a list of one kind (``ImageStreamList``) what the API server leaves out.

    kubectl does so where both version and kind are missing.
    """
    if not isinstance(value, dict):
        return
    version, kind, entries = value.get("apiVersion"), value.get("kind"), value.get("items")
    if not (isinstance(version, str) and isinstance(kind, str) and isinstance(entries, list)):
        return
    of = kind.removesuffix("List")
    for entry in entries if of and of != kind else ():
        if isinstance(entry, dict) and not (entry.get("apiVersion") or entry.get("kind")):
            entry.update(apiVersion=version, kind=of)


def json_document(text: str) -> Document | Unreadable:
    """The value of a text that is to be JSON, and one value."""
    start = _skip_space(text, 0)
    try:
        value, end, repeated = _parsed(text, start)
        after = _skip_space(text, end)
        if after < len(text):
            _parsed(text, after)  # what is no JSON at all is told as that
            raise _JsonError("this is no JSON: extra data", after)
    except _JsonError as error:
        return Unreadable(error.message, *_advanced(text, 0, error.position, 1, 1))
    return Document(value, repeated, True, text, Place(1, 1))


def json_value(path: str, text: str) -> Any:
    """The value of the text of a file of JSON. Raises `EvaluationError` with the place."""
    found = json_document(text)
    if isinstance(found, Unreadable):
        raise EvaluationError(found.message, [Frame(path, found.line, found.column)])
    return found.value


class _Lines:
    """The lines of a file, without its byte order mark; the first ones can be looked at."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self._seen: list[bytes] = []
        first = next(self._lines, b"")
        self.refusal = None
        if is_utf_16(first):
            self.refusal = Unreadable(UTF_16, 1, 1)
        self._seen = [first.removeprefix(b"\xef\xbb\xbf")]

    def starts_with_brace(self) -> bool:
        while not self._seen[-1].strip():
            line = next(self._lines, None)
            if line is None:
                return False
            self._seen.append(line)
        return self._seen[-1].lstrip()[:1] in (b"{", b"[")

    def rest(self) -> Iterator[bytes]:
        yield from self._seen
        self._seen = []
        yield from self._lines


def _yaml_documents(lines: Iterable[bytes], start: int) -> Iterator[Document | Unreadable]:
    """The documents in lines, of which ``start`` is the number of the first."""
    budget = Budget()
    chunk: list[bytes] = []
    size = 0
    for index, line in enumerate(lines, start + 1):
        if line.startswith(b"---") and _SEPARATOR.fullmatch(line):
            yield from _chunk(chunk, start, budget)
            chunk, start, size = [], index, 0
            continue
        chunk.append(line)
        size += len(line)
        if size > MAX_SIZE:
            yield _too_large(start)
            return
    yield from _chunk(chunk, start, budget)


def _chunk(lines: list[bytes], start: int, budget: Budget) -> Iterator[Document | Unreadable]:
    try:
        # kubectl ends the last line, which a block scalar at the end of a file shows.
        text = _decoded(b"".join(lines).removesuffix(b"\n") + b"\n", start)
        for index, found in enumerate(read_kubectl(text, budget)):
            oddities = tuple(found.oddities)
            yield Document(found.value, oddities, False, text, Place(start, 1), index)
    except YamlError as error:
        line = error.line and error.line + start - 1
        yield Unreadable(f"{error.message}{_hint(text, error)}", line, error.column)
    except UnicodeError as error:
        yield Unreadable(*error.args)


def _hint(text: str, error: YamlError) -> str:
    """What the line of an error has that is often meant to be YAML, and is none."""
    line = _BREAK.split(text)[error.line - 1] if error.line else ""
    if line[max(error.column - 1, 0) :].startswith("\t"):
        return " (this is a tab: YAML is indented by blanks)"
    if "{{" in line or "{%" in line:
        return " (a template is no YAML yet: `... | pyimagestream validate -` checks what it gives)"
    return ""


class _DecodingError(UnicodeError):
    """What of a text is not UTF-8: the arguments are those of `Unreadable`."""


def _decoded(content: bytes, start: int) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + start
        column = error.start - content.rfind(b"\n", 0, error.start)
        message = f"not UTF-8: byte 0x{content[error.start]:02x} cannot stand here"
        raise _DecodingError(message, line, column) from None


def _too_large(line: int) -> Unreadable:
    return Unreadable(f"this document is larger than {MAX_SIZE >> 20} MiB", line, 1)


def _moved(found: Reading, lines: int) -> Reading:
    """The same, so many lines further down."""
    for key, container in found.containers.items():
        parts = {part: place.below(lines) for part, place in container.parts.items()}
        found.containers[key] = Container(container.place.below(lines), parts)
    return found


class _JsonError(ValueError):
    """What is wrong with JSON, and where in the text."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message, position)
        self.message = message
        self.position = position


def _json_documents(source: _Lines, is_json: bool) -> Iterator[Document | Unreadable]:
    text, line, column = "", 1, 1
    wanted = _TRY
    lines = source.rest()
    at_end = False
    while not at_end:
        parts, size = [], len(text)
        for part in lines:
            parts.append(part)
            size += len(part)
            if size >= wanted:
                break
        else:
            at_end = True
        try:
            text += _decoded(b"".join(parts), line + text.count("\n"))
        except UnicodeError as error:
            yield Unreadable(*error.args)
            return
        position = 0
        failure: _JsonError | None = None
        while True:
            start = _skip_space(text, position)
            line, column = _advanced(text, position, start, line, column)
            position = start
            if position == len(text):
                break
            try:
                value, end, repeated = _parsed(text, position)
            except _JsonError as error:
                failure = error
                break
            if end == len(text) and not at_end:  # a number may go on
                break
            yield Document(value, repeated, True, text[position:end], Place(line, column))
            line, column = _advanced(text, position, end, line, column)
            position = end
        text = text[position:]
        wanted = max(_TRY, 2 * len(text))
        if len(text) > MAX_SIZE:
            yield _too_large(line)
            return
    if failure:
        yield from _no_json(text, failure, position, Place(line, column), is_json)


def _no_json(
    text: str, failure: _JsonError, position: int, start: Place, is_json: bool
) -> Iterator[Document | Unreadable]:
    """What is no JSON may be YAML, for kubectl as well. Braces in a JSON file never are."""
    line, column = _advanced(text, 0, failure.position - position, *start)
    error = Unreadable(failure.message, line, column)
    if is_json and text[:1] in "{[":
        yield error
        return
    found = _yaml_documents(text.encode().splitlines(keepends=True), start.line)
    first = next(found, None)
    if is_json and not (isinstance(first, Document) and isinstance(first.value, (dict, list))):
        yield error
    elif first:
        yield first
        yield from found


def _skip_space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    assert match
    return match.end()


def _advanced(text: str, start: int, end: int, line: int, column: int) -> Place:
    """The place of the position ``end``, when ``start`` has that line and column."""
    breaks = text.count("\n", start, end)
    if not breaks:
        return Place(line, column + end - start)
    return Place(line + breaks, end - text.rfind("\n", start, end))


def _parsed(text: str, position: int) -> tuple[Any, int, tuple[Oddity, ...]]:
    """The value that begins there, and where it ends. Raises `_JsonError`."""
    repeated: list[Oddity] = []

    def together(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            counts = Counter(name for name, _ in pairs)
            again = [name for name, count in counts.items() if count > 1]
            repeated.extend(Oddity(found, name, name, True) for name in again)
        return found

    decoder = json.JSONDecoder(
        object_pairs_hook=together,
        parse_int=_integer,
        parse_float=_float,
        parse_constant=_constant,
    )
    try:
        value, end = decoder.raw_decode(text, position)
        if _LONE.search(text, position, end):
            value, repeated = mended(value), []
    except json.JSONDecodeError as error:
        raise _JsonError(_explained(text, error), error.pos) from None
    except OverflowError as error:
        number = str(error)
        raise _JsonError(
            f"{number:.40} is no number of JSON", text.find(number, position)
        ) from None
    except RecursionError:
        raise _JsonError("nested too deeply", position) from None
    return value, end, tuple(repeated)


def _explained(text: str, error: json.JSONDecodeError) -> str:
    if text[error.pos : error.pos + 1] == "#" or text[error.pos : error.pos + 2] in ("//", "/*"):
        return "JSON has no comments"
    return f"this is no JSON: {error.msg[0].lower()}{error.msg[1:]}"


def _integer(text: str) -> int:
    if len(text) > 308:  # it may be beyond a double, and Python has a limit of its own
        _float(text)
    return int(text)


def _float(text: str) -> float:
    number = float(text)
    if number - number != 0:
        raise OverflowError(text)
    return number


def _constant(text: str) -> Any:
    raise OverflowError(text)


_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:(?P<mark>[{}\[\],:])|(?P<scalar>"[^"\\]*(?:\\.[^"\\]*)*"|[^\s{}\[\],:"]+))""",
    re.DOTALL,
)


class _Json:
    """A JSON text that was read before, read again for the places of what is in it."""

    def __init__(self, text: str, start: Place) -> None:
        self._text = text
        self._start = start
        self._lines = [match.end() for match in re.finditer("\n", text)]
        self._containers: dict[int, Container] = {}

    def reading(self) -> Reading:
        value: Any = None
        stack: list[tuple[Any, dict[Any, Place]]] = []
        keys: list[str] = []

        def put(item: Any, place: Place) -> None:
            nonlocal value
            if not stack:
                value = item
                return
            container, parts = stack[-1]
            if isinstance(container, list):
                parts[len(container)] = place
                container.append(item)
            else:
                key = keys.pop()
                parts[key] = place
                container[key] = item

        is_key = False
        for match in _TOKEN.finditer(self._text):
            if scalar := match["scalar"]:
                item = json.loads(scalar, parse_int=_integer, parse_float=_float)
                item = without_surrogates(item) if isinstance(item, str) else item
                if is_key:
                    keys.append(item)
                else:
                    put(item, self._place(match.start("scalar")))
                is_key = False
            elif (mark := match["mark"]) in "{[":
                opened: Any = {} if mark == "{" else []
                place = self._place(match.start("mark"))
                parts: dict[Any, Place] = {}
                put(opened, place)
                self._containers[id(opened)] = Container(place, parts)
                stack.append((opened, parts))
                is_key = mark == "{"
            elif mark in "}]":
                stack.pop()
                is_key = False
            elif mark == ",":
                is_key = isinstance(stack[-1][0], dict)
        return Reading(value, containers=self._containers)

    def _place(self, position: int) -> Place:
        index = bisect_right(self._lines, position)
        if not index:
            return Place(self._start.line, self._start.column + position)
        return Place(self._start.line + index, position - self._lines[index - 1] + 1)
