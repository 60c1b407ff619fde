"""The two requests this package makes, and the only module that talks to a server."""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from ... import __version__
from ._answers import Answer, read
from .errors import ClusterError, DroppedError, RefusedError
from .kubeconfig import Target

if TYPE_CHECKING:
    import httpx2

API = "/apis/image.openshift.io/v1"

CONNECT_SECONDS = 10.0
"""A server takes long to import, but not to pick up."""


class Cluster(Protocol):
    """What diff and apply need of a cluster. Every method raises ClusterError.

    `timeout` is in seconds.
    """

    def image_stream(self, namespace: str, name: str, timeout: float) -> dict[str, Any] | None:
        """The ImageStream, or None where there is none (GET)."""

    def create_import(self, manifest: Mapping[str, Any], timeout: float) -> Answer:
        """Run an ImageStreamImport (POST); its metadata.namespace says where."""


@contextmanager
def connect(target: Target) -> Iterator[Cluster]:
    """A client for a chosen cluster.

    lightkube reads credentials (tokens, token files, client certificates, a
    pod's service account) and makes an HTTP client of them. The requests are
    ours, because lightkube's own hide the headers ``Warning`` and know no
    timeout per request.
    """
    try:
        import msgspec
        from lightkube.config.client_adapter import Client, ConnectionParams
        from lightkube.config.kubeconfig import KubeConfig
        from lightkube.config.models import User
        from lightkube.core.exceptions import ConfigError

        from ._plugin import PluginAuth
    except ImportError as error:
        raise ClusterError(
            f"{error.name} is missing: pip install 'pyimagestream[cluster]'"
        ) from error

    try:
        config = KubeConfig.from_dict(dict(target.config)).get()
        assert config is not None
        config = config._replace(user=config.user or User())
        http = Client(config, ConnectionParams(proxy=target.proxy))
    except ImportError:
        raise ClusterError(
            f"context {target.context!r}: a SOCKS proxy needs one more package: pip install socksio"
        ) from None
    except (ConfigError, msgspec.ValidationError) as error:
        raise ClusterError(f"context {target.context!r}: {error}") from None
    except (OSError, ValueError) as error:
        # The texts of these may quote keys and certificates.
        reason = error.strerror if isinstance(error, OSError) else None
        raise ClusterError(
            f"context {target.context!r}: unusable certificate, key or proxy"
            f" ({reason or type(error).__name__})"
        ) from None
    if target.plugin and not http.auth:
        http.auth = PluginAuth(target.plugin)
    with http:
        yield HttpCluster(http, target.server)


class HttpCluster:
    """The protocol over HTTP."""

    def __init__(self, http: httpx2.Client, server: str) -> None:
        self._http = http
        self._server = server

    def image_stream(self, namespace: str, name: str, timeout: float) -> dict[str, Any] | None:
        path = f"{API}/namespaces/{_part(namespace)}/imagestreams/{_part(name)}"
        try:
            return self._send("GET", path, "ImageStream", timeout).manifest
        except RefusedError as error:
            if error.code == 404 and "imagestreams" in error.message:
                return None  # rather than a namespace, or a whole API, that is not there
            raise

    def create_import(self, manifest: Mapping[str, Any], timeout: float) -> Answer:
        namespace = manifest["metadata"]["namespace"]
        path = f"{API}/namespaces/{_part(namespace)}/imagestreamimports"
        body = json.dumps(manifest).encode()
        return self._send("POST", path, "ImageStreamImport", timeout, body)

    def _send(
        self, method: str, path: str, kind: str, timeout: float, body: bytes | None = None
    ) -> Answer:
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": f"pyimagestream/{__version__}",
        }
        end = time.monotonic() + timeout
        with (
            self._failures_told(),
            self._http.stream(
                method,
                path,
                content=body,
                headers=headers,
                timeout=(min(timeout, CONNECT_SECONDS), timeout, timeout, timeout),
            ) as response,
        ):
            content = bytearray()
            for part in response.iter_bytes():
                content += part
                if time.monotonic() > end:
                    raise DroppedError(f"{self._server}: the answer does not end", sent=True)
        return read(response, bytes(content), kind, self._server)

    @contextmanager
    def _failures_told(self) -> Iterator[None]:
        """Turn what the libraries raise into ClusterError.

        Their own texts are passed on only where they cannot quote a header, for
        there the credentials are.
        """
        import httpx2
        from lightkube.core.exceptions import ConfigError

        try:
            yield
        except httpx2.LocalProtocolError:
            raise ClusterError(
                "the credentials hold characters that an HTTP header cannot (a line break?)"
            ) from None
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol):
            raise ClusterError(f"not the URL of a server: {self._server}") from None
        except httpx2.RequestError as error:
            never_sent = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
            if tls := _tls_failure(error):
                raise ClusterError(f"{self._server}: TLS: {tls}") from None
            text = str(error) or type(error).__name__
            sent = not isinstance(error, never_sent)
            raise DroppedError(f"{self._server}: {text}", sent=sent) from None
        except ConfigError as error:
            raise ClusterError(str(error)) from None
        except (OSError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it holds no text"
            raise ClusterError(f"token file: {reason}") from None


def _part(name: str) -> str:
    return quote(name, safe="")


def _tls_failure(error: BaseException | None) -> str:
    """What TLS has against the server, or the server against our certificate.

    A connection that merely ends during the handshake is none of this.
    """
    while error is not None:
        if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
            return str(getattr(error, "verify_message", "") or error.reason or "handshake failed")
        error = error.__cause__ or error.__context__
    return ""
