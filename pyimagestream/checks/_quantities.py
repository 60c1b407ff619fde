"""Quantities and durations, as the Go types of Kubernetes read them.

Source: apimachinery, pkg/api/resource (ParseQuantity), and Go's time.ParseDuration; for the
format ``duration`` of a CustomResourceDefinition, strfmt of kube-openapi, which takes words too.
"""

from __future__ import annotations

import re

_QUANTITY = re.compile(r"(?!\Z)[+-]?[0-9]*(?:\.[0-9]*)?(?:[numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?")
_DURATION = re.compile(r"[+-]?(?:0|(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)")
_WORDED = re.compile(r"([0-9]+)\s*([A-Za-zµ]+)", re.ASCII)
_WORD = re.compile(
    r"ns|nano.*|us|µs|micro.*|ms|milli.*|s|sec.*|m|min.*|h|hr|hour.*|d|day.*|w|wk|week.*"
)


def is_quantity(text: str) -> bool:
    """Whether a text is a quantity such as 100m, 1.5Gi or 1e3. One without digits is 0."""
    return _QUANTITY.fullmatch(text.strip(" ")) is not None


def is_duration(text: str) -> bool:
    """Whether Go reads a text as a duration such as 1h30m."""
    return _DURATION.fullmatch(text) is not None


def is_worded_duration(text: str) -> bool:
    """Whether the format ``duration`` takes a text: Go's, or one with words such as 3 days."""
    parts = _WORDED.findall(text)
    return is_duration(text) or (
        all(len(number) < 19 for number, _ in parts)
        and any(_WORD.fullmatch(word.lower()) for _, word in parts)
    )
