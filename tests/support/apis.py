"""An API of our own making for tests: objects of clusters, and a custom resource."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from pyimagestream.generator.directory import Layout, files
from pyimagestream.golang.yaml.reader import read_kubectl
from pyimagestream.model.api import Api
from pyimagestream.model.choice import chosen
from pyimagestream.model.openapi.reader import read_api

DATA = Path(__file__).parent.parent / "data" / "openapi"


@cache
def api() -> Api:
    """The documents in tests/data/openapi."""
    cluster = json.loads((DATA / "cluster.json").read_text(encoding="utf-8"))
    backups = crds((DATA / "backups.yaml").read_text(encoding="utf-8"))
    return chosen(read_api([("cluster.json", cluster), *backups]))


def crds(text: str) -> list[tuple[str, object]]:
    """CustomResourceDefinitions in YAML, as a reader takes them."""
    return [("crds.yaml", reading.value) for reading in read_kubectl(text)]


def library(directory: Path, layout: Layout = "compact") -> Path:
    """A directory with the generated libraries of `api`."""
    for name, text in _files(layout).items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return directory


@cache
def _files(layout: Layout) -> dict[str, str]:
    return files(api(), layout)
