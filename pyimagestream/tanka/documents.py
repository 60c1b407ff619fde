"""The report on a file of finished manifests: YAML, or JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ..checks.codes import KEY_READ, KEY_REPEATED, NOT_JSON
from ..errors import EvaluationError, Frame, ManifestWarning, Problem
from ..evaluation.libraries import NONE, Libraries
from ..evaluation.output import is_object, kind_and_name, manifests, objects, unambiguous
from ..golang.documents import Document, Unreadable, documents
from ..golang.yaml.reader import Oddity, Place, Reading
from .places import Places
from .report import PlacedWarning, Report, Rules, strangers, unchecked

JSON = ".json"


def report(
    filename: str, lines: Iterable[bytes], rules: Rules, libraries: Libraries = NONE
) -> Report:
    """The report on the lines of a file, which are read as kubectl reads them."""
    judging = _Judging(filename, rules, libraries)
    is_json = filename.lower().endswith(JSON)
    for index, document in enumerate(documents(lines, is_json=is_json)):
        if isinstance(document, Unreadable):
            frame = Frame(filename, document.line, document.column)
            judging.errors.append(EvaluationError(document.message, [frame]))
        else:
            judging.judge(index, document)
        if index == 0 and is_json and isinstance(document, Document) and not document.is_json:
            judging.warn_of_yaml()
    return judging.report()


class _Judging:
    """Judges one document after the other, and keeps no more of them than their names."""

    def __init__(self, filename: str, rules: Rules, libraries: Libraries) -> None:
        self.filename = filename
        self.rules = rules
        self.libraries = libraries
        self._unknown: dict[str, None] = {}
        self._unchecked: dict[str, None] = {}
        self.errors: list[EvaluationError] = []
        self._documents = 0
        self._objects = 0
        self._names: list[tuple[str, str]] = []
        self._problems: list[tuple[int, Problem]] = []
        self._warnings: list[tuple[int, PlacedWarning]] = []

    def judge(self, index: int, document: Document) -> None:
        self._documents = index + 1
        if self._objects < 2:
            self._objects += len(objects(document.value, 2 - self._objects))
        found = list(manifests(document.value, wanted=self._wants))
        verdicts = [
            (self.rules.problems(each, self.libraries), self.rules.warnings(each, self.libraries))
            for _, each in found
        ]
        self._unknown.update(dict.fromkeys(strangers(document.value, self.rules, self.libraries)))
        for _, each in found:
            self._unchecked.update(dict.fromkeys(unchecked(each, self.libraries)))
        oddities = document.oddities if found or is_object(document.value) else ()
        if not any(problems or warnings for problems, warnings in verdicts) and not oddities:
            self._names += ((f"[{index}]{place}", kind_and_name(each)) for place, each in found)
            return
        reading = document.reading()
        places = Places(reading.containers)
        self._warn_of_oddities(document.value, oddities, reading)
        again = manifests(reading.value, wanted=self._wants)
        for (place, manifest), (_, placed), verdict in zip(found, again, verdicts, strict=True):
            number = len(self._names)
            self._names.append((f"[{index}]{place}", kind_and_name(manifest)))
            for problem in verdict[0]:
                frame = self._frame(places.find(placed, problem.field, problem.value))
                self._problems.append((number, problem._replace(frame=frame)))
            for warning in verdict[1]:
                frame = self._frame(places.find(placed, warning.field, warning.value))
                self._warnings.append((number, PlacedWarning(warning, frame, "")))

    def warn_of_yaml(self) -> None:
        if self.rules.heeds(NOT_JSON):
            warning = ManifestWarning(
                NOT_JSON, "$", None, "this is YAML, which readers of JSON refuse"
            )
            self._warn(warning, self._frame(Place(1, 1)), "")

    def report(self) -> Report:
        """What there is to say of all documents."""
        found = self._names
        if self._documents < 2:
            found = [(place.removeprefix("[0]"), name) for place, name in found]
        names = unambiguous(found)
        shown = names if self._objects > 1 else [""] * len(names)
        places = [place for place, _ in found]
        return Report(
            self.filename,
            tuple(names),
            tuple(
                problem._replace(output_path=places[number], name=shown[number])
                for number, problem in self._problems
            ),
            tuple(
                warning._replace(output_path=places[number], name=shown[number])
                if number >= 0
                else warning._replace(name=warning.name if self._objects > 1 else "")
                for number, warning in self._warnings
            ),
            tuple(self.errors),
            tuple(self._unknown),
            tuple(self._unchecked),
        )

    def _wants(self, value: dict[str, Any]) -> bool:
        return self.rules.wants(value, self.libraries)

    def _warn(self, warning: ManifestWarning, frame: Frame, name: str) -> None:
        """A warning about no manifest of ours."""
        self._warnings.append((-1, PlacedWarning(warning, frame, "", name)))

    def _frame(self, place: Place) -> Frame:
        return Frame(self.filename, place.line, place.column)

    def _warn_of_oddities(self, value: Any, oddities: Sequence[Oddity], reading: Reading) -> None:
        paths = _paths(value, {id(oddity.container) for oddity in oddities})
        # A key that is there three times is told once.
        for oddity in {(id(each.container), *each[1:]): each for each in oddities}.values():
            code = KEY_REPEATED if oddity.is_repeated else KEY_READ
            path = paths.get(id(oddity.container))
            if path is None or not self.rules.heeds(code):  # merged into others, or replaced
                continue
            container = reading.value
            for part in path:
                container = container[part]
            field = _field((*path, oddity.key))
            warning = ManifestWarning(
                code, field, oddity.written, _MESSAGES[code].format(*oddity[1:3])
            )
            frame = self._frame(reading.containers[id(container)].parts[oddity.key])
            self._warn(warning, frame, kind_and_name(value) if is_object(value) else "")


_MESSAGES = {
    KEY_READ: "the key {1} is read as {0!r}: quote it if that is not meant",
    KEY_REPEATED: "the key {1} is there more than once, and the last one counts",
}


def _paths(value: Any, wanted: set[int]) -> dict[int, tuple[str | int, ...]]:
    """The paths to some objects in a value, by their ``id``."""
    found: dict[int, tuple[str | int, ...]] = {}
    stack: list[tuple[Any, tuple[str | int, ...]]] = [(value, ())] if wanted else []
    seen: set[int] = set()
    while stack:
        item, path = stack.pop()
        if not isinstance(item, (dict, list)) or id(item) in seen:
            continue
        seen.add(id(item))
        if id(item) in wanted:
            found[id(item)] = path
        entries = item.items() if isinstance(item, dict) else enumerate(item)
        stack.extend((entry, (*path, key)) for key, entry in entries)
    return found


def _field(path: Sequence[str | int]) -> str:
    """A path as the server prints it."""
    parts = (
        f".{part}" if isinstance(part, str) and not set(part) & set(".[]") else f"[{part}]"
        for part in path
    )
    return "".join(parts).removeprefix(".")
