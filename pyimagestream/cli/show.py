"""``pyimagestream show``: the manifests of an environment, or of a file, as YAML."""

from __future__ import annotations

import argparse
import os
from typing import Any

from ..errors import PyimagestreamError
from ..tanka.load import load, load_file
from ..tanka.project import project_of
from . import options, printing, remarks, running


def register(commands: Any) -> None:
    command = commands.add_parser(
        "show",
        description="Evaluates and checks an environment, or a template that is in none, and prints"
        " the manifests as YAML.",
    )
    command.add_argument(
        "path",
        type=options.path,
        metavar="PATH",
        help=f"{options.ENVIRONMENT}; or a file by itself",
    )
    options.add_choice(command)
    options.add_form(command)
    running.add_evaluation(command)
    # There to be accepted: Tanka wants to be asked for what is done here without.
    command.add_argument("--dangerous-allow-redirect", action="store_true", help=argparse.SUPPRESS)
    command.set_defaults(run=_show)


def _show(arguments: argparse.Namespace) -> int:
    settings, path = running.settings(arguments), arguments.path
    with running.runner(arguments) as runner:
        chosen: Any = {
            "runner": runner,
            "targets": arguments.target,
            "as_image_streams": arguments.kind == "imagestream",
        }
        if os.path.exists(path) and not os.path.isdir(path) and not project_of(path):
            if arguments.name:
                raise PyimagestreamError(f"{path}: --name {arguments.name}: this file is in none")
            manifests = load_file(path, settings, **chosen)
        else:
            _, manifests = load(path, settings, name=arguments.name, **chosen)
    if arguments.for_kubectl:
        from ..tanka.manifests.kubectl import for_kubectl

        manifests = [for_kubectl(manifest) for manifest in manifests]
    printing.write_yaml(manifests)
    if settings.check:
        remarks.tell_of(manifests, arguments, path)
    return 0
