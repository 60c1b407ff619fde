"""Quantities and durations, as the Go types of Kubernetes read them.

Source: apimachinery, pkg/api/resource (ParseQuantity), and Go's time.ParseDuration; for the
format ``duration`` of a CustomResourceDefinition, strfmt of go-openapi, which takes words too.
"""

from __future__ import annotations

import re

_QUANTITY = re.compile(
    r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?"
)
_DURATION = re.compile(r"[+-]?(?:0|(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)")
_WORDS = re.compile(
    r"(?<![0-9])[0-9]+\s*(?:ns|nano|us|µs|micro|ms|milli|s|sec|m|min|h|hr|hour|d|day|w|wk|week)"
)


def is_quantity(text: str) -> bool:
    """Whether a text is a quantity such as 100m, 1.5Gi or 1e3."""
    return _QUANTITY.fullmatch(text.strip()) is not None


def is_duration(text: str) -> bool:
    """Whether Go reads a text as a duration such as 1h30m."""
    return _DURATION.fullmatch(text) is not None


def is_worded_duration(text: str) -> bool:
    """Whether the format ``duration`` takes a text: Go's, or one with words such as 3 days."""
    return is_duration(text) or _WORDS.search(text) is not None
