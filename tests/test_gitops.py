"""The recipes of docs/gitops.md, run as far as they go without Argo CD and Flux."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from pyimagestream.cli.main import main

PAGE = (Path(__file__).parent.parent / "docs" / "gitops.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def objects() -> dict[str, Any]:
    found = [each for block in blocks("yaml") for each in yaml.safe_load_all(block)]
    return {each["kind"]: each for each in found if "kind" in each}


def command(words: list[str], capfd: pytest.CaptureFixture[str]) -> str:
    assert words[0] == "pyimagestream"
    assert main(words[1:]) == 0, capfd.readouterr().err
    return capfd.readouterr().out


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    [template] = blocks("jsonnet")
    (tmp_path / "jsonnetfile.json").write_text("{}")
    base = tmp_path / "environments" / "dev"
    base.mkdir(parents=True)
    (base / "spec.json").write_text('{"spec": {"namespace": "images"}}')
    (base / "main.jsonnet").write_text(template)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_show_prints_is_on_the_page(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    words, _, printed = blocks("console")[0].removeprefix("$ ").partition("\n")
    main_file = project / "environments" / "dev" / "main.jsonnet"
    main_file.write_text(f"({main_file.read_text()}).import_")
    assert command(shlex.split(words), capfd) == printed


def test_the_plugin_of_argo_cd_prints_the_streams_of_the_directory_it_runs_in(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    plugin, application = objects()["ConfigManagementPlugin"], objects()["Application"]
    source = application["spec"]["source"]
    assert source["plugin"]["name"] == plugin["metadata"]["name"]
    monkeypatch.chdir(source["path"])
    assert Path(plugin["spec"]["discover"]["fileName"]).is_file()
    [stream] = yaml.safe_load_all(command(plugin["spec"]["generate"]["command"], capfd))
    assert stream["kind"] == "ImageStream"
    assert stream["metadata"]["namespace"] == application["spec"]["destination"]["namespace"]
    assert stream["spec"]["lookupPolicy"] == {"local": True}
    assert [tag["name"] for tag in stream["spec"]["tags"]] == ["2.7", "latest"]
    assert all("generation" not in tag for tag in stream["spec"]["tags"])


def test_the_plugin_needs_nothing_it_can_write_to(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    before = sorted(project.rglob("*"))
    monkeypatch.delenv("HOME")
    monkeypatch.chdir("environments/dev")
    command(objects()["ConfigManagementPlugin"]["spec"]["generate"]["command"], capfd)
    assert sorted(project.rglob("*")) == before


def test_the_job_for_flux_fills_the_folder_that_the_kustomization_applies(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    *ours, push = blocks("sh")[0].splitlines()
    for line in ours:
        command(shlex.split(line), capfd)
    repository, kustomization = objects()["OCIRepository"], objects()["Kustomization"]
    assert f"{repository['spec']['url']}:{repository['spec']['ref']['tag']}" in push
    assert "--path=out" in push
    folder = project / "out" / kustomization["spec"]["path"]
    [file] = [path for path in (project / "out").rglob("*") if path.is_file()]
    assert file == folder / "ImageStream-ruby.yaml"


def test_the_page_links_to_what_is_there() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)", PAGE)
    assert links
    assert all((Path(__file__).parent.parent / "docs" / link).exists() for link in links)
