"""An API of our own making for tests: objects of clusters, and a custom resource."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from pyimagestream.golang.yaml.reader import read_kubectl
from pyimagestream.model.api import Api
from pyimagestream.model.naming import API_FILE
from pyimagestream.model.openapi.reader import read_api
from pyimagestream.model.stored import write

DATA = Path(__file__).parent.parent / "data" / "openapi"


@cache
def api() -> Api:
    """The documents in tests/data/openapi."""
    cluster = json.loads((DATA / "cluster.json").read_text(encoding="utf-8"))
    return read_api([("cluster.json", cluster), *crds((DATA / "backups.yaml").read_text())])


def crds(text: str) -> list[tuple[str, object]]:
    """CustomResourceDefinitions in YAML, as a reader takes them."""
    return [("crds.yaml", reading.value) for reading in read_kubectl(text)]


def library(directory: Path) -> Path:
    """A directory that holds the API of `api`."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / API_FILE).write_text(write(api(), "compact"), encoding="utf-8")
    return directory
