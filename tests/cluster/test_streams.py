"""What diff says of ImageStreams, asked over real HTTP: nothing is written."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from support.imageserver import HANGS, State
from support.making import QUICK, digest, manifest

from pyimagestream.cluster.budget import Budget
from pyimagestream.cluster.diff import make_diff
from pyimagestream.cluster.kube.client import Cluster
from pyimagestream.cluster.plan import make_plan
from pyimagestream.cluster.streamreport import streams_data, streams_text
from pyimagestream.cluster.streams import diff_streams, exit_code


def stream(*tags: Any, name: str = "app", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStream",
        "metadata": {"name": name, "namespace": "ns"},
        "spec": {"tags": list(tags), **spec},
    }


def tag(name: str, source: str, kind: str = "DockerImage", **rest: Any) -> dict[str, Any]:
    return {"name": name, "from": {"kind": kind, "name": source}, **rest}


@pytest.fixture
def diff(cluster: Cluster, budget: Budget) -> Any:
    return lambda *manifests: diff_streams(cluster, make_plan(manifests, {}), budget)[0]


def rows(diffs: Any) -> list[tuple[str, str, str, str]]:
    return [(each.tag, each.action, each.old, each.new) for diff in diffs for each in diff.tags]


def there(state: State, *tags: Any, image: str = "") -> None:
    spec = [{"generation": 1, **each} for each in tags]
    history = [{"tag": each["name"], "items": [{"image": image, "generation": 1}]} for each in tags]
    state.streams["ns/app"] = {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStream",
        "metadata": {"name": "app", "namespace": "ns", "resourceVersion": "1"},
        "spec": {"tags": spec},
        "status": {"tags": history},
    }


def test_the_tags_of_an_absent_stream_are_looked_up_and_nothing_is_written(
    diff: Any, state: State
) -> None:
    state.registry["r/app:v1"] = digest(1)
    found = diff(stream(tag("v1", "r/app:v1"), tag("latest", "v1", "ImageStreamTag")))
    assert rows(found) == [("v1", "import", "", digest(1)), ("latest", "copy", "", "")]
    assert exit_code(found) == 16
    assert state.streams == {}
    assert all(not body["spec"]["import"] for method, _, body in state.requests if body)


def test_a_tag_with_another_source_is_imported_and_tells_from_which_image_to_which(
    diff: Any, state: State
) -> None:
    there(state, tag("v1", "r/app:v1"), image=digest(1))
    state.registry["r/app:v2"] = digest(2)
    found = diff(stream(tag("v1", "r/app:v2")))
    assert rows(found) == [("v1", "import", digest(1), digest(2))]
    text = streams_text(found)
    assert "imported" in text
    assert "from.name: r/app:v1 -> r/app:v2" in text
    assert "000000010000 -> 000000020000" in text


def test_a_stream_as_it_is_has_no_difference(diff: Any, state: State) -> None:
    there(state, tag("v1", "r/app:v1"), image=digest(1))
    found = diff(stream(tag("v1", "r/app:v1")))
    assert rows(found) == [("v1", "unchanged", digest(1), "")]
    assert exit_code(found) == 0
    assert [method for method, _, _ in state.requests] == ["GET"]


def test_an_image_that_cannot_be_had_is_a_failure_that_says_why(diff: Any) -> None:
    found = diff(stream(tag("v1", "r/app:nope")))
    assert found[0].tags[0].reason == "NotFound"
    assert exit_code(found) == 1
    assert "NotFound" in streams_text(found)


@pytest.mark.parametrize(("streams", "tags"), [(1, 25), (2, 1)])
def test_every_tag_of_a_registry_that_hangs_fails_with_what_the_server_said(
    cluster: Cluster, state: State, streams: int, tags: int
) -> None:
    names = [f"h.example/app:v{number}" for number in range(tags)]
    state.registry |= dict.fromkeys(names, HANGS)
    wanted = [tag(f"v{number}", name) for number, name in enumerate(names)]
    plan = make_plan([stream(*wanted, name=f"app{number}") for number in range(streams)], {})
    found, _ = diff_streams(cluster, plan, Budget(dataclasses.replace(QUICK, parallel=1)))
    assert {each.message for diff in found for each in diff.tags} == {HANGS["message"]}
    assert [len(each.tags) for each in found] == [tags] * streams


def test_a_stream_that_the_server_would_refuse_or_hide_fails_alone(diff: Any, state: State) -> None:
    state.registry["r/app:v1"] = digest(1)
    state.forbidden.add("get imagestreams")
    found = diff(stream(tag("v1", "r/App")), stream(tag("v1", "r/app:v1"), name="other"))
    assert [each.reason for each in found] == ["Invalid", "Forbidden"]
    assert "spec.tags[v1].from.name" in found[0].message
    assert exit_code(found) == 1


def test_what_the_server_warns_of_when_images_are_looked_up_is_told_once(
    cluster: Cluster, budget: Budget
) -> None:
    mistyped: Any = {"importPolicy": {"sheduled": True}}
    tags = [tag("v1", "r/app:v1", **mistyped), tag("v2", "q.example/app:v2", **mistyped)]
    found, warnings = diff_streams(cluster, make_plan([stream(*tags)], {}), budget)
    assert warnings == ('unknown field "spec.images[0].importPolicy.sheduled"',)
    assert f"\nwarning: {warnings[0]}\n" in streams_text(found, warnings)


def test_imports_beside_streams_are_compared_as_ever(
    cluster: Cluster, budget: Budget, state: State
) -> None:
    state.registry["r/app:v1"] = digest(1)
    plan = make_plan([manifest("r/app:v1"), stream(name="other"), {"kind": "X"}], {})
    assert [change.action for change in make_diff(cluster, plan, budget).changes] == ["new"]
    assert [owner.stream for owner in plan.streams] == ["ns/other"]
    assert plan.has_others
    assert not make_plan([manifest("r/app:v1")], {}).has_others


def test_the_data_for_programs_has_what_the_table_has(diff: Any, state: State) -> None:
    state.registry["r/app:v1"] = digest(1)
    [data] = json.loads(json.dumps(streams_data(diff(stream(tag("v1", "r/app:v1"))))))
    assert (data["namespace"], data["imageStream"], data["details"]) == ("ns", "app", ["is made"])
    [row] = data["tags"]
    assert (row["tag"], row["change"], row["newDigest"]) == ("v1", "import", digest(1))


def test_what_a_cluster_says_cannot_play_tricks_on_a_terminal(diff: Any, state: State) -> None:
    there(state, tag("v1\x1b[31m", "r/app:v1"), image=digest(1))
    assert "\x1b" not in streams_text(diff(stream()))
