"""Formats, quantities and durations get the verdict of the server's code (kube-openapi, 2026).

Each text was given to that code, compiled by Go, as were 4,000 changed ones of each format.
"""

from __future__ import annotations

import time

import pytest

from pyimagestream.checks._formats import FORMATS
from pyimagestream.checks._quantities import is_quantity

UUID = "123e4567-e89b-12d3-a456-426614174000"
LABEL = "x" * 63

TAKEN = {
    "bsonobjectid": ["507f1f77bcf86cd799439011", "507F1F77BCF86CD799439011"],
    "byte": ["YQ==", "YWI=", "YWJj", "YR=="],
    "cidr": ["10.0.0.0/8", "10.0.0.0/08", "010.0.0.0/8", "fd00::/8", "::ffff:1.2.3.4/100"],
    "date": ["2020-01-01", "0000-01-01"],
    "date-time": [
        "2020-01-01T00:00:00Z",
        "2020-01-01t00:00:00z",
        "2020-01-01T00:00:00,123Z",
        "2020-01-01T00:00:00+99:99",
        "2020-01-01T00:00:00Ztea",
    ],
    "duration": ["1h30m", "3 days", "10 Milli", "1 NANO", "abc 3 sec def", "1 min", "9 day9", "0"],
    "email": ["a@b", "A B <a@b>"],
    "hexcolor": ["#ff0000", "ff0"],
    "hostname": ["a", "a-b", "a.com", "ä.de", "☃.com", "a--b.com", f"{LABEL}.com", LABEL, "A.COM"],
    "ipv4": ["1.2.3.4", "010.0.0.1", "1.2.3.04", "::ffff:1.2.3.4", "::ffff:01.2.3.4"],
    "ipv6": ["::1", "::ffff:1.2.3.4", "1:2:3:4:5:6:7::"],
    "mac": ["00:11:22:33:44:55", "00-11-22-33-44-55", "0011.2233.4455", ":".join(["aa"] * 20)],
    "uri": [
        *("http://a", "https://a:80/x", "/x", "a:b", "http:", "*", "//x/y", "urn:x:y", "/a b"),
        *("http://[::1]:80", "http://é/", "http://u:p@h/", "http://a:", "/x?%zz", "http://a/#%41"),
    ],
    "uuid": [UUID, UUID.upper(), UUID.replace("-", "")],
    "uuid4": ["123e4567-e89b-42d3-a456-426614174000"],
    "uuid5": ["123e4567-e89b-52d3-B456-426614174000"],
}
REFUSED = {
    "bsonobjectid": ["507f1f77bcf86cd79943901", "x" * 24],
    "byte": ["", "YQ", "YQ==\n", "YW\nJj", "YWJ-", "===="],
    "cidr": ["10.0.0.0/33", "10.0.0.0", "10.0.0.0/255.0.0.0", "fe80::1%e/64", "::/129", "10/8"],
    "date": ["2020-02-30", "2020-1-1", "2020-01-01 ", "２０２０-01-01"],
    "date-time": ["2020-01-01T00:00", "2020-01-01T00:00:00", "2020-01-01T1:00:00Z", "2020-01-01"],
    "duration": ["", "3 foo", "s", "1 mo", "99999999999999999999 s"],
    "email": ["", "a", "a@", "@b"],
    "hexcolor": ["#ff", "#ggg"],
    "hostname": [
        *("", "a-b-c", "a.b1", "a.com.", "*.a.com", "10.0.0.1", "a_b.com", "-a.com", "a-.com"),
        *("a..com", f"{LABEL}x.com", f"{LABEL}x", "a.c", "a.xn--p1ai", ".".join([LABEL] * 5)),
    ],
    "ipv4": ["", "1.2.3", "256.1.1.1", "1.2.3.4/8", "0x1.2.3.4", "::1"],
    "ipv6": ["fe80::1%eth0", "1.2.3.4", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:"],
    "mac": ["001122334455", "00:11-22:33:44:55", "00:11:22:33:44:55:66", "0:1:2:3:4:5"],
    "uri": [
        *("", "x", "?x", "1a:b", "http://a b", "http://[::1", "http://a:b", "http://a/%zz", "/%zz"),
        *("http://a\n", "http://%41/", "http://u<@h/", "http://a\\b", "ht_tp://x", "/a\x7f"),
    ],
    "uuid": [f"{{{UUID}}}", UUID[:-1]],
    "uuid4": [UUID, "123e4567-e89b-42d3-c456-426614174000"],
    "uuid5": ["123e4567-e89b-52d3-0456-426614174000"],
}


@pytest.mark.parametrize("name", TAKEN)
def test_a_text_has_a_format_where_the_server_says_so(name: str) -> None:
    is_well = FORMATS[name].is_well
    assert [text for text in TAKEN[name] if not is_well(text)] == []
    assert [text for text in REFUSED[name] if is_well(text)] == []


def test_a_quantity_is_what_the_server_reads_as_one() -> None:
    taken = ["100m", "1.5Gi", "1e3", ".5", "5.", "+1", "-1", "1E", "1Ei", "12e6", "1E+3", "0.1n"]
    assert [text for text in [*taken, "k", "Gi", "e1", "-", " 1 "] if not is_quantity(text)] == []
    refused = ["1e", "1e+", "1K", "0x1", "1_000", "1ki", "e3Ki", "--1", "1.1.1", "١", "1\n", "\t1"]
    assert [text for text in [*refused, "", " "] if is_quantity(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "http://" + "@" * 20_000 + "\n",
        "http://" + ":1" * 20_000 + "\n",
        "http://[" + "]" * 20_000 + "\n",
        "1.1" * 20_000,
        "1 " * 20_000,
        "0" * 40_000 + "x",
        "a-" * 20_000,
    ],
)
def test_a_verdict_on_a_long_text_is_soon_there(text: str) -> None:
    start = time.process_time()
    for known in FORMATS.values():
        known.is_well(text)
    is_quantity(text)
    assert time.process_time() - start < 5
