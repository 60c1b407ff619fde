"""How Go's yaml packages write a string: plain, quoted, escaped, folded or as a block."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from ..json import without_surrogates
from ..scalars import is_string

BREAKS = "\n\u2028\u2029"

# Strings nobody could take for anything else, the bulk of every manifest.
_OBVIOUS = re.compile(r"[A-Za-z_/](?:[\w./:@-]*[\w./@-])?", re.ASCII)

# Characters yaml.v2 prints only escaped. It counts the line breaks of YAML 1.1
# U+2028 and U+2029 as printable, a tab and everything beyond U+FFFF as not.
# One set of all would take 5 ms to compile, and most strings are ASCII.
_UNPRINTABLE = "[\0-\x09\x0b-\x1f\x7f-\x9f]+|[\ud800-\udfff]+|\ufeff|[\ufffe-\U0010ffff]+"
_CONTROL = re.compile("[\0-\x09\x0b-\x1f\x7f]")  # what of ASCII that is
_ESCAPED = f'{_UNPRINTABLE}|[\n"\\\\]+|[\u2028\u2029]+'
_ESCAPED_ASCII = re.compile('[\0-\x1f"\\\\\x7f]+')
_ANYTHING = re.compile("(?s:.)")
_ESCAPES = {
    "\0": "0", "\a": "a", "\b": "b", "\t": "t", "\n": "n", "\v": "v", "\f": "f", "\r": "r",
    "\x1b": "e", '"': '"', "\\": "\\", "\x85": "N", "\xa0": "_", "\u2028": "L", "\u2029": "P",
}  # fmt: skip

_NOT_PLAIN = re.compile(
    r"""^(?:---|\.\.\.)|^[#,\[\]{}&*!|>'"%@`]|^[?-](?:\ |$)|:(?:\ |$)|\ \#|^\ |\ $""", re.VERBOSE
)
_LONE_SPACE = re.compile("(?<=[^ ]) (?=[^ ])")
_DOUBLE_QUOTED_SPACE = re.compile("(?<=[^ ]) (?=.)")
_LINE = re.compile(f"[^{BREAKS}]*[{BREAKS}]?")


def _is_unprintable(text: str) -> bool:
    return bool(_CONTROL.search(text) if text.isascii() else re.search(_UNPRINTABLE, text))


def _has_break(text: str) -> bool:
    return any(char in text for char in BREAKS)


@lru_cache(maxsize=16384)
def word(text: str) -> str:
    """`text` as it is printed anywhere, or "" if that depends on the place."""
    if _OBVIOUS.fullmatch(text) and is_string(text):
        return text
    if any(char in text for char in f" {BREAKS}"):
        return ""
    style, body = styled(text)
    return f"{style}{body}{style}"


def styled(
    text: str, *, tabs_in_blocks: bool = False, is_plain: Callable[[str], bool] = is_string
) -> tuple[str, str]:
    """The quote of `text`, or "|" for a literal block, and what stands behind it.

    `is_plain` tells which texts are strings without quotes.
    """
    text = without_surrogates(text)
    broken = _has_break(text)
    printable = text.replace("\t", "") if tabs_in_blocks and "\n" in text else text
    fragile = _is_unprintable(printable) or bool(re.search(f" [{BREAKS}]", text))
    if "\n" in text:
        if not fragile and not text.endswith(" "):
            return "|", text
    elif is_plain(text):
        if not broken and not fragile and not _NOT_PLAIN.search(text):
            return "", text
        if not fragile and not re.search(f"[{BREAKS}] ", text):
            return "'", text.replace("'", "''")
    # The emitter takes every character behind a leading byte order mark for one.
    other = _ESCAPED_ASCII if text.isascii() else _ESCAPED
    return '"', re.sub(_ANYTHING if text.startswith("\ufeff") else other, _escape, text)


def _escape(match: re.Match[str]) -> str:
    return "".join(map(_escaped, match.group()))


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return "\\" + _ESCAPES[char]
    code = ord(char)
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def literal(text: str, indent: str, by: int) -> str:
    """A block behind ``|``, its lines at `indent`, so many blanks deeper than what it is in."""
    hint = str(by) if text[0] in " " + BREAKS else ""
    if text[-1] not in BREAKS:
        hint += "-"
    elif text[-2:-1] == "" or text[-2] in BREAKS:
        hint += "+"
    lines = (line if line[0] in BREAKS else indent + line for line in _LINE.findall(text) if line)
    return f"|{hint}\n{''.join(lines)}"


def folded(body: str, style: str, column: int, indent: str, width: float) -> str:
    """`body`, broken at the first lone space behind column `width`, again and again."""
    if column + len(body) <= width and not _has_break(body):
        return body
    space = _DOUBLE_QUOTED_SPACE if style == '"' else _LONE_SPACE
    parts: list[str] = []
    for line in _LINE.findall(body):
        first, *words = space.split(line)
        if parts and first and first not in BREAKS:
            parts.append(indent)
            column = len(indent)
        parts.append(first)
        column += len(first)
        for word in words:
            if column <= width:
                separator = " "
                column += 1
            else:
                separator = f"\n{indent}\\" if word.startswith(" ") else f"\n{indent}"
                column = len(separator) - 1
            parts += (separator, word)
            column += len(word)
    return "".join(parts)
