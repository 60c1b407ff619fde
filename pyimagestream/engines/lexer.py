"""The tokens of Jsonnet, as the lexers of the VMs tell them apart.

Where the two VMs differ (in a run of three signs such as ``==-``, which only C++
takes for ``==`` and ``-``) the tokens are those of C++: the other refuses such code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from ..errors import LexError

Kind = Literal["string", "number", "identifier", "keyword", "operator", "open", "close", "mark"]
"""Of a token. A mark is one of ``, ; . $``, open and close are brackets."""

KEYWORDS = frozenset(
    ["assert", "else", "error", "false", "for", "function", "if", "import", "importbin"]
).union(["importstr", "in", "local", "null", "self", "super", "tailstrict", "then", "true"])

# White space and comments, a token behind them or the end of the code, and what is none: all of it,
# so that no more is looked for.
_PIECE = re.compile(
    r"""((?:[ \t\r\n]+|//[^\n]*|\#[^\n]*|/\*.*?\*/)*)
    (?:(
        [A-Za-z_][A-Za-z0-9_]*
        |'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*"
        |@'[^']*(?:''[^']*)*'(?!')|@"[^"]*(?:""[^"]*)*"(?!")
        # A block ends at the first line without the indent of its first one; empty lines have none.
        |\|\|\|-?[ \t\r]*\n\n*(?P<indent>[ \t]+)(?![ \t])[^\n]*\n(?:(?P=indent)[^\n]*\n|\n)*
            (?!(?P=indent))[ \t]*\|\|\|
        |[\[\](){},;.]
        |(?:0|[1-9](?:_?[0-9])*)(?:\.[0-9](?:_?[0-9])*)?(?:[eE][-+]?[0-9](?:_?[0-9])*)?
        # No operator ends with a sign that may begin an operand, unless it is that sign alone. None
        # that a VM knows has two of them; of more it would take long to find the end.
        |(?:[!$~+\-]{0,9}(?!//|/\*|\|\|\|)[:&|^=<>*/%])+|[!$~+\-]
        |\Z
    )|(.+))""",
    re.VERBOSE | re.DOTALL,
)

_KINDS: dict[str, Kind] = {
    **dict.fromkeys("'\"@", "string"),
    **dict.fromkeys("0123456789", "number"),
    **dict.fromkeys("([{", "open"),
    **dict.fromkeys(")]}", "close"),
    **dict.fromkeys(",;.", "mark"),
    **dict.fromkeys("!:~+-&^=<>*/%", "operator"),
}
"""By the first character, where that tells it."""

_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_CLOSING = frozenset(_BRACKETS.values())

_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPED = dict(zip("bfnrt\\\"'/", "\b\f\n\r\t\\\"'/", strict=True))


class Token(NamedTuple):
    """A word or sign of the code, and where it is in it, in characters."""

    kind: Kind
    text: str
    start: int
    end: int


def kind(text: str) -> Kind:
    """Of the text of a token."""
    if first := _KINDS.get(text[0]):
        return first
    if text[0] == "|":
        return "string" if text.startswith("|||") else "operator"
    if text[0] == "$":
        return "mark" if text == "$" else "operator"
    return "keyword" if text in KEYWORDS else "identifier"


def pieces(code: str) -> tuple[list[str], list[str]]:
    """The texts of the tokens of Jsonnet code, and the white space and comments around them.

    The latter are one more. Raises `LexError`. A number with junk behind it, such as ``1.x``,
    is a number and what follows: that no VM takes it is for the parser to say.
    """
    between, texts, _, others = zip(*_PIECE.findall(code), strict=True)
    if any(others):
        raise LexError(f"there is no token at offset {len(code) - max(map(len, others))}")
    count = texts.index("")  # the end of the code
    return list(between[: count + 1]), list(texts[:count])


def tokens(code: str) -> list[Token]:
    """The tokens of Jsonnet code. Raises `LexError` as `pieces` does."""
    found: list[Token] = []
    end = 0
    for before, text in zip(*pieces(code), strict=False):
        start = end + len(before)
        end = start + len(text)
        found.append(Token(kind(text), text, start, end))
    return found


def pairs(texts: Sequence[str]) -> dict[int, int]:
    """The index of the closing bracket by that of the opening one, and the other way round.

    Raises `LexError` where the brackets among the texts of tokens do not match.
    """
    found: dict[int, int] = {}
    opened: list[int] = []
    for index, text in enumerate(texts):
        if text in _BRACKETS:
            opened.append(index)
        elif text in _CLOSING:
            if not opened or _BRACKETS[texts[opened[-1]]] != text:
                raise LexError(f"nothing is open that {text!r} closes")
            opening = opened.pop()
            found[opening], found[index] = index, opening
    if opened:
        raise LexError("a bracket is never closed")
    return found


def value(text: str) -> str:
    """The text that a string token stands for.

    Raises `LexError` for an escape sequence that no VM, or not every VM, knows.
    """
    if text[0] == "|":
        return _block(text)
    if text[0] == "@":
        return text[2:-1].replace(text[1] * 2, text[1])
    body = text[1:-1]
    if "\\" not in body:
        return body
    unescaped = _ESCAPE.sub(_unescaped, body)
    if unescaped.isascii():
        return unescaped
    try:  # what was given as two surrogates is one character; one surrogate alone is none
        return unescaped.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise LexError("there is half a character") from None


def _unescaped(match: re.Match[str]) -> str:
    escape = match[1]
    if len(escape) == 5:
        return chr(int(escape[1:], 16))
    if escape not in _ESCAPED:
        raise LexError(f"\\{escape} is no escape sequence")
    return _ESCAPED[escape]


def _block(text: str) -> str:
    head, _, body = text.partition("\n")
    lines = "\n" + body[: body.rindex("\n") + 1]
    first = lines.lstrip("\n")
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    # Of a first line of nothing but blanks, all of it is the indent.
    value = lines.replace("\n" + indent, "\n")[1:]
    return value[:-1] if head.startswith("|||-") else value
