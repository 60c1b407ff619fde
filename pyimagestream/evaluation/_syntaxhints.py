"""Hints at what is no Jsonnet: words and signs of other languages, and what is left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..model.naming import KEYWORDS
from ._failure import Failure

Hint = Callable[[Failure, "re.Match[str]"], str]

OTHER_LANGUAGES = {
    **dict.fromkeys(("True", "TRUE", "yes", "on"), "true"),
    **dict.fromkeys(("False", "FALSE", "no", "off"), "false"),
    **dict.fromkeys(("None", "nil", "Null", "NULL", "undefined"), "null"),
    "and": "&&",
    "elif": "else if",
    "elsif": "else if",
    "not": "!",
    "or": "||",
}
"""What other languages, YAML among them, call things."""

_OTHER_SIGNS = {
    "?": "Jsonnet chooses by `if a then b else c`",
    "`": "a text stands in ' or \"",
    "->": "a function is written `function(x) ...`",
    "=>": "a function is written `function(x) ...`",
    "===": "in Jsonnet it is `==`",
    "!==": "in Jsonnet it is `!=`",
}

_FIELD = re.compile(r"\s*(?:#[^\n]*\s+|---\s+)*[A-Za-z]\w*:")


def table(*rows: tuple[str, Hint]) -> Sequence[tuple[re.Pattern[str], Hint]]:
    """Patterns of messages, in any case, with the hints they call for."""
    return [(re.compile(pattern, re.IGNORECASE), hint) for pattern, hint in rows]


def _unexpected(failure: Failure, match: re.Match[str]) -> str:
    if right := OTHER_LANGUAGES.get(match[1].strip('"')):
        return f"in Jsonnet it is `{right}`"
    return f"is a sign such as + or a comma missing in front of {match[1]}?"


def _expected(failure: Failure, match: re.Match[str]) -> str:
    right = OTHER_LANGUAGES.get(match[1])
    return f"in Jsonnet it is `{right}`" if right else ""


def _no_quotes(failure: Failure, match: re.Match[str]) -> str:
    return "the name of a file stands in quotes, and is written out"


def _sign(failure: Failure, match: re.Match[str]) -> str:
    return _OTHER_SIGNS.get(match[1] or match[2], "")


def _invisible(failure: Failure, match: re.Match[str]) -> str:
    """The C++ VM tells the first byte alone, with which other characters begin as well."""
    is_mark = failure.rest.startswith("\ufeff")
    return "a byte order mark stands here: save the file without it" if is_mark else ""


def _named_argument(failure: Failure, match: re.Match[str]) -> str:
    return "a named argument is written `name=value`" if failure.rest[:1] == ":" else ""


def _dotted(failure: Failure, match: re.Match[str]) -> str:
    is_name = re.match(r"\.[\w./-]+\s*:", failure.rest)
    return "a name with . in it is put in quotes" if is_name else ""


def _no_text(failure: Failure, match: re.Match[str]) -> str:
    """What begins as a name or a number and goes on as neither, such as a pull spec."""
    before = failure.code[: failure.start or 0]
    is_text = failure.rest[:1] == ":" or re.search(r"\d\.\Z", before)
    return "a text stands in quotes" if is_text else ""


def _computed(failure: Failure, match: re.Match[str]) -> str:
    return (
        _keyword_and_colon(failure, match) or "a name that is computed is written `[name]: value`"
    )


def _number_as_name(failure: Failure, match: re.Match[str]) -> str:
    return "a name that is a number is put in quotes"


def _colon(failure: Failure, match: re.Match[str]) -> str:
    """A file that begins as YAML does, with a field."""
    begins = _FIELD.match(failure.code)
    if begins and failure.start == begins.end() - 1:
        return "this is YAML: `pyimagestream validate` reads it where the file ends in .yaml"
    return ""


def _behind(failure: Failure, match: re.Match[str]) -> str:
    return "a `;` stands behind `local` and `assert` only" if failure.rest.strip() == ";" else ""


def _unclosed(failure: Failure, match: re.Match[str]) -> str:
    return "is the `;` missing that ends a `local`?"


def _keyword(failure: Failure, match: re.Match[str]) -> str:
    return _word(next(group for group in match.groups() if group))


def _keyword_and_colon(failure: Failure, match: re.Match[str]) -> str:
    """A word that begins something else in an object: it stands before the place, or there."""
    code, start = failure.code, failure.start or 0
    if re.match(r"\+?:", code[start:]):
        found = re.search(r"(\w+)\s*\Z", code[:start])
    else:
        found = re.match(r"(\w+)\s*\+?:", code[start:])
    return _word(found[1]) if found else ""


def _word(word: str) -> str:
    if word not in KEYWORDS:
        return ""
    return f"{word} is a word of Jsonnet: write '{word}' for the field, ['{word}'] to ask for it"


def _no_colon(failure: Failure, match: re.Match[str]) -> str:
    if match[1] == "=":
        return "a field is written `name: value`"
    return f"a name with {match[1]} in it is put in quotes" if match[1] in "-./" else ""


SYNTAX_HINTS = table(
    (r'^did not expect: \((?:IDENTIFIER|NUMBER|STRING\w*), (".*")\)', _unexpected),
    (r'^expected token (?:then|else)\b.* but got \(IDENTIFIER, "(\w+)"\)', _expected),
    (r"^computed imports are not allowed", _no_quotes),
    (r"^expected a comma before next (?:field|array element)", _no_text),
    (r"^expected token IDENTIFIER but got \(NUMBER", _no_text),
    (r"^could not lex the character (?:'\\ufeff'|code 239)", _invisible),
    (r"^could not lex the character '([?`])'|^not a binary operator: (\S+)", _sign),
    (r"^expected a comma before next function argument", _named_argument),
    (r'^expected token OPERATOR but got "\."', _dotted),
    (r"^object comprehensions can only have", _computed),
    (r"^unexpected: \(?NUMBER.* while parsing field", _number_as_name),
    (r'^did not expect: (?:\(OPERATOR, )?":"', _colon),
    (r'^did not expect: ";"', _behind),
    (r"^expected , or ; but got", _unclosed),
    (r'^unexpected: "?(\w+)"? while parsing field', _keyword),
    (r'^expected token IDENTIFIER but got (?:\(OPERATOR, )?"\+?:{1,3}"', _keyword_and_colon),
    (r"^not a unary operator: \+?:|^object comprehension can only have one", _keyword_and_colon),
    (r'^expected token IDENTIFIER but got \(?"?(\w+)"?', _keyword),
    (r"^expected one of :, .* got: (\S)", _no_colon),
)
"""What the parsers of the VMs say, and which hint it calls for."""
