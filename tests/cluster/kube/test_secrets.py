"""No output holds a credential, however odd the kubeconfig is in which it stands."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.making import QUICK

from pyimagestream.cli.main import main
from pyimagestream.cluster.budget import Limits
from pyimagestream.cluster.kube.kubeconfig import choose_target, shown_url
from pyimagestream.errors import ClusterError

USER = "users: [{name: u, user: %s}]"
SERVER = "clusters: [{name: c, cluster: {server: %s}}]"
CLUSTER = "clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1', %s}}]"
EXEC = USER % "{exec: {apiVersion: client.authentication.k8s.io/v1, %s}}"

ODD = {
    "a password with a slash": SERVER % "'http://u:SECRET/x@127.0.0.1:1'",
    "a password with digits and a slash": SERVER % "'http://u:1/SECRET@127.0.0.1:1'",
    "a password with a question mark": SERVER % "'http://u:SECRET?x@127.0.0.1:1'",
    "a password with a hash": SERVER % "'http://u:SECRET#@127.0.0.1:1'",
    "a password with an at": SERVER % "'http://u:SECRET@SECRET@127.0.0.1:1'",
    "a password with a colon": SERVER % "'http://u:SECRET:SECRET@127.0.0.1:1'",
    "a password with a scheme": SERVER % "'http://u:SECRET://SECRET@127.0.0.1:1'",
    "a password without a scheme": SERVER % "'u:SECRET@127.0.0.1:1'",
    "a password and a bad port": SERVER % "'http://u:SECRET@127.0.0.1:port'",
    "a password before the scheme": SERVER % "'u:SECRET@http://127.0.0.1:1'",
    "a password behind one slash": SERVER % "'http:/u:SECRET@127.0.0.1:1'",
    "a user without a password": SERVER % "'http://SECRET@127.0.0.1:1'",
    "brackets that are not closed": SERVER % "'http://u:SECRET@[::1:1'",
    "a query": SERVER % "'http://127.0.0.1:1/?token=SECRET'",
    "a query with an at": SERVER % "'http://127.0.0.1:1/?token=SEC@SECRET'",
    "a query with a URL": SERVER % "'http://127.0.0.1:1/?to=http://u:SECRET@h/SECRET'",
    "a fragment": SERVER % "'http://127.0.0.1:1/#SECRET'",
    "a bool that is none": USER % "{token: !!bool SECRET}",
    "a float that is none": USER % "{token: !!float SECRET}",
    "an int that is none": USER % "{token: !!int SECRET}",
    "an empty int": USER % "{token: !!int '', password: SECRET}",
    "a time that is none": USER % "{token: !!timestamp SECRET}",
    "a tag nobody knows": USER % "{token: !SECRET SECRET}",
    "a token of bytes": USER % "{token: !!binary U0VDUkVU}",
    "a python object": USER % "{token: !!python/object/apply:os.system [SECRET]}",
    "a token that is a list": USER % "{token: [SECRET]}",
    "a token that is a map": USER % "{token: {SECRET: SECRET}}",
    "a token with a line break": USER % r'{token: "SECRET\nX"}',
    "a token that is not ASCII": USER % r'{token: "SECRET\u2028"}',
    "a token with a NUL": USER % r'{token: "SECRET\0"}',
    "a key that is none": USER % "{client-key-data: SECRET, client-certificate-data: SECRET}",
    "a key in base64 that is none": USER
    % "{client-key-data: U0VDUkVU, client-certificate-data: U0VDUkVU}",
    "an unknown anchor": USER % "{token: *SECRET}",
    "no end": USER % "{token: 'SECRET",
    "a proxy without a scheme": CLUSTER % "proxy-url: 'u:SECRET@127.0.0.1:1'",
    "a proxy with a bad port": CLUSTER % "proxy-url: 'http://u:SECRET@127.0.0.1:port'",
    "a proxy with a slash": CLUSTER % "proxy-url: 'http://u:SECRET/x@127.0.0.1:1'",
    "a proxy that is not there": CLUSTER % "proxy-url: 'http://u:SECRET@127.0.0.1:1'",
    "a CA that is none": CLUSTER % "certificate-authority-data: SECRET",
    "a plugin without a name": EXEC % "args: [SECRET], env: [{name: A, value: SECRET}]",
    "a plugin that is not there": EXEC % "command: /absent, env: [{name: A, value: SECRET}]",
    "a plugin with an odd variable": EXEC % "command: 'true', env: [{value: SECRET}]",
    "a plugin that prints it": EXEC % "command: echo, args: [SECRET]",
    "a plugin that has none": EXEC
    % """command: echo, args: ['{"status": {"clientKeyData": "SECRET"}}']""",
}

CONFIG = {
    "clusters": "clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]",
    "users": "users: [{name: u, user: {token: SECRET}}]",
    "contexts": "contexts: [{name: dev, context: {cluster: c, user: u}}]",
}


@pytest.fixture
def show(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    few_authorities: None,
) -> Callable[..., str]:
    """Runs diff with a kubeconfig; all that it prints."""
    monkeypatch.setattr(Limits, "pause", lambda limits, tries: QUICK.backoff)

    def run(config: str, **spec: Any) -> str:
        (tmp_path / "jsonnetfile.json").write_text("{}")
        environment = {
            "apiVersion": "tanka.dev/v1alpha1",
            "kind": "Environment",
            "metadata": {"name": "."},
            "spec": {"namespace": "ns", **spec},
        }
        (tmp_path / "spec.json").write_text(json.dumps(environment))
        (tmp_path / "main.jsonnet").write_text(
            "(import 'imageStreamImport.libsonnet').new('app') + { spec: { ['import']: true,"
            " images: [{ from: { kind: 'DockerImage', name: 'r/app:v1' } }] } }"
        )
        (tmp_path / "config").write_text(config)
        monkeypatch.setenv("KUBECONFIG", str(tmp_path / "config"))
        assert main(["diff", str(tmp_path)]) == 1
        printed = "".join(capfd.readouterr())
        assert printed
        assert "jsonnet" not in printed  # it came as far as the kubeconfig
        return printed

    return run


@pytest.mark.parametrize(
    "spec", [{"contextNames": ["dev"]}, {"apiServer": "http://127.0.0.1:1"}, {"apiServer": "x"}]
)
@pytest.mark.parametrize("way", ODD)
def test_an_odd_kubeconfig_is_one_error_without_its_secrets(
    show: Callable[..., str], way: str, spec: Any
) -> None:
    odd = ODD[way]
    parts = {**CONFIG, odd.partition(":")[0]: odd}
    printed = show("\n".join(parts.values()), **spec)
    assert "secret" not in printed.lower()
    assert "Traceback" not in printed
    assert "report" not in printed


@pytest.mark.parametrize(
    "server",
    ["http://u:SECRET@h:1", "http://u:SECRET/x@h", "http://h/?t=SECRET", "http://u:SECRET@h:port"],
)
def test_the_server_of_an_environment_is_shown_without_its_secrets(
    show: Callable[..., str], server: str
) -> None:
    assert "secret" not in show("\n".join(CONFIG.values()), apiServer=server).lower()


@pytest.mark.parametrize(
    ("server", "shown"),
    [
        ("https://api.example:6443", "https://api.example:6443"),
        ("https://u:p@api.example:6443/path", "https://api.example:6443/path"),
        ("https://u:p@[::1]:6443", "https://[::1]:6443"),
        ("https://api.example/a?b=c#d", "https://api.example/a"),
        ("u:p@api.example:6443", "api.example:6443"),
        ("https://u:p/w@api.example", "..."),
        ("u:p@https://api.example", "https://api.example"),
        ("http:/u:p@api.example", "..."),
        ("https://", "https://"),
        ("", ""),
    ],
)
def test_a_url_is_shown_without_what_may_be_secret(server: str, shown: str) -> None:
    assert shown_url(server) == shown


def test_the_chain_of_errors_holds_no_secret_either(tmp_path: Path) -> None:
    (tmp_path / "config").write_text(USER % "{token: !!bool SECRET}")
    environ = {"KUBECONFIG": str(tmp_path / "config")}
    with pytest.raises(ClusterError) as caught:
        choose_target({"spec": {"contextNames": ["dev"]}}, environ=environ)
    assert "'secret'" not in "".join(traceback.format_exception(caught.value)).lower()
