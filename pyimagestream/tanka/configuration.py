"""What a project says once for all commands: in `pyimagestream.yaml`, or in `pyproject.toml`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any, NamedTuple

from ..engines.sources import read_regular
from ..errors import Frame, PyimagestreamError, YamlError
from ..evaluation.libraries import refuse_no_library
from ..evaluation.settings import StrPath

FILE = "pyimagestream.yaml"
PYPROJECT = "pyproject.toml"
TABLE = "tool.pyimagestream"

_LISTS = {"ignore": "codes", "library": "directories"}

_Places = Callable[[str], Frame]
"""Where a file has a key; for an empty one, where it has the settings as a whole."""


class Configuration(NamedTuple):
    """The settings of a project; None for what it does not say.

    ``ignore`` are codes of warnings, ``library`` directories of generated libraries (from the
    current directory on), ``server`` the server to obey, ``engine`` the VM.
    """

    ignore: tuple[str, ...] | None = None
    library: tuple[str, ...] = ()
    server: str | None = None
    engine: str | None = None


def configuration_of(path: StrPath) -> Configuration:
    """The settings in the nearest directory from a path upwards that has some.

    Raises `PyimagestreamError` for a file that cannot be read, an unknown key and a wrong value,
    and where a directory has settings in both files.
    """
    directory = os.path.abspath(path)
    while True:
        found = [
            (places, values)
            for name, read in ((FILE, _yaml), (PYPROJECT, _toml))
            if os.path.isfile(file := os.path.join(directory, name))
            for places, values in read(os.path.relpath(file))
        ]
        if len(found) > 1:
            one, other = (places("").file for places, _ in found)
            raise PyimagestreamError(f"{one} and {other} both have settings: keep one of them")
        if found:
            return _configuration(*found[0])
        parent = os.path.dirname(directory)
        if parent == directory:
            return Configuration()
        directory = parent


def _configuration(places: _Places, values: Any) -> Configuration:
    from ..checks.spelling import meant
    from ..checks.warnings import CODES  # slow to import, and few projects have settings
    from ..engines.vm import ENGINES
    from ..model.schema import SERVERS

    known = {"engine": ENGINES, "ignore": CODES, "library": None, "server": SERVERS}
    if not isinstance(values, dict):
        raise PyimagestreamError(f"{places('')}: must have keys: {', '.join(known)}")
    for key, value in values.items():
        where = f"{places(str(key))}: {key}"
        if key not in known:
            near = meant(str(key), known)
            hint = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
            raise PyimagestreamError(f"{where}: there is no such setting ({hint})")
        if key in _LISTS and not isinstance(value, list):
            raise PyimagestreamError(
                f"{where}: must be a list of {_LISTS[key]}, not {_shown(value)}"
            )
        choices = known[key]
        for item in value if key in _LISTS else [value]:
            if not isinstance(item, str):
                raise PyimagestreamError(f"{where}: must be a string, not {_shown(item)}")
            if choices is not None and item not in choices:
                near = meant(item, choices)
                hint = f"did you mean {near}?" if near else f"there are {', '.join(choices)}"
                raise PyimagestreamError(f"{where}: {item!r:.80} is none ({hint})")
    ignore = values.get("ignore")
    return Configuration(
        None if ignore is None else tuple(ignore),
        _libraries(places("library"), values.get("library", ())),
        values.get("server"),
        values.get("engine"),
    )


def _libraries(frame: Frame, given: Iterable[str]) -> tuple[str, ...]:
    """The directories of libraries, which stand in a file relative to its own directory."""
    directories = tuple(os.path.join(os.path.dirname(frame.file), each) for each in given)
    for directory in directories:
        try:
            refuse_no_library(directory)
        except PyimagestreamError as error:
            raise PyimagestreamError(f"{frame}: library: {error}") from None
    return directories


def _shown(value: Any) -> str:
    import json

    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    names = {dict: "an object", list: "a list", str: f"{value!r:.80}", type(None): "null"}
    return names.get(type(value), f"{value!r:.80}")


def _yaml(file: str) -> Iterator[tuple[_Places, Any]]:
    from ..golang.yaml.reader import read_kubectl  # slow to import, and few projects need it

    try:
        readings = list(read_kubectl(_text(file), with_places=True))
    except YamlError as error:
        raise PyimagestreamError(
            f"{Frame(file, error.line, error.column)}: {error.message}"
        ) from None
    if len(readings) > 1:
        raise PyimagestreamError(f"{file}: must be one document, not {len(readings)}")
    if not readings:
        return
    [reading] = readings
    container = reading.containers.get(id(reading.value))
    parts = container.parts if container else {}

    def place(key: str) -> Frame:
        return Frame(file, *parts[key]) if key in parts else Frame(file)

    yield place, {} if reading.value is None else reading.value


def _toml(file: str) -> Iterator[tuple[_Places, Any]]:
    text = _text(file)
    if "pyimagestream" not in text:  # then it is none of our business, whatever it is
        return
    toml: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        values = toml.loads(text)
    except toml.TOMLDecodeError as error:
        found = re.search(r"(.*) \(at line (\d+), column (\d+)\)", str(error), re.DOTALL)
        frame = Frame(file, int(found[2]), int(found[3])) if found else Frame(file)
        raise PyimagestreamError(f"{frame}: {found[1] if found else error}") from None
    except (ValueError, RecursionError):  # a number or nesting that Python does not take
        raise PyimagestreamError(f"{file}: too long a number, or nested too deeply") from None
    for name in TABLE.split("."):
        values = values.get(name) if isinstance(values, dict) else None
    if values is not None:
        yield lambda key: _toml_place(file, text, key), values


def _toml_place(file: str, text: str, key: str) -> Frame:
    """Where the table has a key: parsers of TOML do not tell."""
    header = re.search(r"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*pyimagestream[ \t]*\]", text, re.M)
    if not header:
        return Frame(file)
    end = re.compile(r"^[ \t]*\[", re.M).search(text, header.end())
    own = text[: end.start() if end else len(text)]
    line = re.compile(rf"^[ \t]*(['\"]?){re.escape(key)}\1[ \t]*=[ \t]*", re.M)
    found = line.search(own, header.end()) if key else None
    return Frame.at(file, text, found.end() if found else header.start())


def _text(file: str) -> str:
    try:
        return read_regular(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PyimagestreamError(f"{file}: this is not UTF-8") from None
    except OSError as error:
        raise PyimagestreamError(f"{file}: cannot be read: {error.strerror}") from None
