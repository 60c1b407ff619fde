from __future__ import annotations

from typing import Any

import pytest

from pyimagestream.errors import ManifestError
from pyimagestream.tanka.manifests.extract import extract


def manifest(name: str, **more: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, **more}


def names(value: Any) -> list[str]:
    return [each["metadata"]["name"] for each in extract(value)]


def test_manifests_are_found_at_any_depth_in_the_order_of_sorted_keys() -> None:
    value = {
        "b": manifest("1"),
        "a": {"z": [manifest("2"), {"x": manifest("3")}], "y": manifest("4")},
    }
    assert names(value) == ["4", "2", "3", "1"]


def test_null_fields_and_empty_containers_hold_no_manifests() -> None:
    assert extract({"a": None, "b": {}, "c": [], "d": {"e": None}}) == []


def test_two_manifests_whose_paths_read_the_same_are_both_found() -> None:
    assert names({"a.b": manifest("1"), "a": {"b": manifest("2")}}) == ["2", "1"]


def test_a_list_of_items_is_unwrapped_one_level_deep() -> None:
    inner = {"apiVersion": "v1", "kind": "List", "items": [manifest("in")]}
    outer = {"apiVersion": "v1", "kind": "List", "items": [inner, manifest("out")]}
    assert extract(outer) == [inner, manifest("out")]


def test_what_a_list_says_of_itself_does_not_matter() -> None:
    assert names({"items": [manifest("in")], **manifest("l"), "metadata": {"labels": []}}) == ["in"]


def test_the_private_field_of_ksonnet_is_dropped() -> None:
    assert extract(manifest("a", __ksonnet={})) == [manifest("a")]


def test_generate_name_does_for_a_name() -> None:
    value = {"apiVersion": "v1", "kind": "Job", "metadata": {"generateName": "g-"}}
    assert extract(value) == [value]


@pytest.mark.parametrize(
    ("value", "path", "problem"),
    [
        (
            {"a": {"b": [manifest("x"), None]}},
            ".a.b.[1]",
            "expected an object or a list, found null",
        ),
        ({"a": {"x": 1}}, ".a.x", "expected an object or a list, found 1"),
        ("text", ".", 'expected an object or a list, found "text"'),
        ([True], ".[0]", "expected an object or a list, found true"),
        ({"items": [1], **manifest("l")}, ".items.[0]", "expected an object or a list, found 1"),
        ({"items": [{}], **manifest("l")}, ".items.[0]", "missing attribute 'apiVersion'"),
        ({"apiVersion": "v1", "kind": "K"}, ".", "metadata: missing or not an object"),
        (manifest("x", metadata={}), ".", "metadata.name: missing or not a string"),
        (manifest("x", metadata={"name": 1}), ".", "metadata.name: missing or not a string"),
        (
            manifest("x", metadata={"name": "x", "labels": {"a": 1}}),
            ".",
            "metadata.labels: 'a' must be a string, but is 1",
        ),
        (
            manifest("x", metadata={"name": "x", "annotations": []}),
            ".",
            "metadata.annotations: must be an object, but is []",
        ),
    ],
)
def test_an_error_says_where_and_what(value: Any, path: str, problem: str) -> None:
    with pytest.raises(ManifestError) as caught:
        extract(value)
    assert caught.value.path == path
    assert caught.value.problems[0] == problem


def test_an_error_shows_the_object_around_the_value() -> None:
    with pytest.raises(ManifestError) as caught:
        extract({"a": {"apiVersion": "v1", "metadata": {"name": "x"}}})
    assert str(caught.value) == (
        ".a.apiVersion is not a valid Kubernetes manifest:\n"
        '  - expected an object or a list, found "v1"\n'
        "  - the object around it is no manifest: missing attribute 'kind'\n"
        "\n"
        "  apiVersion: v1\n"
        "  metadata:\n"
        "    name: x"
    )


def test_an_error_shows_no_more_than_ten_lines() -> None:
    with pytest.raises(ManifestError) as caught:
        extract({f"k{number}": number for number in range(100)})
    assert str(caught.value).splitlines()[-2:] == ["  k9: 9", "  ..."]
