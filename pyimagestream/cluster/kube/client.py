"""The requests this package makes, and the only module that talks to a server."""

from __future__ import annotations

import ipaddress
import json
import os
import ssl
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import quote, urlsplit

from ... import __version__
from ...engines.sources import refuse_irregular
from ...errors import AnswerError, ClusterError, DroppedError, RefusedError
from ._line import Line
from ._plugin import Plugin
from ._tokens import TokenFile, Tokens
from .answers import Answer, read, read_document
from .kubeconfig import Target

if TYPE_CHECKING:
    import httpx2

T = TypeVar("T")

API = "/apis/image.openshift.io/v1"

DEFAULT_SECONDS = 600.0


class Cluster(Protocol):
    """What diff and apply need of a cluster. Every method raises ClusterError.

    `timeout` is in seconds, and holds whatever the server does.
    """

    def image_stream(self, namespace: str, name: str, timeout: float) -> dict[str, Any] | None:
        """The ImageStream, or None where there is none (GET)."""

    def create_import(self, manifest: Mapping[str, Any], timeout: float) -> Answer:
        """Run an ImageStreamImport (POST); its metadata.namespace says where."""


@contextmanager
def connect(
    target: Target, left: Callable[[], float] = lambda: DEFAULT_SECONDS
) -> Iterator[HttpCluster]:
    """A client for a chosen cluster.

    `left` tells how many seconds there are for the whole work, and raises when
    there are none: so long may a credential plugin take, which may wait for
    somebody to log in, and no request takes longer.

    lightkube reads credentials (tokens, passwords, client certificates) and knows
    what httpx needs of them. The requests are ours, because lightkube's own hide
    the headers ``Warning`` and know no timeout per request.
    """
    parameters = _parameters(target)
    tokens: Tokens | None = None
    if target.token_file:
        tokens = TokenFile(target.token_file)
    elif target.plugin and not parameters["auth"]:
        tokens = Plugin(target.plugin)
    cluster = HttpCluster(lambda: _client(target, parameters), target.server, tokens, left)
    try:
        cluster.open()
        yield cluster
    finally:
        cluster.close()


def _parameters(target: Target) -> dict[str, Any]:
    """The arguments of an HTTP client that is to speak to the target."""
    try:
        from lightkube.config.client_adapter import ConnectionParams
        from lightkube.config.kubeconfig import KubeConfig
        from lightkube.config.models import User
        from lightkube.core.exceptions import ConfigError
    except ImportError as error:
        raise ClusterError(
            f"{error.name} is missing: pip install 'pyimagestream[cluster]'"
        ) from error

    where = f"context {target.context!r}"
    _refuse_irregular_files(target)
    try:
        config = KubeConfig.from_dict(dict(target.config)).get()
        assert config is not None
    except Exception as error:  # its text may quote the kubeconfig
        raise ClusterError(f"{where}: unusable kubeconfig ({type(error).__name__})") from None
    config = config._replace(user=config.user or User())
    try:
        parameters = ConnectionParams(proxy=target.proxy).httpx_params(config)
    except ConfigError as error:
        raise ClusterError(f"{where}: {error}") from None
    except Exception as error:
        # The texts of these may quote keys and certificates.
        reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
        raise ClusterError(f"{where}: unusable certificate or key ({reason})") from None
    # Kubectl asks no proxy of the environment for the way to this very machine.
    return {**parameters, "trust_env": not _is_loopback(target.server)}


def _is_loopback(server: str) -> bool:
    try:
        host = urlsplit(server).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_irregular_files(target: Target) -> None:
    """OpenSSL would wait for a pipe that is given for a certificate, and nothing could stop it."""
    config = target.config
    fields = {**config["clusters"][0]["cluster"], **config["users"][0]["user"]}
    files = {
        key: fields.get(key)
        for key in ("certificate-authority", "client-certificate", "client-key")
    }
    for name, path in {**files, "SSL_CERT_FILE": os.environ.get("SSL_CERT_FILE")}.items():
        try:
            if path and os.path.exists(path):
                refuse_irregular(os.stat(path).st_mode, path)
        except OSError as error:
            where = f"context {target.context!r}"
            raise ClusterError(f"{where}: {name}: {error.strerror}") from None


def _client(target: Target, parameters: Mapping[str, Any]) -> httpx2.Client:
    import httpx2

    try:
        return httpx2.Client(**parameters)
    except ImportError:
        raise ClusterError(
            f"context {target.context!r}: a SOCKS proxy needs one more package: pip install socksio"
        ) from None
    except Exception as error:
        # The texts of these may quote the password of a proxy.
        raise ClusterError(
            f"context {target.context!r}: {_bad_url(target)} ({type(error).__name__})"
        ) from None


def _bad_url(target: Target) -> str:
    """Which setting holds a URL that cannot be one."""
    import httpx2

    try:
        httpx2.URL(target.server)
    except httpx2.InvalidURL:
        return f"not the URL of a server: {target.server}"
    settings = {"proxy-url": target.proxy or ""}
    if not target.proxy:
        found = urllib.request.getproxies_environment()
        settings = {f"{scheme.upper()}_PROXY": url for scheme, url in found.items()}
    for name, url in settings.items():
        try:
            httpx2.Proxy(url if "://" in url else f"http://{url}")
        except Exception:
            return f"{name} is not the URL of a proxy"
    return "no connection can be prepared"


class HttpCluster:
    """The protocol over HTTP."""

    def __init__(
        self,
        make: Callable[[], httpx2.Client],
        server: str,
        tokens: Tokens | None,
        left: Callable[[], float],
    ) -> None:
        self._make = make
        self._server = server
        self._tokens = tokens
        self._left = left
        self._idle: list[Line] = []  # taken and put back by several threads, one step each

    def open(self) -> None:
        """Raises ClusterError when no connection can even be prepared."""
        self._idle.append(Line(self._make(), self._server))

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def image_stream(self, namespace: str, name: str, timeout: float) -> dict[str, Any] | None:
        path = f"{API}/namespaces/{_part(namespace)}/imagestreams/{_part(name)}"
        try:
            stream = self._answer("GET", path, "ImageStream", timeout).manifest
        except RefusedError as error:
            if error.code == 404 and "imagestreams" in error.message:
                return None  # rather than a namespace, or a whole API, that is not there
            raise
        if not is_stream(stream, namespace, name):
            raise AnswerError(f"{self._server} answered with another image stream")
        return stream

    def create_import(self, manifest: Mapping[str, Any], timeout: float) -> Answer:
        namespace = manifest["metadata"]["namespace"]
        path = f"{API}/namespaces/{_part(namespace)}/imagestreamimports"
        body = json.dumps(manifest).encode()
        return self._answer("POST", path, "ImageStreamImport", timeout, body)

    def document(self, path: str, timeout: float) -> dict[str, Any]:
        """A JSON document that the server has for everybody (GET)."""

        def found(response: httpx2.Response, content: bytes) -> dict[str, Any]:
            return read_document(response, content, self._server)

        return self._send("GET", path, found, timeout)

    def _answer(
        self, method: str, path: str, kind: str, timeout: float, body: bytes | None = None
    ) -> Answer:
        def found(response: httpx2.Response, content: bytes) -> Answer:
            return read(response, content, kind, self._server)

        return self._send(method, path, found, timeout, body)

    def _send(
        self,
        method: str,
        path: str,
        found: Callable[[httpx2.Response, bytes], T],
        timeout: float,
        body: bytes | None = None,
    ) -> T:
        def send(token: str) -> T:
            bearer = {"Authorization": f"Bearer {token}"} if token else {}
            seconds = min(timeout, self._left())
            return found(*self._exchange(method, path, bearer, body, seconds))

        if self._tokens is None:
            return send("")
        known = self._tokens.current
        try:
            return send(known or self._tokens.another("", self._left()))
        except RefusedError as error:
            if error.code != 401 or not known:
                raise
        return send(self._tokens.another(known, self._left()))

    def _exchange(
        self,
        method: str,
        path: str,
        credentials: Mapping[str, str],
        body: bytes | None,
        seconds: float,
    ) -> tuple[httpx2.Response, bytes]:
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "User-Agent": f"pyimagestream/{__version__}",
            **credentials,
        }
        try:
            line = self._idle.pop()
        except IndexError:
            line = Line(self._make(), self._server)
        try:
            with self._failures_told(line):
                return line.exchange(method, path, headers, body, seconds)
        finally:
            if line.usable:
                self._idle.append(line)

    @contextmanager
    def _failures_told(self, line: Line) -> Iterator[None]:
        """Turn what the libraries raise into ClusterError.

        Their own texts are passed on only where they cannot quote a header, for
        there the credentials are.
        """
        import httpx2

        try:
            yield
        except (httpx2.LocalProtocolError, UnicodeError):
            raise ClusterError(
                "the credentials hold characters that an HTTP header cannot (a line break?)"
            ) from None
        except (httpx2.InvalidURL, httpx2.UnsupportedProtocol):
            raise ClusterError(f"not the URL of a server: {self._server}") from None
        except httpx2.RequestError as error:
            if tls := _tls_failure(error):
                raise ClusterError(f"{self._server}: TLS: {tls}") from None
            text = str(error) or type(error).__name__
            who = "the proxy on the way says " if isinstance(error, httpx2.ProxyError) else ""
            raise DroppedError(f"{self._server}: {who}{text}", sent=line.sent) from None


def is_stream(manifest: Mapping[str, Any], namespace: str, name: str) -> bool:
    """Whether an ImageStream is the one of that name."""
    metadata = manifest.get("metadata") or {}
    return (metadata.get("namespace"), metadata.get("name")) == (namespace, name)


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
