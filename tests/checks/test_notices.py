"""The warnings: when each is given, and how the manifest silences it."""

import re
from pathlib import Path

import pytest

from pyimagestream.checks import _faults as faults
from pyimagestream.checks.notices import CODES, warnings
from pyimagestream.checks.verdict import validate

PAGE = Path(__file__).parent.parent.parent / "docs" / "checks.md"
DIGEST = "@sha256:" + "a" * 64


def image(name="quay.io/org/app:v1", *, scheduled=True, insecure=None, **fields):
    return {
        "from": {"kind": "DockerImage", "name": name},
        "importPolicy": {"scheduled": scheduled, "insecure": insecure},
        **fields,
    }


def to(tag):
    return {"name": tag}


def manifest(*images, repository=None, **fields):
    return {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStreamImport",
        "metadata": {"name": "app"},
        "spec": {"import": True, "images": [*images], "repository": repository, **fields},
    }


def given(*args, **fields):
    return [(each.code, each.field) for each in warnings(manifest(*args, **fields))]


def policy(kind):
    return {"referencePolicy": {"type": kind}}


def at(index, field):
    return f"spec.images[{index}].{field}"


CASES = {
    "W001": (
        [image(f"a{DIGEST}"), image("my.app:v1"), image("a:v1"), image("a")],
        [at(0, "to"), at(1, "to"), at(3, "to")],
        [image(f"a{DIGEST}", to=to("v1")), image(f"a:v2{DIGEST}"), image("a:v3")],
    ),
    "W002": (
        [image("quay.io/org/app", to=to("v1"))],
        [at(0, "from.name")],
        [image("quay.io/org/app:latest"), image(f"a{DIGEST}", to=to("v1"))],
    ),
    "W003": (
        [image(insecure=True)],
        [at(0, "importPolicy.insecure")],
        [image(insecure=False)],
    ),
    "W004": (
        [image("a:1"), image("a:2", scheduled=None), image("a:3", importPolicy=None)],
        [at(1, "importPolicy.scheduled")],
        [image(scheduled=False)],
    ),
    "W005": (
        [image("a:1"), image("a:2", **policy("Local")), image("a:3", **policy("Source"))],
        [at(1, "referencePolicy.type")],
        [image("a:1", **policy(None)), image("a:2", referencePolicy=None)],
    ),
    "W006": (
        [image(f"a:{number}") for number in range(51)],
        ["spec.images"],
        [image(f"a:{number}") for number in range(50)],
    ),
    "W008": (
        [image("a:1", **policy("Bogus")), image("a:2", **policy("local"))],
        [at(0, "referencePolicy.type"), at(1, "referencePolicy.type")],
        [image("a:1", **policy(""))],
    ),
    "W009": (
        [image("a:1"), image("b:2", to=to("1")), image("c:1")],
        [at(1, "to.name"), at(2, "to.name")],
        [image("a:1"), image("b:1", to=to("2"))],
    ),
    "W010": (
        [image("a:1", insecure=False), image("b:2", scheduled=True), image("a:3", insecure=True)],
        [at(2, "importPolicy.insecure")],
        [image("a:1", insecure=False), image("b:2", insecure=True), image("a:3")],
    ),
    "W011": (
        [image("a:1", bogus=1)],
        [at(0, "bogus")],
        [image("a:1")],
    ),
}


@pytest.mark.parametrize("code", CASES)
def test_each_warning_is_given_for_its_case_and_the_server_accepts_that(code):
    images, fields, _ = CASES[code]
    assert [field for each, field in given(*images) if each == code] == fields
    assert validate(manifest(*images)) == []


@pytest.mark.parametrize("code", CASES)
def test_each_warning_is_silenced_as_its_page_says(code):
    _, _, images = CASES[code]
    assert code not in dict(given(*images))


def test_a_repository_is_warned_about_like_an_image_and_for_its_number_of_tags():
    repository = image("quay.io/org/app", scheduled=None, insecure=True, **policy("Bogus"))
    assert given(repository=repository) == [
        ("W007", "spec.repository.from.name"),
        ("W003", "spec.repository.importPolicy.insecure"),
        ("W004", "spec.repository.importPolicy.scheduled"),
        ("W008", "spec.repository.referencePolicy.type"),
    ]
    assert given(image("a:1")) == []


def test_a_preview_is_not_warned_about_the_tags_it_does_not_write():
    images = [image(f"a{DIGEST}"), image("b:1", scheduled=None, **policy("X")), image("b:1")]
    assert given(*images, **{"import": False}) == []
    assert {code for code, _ in given(*images)} == {"W001", "W004", "W008", "W009"}


def test_what_the_server_refuses_is_no_warning():
    assert given(image("A"), image("*"), None, repository={}) == []
    assert given({"from": {"kind": "X", "name": "a"}}) == []


def test_unknown_fields_are_warned_about_next_to_wrong_types():
    broken = manifest(image("a"), image=[], repository=3)
    broken["metadata"]["lables"] = {}
    assert [str(each) for each in warnings(broken)] == [
        "metadata.lables: is unknown to the server (did you mean labels?) [W011]",
        "spec.image: is unknown to the server (did you mean images?) [W011]",
    ]


def test_what_only_another_server_knows_is_unknown():
    patched = image("a:1")
    patched["importPolicy"]["importMode"] = "Legacy"
    assert warnings(manifest(patched)) == []
    [notice] = warnings(manifest(patched), server="4.3")
    assert (notice.code, notice.field) == ("W011", at(0, "importPolicy.importMode"))


def test_one_reminder_stands_for_all_tags():
    [notice] = warnings(manifest(*(image(f"a:{number}", scheduled=None) for number in range(3))))
    assert notice.message.endswith("(and 2 more like it)")


def test_the_page_explains_every_code_and_no_other():
    sections = re.split(r"^### ", PAGE.read_text(), flags=re.MULTILINE)[1:]
    assert tuple(section.split()[0] for section in sections) == CODES
    for section in sections:
        assert re.search(r"\n\n\*\*.+\.\*\* .+\n\nSilence it", section, flags=re.DOTALL), section


def test_the_page_explains_every_reason():
    reasons = {
        value
        for value in vars(faults).values()
        if isinstance(value, str) and value.startswith("Field")
    }
    assert set(re.findall(r"^\| `(Field\w+)`", PAGE.read_text(), flags=re.MULTILINE)) == reasons
