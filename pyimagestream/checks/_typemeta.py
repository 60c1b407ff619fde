"""The version and the kind of a manifest.

Source: the request handler of k8s.io/apiserver.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..model.definition import Definition
from ._faults import NOT_SUPPORTED, TYPE_INVALID, Fault, show

_NAMES = {"apiversion": "apiVersion", "kind": "kind"}


def uncreatable(definition: Definition) -> Iterator[Fault]:
    """Why a manifest of the kind is of no use: then nothing else matters."""
    if not definition.creatable:
        message = "can only be read: the server makes it"
        yield Fault(("kind",), definition.kind, message, NOT_SUPPORTED)


def type_meta(manifest: Any, definition: Definition) -> Iterator[Fault]:
    """What is wrong with them: then the server does not look at the rest.

    It looks them up before it decodes, whatever the case of their names, with Go's
    encoding/json, where the last field of a name counts.
    """
    last: dict[str, tuple[str, str]] = {}
    for key, text in manifest.items() if isinstance(manifest, dict) else ():
        name = _NAMES.get(key.casefold()) if isinstance(key, str) else None
        if name and text is not None:
            if isinstance(text, str):
                last[name] = key, text
            else:
                yield Fault((key,), text, f"must be a string, not {show(text)}", TYPE_INVALID)
    wanted = {"apiVersion": definition.api_version, "kind": definition.kind}
    # Whatever of it is left out, the server takes from the URL of the request.
    silent = {"apiVersion": ("", "/", f"{definition.group}/"), "kind": ("",)}
    for name, (key, text) in last.items():
        if text not in (wanted[name], *silent[name]):
            message = f"must be {wanted[name]}, not {show(text)}"
            yield Fault((key,), text, message, NOT_SUPPORTED)
