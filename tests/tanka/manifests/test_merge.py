"""Imports beside ImageStreams of their names."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from support.calls import calls

from pyimagestream import ValidationError, validate
from pyimagestream.tanka.manifests.merge import as_image_streams

API_VERSION = "image.openshift.io/v1"


def image(name: str, **rest: Any) -> dict[str, Any]:
    return {"from": {"kind": "DockerImage", "name": name}, **rest}


def imports(*images: Any, **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": API_VERSION,
        "kind": "ImageStreamImport",
        "metadata": {"name": "app", "namespace": "images", **metadata},
        "spec": {"import": True, "images": list(images)},
    }


def stream(*tags: Any, metadata: Any = None, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": API_VERSION,
        "kind": "ImageStream",
        "metadata": {"name": "app", "namespace": "images", **(metadata or {})},
        "spec": {**spec, "tags": list(tags)},
    }


def tag(name: str, source: str | None = None, **rest: Any) -> dict[str, Any]:
    return {"name": name, **(image(source) if source else {}), **rest}


def alias(name: str, target: str) -> dict[str, Any]:
    return {"name": name, "from": {"kind": "ImageStreamTag", "name": target}}


def tags(manifest: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each for each in manifest["spec"]["tags"]}


ALIAS = alias("latest", "v1")


def test_what_an_import_cannot_say_stays_and_its_tags_are_added() -> None:
    own = stream(
        ALIAS,
        tag("v1", annotations={"description": "one"}),
        lookupPolicy={"local": True},
    )
    given = [own, imports(image("r/app:v1", importPolicy={"scheduled": True}), image("r/app:v2"))]
    before = copy.deepcopy(given)
    [merged] = as_image_streams(given)
    assert given == before
    assert validate(merged) == []
    assert merged["spec"]["lookupPolicy"] == {"local": True}
    assert list(tags(merged)) == ["latest", "v1", "v2"]
    assert tags(merged)["latest"]["from"] == ALIAS["from"]
    assert tags(merged)["v1"] == {
        "name": "v1",
        "annotations": {"description": "one"},
        "from": {"kind": "DockerImage", "name": "r/app:v1"},
        "importPolicy": {"scheduled": True, "importMode": "Legacy"},
        "referencePolicy": {"type": "Source"},
    }


def test_it_does_not_matter_which_comes_first() -> None:
    given = [stream(ALIAS), imports(image("r/app:v1"))]
    assert as_image_streams(given) == as_image_streams(given[::-1])


def test_both_may_say_the_same_of_a_tag() -> None:
    policy = {"importPolicy": {"scheduled": True}, "referencePolicy": {"type": "Local"}}
    own = stream(tag("v1", "r/app:v1", **policy))
    [merged] = as_image_streams([own, imports(image("r/app:v1", **policy))])
    assert merged == as_image_streams([own])[0]


def test_what_one_of_them_leaves_open_the_other_one_says() -> None:
    own = stream(tag("v1", "r/app:v1", importPolicy={"insecure": True, "scheduled": None}))
    added = image("r/app:v1", importPolicy={"scheduled": True, "insecure": None})
    [merged] = as_image_streams([own, imports(added)])
    assert tags(merged)["v1"]["importPolicy"] == {
        "insecure": True,
        "scheduled": True,
        "importMode": "Legacy",
    }


@pytest.mark.parametrize(
    ("own", "imported", "field", "value", "wanted"),
    [
        (tag("v1", "r/x:v1"), image("r/app:v1"), "from.name", "r/x:v1", '"r/app:v1"'),
        (
            alias("v1", "v2"),
            image("r/app:v1"),
            "from.kind",
            "ImageStreamTag",
            '"DockerImage"',
        ),
        (
            tag("v1", importPolicy={"scheduled": False}),
            image("r/app:v1", importPolicy={"scheduled": True}),
            "importPolicy.scheduled",
            False,
            "true",
        ),
        (
            tag("v1", referencePolicy={"type": "Local"}),
            image("r/app:v1", referencePolicy={"type": "Source"}),
            "referencePolicy.type",
            "Local",
            '"Source"',
        ),
        (tag("v1", reference=True), image("r/app:v1"), "reference", True, "false"),
    ],
)
def test_a_contradiction_is_a_problem(
    own: Any, imported: Any, field: str, value: Any, wanted: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        as_image_streams([stream(own), imports(imported)])
    problem = caught.value.problems[0]
    assert (problem.field, problem.value) == (f"spec.tags[v1].{field}", value)
    assert problem.message.startswith(f"must be {wanted}, as the ImageStreamImport of this name")
    assert "in ImageStream/app in images" in str(problem)


def test_labels_and_annotations_of_the_stream_count_and_those_of_the_import_are_added() -> None:
    own = stream(metadata={"labels": {"team": "a"}})
    added = imports(image("r/app:v1"), labels={"team": "b", "x": "y"}, annotations={"n": "m"})
    [merged] = as_image_streams([own, added])
    assert merged["metadata"]["labels"] == {"team": "a", "x": "y"}
    assert merged["metadata"]["annotations"] == {"n": "m"}


def test_a_stream_of_another_namespace_is_another_one() -> None:
    other = stream(metadata={"namespace": "other"})
    merged = as_image_streams([other, imports(image("r/app:v1"))])
    assert [each["metadata"]["namespace"] for each in merged] == ["images", "other"]
    assert [list(tags(each)) for each in merged] == [["v1"], []]


def test_two_manifests_of_one_stream_both_stay_for_the_user_to_see() -> None:
    assert len(as_image_streams([stream(), stream(), imports(image("r/app:v1"))])) == 2


def test_a_stream_the_server_would_refuse_is_named() -> None:
    with pytest.raises(ValidationError, match=r"importMode: .*\(in ImageStream/app in images\)"):
        as_image_streams([stream(tag("v1", "r/app:v1", importPolicy={"importMode": "Preserve"}))])


def test_other_manifests_stay_as_they_are() -> None:
    other = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "labels": {}}}
    old = {"apiVersion": "v1", "kind": "ImageStream", "metadata": {"name": "o"}, "spec": {}}
    assert as_image_streams([other, old]) == [other, old]


@pytest.mark.parametrize(
    "manifests",
    [
        pytest.param(
            lambda count: [
                stream(*(tag(f"v{i}", f"r/app:v{i}") for i in range(count))),
                imports(*(image(f"r/app:v{i}") for i in range(count))),
            ],
            id="tags",
        ),
        pytest.param(
            lambda count: [imports(image(f"r/app:v{i}")) for i in range(count)], id="imports"
        ),
    ],
)
def test_the_work_grows_with_what_there_is_to_merge(manifests: Any) -> None:
    as_image_streams(manifests(10))  # what is imported, once
    few, many = manifests(100), manifests(200)
    assert calls(lambda: as_image_streams(many)) < 2.5 * calls(lambda: as_image_streams(few))
