from __future__ import annotations

import json
from typing import Any

import pytest
from support.recordings import TANKA, environment, expected, go

from pyimagestream import evaluate_file
from pyimagestream.errors import FormatError
from pyimagestream.tanka.export.filename import FileNameFormat
from pyimagestream.tanka.jobs import DEFAULT_FORMAT
from pyimagestream.tanka.manifests.extract import extract
from pyimagestream.tanka.manifests.finish import finish

MANIFEST: dict[str, Any] = {
    "kind": "K",
    "metadata": {
        "name": "abc/def",
        "labels": {"a/b": "x", "n": None},
        "num": 3,
        "big": 1000000,
        "half": 0.5,
    },
    "list": ["a", 2, None, True],
    "z": 0,
    "t": True,
    "e": "",
}
ENVIRONMENT = {"metadata": {"name": "e/n"}}


def render(text: str) -> str:
    return FileNameFormat.parse(text).render(MANIFEST, ENVIRONMENT)


@pytest.mark.parametrize(("text", "result"), go("text/template"))
def test_renders_what_go_renders(text: str, result: str | None) -> None:
    """But for what has no value, of which Go makes a name."""
    if result is None:
        with pytest.raises(FormatError):
            render(text)
    elif "<no value>" in result:
        with pytest.raises(FormatError, match="has no value"):
            render(text)
    else:
        assert render(text).replace("/", "-") == result.replace("/", "-")


@pytest.mark.parametrize(
    ("recorded", "text"),
    [
        (
            "export-3",
            "{{env.metadata.name}}/{{.kind}}_{{or .metadata.name .metadata.generateName}}"
            "_{{.metadata.namespace}}",
        ),
        (
            "export-4",
            '{{.metadata.namespace | default "none"}}'
            "/{{.kind}}-{{.metadata.name}}-{{.metadata.generateName}}",
        ),
        (
            "export-7",
            "{{.kind | lower}}.{{ env.spec.namespace }}"
            ".{{or .metadata.name .metadata.generateName}}.{{.metadata.namespace}}",
        ),
    ],
)
def test_names_files_as_tk_export_names_them(recorded: str, text: str) -> None:
    name = FileNameFormat.parse(text)
    names = set()
    refused = 0
    for directory in ("kinds", "yaml"):
        env = environment(directory)
        value = evaluate_file(
            TANKA / "project/environments" / directory / "main.jsonnet", check=False
        )
        for each in finish(extract(value), env):
            try:
                names.add(f"{name.render(each, env)}.yaml")
            except FormatError as error:
                refused += "has no value" in str(error)
    files = json.loads(expected(f"{recorded}.manifest.json"))
    files = {file for file, source in files.items() if "static/deep" not in source}
    assert names == {file for file in files if "<no value>" not in file}
    assert refused == len({file for file in files if "<no value>" in file}) > 0


def test_the_default_format_takes_the_name_or_the_generated_one() -> None:
    name = FileNameFormat.parse(DEFAULT_FORMAT)
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"generateName": "g-"}}
    assert name.render(job, {}) == "batch-v1.Job-g-"


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{{.kind}}/x", "K/x"),
        ("{{.metadata.name}}", "abc-def"),
        ('{{"/"}}{{printf "%s/" .kind}}', "-K-"),
        ("{{if .t}}a/b{{end}}", "a/b"),
    ],
)
def test_only_a_slash_in_the_text_makes_a_folder(text: str, result: str) -> None:
    assert render(text) == result


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ('{{.kind | contains "K"}}', "true"),
        ('{{hasPrefix "ab" .metadata.name}} {{hasSuffix "ab" .metadata.name}}', "true false"),
        ('{{trimPrefix "abc/" .metadata.name}} {{trimSuffix "/def" .metadata.name}}', "def abc"),
        ('{{trim "  a "}}', "a"),
        ('{{.metadata.name | replace "/" "." | upper | trunc 5}}', "ABC.D"),
        ('{{trunc 2 "\u00e9\u00e9"}}', "\u00e9"),
        ('{{trunc 3 "\u00e9\u00e9"}}', "\u00e9"),
    ],
)
def test_sprig_takes_the_subject_last(text: str, result: str) -> None:
    """Trunc counts bytes, and drops a character it would cut in two."""
    assert render(text) == result


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("{{.metadata.name | nosuch}}", 19, "function 'nosuch' not defined"),
        ("a{{.kind", 1, "this action has no end"),
        ("a{{ }}", 3, "this action is empty"),
        ("{{lower}}", 2, "lower cannot take 0 arguments"),
        ("{{.kind .kind}}", 2, ".kind is no function and takes no arguments"),
        ("{{(.kind}}", 2, "this parenthesis is not closed"),
        ("{{.kind)}}", 7, "unexpected ')'"),
        ("{{.kind |}}", 8, "nothing behind this pipe"),
        ("{{if .t}}", 2, "this if has no end"),
        ("{{if}}{{end}}", 2, "if needs a condition"),
        ("{{end}}", 2, "end without if"),
        ("{{range .list}}{{end}}", 2, "'range' is not supported in file names"),
        ("{{$x := 1}}", 2, "cannot understand '$x := 1'"),
        ("{{.kind | \u00e9!}}", 11, "cannot understand '!'"),
        ("{{1234567890123456789}}", 2, "cannot understand '1234567890123456789'"),
        (r'{{trunc 3 "\ud800abc"}}', 10, r"""cannot understand '"\\ud800abc"'"""),
        (r'{{"\uDFFF"}}', 2, r"""cannot understand '"\\uDFFF"'"""),
        (r'{{"\xe9"}}', 2, r"""cannot understand '"\\xe9"'"""),
        ("{{trunc 3 `a\udcff`}}", 12, "this is not UTF-8"),
        ("a\udcff", 1, "this is not UTF-8"),
        pytest.param(
            "{{" + "(" * 9999 + "}}",
            0,
            "too many parentheses or conditions stand in each other",
            id="parentheses",
        ),
        pytest.param(
            "{{if .kind}}" * 9999,
            0,
            "too many parentheses or conditions stand in each other",
            id="conditions",
        ),
    ],
)
def test_a_format_that_makes_no_sense_is_refused_with_the_place(
    text: str, offset: int, message: str
) -> None:
    with pytest.raises(FormatError) as caught:
        FileNameFormat.parse(text)
    assert (caught.value.offset, caught.value.message) == (offset, message)
    if len(text) <= 120:
        assert str(caught.value) == f"format {text!r}, character {offset + 1}: {message}"
    assert len(str(caught.value)) < 400
    assert str(caught.value).endswith(f", character {offset + 1}: {message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{.kind.x}}", "K has no field 'x'"),
        ("{{.nope | lower}}", "lower: expected a string, found nothing"),
        ("{{.metadata.num | lower}}", "lower: expected a string, found 3"),
        ('{{printf "%d" .kind}}', "printf: %d cannot print K"),
        ('{{printf "%s"}}', "printf: no value for %s"),
        ('{{printf "%99999999999v" 1}}', "printf: %99999999999v is too wide"),
        ("{{index .list 9}}", "index: index out of range: 9"),
        ("{{eq .kind 1}}", "eq: cannot compare K and 1"),
    ],
)
def test_a_manifest_that_does_not_suit_is_an_error(text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        render(text)
    assert caught.value.message == message


@pytest.mark.parametrize(
    ("text", "offset", "field"),
    [
        ("x-{{.metadata.namespace}}", 4, ".metadata.namespace"),
        ("{{ or .metadata.nope .metadata.labels.n }}", 3, "or .metadata.nope .metadata.labels.n"),
        ("{{env.metadata.namspace}}/{{.kind}}", 2, "env.metadata.namspace"),
        ("{{if .t}}{{.nope}}{{end}}", 11, ".nope"),
        ('{{index .metadata.labels "q"}}', 2, 'index .metadata.labels "q"'),
    ],
)
def test_what_has_no_value_names_no_file(text: str, offset: int, field: str) -> None:
    """Go prints ``<no value>``, and files of many manifests get one name."""
    with pytest.raises(FormatError) as caught:
        render(text)
    assert (caught.value.offset, caught.value.message) == (offset, f"{field} has no value")
    assert str(caught.value).endswith(f"{field} has no value (for K/abc/def)")


def test_tankas_methods_of_a_manifest_are_known() -> None:
    manifest = {**MANIFEST, "apiVersion": "v1"}
    name = FileNameFormat.parse("{{.APIVersion}}.{{.Kind}}-{{.Metadata.name}}-{{$.Kind | lower}}")
    assert name.render(manifest, {}) == "v1.K-abc-def-k"


@pytest.mark.parametrize(
    "text",
    [
        '{{replace "" (printf "%1000s" "a") (printf "%1000s" "a")}}',
        "{{" + 'replace "a" "aaaaaaaaaa" (' * 12 + '"a"' + ")" * 12 + "}}",
        '{{printf "' + "%1000000s" * 300 + '"' + ' "a"' * 300 + "}}",
        '{{print (printf "%999999s" "a")' + ' (printf "%999999s" "a")' * 300 + "}}",
        '{{printf "%999999s" "a"}}' * 300,
        "{{if .t}}" + '{{printf "%999999s" "a"}}' * 300 + "{{end}}",
    ],
    ids=range(6),
)
def test_a_format_cannot_make_endless_names(text: str) -> None:
    with pytest.raises(FormatError, match="this makes more than 1,000,000 characters"):
        render(text)


def test_an_error_shows_the_part_of_a_long_format_it_is_about() -> None:
    with pytest.raises(FormatError) as caught:
        render("a" * 50_000 + "{{.nope}}" + "b" * 50_000)
    assert str(caught.value) == (
        f"format '...{'a' * 58}{{{{.nope}}}}{'b' * 53}...', character 50003:"
        " .nope has no value (for K/abc/def)"
    )
