"""Where a field of a manifest stands in its text."""

from __future__ import annotations

from io import BytesIO

import pytest

from pyimagestream.golang.documents import Document, documents
from pyimagestream.tanka.places import Places

YAML = """\
metadata:
  name: app
  labels:
    a.b/c: x
    "odd[key]": y
    d: -bad-
    e: -bad-
  finalizers: [one, two]
  ownerReferences:
  - uid: 1
  - kind: A
spec:
  images:
  - from: {kind: DockerImage}
  - null
  tags:
  - name: latest
    from: x
  - name: "0"
    from: y
  empty:
"""

JSON = """{"metadata": {"name": "app", "labels": {"a.b/c": "x"}},
 "spec": {"images": [{"from": {"kind": "DockerImage"}}, 5]}}"""


def places(text: str, *, is_json: bool = False) -> tuple[Places, object]:
    [document] = documents(BytesIO(text.encode()), is_json=is_json)
    assert isinstance(document, Document)
    reading = document.reading()
    return Places(reading.containers), reading.value


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("$", None, (1, 1)),
        ("apiVersion", None, (1, 1)),
        ("metadata.name", "app", (2, 9)),
        ("metadata.namespace", None, (2, 3)),
        ("metadata.labels[a.b/c]", "x", (4, 12)),
        ("metadata.labels[odd[key]]", "y", (5, 17)),
        ("metadata.labels", "d", (6, 8)),
        ("metadata.labels", "no such value", (4, 5)),
        ("metadata.finalizers", "two", (8, 21)),
        ("metadata.finalizers[1]", "two", (8, 21)),
        ("metadata.ownerReferences.uid", 1, (10, 5)),
        ("metadata.ownerReferences.kind", "A", (11, 5)),
        ("spec.images[0].from.kind", "DockerImage", (14, 18)),
        ("spec.images[0].from.name", None, (14, 11)),
        ("spec.images[1].from.kind", None, (15, 5)),
        ("spec.images[7].from.kind", None, (14, 3)),
        ("spec.tags[latest].from", "x", (18, 11)),
        ("spec.tags[0].from", "y", (20, 11)),
        ("spec.empty", None, (21, 9)),
        ("spec.empty.more", None, (21, 9)),
    ],
)
def test_it_is_that_of_the_value_or_of_what_is_nearest(
    field: str, value: object, place: tuple[int, int]
) -> None:
    found, manifest = places(YAML)
    found_at = found.find(manifest, field, value)
    if field.startswith("metadata.ownerReferences"):
        assert found_at.line == place[0]
    else:
        assert found_at == place


def test_values_that_are_alike_have_places_of_their_own() -> None:
    found, manifest = places(YAML)
    assert [found.find(manifest, "metadata.labels", "-bad-") for _ in range(3)] == [
        (6, 8),
        (7, 8),
        (7, 8),
    ]


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("metadata.labels[a.b/c]", (1, 50)),
        ("spec.images[0].from", (2, 31)),
        ("spec.images[0].from.name", (2, 31)),
        ("spec.images[1].from", (2, 57)),
        ("spec.import", (2, 10)),
        ("$", (1, 1)),
    ],
)
def test_so_it_is_in_json(field: str, place: tuple[int, int]) -> None:
    found, manifest = places(JSON, is_json=True)
    assert found.find(manifest, field) == place


def test_what_an_alias_or_a_merge_brings_stands_where_it_was_written() -> None:
    text = "a: &a {b: 1, c: 2}\nd: *a\ne: {<<: *a, c: 3}\n"
    found, manifest = places(text)
    assert found.find(manifest, "d.b") == (1, 11)
    assert found.find(manifest, "e.b") == (1, 11)
    assert found.find(manifest, "e.c") == (3, 16)


def test_of_entries_with_one_name_the_last_is_meant_as_the_server_keeps_it() -> None:
    text = "tags:\n- {name: a, from: x}\n- {name: a, from: y}\n"
    found, manifest = places(text)
    assert found.find(manifest, "tags[a].from") == (3, 19)
