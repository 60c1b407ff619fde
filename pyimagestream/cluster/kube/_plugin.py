"""Credential plugins: the command under ``exec`` in a kubeconfig, which hands out a token.

lightkube runs them too, but keeps from the user what they say: one that asks for
a password, or shows the address of a login page, would seem to hang.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping
from typing import Any

import httpx2

from .errors import ClusterError

VERSIONS = tuple(f"client.authentication.k8s.io/{version}" for version in ("v1", "v1beta1"))


class PluginAuth(httpx2.Auth):
    """Sends the token of a plugin, which is run at first and whenever a token is refused."""

    def __init__(self, plugin: Mapping[str, Any]) -> None:
        self._plugin = plugin
        self._name = f"credential plugin {plugin.get('command') or '(no command)'}"
        self._token = ""
        self._lock = threading.Lock()
        if plugin.get("apiVersion") not in VERSIONS:
            raise ClusterError(f"{self._name}: its apiVersion must be {' or '.join(VERSIONS)}")

    def sync_auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        known = self._token
        request.headers["Authorization"] = f"Bearer {known or self._another(known)}"
        response = yield request
        if response.status_code == 401 and known:
            request.headers["Authorization"] = f"Bearer {self._another(known)}"
            yield request

    def _another(self, token: str) -> str:
        """A token other than this one; of several threads that want one, one runs the plugin."""
        with self._lock:
            if self._token == token:
                self._token = self._run()
            return self._token

    def _run(self) -> str:
        """The token the plugin gives. No error quotes its answer, which holds credentials."""
        mode = self._plugin.get("interactiveMode")
        interactive = mode != "Never" and bool(sys.stdin and sys.stdin.isatty())
        if mode == "Always" and not interactive:
            raise ClusterError(f"{self._name}: it has to ask, and standard input is no terminal")
        info = {
            "apiVersion": self._plugin["apiVersion"],
            "kind": "ExecCredential",
            "spec": {"interactive": interactive},
        }
        set_by_user = {entry["name"]: entry["value"] for entry in self._plugin.get("env") or []}
        try:
            done = subprocess.run(
                [self._plugin.get("command") or "", *(self._plugin.get("args") or [])],
                env={**os.environ, **set_by_user, "KUBERNETES_EXEC_INFO": json.dumps(info)},
                stdin=None if interactive else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                check=False,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it cannot be run"
            hint = self._plugin.get("installHint") or ""
            raise ClusterError(f"{self._name}: {reason}. {hint}".rstrip(". ")) from None
        if done.returncode:
            raise ClusterError(f"{self._name}: it failed with exit code {done.returncode}")
        try:
            token = json.loads(done.stdout)["status"]["token"]
        except (ValueError, LookupError, TypeError, RecursionError):
            token = None
        if not isinstance(token, str) or not token:
            raise ClusterError(f"{self._name}: no token in its answer")
        return token
