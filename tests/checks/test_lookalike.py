"""Objects that are meant to be manifests of the group, with a version or a kind that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from pyimagestream.checks.lookalike import likeness, mended, problems_of
from pyimagestream.checks.verdict import validate

OURS = "image.openshift.io/v1"
SPEC = {"images": [{"from": {"kind": "DockerImage", "name": "quay.io/org/app:v1"}}]}


def manifest(**fields: Any) -> dict[str, Any]:
    whole = {"apiVersion": OURS, "kind": "ImageStreamImport", "metadata": {"name": "app"}}
    return {key: value for key, value in {**whole, "spec": SPEC, **fields}.items() if value != "-"}


def told(**fields: Any) -> list[tuple[str, str]]:
    return [(each.field, each.reason) for each in problems_of(manifest(**fields), validate)]


@pytest.mark.parametrize(
    "version",
    [
        "v1",
        "v1beta3",
        "apps/v1",
        "image.openshift.io",
        "image.openshift.io/v1beta1",
        "images.openshift.io/v1",
        "image.opneshift.io/v1",
        "image.openshift.io/V1",
    ],
)
def test_a_wrong_version_is_a_problem(version: str) -> None:
    assert told(apiVersion=version) == [("apiVersion", "FieldValueNotSupported")]


@pytest.mark.parametrize("version", [None, "", "-"])
def test_a_missing_version_is_a_problem(version: str | None) -> None:
    assert told(apiVersion=version) == [("apiVersion", "FieldValueRequired")]


@pytest.mark.parametrize(
    "kind",
    [
        "ImagestreamImport",
        "imagestreamimport",
        "ImageStreamImports",
        "ImageStreamImprot",
        "ImageSteamImport",
        "imageStreamImport",
        "ImageStream-Import",
        "Image Stream Import",
    ],
)
@pytest.mark.parametrize("version", [OURS, "v1", "-"])
def test_a_kind_that_is_nearly_right_is_a_problem(kind: str, version: str) -> None:
    problems = problems_of(manifest(apiVersion=version, kind=kind), validate)
    assert problems[-1].field == "kind"
    assert problems[-1].message == f'must be ImageStreamImport, not "{kind}"'
    assert [each.field for each in problems[:-1]] == ["apiVersion"] * (version != OURS)


@pytest.mark.parametrize(("kind", "reason"), [("-", "Required"), ("Foo", "NotSupported")])
def test_a_kind_the_group_does_not_have_is_a_problem(kind: str, reason: str) -> None:
    assert told(kind=kind) == [("kind", f"FieldValue{reason}")]


@pytest.mark.parametrize("field", ["apiVersion", "kind"])
def test_a_version_or_kind_that_is_no_string_is_a_problem(field: str) -> None:
    assert told(**{field: 1}) == [(field, "FieldValueTypeInvalid")]


def test_what_else_is_wrong_is_told_as_well() -> None:
    assert told(apiVersion="v1", metadata={"name": "App"}) == [
        ("apiVersion", "FieldValueNotSupported"),
        ("metadata.name", "FieldValueInvalid"),
    ]
    assert mended(manifest(apiVersion="v1", kind="imagestreamimport")) == manifest()


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"kind": "ImageStreamImport"},
        {"kind": "ImageStreamTag", "name": "ruby:2.7"},
        {"apiVersion": OURS, "kind": "ImageStreamImport", "name": "owner", "uid": "1"},
        {"apiVersion": OURS, "resource": "imagestreams"},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {}},
        {"apiVersion": "v1", "kind": "List", "items": []},
        {"apiVersion": OURS, "kind": "ImageStreamList", "metadata": {}, "items": []},
        {"apiVersion": OURS, "kind": "ImageStreamImportList", "metadata": {}, "items": []},
        {"apiVersion": OURS, "kind": "List", "metadata": {}, "items": []},
        {"apiVersion": "config.openshift.io/v1", "kind": "Image", "metadata": {}},
        {"apiVersion": "kpack.io/v1alpha2", "kind": "Image", "metadata": {}},
        {"apiVersion": "machine.openshift.io/v1beta1", "kind": "Machine", "metadata": {}},
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {}, "spec": {}},
        {"apiVersion": 1, "kind": [], "metadata": {}},
        {"kind": {"type": "string"}, "apiVersion": {"type": "string"}, "metadata": {}},
    ],
)
def test_what_is_none_of_ours_is_left_alone(value: dict[str, Any]) -> None:
    assert likeness(value) is None


def test_what_is_right_is_judged_as_it_is() -> None:
    assert problems_of(manifest(), validate) == []
    assert mended(manifest()) == manifest()


def test_a_misspelt_key_is_named_by_what_is_missing() -> None:
    spelled = {"apiversion": "image.openshift.io/v1", "kind": "ImageStreamImport", "spec": {}}
    [first, *_] = problems_of(spelled, validate)
    assert first.message.endswith('(did you mean apiVersion by "apiversion"?)')
    spelled = {"apiVersion": "image.openshift.io/v1", "Kind": "ImageStreamImport", "spec": {}}
    [problem] = problems_of(spelled, validate)
    assert problem.message.endswith('(did you mean kind by "Kind"?)')


@pytest.mark.parametrize(("field", "value"), [("kind", []), ("kind", ""), ("apiVersion", "")])
def test_a_key_is_no_slip_of_itself(field: str, value: Any) -> None:
    [problem] = [
        each for each in problems_of(manifest(**{field: value}), validate) if each.field == field
    ]
    assert "did you mean" not in problem.message
