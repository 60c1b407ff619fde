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
_BRACKET = re.compile(r"([\[{(\]})])")
# Not compiled here, as hardly any code has to be looked at so closely.
_TOKEN = rf"(?s)(?P<open>[\[{{(])|(?P<close>[\]}})])|{_TEXTS}|(?P<comma>,)|\w+|[^\w\s]"
_OPEN, _CLOSE = frozenset("[{("), frozenset("]})")
_OTHERS = bytes(set(range(256)) - set(b"[]{}()"))


def refuse_endless(path: str, code: str) -> None:
    """Raises `EvaluationError` for code that would overflow the stack of a VM."""
    if endless := _endless(code):
        position, message = endless
        raise EvaluationError(message, [Frame.at(path, code, position)])


@lru_cache(maxsize=32)  # most templates import the same libraries
def _endless(code: str) -> tuple[int, str] | None:
    """Where a VM would give up, and why."""
    if len(code) <= MAX_CHAIN:
        is_flat = code.count("[") + code.count("{") + code.count("(") <= MAX_NESTING
        return None if is_flat or _match(_TEXT.sub("x", code)) else _exactly(code)
    # The characters between brackets are no fewer than the words and signs, and sooner counted; a
    # text or a comment is one.
    sizes = [0]
    for piece in _BRACKET.split(_TEXT.sub("x", code)):
        sizes[-1] += len(piece)
        if len(sizes) > MAX_NESTING or sizes[-1] > MAX_CHAIN:
            return _exactly(code)
        if piece in _OPEN:
            sizes.append(0)
        elif piece in _CLOSE and len(sizes) > 1:
            sizes.pop()
    return None


def _match(code: str) -> bool:
    """Whether all brackets match, and none is nested too deep."""
    brackets = code.encode(errors="replace").translate(None, _OTHERS)
    for _ in range(MAX_NESTING):
        outer = brackets.replace(b"()", b"").replace(b"[]", b"").replace(b"{}", b"")
        if len(outer) == len(brackets):
            break
        brackets = outer
    return not brackets


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
