"""Label selectors, as kubectl reads them: ``team=a,tier in (web, db),!legacy``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from ...checks.names import label_value, qualified_name
from ...errors import PyimagestreamError

Labels = Mapping[str, str]
Selector = Callable[[Labels], bool]

_KEY = r"(?P<key>[A-Za-z0-9](?:[\w./-]*[A-Za-z0-9])?)"
_TERM = re.compile(
    rf"""\s*(?:
        (?P<not>!)\s*{_KEY.replace("key", "absent")}
      | {_KEY}\s*(?:
            (?P<set>(?:not)?in)\b\s*\((?P<values>[^()]*)\)
          | (?P<order>[<>])\s*(?P<bound>-?\d+)
          | (?P<equal>==?|!=)\s*(?P<value>[\w.-]*)
        )?
    )\s*(?:,|\Z)""",
    re.VERBOSE | re.ASCII,
)


def parse_selector(text: str) -> Selector:
    """A test for labels: all the comma-separated terms hold.

    ``!=`` and ``notin`` hold for labels that are not there. Raises
    `PyimagestreamError` for what kubectl would refuse.
    """
    tests: list[Selector] = []
    position = 0
    while position < len(text.rstrip()):
        match = _TERM.match(text, position)
        if not match or text.rstrip().endswith(","):
            raise PyimagestreamError(
                f"cannot understand the selector {text!r} from {text[position:]!r}"
            )
        for rule in _broken_rules(match):
            raise PyimagestreamError(f"the selector {text!r}: {match.group().strip(' ,')!r} {rule}")
        tests.append(_test(match))
        position = match.end()
    return lambda labels: all(test(labels) for test in tests)


def _broken_rules(match: re.Match[str]) -> Iterator[str]:
    yield from qualified_name(match["key"] or match["absent"])
    for value in _values(match):
        yield from label_value(value)
    if match["order"] and _integer(match["bound"]) is None:
        yield "must have an integer of 64 bits"


def _test(match: re.Match[str]) -> Selector:
    if match["not"]:
        return lambda labels: match["absent"] not in labels
    key = match["key"]
    if match["set"]:
        values = _values(match)
        if match["set"] == "in":
            return lambda labels: labels.get(key) in values
        return lambda labels: labels.get(key) not in values
    if match["order"]:
        return _comparison(key, 1 if match["order"] == ">" else -1, _integer(match["bound"]) or 0)
    if match["equal"] == "!=":
        return lambda labels: labels.get(key) != match["value"]
    if match["equal"]:
        return lambda labels: labels.get(key) == match["value"]
    return lambda labels: key in labels


def _comparison(key: str, sign: int, bound: int) -> Selector:
    def test(labels: Labels) -> bool:
        number = _integer(labels.get(key) or "")
        return number is not None and sign * number > sign * bound

    return test


def _values(match: re.Match[str]) -> set[str]:
    """The values of labels that a term names."""
    values = match["values"] or match["value"] or match["bound"] or ""
    return {value.strip() for value in values.split(",")}


def _integer(text: str) -> int | None:
    """What Kubernetes compares, by Go's ParseInt: an integer of 64 bits, or nothing."""
    # Python refuses to read thousands of digits, were they all zeros.
    match = re.fullmatch(r"([-+]?)0*(\d{1,19})", text, re.ASCII)
    if not match:
        return None
    number = int(match[1] + match[2])
    return number if -(1 << 63) <= number < 1 << 63 else None
