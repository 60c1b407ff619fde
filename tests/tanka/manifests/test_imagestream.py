"""Imports as ImageStreams, for tools that need something to GET."""

from __future__ import annotations

import copy
import json
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyimagestream import ValidationError
from pyimagestream.tanka.manifests.imagestream import kept, to_image_stream, together

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
    stream = together([to_image_stream(first), to_image_stream(second)])
    assert stream["metadata"] == {
        "name": "ruby",
        "namespace": "images",
        "labels": {"team": "b", "x": "y"},
        "annotations": {"b": "c"},
    }
    assert stream["spec"] == to_image_stream(imports(image("r/b:v2"), image("r/c:v1")))["spec"]


METADATA = st.fixed_dictionaries(
    {},
    optional={
        key: st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz"), min_size=1)
        for key in ("annotations", "labels")
    },
)
IMPORTS = st.builds(
    lambda names, metadata: {
        **imports(*map(image, names)),
        "metadata": {"name": "ruby", **metadata},
    },
    st.lists(st.sampled_from(["r/a:v1", "r/a:v2", "r/b:v1", "r/b:v3"]), min_size=1),
    METADATA,
)


@given(st.lists(IMPORTS, min_size=1))
def test_imports_into_one_stream_are_the_same_joined_at_once_or_one_by_one(given: Any) -> None:
    streams = [to_image_stream(each) for each in given]
    one_by_one = reduce(lambda first, second: together([first, second]), streams)
    assert json.dumps(together(streams)) == json.dumps(one_by_one)


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


def test_a_stream_is_as_the_server_keeps_it_apart_from_generations():
    stream = kept(to_image_stream(imports(image("r/app:v2"), image("r/app:v10"))))
    assert stream["spec"] == {
        "lookupPolicy": {"local": False},
        "tags": [
            {
                "name": name,
                "annotations": None,
                "from": {"kind": "DockerImage", "name": f"r/app:{name}"},
                "importPolicy": {"importMode": "Legacy"},
                "referencePolicy": {"type": "Source"},
            }
            for name in ("v10", "v2")
        ],
    }


def test_what_is_false_or_empty_is_left_out_as_on_the_server_and_the_rest_stays():
    tag = {
        "name": "v1",
        "annotations": {},
        "from": {"kind": "DockerImage", "name": "r/app:v1"},
        "reference": False,
        "generation": None,
        "importPolicy": {"scheduled": False, "insecure": True, "importMode": "PreserveOriginal"},
        "referencePolicy": {"type": "Local"},
    }
    spec = {"dockerImageRepository": "", "lookupPolicy": {"local": True}, "tags": [tag, None]}
    metadata = {"name": "app", "labels": {}, "annotations": {"a": "b"}}
    stream = kept({"kind": "ImageStream", "metadata": metadata, "spec": spec})
    empty = {"importPolicy": {"importMode": "Legacy"}, "referencePolicy": {"type": "Source"}}
    assert stream == {
        "kind": "ImageStream",
        "metadata": {"name": "app", "annotations": {"a": "b"}},
        "spec": {
            "lookupPolicy": {"local": True},
            "tags": [
                {"name": "", "annotations": None, **empty},
                {
                    "name": "v1",
                    "annotations": None,
                    "from": {"kind": "DockerImage", "name": "r/app:v1"},
                    "importPolicy": {"insecure": True, "importMode": "PreserveOriginal"},
                    "referencePolicy": {"type": "Local"},
                },
            ],
        },
    }


def test_of_a_stream_that_was_read_from_a_server_nothing_stays_that_is_the_servers_own():
    """As `oc get -o yaml` prints it, or `oc new-app -o yaml`."""
    own: dict[str, Any] = {"creationTimestamp": None, "generation": 3, "uid": "x"}
    own |= {"managedFields": [{}], "selfLink": "", "resourceVersion": "5"}
    source = {"kind": "DockerImage", "name": "r/app:v1"}
    tag = {"name": "v1", "from": {**source, "namespace": "", "uid": ""}, "generation": 2}
    stream = kept(
        {
            "metadata": {"name": "app", "finalizers": ["a/b"], **own},
            "spec": {"tags": [tag]},
            "status": {"dockerImageRepository": "", "tags": None},
        }
    )
    assert stream == {
        "metadata": {"name": "app", "finalizers": ["a/b"]},
        "spec": {
            "lookupPolicy": {"local": False},
            "tags": [
                {
                    "name": "v1",
                    "annotations": None,
                    "from": source,
                    "importPolicy": {"importMode": "Legacy"},
                    "referencePolicy": {"type": "Source"},
                }
            ],
        },
    }


def test_an_import_that_was_asked_for_is_still_asked_for():
    tags = [{"name": "v1", "generation": 0}]
    assert kept({"metadata": {}, "spec": {"tags": tags}})["spec"]["tags"][0]["generation"] == 0


def test_a_stream_without_a_spec_and_one_without_tags_stay_so():
    lookup = {"lookupPolicy": {"local": False}}
    assert kept({"metadata": {"name": "a"}, "spec": None})["spec"] == lookup
    assert kept({"metadata": {"name": "a"}, "spec": {"tags": []}})["spec"] == {**lookup, "tags": []}


def test_it_is_what_a_server_made_of_such_an_import_but_for_the_generation():
    # Recorded: the image stream in the answer to an import.
    source = {"kind": "DockerImage", "name": "localhost:15999/team/app:v1"}
    recorded: dict[str, Any] = {
        "lookupPolicy": {"local": False},
        "tags": [
            {
                "name": "v1",
                "annotations": None,
                "from": source,
                "generation": 1,
                "importPolicy": {"importMode": "Legacy"},
                "referencePolicy": {"type": "Source"},
            }
        ],
    }
    del recorded["tags"][0]["generation"]
    made = kept(to_image_stream(imports({"from": source, "to": {"name": "v1"}})))
    assert made["spec"] == recorded
