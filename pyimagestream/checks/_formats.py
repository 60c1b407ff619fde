"""The formats of strings that the server looks at, as apiextensions-apiserver lists them.

Source: its pkg/apiserver/validation/formats.go, and strfmt of go-openapi. Formats that it does
not list are nothing to it. Those for a people's numbers (isbn, creditcard, ssn) are left out.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import NamedTuple

from ._decode import is_base64
from ._quantities import is_worded_duration
from ._times import is_time


class Format(NamedTuple):
    """Whether a text is well, and what it has to be, in words."""

    is_well: Callable[[str], bool]
    wanted: str


def _address(version: int) -> Callable[[str], bool]:
    def is_address(text: str) -> bool:
        try:
            return ipaddress.ip_address(text).version == version
        except ValueError:
            return False

    return is_address


def _network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return re.fullmatch(r".+/[0-9]{1,3}", text) is not None


def _date_time(text: str) -> bool:
    """strfmt takes times without seconds, and without an offset, as well."""
    return is_time(text) or any(is_time(text + rest) for rest in ("Z", ":00Z"))


def _date(text: str) -> bool:
    return len(text) == 10 and is_time(f"{text}T00:00:00Z")


def _email(text: str) -> bool:
    user, _, host = text.rpartition("@")
    return bool(user.strip() and host.strip())


def _matching(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


_LABEL = r"[a-zA-Z0-9](?:[-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?"
_HEX = "[0-9a-fA-F]"
_UUID = f"{_HEX}{{8}}-?{_HEX}{{4}}-?{{}}{_HEX}{{3}}-?{_HEX}{{4}}-?{_HEX}{{12}}"


def _uuid(digit: str) -> Format:
    version = f" of version {digit}" if digit.isdigit() else ""
    pattern = _UUID.replace("{{", "{").replace("}}", "}").replace("{}", digit)
    return Format(_matching(pattern), f"a UUID{version}")


FORMATS: dict[str, Format] = {
    "bsonobjectid": Format(_matching(f"{_HEX}{{24}}"), "an object ID of 24 hexadecimal digits"),
    "byte": Format(is_base64, "base64 with padding"),
    "cidr": Format(_network, "an address and the length of a prefix, as in 10.0.0.0/8"),
    "date": Format(_date, "a date as in 2006-01-02"),
    "date-time": Format(_date_time, "a time as in 2006-01-02T15:04:05Z (RFC 3339)"),
    "datetime": Format(_date_time, "a time as in 2006-01-02T15:04:05Z (RFC 3339)"),
    "duration": Format(is_worded_duration, "a duration as in 1h30m"),
    "email": Format(_email, "a mail address"),
    "hexcolor": Format(_matching(f"#?(?:{_HEX}{{3}}|{_HEX}{{6}})"), "a colour as in #ff0000"),
    "hostname": Format(_matching(rf"{_LABEL}(?:\.{_LABEL})*\.?"), "a host name"),
    "ipv4": Format(_address(4), "an IPv4 address"),
    "ipv6": Format(_address(6), "an IPv6 address"),
    "mac": Format(
        _matching(f"{_HEX}{{2}}(?:[:-]{_HEX}{{2}}){{5,19}}|{_HEX}{{4}}(?:\\.{_HEX}{{4}}){{2,9}}"),
        "a MAC address",
    ),
    "uri": Format(_matching(r"(?s:[a-zA-Z][a-zA-Z0-9+.-]*:.+|/.*)"), "an absolute URI"),
    "uuid": _uuid("[0-9a-fA-F]"),
    "uuid3": _uuid("3"),
    "uuid4": _uuid("4"),
    "uuid5": _uuid("5"),
}
