"""RFC 3339 times as Go's ``time.Parse(time.RFC3339, ...)`` reads them.

metav1.Time of Kubernetes is decoded with it. It is more lenient than the RFC in
three places (an hour of one digit, a comma before the fraction, offsets up to
24:60) and stricter in two: ``T`` and ``Z`` are upper case, and there are no leap
seconds.
"""

from __future__ import annotations

import re

_RFC3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{1,2}):([0-9]{2}):([0-9]{2})"
    r"(?:[.,][0-9]+)?(?:Z|[+-]([0-9]{2}):([0-9]{2}))"
)
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_time(text: str) -> bool:
    """Whether the server can read the time."""
    match = _RFC3339.fullmatch(text)
    if not match:
        return False
    year, month, day, hour, minute, second, *offset = (int(part or 0) for part in match.groups())
    return (
        1 <= month <= 12
        and 1 <= day <= _days(year, month)
        and hour < 24
        and minute < 60
        and second < 60
        and offset[0] <= 24
        and offset[1] <= 60
    )


def _days(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else _DAYS[month - 1]


_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{1,2}):([0-9]{2}):([0-9]{2})"
    r"(?:[.,]([0-9]{1,9})[0-9]*)?(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)


def instant(text: str | None) -> tuple[int, str]:
    """A time that the server can read, to be compared with others.

    In seconds, and the digits of the fraction. None is the zero time of Go.
    """
    match = _MOMENT.fullmatch(text or "0001-01-01T00:00:00Z")
    assert match
    fraction, sign = match[7] or "", match[8]
    year, month, day, hour, minute, second = (int(match[group]) for group in range(1, 7))
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400 + day
    days += sum(_days(year, each) for each in range(1, month))
    seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
    if sign:
        offset = (int(match[9]) * 60 + int(match[10])) * 60
        seconds += -offset if sign == "+" else offset
    return seconds, fraction.rstrip("0")
