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

_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n]+|//[^\n]*|\#[^\n]*|/\*.*?\*/)
    |(?P<identifier>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<string>
        '[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*"
        |@'[^']*(?:''[^']*)*'(?!')|@"[^"]*(?:""[^"]*)*"(?!")
        # A block ends at the first line without the indent of its first one; empty lines have none.
        |\|\|\|-?[ \t\r]*\n\n*(?P<indent>[ \t]+)(?![ \t])[^\n]*\n(?:(?P=indent)[^\n]*\n|\n)*
            (?!(?P=indent))[ \t]*\|\|\|
    )
    |(?P<open>[\[{(])|(?P<close>[\]})])
    |(?P<mark>[,;.])
    |(?P<number>(?:0|[1-9](?:_?[0-9])*)(?:\.[0-9](?:_?[0-9])*)?(?:[eE][-+]?[0-9](?:_?[0-9])*)?)
    |(?P<operator>(?:(?!//|/\*|\|\|\|)[!$:~+\-&|^=<>*/%])+)""",
    re.VERBOSE | re.DOTALL,
)

_BRACKETS = {"(": ")", "[": "]", "{": "}"}

_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPED = dict(zip("bfnrt\\\"'/", "\b\f\n\r\t\\\"'/", strict=True))


class Token(NamedTuple):
    """A word or sign of the code, and where it is in it, in characters."""

    kind: Kind
    text: str
    start: int
    end: int


def tokens(code: str) -> list[Token]:
    """The tokens of Jsonnet code; white space and comments are between them.

    Raises `LexError`. A number with junk behind it, such as ``1.x``, is a number and
    what follows: that no VM takes it is for the parser to say.
    """
    found: list[Token] = []
    position, size, match = 0, len(code), _TOKEN.match
    while position < size:
        token = match(code, position)
        if token is None:
            raise LexError("there is no token", position)
        start, position = position, token.end()
        kind, text = token.lastgroup, token[0]
        if kind == "blank":
            continue
        if kind == "identifier":
            found.append(
                Token("keyword" if text in KEYWORDS else "identifier", text, start, position)
            )
        elif kind == "operator":
            # No operator ends with a sign that may begin an operand, unless it is that sign alone.
            length = len(text.rstrip("+-~!$")) or 1
            found.append(_sign(text[:length], start))
            found += [_sign(sign, start + length + i) for i, sign in enumerate(text[length:])]
        else:
            found.append(Token(kind, text, start, position))  # type: ignore[arg-type]
    return found


def _sign(text: str, start: int) -> Token:
    return Token("mark" if text == "$" else "operator", text, start, start + len(text))


def pairs(tokens: Sequence[Token]) -> dict[int, int]:
    """The index of the closing bracket by that of the opening one, and the other way round.

    Raises `LexError` where brackets do not match.
    """
    found: dict[int, int] = {}
    opened: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind == "open":
            opened.append(index)
        elif token.kind == "close":
            if not opened or _BRACKETS[tokens[opened[-1]].text] != token.text:
                raise LexError(f"nothing is open that {token.text!r} closes", token.start)
            opening = opened.pop()
            found[opening], found[index] = index, opening
    if opened:
        raise LexError("this bracket is never closed", tokens[opened[-1]].start)
    return found


def value(token: Token) -> str:
    """The text that a string token stands for.

    Raises `LexError` for an escape sequence that no VM, or not every VM, knows.
    """
    text = token.text
    if text[0] == "|":
        return _block(text)
    if text[0] == "@":
        return text[2:-1].replace(text[1] * 2, text[1])
    body = text[1:-1]
    if "\\" not in body:
        return body

    def character(match: re.Match[str]) -> str:
        escape = match[1]
        if len(escape) == 5:
            return chr(int(escape[1:], 16))
        if escape not in _ESCAPED:
            raise LexError(f"\\{escape} is no escape sequence", token.start + 1 + match.start())
        return _ESCAPED[escape]

    unescaped = _ESCAPE.sub(character, body)
    if unescaped.isascii():
        return unescaped
    try:  # what was given as two surrogates is one character; one surrogate alone is none
        return unescaped.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise LexError("there is half a character", token.start) from None


def _block(text: str) -> str:
    head, _, body = text.partition("\n")
    lines = "\n" + body[: body.rindex("\n") + 1]
    first = lines.lstrip("\n")
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    # Of a first line of nothing but blanks, all of it is the indent.
    value = lines.replace("\n" + indent, "\n")[1:]
    return value[:-1] if head.startswith("|||-") else value
