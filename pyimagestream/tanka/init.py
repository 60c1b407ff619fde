"""Lays out a new project, for this tool and for Tanka alike."""

from __future__ import annotations

import json
from pathlib import Path

from ..errors import PyimagestreamError
from ..evaluation.settings import StrPath
from ..generator.path import library_path
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
            referencePolicy: { type: 'Local' },
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

    The library is copied to ``lib/``, where Tanka finds it and jsonnet-bundler leaves
    it alone (it clears ``vendor/``). `inline` makes an inline environment. Raises
    `PyimagestreamError` when the directory has other content, unless `force` is
    given; files that exist are never overwritten.
    """
    root = Path(directory)
    environment = root / "environments" / "default"
    files = {root / "jsonnetfile.json": _json(_JSONNETFILE), root / "vendor" / ".gitkeep": ""}
    for library in sorted(library_path().glob("*.libsonnet")):
        files[root / "lib" / library.name] = library.read_text(encoding="utf-8")
    if inline:
        files[environment / "main.jsonnet"] = _INLINE
        files[environment / "imports.libsonnet"] = _IMPORTS
    else:
        files[environment / "main.jsonnet"] = _IMPORTS
        files[environment / "spec.json"] = _json(
            {
                "apiVersion": API_VERSION,
                "kind": "Environment",
                "metadata": {"name": "environments/default"},
                "spec": {"namespace": "default"},
            }
        )
    try:
        if root.is_dir() and any(root.iterdir()) and not force:
            raise PyimagestreamError(
                f"{root}: the directory is not empty: use --force to add to it"
            )
        written = [path for path in files if not path.exists()]
        for path in written:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
    except OSError as error:
        raise PyimagestreamError(f"{root}: {error}") from None
    return written


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"
