"""Halves of surrogate pairs, which a text of Python or of JSON may have, and one of Go has not."""

from __future__ import annotations


def decoded(text: str) -> str:
    """The text the server reads: U+FFFD for half a surrogate pair, one letter for both halves."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
