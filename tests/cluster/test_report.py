"""What people read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.imageserver import not_found
from support.making import digest, image, manifest

from pyimagestream.cluster._compare import Change, compare, source_stays
from pyimagestream.cluster._lookup import Found
from pyimagestream.cluster._stream import Stream
from pyimagestream.cluster.apply import Outcome
from pyimagestream.cluster.diff import Diff
from pyimagestream.cluster.plan import make_plan
from pyimagestream.cluster.report import diff_data, diff_text, outcomes_text

ITEMS = make_plan([manifest("r/app:v1", "r/app:v2", "r/app:v3", "r/app")], {}).items


ABSENT = Stream(None)


def found(number: int, **rest: Any) -> Found:
    return Found(ITEMS[number], digest=digest(number + 1), reference="r/app@x", policy={}, **rest)


def failed(number: int, reason: str, message: str) -> Change:
    return compare(Found(ITEMS[number], reason=reason, message=message), ABSENT)


def test_a_failure_of_many_tags_is_explained_once() -> None:
    refused = "dial tcp 10.0.0.1:443: connect: connection refused"
    text = diff_text(Diff(tuple(failed(n, "InternalError", refused) for n in range(3)), {}))
    assert text.splitlines()[-3:] == [
        f"ns/app:v1, ns/app:v2, ns/app:v3: InternalError: {refused}",
        "  Nothing answers at the registry's address, seen from the cluster: check host and port,"
        " firewalls, and the cluster-wide proxy.",
        "3 failed",
    ]


def test_a_failure_of_very_many_tags_names_some() -> None:
    items = make_plan([manifest(*(f"r/app:v{n}" for n in range(40)))], {}).items
    changes = [compare(Found(item, reason="Timeout", message="no"), ABSENT) for item in items]
    assert diff_text(Diff(tuple(changes), {})).splitlines()[-2] == (
        "ns/app:v0, ns/app:v1, ns/app:v2, ns/app:v3, ns/app:v4 and 35 more: Timeout: no"
    )


def test_a_move_shows_both_digests_and_details_follow() -> None:
    stream = {
        "spec": {
            "tags": [
                {
                    "name": "v2",
                    "importPolicy": {"scheduled": True, "insecure": True},
                    "referencePolicy": {"type": "Source"},
                }
            ]
        },
        "status": {"tags": [{"tag": "v2", "items": [{"image": digest(9)}]}]},
    }
    change = compare(found(1), Stream(stream))
    assert diff_text(Diff((change,), {})).splitlines() == [
        "STREAM  TAG  CHANGE  DIGEST                        FROM",
        "ns/app  v2   moved   000000090000 -> 000000020000  r/app:v2",
        "ns/app:v2: insecure: true -> false",
        "1 moved",
    ]


def test_an_image_without_a_tag_has_a_dash() -> None:
    text = diff_text(Diff((compare(found(3), ABSENT),), {}))
    assert "ns/app  -    untagged  000000040000  r/app" in text


def test_outcomes_say_what_was_not_done_and_why() -> None:
    changes = [compare(found(number), ABSENT) for number in range(3)]
    gone = not_found("r/app:v2")
    outcomes = dict(
        zip(
            changes,
            [
                Outcome("imported", digest(1)),
                Outcome("failed", reason=gone["reason"], message=gone["message"]),
                Outcome("not done", reason="Interrupted", message="interrupted"),
            ],
            strict=True,
        )
    )
    assert outcomes_text(outcomes).splitlines() == [
        "STREAM  TAG  RESULT    DIGEST        FROM",
        "ns/app  v1   imported  000000010000  r/app:v1",
        "ns/app  v2   failed                  r/app:v2",
        "ns/app  v3   not done                r/app:v3",
        'ns/app:v2: NotFound: dockerimage.image.openshift.io "r/app:v2" not found',
        "  The registry has no such tag or repository; some say so where a pull secret is missing.",
        "ns/app:v3: Interrupted: interrupted",
        "1 imported, 1 failed, 1 not done",
    ]


def test_a_failure_that_the_diff_told_is_not_told_again() -> None:
    change = failed(0, "NotFound", "no such thing")
    known = Outcome("failed", reason="NotFound", message="no such thing")
    assert outcomes_text({change: known}).splitlines()[2:] == ["1 failed"]
    other = Outcome("failed", reason="NotFound", message="another thing")
    assert "another thing" in outcomes_text({change: other})


SAME = {
    "spec": {
        "tags": [
            {
                "name": "v1",
                "from": {"kind": "DockerImage", "name": "r/app:latest"},
                "generation": 1,
            }
        ]
    },
    "status": {
        "tags": [
            {
                "tag": "v1",
                "items": [{"image": digest(1), "dockerImageReference": "r/app@x", "generation": 1}],
            }
        ]
    },
}


def test_a_source_that_stays_is_told_once_with_advice() -> None:
    change = compare(found(0), Stream(SAME))
    lines = diff_text(Diff((change,), {})).splitlines()
    assert lines[1] == "ns/app  v1   source  000000010000  r/app:v1"
    assert lines[2] == "ns/app:v1: SourceStays: the tag goes on following r/app:latest"
    assert "oc -n NAMESPACE tag --source=docker" in lines[3]
    outcome = Outcome("failed", digest(1), *source_stays("r/app:latest"))
    assert outcomes_text({change: outcome}).splitlines()[2:] == ["1 failed"]
    (row,) = diff_data(Diff((change,), {}))["tags"]
    assert (row["change"], row["reason"]) == ("source", "SourceStays")


def test_what_somebody_else_did_meanwhile_is_told() -> None:
    change = compare(found(0), ABSENT)
    outcome = Outcome("imported", digest(1), note="the tag was x when compared")
    assert "ns/app:v1: the tag was x when compared" in outcomes_text({change: outcome})
    (row,) = diff_data(Diff((change,), {}), {change: outcome})["tags"]
    assert row["notes"] == ["the tag was x when compared"]


LONG = manifest(
    image(f"registry.example.com:5000/{'a-long-path/' * 9}application:1.2.3", "t" * 60),
    name="n" * 90,
)


@pytest.mark.parametrize("width", [80, 100, 132])
def test_a_table_fits_the_terminal_and_keeps_the_ends(width: int) -> None:
    (item,) = make_plan([LONG], {}).items
    old = {"status": {"tags": [{"tag": "t" * 60, "items": [{"image": digest(9)}]}]}}
    change = compare(Found(item, digest=digest(1), reference="r/app@x"), Stream(old))
    lines = [
        *diff_text(Diff((change,), {}), width).splitlines()[:2],
        *outcomes_text({change: Outcome("imported", digest(1))}, width).splitlines()[:2],
    ]
    assert max(map(len, lines)) <= width
    assert lines[1].endswith(":1.2.3")
    assert "000000090000 -> 000000010000" in lines[1]


def test_a_table_that_fits_loses_nothing() -> None:
    text = diff_text(Diff((compare(found(0), ABSENT),), {}))
    assert "…" not in text


def test_words_are_painted_where_colours_are_wanted_and_nothing_else() -> None:
    change = compare(found(0), ABSENT)
    plain, painted = (diff_text(Diff((change,), {}), colour=colour) for colour in (False, True))
    assert "\x1b" not in plain
    assert "\x1b[32mnew\x1b[0m" in painted
    assert re.sub(r"\x1b\[\d+m", "", painted) == plain


def test_a_registrys_message_cannot_play_tricks_on_the_terminal() -> None:
    text = diff_text(Diff((failed(0, "InternalError", "\x1b[2J\r\nall is well\u202e"),), {}))
    assert "\x1b" not in text
    assert "\r" not in text
    assert "\u202e" not in text
    assert "ns/app:v1: InternalError:  [2J  all is well " in text.splitlines()


def test_nothing_to_import_says_so() -> None:
    assert diff_text(Diff((), {}, ("2 v1 ConfigMap",))) == (
        "left alone: 2 v1 ConfigMap\nnothing to import"
    )
