"""The warnings: when each is given, and how the manifest silences it."""

import copy
import re
from pathlib import Path

import pytest

from pyimagestream import Verdict, check
from pyimagestream.checks import _faults as faults
from pyimagestream.checks.codes import FATAL, ONCE
from pyimagestream.checks.explanations import EXPLANATIONS, explained, with_sections
from pyimagestream.checks.verdict import validate
from pyimagestream.checks.warnings import CODES, warnings

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
    "W025": (
        [image("a:1", to=to(name)) for name in ("3 3", "a/b", "-1", "v" * 129, "1+2", "\u00fc")],
        [at(number, "to.name") for number in range(6)],
        [image("a:1", to=to(name)) for name in ("3_3", "_a", "v" * 128, "A.-")],
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
    assert given(image("a:1"), repository=repository) == [
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
    assert given(image(to=to("")), image(to=to(None)), image(to={})) == []


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
    [warning] = warnings(manifest(patched), server="4.3")
    assert (warning.code, warning.field) == ("W011", at(0, "importPolicy.importMode"))


def test_one_reminder_stands_for_all_tags():
    others = (image(f"a:{number}", scheduled=None) for number in range(3))
    [warning] = warnings(manifest(image("b:9"), *others))
    assert warning.message.endswith("(and 2 more like it)")


@pytest.mark.parametrize("scheduled", [None, False])
def test_a_schedule_is_missed_only_where_another_tag_has_one(scheduled):
    assert given(image("a:1", scheduled=scheduled), image("a:2", scheduled=None)) == []


@pytest.mark.parametrize(
    "kinds", [("Local",), ("Local", "Local"), ("Source", None), ("Source", "")]
)
def test_a_reference_policy_that_all_tags_have_is_not_warned_about(kinds):
    assert given(*(image(f"a:{n}", **policy(kind)) for n, kind in enumerate(kinds))) == []


def test_an_import_that_does_not_say_whether_it_imports_writes_nothing():
    for said in (None, {}):
        fields = {"import": None} if said is None else {}
        whole = manifest(image("a:1"), **fields)
        if not fields:
            del whole["spec"]["import"]
        assert [(each.code, each.field) for each in warnings(whole)] == [("W022", "spec.import")]
    assert given(image("a:1"), **{"import": False}) == []
    assert given(**{"import": None}) == []


def test_an_image_that_is_only_looked_at_may_be_the_latest():
    assert given(image("a"), **{"import": False}) == []
    assert ("W002", at(0, "from.name")) in given(image("a"))


def with_metadata(**metadata):
    whole = manifest(image("a:1"))
    whole["metadata"] |= metadata
    return whole


def test_labels_and_annotations_of_an_import_are_named_as_lost():
    [warning] = warnings(with_metadata(labels={"team": "a"}, annotations={"openshift.io/x": "b"}))
    assert (warning.code, warning.field) == ("W023", "metadata.annotations")
    assert '"openshift.io/x", "team"' in warning.message
    [warning] = warnings(with_metadata(labels={"team": "a"}))
    assert (warning.code, warning.field) == ("W023", "metadata.labels")


def test_what_tools_read_in_the_manifest_is_not_lost():
    labels = {"tanka.dev/environment": "x", "app.kubernetes.io/name": "y"}
    annotations = {"argocd.argoproj.io/sync-wave": "1", "notopenshift.io/x": "y"}
    assert warnings(with_metadata(labels=labels, annotations=annotations)) == []


@pytest.mark.parametrize(
    ("entry", "field", "meant"),
    [
        ({"scheduled": True}, "scheduled", "importPolicy.scheduled"),
        ({"importMode": "Legacy"}, "importMode", "importPolicy.importMode"),
        ({"name": "1"}, "name", "to.name"),
        ({"type": "Local"}, "type", "referencePolicy.type"),
        ({"too": {}}, "too", "to"),
    ],
)
def test_a_field_at_a_wrong_place_is_told_where_it_belongs(entry, field, meant):
    [warning] = warnings(manifest({**image("a:1"), **entry}))
    assert warning.field == at(0, field)
    assert warning.message.endswith(f"(did you mean {meant}?)")


@pytest.mark.parametrize(
    ("part", "field", "meant"),
    [
        ({"from": {"to": {"name": "x"}}}, "from.to", "spec.images[0].to"),
        ({"to": {"importPolicy": {}}}, "to.importPolicy", "spec.images[0].importPolicy"),
        (
            {"referencePolicy": {"importMode": "Legacy"}},
            "referencePolicy.importMode",
            "spec.images[0].importPolicy.importMode",
        ),
        ({"repository": {}}, "repository", "spec.repository"),
        ({"to": {"kind": "DockerImage"}}, "to.kind", ""),
        ({"to": {"namespace": "a"}}, "to.namespace", "metadata.namespace"),
        ({"importPolicy": {"from": {}}}, "importPolicy.from", ""),
    ],
)
def test_a_field_that_stands_too_deep_is_told_where_it_belongs(part, field, meant):
    """But for places where something stands."""
    entry = {"from": {"kind": "DockerImage", "name": "a:1"}}
    name, inner = next(iter(part.items()))
    whole = manifest({**entry, name: {**entry.get(name, {}), **inner}})
    [message] = [each.message for each in warnings(whole) if each.field == at(0, field)]
    assert message == "is unknown to the server" + (f" (did you mean {meant}?)" if meant else "")


@pytest.mark.parametrize("field", ["labels", "namespace", "spec"])
def test_a_field_of_the_metadata_or_of_all_is_told_so(field):
    whole = manifest(image("a:1"))
    part = "metadata" if field == "spec" else "spec"
    whole[part] = {**whole[part], field: {}}
    if field == "spec":
        del whole["spec"]
    [message] = [each.message for each in warnings(whole) if each.field == f"{part}.{field}"]
    meant = "spec" if field == "spec" else f"metadata.{field}"
    assert message.endswith(f"(did you mean {meant}?)")


def test_a_field_beside_the_part_it_belongs_to_is_told_so():
    whole = {**manifest(image("a:1")), "namespace": "b", "spec": {"import": True}}
    whole["images"] = [image("a:1")]
    assert [str(each) for each in warnings(whole)] == [
        "images: is unknown to the server (did you mean spec.images?) [W011]",
        "namespace: is unknown to the server (did you mean metadata.namespace?) [W011]",
    ]
    [problem] = check(whole).problems
    assert problem.message.endswith('(did you mean spec.images by "images"?)')


def test_what_belongs_nowhere_or_in_many_places_is_not_placed():
    whole = manifest(image("a:1"), name="a", tag="b")
    assert [each.message for each in warnings(whole)] == ["is unknown to the server"] * 2


def test_a_field_of_the_other_kind_is_told_so():
    [warning] = warnings(manifest(image("a:1"), tags=[]))
    assert str(warning) == (
        "spec.tags: is unknown to the server (it is a field of ImageStream) [W011]"
    )
    stream = {**manifest(), "kind": "ImageStream", "spec": {"images": [image("a:1")]}}
    [warning] = warnings(stream)
    assert warning.message.endswith("(it is a field of ImageStreamImport)")


def test_what_tools_and_the_server_write_themselves_is_not_lost():
    annotations = {
        "openshift.io/generated-by": "OpenShiftNewApp",
        "openshift.io/image.dockerRepositoryCheck": "2025-04-07T07:16:44Z",
        "include.release.openshift.io/self-managed-high-availability": "true",
        "kubectl.kubernetes.io/last-applied-configuration": "{}",
    }
    assert warnings(with_metadata(annotations=annotations)) == []
    [warning] = warnings(with_metadata(annotations={"openshift.io/display-name": "A"}))
    assert warning.code == "W023"


def test_the_annotation_for_insecure_repositories_does_nothing_on_an_import():
    [warning] = warnings(
        with_metadata(annotations={"openshift.io/image.insecureRepository": "true"})
    )
    assert (warning.code, warning.field) == ("W024", "metadata.annotations")
    assert warning.message.startswith("openshift.io/image.insecureRepository does nothing")


def test_check_tells_problems_and_warnings():
    found = check(manifest(image("A"), image("a", bogus=1)))
    assert [problem.field for problem in found.problems] == [at(0, "from.name")]
    assert [warning.code for warning in found.warnings] == ["W011", "W002", "W001"]
    problems, left = check(manifest(image("a", bogus=1)), strict=True, ignore=["W001"])
    assert [problem.reason for problem in problems] == ["FieldUnknown"]
    assert [warning.code for warning in left] == ["W002"]


@pytest.mark.parametrize("ignore", ["W001,W002", " W002 W001,", ["W001", "W002"], {"W001", "W002"}])
def test_check_takes_codes_as_a_list_or_as_a_text(ignore):
    assert [each.code for each in check(manifest(image("a", bogus=1)), ignore=ignore).warnings] == [
        "W011"
    ]


def test_check_takes_what_validate_takes():
    patched = image("a:1")
    patched["importPolicy"]["importMode"] = "Legacy"
    assert check(manifest(patched)) == Verdict([], [])
    assert [each.code for each in check(manifest(patched), server="4.3").warnings] == ["W011"]
    whole = with_metadata(namespace="here")
    assert [each.field for each in check(whole, namespace="there").problems] == [
        "metadata.namespace"
    ]
    assert check(None).problems


def test_every_code_that_is_told_once_or_is_fatal_exists():
    assert {*CODES} >= ONCE | FATAL


def test_the_code_on_the_page_runs():
    [block] = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    exec(compile(block, "checks.md", "exec"), {})


def test_the_page_is_made_of_the_table():
    assert tuple(EXPLANATIONS) == CODES
    assert with_sections(PAGE.read_text()) == PAGE.read_text()


@pytest.mark.parametrize("code", CODES)
def test_an_explanation_says_what_why_and_how_to_end_it(code):
    text = explained(code)
    assert text.startswith(f"{code}: ")
    assert "\n\nSilence it" in text
    assert max(map(len, text.splitlines())) <= 80


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


def test_a_repository_has_no_tag_whatever_stands_there():
    repository = {"from": {"kind": "DockerImage", "name": "quay.io/org/app"}}
    for to in ("latest", [], {}, {"name": 5}):
        found = warnings(manifest(repository={**repository, "to": to}))
        assert [(each.code, each.field) for each in found] == [
            ("W007", "spec.repository.from.name"),
            ("W011", "spec.repository.to"),
        ]


def containers(value):
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value:
        if isinstance(each, (dict, list)):
            yield from containers(each)


@pytest.mark.parametrize("kind", ["ImageStreamImport", "ImageStream", "ImageStreamTag", "ImageTag"])
def test_whatever_field_stands_where_it_does_not_belong_nothing_is_raised(kind):
    tag = {**image("quay.io/org/app:1", **policy("Local")), "annotations": {"a": "b"}}
    spec = {"import": True, "images": [tag], "repository": tag, "lookupPolicy": {"local": True}}
    stream = {**spec, "tags": [{**tag, "name": "1"}, {"name": "2"}]}
    whole = {**manifest(), "kind": kind, "spec": tag if kind == "ImageTag" else stream, "tag": tag}
    names = {key for each in containers(whole) for key in each} | {"type", "uid", "conditions"}
    for number, _ in enumerate(list(containers(whole))):
        for name in names:
            for value in ("x", 5, [], {}, [None], {"name": 5}):
                changed = copy.deepcopy(whole)
                list(containers(changed))[number].setdefault(name, value)
                check(changed)
