import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import pyimagestream
from pyimagestream.checks.pullspec import PullSpec
from pyimagestream.checks.verdict import validate
from pyimagestream.errors import PullSpecError

SHA256 = "sha256:" + "0123456789abcdef" * 4
VERDICTS = Path(__file__).parent.parent / "data" / "verdicts.jsonl"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("app", ("", "", "app", "", "")),
        ("org/app:v1", ("", "org", "app", "v1", "")),
        ("quay.io/app", ("quay.io", "", "app", "", "")),
        ("quay.io/org/app:v1", ("quay.io", "org", "app", "v1", "")),
        ("quay.io/a/b/c:v1", ("quay.io", "a", "b/c", "v1", "")),
        ("host:5000/app", ("host:5000", "", "app", "", "")),
        ("localhost/app", ("localhost", "", "app", "", "")),
        ("a/b/c", ("", "a", "b/c", "", "")),
        (f"app@{SHA256}", ("", "", "app", "", SHA256)),
        (f"app:v1@{SHA256}", ("", "", "app", "v1", SHA256)),
        (SHA256, ("", "", "sha256", SHA256[7:], "")),
        # A name with a dot or of localhost, and nothing else, is taken for a registry.
        ("example.com", ("example.com", "", "", "", "")),
        ("my.app:v1", ("my.app:v1", "", "", "", "")),
        ("localhost:5000", ("localhost:5000", "", "", "", "")),
        (f"localhost@{SHA256}", (f"localhost@{SHA256}", "", "", "", SHA256)),
    ],
)
def test_a_pull_spec_is_taken_apart_as_by_library_go(text, parts):
    spec = PullSpec.parse(text)
    assert (spec.registry, spec.namespace, spec.name, spec.tag, spec.id) == parts


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "it must not be empty"),
        ("https://quay.io/a", "it must not start with a scheme such as https://"),
        ("org/App", "the name of the repository must be in lower case"),
        ("Quay.io/App:v1", "the name of the repository must be in lower case"),
        ("a" * 256, "the name must not be longer than 255 characters"),
        ("a@foo+bar:" + "a" * 32, "foo+bar is not one of sha256, sha384, sha512"),
        ("a@sha512:" + "a" * 64, "a sha512 digest must have 128 digits, not 64"),
    ],
)
def test_an_error_names_the_text_and_the_rule(text, rule):
    with pytest.raises(PullSpecError, match=re.escape(rule)) as caught:
        PullSpec.parse(text)
    assert (caught.value.text, caught.value.rule) == (text, rule)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, pyimagestream.errors.PyimagestreamError)


# fmt: off
MALFORMED = [
    "a:b:c", "a//b", "/a", "a/", "a_", "a-_b", "a:", "a@", "a:-t", "-a", "a.b./c", "a..b/c",
    "a/b..c", "host:/a", "host:port/a", "é", "a:é", "a@b", "*", " ", "a\n", "a:" + "t" * 129,
    "a@sha256:" + "a" * 31,
]
# fmt: on


@pytest.mark.parametrize("text", MALFORMED)
def test_what_does_not_fit_the_grammar_is_refused(text):
    with pytest.raises(PullSpecError, match="it must be"):
        PullSpec.parse(text)


@pytest.mark.parametrize("text", ["a" * 255, "a:" + "t" * 128, "a__b", "a---b", "0", "H.I:1/a_b.c"])
def test_the_limits_are_inclusive(text):
    PullSpec.parse(text)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("quay.io/org/app:v1", "quay.io/org/app:v1"),
        ("docker.io/app", "docker.io/app"),
        (f"app:v1@{SHA256}", f"app@{SHA256}"),
        ("localhost:5000", ""),
    ],
)
def test_the_canonical_text_prefers_the_digest_and_adds_nothing(text, canonical):
    assert str(PullSpec.parse(text)) == canonical


parts = st.from_regex(r"\A[a-z0-9]{1,4}((\.|_|__|-{1,3})[a-z0-9]{1,3}){0,2}\Z")
hosts = st.from_regex(r"\A([a-zA-Z0-9]{1,4}\.[a-zA-Z0-9-]{1,3}x|localhost)(:[0-9]{1,5})?\Z")
tags = st.from_regex(r"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,9}\Z")
digests = st.from_regex(r"\Asha256:[0-9a-f]{64}\Z")


@st.composite
def specs(draw):
    text = "/".join(draw(st.lists(parts, min_size=1, max_size=4)))
    if draw(st.booleans()):
        text = f"{draw(hosts)}/{text}"
    if draw(st.booleans()):
        text += f":{draw(tags)}"
    if draw(st.booleans()):
        text += f"@{draw(digests)}"
    return text


@given(specs())
def test_every_spec_of_the_grammar_parses_and_its_canonical_text_stays_the_same(text):
    spec = PullSpec.parse(text)
    if spec.name:
        again = PullSpec.parse(str(spec))
        assert str(again) == str(spec)
        assert (again.registry, again.namespace, again.name) == (
            spec.registry,
            spec.namespace,
            spec.name,
        )
        assert again.id == spec.id
        assert again.tag == ("" if spec.id else spec.tag)


@given(st.text() | st.text("aA0.:/@-_sh256"))
@example("a-" * 50_000)
@example("a" * 100_000 + "!")
@example("a/" * 50_000)
@example("A.b" * 50_000)
@example("a:" + "0" * 100_000)
@example("\ud800")
def test_no_text_raises_anything_else(text):
    try:
        PullSpec.parse(text)
    except PullSpecError as error:
        told = str(error)
    else:
        told = ""
    assert told.isprintable()


def test_parsing_agrees_with_the_recorded_verdicts():
    for line in VERDICTS.read_text().splitlines():
        record = json.loads(line)
        if record["group"] == "img.ref":
            text = record["object"]["spec"]["images"][0]["from"]["name"]
            try:
                PullSpec.parse(text)
            except PullSpecError:
                assert not record["server"]["ok"], text
            else:
                assert record["server"]["ok"], text


def test_a_repository_of_a_registry_alone_is_a_tag_to_the_older_server():
    manifest = {
        "metadata": {"name": "app"},
        "spec": {"repository": {"from": {"kind": "DockerImage", "name": "localhost:5000"}}},
    }
    assert validate(manifest) == []
    [problem] = validate(manifest, server="4.3")
    assert problem.field == "spec.repository.from.name"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("quay.io/org/ruby: 2.7", ", without blanks"),
        ("quay.io/org/ruby:2.7\n", ", without blanks"),
        ("quay.io/org/ruby@sha256:abc", ', and "sha256:abc" is no whole digest'),
        ("quay.io/org/ruby:2.7@2.7", ', and "2.7" is no whole digest'),
    ],
)
def test_what_is_wrong_with_a_pull_spec_is_said(text, why):
    with pytest.raises(PullSpecError) as caught:
        PullSpec.parse(text)
    assert str(caught.value).endswith(why)


def test_what_is_no_text_is_known_to_type_checkers_too() -> None:
    with pytest.raises(TypeError):
        PullSpec.parse(2.7)  # type: ignore[arg-type]
