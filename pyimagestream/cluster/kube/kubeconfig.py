"""Which cluster an environment belongs to, and how to reach it.

`spec.apiServer` and `spec.contextNames` of the environment choose a context of
the kubeconfig, and nothing else does: the current context only decides between
contexts of one cluster. An environment that names no cluster, or several, or one
that no context leads to, is refused, so that an import never ends up in the wrong
place.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ...checks.regexp import compiled
from ...errors import ClusterError, PatternError
from ._configfiles import kubeconfig_files, merge

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
IN_CLUSTER = "in-cluster"
IN_CLUSTER_SERVER = "https://kubernetes.default.svc"

PROXIES = ("http://", "https://", "socks5://")

# What kubectl knows and lightkube passes over. To pass over an impersonation
# would be to act with more rights than the user asked for.
UNSUPPORTED = {
    "cluster": ("tls-server-name",),
    "user": ("as", "as-uid", "as-groups", "as-user-extra", "auth-provider"),
}


@dataclass(frozen=True)
class Target:
    """A cluster to talk to: for people `context` and `server`, for the client the rest.

    `config` is a kubeconfig of this one context as plain data, without `proxy`,
    `plugin` and `token_file` (``proxy-url``, ``exec`` and ``tokenFile``), which
    lightkube knows nothing or too little about. They hold credentials and are
    never shown; `server` holds none.
    """

    context: str
    server: str
    config: Mapping[str, Any] = field(repr=False)
    proxy: str | None = field(default=None, repr=False)
    plugin: Mapping[str, Any] | None = field(default=None, repr=False)
    token_file: str | None = field(default=None, repr=False)


def choose_target(
    environment: Mapping[str, Any],
    *,
    environ: Mapping[str, str] = os.environ,
    service_account: Path = SERVICE_ACCOUNT,
) -> Target:
    """The cluster of a Tanka environment.

    `environment` is an object of kind Environment (``tanka.dev/v1alpha1``).
    The kubeconfig comes from ``$KUBECONFIG`` (several files are merged, the
    first one wins) or ``~/.kube/config``; where there is none, a pod's service
    account serves as the context ``in-cluster``. Raises ClusterError.
    """
    spec = environment.get("spec") or {}
    api_server = str(spec.get("apiServer") or "")
    names = list(spec.get("contextNames") or [])
    if not api_server and not names:
        raise ClusterError(
            f"environment {_name(environment)!r} names no cluster: set its spec.apiServer"
            " or spec.contextNames"
        )
    kubeconfig = _kubeconfig(environ, service_account)
    is_ours = not kubeconfig_files(environ)
    if is_ours and api_server and _normal(api_server) == _normal(IN_CLUSTER_SERVER):
        api_server = kubeconfig["clusters"][IN_CLUSTER]["server"]
    return _target(kubeconfig, _choose(environment, api_server, names, kubeconfig))


def context_target(
    context: str,
    *,
    environ: Mapping[str, str] = os.environ,
    service_account: Path = SERVICE_ACCOUNT,
) -> Target:
    """The cluster of a context, by its name; of the current one where it is empty.

    For what only reads of a cluster what it says of itself. Raises ClusterError.
    """
    kubeconfig = _kubeconfig(environ, service_account)
    name = context or str(kubeconfig["current-context"] or "")
    known = _contexts(kubeconfig)
    if name not in known:
        what = f"there is no context {name!r}" if name else "there is no current context"
        raise ClusterError(f"{what}; there is {', '.join(sorted(known)) or 'none at all'}")
    return _target(kubeconfig, name)


def _kubeconfig(environ: Mapping[str, str], service_account: Path) -> dict[str, Any]:
    files = kubeconfig_files(environ)
    if files:
        return merge(files)
    if environ.get("KUBERNETES_SERVICE_HOST"):
        return _in_cluster(environ, service_account)
    raise ClusterError("there is no kubeconfig: neither $KUBECONFIG nor ~/.kube/config exists")


def _target(kubeconfig: Mapping[str, Any], context: str) -> Target:
    config = _only(kubeconfig, context)
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    proxy, plugin = cluster.pop("proxy-url", None), user.pop("exec", None)
    token_file = user.pop("tokenFile", None)
    if token_file:
        user.pop("token", None)  # as for kubectl, an older one
    if proxy and not proxy.startswith(PROXIES):
        raise ClusterError(f"context {context!r}: proxy-url must be {' or '.join(PROXIES)}...")
    try:
        url = urlsplit(cluster["server"])
    except ValueError as error:  # of brackets that hold no IPv6 address; it quotes nothing
        shown = shown_url(cluster["server"])
        raise ClusterError(f"context {context!r}: server {shown} is no URL: {error}") from None
    if url.username and url.password:  # out of the URL, which an HTTP client logs
        user.setdefault("username", unquote(url.username))
        user.setdefault("password", unquote(url.password))
    server = cluster["server"] = shown_url(cluster["server"])
    return Target(context, server, config, proxy, plugin, token_file)


def _in_cluster(environ: Mapping[str, str], account: Path) -> dict[str, Any]:
    """What a pod is given, in the shape `merge` gives a kubeconfig."""
    host, port = environ["KUBERNETES_SERVICE_HOST"], environ.get("KUBERNETES_SERVICE_PORT", "443")
    server = f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"
    cluster = {"server": server, "certificate-authority": str(account / "ca.crt")}
    return {
        "current-context": IN_CLUSTER,
        "clusters": {IN_CLUSTER: cluster},
        "contexts": {IN_CLUSTER: {"cluster": IN_CLUSTER, "user": IN_CLUSTER}},
        "users": {IN_CLUSTER: {"tokenFile": str(account / "token")}},
    }


def _contexts(kubeconfig: Mapping[str, Any]) -> dict[str, str]:
    """Every context with a cluster, and that cluster's server."""
    servers = {name: cluster.get("server") for name, cluster in kubeconfig["clusters"].items()}
    return {
        name: servers[context["cluster"]]
        for name, context in kubeconfig["contexts"].items()
        if servers.get(context.get("cluster"))
    }


def _choose(
    environment: Mapping[str, Any],
    api_server: str,
    names: list[str],
    kubeconfig: Mapping[str, Any],
) -> str:
    candidates = _contexts(kubeconfig)
    matching = [
        name
        for name, server in candidates.items()
        if (not names or _named(name, names)) and (not api_server or _is_url_of(server, api_server))
    ]
    if not matching:
        wanted = [f"spec.apiServer {shown_url(api_server)}"] if api_server else []
        wanted += [f"spec.contextNames {', '.join(names)}"] if names else []
        known = "".join(f"\n  {name}: {shown_url(server)}" for name, server in candidates.items())
        raise ClusterError(
            f"no context leads to the cluster of environment {_name(environment)!r}"
            f" ({' and '.join(wanted)}); there is{known or ' none at all'}"
        )
    if len({_normal(candidates[name]) for name in matching}) > 1:
        raise ClusterError(
            f"environment {_name(environment)!r} fits contexts of several clusters:"
            f" {', '.join(matching)}; let spec.contextNames or spec.apiServer name one of them"
        )
    current = str(kubeconfig["current-context"])
    return current if current in matching else matching[0]


def _named(context: str, names: list[str]) -> bool:
    """Tanka reads contextNames as regular expressions; an exact name needs no luck with those."""
    for name in names:
        try:
            if context == name or compiled(name).fullmatch(context):
                return True
        except PatternError as error:
            raise ClusterError(f"spec.contextNames: {error}") from None
    return False


def _only(kubeconfig: Mapping[str, Any], context: str) -> dict[str, Any]:
    """The part of the kubeconfig that belongs to one context, in a kubeconfig's own shape."""
    entry = kubeconfig["contexts"][context]
    cluster = dict(kubeconfig["clusters"][entry["cluster"]])
    if cluster.get("certificate-authority-data"):
        cluster.pop("certificate-authority", None)  # as for kubectl; lightkube sees it otherwise
    name = entry.get("user")
    if name and name not in kubeconfig["users"]:
        raise ClusterError(f"context {context!r}: there is no user {name!r}")
    user = dict(kubeconfig["users"][name]) if name else {}
    user = {key: value for key, value in user.items() if value != ""}  # means unset
    for kind, value in (("cluster", cluster), ("user", user)):
        for key in UNSUPPORTED[kind]:
            if value.get(key):
                raise ClusterError(f"context {context!r}: {kind}.{key} is not supported")
    if _has(user, "client-certificate") and not _has(user, "client-key"):
        raise ClusterError(f"context {context!r}: there is no key to the client certificate")
    return {
        "current-context": context,
        "clusters": [{"name": context, "cluster": cluster}],
        "contexts": [{"name": context, "context": {"cluster": context, "user": context}}],
        "users": [{"name": context, "user": user}],
    }


def _has(user: Mapping[str, Any], key: str) -> bool:
    """Whether there is a file, or the content of one."""
    return bool(user.get(key) or user.get(f"{key}-data"))


def _is_url_of(server: str, api_server: str) -> bool:
    wanted = _normal(api_server)
    try:
        return _normal(server) == wanted
    except ClusterError:
        return False  # a context that leads nowhere need not hold up the others


def _normal(server: str) -> str:
    """A server's URL such that equal servers have equal URLs. Raises ClusterError for none."""
    try:
        url = urlsplit(server if "://" in server else f"https://{server}")
        port = url.port or {"https": 443, "http": 80}.get(url.scheme, 0)
    except ValueError:
        port = None
    if port is None or not url.hostname or _parts(server) is None:
        raise ClusterError(f"not the URL of a server: {shown_url(server)}")
    return f"{url.scheme}://{url.hostname}:{port}{url.path.rstrip('/')}"


def shown_url(server: str) -> str:
    """A server's URL without user, password, query and fragment, where credentials stand.

    As for kubectl, it leads to the same server.
    """
    parts = _parts(server)
    return "..." if parts is None else "".join(parts)


def _parts(server: str) -> tuple[str, str, str] | None:
    """Scheme, host and path of a URL.

    None where an ``@`` stands elsewhere than before the host: there is no telling
    what belongs to a password that somebody forgot to escape.
    """
    match = re.fullmatch(r"([a-zA-Z][a-zA-Z0-9+.-]*://)?([^/?#]*)(.*)", server, re.DOTALL)
    assert match  # as every text
    scheme, host, rest = match[1] or "", match[2], match[3]
    if "@" in rest:
        return None
    return scheme, host.rpartition("@")[2], re.split("[?#]", rest, maxsplit=1)[0]


def _name(environment: Mapping[str, Any]) -> str:
    return str((environment.get("metadata") or {}).get("name", ""))
