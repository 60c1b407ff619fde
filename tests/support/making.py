"""Short ways to write manifests, digests and environments, and what the fixtures hand out."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyimagestream.cluster.budget import Limits
from support.imageserver import ImageServer

QUICK = Limits(request=60, backoff=0.001, longest_backoff=0.002)


@dataclass(frozen=True)
class Certificates:
    """Paths of PEM files: a CA, a server's and a client's certificate with their keys."""

    ca: Path
    server: tuple[Path, Path]
    client: tuple[Path, Path]

    def context(self, *, client_required: bool = False) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(self.ca))
        context.load_cert_chain(*map(str, self.server))
        if client_required:
            context.verify_mode = ssl.CERT_REQUIRED
        return context


Serve = Callable[..., ImageServer]


def digest(number: int) -> str:
    return "sha256:" + f"{number:08x}" * 8


def image(name: str, to: str | None = None, **rest: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {"from": {"kind": "DockerImage", "name": name}, **rest}
    return entry | ({"to": {"name": to}} if to else {})


def manifest(*images: Any, name: str = "app", **rest: Any) -> dict[str, Any]:
    """An ImageStreamImport; a pull spec alone stands for an entry of `spec.images`.

    `rest` are further fields of `spec`, but for `metadata`.
    """
    metadata = {"name": name, "namespace": "ns", **rest.pop("metadata", {})}
    entries = [image(entry) if isinstance(entry, str) else entry for entry in images]
    spec = {"import": True, **({"images": entries} if entries else {}), **rest}
    return {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStreamImport",
        "metadata": metadata,
        "spec": spec,
    }


def environment_of(server: str) -> dict[str, Any]:
    return {
        "apiVersion": "tanka.dev/v1alpha1",
        "kind": "Environment",
        "metadata": {"name": "environments/dev"},
        "spec": {"apiServer": server, "namespace": "ns"},
    }
