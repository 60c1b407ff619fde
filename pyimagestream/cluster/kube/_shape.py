"""Whether data from elsewhere is built as expected, before anything looks into it."""

from __future__ import annotations

from typing import Any

Shape = Any
"""A type, ``[Shape]`` for a list of such, or a dict of the fields that are looked at."""


def misfit(value: Any, shape: Shape, path: str = "") -> str:
    """The first place where a value is not of a shape, "" if it is.

    A field may be null, missing or unknown: that is up to whoever reads it.
    """
    parts: list[tuple[Any, Shape, str]] = []
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return path or "."
        present = [key for key in shape if value.get(key) is not None]
        parts = [(value[key], shape[key], f"{path}.{key}") for key in present]
    elif isinstance(shape, list):
        if not isinstance(value, list):
            return path or "."
        parts = [(item, shape[0], f"{path}[{index}]") for index, item in enumerate(value)]
    elif type(value) is not shape:
        return path or "."
    return next(filter(None, (misfit(*part) for part in parts)), "")
