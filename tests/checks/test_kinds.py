"""What is asked of the kinds beside imports, rule by rule where the recordings are thin."""

import pytest

from pyimagestream import evaluate_snippet
from pyimagestream.checks.verdict import check_present, validate

GROUP = {"apiVersion": "image.openshift.io/v1"}
SHA = "sha256:" + "0123456789abcdef" * 4
INVALID, REQUIRED = "FieldValueInvalid", "FieldValueRequired"


def manifest(kind, name="app", **fields):
    return {**GROUP, "kind": kind, "metadata": {"name": name}, **fields}


def stream(*tags, **metadata):
    return {
        **GROUP,
        "kind": "ImageStream",
        "metadata": {"name": "app", **metadata},
        "spec": {"tags": list(tags)},
    }


def source(kind, name, **fields):
    return {"name": "v1", "from": {"kind": kind, "name": name, **fields}}


def found(value, **options):
    return [(each.reason, each.field) for each in validate(value, **options)]


@pytest.mark.parametrize("kind", ["ImageStreamImage", "ImageStreamLayers"])
def test_a_kind_that_can_only_be_read_is_no_use_but_can_be_written_in_a_template(kind):
    value = manifest(kind)
    assert found(value) == [("FieldValueNotSupported", "kind")]
    assert check_present(value) == []
    library = kind[0].lower() + kind[1:]
    code = f"(import 'main.libsonnet').image.v1.{library}.new('app')"
    assert evaluate_snippet(code) == value


@pytest.mark.parametrize(
    ("name", "well"),
    [
        ("v1", True),
        ("app:v1", True),
        ("base:v1", True),
        ("base:", True),
        ("a:b:c", False),
        (":v1", False),
        ("Base:v1", False),
        ("a/b:v1", False),
        ("a" * 252 + ":v1", True),
        ("a" * 253 + ":v1", False),
    ],
)
def test_an_alias_has_to_name_a_stream_that_can_be(name, well):
    value = stream(source("ImageStreamTag", name), namespace="ns")
    assert found(value) == ([] if well else [(INVALID, "spec.tags[v1].from.name")])


@pytest.mark.parametrize(
    ("name", "well"),
    [
        (f"base@{SHA}", True),
        ("base@0123", True),
        (SHA, False),
        (f"app@{SHA}", False),
        ("base@", False),
        (f"@{SHA}", False),
        ("a@b@c", False),
    ],
)
def test_a_new_stream_has_no_images_of_its_own(name, well):
    value = stream(source("ImageStreamImage", name))
    assert found(value) == ([] if well else [(INVALID, "spec.tags[v1].from.name")])
    tag = manifest("ImageTag", "app:v1", spec=source("ImageStreamImage", SHA))
    assert found(tag) == []


def test_a_docker_image_is_in_no_other_namespace_and_that_is_told_where_it_is_known():
    value = stream(source("DockerImage", "a:v1", namespace="other"))
    assert found(value) == []
    assert found(value, namespace="ns") == [(INVALID, "spec.tags[v1].from.namespace")]
    assert found(value, namespace="other") == []


def test_the_last_tag_of_a_name_is_the_one_that_is_checked():
    right, wrong = source("DockerImage", "a:v1"), source("DockerImage", "A")
    assert found(stream(wrong, right)) == []
    assert found(stream(right, wrong)) == [(INVALID, "spec.tags[v1].from.name")]


@pytest.mark.parametrize("name", ["v1", "a]b", "é", 'a"b', "a b"])
def test_tags_are_told_by_their_names_unescaped(name):
    value = stream({"name": name, "from": {"kind": "X", "name": "x"}})
    assert found(value) == [(REQUIRED, f"spec.tags[{name}].from.kind")]


def test_a_wrong_json_type_in_a_tag_hides_no_other_and_invents_none():
    value = stream(
        {"name": "v1", "from": {"kind": 7, "name": "a:v1"}, "importPolicy": {"importMode": "x"}},
        source("DockerImage", "A") | {"name": "v2"},
    )
    assert found(value) == [
        ("FieldValueTypeInvalid", "spec.tags[0].from.kind"),
        (INVALID, "spec.tags[v1].importPolicy.importMode"),
        (INVALID, "spec.tags[v2].from.name"),
    ]


def test_a_wrong_pull_spec_that_is_only_pointed_at_is_found_again_in_the_status():
    wrong = source("DockerImage", "A") | {"reference": True}
    value = stream(wrong, {"name": "b", "from": {"kind": "ImageStreamTag", "name": "v1"}})
    assert {field for _, field in found(value)} == {
        "spec.tags[v1].from.name",
        "status.tags[v1].items[0].dockerImageReference",
        "status.tags[b].items[0].dockerImageReference",
    }


def test_an_alias_that_leaves_out_the_tag_means_latest():
    wrong = {"name": "latest", "reference": True, "from": {"kind": "DockerImage", "name": "A"}}
    value = stream(wrong, {"name": "b", "from": {"kind": "ImageStreamTag", "name": "app:"}})
    assert "status.tags[b].items[0].dockerImageReference" in {field for _, field in found(value)}


def test_an_alias_is_in_a_namespace_that_can_be():
    value = stream(source("ImageStreamTag", "base:v1", namespace="Bad_NS"))
    assert found(value) == [(INVALID, "spec.tags[v1].from.namespace")]


def test_the_own_stream_is_not_looked_up_so_its_wrong_name_is_told_once():
    value = stream(source("ImageStreamTag", "App:v1"), name="App")
    assert found(value) == [(INVALID, "metadata.name")]


@pytest.mark.parametrize(
    ("version", "well"), [("0", True), ("", True), ("x", True), ("-1", True), ("5", False)]
)
def test_what_is_stored_has_no_revision_before_it_is_made(version, well):
    expected = [] if well else [(INVALID, "metadata.resourceVersion")]
    assert found(stream(resourceVersion=version)) == expected


SIGNED = {"type": "atomic", "content": "c2ln"}


def image(*conditions, **fields):
    signature = {"metadata": {"name": f"{SHA}@s"}, **SIGNED, **fields}
    return manifest(
        "Image",
        SHA,
        dockerImageReference="a:v1",
        signatures=[signature | {"conditions": list(conditions)}],
    )


def condition(kind, at=None, status="True"):
    return {"type": kind, "status": status, "lastProbeTime": at}


def test_the_conditions_of_a_signature_come_in_pairs():
    trusted, of_image = condition("Trusted"), condition("ForImage")
    assert found(image()) == found(image(trusted, of_image)) == []
    assert found(image(trusted)) == [(INVALID, "signatures[0].conditions")]
    assert found(image(of_image)) == [(INVALID, "signatures[0].conditions")]


def test_what_was_found_out_needs_a_verdict_the_newest_of_which_counts():
    known = {"imageIdentity": "a:v1", "issuedBy": {}}
    unknown = [(INVALID, f"signatures[0].{key}") for key in known]
    pair = condition("Trusted"), condition("ForImage")
    assert found(image(*pair, **known)) == []
    assert found(image(**known)) == unknown
    old, new = "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z"
    later = condition("ForImage", old), condition("Trusted", old), condition("Trusted", new)
    assert found(image(*later, **known)) == []
    now_unknown = (*later[:2], condition("Trusted", new, "Unknown"))
    assert found(image(*now_unknown, **known)) == unknown
    assert found(image(later[0], condition("Trusted", new), condition("Trusted", old))) == []


def test_a_condition_that_makes_the_server_fail_is_a_problem():
    assert found(image(condition("Other"))) == [(INVALID, "signatures[0].conditions[0].type")]
    assert found(image(condition("ForImage"), condition("Other"), condition("Trusted"))) == []


@pytest.mark.parametrize(
    ("content", "well"),
    [("c2ln", True), ("c2\nln", True), ([99], True), ("c2l", False), ("c2ln!", False), ([], None)],
)
def test_bytes_are_base64_with_padding_or_the_numbers_themselves(content, well):
    value = manifest("ImageSignature", f"{SHA}@s", type="atomic", content=content)
    reason = {True: [], False: ["FieldValueTypeInvalid"], None: [REQUIRED]}[well]
    assert [each for each, _ in found(value)] == reason


@pytest.mark.parametrize("number", [-1, 256, 1.5, True, "1"])
def test_a_byte_is_a_small_number(number):
    value = manifest("ImageSignature", f"{SHA}@s", type="atomic", content=[number])
    assert found(value) == [("FieldValueTypeInvalid", "content[0]")]


@pytest.mark.parametrize(
    ("metadata", "version", "well"),
    [
        ({"kind": "DockerImage", "apiVersion": "image.openshift.io/1.0"}, "1.0", True),
        ({"kind": "DockerImage", "apiVersion": "1.0"}, "", True),
        ({}, None, True),
        ({"kind": "Image"}, None, False),
        ({"apiVersion": "2.0"}, None, False),
        ({"Size": "3"}, None, False),
        ({"Config": {"ExposedPorts": {"80/tcp": {}}}, "config": 7, "Bogus": [1]}, None, True),
        ({"Created": "yesterday"}, None, False),
        ({}, "image.openshift.io/1.0", False),
        (None, "image.openshift.io/1.0", True),
        (None, "2.0", False),
    ],
)
def test_the_metadata_of_an_image_is_read_as_its_version_says(metadata, version, well):
    value = manifest(
        "Image",
        SHA,
        dockerImageReference="a:v1",
        dockerImageMetadata=metadata,
        dockerImageMetadataVersion=version,
    )
    assert (found(value) == []) == well
    assert (found(value, strict=True) == []) == well


def test_the_status_of_an_import_is_decoded_whole():
    spec = {"images": [{"from": {"kind": "DockerImage", "name": "a:v1"}}]}
    status = {"import": {"spec": {"tags": 3}}, "images": [{"image": {"dockerImageLayers": [1]}}]}
    value = manifest("ImageStreamImport", spec=spec, status=status)
    assert found(value) == [
        ("FieldValueTypeInvalid", "status.images[0].image.dockerImageLayers[0]"),
        ("FieldValueTypeInvalid", "status.import.spec.tags"),
    ]


def test_templates_of_old_that_say_v1_are_told_what_to_say():
    [problem] = validate({**stream(), "apiVersion": "v1"})
    assert (problem.field, problem.message) == (
        "apiVersion",
        'must be image.openshift.io/v1, not "v1"',
    )
