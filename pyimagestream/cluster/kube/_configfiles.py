"""The kubeconfig files as kubectl finds, reads and merges them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from ...errors import ClusterError
from ._files import read_small
from ._shape import Shape, misfit

# Where a kubeconfig may hold a path, which is relative to the file it stands in.
PATHS = {
    "clusters": ("certificate-authority",),
    "users": ("client-certificate", "client-key", "tokenFile"),
}

KUBECONFIG: Shape = {
    "current-context": str,
    "clusters": [
        {
            "name": str,
            "cluster": {
                "server": str,
                "certificate-authority": str,
                "certificate-authority-data": str,
                "insecure-skip-tls-verify": bool,
                "proxy-url": str,
            },
        }
    ],
    "contexts": [{"name": str, "context": {"cluster": str, "user": str}}],
    "users": [
        {
            "name": str,
            "user": {
                "token": str,
                "tokenFile": str,
                "client-certificate": str,
                "client-certificate-data": str,
                "client-key": str,
                "client-key-data": str,
                "username": str,
                "password": str,
                "exec": {
                    "apiVersion": str,
                    "command": str,
                    "args": [str],
                    "env": [{"name": str, "value": str}],
                    "interactiveMode": str,
                    "installHint": str,
                },
            },
        }
    ],
}


def kubeconfig_files(environ: Mapping[str, str]) -> list[Path]:
    """The kubeconfig files that exist, in kubectl's order.

    What exists and is no file, such as a pipe, is among them: to pass it over
    might lead to another cluster.
    """
    listed = environ.get("KUBECONFIG") or "~/.kube/config"
    paths = [os.path.expanduser(part) for part in listed.split(os.pathsep) if part]
    return [Path(path).absolute() for path in paths if os.path.exists(path)]


def merge(files: Iterable[Path]) -> dict[str, Any]:
    """Several kubeconfig files as one, kubectl's way: the first to say something wins."""
    merged: dict[str, Any] = {"current-context": None}
    sections: dict[str, dict[str, Any]] = {"clusters": {}, "contexts": {}, "users": {}}
    for path in files:
        content = _read(path)
        merged["current-context"] = merged["current-context"] or content.get("current-context")
        for section, entries in sections.items():
            for entry in content.get(section) or []:
                value = entry.get(section.removesuffix("s")) or {}
                value = _absolute(value, section, path.parent)
                entries.setdefault(entry.get("name") or "", value)
    return merged | sections


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(read_small(path).decode())
    except yaml.MarkedYAMLError as error:
        # Anything else the error says may quote the file, and the file holds secrets.
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ClusterError(f"kubeconfig {path}:{line}: not valid YAML") from None
    except OSError as error:
        raise ClusterError(f"kubeconfig {path}: {error.strerror}") from None
    except Exception as error:  # the reader of YAML fails in many ways over odd values
        raise ClusterError(f"kubeconfig {path}: unreadable ({type(error).__name__})") from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ClusterError(f"kubeconfig {path}: not an object")
    if place := misfit(content, KUBECONFIG):
        raise ClusterError(f"kubeconfig {path}: {place[1:]} has the wrong type")
    return content


def _absolute(value: dict[str, Any], section: str, folder: Path) -> dict[str, Any]:
    paths: dict[str, Any] = {
        key: str(folder / value[key]) for key in PATHS.get(section, ()) if value.get(key)
    }
    plugin = (value.get("exec") or {}) if section == "users" else {}  # elsewhere it may be anything
    if os.sep in (plugin.get("command") or ""):
        plugin = plugin | {"command": str(folder / plugin["command"])}
        paths["exec"] = plugin
    return value | paths
