"""The formats of strings that the server looks at, as apiextensions-apiserver lists them.

Source: its pkg/apiserver/validation/formats.go, and pkg/validation/strfmt of kube-openapi, whose
rules are not those of go-openapi any more. Formats that it does not list are nothing to it. Those
for a people's numbers (isbn, creditcard, ssn) are left out, and a mail address is only glanced at.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from ._quantities import is_worded_duration
from ._times import is_time


class Format(NamedTuple):
    """Whether a text is well, and what it has to be, in words."""

    is_well: Callable[[str], bool]
    wanted: str


_LEADING_ZEROS = re.compile(r"(?<![0-9a-fA-F])0+(?=[0-9]+(?:[./]|\Z))")


def _decimal(text: str) -> str:
    """An address without the zeros before its decimal numbers, which the server passes over."""
    return _LEADING_ZEROS.sub("", text) if "." in text else text


def _is_ipv4(text: str) -> bool:
    """One of IPv6 that ends in one of IPv4 is one as well."""
    return "." in text and _is_address(_decimal(text))


def _is_ipv6(text: str) -> bool:
    return ":" in text and _is_address(text)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text  # names a network of one machine


def _is_network(text: str) -> bool:
    address, _, bits = text.rpartition("/")
    most = 128 if ":" in address else 32
    is_short = re.fullmatch("[0-9]{1,9}", bits) is not None
    return is_short and int(bits) <= most and _is_address(_decimal(address))


def _is_date(text: str) -> bool:
    return len(text) == 10 and is_time(f"{text}T00:00:00Z")


_CLOCK = re.compile(
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:.[0-9]+)?(?:z|[+-][0-9]{2}:[0-9]{2})"
)


def _is_date_time(text: str) -> bool:
    """In capitals or not. What stands behind one more T, nobody reads."""
    date, _, rest = text.lower().partition("t")
    return _is_date(date) and _CLOCK.fullmatch(rest.partition("t")[0]) is not None


def _is_hostname(text: str) -> bool:
    """A name alone has one hyphen at most; the last one of several has letters only."""
    *labels, last = text.split(".")
    if len(text.encode("utf-8", "replace")) > 255 or not all(map(_is_short, (*labels, last))):
        return False
    if not labels:
        first, rest = last[:1], last[1:].removeprefix("-")
        return bool(first) and all(map(_is_sign, first + rest))
    is_ending = len(last) > 1 and all(unicodedata.category(each)[0] == "L" for each in last)
    return is_ending and all(map(_is_label, labels))


def _is_short(label: str) -> bool:
    return len(label.encode("utf-8", "replace")) <= 63


def _is_label(text: str) -> bool:
    return (
        bool(text)
        and _is_sign(text[0])
        and _is_sign(text[-1])
        and all(each == "-" or _is_sign(each) for each in text)
    )


def _is_sign(character: str) -> bool:
    """A digit, a letter or a symbol of any language, as in ``☃.example.com``."""
    return character in "0123456789" or unicodedata.category(character)[0] in "LS"


def _is_email(text: str) -> bool:
    user, _, host = text.rpartition("@")
    return bool(user.strip() and host.strip())


def _matching(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


_HEX = "[0-9a-fA-F]"
_BASE64 = "[A-Za-z0-9+/]"


def _uuid(version: str = "", variant: str = "") -> Format:
    three, four = f"{_HEX}{{3}}", f"{_HEX}{{4}}"
    ends = f"{version or _HEX}{three}-?{variant or _HEX}{three}-?{_HEX}{{12}}"
    wanted = f"a UUID of version {version}" if version else "a UUID"
    return Format(_matching(f"{_HEX}{{8}}-?{four}-?{ends}"), wanted)


def _mac() -> str:
    """6, 8 or 20 bytes with one sign between them, or between two and two of them."""
    pair, pairs = f"{_HEX}{{2}}", f"{_HEX}{{4}}"
    spaced = [f"{pair}(?:{sign}{pair}){{{count}}}" for sign in ":-" for count in (5, 7, 19)]
    return "|".join([*spaced, *(rf"{pairs}(?:\.{pairs}){{{count}}}" for count in (2, 3, 9))])


def _uri() -> str:
    """What Go's ParseRequestURI takes: with a scheme, or with a path from the root on."""
    coded, printed = f"%{_HEX}{{2}}", r"[^\x00-\x1f\x7f]"
    user = rf"(?:(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|{coded})*@)?"
    host = r"(?:[A-Za-z0-9._~!$&'()*+,;=<>\"\]-]|[^\x00-\x7f]|%25|%[89a-fA-F][0-9a-fA-F])"
    named = rf"(?:{host}*(?::{host}*)*:[0-9]*|{host}*)"
    numbered = rf"\[(?:{host}|[:\[])*\](?::[0-9]*)?"
    path = rf"/(?:[^%?\x00-\x1f\x7f]|{coded})*"
    query = rf"(?:\?{printed}*)?"
    rest = rf"//{user}(?:{numbered}|{named})(?:{path})?{query}|(?!//){path}{query}"
    return rf"\*|[a-zA-Z][a-zA-Z0-9+.-]*:(?:(?!/){printed}*|{rest})|{path}{query}"


_DATE_TIME = Format(_is_date_time, "a time as in 2006-01-02T15:04:05Z (RFC 3339)")

FORMATS: dict[str, Format] = {
    "bsonobjectid": Format(_matching(f"{_HEX}{{24}}"), "an object ID of 24 hexadecimal digits"),
    "byte": Format(
        _matching(f"(?:{_BASE64}{{4}})*{_BASE64}{{2}}(?:==|{_BASE64}=|{_BASE64}{{2}})"),
        "base64 with padding, in one line",
    ),
    "cidr": Format(_is_network, "an address and the length of a prefix, as in 10.0.0.0/8"),
    "date": Format(_is_date, "a date as in 2006-01-02"),
    "date-time": _DATE_TIME,
    "datetime": _DATE_TIME,
    "duration": Format(is_worded_duration, "a duration as in 1h30m"),
    "email": Format(_is_email, "a mail address"),
    "hexcolor": Format(_matching(f"#?(?:{_HEX}{{3}}|{_HEX}{{6}})"), "a colour as in #ff0000"),
    "hostname": Format(_is_hostname, "a host name (one without dots may have one hyphen)"),
    "ipv4": Format(_is_ipv4, "an IPv4 address"),
    "ipv6": Format(_is_ipv6, "an IPv6 address"),
    "mac": Format(_matching(_mac()), "a MAC address"),
    "uri": Format(_matching(_uri()), "an absolute URI"),
    "uuid": _uuid(),
    "uuid3": _uuid("3"),
    "uuid4": _uuid("4", "[89abAB]"),
    "uuid5": _uuid("5", "[89abAB]"),
}
