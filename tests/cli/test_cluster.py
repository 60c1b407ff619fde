"""The commands diff and apply, from the template to the tags on a server."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.hostile import WAYS, hostile
from support.imageserver import Fault, ImageServer, RefusalError, State, image_failure
from support.making import Certificates, Serve, digest, image, manifest

from pyimagestream.cli.main import main
from pyimagestream.cluster.kube.client import HttpCluster
from pyimagestream.errors import PyimagestreamError

OTHER = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}}


@pytest.fixture
def project(
    tmp_path: Path, server: ImageServer, kubeconfig: Callable[..., Path]
) -> Callable[..., str]:
    """Write an environment for the server; returns its directory."""
    kubeconfig(server.url, user={"token": "sha256~SECRET"})
    (tmp_path / "jsonnetfile.json").write_text("{}")
    base = tmp_path / "environments" / "dev"
    base.mkdir(parents=True)

    def write(*manifests: Any, server: str = server.url) -> str:
        spec = {
            "apiVersion": "tanka.dev/v1alpha1",
            "kind": "Environment",
            "metadata": {"name": "environments/dev"},
            "spec": {"apiServer": server, "namespace": "ns"},
        }
        (base / "spec.json").write_text(json.dumps(spec))
        (base / "main.jsonnet").write_text(json.dumps(list(manifests)))
        return str(base)

    return write


@pytest.fixture
def app(state: State) -> Any:
    state.registry |= {"r/app:v1": digest(1), "r/app:v2": digest(2)}
    return manifest("r/app:v1", "r/app:v2")


Capture = pytest.CaptureFixture[str]


def test_a_diff_is_a_page_too_and_prints_what_it_prints_without(
    project: Callable[..., str], app: Any, tmp_path: Path, capfd: Capture
) -> None:
    path, page = project(app, OTHER), tmp_path / "diff.html"
    assert main(["diff", path]) == 16
    printed = capfd.readouterr()
    assert main(["diff", path, "--html", str(page)]) == 16
    assert capfd.readouterr() == printed
    text = page.read_text(encoding="utf-8")
    for word in ("environments/dev", "ns/app", "v1", "r/app:v2", digest(2), "1 v1 ConfigMap"):
        assert word in text


def test_a_page_that_cannot_be_written_is_told_before_the_cluster_is_asked(
    project: Callable[..., str], app: Any, tmp_path: Path, state: State, capfd: Capture
) -> None:
    path = project(app)
    for place, why in (
        (tmp_path, "not a regular file"),
        (tmp_path / "none" / "diff.html", "there is no such directory"),
    ):
        assert main(["diff", path, "--html", str(place)]) == 1
        assert capfd.readouterr() == ("", f"{place}: {why}\n")
    assert state.requests == []


def test_a_page_that_cannot_be_written_after_all_takes_no_table_with_it(
    project: Callable[..., str],
    app: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: Capture,
) -> None:
    def fail(*_: object) -> None:
        raise PyimagestreamError("the disk is full")

    monkeypatch.setattr("pyimagestream.cli.cluster.write_page", fail)
    assert main(["diff", project(app), "--html", str(tmp_path / "diff.html")]) == 1
    out, err = capfd.readouterr()
    assert out.endswith("2 new\n")
    assert err.endswith("the disk is full\n")


def test_a_diff_shows_each_tag_and_ends_with_tankas_exit_codes(
    project: Callable[..., str], app: Any, server: ImageServer, state: State, capfd: Capture
) -> None:
    path = project(app, OTHER)
    assert main(["diff", path]) == 16
    out, err = capfd.readouterr()
    assert err == f"environments/dev: context dev ({server.url})\n"
    assert out == (
        "STREAM  TAG  CHANGE  DIGEST        FROM\n"
        "ns/app  v1   new     000000010000  r/app:v1\n"
        "ns/app  v2   new     000000020000  r/app:v2\n"
        "left alone: 1 v1 ConfigMap\n"
        "2 new\n"
    )
    assert main(["apply", path, "--auto-approve"]) == 0
    assert main(["diff", path]) == 0
    del state.registry["r/app:v2"]
    capfd.readouterr()
    assert main(["diff", path]) == 1
    assert capfd.readouterr().out == (
        "STREAM  TAG  CHANGE     DIGEST        FROM\n"
        "ns/app  v1   unchanged  000000010000  r/app:v1\n"
        "ns/app  v2   failed     000000020000  r/app:v2\n"
        'ns/app:v2: NotFound: dockerimage.image.openshift.io "r/app:v2" not found\n'
        "  The registry has no such tag or repository; some say so where a pull secret is"
        " missing.\n"
        "left alone: 1 v1 ConfigMap\n"
        "1 unchanged, 1 failed\n"
    )


def test_apply_imports_and_has_a_row_for_every_tag(
    project: Callable[..., str], app: Any, state: State, capfd: Capture
) -> None:
    assert main(["apply", project(app), "--auto-approve"]) == 0
    assert capfd.readouterr().out.endswith(
        "\n"
        "STREAM  TAG  RESULT    DIGEST        FROM\n"
        "ns/app  v1   imported  000000010000  r/app:v1\n"
        "ns/app  v2   imported  000000020000  r/app:v2\n"
        "2 imported\n"
    )
    assert state.digest("ns/app", "v1") == digest(1)


def test_apply_fails_when_any_tag_failed_and_imports_the_others(
    project: Callable[..., str], app: Any, state: State
) -> None:
    del state.registry["r/app:v1"]
    assert main(["apply", project(app), "--auto-approve"]) == 1
    assert state.written == [("ns/app", "v2")]


def test_each_failure_is_told_once_and_a_count_comes_last(
    project: Callable[..., str], app: Any, state: State, capfd: Capture
) -> None:
    del state.registry["r/app:v1"]
    assert main(["apply", project(app), "--auto-approve"]) == 1
    out = capfd.readouterr().out
    assert out.count('dockerimage.image.openshift.io "r/app:v1" not found') == 1
    assert out.count("The registry has no such tag") == 1
    assert out.splitlines()[-1] == "1 failed, 1 imported"


def test_a_tag_that_follows_another_source_is_a_difference_and_no_success(
    project: Callable[..., str], state: State, capfd: Capture
) -> None:
    state.registry |= {"r/app:1.5": digest(1), "r/app:latest": digest(1), "r/app:new": digest(2)}
    main(["apply", project(manifest(image("r/app:1.5", "cur"))), "--auto-approve"])
    path = project(manifest(image("r/app:latest", "cur")))
    assert main(["diff", path]) == 16
    assert "the tag goes on following r/app:1.5" in capfd.readouterr().out
    assert main(["apply", path, "--auto-approve"]) == 1
    assert main(["apply", path, "--dry-run"]) == 1
    path = project(manifest(image("r/app:latest", "cur"), "r/app:new"))
    capfd.readouterr()
    assert main(["apply", path, "--auto-approve"]) == 1
    out = capfd.readouterr().out
    assert out.count("SourceStays") == 1
    assert out.splitlines()[-1] == "1 failed, 1 imported"


@pytest.mark.parametrize("error", [OverflowError("SECRET"), MemoryError(), OSError(5, "odd")])
@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_what_became_of_the_tags_is_told_whatever_goes_wrong(
    project: Callable[..., str],
    state: State,
    capfd: Capture,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    flags: list[str],
) -> None:
    """The second import of a stream goes wrong in a way nobody thought of."""
    state.registry |= {f"r/app:v{number}": digest(number + 1) for number in range(50)}
    calls = itertools.count()
    create_import = HttpCluster.create_import

    def fail(cluster: HttpCluster, body: Any, timeout: float) -> Any:
        answer = create_import(cluster, body, timeout)
        if body["spec"]["import"] and next(calls) == 1:
            raise error
        return answer

    monkeypatch.setattr(HttpCluster, "create_import", fail)
    assert main(["apply", project(fifty()), "--auto-approve", *flags]) == 1
    out, err = capfd.readouterr()
    if flags:
        results = [tag["result"] for tag in json.loads(out)["tags"]]
        assert results == ["imported"] * 20 + ["unknown"] * 20 + ["not done"] * 10
    else:
        assert out.splitlines()[-1] == "20 imported, 20 unknown, 10 not done"
    assert "SECRET" not in out + err
    assert len(err.splitlines()) == 2


def test_an_answer_with_an_endless_wait_is_no_defect(
    project: Callable[..., str], app: Any, state: State, capfd: Capture
) -> None:
    def busy() -> None:
        details = {"retryAfterSeconds": 10**400}
        raise RefusalError(429, "TooManyRequests", "slow down", details=details)

    state.faults[3] = Fault(before=busy)
    assert main(["apply", project(app), "--auto-approve"]) == 1
    out, err = capfd.readouterr()
    assert out.splitlines()[-1] == "2 failed"
    assert "slow down" in out
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("environ", "colour"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False), ({"NO_COLOR": ""}, True)],
)
def test_on_a_terminal_changes_are_in_colour_unless_the_environment_says_no(
    project: Callable[..., str], app: Any, environ: dict[str, str], colour: bool
) -> None:
    terminal, stdout = pty.openpty()
    environ = {"TERM": "xterm", "NO_COLOR": "", **environ}
    process = start("diff", project(app), stdout=stdout, env={**os.environ, **environ})
    process.communicate(timeout=60)
    os.close(stdout)
    shown = b""
    with contextlib.suppress(OSError):  # the end of a terminal
        while part := os.read(terminal, 4096):
            shown += part
    os.close(terminal)
    assert b"new" in shown
    assert (b"\x1b[32mnew\x1b[0m" in shown) is colour


def test_a_server_that_never_ends_its_answer_ends_the_command_in_time(
    project: Callable[..., str], app: Any, kubeconfig: Callable[..., Path]
) -> None:
    for way in ("early hints without end", "a header byte by byte"):
        with hostile(WAYS[way]) as url:
            kubeconfig(url)
            process = start("apply", project(app, server=url), "--auto-approve", "--timeout=1s")
            _, err = process.communicate(timeout=60)
        assert process.returncode == 1
        assert "Traceback" not in err


def test_a_dry_run_writes_nothing(project: Callable[..., str], app: Any, state: State) -> None:
    assert main(["apply", project(app), "--dry-run"]) == 0
    assert (state.imports(), state.streams) == ([], {})


def test_apply_with_nothing_to_do_does_nothing(
    project: Callable[..., str], app: Any, state: State
) -> None:
    path = project(app)
    main(["apply", path, "--auto-approve"])
    assert main(["apply", path, "--auto-approve"]) == 0
    assert len(state.imports()) == 1


def test_json_holds_everything_and_nothing_else_is_on_standard_output(
    project: Callable[..., str], app: Any, state: State, capfd: Capture
) -> None:
    del state.registry["r/app:v1"]
    path = project(app, OTHER)
    assert main(["apply", path, "--auto-approve", "--json"]) == 1
    written = json.loads(capfd.readouterr().out)
    failed, imported = written["tags"]
    assert written["leftAlone"] == ["1 v1 ConfigMap"]
    assert imported == {
        "namespace": "ns",
        "imageStream": "app",
        "tag": "v2",
        "from": "r/app:v2",
        "field": "spec.images[1]",
        "change": "new",
        "oldDigest": None,
        "newDigest": digest(2),
        "details": [],
        "notes": [],
        "result": "imported",
        "importedDigest": digest(2),
    }
    assert (failed["change"], failed["reason"]) == ("failed", "NotFound")
    assert failed["advice"].startswith("The registry has no such tag")
    assert main(["diff", path, "--json"]) == 1
    assert [tag["change"] for tag in json.loads(capfd.readouterr().out)["tags"]] == [
        "failed",
        "unchanged",
    ]


def test_no_output_holds_control_characters(
    project: Callable[..., str], state: State, capfd: Capture
) -> None:
    message = "\x1b[2J\x9b31m\x7f\r\nnot found"
    state.registry["r/app:v1"] = image_failure(404, "NotFound", message)
    path = project(manifest("r/app:v1"))
    main(["diff", path])
    text = capfd.readouterr().out
    main(["diff", path, "--json"])
    data = capfd.readouterr().out
    assert not re.search(r"[^\n\x20-\x7e\u00a0-]", text + data)
    assert json.loads(data)["tags"][0]["message"] == message


def test_it_all_works_over_tls_with_a_token(
    project: Callable[..., str],
    app: Any,
    state: State,
    serve: Serve,
    kubeconfig: Callable[..., Path],
    certificates: Certificates,
    capfd: Capture,
) -> None:
    secure = serve(certificates.context())
    state.token = "sha256~SECRET"
    authority = {"certificate-authority": str(certificates.ca)}
    path = project(app, server=secure.url)
    kubeconfig(secure.url, cluster=authority, user={"token": state.token})
    assert main(["apply", path, "--auto-approve"]) == 0
    assert state.written == [("ns/app", "v1"), ("ns/app", "v2")]
    kubeconfig(secure.url, cluster=authority, user={"token": "sha256~WRONG"})
    assert main(["diff", path]) == 1
    out, err = capfd.readouterr()
    assert "The cluster does not accept your credentials (any more): log in again." in out
    assert "sha256~" not in out.replace("sha256:", "") + err


def test_targets_choose_among_the_imports(
    project: Callable[..., str], app: Any, capfd: Capture
) -> None:
    other = manifest("r/app:v1", name="other")
    assert main(["diff", project(app, other), "-t", "imagestreamimport/other"]) == 16
    out = capfd.readouterr().out
    assert "ns/other" in out
    assert "ns/app" not in out


def test_without_a_terminal_nobody_can_be_asked(
    project: Callable[..., str], app: Any, state: State, capfd: Capture
) -> None:
    assert main(["apply", project(app)]) == 1
    assert capfd.readouterr().err == (
        "standard input is no terminal, so nobody can be asked: use --auto-approve\n"
    )
    assert state.requests == []


def test_the_wrong_cluster_is_refused_before_anything_is_asked(
    project: Callable[..., str], app: Any, state: State, capfd: Capture
) -> None:
    assert main(["apply", project(app, server="https://other:6443"), "--auto-approve"]) == 1
    assert "no context leads to the cluster of environment" in capfd.readouterr().err
    assert state.requests == []


def test_what_only_the_image_stream_would_refuse_is_refused_before(
    project: Callable[..., str], state: State, capfd: Capture
) -> None:
    bogus = manifest()
    bogus["spec"]["repository"] = {
        "from": {"kind": "DockerImage", "name": "r/app"},
        "referencePolicy": {"type": "Bogus"},
    }
    assert main(["diff", project(bogus)]) == 1
    assert capfd.readouterr().err == (
        "spec.repository.referencePolicy.type: 'Bogus': an image stream takes Source or Local only"
        " (in ImageStreamImport ns/app)\n"
    )
    assert state.requests == []


@pytest.mark.parametrize("time", ["0", "-1", "ten", "5d", "1e3", "inf"])
def test_a_timeout_has_to_be_a_time(time: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["diff", "x", f"--timeout={time}"])
    assert caught.value.code == 2


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "pyimagestream", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, **options},
    )


def test_a_closed_standard_input_is_no_terminal(project: Callable[..., str], app: Any) -> None:
    command = '"$0" -m pyimagestream apply "$1" <&-'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable, project(app)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.startswith("standard input is no terminal")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_a_diff_that_cannot_be_shown_is_an_error_and_nothing_is_imported(
    project: Callable[..., str], app: Any, state: State
) -> None:
    with open("/dev/full", "w") as full:
        process = start("apply", project(app), "--auto-approve", stdout=full)
    _, err = process.communicate(timeout=60)
    assert err.splitlines()[1:] == [
        "the output cannot be written: [Errno 28] No space left on device"
    ]
    assert (process.returncode, state.written) == (1, [])


@pytest.mark.parametrize(("answer", "code", "tags"), [("yes", 0, 2), ("y", 1, 0), ("", 1, 0)])
def test_on_a_terminal_apply_asks_and_only_yes_will_do(
    project: Callable[..., str], app: Any, state: State, answer: str, code: int, tags: int
) -> None:
    terminal, stdin = pty.openpty()
    process = start("apply", project(app), stdin=stdin)
    assert process.stderr
    assert process.stdout
    question = ""
    while not question.endswith("do it: "):
        question += process.stderr.read(1)
    assert "Import 2 tags at http://127.0.0.1" in question
    shown, _, _ = select.select([process.stdout], [], [], 10)
    assert shown, "the diff comes before the question"
    os.write(terminal, f"{answer}\n".encode())
    _, err = process.communicate(timeout=60)
    os.close(stdin)
    os.close(terminal)
    assert ("nothing was imported" in err) is (tags == 0)
    assert (process.returncode, len(state.written)) == (code, tags)


def test_an_apply_that_is_called_off_has_its_json_too(
    project: Callable[..., str], app: Any, state: State
) -> None:
    terminal, stdin = pty.openpty()
    process = start("apply", project(app), "--json", stdin=stdin)
    os.write(terminal, b"no\n")
    out, err = process.communicate(timeout=60)
    os.close(stdin)
    os.close(terminal)
    assert err.endswith("nothing was imported\n")
    assert [tag["change"] for tag in json.loads(out)["tags"]] == ["new", "new"]
    assert state.written == []


def test_without_a_connection_there_is_no_json_and_one_error(
    project: Callable[..., str], app: Any, kubeconfig: Callable[..., Path], capfd: Capture
) -> None:
    nobody = "http://127.0.0.1:9"
    kubeconfig(nobody)
    assert main(["diff", project(app, server=nobody), "--json"]) == 1
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count(nobody) == 2  # which cluster is asked, and that it does not answer


@pytest.fixture
def held(state: State) -> tuple[threading.Event, threading.Event]:
    """The second import of the third stream's worth is held: `came` and `go`."""
    came, go = threading.Event(), threading.Event()

    def hold() -> None:
        came.set()
        go.wait(30)

    state.registry |= {f"r/app:v{number}": digest(number + 1) for number in range(50)}
    # One look at the stream, three lookups, and the first import go before.
    state.faults[6] = Fault(before=hold)
    return came, go


def fifty() -> Any:
    return manifest(*(f"r/app:v{number}" for number in range(50)))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_lets_the_request_under_way_end_and_says_what_was_done(
    project: Callable[..., str], state: State, held: Any, number: signal.Signals
) -> None:
    came, go = held
    process = start("apply", project(fifty()), "--auto-approve", "--json")
    assert came.wait(60)
    process.send_signal(number)
    assert process.stderr
    assert "environments/dev" in process.stderr.readline()
    assert process.stderr.readline().startswith("waiting for requests under way")
    go.set()
    out, _ = process.communicate(timeout=60)
    results = [tag["result"] for tag in json.loads(out)["tags"]]
    assert results == ["imported"] * 40 + ["not done"] * 10
    assert len(state.written) == 40
    assert process.returncode == 130


def test_a_second_ctrl_c_leaves_at_once_and_says_what_is_unknown(
    project: Callable[..., str], held: Any
) -> None:
    came, go = held
    process = start("apply", project(fifty()), "--auto-approve", "--json")
    assert came.wait(60)
    process.send_signal(signal.SIGINT)
    assert process.stderr
    process.stderr.readline()
    process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    go.set()
    results = [tag["result"] for tag in json.loads(out)["tags"]]
    assert results == ["imported"] * 20 + ["unknown"] * 20 + ["not done"] * 10
    assert process.returncode == 130


def test_nothing_heavy_is_imported_before_a_cluster_is_asked() -> None:
    code = "import sys, pyimagestream.cli.main; sys.exit('lightkube' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_without_the_extra_the_error_says_what_to_install(
    project: Callable[..., str], app: Any, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "lightkube"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "lightkube", None)
    assert main(["diff", project(app)]) == 1
    assert "pip install 'pyimagestream[cluster]'" in capfd.readouterr().err
