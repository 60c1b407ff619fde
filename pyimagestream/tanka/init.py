"""Lays out a new project, for this tool and for Tanka alike."""

from __future__ import annotations

import json
import os
from pathlib import Path

from ..errors import PyimagestreamError
from ..evaluation.settings import StrPath
from ..generator.path import libraries
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


def init(directory: StrPath = ".", *, inline: bool = False, force: bool = False) -> list[Path]:
    """Makes a project with one environment; returns the files written.

    The libraries are copied to ``lib/``, where Tanka finds them and jsonnet-bundler leaves
    them alone (it clears ``vendor/``). `inline` makes an inline environment. All files
    are written, or none: raises `PyimagestreamError` when that cannot be, or when the
    directory has other content, unless `force` is given; files that exist are never
    overwritten.
    """
    root = Path(directory)
    environment = "environments/default"
    files = {"jsonnetfile.json": _json(_JSONNETFILE), "vendor/.gitkeep": ""}
    files |= {f"lib/{path}": text for path, text in libraries().items()}
    if inline:
        files[f"{environment}/main.jsonnet"] = _INLINE
        files[f"{environment}/imports.libsonnet"] = _IMPORTS
    else:
        files[f"{environment}/main.jsonnet"] = _IMPORTS
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


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"
