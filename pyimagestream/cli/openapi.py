"""The flags that tell an API, and the API that they describe."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from ..model.api import Api
from . import printing


def add_source(command: argparse.ArgumentParser) -> None:
    """Adds ``--openapi``, ``--cluster``, ``--group`` and ``--kind``."""
    command.add_argument(
        "--openapi",
        metavar="FILE",
        action="append",
        default=[],
        help="an OpenAPI document (version 2 or 3, JSON or YAML) or CustomResourceDefinitions: a"
        " file, a directory or -; may be repeated",
    )
    command.add_argument(
        "--cluster",
        metavar="CONTEXT",
        nargs="?",
        const="",
        help="ask the cluster of a context of the kubeconfig (default: the current one)",
    )
    command.add_argument(
        "--group",
        metavar="GROUP[/VERSION]",
        action="append",
        default=[],
        help="only this group, such as apps or route.openshift.io/v1; may be repeated",
    )
    command.add_argument(
        "--kind",
        action="append",
        default=[],
        help="only this kind, with what it consists of; may be repeated",
    )


def is_given(arguments: argparse.Namespace) -> bool:
    """Whether the flags tell where an API is described."""
    return bool(arguments.openapi) or arguments.cluster is not None


def api(arguments: argparse.Namespace) -> Api:
    """The part of an API that was chosen; what had to be guessed goes to standard error."""
    from ..model.choice import chosen
    from ..model.openapi.reader import read_api

    found = chosen(read_api(_documents(arguments)), arguments.group, arguments.kind)
    for guess in found.guesses:
        printing.tell(f"warning: {guess.text}")
    return found


def _documents(arguments: argparse.Namespace) -> Iterator[tuple[str, Any]]:
    from ..tanka.apidocuments import api_documents

    yield from api_documents(arguments.openapi)
    if arguments.cluster is not None:
        # What needs the packages of the extra `cluster` is imported when it is asked for.
        from ..cluster.kube.client import connect
        from ..cluster.kube.kubeconfig import context_target
        from ..cluster.openapi import openapi_documents

        target = context_target(arguments.cluster)
        with connect(target) as cluster:
            yield from openapi_documents(cluster, target.server)
