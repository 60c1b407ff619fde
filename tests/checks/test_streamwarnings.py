"""The warnings about image streams and tags: when each is given, and how it is silenced."""

import pytest

from pyimagestream.checks._streamwarnings import STREAM_WARNINGS
from pyimagestream.checks.verdict import validate
from pyimagestream.checks.warnings import warnings

DIGEST = "@sha256:" + "a" * 64
GROUP = {"apiVersion": "image.openshift.io/v1"}


def tag(name="v1", source="quay.io/org/app:v1", kind="DockerImage", **fields):
    return {"name": name, "from": {"kind": kind, "name": source}, **fields}


def alias(name, target, **fields):
    return tag(name, target, "ImageStreamTag", **fields)


def stream(*tags, annotations=None, **spec):
    metadata = {"name": "app", "namespace": "ns", "annotations": annotations}
    return {**GROUP, "kind": "ImageStream", "metadata": metadata, "spec": {"tags": [*tags], **spec}}


def single(tag, **metadata):
    metadata = {"name": "app:v1", "namespace": "ns", **metadata}
    return {**GROUP, "kind": "ImageStreamTag", "metadata": metadata, "tag": tag}


def policy(**fields):
    return {"importPolicy": fields}


FOREIGN_IMAGE = tag("v1", f"base{DIGEST}", "ImageStreamImage")
INSECURE = {"openshift.io/image.insecureRepository": "true"}

CASES = {
    "W002": [
        (stream(tag(source="quay.io/org/app")), "spec.tags[v1].from.name"),
        (single(tag(source="ruby")), "tag.from.name"),
        (stream(tag(), tag("b", f"app{DIGEST}"), tag("c", "a:latest")), None),
        (stream(alias("b", "base"), tag()), None),
    ],
    "W003": [
        (stream(tag(**policy(insecure=True))), "spec.tags[v1].importPolicy.insecure"),
        (stream(tag(**policy(insecure=False))), None),
    ],
    "W007": [
        (stream(tag(), dockerImageRepository="quay.io/org/app"), "spec.dockerImageRepository"),
        (stream(tag(), dockerImageRepository=""), None),
    ],
    "W012": [
        (stream(tag(), tag("b"), tag()), "spec.tags[0].name"),
        (stream(tag(), tag("b")), None),
    ],
    "W013": [
        (stream(tag(**policy(insecure=True)), tag("b")), "spec.tags[v1].importPolicy.insecure"),
        (stream(tag("b"), tag(**policy(scheduled=True))), "spec.tags[v1].importPolicy.scheduled"),
        (stream(tag(referencePolicy={"type": "Local"})), "spec.tags[v1].referencePolicy.type"),
        (stream(tag(referencePolicy={"type": "Source"}, **policy(scheduled=False))), None),
        (stream(alias("b", "v1", referencePolicy={"type": "Local"}), tag()), None),
    ],
    "W014": [
        (stream(alias("b", "base:v1")), "spec.tags[b].from.name"),
        (single(alias("v1", "base:v1")), "tag.from.name"),
        (stream(alias("b", "app:v1"), alias("c", "v1"), tag()), None),
    ],
    "W015": [
        (stream(tag(), alias("a", "v1"), alias("b", "app:a")), "spec.tags[b].from.name"),
        (stream(tag(), alias("a", "v1"), alias("b", "v1")), None),
        (stream(alias("a", "base:v1"), alias("b", "a")), None),
    ],
    "W016": [
        (stream(FOREIGN_IMAGE), "spec.tags[v1].from.name"),
        (stream(alias("v1", "base:v1")), None),
    ],
    "W017": [
        (stream(tag(), annotations=INSECURE), "metadata.annotations"),
        (stream(tag(**policy(insecure=True)), annotations=INSECURE), None),
        (stream(dockerImageRepository="quay.io/org/app", annotations=INSECURE), None),
        (stream(tag(), annotations={next(iter(INSECURE)): "false"}), None),
    ],
    "W018": [
        (stream({"name": "v1"}), "spec.tags[v1].from"),
        (single({"name": "v1"}), "tag.from"),
        (stream(tag()), None),
    ],
    "W019": [
        (
            stream({"name": "v1", **policy(scheduled=True)}),
            "spec.tags[v1].importPolicy.scheduled",
        ),
        (
            stream(tag(reference=True, **policy(scheduled=True))),
            "spec.tags[v1].importPolicy.scheduled",
        ),
        (
            single(tag(source=f"app{DIGEST}", **policy(scheduled=True))),
            "tag.importPolicy.scheduled",
        ),
        (stream(tag(**policy(scheduled=True))), None),
    ],
    "W020": [
        (stream(), "spec.tags"),
        ({**GROUP, "kind": "ImageStream", "metadata": {"name": "app"}}, None),
        (stream(tag()), None),
    ],
    "W021": [
        (single(tag(), annotations={"a": "b"}), "metadata.annotations"),
        (single(tag(annotations={"a": "b"}), annotations={"a": "b"}), None),
        (stream(tag(), annotations={"a": "b"}), None),
    ],
    "W025": [
        (stream(tag("a b")), "spec.tags[a b].name"),
        (single(tag("a b"), name="app:a b"), "metadata.name"),
        (stream(tag("3.3_a-b")), None),
        (single(tag()), None),
    ],
}


def given(manifest, code):
    return [each.field for each in warnings(manifest) if each.code == code]


def test_there_are_cases_of_every_code():
    assert CASES.keys() == STREAM_WARNINGS.keys()


@pytest.mark.parametrize(
    ("code", "manifest", "field"),
    [(code, *case) for code, cases in CASES.items() for case in cases],
)
def test_a_warning_is_given_where_its_code_says_and_nowhere_else(code, manifest, field):
    assert given(manifest, code) == ([field] if field else [])


@pytest.mark.parametrize(
    "manifest", [manifest for cases in CASES.values() for manifest, _ in cases]
)
def test_it_is_about_what_the_server_accepts(manifest):
    assert validate(manifest) == []


def test_what_is_usual_has_no_warning():
    usual = stream(
        tag(
            "1.0", "quay.io/org/app:1.0", annotations={"a": "b"}, referencePolicy={"type": "Source"}
        ),
        alias("latest", "1.0"),
        lookupPolicy={"local": True},
    )
    assert warnings(usual) == []


@pytest.mark.parametrize("tags", [None, [None], [{}], [{"from": {}}], [{"from": {"name": "x"}}]])
@pytest.mark.parametrize("kind", ["ImageStream", "ImageStreamTag", "ImageTag", "Image"])
def test_whatever_decodes_raises_nothing(tags, kind):
    for tag in tags or [None]:
        manifest = {**GROUP, "kind": kind, "spec": {"tags": tags}, "tag": tag}
        warnings(manifest)
        warnings({**manifest, "metadata": None, "spec": tag})


def test_an_unknown_field_of_any_kind_is_told():
    [warning] = [each for each in warnings(stream({**tag(), "form": {}})) if each.code == "W011"]
    assert (warning.field, warning.message) == (
        "spec.tags[0].form",
        "is unknown to the server (did you mean from?)",
    )
