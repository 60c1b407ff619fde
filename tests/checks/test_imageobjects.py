"""What is asked of images and mappings beyond what the recordings have."""

import json

import pytest

from pyimagestream.checks.verdict import validate
from pyimagestream.model.schema import V4_3

GROUP = {"apiVersion": "image.openshift.io/v1"}
SHA = "sha256:" + "0123456789abcdef" * 4
LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = {"digest": SHA, "mediaType": "a/b", "architecture": "amd64", "os": "linux"}
ENTRY = {
    "digest": SHA,
    "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "size": 3,
    "platform": {"architecture": "amd64", "os": "linux"},
}
EMPTY = [f"dockerImageManifests[0].{key}" for key in ("architecture", "digest", "mediaType", "os")]


def image(**fields):
    metadata = {"name": SHA}
    return {
        **GROUP,
        "kind": "Image",
        "metadata": metadata,
        "dockerImageReference": "a:v1",
        **fields,
    }


def mapping(name="app", image=None, **fields):
    image = {"metadata": {"name": SHA}} if image is None else image
    metadata = {"name": name}
    return {
        **GROUP,
        "kind": "ImageStreamMapping",
        "metadata": metadata,
        "tag": "v1",
        "image": image,
        **fields,
    }


def index(*entries, media_type=INDEX, **fields):
    head = {"schemaVersion": 2} | ({"mediaType": media_type} if media_type else {})
    return json.dumps({**head, "manifests": list(entries), **fields})


def fields(value, **options):
    return [problem.field for problem in validate(value, **options)]


@pytest.mark.parametrize(
    ("media_type", "well"),
    [
        ("application/json", True),
        ("  application/json ", True),
        ("application/vnd.x.y+json", True),
        ("a.b/json", False),
        ("a+b/json", False),
        ("\ta/json", False),
        ("a/b; c", False),
    ],
)
def test_a_media_type_may_have_spaces_around_it_and_no_dot_in_its_first_part(media_type, well):
    value = image(dockerImageManifests=[{**MANIFEST, "mediaType": media_type}])
    assert fields(value) == ([] if well else ["dockerImageManifests[0].mediaType"])


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        (index(ENTRY), INDEX, []),
        (index({}), INDEX, EMPTY),
        (index(None), INDEX + "; charset=utf-8", EMPTY),
        (index({}, media_type=None), INDEX, EMPTY),
        (index({}, media_type=LIST), LIST, EMPTY),
        (index({**ENTRY, "size": -1}), INDEX, ["dockerImageManifests[0].size"]),
        (index({**ENTRY, "platform": None}), INDEX, [EMPTY[0], EMPTY[3]]),
        (index({}), "", []),
        (index({}, media_type=None), LIST, []),
        (index({}, media_type="x"), INDEX, []),
        (index({}, layers=[]), INDEX, []),
        (index({}, config={}), INDEX, []),
        (index({}, media_type=None, schemaVersion=1), INDEX, []),
        (index({"size": "3"}), INDEX, []),
        ("[]", INDEX, []),
        ("{", INDEX, []),
        ('{"manifests": [{}], "x": NaN}', INDEX, []),
        ("[" * 100_000, INDEX, []),
    ],
)
def test_an_index_is_judged_as_the_server_reads_it_from_its_text(text, declared, expected):
    fields_ = {"dockerImageManifest": text, "dockerImageManifestMediaType": declared}
    assert fields(image(**fields_)) == expected
    mapped = mapping(image={"metadata": {"name": SHA}, **fields_})
    assert fields(mapped) == [f"image.{field}" for field in expected]


def test_an_index_takes_the_place_of_the_images_in_the_request():
    text = {"dockerImageManifest": index(ENTRY), "dockerImageManifestMediaType": INDEX}
    assert fields(image(**text, dockerImageManifests=[{}])) == []
    layers = {"dockerImageLayers": [{"name": "x"}]}
    assert fields(image(**text, **layers)) == ["dockerImageLayers"]
    assert fields(image(**text, **layers), server=V4_3) == []


@pytest.mark.parametrize(
    ("document", "well"),
    [
        ({"schemaVersion": 2, "layers": [{"digest": SHA}]}, False),
        ({"schemaVersion": 2, "layers": []}, True),
        ({"schemaVersion": 1, "fsLayers": [{}], "history": [{}]}, False),
        ({"schemaVersion": 1, "fsLayers": [{}], "history": []}, True),
        ({"schemaVersion": 3, "layers": [{}]}, True),
        ({"schemaVersion": 2, "mediaType": INDEX, "layers": [{}]}, True),
    ],
)
def test_the_layers_of_a_manifest_are_those_of_the_image(document, well):
    value = image(dockerImageManifest=json.dumps(document), dockerImageManifests=[MANIFEST])
    assert fields(value) == ([] if well else ["dockerImageLayers"])


@pytest.mark.parametrize(
    ("name", "image_name", "expected"),
    [
        ("app", SHA, []),
        ("app", "x", []),
        ("app", "x" * 129, ["image.dockerImageReference"]),
        ("app", "sha256:abc", ["image.dockerImageReference"]),
        ("App", SHA, ["image.dockerImageReference"]),
        ("a%b", SHA, ["image.dockerImageReference", "metadata.name"]),
        ("a/b", SHA, ["metadata.name"]),
        ("app", None, ["image.metadata.name"]),
    ],
)
def test_a_mapping_without_a_pull_spec_gets_one_from_its_names(name, image_name, expected):
    value = mapping(name, {"metadata": {"name": image_name}})
    assert fields(value, namespace="ns") == expected
    own = mapping(name, {"metadata": {"name": image_name}, "dockerImageReference": "a:v1"})
    assert "image.dockerImageReference" not in fields(own, namespace="ns")


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ({"dockerImageMetadata": {"kind": "Foo"}}, ["dockerImageMetadata.kind"]),
        (
            {"dockerImageMetadata": {}, "dockerImageMetadataVersion": "2"},
            ["dockerImageMetadataVersion"],
        ),
        ({"dockerImageMetadataVersion": "2"}, []),
        ({"dockerImageMetadata": {"apiVersion": "image.openshift.io/"}}, []),
        (
            {"dockerImageMetadata": {"apiVersion": "image.openshift.io/pre012"}},
            ["dockerImageMetadata.apiVersion"],
        ),
        (
            {
                "dockerImageMetadata": {"apiVersion": "pre012"},
                "dockerImageMetadataVersion": "pre012",
            },
            [],
        ),
    ],
)
def test_an_image_that_the_server_drops_is_read_all_the_same(shown, expected):
    tag = {**GROUP, "kind": "ImageStreamTag", "metadata": {"name": "app:v1"}, "image": shown}
    assert fields(tag) == [f"image.{field}" for field in expected]
    source = {"from": {"kind": "DockerImage", "name": "a:v1"}}
    request = {
        **GROUP,
        "kind": "ImageStreamImport",
        "metadata": {"name": "app"},
        "spec": {"images": [source]},
        "status": {"images": [{"image": shown}]},
    }
    assert fields(request) == [f"status.images[0].image.{field}" for field in expected]
