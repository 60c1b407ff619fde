"""How the reference's generator makes a name of its library from one of an API."""

from __future__ import annotations

import re
from functools import lru_cache

# fmt: off
KEYWORDS = frozenset({
    "assert", "else", "error", "false", "for", "function", "if", "import", "importbin",
    "importstr", "in", "local", "null", "self", "super", "tailstrict", "then", "true",
})
# fmt: on
"""Jsonnet's reserved words: a parameter of that name is capitalised, a field quoted."""

API_FILE = "pyimagestream.json"
"""The name of the file with its API in a directory of generated libraries."""

_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^A-Za-z0-9]+")
_START = re.compile(r"(?<![A-Za-z0-9_])[a-z]")
_NO_PARAMETER = re.compile(r"[^A-Za-z0-9_]")

# fmt: off
_TAKEN = frozenset({
    "_head", "_p", "_s", "_t", "_w", "_x", "at", "check", "checkAll", "enter", "inside", "listed",
    "mark", "markAll", "noted", "std",
})
# fmt: on
"""What the functions of a library lean on themselves."""


@lru_cache(4096)
def lowered(name: str) -> str:
    """``DNSRecord`` as ``dnsRecord``, ``ID`` as ``id``: the first word in small letters."""
    first = _PIECE.match(name)
    return name if first is None else first[0].lower() + name[first.end() :]


@lru_cache(4096)
def setter(name: str) -> str:
    """The function that sets the field of a name: ``withImages``."""
    titled = _START.sub(lambda match: match[0].upper(), name.removeprefix("-"))
    return f"with{titled.replace('.', '_')}"


@lru_cache(4096)
def parameter(name: str) -> str:
    """The parameter of such a function: always a word that Jsonnet takes for one."""
    if name == "error":
        return "err"
    if name in KEYWORDS:
        return name.capitalize()
    found = _NO_PARAMETER.sub("_", name)
    if found in _TAKEN:
        return f"{found}_"
    return f"_{found}" if not found or found[0].isdecimal() else found
