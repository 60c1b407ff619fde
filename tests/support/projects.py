"""A project in a temporary directory."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
def closed(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of directories that nobody may list; root could list any."""
    listed = os.scandir

    def refuse(path: Any) -> Any:
        if os.path.basename(path) == "closed":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return listed(path)

    monkeypatch.setattr(os, "scandir", refuse)
    return "closed"


@pytest.fixture
def environments(project: Files) -> Path:
    """A project of three static environments with one ConfigMap each, named like them."""
    for name in ("a", "b", "c"):
        place = f"environments/{name}"
        spec = json.dumps({"metadata": {"labels": {"env": name}}})
        project(**{f"{place}/spec.json": spec, f"{place}/main.jsonnet": config_map(name)})
    return project()
