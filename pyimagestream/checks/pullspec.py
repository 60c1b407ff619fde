"""Pull specs by the rules of OpenShift, which are not those of the Docker command.

OpenShift's library-go has a parser of its own (pkg/image/reference) upon an
early copy of Docker's grammar: no host is added, ``library/`` is not added,
names have at most 255 characters, and ``localhost:5000`` alone is a registry.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ..errors import PullSpecError, quoted

MAX_NAME = 255
"""The longest name, counting the registry, the namespaces and the slashes."""

# One way only to read each text, so that matching takes linear time: the original
# lets the separator be empty. The path is one run of its parts and of what is between them.
_HOST = r"[a-zA-Z0-9]+(?:(?:\.|-+)[a-zA-Z0-9]+)*(?::[0-9]+)?"
_PATH = r"[a-z0-9]+(?:(?:[./]|__?|-+)[a-z0-9]+)*"
_ALGORITHM = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_SPEC = re.compile(
    rf"((?:{_HOST}/)?{_PATH})"
    rf"(?::({_TAG}))?"
    rf"(?:@({_ALGORITHM}:[0-9a-fA-F]{{32,}}))?"
)
_HEX_DIGITS = frozenset("0123456789abcdefABCDEF")
_DIGEST_DIGITS = {"sha256": 64, "sha384": 96, "sha512": 128}


@lru_cache(maxsize=1024)  # what is judged may be looked at once more, for warnings
def matched(text: str) -> re.Match[str]:
    """A pull spec by the grammar alone: name, tag and digest. Raises PullSpecError."""
    match = _SPEC.fullmatch(text)
    if not match:
        raise PullSpecError(text, _why_not(text))
    if match.end(1) > MAX_NAME:
        raise PullSpecError(text, f"the name must not be longer than {MAX_NAME} characters")
    if match[3]:
        algorithm, _, digits = match[3].partition(":")
        if algorithm not in _DIGEST_DIGITS:
            raise PullSpecError(text, f"{algorithm} is not one of {', '.join(_DIGEST_DIGITS)}")
        if len(digits) != _DIGEST_DIGITS[algorithm]:
            raise PullSpecError(
                text,
                f"a {algorithm} digest must have {_DIGEST_DIGITS[algorithm]} digits,"
                f" not {len(digits)}",
            )
    return match


def is_tag(text: str) -> bool:
    """Whether a pull spec can have this tag."""
    return re.fullmatch(_TAG, text) is not None


def is_digest(text: str) -> bool:
    """Whether a text is the hash of an image, of a kind and a length that there is."""
    algorithm, _, digits = text.partition(":")
    return len(digits) == _DIGEST_DIGITS.get(algorithm) and set(digits) <= _HEX_DIGITS


def _why_not(text: str) -> str:
    if not text:
        return "it must not be empty"
    if "://" in text:
        return "it must not start with a scheme such as https://"
    if _SPEC.fullmatch(text.lower()):
        return "the name of the repository must be in lower case"
    wanted = "it must be [registry[:port]/][namespace/]name[:tag][@algorithm:digest]"
    if any(letter.isspace() for letter in text):
        return f"{wanted}, without blanks"
    name, _, digest = text.partition("@")
    if digest and _SPEC.fullmatch(name):
        return f"{wanted}, and {quoted(digest)} is no whole digest"
    return wanted


class PullSpec(NamedTuple):
    """A pull spec in its parts, each empty where the text does not have it.

    ``namespace`` is the first part of the path and ``name`` the rest of it, so
    that ``quay.io/a/b/c`` has the name ``b/c``. ``id`` is the digest. A text
    without a slash that has a dot or starts with ``localhost`` is a ``registry``
    and nothing else, tag and all (and its digest is the ``id`` as well).
    """

    registry: str = ""
    namespace: str = ""
    name: str = ""
    tag: str = ""
    id: str = ""

    @classmethod
    def parse(cls, text: str) -> PullSpec:
        """Parse a pull spec as an OpenShift API server does.

        Raises `PullSpecError`, which is a `PyimagestreamError` and a `ValueError`.
        """
        return _parsed(text)

    def __str__(self) -> str:
        """The canonical pull spec, without any default filled in.

        As in library-go's ``Exact``, the digest wins over the tag, and a registry
        alone, which names nothing that could be pulled, gives an empty text.
        """
        if not self.name:
            return ""
        path = "/".join(part for part in (self.registry, self.namespace, self.name) if part)
        if self.id:
            return f"{path}@{self.id}"
        return f"{path}:{self.tag}" if self.tag else path


@lru_cache(maxsize=4096)  # what is judged is looked at for warnings as well
def _parsed(text: str) -> PullSpec:
    name, tag, digest = matched(text).groups("")
    first, slash, rest = name.partition("/")
    if not slash and ("." in name or name.startswith("localhost")):
        return PullSpec(registry=text, id=digest)
    if slash and (":" in first or "." in first or first == "localhost"):
        registry, path = first, rest
    else:
        registry, path = "", name
    namespace, slash, rest = path.partition("/")
    if not slash:
        namespace, rest = "", path
    return PullSpec(registry, namespace, rest, tag, digest)
