"""What helps against the failure of an import, as far as that is known.

Better no advice than a wrong one: names of hosts and images and everything quoted
are taken out of a registry's message first, so that words are not found where
they mean nothing.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ._failures import API, REGISTRIES, Failure, has

OWN = ("Error", "NoAnswer", "BadAnswer", "OutOfTime", "Interrupted", "Changed", "SourceStays")
"""Reasons that this package gives. No registry has a part in these."""

_LIST = re.compile(r"(?:Internal error occurred: )?\[(.+, .+)\]", re.DOTALL)

_NAMES = re.compile(
    r'"[^"]*"'  # whatever is quoted
    r"|https?://[^\s,\]]*[^\s,\]:]"
    r"|(?<![\w./-])[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d+)?(?:/[a-z0-9._-]+)+(?::[\w.-]+|@\S+)?(?=: )"
    r"|(?<![\w./-])[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?(?:/\S+)?"
)
"""Texts, URLs, the pull spec before a failure, hosts and what follows them."""


def known(reason: str, message: str) -> Failure | None:
    """The entry for a failure, None where nothing is known about it."""
    for failure in API:
        if failure.fits(reason, message, message):
            return failure
    if reason in OWN or " is forbidden: " in message:
        return None
    bare = _NAMES.sub(lambda match: '""' if match[0].startswith('"') else "~", message)
    bare = re.sub(r"(get|head) ~", r'\1 ""', bare, flags=re.IGNORECASE)
    if several := _LIST.fullmatch(bare):
        return _of_several(reason, several[1].split(", "))
    return _of_registry(reason, bare, message)


def _of_registry(reason: str, bare: str, full: str) -> Failure | None:
    return next((failure for failure in REGISTRIES if failure.fits(reason, bare, full)), None)


def _of_several(reason: str, answers: list[str]) -> Failure | None:
    """What to say when several places were asked, the mirrors of a registry and itself."""
    each = [_of_registry(reason, answer, answer) for answer in answers]
    failures = [failure for failure in each if failure]
    if not failures:
        return None
    advice = "The message has the answer of each place that was asked, mirrors before the source"
    if any(has("not found|unknown", answer) for answer in answers):
        advice += "; a mirror that has no such tag or repository can be given it."
    else:
        advice += "; one of them has to be put right."
    return replace(
        failures[0],
        advice=advice,
        passing=any(failure.passing for failure in failures),
        hanging=any(failure.hanging for failure in failures),
    )


def advice(reason: str, message: str) -> str:
    """What helps against a failure, "" where nothing is known."""
    failure = known(reason, message)
    return failure.advice if failure else ""


def is_passing(reason: str, message: str) -> bool:
    """Whether an image that failed this way is worth another try."""
    failure = known(reason, message)
    return failure is not None and failure.passing


def is_hanging(reason: str, message: str) -> bool:
    """Whether an image failed because its registry did not answer, and time was lost with it."""
    failure = known(reason, message)
    return failure is not None and failure.hanging
