"""The pages tell the truth: their templates, commands and code are run, see `support.pages`."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.generated import FILES
from support.imageserver import ImageServer, State
from support.making import QUICK, image, manifest
from support.pages import ROOT, Run, blocks, fences

from pyimagestream.cluster.budget import Limits

DOCS = ROOT / "docs"
PAGES = {
    path.relative_to(DOCS).as_posix(): path
    for path in sorted(DOCS.rglob("*.md"))
    if path.relative_to(ROOT).as_posix() not in FILES
}
PAGES["../README.md"] = ROOT / "README.md"
OWN = {"gitops.md"}
"""Pages with a test module of their own."""

RUN = ("console", "sh", "python")
"""The languages of blocks before which a scene changes."""

ADDRESS = "https://api.dev.example.com:6443"
"""What the pages call the cluster."""

APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

Scene = Iterator[None]


def _digest(start: str) -> str:
    return f"sha256:{start:0<64}"


def _environment(*manifests: object) -> None:
    base = Path("environments/dev")
    base.mkdir(parents=True, exist_ok=True)
    Path("jsonnetfile.json").write_text("{}")
    spec = {"metadata": {"name": "environments/dev"}, "spec": {"namespace": "images"}}
    spec["spec"]["apiServer"] = Path("address").read_text()
    (base / "spec.json").write_text(json.dumps(spec))
    (base / "main.jsonnet").write_text(json.dumps(manifests))


def workflow(state: State) -> Scene:
    """An environment, and for each export a folder that is not there yet."""
    _environment(manifest("quay.io/org/ruby:2.7", name="ruby"))
    while True:
        shutil.rmtree("out", ignore_errors=True)
        yield


def cluster(state: State) -> Scene:
    """What the two tables of the page are about: an import of four tags, then an image stream."""
    quay, legacy = "quay.io/org/ruby", {"importMode": "Legacy"}
    first, second, third = map(_digest, ("3e1fbf755532", "5d8347690e14", "caf1f0b6ebc6"))
    state.registry |= {f"{quay}:2.7": first, f"{quay}:3.0": second, f"{quay}:3.1": third}
    has = {"2.7": first, "3.0": first, "latest": first, "2.5": third}
    specs = {tag: _spec_tag(tag, f"{quay}:{tag}", importPolicy=legacy) for tag in has}
    specs["latest"] = {"name": "latest", "from": {"kind": "ImageStreamTag", "name": "3.0"}}
    applied = {"spec": {"tags": list(specs.values())}}
    state.streams["images/ruby"] = {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStream",
        "metadata": {
            "name": "ruby",
            "namespace": "images",
            "resourceVersion": "1",
            "uid": "u",
            "annotations": {APPLIED: json.dumps(applied)},
        },
        "spec": {"tags": [{**spec, "generation": 1} for spec in specs.values()]},
        "status": {
            "tags": [
                {
                    "tag": tag,
                    "items": [
                        {
                            "image": digest,
                            "dockerImageReference": f"{quay}@{digest}",
                            "generation": 1,
                        }
                    ],
                }
                for tag, digest in has.items()
            ]
        },
    }
    entries = [
        image(f"{quay}:{tag}", tag, importPolicy=legacy) for tag in ("2.7", "3.0", "3.1", "9.9")
    ]
    wanted = manifest(*entries, name="ruby", metadata={"namespace": "images"})
    _environment(
        wanted, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}
    )
    yield
    tags = [
        _spec_tag("2.7", f"{quay}:2.7", importPolicy={**legacy, "scheduled": True}),
        _spec_tag("3.0", f"{quay}:3.0", importPolicy={"importMode": "PreserveOriginal"}),
        specs["latest"],
    ]
    _environment(
        {
            "apiVersion": "image.openshift.io/v1",
            "kind": "ImageStream",
            "metadata": {"name": "ruby", "namespace": "images"},
            "spec": {"tags": tags},
        }
    )
    yield
    _environment(wanted)


def _spec_tag(name: str, source: str, **rest: object) -> dict[str, object]:
    return {"name": name, "from": {"kind": "DockerImage", "name": source}, **rest}


SCENES: dict[str, Callable[[State], Scene]] = {
    "cluster.md": cluster,
    "howto/review.md": cluster,
    "workflow.md": workflow,
}
"""What is there before each console block of a page."""


@pytest.fixture
def run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    server: ImageServer,
    kubeconfig: Callable[..., Path],
) -> Run:
    kubeconfig(server.url)
    monkeypatch.setattr(Limits, "pause", lambda limits, tries: QUICK.backoff)
    directory = tmp_path / "page"
    directory.mkdir()
    monkeypatch.chdir(directory)
    (directory / "address").write_text(server.url)
    return Run(tmp_path / "programs", {server.url: ADDRESS})


@pytest.mark.parametrize("name", sorted(set(PAGES) - OWN))
def test_what_a_page_shows_is_what_happens(name: str, run: Run, state: State) -> None:
    state.namespaces |= {"images", "images-dev"}
    for tag, start in (("3.3", "8c1a"), ("3.4", "f00d")):
        state.registry[f"quay.io/sclorg/ruby:{tag}"] = _digest(start)
    scene = SCENES[name](state) if name in SCENES else iter(())
    for block in blocks(PAGES[name]):
        if block.language in RUN and not block.reason:
            next(scene, None)
        try:
            run.block(block)
        except AssertionError as error:
            raise AssertionError(f"{name}:{block.line}: {error}") from None


NOT_RUN = {
    "a cluster": 10,
    "a container engine": 2,
    "a project of yours": 1,
    "a scheduler": 1,
    "commodore": 1,
    "jb": 1,
    "kapitan": 1,
    "kustomize": 1,
    "the package index": 4,
}
"""What the blocks need that are not run, and how many these are."""


def test_every_block_is_run_but_these() -> None:
    reasons = [block.reason for path in PAGES.values() for block in blocks(path) if block.reason]
    assert Counter(reasons) == {f"needs {what}": count for what, count in NOT_RUN.items()}


@pytest.mark.parametrize("name", PAGES)
def test_a_block_has_a_language_and_stands_where_it_is_found(name: str) -> None:
    found = blocks(PAGES[name])
    assert len(found) == fences(PAGES[name])
    assert [block.line for block in found if not block.language] == []


def test_generated_pages_show_signatures_only() -> None:
    for name in FILES:
        if name.endswith(".md"):
            assert {block.language for block in blocks(ROOT / name)} <= {"ts"}


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    named = set(re.findall(r": ([\w/.-]+\.md)$", navigation, re.MULTILINE))
    assert named >= {name for name in PAGES if not name.startswith("..")}
