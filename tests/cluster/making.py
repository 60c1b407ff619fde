"""Short ways to write manifests and digests."""

from __future__ import annotations

from typing import Any


def digest(number: int) -> str:
    return "sha256:" + f"{number:08x}" * 8


def image(name: str, to: str | None = None, **rest: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {"from": {"kind": "DockerImage", "name": name}, **rest}
    return entry | ({"to": {"name": to}} if to else {})


def manifest(*images: Any, name: str = "app", **rest: Any) -> dict[str, Any]:
    """An ImageStreamImport; a pull spec alone stands for an entry of `spec.images`."""
    metadata = {"name": name, "namespace": "ns", **rest.pop("metadata", {})}
    entries = [image(entry) if isinstance(entry, str) else entry for entry in images]
    spec = {"import": True, **({"images": entries} if entries else {}), **rest}
    return {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStreamImport",
        "metadata": metadata,
        "spec": spec,
    }
