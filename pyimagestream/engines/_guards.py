"""Code that would overflow the stack of a VM, found before the VM sees it."""

from __future__ import annotations

import re
from functools import lru_cache

from ..errors import EvaluationError, Frame

MAX_NESTING = 500
"""Brackets in brackets. The C++ parser stops there; the others overflow their stacks later on."""

MAX_CHAIN = 250_000
"""Words and signs without a comma between them, as in `1 + 1 + ...`: half a million of them
overflow the stack of the Go VM, a million that of the C++ VM."""

# Texts and comments count where they are left open as well: else each look for an end is in vain.
_TEXTS = (
    r"""@'[^']*(?:''[^']*)*(?:'|\Z)|@"[^"]*(?:""[^"]*)*(?:"|\Z)"""
    r"""|'[^'\\]*(?:\\.[^'\\]*)*(?:'|\\?\Z)|"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)"""
    r"""|//[^\n]*|\#[^\n]*|/\*.*?(?:\*/|\Z)|\|\|\|.*?(?:\n[ \t]*\|\|\||\Z)"""
)
_TEXT = re.compile(_TEXTS, re.DOTALL)
# Not compiled here, as hardly any code has to be looked at so closely.
_TOKEN = rf"(?s)(?P<open>[\[{{(])|(?P<close>[\]}})])|{_TEXTS}|(?P<comma>,)|\w+|[^\w\s]"

_GROUP = re.compile(rb"[\[{(][x,]*[\]})]")
_BETWEEN_COMMAS = re.compile(rb",x*(?=,)")
_SIGNS = b"[]{}(),"
_OTHERS = bytes(set(range(256)) - set(_SIGNS))
_WORDS = bytes(byte if byte in _SIGNS else ord("w") for byte in range(256))
_MANY = b"x" * 200
_LONG = b"w" * 1000
"""Fewer brackets without a comma between them, with less before each, are no chain too long."""


def refuse_endless(path: str, code: str) -> None:
    """Raises `EvaluationError` for code that would overflow the stack of a VM."""
    if endless := _endless(code):
        position, message = endless
        raise EvaluationError(message, [Frame.at(path, code, position)])


@lru_cache(maxsize=32)  # most templates import the same libraries
def _endless(code: str) -> tuple[int, str] | None:
    """Where a VM would give up, and why."""
    if len(code) <= MAX_CHAIN and sum(map(code.count, "[{(")) <= MAX_NESTING:
        return None
    return None if _is_harmless(_TEXT.sub("x", code), len(code) > MAX_CHAIN) else _exactly(code)


def _is_harmless(code: str, is_long: bool) -> bool:
    """Whether it is certain that nothing in code without texts is nested too deep, or a chain."""
    encoded = code.encode(errors="replace")
    if is_long and _LONG in encoded.translate(_WORDS):
        return False
    signs = encoded.translate(None, _OTHERS)
    for _ in range(MAX_NESTING):
        # From the inside out, what is in brackets becomes an x.
        outer = _GROUP.sub(b"x", signs)
        if len(outer) == len(signs):
            break
        if is_long and _MANY in outer:
            return False
        signs = _BETWEEN_COMMAS.sub(b"", outer)
    return not signs.strip(b"x,")


def _exactly(code: str) -> tuple[int, str] | None:
    chains = [0]  # the length of the chain so far, inside of each open bracket
    for token in re.finditer(_TOKEN, code):
        chains[-1] = 0 if token.lastgroup == "comma" else chains[-1] + 1
        if token.lastgroup == "open":
            chains.append(0)
        elif token.lastgroup == "close" and len(chains) > 1:
            chains.pop()
        if chains[-1] > MAX_CHAIN:
            too_long = f"this goes on for more than {MAX_CHAIN} words and signs without a comma"
            return token.start(), too_long
        if len(chains) > MAX_NESTING + 1:
            return token.start(), f"brackets are nested more than {MAX_NESTING} deep"
    return None
