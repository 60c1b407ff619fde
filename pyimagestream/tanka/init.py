"""Lays out a new project, for this tool and for Tanka alike."""

from __future__ import annotations

import json
import os
from pathlib import Path

from ..errors import PyimagestreamError
from ..evaluation.settings import StrPath
from ..generator.directory import files as api_files
from ..generator.path import libraries
from ..model.api import Api
from . import folder
from .environment import API_VERSION

_JSONNETFILE = {"version": 1, "dependencies": [], "legacyImports": True}

_IMPORTS = """\
local isi = import 'imageStreamImport.libsonnet';

{
  ruby: isi.new('ruby')
        + isi.spec.withImport(true)
        + isi.spec.withImages([
          {
            from: { kind: 'DockerImage', name: 'registry.access.redhat.com/ubi9/ruby-33:latest' },
            to: { name: '3.3' },
            importPolicy: { scheduled: true },
          },
        ]),
}
"""

_INLINE = """\
{
  default: {
    apiVersion: 'tanka.dev/v1alpha1',
    kind: 'Environment',
    metadata: { name: 'default' },
    spec: { namespace: 'default' },
    data: import 'imports.libsonnet',
  },
}
"""


API = "lib/api"
"""Where the libraries of a cluster's API are."""


def init(
    directory: StrPath = ".", *, inline: bool = False, force: bool = False, api: Api | None = None
) -> list[Path]:
    """Makes a project with one environment; returns the files written.

    The libraries are copied to ``lib/``, where Tanka finds them and jsonnet-bundler leaves
    them alone (it clears ``vendor/``). `inline` makes an inline environment. The libraries of
    an `api` are in ``lib/api/``, and the template knows them as `api`. All files
    are written, or none: raises `PyimagestreamError` when that cannot be, or when the
    directory has other content, unless `force` is given; files that exist are never
    overwritten.
    """
    root = Path(directory)
    environment = "environments/default"
    files = {"jsonnetfile.json": _json(_JSONNETFILE), "vendor/.gitkeep": ""}
    files |= {f"lib/{path}": text for path, text in libraries().items()}
    imports = _IMPORTS
    if api:
        files |= {f"{API}/{path}": text for path, text in api_files(api, "compact").items()}
        imports = _api_import(api) + imports
    if inline:
        files[f"{environment}/main.jsonnet"] = _INLINE
        files[f"{environment}/imports.libsonnet"] = imports
    else:
        files[f"{environment}/main.jsonnet"] = imports
        files[f"{environment}/spec.json"] = _json(
            {
                "apiVersion": API_VERSION,
                "kind": "Environment",
                "metadata": {"name": "environments/default"},
                "spec": {"namespace": "default"},
            }
        )
    with folder.locked(os.path.realpath(root)):
        if not force and not folder.is_empty(os.path.realpath(root)):
            raise PyimagestreamError(
                f"{root}: the directory is not empty: use --force to add to it"
            )
        missing = {name: text for name, text in files.items() if not os.path.lexists(root / name)}
        folder.change(os.path.realpath(root), missing, ())
    return [root / name for name in missing]


def _api_import(api: Api) -> str:
    """The line that makes an API known, with a kind of it for an example."""
    example = next((each for each in api.exported if not each.part), api.exported[0])
    label, version = example.home
    of_group = f".{label}" if label.isidentifier() else f"['{label}']"
    path = f"api{of_group}.{version}.{example.name}"
    example_line = f"// For example {path}: pages are in {API}/docs/.\n"
    return f"{example_line}local api = import 'api/main.libsonnet';\n"


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"
