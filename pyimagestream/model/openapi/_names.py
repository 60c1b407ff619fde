"""What the full name of a definition tells: ``DOMAIN.GROUP.VERSION.KIND``."""

from __future__ import annotations

import re
from typing import NamedTuple

_NAME = re.compile(
    r"(?:(?P<domain>.+?)\.)??(?:(?P<label>[^.]+)\.)?(?P<version>[^.]+)\.(?P<kind>[^.]+)\Z"
)
_VERSION = re.compile(r"v\d+(?:(?:alpha|beta)\d+)?\Z")

NO_GROUP = "nogroup"
"""The group of what has none, for the reference as well."""


class Name(NamedTuple):
    domain: str
    label: str
    version: str
    kind: str


def parted(name: str) -> Name | None:
    """The parts of a name; None where it has no version, and so belongs to no group."""
    match = _NAME.match(name)
    if not match or not _VERSION.match(match["version"]):
        return None
    return Name(match["domain"] or "", match["label"] or NO_GROUP, match["version"], match["kind"])


def full_name(group: str, version: str, kind: str) -> str:
    """The name that a cluster gives to the definition of a custom resource."""
    return ".".join([*reversed(group.split(".")), version, kind])
