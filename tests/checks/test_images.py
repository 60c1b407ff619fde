"""The rules of the sources to import."""

import pytest

from pyimagestream.checks.verdict import validate

SOURCE = {"kind": "DockerImage", "name": "quay.io/org/app"}


def found(**fields):
    manifest = {"metadata": {"name": "app"}, **fields}
    return [(problem.reason, problem.field) for problem in validate(manifest)]


def found_for_image(**image):
    return [
        (reason, field.removeprefix("spec.images[0]."))
        for reason, field in found(spec={"images": [image]})
    ]


def found_for_repository(**repository):
    return [
        (reason, field.removeprefix("spec.repository."))
        for reason, field in found(spec={"repository": repository})
    ]


@pytest.mark.parametrize("spec", [None, {}, {"images": []}, {"images": None, "repository": None}])
def test_there_must_be_something_to_import(spec):
    assert found(spec=spec) == [("FieldValueInvalid", "spec.images")]


@pytest.mark.parametrize("kind", [None, "", "dockerimage", "ImageStreamTag", "DockerImage "])
@pytest.mark.parametrize("found", [found_for_image, found_for_repository])
def test_a_source_of_another_kind_is_not_looked_at_further(found, kind):
    expected = [("FieldValueInvalid", "from.kind")]
    assert found(**{"from": {"kind": kind, "name": "///"}, "to": {"name": ""}}) == expected


@pytest.mark.parametrize("found", [found_for_image, found_for_repository])
def test_a_source_has_to_be_there(found):
    assert found() == [("FieldValueInvalid", "from.kind")]
    assert found(**{"from": {"kind": "DockerImage"}}) == [("FieldValueRequired", "from.name")]
    nameless = {"kind": "DockerImage", "name": ""}
    assert found(**{"from": nameless}) == [("FieldValueRequired", "from.name")]


@pytest.mark.parametrize("found", [found_for_image, found_for_repository])
def test_the_import_mode_is_checked_next_to_a_wrong_source(found):
    wrong = {"from": {"kind": "X"}, "importPolicy": {"importMode": "Bogus"}}
    assert found(**wrong) == [
        ("FieldValueInvalid", "from.kind"),
        ("FieldValueInvalid", "importPolicy.importMode"),
    ]
    for mode in (None, "", "Legacy", "PreserveOriginal"):
        assert found(**{"from": SOURCE, "importPolicy": {"importMode": mode}}) == []


@pytest.mark.parametrize("to", [{}, {"name": ""}, {"name": None}])
def test_a_target_has_a_name(to):
    assert found_for_image(**{"from": SOURCE, "to": to}) == [("FieldValueInvalid", "to.name")]


@pytest.mark.parametrize("to", [None, {"name": "any thing"}])
def test_a_target_may_be_left_out_and_its_name_is_hardly_checked(to):
    assert found_for_image(**{"from": SOURCE, "to": to}) == []


def test_an_asterisk_is_a_source_for_old_clients_and_the_server_stops_there():
    image = {
        "from": {"kind": "DockerImage", "name": "*"},
        "to": {},
        "importPolicy": {"importMode": "Bogus"},
    }
    assert found_for_image(**image) == [("FieldValueInvalid", "to.name")]
    del image["to"]
    assert found_for_repository(**image) == [
        ("FieldValueInvalid", "from.name"),
        ("FieldValueInvalid", "importPolicy.importMode"),
    ]


@pytest.mark.parametrize("suffix", [":v1", "@sha256:" + "a" * 64])
def test_a_repository_has_neither_tag_nor_digest(suffix):
    source = {"kind": "DockerImage", "name": SOURCE["name"] + suffix}
    assert found_for_repository(**{"from": source}) == [("FieldValueInvalid", "from.name")]
    assert found_for_image(**{"from": source}) == []


def test_a_reference_policy_is_not_checked_by_the_server():
    assert found_for_image(**{"from": SOURCE, "referencePolicy": {"type": "Bogus"}}) == []


@pytest.mark.parametrize("api_version", [None, "", "image.openshift.io/v1", "image.openshift.io/"])
@pytest.mark.parametrize("kind", [None, "", "ImageStreamImport"])
def test_what_the_url_says_may_be_left_out(api_version, kind):
    fields = {"apiVersion": api_version, "kind": kind}
    assert found(spec={"repository": {"from": SOURCE}}, **fields) == []


@pytest.mark.parametrize(
    "fields",
    [{"kind": "ImageStreams"}, {"apiVersion": "v1"}, {"apiVersion": "image.openshift.io/v2"}],
)
def test_a_manifest_of_another_kind_is_not_looked_at_further(fields):
    [field] = fields
    assert found(spec={}, **fields) == [("FieldValueNotSupported", field)]


@pytest.mark.parametrize(
    ("fields", "blamed"),
    [
        ({"Kind": "Foo"}, "Kind"),
        ({"KIND": []}, "KIND"),
        ({"APIVERSION": "v1"}, "APIVERSION"),
        ({"apiVer\u017fion": "v1"}, "apiVer\u017fion"),
        ({"kind": "ImageStreamImport", "\u212aind": "ImageStreamImport"}, None),
        ({"kind": "Foo", "Kind": "ImageStreamImport"}, None),
    ],
)
def test_kind_and_version_are_read_whatever_the_case_of_their_names_and_the_last_counts(
    fields, blamed
):
    faults = found(spec={"repository": {"from": SOURCE}}, **fields)
    assert [field for _, field in faults] == ([blamed] if blamed else [])
