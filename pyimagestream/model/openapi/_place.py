"""Where in a document something stands, for errors and warnings."""

from __future__ import annotations

from dataclasses import dataclass

from ...errors import PyimagestreamError


@dataclass(frozen=True)
class Place:
    """A file, and the keys that lead to a value in it."""

    file: str
    keys: tuple[str | int, ...] = ()

    def below(self, *keys: str | int) -> Place:
        return Place(self.file, (*self.keys, *keys))

    def error(self, message: str) -> PyimagestreamError:
        return PyimagestreamError(f"{self}: {message}")

    def __str__(self) -> str:
        pointer = "".join(f"/{_escaped(key)}" for key in self.keys)
        return f"{self.file}: {pointer}" if pointer else self.file


def _escaped(key: str | int) -> str:
    """As RFC 6901 has it."""
    return str(key).replace("~", "~0").replace("/", "~1")


def kind_of(value: object) -> str:
    """What a JSON value is, in words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    return f"{value!r:.60}"
