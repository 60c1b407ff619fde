"""What people read."""

from __future__ import annotations

from support.imageserver import not_found
from support.making import digest, manifest

from pyimagestream.cluster._compare import Change, compare
from pyimagestream.cluster._lookup import Found
from pyimagestream.cluster.apply import Outcome
from pyimagestream.cluster.diff import Diff
from pyimagestream.cluster.plan import make_plan
from pyimagestream.cluster.report import diff_text, outcomes_text

ITEMS = make_plan([manifest("r/app:v1", "r/app:v2", "r/app:v3", "r/app")], {}).items


def found(number: int, **rest: str) -> Found:
    return Found(ITEMS[number], digest=digest(number + 1), reference="r/app@x", policy={}, **rest)


def failed(number: int, reason: str, message: str) -> Change:
    return compare(Found(ITEMS[number], reason=reason, message=message), None)


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
    changes = [compare(Found(item, reason="Timeout", message="no"), None) for item in items]
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
    change = compare(found(1), stream)
    assert diff_text(Diff((change,), {})).splitlines() == [
        "STREAM  TAG  FROM      CHANGE  DIGEST",
        "ns/app  v2   r/app:v2  moved   sha256:000000090000 -> sha256:000000020000",
        "ns/app:v2: insecure: true -> false",
        "1 moved",
    ]


def test_an_image_without_a_tag_has_a_dash() -> None:
    assert "ns/app  -    r/app  untagged" in diff_text(Diff((compare(found(3), None),), {}))


def test_outcomes_say_what_was_not_done_and_why() -> None:
    changes = [compare(found(number), None) for number in range(3)]
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
        "STREAM  TAG  FROM      RESULT    DIGEST",
        "ns/app  v1   r/app:v1  imported  sha256:000000010000",
        "ns/app  v2   r/app:v2  failed",
        "ns/app  v3   r/app:v3  not done",
        'ns/app:v2: NotFound: dockerimage.image.openshift.io "r/app:v2" not found',
        "  The registry has no such tag or repository; some say so where a pull secret is missing.",
        "ns/app:v3: Interrupted: interrupted",
    ]


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
