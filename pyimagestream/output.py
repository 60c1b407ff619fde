"""What a VM prints, and the manifests of our kind in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .errors import EvaluationError
from .model import IMAGE_STREAM_IMPORT


def parsed(text: str) -> Any:
    """The value of a VM's JSON text."""
    try:
        return json.loads(text)
    except RecursionError:
        raise EvaluationError("the result is nested too deep") from None


def manifests(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The manifests of our kind anywhere in a value, with their places in it (``.a.b[0]``)."""
    if isinstance(value, dict):
        if IMAGE_STREAM_IMPORT.is_kind_of(value):
            yield path, value
            return
        for key, item in value.items():
            if isinstance(item, (dict, list)):
                yield from manifests(item, f"{path}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, (dict, list)):
                yield from manifests(item, f"{path}[{index}]")
