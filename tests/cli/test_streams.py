"""The commands on an environment with ImageStreams and other kinds of the group."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.imageserver import ImageServer, State
from support.making import digest, environment_of, manifest

from pyimagestream.cli.main import main

GROUP = {"apiVersion": "image.openshift.io/v1"}
STREAM = {
    **GROUP,
    "kind": "ImageStream",
    "metadata": {"name": "web", "namespace": "ns"},
    "spec": {
        "tags": [
            {"name": "v1", "from": {"kind": "DockerImage", "name": "r/app:v1"}},
            {"name": "latest", "from": {"kind": "ImageStreamTag", "name": "v1"}},
        ]
    },
}
TAG = {
    **GROUP,
    "kind": "ImageStreamTag",
    "metadata": {"name": "web:v2", "namespace": "ns"},
    "tag": {"from": {"kind": "DockerImage", "name": "r/app:v2"}},
}


@pytest.fixture
def project(tmp_path: Path, server: ImageServer, kubeconfig: Callable[..., Path]) -> Any:
    kubeconfig(server.url)
    (tmp_path / "jsonnetfile.json").write_text("{}")
    base = tmp_path / "environments" / "dev"
    base.mkdir(parents=True)
    (base / "spec.json").write_text(json.dumps(environment_of(server.url)))

    def write(*manifests: Any) -> str:
        (base / "main.jsonnet").write_text(json.dumps(list(manifests)))
        return str(base)

    return write


@pytest.fixture(autouse=True)
def registry(state: State) -> None:
    state.registry |= {"r/app:v1": digest(1), "r/app:v2": digest(2)}


def test_diff_has_the_warnings_of_the_server_about_streams_in_its_json(
    project: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    source = {"kind": "DockerImage", "name": "r/app:v1"}
    mistyped = {"name": "v1", "from": source, "importPolicy": {"sheduled": True}}
    assert main(["diff", "--json", project({**STREAM, "spec": {"tags": [mistyped]}})]) == 16
    warnings = json.loads(capfd.readouterr().out)["warnings"]
    assert warnings == ['unknown field "spec.images[0].importPolicy.sheduled"']


def test_diff_tells_what_comes_of_the_tags_of_a_stream(
    project: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", project(STREAM)]) == 16
    assert capfd.readouterr().out == (
        "STREAM  TAG     WHEN APPLIED  DIGEST        FROM\n"
        "ns/web  v1      imported      000000010000  r/app:v1\n"
        "ns/web  latest  copied                      v1\n"
        "ns/web: is made\n"
        "ns/web:latest: follows v1, which is imported\n"
        "1 imported, 1 copied\n"
    )


def test_diff_has_imports_and_streams_for_programs_too(
    project: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", project(STREAM, manifest("r/app:v2")), "--json"]) == 16
    data = json.loads(capfd.readouterr().out)
    assert [tag["change"] for tag in data["tags"]] == ["new"]
    assert [tag["change"] for each in data["streams"] for tag in each["tags"]] == ["import", "copy"]


def test_apply_runs_the_imports_only_and_says_how_to_apply_the_rest(
    project: Any, state: State, capfd: pytest.CaptureFixture[str]
) -> None:
    path = project(STREAM, TAG, manifest("r/app:v2"))
    assert main(["apply", path, "--auto-approve"]) == 0
    assert state.written == [("ns/app", "v2")]
    command = f"pyimagestream show {path} -t '!ImageStreamImport/.*' | oc apply -f -"
    assert f"what is no import is applied with: {command}\n" in capfd.readouterr().err
    assert main(["apply", path, "--auto-approve", "-V", "a=b"]) == 0
    assert f" applied with: {command}, with the same flags\n" in capfd.readouterr().err


def test_what_that_command_shows_are_the_others(
    project: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    path = project(STREAM, TAG, manifest("r/app:v2"))
    assert main(["show", path, "-t", "!ImageStreamImport/.*"]) == 0
    out = capfd.readouterr().out
    kinds = [line for line in out.splitlines() if line.startswith("kind:")]
    assert kinds == ["kind: ImageStream", "kind: ImageStreamTag"]


def test_validate_and_export_meet_every_kind(
    project: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = project(STREAM, TAG, manifest("r/app:v2"))
    assert main(["validate", path, "--ignore", "W004"]) == 0
    assert "3 manifests, 0 problems" in capfd.readouterr().err
    for _ in range(2):  # the second time from the cache
        out = tmp_path / "out"
        assert main(["export", str(out), path, "--merge-strategy", "replace-envs"]) == 0
        assert len(list(out.glob("*.yaml"))) == 3


def test_validate_names_the_field_and_the_place_of_a_wrong_value_in_a_stream(
    project: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    path = project()
    code = """local o = (import 'main.libsonnet').image.v1;
    o.imageStream.new('web') + o.imageStream.spec.withTags([
      o.tagReference.fromDockerImage('v1', 'r/App'),
    ])"""
    (Path(path) / "main.jsonnet").write_text(code)
    assert main(["validate", path]) == 1
    out, err = capfd.readouterr()
    assert "spec.tags[v1].from.name: " in out + err
