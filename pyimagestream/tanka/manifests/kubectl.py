"""What kubectl asks for and the server does not."""

from __future__ import annotations

from typing import Any

from ...model.group import API_VERSION


def for_kubectl(manifest: dict[str, Any]) -> dict[str, Any]:
    """An import with the fields kubectl asks for; any other manifest as it is.

    The API document of the server says that an ImageStreamImport has a ``status`` and a
    ``spec.import``, and by that document kubectl refuses a manifest without them before it
    sends anything. The server takes an empty status and false where they are left out.
    """
    if manifest.get("kind") != "ImageStreamImport" or manifest.get("apiVersion") != API_VERSION:
        return manifest
    completed = dict(manifest)
    if completed.get("status") is None:
        completed["status"] = {}
    spec = completed.get("spec")
    if isinstance(spec, dict) and spec.get("import") is None:
        completed["spec"] = {**spec, "import": False}
    return completed
