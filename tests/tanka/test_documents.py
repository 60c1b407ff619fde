"""The reports on files of finished manifests."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from support.calls import calls

from pyimagestream.checks.codes import READING
from pyimagestream.tanka.documents import report
from pyimagestream.tanka.report import Report, Rules

CASES = Path(__file__).parents[1] / "data" / "files"
HEAD = """\
apiVersion: image.openshift.io/v1
kind: ImageStreamImport
metadata: {name: %s}
spec:
  import: true
  images:
"""
IMAGE = "  - from: {kind: DockerImage, name: '%s'}\n    importPolicy: {scheduled: false}\n"


def judged(text: str, name: str = "m.yaml", rules: Rules | None = None) -> Report:
    found = report(name, BytesIO(text.encode()), rules or Rules())
    assert Report.of_values(name, found.values()).values() == found.values()
    assert Report.fits(found.values())
    return found


def told(found: Report) -> list[tuple[str, int, int, str]]:
    placed = [(each.frame, each.field) for each in found.problems]
    placed += [(each.frame, each.warning.code) for each in found.warnings]
    return [(frame.file, frame.line, frame.column, what) for frame, what in placed if frame]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "validate-dir-yaml/manifests/app.yaml",
            [(4, 9, "metadata.name"), (10, 13, "spec.images[0].from.name")],
        ),
        (
            "legacy-apiversion-v1/legacy.yaml",
            [
                (1, 13, "apiVersion"),
                (4, 9, "metadata.name"),
                (10, 13, "spec.images[0].from.name"),
            ],
        ),
        (
            "legacy-apiversion-v1/legacy.json",
            [
                (2, 17, "apiVersion"),
                (5, 13, "metadata.name"),
                (13, 19, "spec.images[0].from.name"),
            ],
        ),
        (
            "kind-spelling/kind.yaml",
            [(2, 7, "kind"), (4, 9, "metadata.name"), (10, 13, "spec.images[0].from.name")],
        ),
        (
            "bool-key/flags.yaml",
            [(11, 9, "metadata.name"), (17, 13, "spec.images[0].from.name"), (6, 7, "W101")],
        ),
        (
            "json-documents-merged/two.json",
            [(1, 91, "metadata.name"), (1, 176, "spec.images[0].from.name")],
        ),
        ("yaml-no-line/block.yaml", [(10, 13, "spec.images[0].from.name")]),
    ],
)
def test_a_file_people_had_is_judged_with_all_places(
    name: str, expected: list[tuple[int, int, str]]
) -> None:
    path = CASES / name
    with open(path, "rb") as file:
        found = report(str(path), file, Rules())
    assert told(found) == [(str(path), *each) for each in expected]
    assert found.errors == ()


def test_a_comment_in_json_is_an_error_with_its_place() -> None:
    path = CASES / "json-comment" / "comment.json"
    [error] = report(str(path), BytesIO(path.read_bytes()), Rules()).errors
    assert str(error) == f"{path}:1:1: JSON has no comments"


REFUSED = {"03-legacy-v1.json", "13-isimport-fromistag.json"}


@pytest.mark.parametrize("path", sorted((CASES / "real-shapes").iterdir()), ids=lambda p: p.name)
def test_shapes_of_public_code_get_the_verdict_of_the_server(path: Path) -> None:
    found = report(path.name, BytesIO(path.read_bytes()), Rules())
    assert bool(found.problems) == (path.name in REFUSED)
    assert (len(found.names), found.errors) == (1, ())


def test_a_manifest_is_named_when_there_is_another_one() -> None:
    alone = judged(HEAD % "App" + IMAGE % "a:1")
    assert [(each.output_path, each.name) for each in alone.problems] == [("", "")]
    others = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    beside = judged(HEAD % "App" + IMAGE % "a:1" + others)
    assert [str(each).rpartition(" (in ")[2] for each in beside.problems] == [
        "ImageStreamImport/App)"
    ]
    twice = judged((HEAD % "App" + IMAGE % "a:1" + "---\n") * 2)
    assert [each.name for each in twice.problems] == [
        "ImageStreamImport/App at [0]",
        "ImageStreamImport/App at [1]",
    ]
    assert twice.names == ("ImageStreamImport/App at [0]", "ImageStreamImport/App at [1]")


def test_a_list_has_manifests_in_it() -> None:
    item = "  " + (HEAD % "App" + IMAGE % "a:1").replace("\n", "\n  ").rstrip(" ")
    found = judged(f"apiVersion: v1\nkind: List\nitems:\n- {item.lstrip()}")
    [problem] = found.problems
    assert problem.frame
    assert (problem.frame.line, problem.field) == (6, "metadata.name")
    assert problem.output_path == ".items[0]"


def test_a_whole_number_with_a_fraction_is_one_for_kubectl_and_none_in_json() -> None:
    text = (HEAD % "app, generation: 1.0" + IMAGE % "a:1").replace("\n", "\n")
    assert judged(text).problems == ()
    text = '{"apiVersion": "image.openshift.io/v1", "kind": "ImageStreamImport", "metadata":'
    text += ' {"name": "a", "generation": 1.0}, "spec": {"repository": {"from": {"kind":'
    text += ' "DockerImage", "name": "a"}}}}'
    assert [each.field for each in judged(text, "m.json").problems] == ["metadata.generation"]
    exact = text.replace("1.0", "9223372036854775807")
    assert judged(exact, "m.json").problems == ()
    [problem] = judged(text.replace("1.0", "9223372036854775808"), "m.json").problems
    assert problem.message.endswith("not 9223372036854775808")
    [problem] = judged(HEAD % "a, generation: 18446744073709551617" + IMAGE % "a:1").problems
    assert problem.message.endswith("not 18446744073709551617")


ODD = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data:
  on: x
  a: 1
  a: 2
  9000: x
  010: y
  'yes': z
  nested: [{y: 1}]
"""


def test_what_is_odd_about_yaml_is_a_warning_of_its_own() -> None:
    assert [(*each[1:3], each[3]) for each in told(judged(ODD))] == [
        (5, 7, "W101"),
        (7, 6, "W102"),
        (9, 8, "W101"),
        (11, 16, "W101"),
    ]
    fields = [each.warning.field for each in judged(ODD).warnings]
    assert fields == ["data.true", "data.a", "data.8", "data.nested[0].true"]
    assert judged(ODD, rules=Rules(ignored=frozenset(READING))).warnings == ()


def test_a_key_that_is_there_three_times_is_told_once() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {}\ndata:\n  on: x\n  on: y\n  on: z\n"
    found = [(each.warning.code, each.warning.field) for each in judged(text).warnings]
    assert found == [("W101", "data.true"), ("W102", "data.true")]


def test_what_kubectl_does_not_read_is_not_odd() -> None:
    assert judged("on: [push]\njobs: {a: 1, a: 2}\n").warnings == ()


def test_yaml_in_a_json_file_is_a_warning() -> None:
    found = judged(HEAD % "app" + IMAGE % "a:1", "m.json")
    assert [each.warning.code for each in found.warnings] == ["W103"]
    assert found.names == ("ImageStreamImport/app",)


def test_a_key_twice_in_json_is_a_warning_and_the_last_counts() -> None:
    text = '{"apiVersion": "v1", "kind": "x", "kind": "ConfigMap", "metadata": {"a": 1, "a": 2}}'
    found = judged(text, "m.json")
    assert sorted(each.warning.field for each in found.warnings) == ["kind", "metadata.a"]


def _images(name: str) -> Callable[[int], str]:
    return lambda count: HEAD % "app" + "".join(IMAGE % f"{name}{i}" for i in range(count))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(_images("https://a/b:v"), id="bad images"),
        pytest.param(_images("quay.io/a/b"), id="images without a tag"),
        pytest.param(
            lambda count: "---\n".join(HEAD % f"A{i}" + IMAGE % "a:1" for i in range(count)),
            id="bad documents",
        ),
        pytest.param(
            lambda count: (
                HEAD % "app" + IMAGE % "a:1" + "".join(f"  f{i}: 1\n" for i in range(count))
            ),
            id="unknown fields",
        ),
        pytest.param(
            lambda count: f"a: {{<<: [{', '.join(f'{{k{i}: 1}}' for i in range(count))}]}}\n",
            id="merges",
        ),
        pytest.param(
            lambda count: ODD + "".join(f"  b{i}: 1\n  b{i}: 2\n" for i in range(count)),
            id="keys twice",
        ),
        pytest.param(
            lambda count: (
                HEAD % f"app, labels: {{{', '.join(f'l{i}: -{i}-' for i in range(count))}}}"
                + IMAGE % "a:1"
            ),
            id="bad labels",
        ),
    ],
)
def test_the_work_grows_with_the_text(text: Callable[[int], str]) -> None:
    small, large = text(50), text(400)
    judged(small)
    first = calls(lambda: report("m.yaml", BytesIO(small.encode()), Rules()))
    second = calls(lambda: report("m.yaml", BytesIO(large.encode()), Rules()))
    assert second < 1.5 * 8 * first


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("metadata:\n\tname: a\n", "(this is a tab: YAML is indented by blanks)"),
        ("metadata:\n  name: {{ .Values.name }}\n", "(a template is no YAML yet"),
        ("{{- if .Values.import }}\na: 1\n", "(a template is no YAML yet"),
        ("{% for x in y %}\na: 1\n", "(a template is no YAML yet"),
    ],
)
def test_what_is_often_taken_for_yaml_is_told_from_it(text: str, hint: str) -> None:
    [error] = judged("a: 1\n---\n" + text).errors
    assert hint in error.message
