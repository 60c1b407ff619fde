"""What comes of the tags of an ImageStream: the rules of generations, as they were measured."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from support.making import digest

from pyimagestream.cluster._generations import (
    APPLIED,
    CHECKED,
    merged,
    stream_details,
    stream_fates,
)


def tag(name: str, source: str | None = "r/app:v1", kind: str = "DockerImage", **rest: Any) -> Any:
    return {"name": name, **({"from": {"kind": kind, "name": source}} if source else {}), **rest}


def alias(name: str, target: str, **rest: Any) -> Any:
    return tag(name, target, "ImageStreamTag", **rest)


def wanted(*tags: Any, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStream",
        "metadata": {"name": "app", "namespace": "ns"},
        "spec": {"tags": list(tags), **spec},
    }


def stored(manifest: dict[str, Any], *, imported: bool = True, **images: str) -> dict[str, Any]:
    """A manifest as the cluster has it once it was applied: defaults, generations, history."""
    stream = copy.deepcopy(manifest)
    stream["metadata"]["annotations"] = {APPLIED: json.dumps(manifest), CHECKED: "now"}
    stream["spec"] = {"lookupPolicy": {"local": False}, **stream["spec"]}
    stream["status"] = {"tags": []}
    for each in stream["spec"]["tags"]:
        each |= {"generation": 2, "annotations": each.get("annotations")}
        each["importPolicy"] = {"importMode": "Legacy", **(each.get("importPolicy") or {})}
        each["referencePolicy"] = each.get("referencePolicy") or {"type": "Source"}
        image = images.get(each["name"], digest(1))
        items = [{"image": image, "generation": 2}] if imported else []
        stream["status"]["tags"].append({"tag": each["name"], "items": items})
    return stream


def fates(manifest: Any, stream: Any) -> dict[str, str]:
    return {fate.tag: fate.action for fate in stream_fates(manifest, stream)}


def changed(before: Any, after: Any) -> Any:
    [fate] = stream_fates(wanted(after), stored(wanted(before)))
    return fate


def test_what_was_applied_is_unchanged_although_the_cluster_shows_more() -> None:
    manifest = wanted(tag("v1", generation=None, importPolicy={}), alias("latest", "v1"))
    assert fates(manifest, stored(manifest)) == {"v1": "unchanged", "latest": "unchanged"}
    assert stream_details(manifest, stored(manifest)) == []


def test_of_a_new_stream_every_tag_is_new() -> None:
    manifest = wanted(
        tag("v1"), alias("latest", "v1"), tag("pushed", None), tag("ref", reference=True)
    )
    assert fates(manifest, None) == {
        "v1": "import",
        "latest": "copy",
        "pushed": "empty",
        "ref": "refer",
    }
    assert stream_details(manifest, None) == ["is made"]


@pytest.mark.parametrize(
    "after",
    [
        tag("v1", "r/app:v2"),
        tag("v1", importPolicy={"importMode": "PreserveOriginal"}),
        tag("v1", generation=0),
        {**tag("v1"), "from": {"kind": "DockerImage", "name": "r/app:v1", "namespace": "ns"}},
    ],
)
def test_a_new_source_or_import_mode_imports_anew_and_so_does_generation_0(after: Any) -> None:
    assert changed(tag("v1"), after).action == "import"


@pytest.mark.parametrize(
    ("after", "detail"),
    [
        ({"importPolicy": {"insecure": True}}, "importPolicy.insecure: false -> true"),
        ({"importPolicy": {"scheduled": True}}, "importPolicy.scheduled: false -> true"),
        ({"referencePolicy": {"type": "Local"}}, "referencePolicy.type: Source -> Local"),
        ({"annotations": {"a": "b"}}, "annotations.a: none -> b"),
    ],
)
def test_a_change_that_starts_no_import_is_told_as_one_of_the_spec_only(
    after: Any, detail: str
) -> None:
    fate = changed(tag("v1"), tag("v1", **after))
    assert (fate.action, fate.details) == ("spec", (detail,))
    assert fate.notes == ("the image stays",)


def test_another_kind_alone_starts_no_import() -> None:
    fate = changed(alias("v1", "r:v1"), tag("v1", "r:v1"))
    assert (fate.action, fate.notes) == ("spec", ("a change of from.kind alone imports nothing",))


@pytest.mark.parametrize("generation", [1, 5, None])
def test_another_number_for_a_generation_changes_nothing(generation: Any) -> None:
    assert changed(tag("v1"), tag("v1", generation=generation)).action == "unchanged"


def test_what_is_not_imported_yet_will_be_and_a_failure_counts_as_seen() -> None:
    manifest = wanted(tag("v1"))
    stream = stored(manifest, imported=False)
    [fate] = stream_fates(manifest, stream)
    assert (fate.action, fate.notes) == ("import", ("it was not imported yet",))
    failure = {"type": "ImportSuccess", "status": "False", "generation": 2}
    stream["status"]["tags"][0]["conditions"] = [failure]
    assert fates(manifest, stream) == {"v1": "unchanged"}


def test_what_is_applied_no_longer_goes_back_to_the_default() -> None:
    fate = changed(tag("v1", importPolicy={"scheduled": True}), tag("v1"))
    assert (fate.action, fate.details) == ("spec", ("importPolicy.scheduled: true -> false",))
    fate = changed(tag("v1", importPolicy={"importMode": "PreserveOriginal"}), tag("v1"))
    assert fate.action == "import"


def test_what_somebody_else_set_stays() -> None:
    stream = stored(wanted(tag("v1")))
    stream["spec"]["tags"][0]["importPolicy"]["scheduled"] = True
    assert fates(wanted(tag("v1")), stream) == {"v1": "unchanged"}


def test_a_tag_that_leaves_the_manifest_leaves_the_spec_and_one_of_others_stays() -> None:
    stream = stored(wanted(tag("v1"), tag("old")))
    stream["spec"]["tags"].append(tag("imported"))
    found = stream_fates(wanted(tag("v1")), stream)
    assert [(fate.tag, fate.action) for fate in found] == [
        ("v1", "unchanged"),
        ("old", "removed"),
        ("imported", "kept"),
    ]
    assert "can still be pulled" in found[1].notes[0]


def test_an_alias_moves_to_another_target_at_once() -> None:
    before = wanted(tag("v1"), tag("v2", "r/app:v2"), alias("latest", "v1"))
    stream = stored(before, v1=digest(1), v2=digest(2), latest=digest(1))
    after = wanted(tag("v1"), tag("v2", "r/app:v2"), alias("latest", "app:v2"))
    latest = stream_fates(after, stream)[2]
    assert (latest.action, latest.old, latest.new) == ("copy", digest(1), digest(2))


def test_an_alias_follows_a_target_that_is_imported() -> None:
    stream = stored(wanted(tag("v1"), alias("latest", "v1")))
    found = stream_fates(wanted(tag("v1", "r/app:v2"), alias("latest", "v1")), stream)
    assert [fate.action for fate in found] == ["import", "follow"]
    assert found[1].notes == ("follows v1, which is imported",)


def test_an_alias_to_another_stream_is_copied_once_whatever_its_generation() -> None:
    manifest = wanted(alias("v1", "base:v1"))
    [fate] = stream_fates(manifest, None)
    assert (fate.action, fate.notes) == ("copy", ("copied once: it does not follow",))
    again = wanted(alias("v1", "base:v1", generation=0))
    assert fates(again, stored(manifest)) == {"v1": "unchanged"}
    assert fates(wanted(alias("v1", "base:v2")), stored(manifest)) == {"v1": "copy"}


def test_the_last_tag_of_a_name_counts() -> None:
    stream = stored(wanted(tag("v1")))
    assert fates(wanted(tag("v1", "r/app:v2"), tag("v1")), stream) == {"v1": "unchanged"}


def test_a_changed_repository_imports_nothing_unless_nothing_was_imported_yet() -> None:
    stream = stored(wanted(dockerImageRepository="r/app"))
    manifest = wanted(dockerImageRepository="r/other", lookupPolicy={"local": True})
    assert stream_details(manifest, stream) == [
        "dockerImageRepository: r/app -> r/other",
        "lookupPolicy.local: false -> true",
        "a changed dockerImageRepository imports nothing",
    ]
    del stream["metadata"]["annotations"][CHECKED]
    assert stream_details(manifest, stream)[-1] == "imports up to 50 tags of r/other"
    assert stream_details(wanted(dockerImageRepository="r/app"), None) == [
        "is made",
        "imports up to 50 tags of r/app",
    ]


NO_MANIFESTS = [
    *(None, "", "no json", "[]", 7, "[" * 100_000),
    *('{"spec": 3}', '{"spec": [3]}', '{"spec": {"tags": 3}}', '{"spec": {"tags": [3]}}'),
]


@pytest.mark.parametrize("annotation", NO_MANIFESTS, ids=lambda text: str(text)[:30])
def test_an_annotation_that_tells_nothing_is_none(annotation: Any) -> None:
    stream = stored(wanted(tag("v1"), tag("old")))
    stream["metadata"]["annotations"][APPLIED] = annotation
    assert fates(wanted(tag("v1")), stream) == {"v1": "unchanged", "old": "kept"}
    assert stream_details(wanted(), stream) == []


def test_objects_are_merged_as_kubectl_does() -> None:
    existing = {"a": 1, "b": {"c": 1, "d": 2}, "e": 1}
    applied = {"a": 1, "b": {"c": 1}}
    assert merged(existing, applied, {"b": {"d": 3}, "f": [1]}) == {"b": {"d": 3}, "e": 1, "f": [1]}
    assert merged(existing, {}, {"e": None}) == {"a": 1, "b": {"c": 1, "d": 2}}


@pytest.mark.parametrize("odd", [7, "x", [], {"a": 1}])
def test_odd_answers_raise_nothing(odd: Any) -> None:
    stream = stored(wanted(tag("v1")))
    stream["spec"]["tags"] += [{"name": "odd", "from": odd, "generation": odd, "annotations": odd}]
    stream["metadata"]["annotations"] = odd
    assert fates(wanted(tag("odd")), stream).keys() == {"v1", "odd"}
    assert fates(wanted(tag("v1")), stream).keys() == {"v1", "odd"}
