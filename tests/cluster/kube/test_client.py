"""The client against a real server: TLS, credentials, and errors that keep secrets."""

from __future__ import annotations

import base64
import json
import os
import pty
import re
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from support.imageserver import API_DIED, API_DOWN, NO_API, Fault, RefusalError, State
from support.making import Certificates, Serve, digest, environment_of, manifest

from pyimagestream.cluster.kube.client import Cluster, connect
from pyimagestream.cluster.kube.kubeconfig import choose_target
from pyimagestream.errors import AnswerError, ClusterError, DroppedError, RefusedError

SECRET = "sha256~SECRET"
Kubeconfig = Callable[..., Path]


def ask(server: str) -> Any:
    with connect(choose_target(environment_of(server))) as cluster:
        return cluster.image_stream("ns", "app", 5)


def failure(server: str) -> ClusterError:
    with pytest.raises(ClusterError) as caught:
        ask(server)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert "SECRET" not in shown
    return caught.value


def test_an_absent_stream_is_none(server: Any, kubeconfig: Kubeconfig) -> None:
    kubeconfig(server.url)
    assert ask(server.url) is None


def test_a_token_is_sent(server: Any, kubeconfig: Kubeconfig, state: State) -> None:
    state.token = SECRET
    kubeconfig(server.url, user={"token": SECRET})
    assert ask(server.url) is None


def test_a_wrong_token_is_refused_and_not_shown(
    server: Any, kubeconfig: Kubeconfig, state: State
) -> None:
    state.token = "other"
    kubeconfig(server.url, user={"token": SECRET})
    assert str(failure(server.url)) == "Unauthorized (HTTP 401 Unauthorized)"


def test_a_token_file_is_read_and_read_again_when_it_changes(
    server: Any, kubeconfig: Kubeconfig, state: State, tmp_path: Path
) -> None:
    state.token = "one"
    token = tmp_path / "token"
    token.write_text("one\n")
    kubeconfig(server.url, user={"tokenFile": "token"})
    with connect(choose_target(environment_of(server.url))) as cluster:
        assert cluster.image_stream("ns", "app", 5) is None
        state.token = "two"
        token.write_text("two\n")
        assert cluster.image_stream("ns", "app", 5) is None


def test_a_token_file_goes_before_the_token_that_stands_beside_it(
    server: Any, kubeconfig: Kubeconfig, state: State, tmp_path: Path
) -> None:
    state.token = "fresh"
    (tmp_path / "token").write_text("fresh\n")
    kubeconfig(server.url, user={"token": "stale", "tokenFile": "token"})
    assert ask(server.url) is None


@pytest.mark.parametrize("token", [f"{SECRET}\n", f"{SECRET}\x00"])
def test_a_token_no_header_can_hold_is_an_error_that_does_not_show_it(
    server: Any, kubeconfig: Kubeconfig, token: str
) -> None:
    kubeconfig(server.url, user={"token": token})
    assert "cannot (a line break?)" in str(failure(server.url))


PLUGIN = """
import json, os, sys
info = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
assert info["kind"] == "ExecCredential" and info["apiVersion"].startswith("client.auth"), info
if "fail" in sys.argv:
    sys.exit("please log in")
if "bad" in sys.argv:
    sys.exit(print("SECRET"))
if "count" in sys.argv:
    os.environ["TOKEN"] = open(sys.argv[-1]).read()
if info["spec"]["interactive"]:
    sys.stderr.write("Password: ")
    os.environ["TOKEN"] = input()
print(json.dumps({"status": {"token": os.environ["TOKEN"] if "none" not in sys.argv else None}}))
"""


def plugin(version: str, *args: str, **fields: Any) -> dict[str, Any]:
    return {
        "exec": {
            "apiVersion": f"client.authentication.k8s.io/{version}",
            "command": sys.executable,
            "args": ["-c", PLUGIN, *args],
            "env": [{"name": "TOKEN", "value": SECRET}],
            "interactiveMode": "Never",
            **fields,
        }
    }


def test_an_empty_token_is_none(server: Any, kubeconfig: Kubeconfig) -> None:
    kubeconfig(server.url, user={"token": ""})
    assert ask(server.url) is None


@pytest.mark.parametrize("version", ["v1", "v1beta1"])
def test_a_credential_plugin_is_run(
    server: Any, kubeconfig: Kubeconfig, state: State, version: str
) -> None:
    state.token = SECRET
    kubeconfig(server.url, user=plugin(version))
    assert ask(server.url) is None


def test_a_credential_plugin_is_run_again_when_its_token_is_refused(
    server: Any, kubeconfig: Kubeconfig, state: State, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    kubeconfig(server.url, user=plugin("v1", "count", str(token)))
    with connect(choose_target(environment_of(server.url))) as cluster:
        for state.token in ("one", "two"):
            token.write_text(state.token)
            assert cluster.image_stream("ns", "app", 5) is None
            assert cluster.image_stream("ns", "app", 5) is None
    assert len(state.requests) == 5, "one of them was refused"


def test_a_credential_plugin_may_ask_on_the_terminal(
    server: Any, kubeconfig: Kubeconfig, state: State
) -> None:
    state.token = "typed"
    kubeconfig(server.url, user=plugin("v1", interactiveMode="Always"))
    terminal, stdin = pty.openpty()
    code = "import sys; from test_client import ask; ask(sys.argv[1])"
    process = subprocess.Popen(
        [sys.executable, "-c", code, server.url],
        stdin=stdin,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stderr
    assert process.stderr.read(10) == "Password: "
    os.write(terminal, b"typed\n")
    assert process.wait(30) == 0
    process.stderr.close()
    os.close(stdin)
    os.close(terminal)


@pytest.mark.parametrize(
    ("user", "message"),
    [
        (plugin("v1", "fail"), "it failed with exit code 1"),
        (plugin("v1", "bad"), "no token in its answer"),
        (plugin("v1", "none"), "no token in its answer"),
        (plugin("v9"), "its apiVersion must be client.authentication.k8s.io/v1 or"),
        (plugin("v1", interactiveMode="Always"), "it has to ask, and standard input is no"),
        (
            plugin("v1", command="no-such-thing", installHint="Get it at x."),
            "credential plugin no-such-thing: No such file or directory. Get it at x",
        ),
        ({"token": "", "tokenFile": "absent"}, "not found"),
        ({"tokenFile": "."}, "token file: Is a directory"),
        ({"token": ["SECRET"]}, "users[0].user.token has the wrong type"),
    ],
)
def test_credentials_that_cannot_be_had_are_one_clear_error(
    server: Any, kubeconfig: Kubeconfig, user: Any, message: str
) -> None:
    kubeconfig(server.url, user=user)
    assert message in str(failure(server.url))


@pytest.mark.parametrize(
    ("cluster", "message"),
    [
        ({"proxy-url": "SECRET@proxy:1"}, "context 'dev': proxy-url must be http:// or https://"),
        ({"proxy-url": "socks5://x:SECRET@proxy"}, "needs one more package: pip install socksio"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_an_error_that_does_not_show_it(
    server: Any,
    kubeconfig: Kubeconfig,
    monkeypatch: pytest.MonkeyPatch,
    cluster: Any,
    message: str,
) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)
    kubeconfig(server.url, cluster=cluster)
    assert message in str(failure(server.url))


def encoded(path: Path) -> str:
    return base64.b64encode(path.read_bytes()).decode()


@pytest.mark.parametrize("inline", [True, False])
def test_a_server_with_a_private_ca_is_verified(
    serve: Serve, kubeconfig: Kubeconfig, certificates: Certificates, inline: bool
) -> None:
    server = serve(certificates.context())
    ca = encoded(certificates.ca) if inline else str(certificates.ca)
    kubeconfig(server.url, cluster={f"certificate-authority{'-data' if inline else ''}": ca})
    assert ask(server.url) is None


def test_a_server_whose_ca_is_unknown_is_not_spoken_to(
    serve: Serve, kubeconfig: Kubeconfig, certificates: Certificates, state: State
) -> None:
    server = serve(certificates.context())
    kubeconfig(server.url, user={"token": SECRET})
    error = failure(server.url)
    assert "TLS: self-signed certificate in certificate chain" in str(error)
    assert not error.passing
    assert state.requests == []


def test_a_certificate_for_another_host_is_not_accepted(
    serve: Serve, kubeconfig: Kubeconfig, certificates: Certificates, state: State
) -> None:
    url = serve(certificates.context()).url.replace("127.0.0.1", "localhost")
    kubeconfig(url, cluster={"certificate-authority": str(certificates.ca)})
    assert "TLS: Hostname mismatch" in str(failure(url))
    assert state.requests == []


def test_verification_is_off_only_where_the_kubeconfig_says_so(
    serve: Serve, kubeconfig: Kubeconfig, certificates: Certificates
) -> None:
    server = serve(certificates.context())
    kubeconfig(server.url, cluster={"insecure-skip-tls-verify": True})
    assert ask(server.url) is None


@pytest.mark.parametrize("inline", [True, False])
def test_a_client_certificate_is_presented(
    serve: Serve, kubeconfig: Kubeconfig, certificates: Certificates, inline: bool
) -> None:
    server = serve(certificates.context(client_required=True))
    names = ("client-certificate", "client-key")
    user = {
        f"{name}-data" if inline else name: encoded(path) if inline else str(path)
        for name, path in zip(names, certificates.client, strict=True)
    }
    authority = {"certificate-authority": str(certificates.ca)}
    kubeconfig(server.url, cluster=authority, user=user)
    assert ask(server.url) is None
    kubeconfig(server.url, cluster=authority)
    assert not failure(server.url).passing


UNUSABLE = "unusable certificate or key"


@pytest.mark.parametrize(
    ("user", "message"),
    [
        ({"client-certificate": "/absent.crt"}, "there is no key to the client certificate"),
        ({"client-certificate": "/absent.crt", "client-key": "/absent.key"}, UNUSABLE),
        ({"client-certificate-data": "SECRET", "client-key-data": "SECRET"}, UNUSABLE),
        ({"client-certificate-data": "U0VDUkVU", "client-key-data": "U0VDUkVU"}, UNUSABLE),
    ],
)
def test_a_broken_client_certificate_is_an_error_that_does_not_show_it(
    server: Any, kubeconfig: Kubeconfig, user: Any, message: str
) -> None:
    kubeconfig(server.url, user=user)
    assert f"context 'dev': {message}" in str(failure(server.url))


def test_a_pods_service_account_is_used(
    serve: Serve, certificates: Certificates, state: State, tmp_path: Path
) -> None:
    server = serve(certificates.context())
    state.token = SECRET
    (tmp_path / "token").write_text(SECRET)
    (tmp_path / "namespace").write_text("ns")
    (tmp_path / "ca.crt").write_bytes(certificates.ca.read_bytes())
    target = choose_target(
        environment_of(server.url),
        environ={
            "KUBECONFIG": "/nowhere",
            "KUBERNETES_SERVICE_HOST": "127.0.0.1",
            "KUBERNETES_SERVICE_PORT": server.url.rpartition(":")[2],
        },
        service_account=tmp_path,
    )
    with connect(target) as cluster:
        assert cluster.image_stream("ns", "app", 5) is None


def test_the_reasons_and_waits_of_a_refusal_are_kept(cluster: Cluster, state: State) -> None:
    def refuse() -> None:
        headers = [("Retry-After", "7")]
        causes = {"causes": [{"field": "spec.images[0]", "message": "no"}]}
        raise RefusalError(429, "TooManyRequests", "slow down", headers=headers, details=causes)

    state.faults[1] = Fault(before=refuse)
    with pytest.raises(RefusedError) as caught:
        cluster.image_stream("ns", "app", 5)
    assert caught.value.retry_after == 7
    assert caught.value.causes == (("spec.images[0]", "no"),)
    assert str(caught.value) == "slow down (HTTP 429 TooManyRequests)"


@contextmanager
def one_answer(answer: bytes) -> Iterator[str]:
    """A server that says one thing, whatever it is asked; b"" hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    thread.join(5)


def http(status: str, body: str, *headers: str) -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers])
    return f"{head}\r\nConnection: close\r\n\r\n{body}".encode()


@pytest.mark.parametrize(
    ("answer", "message", "passing"),
    [
        (http("503 Service Unavailable", "<html>"), "HTTP 503 Service Unavailable", True),
        (http("503 X", "", "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT"), "HTTP 503", True),
        (http("403 Forbidden", '["a"]'), "HTTP 403", False),
        (http("302 Found", "", "Location: http://x/?SECRET"), "HTTP 302", False),
        (http("503 X", '{"message": "SECRET", "details": 1}'), "something else than the", True),
        (http("429 X", '{"kind": "Status", "details": []}'), "something else than the", True),
        (http("429 X", '{"kind": "Status", "details": {"retryAfterSeconds": 1e400}}'), "429", True),
        (http("404 X", "404 page", "Content-Type: text/plain"), "404 page (HTTP 404 X)", False),
        (http("502 X", "<html>", "Content-Type: text/plain"), "something else than the", True),
        (http("502 X", "", "Content-Type: text/plain"), "something else than the", True),
        (http("502 ", ""), "(HTTP 502 no reason given)", True),
        (http("200 OK", '{"a":' * 99999), "something that is no ImageStream", False),
        (http("200 OK", "<html>"), "something that is no ImageStream", False),
        (http("200 OK", "[1]"), "something that is no ImageStream", False),
        (http("200 OK", '{"kind": "Status"}'), "something that is no ImageStream", False),
        (http("200 OK", "no gzip at all", "Content-Encoding: gzip"), "127.0.0.1", True),
        (http("200 OK", "{}")[:-1], "127.0.0.1", True),
        (b"garbage\r\n\r\n", "127.0.0.1", True),
        (b"", "Server disconnected", True),
    ],
)
def test_an_answer_from_something_else_than_an_api_server_is_one_clear_error(
    kubeconfig: Kubeconfig, answer: bytes, message: str, passing: bool
) -> None:
    with one_answer(answer) as url:
        kubeconfig(url, user={"token": SECRET})
        error = failure(url)
    assert message in str(error)
    assert error.passing is passing


@pytest.mark.parametrize(
    ("kind", "fields", "place"),
    [
        ("ImageStream", {"metadata": [1]}, "metadata"),
        ("ImageStream", {"spec": {"tags": {}}}, "spec.tags"),
        ("ImageStream", {"spec": {"tags": [None]}}, "spec.tags[0]"),
        ("ImageStream", {"status": {"tags": [{"items": ["x"]}]}}, "status.tags[0].items[0]"),
        ("ImageStreamImport", {"spec": {"images": "ab"}}, "spec.images"),
        ("ImageStreamImport", {"status": {"images": [{"image": 5}]}}, "status.images[0].image"),
        ("ImageStreamImport", {"status": {"import": {"spec": 0}}}, "status.import.spec"),
        ("ImageStreamImport", {"status": {"repository": []}}, "status.repository"),
    ],
)
def test_an_answer_with_a_field_of_the_wrong_type_is_none(
    kubeconfig: Kubeconfig, kind: str, fields: Any, place: str
) -> None:
    with one_answer(http("200 OK", json.dumps({"kind": kind, **fields}))) as url:
        kubeconfig(url)
        with connect(choose_target(environment_of(url))) as cluster:
            asked = {
                "ImageStream": lambda: cluster.image_stream("ns", "app", 5),
                "ImageStreamImport": lambda: cluster.create_import(manifest("r/app:v1"), 5),
            }
            with pytest.raises(AnswerError, match=re.escape(f"{kind} ({place} is not")):
                asked[kind]()


@pytest.mark.parametrize("plain", [NO_API, API_DIED, API_DOWN])
def test_what_the_api_server_says_in_plain_text_is_passed_on(
    cluster: Cluster, state: State, plain: tuple[int, str]
) -> None:
    state.plain = plain
    with pytest.raises(RefusedError) as caught:
        cluster.image_stream("ns", "app", 5)
    assert (caught.value.code, caught.value.message) == plain


@pytest.mark.parametrize("seconds", ["7", "-1", "9" * 400, f"-{'9' * 400}", "9" * 5000])
@pytest.mark.parametrize("where", ["header", "body"])
def test_a_wait_of_any_size_is_a_number_of_seconds(
    kubeconfig: Kubeconfig, seconds: str, where: str
) -> None:
    header = [f"Retry-After: {seconds}"] if where == "header" else []
    details = f', "details": {{"retryAfterSeconds": {seconds}}}' if where == "body" else ""
    with one_answer(http("429 X", f'{{"kind": "Status"{details}}}', *header)) as url:
        kubeconfig(url)
        error = failure(url)
    assert 0 <= error.retry_after < 10**8
    assert (error.retry_after == 7) is (seconds == "7")


def test_a_message_is_kept_short(kubeconfig: Kubeconfig) -> None:
    body = json.dumps({"kind": "Status", "message": "registry " * 99999})
    with one_answer(http("403 X", body)) as url:
        kubeconfig(url)
        assert len(str(failure(url))) < 5000


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        (['299 - "unknown field \\"x\\""'], ('unknown field "x"',)),
        (['299 - "no \\\\d in \\"a\\\\b\\""'], ('no \\d in "a\\b"',)),
        (['299 - "one, two", 299 - "three"', '299 - "four"'], ("one, two", "three", "four")),
        (['299 proxy:1 "late" "Tue, 15 Nov 1994 08:12:31 GMT"'], ("late",)),
        (['299 - "für"'], ("für",)),
        (['299 - ""', "299 -", "", '299 - "no end'], ()),
    ],
)
def test_warnings_are_told_as_the_server_wrote_them(
    kubeconfig: Kubeconfig, headers: list[str], told: tuple[str, ...]
) -> None:
    answer = http(
        "201 Created", '{"kind": "ImageStreamImport"}', *(f"Warning: {each}" for each in headers)
    )
    with one_answer(answer) as url:
        kubeconfig(url)
        with connect(choose_target(environment_of(url))) as cluster:
            assert cluster.create_import(manifest("r/app:v1"), 5).warnings == told


@pytest.mark.parametrize("metadata", [None, {}, {"namespace": "ns"}, {"name": "app"}])
@pytest.mark.parametrize("name", ["other", "ap"])
def test_an_answer_about_another_stream_is_none(
    kubeconfig: Kubeconfig, metadata: Any, name: str
) -> None:
    metadata = {"namespace": "ns", "name": name} if metadata is None else metadata
    body = json.dumps({"kind": "ImageStream", "metadata": metadata})
    with one_answer(http("200 OK", body)) as url:
        kubeconfig(url)
        assert "answered with another image stream" in str(failure(url))


def test_a_server_that_is_not_there_was_not_reached(kubeconfig: Kubeconfig) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    kubeconfig(url)
    error = failure(url)
    assert isinstance(error, DroppedError)
    assert (error.passing, error.uncertain) == (True, False)


def test_a_server_that_stays_silent_is_given_up(cluster: Cluster, state: State) -> None:
    gone = threading.Event()
    state.faults[1] = Fault(before=lambda: gone.wait(60))
    with pytest.raises(DroppedError) as caught:
        cluster.create_import(manifest("r/app:v1"), 0.2)
    gone.set()
    assert caught.value.uncertain


def test_an_answer_without_end_is_given_up(kubeconfig: Kubeconfig) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
                while True:
                    connection.sendall(b" ")
                    time.sleep(0.01)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        kubeconfig(url)
        with (
            connect(choose_target(environment_of(url))) as cluster,
            pytest.raises(DroppedError, match="the answer does not end"),
        ):
            cluster.image_stream("ns", "app", 0.2)
        thread.join(5)


def test_names_cannot_lead_to_another_path(cluster: Cluster, state: State) -> None:
    cluster.image_stream("ns/imagestreams/app?x=", "../../..", 5)
    assert state.requests[0][1].endswith("ns%2Fimagestreams%2Fapp%3Fx%3D/imagestreams/..%2F..%2F..")


def test_a_body_that_is_not_ascii_arrives(cluster: Cluster, state: State) -> None:
    state.registry["r/app:v1"] = digest(1)
    wanted = manifest("r/app:v1", metadata={"annotations": {"a": "ü\u2028"}})
    cluster.create_import(wanted, 5)
    assert json.dumps(state.requests[0][2]) == json.dumps(wanted)
