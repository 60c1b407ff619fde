"""A running server, certificates made on the spot, and kubeconfigs that lead there."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pyimagestream.cluster.budget import Budget
from pyimagestream.cluster.kube.client import Cluster, connect
from pyimagestream.cluster.kube.kubeconfig import choose_target
from support.clock import Clock
from support.imageserver import ImageServer, State
from support.making import QUICK, Certificates, Serve, environment_of


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder = tmp_path_factory.mktemp("certificates")
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test CA")])
    start = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=1)

    def write(name: str, subject: x509.Name, key: Any, *extensions: Any) -> tuple[Path, Path]:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(ca_name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + datetime.timedelta(days=2))
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()),
                critical=False,
            )
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical=critical)
        certificate = builder.sign(ca_key, hashes.SHA256())
        paths = folder / f"{name}.crt", folder / f"{name}.key"
        paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        paths[1].write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return paths

    authority = (x509.BasicConstraints(ca=True, path_length=None), True)
    usage = (
        x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        ),
        True,
    )
    ca, _ = write("ca", ca_name, ca_key, authority, usage)
    host = (x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
    leaves = [
        write(
            name,
            x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
            ec.generate_private_key(ec.SECP256R1()),
            *extra,
        )
        for name, extra in (("server", [host]), ("client", []))
    ]
    return Certificates(ca, leaves[0], leaves[1])


@pytest.fixture
def state() -> State:
    return State()


@pytest.fixture
def clock(state: State, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The one clock of the budget and of the server; the client waits by the real one."""
    clock = Clock()
    monkeypatch.setattr("pyimagestream.cluster.budget.time", clock)
    state.sleep = clock.sleep
    return clock


@pytest.fixture
def serve(state: State) -> Iterator[Serve]:
    """Start servers for the state: ``serve()`` speaks HTTP, ``serve(context)`` HTTPS."""
    with ExitStack() as stack:
        yield lambda context=None: stack.enter_context(ImageServer(state, context))


@pytest.fixture
def server(serve: Serve) -> ImageServer:
    return serve()


@pytest.fixture
def few_authorities(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine trusts nobody who signs: to read its own list takes 26 ms for each client."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.client[0]))


@pytest.fixture
def kubeconfig(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few_authorities: None
) -> Callable[..., Path]:
    """Write a kubeconfig of one context named ``dev`` and make it the one in use."""

    def write(server: str, *, cluster: Any = None, user: Any = None, name: str = "config") -> Path:
        path = tmp_path / name
        content = {
            "current-context": "dev",
            "clusters": [{"name": "c", "cluster": {"server": server, **(cluster or {})}}],
            "contexts": [{"name": "dev", "context": {"cluster": "c", "user": "u"}}],
            "users": [{"name": "u", "user": user or {}}],
        }
        path.write_text(yaml.safe_dump(content))
        monkeypatch.setenv("KUBECONFIG", str(path))
        return path

    return write


@pytest.fixture
def environment(server: ImageServer) -> dict[str, Any]:
    return environment_of(server.url)


@pytest.fixture
def cluster(
    kubeconfig: Callable[..., Path], environment: dict[str, Any], server: ImageServer
) -> Iterator[Cluster]:
    """The real client, connected to the server over HTTP."""
    kubeconfig(server.url)
    with connect(choose_target(environment)) as connected:
        yield connected


@pytest.fixture
def budget() -> Budget:
    return Budget(QUICK)
