"""Which cluster an environment leads to; never the wrong one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from pyimagestream.cluster.kube.kubeconfig import Target, choose_target
from pyimagestream.errors import ClusterError

PROD, TEST = "https://api.prod.example:6443", "https://api.test.example:6443"


def environment(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "environments/dev"}, "spec": {"namespace": "ns", **spec}}


def config(contexts: dict[str, str], current: str = "", **users: Any) -> dict[str, Any]:
    return {
        "current-context": current,
        "clusters": [
            {"name": server, "cluster": {"server": server}} for server in {*contexts.values()}
        ],
        "contexts": [
            {"name": name, "context": {"cluster": server, "user": "u"}}
            for name, server in contexts.items()
        ],
        "users": [{"name": "u", "user": users}],
    }


@pytest.fixture
def choose(tmp_path: Path) -> Callable[..., Target]:
    def run(spec: dict[str, Any], *configs: Any) -> Target:
        paths = []
        for number, content in enumerate(configs):
            path = tmp_path / str(number) / "config"
            path.parent.mkdir(exist_ok=True)
            path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
            paths.append(str(path))
        return choose_target(environment(**spec), environ={"KUBECONFIG": ":".join(paths)})

    return run


@pytest.mark.parametrize(
    "server",
    [PROD, f"{PROD}/", "https://API.prod.example:6443", "api.prod.example:6443"],
)
def test_the_api_server_chooses_the_context_whatever_the_current_one(
    choose: Callable[..., Target], server: str
) -> None:
    target = choose({"apiServer": server}, config({"test": TEST, "prod": PROD}, "test"))
    assert (target.context, target.server) == ("prod", PROD)


def test_the_standard_port_may_be_left_out(choose: Callable[..., Target]) -> None:
    both = config({"a": "https://api.example:443"})
    assert choose({"apiServer": "https://api.example"}, both).context == "a"


@pytest.mark.parametrize(
    "server",
    [
        "https://api.prod.example:6443/path",
        "https://api.prod.example:64430",
        "https://api.prod.example",
        "http://api.prod.example:6443",
        "https://api.prod.example.evil:6443",
    ],
)
def test_a_server_that_merely_looks_alike_is_another_one(
    choose: Callable[..., Target], server: str
) -> None:
    with pytest.raises(ClusterError, match="no context leads to the cluster"):
        choose({"apiServer": server}, config({"prod": PROD}, "prod"))


def test_the_names_choose_the_context(choose: Callable[..., Target]) -> None:
    both = config({"test": TEST, "prod": PROD}, "test")
    assert choose({"contextNames": ["prod"]}, both).context == "prod"
    assert choose({"contextNames": ["pr.*", "nope"]}, both).context == "prod"


def test_a_name_has_to_fit_as_a_whole(choose: Callable[..., Target]) -> None:
    with pytest.raises(ClusterError, match="no context leads to the cluster"):
        choose({"contextNames": ["prod"]}, config({"prod-eu": PROD}, "prod-eu"))


def test_a_name_and_a_server_have_to_agree(choose: Callable[..., Target]) -> None:
    both = config({"test": TEST, "prod": PROD}, "test")
    assert choose({"apiServer": PROD, "contextNames": ["prod"]}, both).context == "prod"
    with pytest.raises(ClusterError) as caught:
        choose({"apiServer": PROD, "contextNames": ["test"]}, both)
    assert str(caught.value) == (
        "no context leads to the cluster of environment 'environments/dev' (spec.apiServer"
        f" {PROD} and spec.contextNames test); there is\n  test: {TEST}\n  prod: {PROD}"
    )


def test_an_environment_that_names_no_cluster_is_refused(choose: Callable[..., Target]) -> None:
    with pytest.raises(ClusterError, match="names no cluster"):
        choose({}, config({"prod": PROD}, "prod"))


def test_of_contexts_of_one_cluster_the_current_one_is_taken(
    choose: Callable[..., Target],
) -> None:
    three = {"a": PROD, "b": PROD, "c": TEST}
    assert choose({"apiServer": PROD}, config(three, "b")).context == "b"
    assert choose({"apiServer": PROD}, config(three, "c")).context == "a"


@pytest.mark.parametrize("current", ["", "eu-test"])
def test_contexts_of_several_clusters_are_refused_whatever_the_current_one(
    choose: Callable[..., Target], current: str
) -> None:
    both = config({"eu-prod": PROD, "eu-test": TEST}, current)
    with pytest.raises(ClusterError, match="contexts of several clusters: eu-prod, eu-test"):
        choose({"contextNames": ["eu-.*"]}, both)


def test_a_name_that_is_no_regular_expression_is_an_error(choose: Callable[..., Target]) -> None:
    with pytest.raises(ClusterError, match=r"contextNames: '\('"):
        choose({"contextNames": ["("]}, config({"prod": PROD}))


def test_neither_a_pattern_nor_the_name_of_a_context_need_be_text_in_utf8(
    choose: Callable[..., Target],
) -> None:
    with pytest.raises(ClusterError, match=r"contextNames: .* invalid UTF-8"):
        choose({"contextNames": ["\ud800"]}, config({"prod": PROD}))
    odd = config({"\ud800": TEST, "prod": PROD})
    assert choose({"contextNames": ["p.*"]}, json.dumps(odd)).context == "prod"


@pytest.mark.parametrize("anything", ["oops", ["oops"], {"command": 5}])
def test_only_users_have_plugins(choose: Callable[..., Target], anything: Any) -> None:
    content = config({"prod": PROD})
    content["contexts"][0]["context"]["exec"] = anything
    content["clusters"][0]["cluster"]["exec"] = anything
    assert choose({"apiServer": PROD}, content).context == "prod"


def test_several_files_are_one_and_the_first_wins(choose: Callable[..., Target]) -> None:
    first, second = config({"prod": PROD}), config({"prod": TEST, "test": TEST}, "test")
    assert choose({"contextNames": ["prod"]}, first, second).server == PROD
    assert choose({"contextNames": ["test"]}, first, second).server == TEST


def test_paths_are_relative_to_the_file_they_stand_in(
    choose: Callable[..., Target], tmp_path: Path
) -> None:
    one = config({"prod": PROD}, **{"client-certificate": "me.crt", "client-key": "/abs.key"})
    one["clusters"][0]["cluster"]["certificate-authority"] = "ca.crt"
    one["users"][0]["user"]["exec"] = {"command": "./plugin", "apiVersion": "x"}
    target = choose({"apiServer": PROD}, one)
    parts, plugin = target.config, target.plugin
    folder = tmp_path / "0"
    assert parts["clusters"][0]["cluster"]["certificate-authority"] == str(folder / "ca.crt")
    user = parts["users"][0]["user"]
    assert user["client-certificate"] == str(folder / "me.crt")
    assert user["client-key"] == "/abs.key"
    assert plugin
    assert plugin["command"] == str(folder / "plugin")


def test_a_kubeconfig_may_be_named_relative_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = config({"prod": PROD})
    one["clusters"][0]["cluster"]["certificate-authority"] = "ca.crt"
    (tmp_path / "config").write_text(yaml.safe_dump(one))
    monkeypatch.chdir(tmp_path)
    target = choose_target(environment(apiServer=PROD), environ={"KUBECONFIG": "config"})
    cluster = target.config["clusters"][0]["cluster"]
    assert cluster["certificate-authority"] == str(tmp_path / "ca.crt")


@pytest.mark.parametrize("key", ["as", "as-groups", "auth-provider"])
def test_what_would_be_ignored_is_refused(choose: Callable[..., Target], key: str) -> None:
    """Ignoring an impersonation would give the user more rights than asked for."""
    with pytest.raises(ClusterError, match=f"context 'prod': user.{key} is not supported"):
        choose({"apiServer": PROD}, config({"prod": PROD}, **{key: "somebody"}))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("users: [{name: u, user: {token: *SECRET}}]", "0/config:1: not valid YAML"),
        ("a: b\nusers: {token: !SECRET x}", "0/config:2: not valid YAML"),
        ("a: b\n- SECRET", "0/config:2: not valid YAML"),
        ("SECRET", "not an object"),
        (f"a: {'[' * 9999}", "unreadable (RecursionError)"),
        ("a: 2020-99-99", "unreadable (ValueError)"),
        ("users: SECRET", "users has the wrong type"),
        ("contexts: [SECRET]", "contexts[0] has the wrong type"),
        ("clusters: [{cluster: SECRET}]", "clusters[0].cluster has the wrong type"),
        ("clusters: [{name: 5}]", "clusters[0].name has the wrong type"),
        ("users: [{user: {token: [SECRET]}}]", "users[0].user.token has the wrong type"),
        ("users: [{user: {exec: {env: [SECRET]}}}]", "exec.env[0] has the wrong type"),
    ],
)
def test_a_broken_kubeconfig_is_one_error_that_quotes_no_secret(
    choose: Callable[..., Target], content: str, message: str
) -> None:
    with pytest.raises(ClusterError) as caught:
        choose({"apiServer": PROD}, content)
    assert message in str(caught.value)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("server", ["https://[::1", "https://x:port"])
def test_a_server_that_is_no_url_is_an_error(choose: Callable[..., Target], server: str) -> None:
    with pytest.raises(ClusterError, match="not the URL of a server"):
        choose({"apiServer": server}, config({"prod": PROD}))


def test_the_certificate_in_a_kubeconfig_goes_before_the_file_it_names(
    choose: Callable[..., Target],
) -> None:
    both = config({"prod": PROD})
    both["clusters"][0]["cluster"] |= {
        "certificate-authority": "ca.crt",
        "certificate-authority-data": "data",
    }
    cluster = choose({"apiServer": PROD}, both).config["clusters"][0]["cluster"]
    assert cluster == {"server": PROD, "certificate-authority-data": "data"}


def test_a_context_without_its_user_is_an_error(choose: Callable[..., Target]) -> None:
    lost = config({"prod": PROD})
    lost["users"] = []
    with pytest.raises(ClusterError, match="there is no user 'u'"):
        choose({"apiServer": PROD}, lost)


def test_without_any_kubeconfig_the_error_says_where_one_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=r"neither \$KUBECONFIG nor"):
        choose_target(environment(apiServer=PROD), environ={"KUBECONFIG": str(tmp_path / "absent")})


def test_no_secret_is_in_a_targets_repr(choose: Callable[..., Target]) -> None:
    secret = config({"prod": PROD}, token="SECRET")
    secret["clusters"][0]["cluster"]["proxy-url"] = "http://me:SECRET@proxy"
    target = choose({"apiServer": PROD}, secret)
    assert target.proxy == "http://me:SECRET@proxy"
    assert "SECRET" not in repr(target)


def test_credentials_in_a_servers_url_are_used_and_not_shown(
    choose: Callable[..., Target],
) -> None:
    server = "https://me:SECRET%21@api.prod.example:6443"
    target = choose({"apiServer": PROD}, config({"prod": server}))
    assert target.server == target.config["clusters"][0]["cluster"]["server"] == PROD
    assert target.config["users"][0]["user"] == {"username": "me", "password": "SECRET!"}
    with pytest.raises(ClusterError) as caught:
        choose({"apiServer": TEST}, config({"prod": server}))
    assert "SECRET" not in str(caught.value)


IN_CLUSTER = {"KUBECONFIG": "/nowhere", "KUBERNETES_SERVICE_HOST": "10.0.0.1"}


@pytest.mark.parametrize(
    "spec",
    [
        {"apiServer": "https://10.0.0.1:443"},
        {"apiServer": "https://kubernetes.default.svc"},
        {"contextNames": ["in-cluster"]},
    ],
)
def test_a_pod_reaches_its_own_cluster(spec: dict[str, Any]) -> None:
    target = choose_target(
        environment(**spec), environ={**IN_CLUSTER, "KUBERNETES_SERVICE_PORT": "443"}
    )
    assert (target.context, target.server) == ("in-cluster", "https://10.0.0.1:443")


def test_a_pod_does_not_take_its_own_cluster_for_another_one() -> None:
    with pytest.raises(ClusterError, match="no context leads to the cluster"):
        choose_target(
            environment(apiServer=PROD), environ={**IN_CLUSTER, "KUBERNETES_SERVICE_PORT": "443"}
        )
