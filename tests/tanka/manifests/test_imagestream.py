"""Imports as ImageStreams, for tools that need something to GET."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pyimagestream import ValidationError
from pyimagestream.tanka.manifests.imagestream import to_image_stream, together

DIGEST = f"sha256:{1:064x}"


def imports(*images: Any, **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStreamImport",
        "metadata": {
            "name": "ruby",
            "namespace": "images",
            "labels": {"team": "a"},
            "annotations": {"b": "c"},
            "resourceVersion": "7",
        },
        "spec": {"import": True, "images": list(images), **spec},
        "status": {},
    }


def image(name: str, **rest: Any) -> dict[str, Any]:
    return {"from": {"kind": "DockerImage", "name": name}, **rest}


def test_an_import_becomes_a_stream_with_the_same_tags_and_policies() -> None:
    manifest = imports(
        image(
            "quay.io/org/ruby:2.7",
            to={"name": "old"},
            importPolicy={"scheduled": True, "insecure": True},
            referencePolicy={"type": "Local"},
            includeManifest=True,
        ),
        image("quay.io/org/ruby:3.0"),
    )
    before = copy.deepcopy(manifest)
    assert to_image_stream(manifest) == {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStream",
        "metadata": {
            "name": "ruby",
            "namespace": "images",
            "labels": {"team": "a"},
            "annotations": {"b": "c"},
        },
        "spec": {
            "tags": [
                {
                    "name": "old",
                    "from": {"kind": "DockerImage", "name": "quay.io/org/ruby:2.7"},
                    "importPolicy": {"scheduled": True, "insecure": True},
                    "referencePolicy": {"type": "Local"},
                },
                {"name": "3.0", "from": {"kind": "DockerImage", "name": "quay.io/org/ruby:3.0"}},
            ]
        },
    }
    assert manifest == before


@pytest.mark.parametrize(
    ("entry", "tag"),
    [
        (image("r/app:v1"), "v1"),
        (image("r/app:v1", to=None), "v1"),
        (image("r/app:v1", to={"name": "x"}), "x"),
        (image(f"r/app:v1@{DIGEST}"), "v1"),
        (image(f"r/app@{DIGEST}", to={"name": "pinned"}), "pinned"),
        (image("localhost:5000/app"), None),
        (image(f"r/app@{DIGEST}"), None),
        (image("r/app"), None),
    ],
)
def test_tags_default_as_on_the_server(entry: Any, tag: str | None) -> None:
    tags = to_image_stream(imports(entry))["spec"]["tags"]
    assert [each["name"] for each in tags] == ([tag] if tag else [])


def test_of_two_entries_for_a_tag_the_later_wins() -> None:
    tags = to_image_stream(imports(image("r/a:v1"), image("r/b:v2"), image("r/c:v1")))
    assert [(t["name"], t["from"]["name"]) for t in tags["spec"]["tags"]] == [
        ("v2", "r/b:v2"),
        ("v1", "r/c:v1"),
    ]


def test_two_imports_into_one_stream_become_one_stream_and_the_second_wins() -> None:
    first, second = imports(image("r/a:v1"), image("r/b:v2")), imports(image("r/c:v1"))
    second["metadata"] |= {"labels": {"team": "b", "x": "y"}, "annotations": None}
    stream = together(to_image_stream(first), to_image_stream(second))
    assert stream["metadata"] == {
        "name": "ruby",
        "namespace": "images",
        "labels": {"team": "b", "x": "y"},
        "annotations": {"b": "c"},
    }
    assert stream["spec"] == to_image_stream(imports(image("r/b:v2"), image("r/c:v1")))["spec"]


@pytest.mark.parametrize(
    ("manifest", "field"),
    [
        (imports(image("r/a:v1"), repository=image("r/a")), "spec.repository"),
        (imports(image("r/a:v1"), **{"import": False}), "spec.import"),
        (imports(image("r/a:v1"), **{"import": None}), "spec.import"),
        (
            imports(image("r/a:v1", referencePolicy={"type": "Bogus"})),
            "spec.images[0].referencePolicy.type",
        ),
        (imports(image("A B")), "spec.images[0].from.name"),
        (imports({"from": None}), "spec.images[0].from.kind"),
    ],
)
def test_what_a_stream_cannot_say_is_refused(manifest: Any, field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        to_image_stream(manifest)
    assert caught.value.problems[0].field == field
