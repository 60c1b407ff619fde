"""A deadline holds, and memory has a limit, whatever a server, a plugin or a file does."""

from __future__ import annotations

import concurrent.futures
import gzip
import json
import os
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.hostile import WAYS, ended, hostile
from support.making import environment_of, manifest

from pyimagestream.cluster.kube import _line
from pyimagestream.cluster.kube._plugin import Plugin
from pyimagestream.cluster.kube.client import connect
from pyimagestream.cluster.kube.kubeconfig import choose_target
from pyimagestream.errors import AnswerError, ClusterError, DroppedError

Kubeconfig = Callable[..., Path]


def ask(server: str, seconds: float) -> object:
    def work() -> object:
        with connect(choose_target(environment_of(server)), lambda: seconds) as cluster:
            return cluster.create_import(manifest("r/app:v1"), seconds)

    return ended(work)


@pytest.mark.parametrize("way", WAYS)
def test_a_request_ends_whatever_the_server_does(
    kubeconfig: Kubeconfig, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, wait = threading.Event(), concurrent.futures.wait

    def once_heard(futures: Any, seconds: float) -> Any:
        """A slow machine may take long to send it."""
        [request] = futures
        while not (request.done() or heard.is_set()):
            time.sleep(0.001)
        return wait(futures, seconds)

    monkeypatch.setattr(concurrent.futures, "wait", once_heard)
    with hostile(WAYS[way], heard) as url:
        kubeconfig(url)
        error = ask(url, 0.2)
    assert isinstance(error, DroppedError | AnswerError)
    assert error.uncertain, "the request was sent"


@pytest.mark.parametrize("way", WAYS)
def test_a_request_that_was_given_up_leaves_no_thread_behind(
    kubeconfig: Kubeconfig, way: str
) -> None:
    with hostile(WAYS[way]) as url:
        kubeconfig(url)
        ask(url, 0.2)
        end = time.monotonic() + 60
        while any(thread.name == _line.THREAD for thread in threading.enumerate()):
            assert time.monotonic() < end
            time.sleep(0.01)


@pytest.mark.parametrize("way", ["a body without end", "a gzip bomb", "a gzip bomb in a gzip bomb"])
def test_an_answer_takes_no_more_memory_than_the_limit(
    kubeconfig: Kubeconfig, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_line, "LONGEST", 1 << 20)
    next(WAYS[way]())  # the making of a bomb takes memory as well
    with hostile(WAYS[way]) as url:
        kubeconfig(url)
        tracemalloc.start()
        try:
            error = ask(url, 30)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert isinstance(error, AnswerError)
    assert peak < 16 << 20


def test_a_packed_answer_is_unpacked(kubeconfig: Kubeconfig) -> None:
    stream = {"kind": "ImageStream", "metadata": {"namespace": "ns", "name": "app"}}
    content = gzip.compress(json.dumps(stream).encode())
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    with hostile(lambda: iter([head % len(content) + content])) as url:
        kubeconfig(url)
        with connect(choose_target(environment_of(url))) as cluster:
            assert cluster.image_stream("ns", "app", 30) == stream


def plugin(code: str, **fields: Any) -> dict[str, Any]:
    return {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": sys.executable,
        "args": ["-c", code],
        "interactiveMode": "Never",
        **fields,
    }


GIVES = "import json, sys; print(json.dumps({'status': {'token': 't'}})); sys.stdout.flush();"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("import time; time.sleep(99)", "it gave no token in time (--timeout)"),
        (f"{GIVES} import time; time.sleep(99)", "it gave no token in time (--timeout)"),
        (f"{GIVES} import os, time; os.close(1); time.sleep(99)", "it gave no token in time"),
        (
            "import sys\nwhile True: sys.stdout.write('y' * 4096)",
            "its answer is larger than 1 MiB",
        ),
    ],
)
def test_a_plugin_that_does_not_end_is_ended(code: str, message: str) -> None:
    error = ended(lambda: Plugin(plugin(code)).another("", 20 if "larger" in message else 0.3))
    assert isinstance(error, ClusterError)
    assert message in str(error)


def test_a_child_that_a_plugin_leaves_behind_is_not_waited_for(tmp_path: Path) -> None:
    child = "[sys.executable, '-c', 'import time; time.sleep(99)']"
    code = f"{GIVES} import subprocess; child = subprocess.Popen({child});"
    code += f" open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))"
    try:
        assert ended(lambda: Plugin(plugin(code)).another("", 60), 50) == "t"
    finally:
        os.kill(int((tmp_path / "pid").read_text()), 9)


def test_what_a_plugin_prints_in_many_pieces_is_its_answer() -> None:
    code = 'import sys, time\nfor c in \'{"status": {"token": "abc"}}\':\n'
    code += " sys.stdout.write(c); sys.stdout.flush(); time.sleep(0.001)"
    assert ended(lambda: Plugin(plugin(code)).another("", 60)) == "abc"


@pytest.mark.parametrize(
    ("env", "message"),
    [
        ([{}], "env[0] has no name"),
        ([{"name": None, "value": None}], "env[0] has no name"),
        ([{"name": "", "value": "x"}], "env[0] has no name"),
        ([{"name": "a=b", "value": "x"}], "it cannot be run"),
        ([{"name": "a", "value": "\0"}], "it cannot be run"),
    ],
)
def test_an_odd_environment_of_a_plugin_is_one_clear_error(env: Any, message: str) -> None:
    with pytest.raises(ClusterError) as caught:
        Plugin(plugin(GIVES, env=env)).another("", 60)
    assert message in str(caught.value)


def test_a_variable_without_value_is_empty() -> None:
    code = f"import os; assert os.environ['A'] == ''; {GIVES}"
    assert Plugin(plugin(code, env=[{"name": "A"}])).another("", 60) == "t"


def test_while_a_plugin_runs_others_wait_for_it_no_longer_than_they_may(tmp_path: Path) -> None:
    asked, go = tmp_path / "asked", tmp_path / "go"
    code = f"import os, time; open({str(asked)!r}, 'w').close()\n"
    code += f"while not os.path.exists({str(go)!r}): time.sleep(0.01)\n{GIVES}"
    tokens = Plugin(plugin(code))
    first = threading.Thread(target=lambda: tokens.another("", 60))
    first.start()
    while not asked.exists():
        time.sleep(0.01)
    with pytest.raises(ClusterError, match="could not be had in time"):
        tokens.another("", 0.1)
    go.touch()
    first.join()
    assert tokens.another("", 0.1) == "t"


@pytest.fixture
def pipe(tmp_path: Path) -> str:
    path = str(tmp_path / "pipe")
    os.mkfifo(path)
    return path


@pytest.mark.parametrize("device", ["pipe", "/dev/zero"])
@pytest.mark.parametrize(
    "place",
    ["tokenFile", "client-certificate", "certificate-authority", "SSL_CERT_FILE", "KUBECONFIG"],
)
def test_what_is_no_regular_file_is_not_read(
    kubeconfig: Kubeconfig,
    pipe: str,
    monkeypatch: pytest.MonkeyPatch,
    device: str,
    place: str,
) -> None:
    path = pipe if device == "pipe" else device
    url = "https://127.0.0.1:1"
    parts: dict[str, Any] = {
        "tokenFile": {"user": {"tokenFile": path}},
        "client-certificate": {"user": {"client-certificate": path, "client-key": path}},
        "certificate-authority": {"cluster": {"certificate-authority": path}},
    }
    kubeconfig(url, **parts.get(place, {}))
    if place.isupper():
        monkeypatch.setenv(place, path)
    error = ask(url, 20)
    assert isinstance(error, ClusterError)
    assert "not a regular file" in str(error)


@pytest.mark.parametrize("content", ["", " \n"])
def test_an_empty_token_file_is_an_error(
    kubeconfig: Kubeconfig, tmp_path: Path, content: str
) -> None:
    (tmp_path / "token").write_text(content)
    kubeconfig("http://127.0.0.1:1", user={"tokenFile": "token"})
    assert str(ask("http://127.0.0.1:1", 20)) == "token file: it is empty"


def test_a_file_that_is_far_too_large_is_not_read(kubeconfig: Kubeconfig, tmp_path: Path) -> None:
    with open(tmp_path / "token", "wb") as file:
        file.truncate(1 << 40)
    kubeconfig("http://127.0.0.1:1", user={"tokenFile": "token"})
    assert str(ask("http://127.0.0.1:1", 20)) == "token file: this is larger than 8 MiB"


def test_a_context_name_is_matched_in_linear_time(kubeconfig: Kubeconfig) -> None:
    environment = environment_of("")
    environment["spec"] = {"contextNames": ["(a+)+b"]}
    path = kubeconfig("https://127.0.0.1:1")
    path.write_text(path.read_text().replace("dev", "a" * 60))
    assert "no context leads to" in str(ended(lambda: choose_target(environment)))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HTTP_PROXY", "http://u:SECRET@127.0.0.1:abc"),
        ("http_proxy", "http://u:SECRET@[::1"),
        ("HTTPS_PROXY", "ftp://u:SECRET@127.0.0.1:1"),
        ("ALL_PROXY", "SECRET://u:SECRET@127.0.0.1:1"),
        ("ALL_PROXY", "http://u:SECRET\n@127.0.0.1:1"),
    ],
)
def test_a_variable_with_a_proxy_that_can_be_none_is_one_clear_error(
    kubeconfig: Kubeconfig, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv(variable, value)
    kubeconfig("http://192.0.2.1:1")
    error = ask("http://192.0.2.1:1", 20)
    assert isinstance(error, ClusterError)
    assert f"context 'dev': {variable.upper()} is not the URL of a proxy" in str(error)
    assert "SECRET" not in str(error)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_no_proxy_is_asked_for_the_way_to_this_machine(
    server: Any, kubeconfig: Kubeconfig, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://u:SECRET@192.0.2.1:1")
    url = server.url.replace("127.0.0.1", host)
    kubeconfig(url)
    with connect(choose_target(environment_of(url))) as cluster:
        assert cluster.image_stream("ns", "app", 20) is None


@pytest.mark.parametrize("value", ["[::1", "a b", "\x01", "http://[", "*:x", ",,", "1/2/3"])
def test_odd_exceptions_from_a_proxy_do_no_harm(
    server: Any, kubeconfig: Kubeconfig, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("NO_PROXY", f"{value},127.0.0.1")
    kubeconfig(server.url)
    with connect(choose_target(environment_of(server.url))) as cluster:
        assert cluster.image_stream("ns", "app", 20) is None


@pytest.mark.parametrize("said", ["407 Proxy Authentication Required", "403 Forbidden"])
def test_what_a_proxy_says_is_not_taken_for_the_words_of_the_server(
    kubeconfig: Kubeconfig, said: str
) -> None:
    with hostile(lambda: iter([f"HTTP/1.1 {said}\r\nContent-Length: 0\r\n\r\n".encode()])) as proxy:
        kubeconfig("https://192.0.2.1:6443", cluster={"proxy-url": proxy})
        error = ask("https://192.0.2.1:6443", 20)
    assert isinstance(error, DroppedError)
    assert str(error) == f"https://192.0.2.1:6443: the proxy on the way says {said}"
    assert not error.uncertain


@pytest.mark.parametrize("way", ["no answer", "slow early hints", "a header byte by byte"])
def test_a_proxy_that_does_not_answer_is_given_up_and_nothing_was_sent(
    kubeconfig: Kubeconfig, way: str
) -> None:
    with hostile(WAYS[way]) as proxy:
        kubeconfig("https://192.0.2.1:6443", cluster={"proxy-url": proxy})
        error = ask("https://192.0.2.1:6443", 0.2)
    assert isinstance(error, DroppedError)
    assert not error.uncertain
