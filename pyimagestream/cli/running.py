"""The flags of commands that evaluate, and the runner and settings they describe."""

from __future__ import annotations

import argparse
import os
import re

from ..evaluation.settings import Settings
from ..tanka.progress import TerminalProgress
from ..tanka.runner import Runner
from . import options
from .traces import made_printable

CI_TIMEOUT = 600.0
"""Seconds a template may take in a CI job that says nothing else: nobody presses Ctrl-C there."""


def add_evaluation(command: argparse.ArgumentParser) -> None:
    """Adds the flags for variables, the engine, checks and limits."""
    options.add_variables(command)
    options.add_jpath(command)
    options.add_engine(command)
    command.add_argument("--no-check", action="store_true", help="let wrong values through")
    add_limits(command)


def add_limits(command: argparse.ArgumentParser) -> None:
    """Adds ``--timeout`` and ``--memory``."""
    command.add_argument(
        "--timeout",
        type=options.seconds,
        metavar="TIME",
        help="the time a template may take, such as 90s or 15m (default: none, or 10m where the"
        " environment variable CI is set)",
    )
    add_memory(command)


def add_memory(command: argparse.ArgumentParser) -> None:
    """Adds ``--memory``."""
    command.add_argument(
        "--memory",
        type=_size,
        metavar="SIZE",
        help="the memory a template may take, such as 500M or 2G",
    )


def add_parallel(command: argparse.ArgumentParser) -> None:
    """Adds ``-p``, and the flags of the cache."""
    command.add_argument(
        "-p",
        "--parallel",
        type=options.count,
        metavar="N",
        help="templates at once (default: one per processor)",
    )
    command.add_argument("-c", "--cache-path", metavar="DIR", help="keep evaluations there")
    command.add_argument(
        "-e",
        "--cache-envs",
        action="append",
        default=[],
        type=options.regex,
        metavar="REGEX",
        help="entry points to cache (default: all)",
    )


def settings(arguments: argparse.Namespace) -> Settings:
    """The settings that the flags of a command on environments describe."""
    options.note_fallback(arguments)
    return options.settings(arguments, check=not arguments.no_check)


def runner(arguments: argparse.Namespace, progress: TerminalProgress | None = None) -> Runner:
    """The runner that the flags describe."""
    cache = None
    if directory := getattr(arguments, "cache_path", None):
        from ..tanka.cache import Cache  # slow to import, and seldom asked for

        cache = Cache(directory, arguments.cache_envs, progress.note if progress else None)
    return Runner(
        parallel=getattr(arguments, "parallel", None),
        timeout=arguments.timeout or (CI_TIMEOUT if os.environ.get("CI") else None),
        memory=arguments.memory,
        cache=cache,
        progress=progress,
        around=made_printable,
    )


def _size(text: str) -> int:
    match = re.fullmatch(r"(\d{1,15})([KMG]?)(?:i?B)?", text, re.IGNORECASE | re.ASCII)
    if not match or not int(match[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is not a size such as 500M or 2G")
    return int(match[1]) << {"": 0, "K": 10, "M": 20, "G": 30}[match[2].upper()]
