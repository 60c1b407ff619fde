"""What Kubernetes calls a name: labels, qualified names, DNS labels and subdomains.

Every function yields the rules a text breaks, in words, and nothing when it is
well. Source: apimachinery, pkg/util/validation and pkg/api/validation/path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_LABEL = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
_DNS_LABEL = re.compile(_LABEL)
_DNS_1035_LABEL = re.compile(r"[a-z](?:[-a-z0-9]*[a-z0-9])?")
_DNS_SUBDOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NAME_PART = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?")
_STREAM_NAME = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")

_LABEL_LENGTH = 63
_SUBDOMAIN_LENGTH = 253


def dns_label(text: str) -> Iterator[str]:
    """RFC 1123, as namespaces are named."""
    return _label(text, _DNS_LABEL, "a letter or digit at either end (RFC 1123 label)")


def dns_1035_label(text: str) -> Iterator[str]:
    """RFC 1035, as clusters were to be named: it starts with a letter."""
    ends = "a letter at the start and a letter or digit at the end (RFC 1035 label)"
    return _label(text, _DNS_1035_LABEL, ends)


def dns_subdomain(text: str) -> Iterator[str]:
    """RFC 1123, as most objects are named."""
    if len(text) > _SUBDOMAIN_LENGTH:
        yield f"must have at most {_SUBDOMAIN_LENGTH} characters"
    if not _DNS_SUBDOMAIN.fullmatch(text):
        yield (
            "must be lowercase letters, digits, '-' and '.', with a letter or digit at either end"
            " and around every '.' (RFC 1123 subdomain)"
        )


def _label(text: str, pattern: re.Pattern[str], ends: str) -> Iterator[str]:
    if len(text) > _LABEL_LENGTH:
        yield f"must have at most {_LABEL_LENGTH} characters"
    if not pattern.fullmatch(text):
        yield f"must be lowercase letters, digits and '-', with {ends}"


@lru_cache(maxsize=4096)
def qualified_name(text: str) -> tuple[str, ...]:
    """An optional DNS subdomain and a slash, then a name: keys of labels, finalizers."""
    prefix, slash, name = text.rpartition("/")
    if "/" in prefix:
        return ("must have at most one '/', between a DNS subdomain and a name",)
    return (*(_prefix(prefix) if slash else ()), *_name_part(name))


def _prefix(prefix: str) -> Iterator[str]:
    if not prefix:
        yield "must have a DNS subdomain in front of the '/'"
        return
    if len(prefix) > _SUBDOMAIN_LENGTH:
        yield f"must have at most {_SUBDOMAIN_LENGTH} characters in front of the '/'"
    if not _DNS_SUBDOMAIN.fullmatch(prefix):
        yield (
            "must have a lowercase DNS subdomain such as example.com in front of the '/' (RFC 1123)"
        )


def _name_part(name: str) -> Iterator[str]:
    if len(name) > _LABEL_LENGTH:
        yield f"must have a name of at most {_LABEL_LENGTH} characters"
    if not _NAME_PART.fullmatch(name):
        yield (
            "must have a name of letters, digits, '-', '_' and '.', with a letter or digit at"
            " either end"
        )


@lru_cache(maxsize=4096)
def label_value(text: str) -> tuple[str, ...]:
    """What a label may say: as the name of a qualified name, or nothing."""
    return tuple(_name_part(text)) if text else ()


def stream_name(text: str, *, prefix: bool = False) -> Iterator[str]:
    """The name of an image stream, or what a generated name starts with."""
    if _STREAM_NAME.fullmatch(text):
        return
    segment = tuple(path_segment(text, prefix=prefix))
    yield from segment
    if not segment:
        yield (
            "must be lowercase letters and digits, with single '.', '_' or '-' between them"
            " (it becomes part of a pull spec)"
        )


def path_segment(text: str, *, prefix: bool = False) -> Iterator[str]:
    """What can stand in a URL between two slashes, or what a generated name starts with."""
    if not prefix and text in (".", ".."):
        yield f"must not be '{text}'"
        return
    yield from (f"must not contain '{character}'" for character in "/%" if character in text)
