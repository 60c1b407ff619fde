"""What Tanka 0.38 and the Go libraries in it made of values, recorded once.

``data/go.jsonl`` has a line ``[library, given, result]`` for each; null is an
error. Recorded with gopkg.in/yaml.v2 2.4.0, gopkg.in/yaml.v3 3.0.1 and the
standard library of Go.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TANKA = Path(__file__).parent.parent / "data" / "tanka"
_GO = Path(__file__).parent.parent / "data" / "go.jsonl"


def go(library: str) -> list[tuple[Any, Any]]:
    """What was given to a library, and what it made of it."""
    lines = map(json.loads, _GO.read_text(encoding="utf-8").splitlines())
    return [(given, result) for name, given, result in lines if name == library]


def expected(name: str) -> str:
    """A file Tanka wrote."""
    return (TANKA / "expected" / name).read_bytes().decode()


def environment(name: str) -> dict[str, Any]:
    """An environment of the recorded project, by its directory below `environments`."""
    for each in json.loads(expected("env-list-json.out")):
        if each["metadata"]["name"] == f"environments/{name}":
            found: dict[str, Any] = each
            return found
    raise KeyError(name)
