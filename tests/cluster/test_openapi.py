"""The OpenAPI documents of a cluster, asked for with its own credentials."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.imageserver import State
from support.openapi import document, kind, third

from pyimagestream.cli.main import main
from pyimagestream.cluster.kube.client import connect
from pyimagestream.cluster.kube.kubeconfig import context_target
from pyimagestream.cluster.openapi import LISTED, WHOLE, openapi_documents
from pyimagestream.errors import AnswerError, ClusterError

Kubeconfig = Callable[..., Path]

CART = third(document({"com.acme.shop.v1.Cart": kind("shop.acme.com", "v1", "Cart")}))
PLACE = f"{LISTED}/apis/shop.acme.com/v1?hash=ABC"


def listed(**places: Any) -> dict[str, Any]:
    paths = {path: {"serverRelativeURL": place} for path, place in places.items()}
    return {"paths": {**paths, ".well-known/openid": {"serverRelativeURL": f"{LISTED}/x"}}}


def served(state: State) -> None:
    empty = {"openapi": "3.0.0", "components": {}}
    group = {"apis/shop.acme.com/v1": PLACE, "apis/b.c": f"{LISTED}/apis/b.c"}
    state.documents = {LISTED: listed(**group), PLACE: CART, f"{LISTED}/apis/b.c": empty}


def asked(context: str = "") -> list[tuple[str, Any]]:
    target = context_target(context)
    with connect(target) as cluster:
        return list(openapi_documents(cluster, "https://host"))


def test_there_is_a_document_for_each_version_of_a_group(
    server: Any, kubeconfig: Kubeconfig, state: State
) -> None:
    kubeconfig(server.url)
    served(state)
    assert asked() == [(f"https://host{LISTED}/apis/shop.acme.com/v1", CART)]
    assert [method for method, _, _ in state.requests] == ["GET"] * 3


def test_an_old_server_has_one_for_all(server: Any, kubeconfig: Kubeconfig, state: State) -> None:
    kubeconfig(server.url)
    state.documents = {WHOLE: document({})}
    assert asked() == [(f"https://host{WHOLE}", document({}))]


def test_the_credentials_of_the_context_are_used_and_their_refusal_is_told(
    server: Any, kubeconfig: Kubeconfig, state: State
) -> None:
    state.token = "sha256~SECRET"
    kubeconfig(server.url, user={"token": "sha256~SECRET"})
    served(state)
    assert len(asked()) == 1
    state.token = "another"
    with pytest.raises(ClusterError, match="401") as caught:
        asked()
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("answer", [[], {}, {"paths": []}, listed(**{"apis/a/v1": "//evil/x"})])
def test_what_is_no_list_of_documents_is_an_error(
    server: Any, kubeconfig: Kubeconfig, state: State, answer: Any
) -> None:
    kubeconfig(server.url)
    state.documents = {LISTED: answer}
    with pytest.raises(AnswerError):
        asked()


def test_the_time_for_all_documents_of_a_server_has_an_end(
    server: Any, kubeconfig: Kubeconfig, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    kubeconfig(server.url)
    served(state)
    monkeypatch.setattr("pyimagestream.cluster.openapi._SECONDS_IN_ALL", 0)
    with pytest.raises(AnswerError, match="https://host took more than 0 seconds"):
        asked()
    assert not state.requests


def test_a_context_that_is_not_there_is_told_with_those_that_are(
    server: Any, kubeconfig: Kubeconfig
) -> None:
    kubeconfig(server.url)
    with pytest.raises(ClusterError, match=r"there is no context 'prod'; there is \w+"):
        asked("prod")


def test_generate_asks_the_cluster_of_the_current_context(
    server: Any,
    kubeconfig: Kubeconfig,
    state: State,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kubeconfig(server.url)
    served(state)
    assert main(["generate", "--cluster", "-o", str(tmp_path / "lib"), "--group", "shop"]) == 0
    out, err = capsys.readouterr()
    assert (out.partition(": ")[2].partition(":")[0], err) == ("1 kind of 1 group version", "")
    assert (tmp_path / "lib" / "shop_v1.libsonnet").exists()
    state.documents = {}
    assert main(["generate", "--cluster", "-o", str(tmp_path / "other")]) == 1
    assert not (tmp_path / "other").exists()
