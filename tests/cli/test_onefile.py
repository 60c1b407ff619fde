"""One file and no project: its manifests on their way to a cluster."""

import json
import subprocess
import sys

import pytest
import yaml

from pyimagestream.cli.main import main

STREAMS = """
local entry = import 'imageImportSpec.libsonnet';
local isi = import 'imageStreamImport.libsonnet';
local stream(name) = isi.new(name) + isi.spec.withImages([entry.new('quay.io/org/' + name, 'v1')]);
local config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } };
"""
TREE = STREAMS + "{ b: stream('b') + isi.spec.withImport(true), more: [stream('a'), config] }"


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "streams.jsonnet").write_text(TREE)
    return tmp_path / "streams.jsonnet"


def documents(capfd, *arguments):
    assert main([str(argument) for argument in arguments]) == 0, capfd.readouterr().err
    return list(yaml.safe_load_all(capfd.readouterr().out))


def names(manifests):
    return [f"{manifest['kind']}/{manifest['metadata']['name']}" for manifest in manifests]


def test_show_finds_the_manifests_of_a_file_and_adds_nothing(file, capfd, engine):
    shown = documents(capfd, "show", file, "--engine", engine)
    assert names(shown) == ["ConfigMap/c", "ImageStreamImport/a", "ImageStreamImport/b"]
    assert shown[2]["spec"]["images"][0]["to"] == {"name": "v1"}
    assert all(set(manifest["metadata"]) == {"name"} for manifest in shown)


def test_show_takes_targets_variables_and_a_jpath(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "x.libsonnet").write_text("'x-'")
    code = "function(n) { a: config + { metadata+: { name: (import 'x.libsonnet') + n } } }"
    (tmp_path / "f.jsonnet").write_text(STREAMS + code)
    flags = ["-A", "n=1", "-J", "more", "-t", "configmap/.*"]
    assert names(documents(capfd, "show", "f.jsonnet", *flags)) == ["ConfigMap/x-1"]


def test_show_of_a_file_tells_what_is_wrong(file, capfd):
    file.write_text(STREAMS + "{ a: stream('A') }")
    assert main(["show", str(file)]) == 1
    assert "metadata.name: must be lowercase" in capfd.readouterr().err
    for code, place in (("{ a: { b: 1 } }", ".a.b"), ("1", ".")):
        file.write_text(code)
        assert main(["show", str(file)]) == 1
        message = f"{file.name}: {place} is not a valid Kubernetes manifest"
        assert capfd.readouterr().err.startswith(message)
    assert main(["show", str(file), "--name", "a"]) == 1


def test_show_takes_a_file_that_is_a_pipe_as_eval_does(file):
    command = f"cat {file.name} | {sys.executable} -m pyimagestream show /dev/stdin"
    shown = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert (shown.stderr.count("\n"), shown.returncode) == (1, 0)  # a warning
    assert len(list(yaml.safe_load_all(shown.stdout))) == 3


def test_a_file_beside_an_entry_point_is_one(file, capfd):
    (file.parent / "jsonnetfile.json").write_text("{}")
    (file.parent / "main.jsonnet").write_text("{}")
    (file.parent / "spec.json").write_text('{"spec": {"namespace": "ns"}}')
    shown = documents(capfd, "show", file)
    assert {manifest["metadata"]["namespace"] for manifest in shown} == {"ns"}


def test_a_file_in_a_project_imports_what_environments_import(file, capfd):
    for name in ("lib", "vendor", "tests", "tests/vendor"):
        (file.parent / name).mkdir()
        (file.parent / name / "where.libsonnet").write_text(f"'{name}'")
    (file.parent / "vendor" / "only.libsonnet").write_text("'only'")
    (file.parent / "jsonnetfile.json").write_text("{}")
    (file.parent / "tests" / "where.libsonnet").unlink()
    template = file.parent / "tests" / "a.jsonnet"
    template.write_text("local names = [import 'where.libsonnet', import 'only.libsonnet']; names")
    assert documents(capfd, "eval", template, "-o", "yaml") == [["lib", "only"]]
    template.write_text(STREAMS + "config + { data: { a: import 'where.libsonnet' } }")
    [shown] = documents(capfd, "show", template)
    assert shown["data"] == {"a": "lib"}


def test_a_stream_has_a_document_for_each_manifest_or_item(file, capfd):
    assert len(documents(capfd, "eval", file, "-o", "yaml-stream")) == 3
    for code, values in (
        ("[1, { a: 2 }, [3]]", [1, {"a": 2}, [3]]),
        ("{ a: 1 }", [{"a": 1}]),
        ("[]", []),
        ("'text'", ["text"]),
    ):
        assert documents(capfd, "eval", "-e", code, "-o", "yaml-stream") == values


def test_a_stream_leaves_no_value_out_unseen(file, capfd):
    file.write_text(STREAMS + "{ a: config, n: 1 }")
    assert main(["eval", str(file), "-o", "yaml-stream"]) == 1
    message = ".n is not a valid Kubernetes manifest"
    assert capfd.readouterr().err.startswith(f"{file}: {message}")
    assert main(["eval", "-e", file.read_text(), "-o", "yaml-stream"]) == 1
    assert capfd.readouterr().err.startswith(f"<exec>: {message}")


def test_for_kubectl_imports_have_what_it_asks_for(file, capfd):
    config, unset, set_ = documents(capfd, "show", file, "--for-kubectl")
    assert "status" not in config
    assert (unset["status"], unset["spec"]["import"]) == ({}, False)
    assert (set_["status"], set_["spec"]["import"]) == ({}, True)


def test_an_export_can_be_for_kubectl_too(file, capfd):
    place = file.parent / "environments" / "dev"
    place.mkdir(parents=True)
    (file.parent / "jsonnetfile.json").write_text("{}")
    (place / "spec.json").write_text("{}")
    (place / "main.jsonnet").write_text(TREE)
    arguments = ["export", "out", "environments/dev", "--format", "{{.metadata.name}}"]
    assert main([*arguments, "--cache-path", "cache"]) == 0
    plain = yaml.safe_load((file.parent / "out" / "b.yaml").read_text())
    again = [*arguments, "--cache-path", "cache", "--merge-strategy", "replace-envs"]
    assert main([*again, "--for-kubectl"]) == 0
    completed = yaml.safe_load((file.parent / "out" / "b.yaml").read_text())
    assert completed == {**plain, "status": {}}


@pytest.mark.parametrize("text", ["1000680000", "1e6", "1e21", "1e300", "5e-324", "-0.5", "1e-7"])
def test_numbers_are_read_back_as_they_were(text, capfd):
    [value] = documents(capfd, "eval", "-e", f"{{ n: {text}, '=': '=', l: ['<<', '2024-02-31'] }}",
                        "-o", "yaml")  # fmt: skip
    assert value == {"n": json.loads(text), "=": "=", "l": ["<<", "2024-02-31"]}
    assert type(value["n"]) in (int, float)


def test_a_misspelt_environment_is_answered_with_the_one_that_is_there(environments, capfd):
    for name, meant in (
        ("environments/B", "environments/b"),
        ("Environments/a", "environments/a"),
        ("b", "environments/b"),
    ):
        assert main(["show", name]) == 1
        assert f"{name}: there is no such environment (did you mean {meant}?)" in (
            capfd.readouterr().err
        )
    assert main(["export", "out", "enviroments", "-r"]) == 1
    assert "did you mean environments?" in capfd.readouterr().err
    assert main(["show", "quite-else"]) == 1
    assert "did you mean" not in capfd.readouterr().err


def test_two_environments_with_one_stream_are_told_the_format_that_tells_them_apart(project, capfd):
    for name in ("dev", "prod"):
        project(**{f"e/{name}/main.jsonnet": TREE, f"e/{name}/spec.json": "{}"})
    assert main(["export", "out", "e", "-r"]) == 1
    error = capfd.readouterr().err
    assert "have the same file name" in error
    [hint] = [part for part in error.split("'") if part.startswith("{{")]
    assert hint == "{{env.metadata.name}}/{{.kind}}-{{.metadata.name}}"
    assert main(["export", "out", "e", "-r", "--format", hint]) == 0
    assert (project() / "out" / "e-prod" / "ImageStreamImport-b.yaml").exists()


def test_two_namespaces_with_one_stream_are_told_the_format_too(project, capfd):
    streams = "[stream('a') + isi.metadata.withNamespace(n) for n in ['one', 'two']]"
    project(**{"e/dev/main.jsonnet": STREAMS + streams, "e/dev/spec.json": "{}"})
    assert main(["export", "out", "e/dev"]) == 1
    [hint] = [part for part in capfd.readouterr().err.split("'") if part.startswith("{{")]
    assert main(["export", "out", "e/dev", "--format", hint]) == 0
    project(**{"e/dev/main.jsonnet": STREAMS + "[stream('a'), stream('a')]"})
    assert main(["export", "again", "e/dev"]) == 1
    assert "--format" not in capfd.readouterr().err


@pytest.mark.parametrize("inline", [[], ["--inline"]])
def test_a_new_project_gives_no_warning(inline, tmp_path, capfd):
    assert main(["init", str(tmp_path / "new"), *inline]) == 0
    capfd.readouterr()
    assert main(["validate", str(tmp_path / "new"), "--warn-as-error"]) == 0
    assert capfd.readouterr().out == ""


def test_an_inline_environment_tells_which_argument_is_missing(project, capfd, engine):
    data = "{ apiVersion: 'tanka.dev/v1alpha1', kind: 'Environment', metadata: { name: tag } }"
    project(**{"e/main.jsonnet": f"function(tag) {data}"})
    assert main(["show", "e", "--engine", engine]) == 1
    assert "set it with --tla-str tag=..." in capfd.readouterr().err.splitlines()[0]
