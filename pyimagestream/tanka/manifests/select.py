"""Label selectors, as kubectl reads them: ``team=a,tier in (web, db),!legacy``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

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
        key, values = match["key"] or match["absent"], _values(match)
        for rule in (*qualified_name(key), *(rule for v in values for rule in label_value(v))):
            raise PyimagestreamError(f"the selector {text!r}: {match.group().strip(' ,')!r} {rule}")
        tests.append(_test(match))
        position = match.end()
    return lambda labels: all(test(labels) for test in tests)


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
        sign = 1 if match["order"] == ">" else -1
        return lambda labels: (
            _is_integer(labels.get(key)) and (sign * int(labels[key]) > sign * int(match["bound"]))
        )
    if match["equal"] == "!=":
        return lambda labels: labels.get(key) != match["value"]
    if match["equal"]:
        return lambda labels: labels.get(key) == match["value"]
    return lambda labels: key in labels


def _values(match: re.Match[str]) -> set[str]:
    """The values of labels that a term names."""
    return {value.strip() for value in (match["values"] or match["value"] or "").split(",")}


def _is_integer(text: str | None) -> bool:
    return text is not None and re.fullmatch(r"[-+]?\d+", text, re.ASCII) is not None
