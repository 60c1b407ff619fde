"""A project in a temporary directory."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Files = Callable[..., Path]


def config_map(name: str) -> str:
    return f"{{ apiVersion: 'v1', kind: 'ConfigMap', metadata: {{ name: '{name}' }} }}"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """Writes files into a project, `jsonnetfile.json` among them, and goes there."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "jsonnetfile.json").write_text("{}")
    monkeypatch.chdir(root)

    def write(**files: str) -> Path:
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return root

    return write


@pytest.fixture
def environments(project: Files) -> Path:
    """A project of three static environments with one ConfigMap each, named like them."""
    for name in ("a", "b", "c"):
        place = f"environments/{name}"
        spec = json.dumps({"metadata": {"labels": {"env": name}}})
        project(**{f"{place}/spec.json": spec, f"{place}/main.jsonnet": config_map(name)})
    return project()
