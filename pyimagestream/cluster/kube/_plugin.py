"""Credential plugins: the command under ``exec`` in a kubeconfig, which hands out a token.

lightkube runs them too, but keeps from the user what they say: one that asks for
a password, or shows the address of a login page, would seem to hang.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ...errors import ClusterError
from ._tokens import Tokens

VERSIONS = tuple(f"client.authentication.k8s.io/{version}" for version in ("v1", "v1beta1"))

LONGEST = 1 << 20
"""Bytes of what a plugin may print; tokens and certificates take some thousand."""

_GLANCE = 0.05  # seconds between two looks whether the plugin has ended


class Plugin(Tokens):
    """The token of a plugin."""

    def __init__(self, plugin: Mapping[str, Any]) -> None:
        super().__init__()
        self._plugin = plugin
        self._name = f"credential plugin {plugin.get('command') or '(no command)'}"
        if plugin.get("apiVersion") not in VERSIONS:
            raise ClusterError(f"{self._name}: its apiVersion must be {' or '.join(VERSIONS)}")
        self._env: dict[str, str] = {}
        for index, entry in enumerate(plugin.get("env") or []):
            if not entry.get("name"):
                raise ClusterError(f"{self._name}: env[{index}] has no name")
            self._env[entry["name"]] = entry.get("value") or ""

    def _fetch(self, seconds: float) -> str:
        output = self._run(seconds)
        try:
            token = json.loads(output)["status"]["token"]
        except (ValueError, LookupError, TypeError, RecursionError):
            token = None
        if not isinstance(token, str) or not token:
            raise ClusterError(f"{self._name}: no token in its answer")
        return token

    def _run(self, seconds: float) -> bytes:
        """What the plugin prints. No error quotes it: it holds credentials."""
        end = time.monotonic() + seconds
        mode = self._plugin.get("interactiveMode")
        interactive = mode != "Never" and bool(sys.stdin and sys.stdin.isatty())
        if mode == "Always" and not interactive:
            raise ClusterError(f"{self._name}: it has to ask, and standard input is no terminal")
        info = {
            "apiVersion": self._plugin["apiVersion"],
            "kind": "ExecCredential",
            "spec": {"interactive": interactive},
        }
        try:
            process = subprocess.Popen(
                [self._plugin.get("command") or "", *(self._plugin.get("args") or [])],
                env={**os.environ, **self._env, "KUBERNETES_EXEC_INFO": json.dumps(info)},
                stdin=None if interactive else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it cannot be run"
            hint = self._plugin.get("installHint") or ""
            raise ClusterError(f"{self._name}: {reason}. {hint}".rstrip(". ")) from None
        assert process.stdout
        with process.stdout as stdout:
            try:
                output = self._output(process, stdout.fileno(), end)
                code = process.wait(max(0.0, min(end - time.monotonic(), 1e6)))
            except subprocess.TimeoutExpired:
                raise self._too_slow() from None
            finally:
                with suppress(OSError):
                    process.kill()  # does nothing to one that has ended
                process.wait()
        if code:
            raise ClusterError(f"{self._name}: it failed with exit code {code}")
        return output

    def _output(self, process: subprocess.Popen[bytes], pipe: int, end: float) -> bytes:
        """All that a plugin prints until it ends.

        A child that it leaves behind may hold the pipe open for ever, so the end
        of the pipe is not waited for.
        """
        output = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while True:
                ended = process.poll() is not None
                left = end - time.monotonic()
                if left <= 0:
                    raise self._too_slow()
                if selector.select(0 if ended else min(left, _GLANCE)):
                    part = os.read(pipe, 1 << 16)
                    if not part:
                        return bytes(output)
                    output += part
                    if len(output) > LONGEST:
                        raise ClusterError(f"{self._name}: its answer is larger than 1 MiB")
                elif ended:
                    return bytes(output)

    def _too_slow(self) -> ClusterError:
        return ClusterError(f"{self._name}: it gave no token in time (--timeout)")
