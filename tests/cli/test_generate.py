"""``generate``: from a document to a directory of libraries, whole or not at all."""

import io
import json
import sys

import pytest
from support.openapi import document, kind, obj, ref

from pyimagestream.cli.main import main

CART, SPEC = "com.acme.api.shop.v1.Cart", "com.acme.api.shop.v1.CartSpec"
DOCUMENT = document(
    {
        CART: kind("shop.acme.com", "v1", "Cart", spec=ref(SPEC)),
        SPEC: obj(size={"type": "integer"}),
        "com.acme.api.core.v1.Thing": obj(gone=ref("com.acme.Gone")),
    }
)
CRD = """
apiVersion: v1
kind: ConfigMap
---
kind: CustomResourceDefinition
spec:
  group: acme.com
  names: { kind: Widget }
  versions: [{ name: v1, schema: { openAPIV3Schema: { properties: { spec: {} } } } }]
"""


@pytest.fixture
def generate(tmp_path, monkeypatch, capsys):
    """Runs the command in a directory with a document; gives its exit code and its output."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "openapi.json").write_text(json.dumps(DOCUMENT))

    def run(*words):
        code: object
        try:
            code = main(["generate", *words])
        except SystemExit as exit:
            code = exit.code
        return code, *capsys.readouterr()

    return run


def made(tmp_path, where="lib"):
    """The files of a directory, but for what is there to be read."""
    root = tmp_path / where
    found = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    return {path for path in found if not path.startswith("docs/")}


def test_a_document_becomes_a_directory_of_libraries(generate, tmp_path):
    code, out, err = generate("--openapi", "openapi.json", "-o", "lib")
    assert (code, out) == (
        0,
        "lib: 1 kind of 3 group versions: 18 files written, 0 files removed\n",
    )
    assert err.startswith("warning: openapi.json: /definitions/com.acme.api.core.v1.Thing/")
    assert {"main.libsonnet", "shop_v1.libsonnet", "pyimagestream.json"} <= made(tmp_path)


def test_a_group_a_kind_and_a_layout_are_chosen(generate, tmp_path):
    words = ("--group", "shop", "--kind", "Cart", "--layout", "reference")
    code, _, err = generate("--openapi", "openapi.json", *words, "-o", "lib")
    assert (code, err) == (0, "")
    assert {name for name in made(tmp_path) if "/v1/" in name} == {
        "_gen/shop/v1/cart.libsonnet",
        "_gen/shop/v1/main.libsonnet",
    }


def test_standard_input_and_directories_are_read(generate, tmp_path, monkeypatch):
    crds = tmp_path / "crds" / "deep"
    crds.mkdir(parents=True)
    (crds / "widget.yaml").write_text(CRD)
    (crds / "README.md").write_text("no document")
    (crds / "values.yaml").write_text("a: 1")
    stdin = io.TextIOWrapper(io.BytesIO(json.dumps(DOCUMENT).encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    code, out, _ = generate("--openapi", "-", "--openapi", "crds", "-o", "lib")
    assert (code, out.split(":")[1]) == (0, " 2 kinds of 4 group versions")
    assert "acme_v1.libsonnet" in made(tmp_path)


def test_what_is_no_longer_made_goes_and_what_is_not_ours_stays(generate, tmp_path):
    generate("--openapi", "openapi.json", "-o", "lib")
    (tmp_path / "lib" / "mine.libsonnet").write_text("{}")
    _, out, _ = generate("--openapi", "openapi.json", "--group", "shop", "-o", "lib")
    assert out.endswith("files written, 9 files removed\n")
    expected = {"main.libsonnet", "shop_v1.libsonnet", "pyimagestream.json", "mine.libsonnet"}
    assert made(tmp_path) == expected


def test_files_whose_line_ends_git_has_changed_are_still_ours(generate, tmp_path):
    generate("--openapi", "openapi.json", "-o", "lib")
    before = {path: path.read_bytes() for path in (tmp_path / "lib").rglob("*.*")}
    for path, content in before.items():
        path.write_bytes(content.replace(b"\n", b"\r\n"))
    code, *_ = generate("--openapi", "openapi.json", "-o", "lib")
    assert code == 0
    assert {path: path.read_bytes() for path in (tmp_path / "lib").rglob("*.*")} == before


def test_a_file_of_others_is_not_overwritten_and_nothing_else_is_written(generate, tmp_path):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "main.libsonnet").write_text("{}")
    code, _, err = generate("--openapi", "openapi.json", "--group", "shop", "-o", "lib")
    assert code == 1
    assert err.endswith("lib/main.libsonnet: is not ours: choose another directory\n")
    assert made(tmp_path) == {"main.libsonnet"}
    assert (tmp_path / "lib" / "main.libsonnet").read_text() == "{}"


def test_a_broken_document_leaves_everything_as_it_was(generate, tmp_path):
    generate("--openapi", "openapi.json", "-o", "lib")
    before = {path: path.read_bytes() for path in (tmp_path / "lib").rglob("*.*")}
    broken = document({SPEC: obj(size={"type": "int"})})
    (tmp_path / "openapi.json").write_text(json.dumps(broken))
    code, out, err = generate("--openapi", "openapi.json", "-o", "lib")
    assert (code, out) == (1, "")
    assert err.startswith(f"openapi.json: /definitions/{SPEC}/properties/size/type: must be one of")
    assert err.count("\n") == 1
    assert {path: path.read_bytes() for path in (tmp_path / "lib").rglob("*.*")} == before


def test_check_writes_nothing_and_says_what_is_stale(generate, tmp_path):
    words = ("--openapi", "openapi.json", "--group", "shop", "-o", "lib")
    code, out, err = generate(*words, "--check")
    assert (code, out, err.count(" is stale\n")) == (1, "", 9)
    assert not (tmp_path / "lib").exists()
    generate(*words)
    assert generate(*words, "--check") == (0, "", "")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.json", "{", "a.json:1:2: this is no JSON: expecting property name"),
        ("a.yaml", "a: [", "a.yaml:2:1: "),
        ("a.json", "", "a.json: is empty"),
        ("a.json", '{"kind": "Pod"}', "a.json: must be an OpenAPI document"),
        ("a.yaml", "a: 1\n---\nb: 2\n", "a.yaml: must be an OpenAPI document"),
    ],
)
def test_what_is_no_document_is_one_error(generate, tmp_path, name, text, expected):
    (tmp_path / name).write_text(text)
    code, _, err = generate("--openapi", name, "-o", "lib")
    assert code == 1
    assert err.startswith(expected)
    assert err.count("\n") == 1


def test_what_is_not_there_is_one_error(generate, tmp_path):
    (tmp_path / "empty").mkdir()
    _, _, err = generate("--openapi", "none.json", "-o", "lib")
    assert err == "none.json: there is no such file\n"
    _, _, err = generate("--openapi", "empty", "-o", "lib")
    assert err.startswith("empty: there is no OpenAPI document")
    _, _, err = generate("--openapi", "openapi.json", "--group", "shp", "-o", "lib")
    assert err == "there is no group 'shp': there is core, meta, shop\n"


@pytest.mark.parametrize(
    "words", [("--group", "a"), ("-o", "lib"), ("--openapi", "openapi.json"), ("--layout", "x")]
)
def test_flags_that_need_one_another_are_wrong_usage_alone(generate, words):
    code, _, err = generate(*words)
    assert code == 2
    assert "usage: pyimagestream generate" in err


def test_definitions_that_double_at_each_step_are_one_error(generate, tmp_path):
    steps = {f"acme.A{n}": obj(a=ref(f"acme.A{n + 1}"), b=ref(f"acme.A{n + 1}")) for n in range(30)}
    doubling = {**steps, "acme.A30": obj(), CART: kind("a.b", "v1", "Cart", spec=ref("acme.A0"))}
    (tmp_path / "openapi.json").write_text(json.dumps(document(doubling)))
    code, _, err = generate("--openapi", "openapi.json", "-o", "lib")
    assert (code, (tmp_path / "lib").exists()) == (1, False)
    assert err.endswith("has more than 100000 fields, with all it refers to\n")


@pytest.mark.parametrize("layout", ["compact", "reference"])
def test_what_is_nested_too_deeply_for_a_library_is_one_error(generate, tmp_path, layout):
    count = 1100  # more than Python nests calls
    steps = {f"acme.A{n}": obj(a=ref(f"acme.A{n + 1}")) for n in range(count)}
    chain = {**steps, f"acme.A{count}": obj(), CART: kind("a.b", "v1", "Cart", spec=ref("acme.A0"))}
    (tmp_path / "openapi.json").write_text(json.dumps(document(chain)))
    code, _, err = generate("--openapi", "openapi.json", "-o", "lib", "--layout", layout)
    assert (code, (tmp_path / "lib").exists()) == (1, False)
    assert err.endswith("nested too deeply\n")


def test_a_schema_that_is_nested_too_deeply_for_a_library_is_one_error(generate, tmp_path):
    inner = obj()
    for _ in range(150):
        inner = obj(a=inner)
    deep = document({CART: kind("a.b", "v1", "Cart", spec=inner)})
    (tmp_path / "openapi.json").write_text(json.dumps(deep))
    code, _, err = generate("--openapi", "openapi.json", "-o", "lib")
    assert (code, (tmp_path / "lib").exists()) == (1, False)
    assert err.endswith("nested too deeply\n")
