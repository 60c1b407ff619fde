"""What diff says, asked over real HTTP."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from support.imageserver import (
    API_DIED,
    API_DOWN,
    HANGS,
    NO_API,
    DropError,
    Fault,
    RefusalError,
    State,
    not_found,
)
from support.making import QUICK, digest, image, manifest

from pyimagestream.cluster.advice import advice
from pyimagestream.cluster.apply import Apply
from pyimagestream.cluster.budget import Budget
from pyimagestream.cluster.diff import Diff, make_diff
from pyimagestream.cluster.kube.client import Cluster
from pyimagestream.cluster.plan import make_plan
from pyimagestream.errors import DroppedError


@pytest.fixture
def diff(cluster: Cluster, budget: Budget) -> Any:
    return lambda *manifests: make_diff(cluster, make_plan(manifests, {}), budget)


@pytest.fixture
def apply(cluster: Cluster, budget: Budget, diff: Any) -> Any:
    def run(*manifests: Any) -> list[str]:
        work = Apply(cluster, diff(*manifests), budget)
        work.run()
        return [outcome.result for outcome in work.outcomes.values()]

    return run


def rows(diff: Diff) -> list[tuple[str, str]]:
    return [(change.item.tag, change.action) for change in diff.changes]


def test_a_tag_of_an_absent_stream_is_new_and_nothing_is_written(diff: Any, state: State) -> None:
    state.registry["r/app:v1"] = digest(1)
    found = diff(manifest("r/app:v1"))
    assert rows(found) == [("v1", "new")]
    assert found.changes[0].new_digest == digest(1)
    assert found.exit_code == 16
    assert state.streams == {}
    assert all(not body["spec"]["import"] for method, _, body in state.requests if method == "POST")


def test_a_tag_with_another_digest_moves(diff: Any, apply: Any, state: State) -> None:
    state.registry["r/app:v1"] = digest(1)
    assert apply(manifest("r/app:v1")) == ["imported"]
    state.registry["r/app:v1"] = digest(2)
    change = diff(manifest("r/app:v1")).changes[0]
    assert (change.action, change.old, change.new_digest) == ("moved", digest(1), digest(2))


def test_a_tag_that_is_already_there_is_unchanged(diff: Any, apply: Any, state: State) -> None:
    state.registry["r/app:v1"] = digest(1)
    apply(manifest("r/app:v1"))
    found = diff(manifest("r/app:v1"))
    assert rows(found) == [("v1", "unchanged")]
    assert found.exit_code == 0
    assert apply(manifest("r/app:v1")) == []


def test_an_image_that_cannot_be_had_fails_and_says_why(diff: Any, state: State) -> None:
    state.registry["r/app:v1"] = digest(1)
    found = diff(manifest("r/app:v1", "r/app:nope"))
    assert rows(found) == [("v1", "new"), ("nope", "failed")]
    assert found.changes[1].found.reason == "NotFound"
    assert found.changes[1].found.message == not_found("r/app:nope")["message"]
    assert found.exit_code == 1


def test_images_that_name_no_tag_are_reported_as_untagged(diff: Any, state: State) -> None:
    pinned = f"r/app@{digest(1)}"
    state.registry |= {"r/app": digest(1), pinned: digest(1), f"r/app:v1@{digest(1)}": digest(1)}
    found = diff(manifest("r/app", pinned, image(pinned, "pinned"), f"r/app:v1@{digest(1)}"))
    assert rows(found) == [("", "untagged"), ("", "untagged"), ("pinned", "new"), ("v1", "new")]


def test_of_two_entries_for_a_tag_the_later_wins(diff: Any, apply: Any, state: State) -> None:
    state.registry |= {"r/app:v1": digest(1), "r/app:v2": digest(2)}
    both = manifest(image("r/app:v1", "z"), image("r/app:v2", "z"))
    assert rows(diff(both)) == [("z", "overridden"), ("z", "new")]
    assert apply(both) == ["imported"]
    assert state.digest("ns/app", "z") == digest(2)
    assert diff(both).exit_code == 0


def test_what_an_overridden_entry_would_change_is_not_told(
    diff: Any, apply: Any, state: State
) -> None:
    state.registry |= {"r/app:v1": digest(1), "r/app:v2": digest(2)}
    both = manifest(
        image("r/app:v1", "z", referencePolicy={"type": "Local"}),
        image("r/app:v2", "z", importPolicy={"scheduled": True}),
    )
    apply(both)
    assert [(change.details, change.notes) for change in diff(both).changes] == [((), ()), ((), ())]


def test_a_schedule_is_kept_when_the_manifest_says_nothing(
    diff: Any, apply: Any, state: State
) -> None:
    state.registry["r/app:v1"] = digest(1)
    apply(manifest(image("r/app:v1", importPolicy={"scheduled": True})))
    assert diff(manifest("r/app:v1")).exit_code == 0
    state.registry["r/app:v1"] = digest(2)
    assert apply(manifest("r/app:v1")) == ["imported"]
    assert state.streams["ns/app"]["spec"]["tags"][0]["importPolicy"]["scheduled"] is True


def test_a_schedule_ends_when_the_manifest_says_so(diff: Any, apply: Any, state: State) -> None:
    state.registry["r/app:v1"] = digest(1)
    apply(manifest(image("r/app:v1", importPolicy={"scheduled": True})))
    off = manifest(image("r/app:v1", importPolicy={"scheduled": False}))
    change = diff(off).changes[0]
    assert (change.action, change.details) == ("updated", ("scheduled: true -> false",))
    assert apply(off) == ["imported"]
    assert "scheduled" not in state.streams["ns/app"]["spec"]["tags"][0]["importPolicy"]
    assert diff(off).exit_code == 0


def test_another_source_of_the_same_image_is_an_update(diff: Any, apply: Any, state: State) -> None:
    state.registry |= {"r/app:v1": digest(1), "q/app:v1": digest(1)}
    apply(manifest("r/app:v1"))
    change = diff(manifest("q/app:v1")).changes[0]
    assert change.action == "updated"
    assert change.details == (f"from: r/app@{digest(1)} -> q/app@{digest(1)}",)
    apply(manifest("q/app:v1"))
    assert diff(manifest("q/app:v1")).exit_code == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"kind": "DockerImage", "name": "r/app:v1"}, "r/app:v1.0"),
        ({"kind": "DockerImage", "name": f"r/app@{digest(1)}"}, "r/app:v1.0"),
        ({"kind": "ImageStreamTag", "name": "r:v1.0"}, "r/app:v1.0"),
        ({"kind": "ImageStreamImage", "name": f"app@{digest(1)}"}, "r/app:v1.0"),
    ],
)
def test_a_tag_that_follows_another_source_is_a_difference_though_the_image_is_the_same(
    diff: Any, apply: Any, state: State, before: Any, after: str
) -> None:
    """The server keeps the old `from` as long as the image is the same."""
    state.registry |= {"r/app:v1": digest(1), after: digest(1)}
    apply(manifest(image("r/app:v1", "t")))
    state.streams["ns/app"]["spec"]["tags"][0]["from"] = before
    found = diff(manifest(image(after, "t")))
    assert rows(found) == [("t", "source")]
    assert before["name"] in found.changes[0].kept
    assert found.exit_code == 16


def test_a_source_that_an_import_would_write_is_an_ordinary_update(
    diff: Any, apply: Any, cluster: Cluster, state: State
) -> None:
    state.registry |= {"r/app:v1": digest(1), "r/app:v1.0": digest(1)}
    wanted = manifest(image("r/app:v1", "t"))
    apply(wanted)
    state.registry["r/app:v1"] = not_found("r/app:v1")
    cluster.create_import(wanted, 5)  # a failed import makes the tag due
    other = manifest(image("r/app:v1.0", "t"))
    change = diff(other).changes[0]
    assert (change.action, change.kept) == ("updated", "")
    assert change.details[0] == "source: r/app:v1 -> r/app:v1.0"
    assert apply(other) == ["imported"]
    assert diff(other).exit_code == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("nginx", "nginx:latest"),
        ("nginx:1", "docker.io/library/nginx:1"),
        ("nginx:1", "index.docker.io/library/nginx:1"),
        (f"q/a:v1@{digest(1)}", f"q/a@{digest(1)}"),
    ],
)
def test_two_spellings_of_a_source_are_one(
    diff: Any, apply: Any, state: State, one: str, other: str
) -> None:
    state.registry |= {one: digest(1), other: digest(1)}
    apply(manifest(image(one, "t")))
    assert diff(manifest(image(other, "t"))).exit_code == 0


def test_two_spellings_of_a_repository_are_one(diff: Any, apply: Any, state: State) -> None:
    """Which of them the server writes down depends on the other images of the request."""
    state.registry |= {"nginx:1": digest(1), "docker.io/library/nginx:1": digest(1)}
    apply(manifest(image("nginx:1", "t")))
    assert diff(manifest(image("docker.io/library/nginx:1", "t"))).exit_code == 0


def test_the_mode_the_server_fills_in_is_no_difference(diff: Any, apply: Any, state: State) -> None:
    state.registry["r/app:v1"] = digest(1)
    state.default_mode = "PreserveOriginal"
    apply(manifest("r/app:v1"))
    assert diff(manifest("r/app:v1")).exit_code == 0
    state.default_mode = "Legacy"
    assert diff(manifest("r/app:v1")).changes[0].details == (
        "importMode: PreserveOriginal -> Legacy",
    )


def test_a_reference_policy_that_cannot_change_is_said_and_is_no_difference(
    diff: Any, apply: Any, state: State
) -> None:
    state.registry["r/app:v1"] = digest(1)
    apply(manifest("r/app:v1"))
    found = diff(manifest(image("r/app:v1", referencePolicy={"type": "Local"})))
    assert found.exit_code == 0
    assert "referencePolicy stays Source" in found.changes[0].notes[0]


def test_a_tag_whose_last_import_failed_is_imported_again(
    diff: Any, apply: Any, cluster: Cluster, state: State
) -> None:
    state.registry["r/app:v1"] = digest(1)
    wanted = manifest("r/app:v1")
    apply(wanted)
    state.registry["r/app:v1"] = not_found("r/app:v1")
    cluster.create_import(wanted, 5)
    state.registry["r/app:v1"] = digest(1)
    assert diff(wanted).changes[0].details == ("its last import failed: NotFound",)
    apply(wanted)
    assert diff(wanted).exit_code == 0


def test_a_repository_stands_for_its_tags_and_says_what_is_left_out(
    diff: Any, apply: Any, state: State
) -> None:
    tags = [f"t{number:02}" for number in range(60)]
    state.tags["r/many"] = tags
    state.registry |= {f"r/many:{tag}": digest(int(tag[1:]) + 1) for tag in tags}
    whole = manifest(repository=image("r/many"))
    found = diff(whole)
    assert [change.item.tag for change in found.changes] == tags[:50]
    assert found.warnings == (
        "ns/app: a repository import takes 50 tags of r/many; left out: " + ", ".join(tags[50:]),
    )
    assert apply(whole) == ["imported"] * 50
    assert state.streams["ns/app"]["spec"]["tags"][7]["from"]["name"] == "r/many:t07"
    assert diff(whole).exit_code == 0


def test_an_image_wins_over_the_same_tag_of_the_repository(diff: Any, state: State) -> None:
    state.tags["r/app"] = ["v1", "v2"]
    state.registry |= {"r/app:v1": digest(1), "r/app:v2": digest(2), "q/app:x": digest(3)}
    found = diff(manifest(image("q/app:x", "v2"), repository=image("r/app")))
    assert rows(found) == [("v1", "new"), ("v2", "overridden"), ("v2", "new")]


def test_a_repository_that_is_not_there_fails(diff: Any) -> None:
    found = diff(manifest(repository=image("r/none")))
    assert [(c.action, c.found.reason) for c in found.changes] == [("failed", "NotFound")]


def test_of_a_repository_only_the_tags_that_failed_are_asked_again(diff: Any, state: State) -> None:
    answers = [HANGS, digest(2)]
    state.tags["r/app"] = ["v1", "v2"]
    state.registry |= {"r/app:v1": digest(1), "r/app:v2": lambda: answers.pop(0)}
    assert rows(diff(manifest(repository=image("r/app")))) == [("v1", "new"), ("v2", "new")]
    again = state.requests[-1][2]["spec"]["images"]
    assert [entry["from"]["name"] for entry in again] == ["r/app:v2"]


def test_a_manifest_the_server_refuses_fails_whole_with_the_authors_indexes(
    diff: Any, state: State
) -> None:
    """The bad image is the fifth of the second request, and the 25th of the manifest."""
    state.whitelist = {"quay.io"}
    names = [f"quay.io/o/app:v{number}" for number in range(30)]
    names[24] = "docker.io/o/app:v24"
    state.registry |= dict.fromkeys(names, digest(1))
    found = diff(manifest(*names))
    assert {change.action for change in found.changes} == {"failed"}
    messages = {change.found.message for change in found.changes}
    assert len(messages) == 1
    assert "spec.images[24].from.name: Forbidden" in messages.pop()


def test_a_refused_manifest_does_not_touch_another_one(diff: Any, state: State) -> None:
    state.whitelist = {"quay.io"}
    state.registry["quay.io/o/app:v1"] = digest(1)
    found = diff(manifest("quay.io/o/app:v1"), manifest("docker.io/o/x:v1", name="other"))
    assert [change.action for change in found.changes] == ["new", "failed"]


def test_an_unknown_namespace_fails_every_tag(diff: Any, state: State) -> None:
    found = diff(manifest("r/app:v1", metadata={"namespace": "ghost"}))
    assert found.changes[0].found.message == 'namespaces "ghost" not found'


def test_a_stream_that_may_not_be_read_fails_its_tags(diff: Any, state: State) -> None:
    state.forbidden.add("get imagestreams")
    state.registry["r/app:v1"] = digest(1)
    found = diff(manifest("r/app:v1"))
    assert (found.changes[0].action, found.changes[0].found.reason) == ("failed", "Forbidden")


def test_a_stale_revision_given_by_the_author_is_refused_at_once(
    diff: Any, apply: Any, state: State
) -> None:
    state.registry["r/app:v1"] = digest(1)
    apply(manifest("r/app:v1"))
    before = len(state.requests)
    found = diff(manifest("r/app:v1", metadata={"resourceVersion": "99"}))
    assert found.changes[0].found.reason == "Conflict"
    assert len(state.requests) == before + 2


def test_what_the_server_warns_about_is_passed_on_once(diff: Any, state: State) -> None:
    state.registry |= {"r/app:v1": digest(1), "r/app:v2": digest(1)}
    secure = image("r/app:v2", importPolicy={"insecure": True})
    assert diff(manifest("r/app:v1", secure, imagess=[])).warnings == (
        'unknown field "spec.imagess"',
    )


def test_other_kinds_and_imports_that_write_nothing_are_left_alone(diff: Any) -> None:
    not_written: dict[str, Any] = {"import": False}
    found = diff(
        manifest("r/app:v1", **not_written),
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}},
    )
    assert found.left_alone == (
        "ImageStreamImport ns/app: spec.import is not true, so it writes nothing",
        "2 v1 ConfigMap",
    )
    assert (found.changes, found.exit_code) == ((), 0)


def test_a_cluster_that_is_not_there_is_one_error(diff: Any, state: State) -> None:
    def drop() -> None:
        raise DropError

    state.faults = dict.fromkeys(range(1, 100), Fault(before=drop))
    with pytest.raises(DroppedError, match="Server disconnected"):
        diff(manifest("r/app:v1"), manifest("r/app:v1", name="other"))
    assert len(state.requests) == QUICK.tries


@pytest.fixture
def hanging(state: State) -> list[str]:
    """Twelve images of a registry that hangs; the list of what was fetched, in its order."""
    fetched: list[str] = []

    def fetch(name: str, answer: Any) -> Any:
        return lambda: fetched.append(name) or answer

    for number in range(12):
        name = f"h.example/a:v{number}"
        state.registry[name] = fetch(name, HANGS)
        state.registry[f"r.example/a:w{number}"] = fetch(f"r.example/a:w{number}", digest(1))
    return fetched


def names(count: int, host: str, letter: str) -> list[str]:
    return [f"{host}.example/a:{letter}{number}" for number in range(count)]


def test_a_registry_that_hangs_is_paid_for_once_and_its_other_images_come_last(
    cluster: Cluster, hanging: list[str]
) -> None:
    limits = dataclasses.replace(QUICK, images=4, parallel=1)
    wanted = manifest(*names(12, "h", "v"), *names(12, "r", "w"))
    found = make_diff(cluster, make_plan([wanted], {}), Budget(limits))
    assert [c.action for c in found.changes] == ["failed"] * 12 + ["new"] * 12
    assert {c.found.message for c in found.changes[:12]} == {HANGS["message"]}
    assert hanging == [*names(4, "h", "v"), *names(12, "r", "w"), "h.example/a:v4"]


def test_a_request_that_a_registry_lets_run_into_the_time_limit_is_followed_by_one_image(
    diff: Any, state: State, hanging: list[str]
) -> None:
    """A request of two images or more takes too long; one alone is told that it hangs."""

    def too_long() -> None:
        _, _, body = state.requests[-1]
        entries = (body or {"spec": {}})["spec"].get("images", [])
        if len([entry for entry in entries if entry["from"]["name"].startswith("h.")]) > 1:
            raise RefusalError(
                504, "Timeout", "Timeout: request did not complete within the allotted timeout"
            )

    state.faults = dict.fromkeys(range(1, 100), Fault(before=too_long))
    found = diff(manifest(*names(12, "h", "v"), *names(2, "r", "w")))
    assert [c.action for c in found.changes] == ["failed"] * 12 + ["new"] * 2
    assert sorted(hanging) == ["h.example/a:v0", "h.example/a:v1", *names(2, "r", "w")]


def test_a_registry_that_recovers_is_asked_for_all_its_images(
    diff: Any, state: State, hanging: list[str]
) -> None:
    answers = [HANGS, digest(1)]
    state.registry["h.example/a:v0"] = lambda: answers.pop(0)
    state.registry |= dict.fromkeys(names(12, "h", "v")[1:], digest(1))
    found = diff(manifest(*names(12, "h", "v")))
    assert {c.action for c in found.changes} == {"new"}


def test_one_image_that_hangs_is_asked_for_twice_and_holds_up_no_other(
    diff: Any, state: State, hanging: list[str]
) -> None:
    state.registry |= dict.fromkeys(names(12, "h", "v")[1:], digest(1))
    found = diff(manifest(*names(12, "h", "v")))
    assert [c.action for c in found.changes] == ["failed"] + ["new"] * 11
    assert hanging == ["h.example/a:v0"] * 2


def test_no_request_holds_images_of_two_registries(diff: Any, state: State, hanging: Any) -> None:
    diff(manifest(*names(3, "h", "v"), *names(3, "r", "w")))
    for _, _, body in state.requests:
        if body:
            hosts = {entry["from"]["name"].partition("/")[0] for entry in body["spec"]["images"]}
            assert len(hosts) == 1


@pytest.mark.parametrize("plain", [NO_API, API_DIED, API_DOWN])
def test_what_is_said_in_place_of_the_image_api_is_told_with_advice(
    diff: Any, state: State, plain: tuple[int, str]
) -> None:
    state.plain = plain
    change = diff(manifest("r/app:v1")).changes[0]
    assert (change.action, change.found.message) == ("failed", plain[1])
    assert advice(change.found.reason, change.found.message)
    assert len(state.requests) <= 2 * QUICK.tries, "a server that was never there"


def test_when_time_runs_out_the_last_failure_is_told(diff: Any, state: State) -> None:
    def busy() -> None:
        raise RefusalError(429, "TooManyRequests", "slow down", headers=[("Retry-After", "900")])

    state.faults = dict.fromkeys(range(1, 100), Fault(before=busy))
    assert diff(manifest("r/app:v1")).changes[0].found.message == "slow down"


def test_a_stream_that_cannot_be_read_fails_its_tags_alone(diff: Any, state: State) -> None:
    state.registry["r/app:v1"] = digest(1)

    def drop() -> None:
        if state.requests[-1][1].endswith("/imagestreams/b"):
            raise DropError

    state.faults = dict.fromkeys(range(1, 100), Fault(before=drop))
    found = diff(*(manifest("r/app:v1", name=name) for name in "abc"))
    assert [change.action for change in found.changes] == ["new", "failed", "new"]
    assert found.changes[1].found.reason == "NoAnswer"
