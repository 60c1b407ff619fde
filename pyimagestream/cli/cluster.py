"""``diff`` and ``apply``: what a cluster has, and what it shall get."""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from signal import SIGINT, SIGTERM
from typing import Any

from ..cluster.apply import Apply
from ..cluster.budget import Budget, Limits
from ..cluster.diff import Diff, make_diff
from ..cluster.kube.client import connect
from ..cluster.kube.kubeconfig import choose_target
from ..cluster.page import diff_page, refuse_place, write_page
from ..cluster.plan import make_plan
from ..cluster.report import diff_data, diff_text, outcomes_text
from ..cluster.streamreport import streams_data, streams_text
from ..cluster.streams import StreamDiff, diff_streams, exit_code
from ..errors import PyimagestreamError, printable
from ..tanka.load import load
from ..tanka.progress import TerminalProgress
from . import options, printing, remarks, running
from .signals import INTERRUPTED, handled


def register(commands: Any) -> None:
    diff = commands.add_parser(
        "diff",
        description="Looks up every image and compares it with the cluster; writes nothing. Exit"
        " code 0: no differences, 16: differences, 1: a failure.",
    )
    _add_flags(diff)
    diff.add_argument(
        "--html", metavar="FILE", help="write a page to look at, too; FILE is replaced as a whole"
    )
    diff.set_defaults(run=_diff)

    apply = commands.add_parser(
        "apply",
        description="Shows the differences, asks, and imports the tags that differ. Exit code 1 if"
        " any tag failed.",
    )
    _add_flags(apply)
    apply.add_argument("--auto-approve", action="store_true", help="do not ask")
    apply.add_argument("--dry-run", action="store_true", help="end after showing the differences")
    apply.set_defaults(run=_apply)


def _add_flags(command: argparse.ArgumentParser) -> None:
    limits = Limits()
    command.add_argument("path", type=options.path, metavar="PATH", help=options.ENVIRONMENT)
    options.add_choice(command)
    command.add_argument("--json", action="store_true", help="print JSON, for machines")
    command.add_argument(
        "--timeout",
        type=options.seconds,
        metavar="TIME",
        help="the time for the template, and for everything the cluster is asked, such as 90s or"
        " 15m (default: 10m for the cluster)",
    )
    running.add_memory(command)
    command.add_argument(
        "-p",
        "--parallel",
        type=int,
        choices=range(1, 17),
        default=limits.parallel,
        metavar="N",
        help="requests at once, 1 to 16 (default: %(default)s)",
    )
    options.add_variables(command)
    options.add_jpath(command)
    options.add_engine(command)


class _Session:
    """An environment, its cluster, and the time there is."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        options.note_fallback(arguments)
        with running.runner(arguments) as runner:
            environment, manifests = load(
                arguments.path,
                options.settings(arguments),
                runner=runner,
                name=arguments.name,
                targets=arguments.target,
            )
        self._plan = make_plan(manifests, environment.value)
        self._arguments = arguments
        self._manifests = manifests
        self.target = choose_target(environment.value)
        total = arguments.timeout or Limits().total
        self.budget = Budget(Limits(total=total, parallel=arguments.parallel))
        self.title = f"{environment.name}: context {self.target.context} ({self.target.server})"
        printing.tell(self.title)

    def diff(self, cluster: Any) -> Diff:
        with _progress("images looked up") as progress:
            return make_diff(cluster, self._plan, self.budget, progress)

    def diff_streams(self, cluster: Any) -> tuple[list[StreamDiff], tuple[str, ...]]:
        """What comes of the ImageStreams, which `apply` leaves alone, and the server's warnings."""
        return diff_streams(cluster, self._plan, self.budget)

    def tell_the_rest(self) -> None:
        """How to apply what `apply` does not."""
        if self._plan.has_others:
            command = (
                f"pyimagestream show {shlex.quote(self._arguments.path)} -t '!ImageStreamImport/.*'"
            )
            flags = options.same_flags(self._arguments, "name")
            printing.tell(f"what is no import is applied with: {command} | oc apply -f -{flags}")

    def tell_warnings(self) -> None:
        """How many warnings there are about the manifests."""
        remarks.tell_of(self._manifests, self._arguments, self._arguments.path)

    def run(self, work: Apply, progress: TerminalProgress) -> None:
        try:
            with _interruptible(self.budget, progress):
                work.run()
        except KeyboardInterrupt:
            progress.note("left without waiting")
        finally:
            progress.close()

    def confirm(self, diff: Diff) -> bool:
        asked = time.monotonic()
        count = len(diff.differences)
        question = f"Import {count} tag{'' if count == 1 else 's'} at {self.target.server}?"
        question = printable(question)
        print(f"{question} Only 'yes' will do it: ", end="", file=sys.stderr, flush=True)
        answer = sys.stdin.readline()
        if not answer.endswith("\n"):
            print(file=sys.stderr)  # Ctrl-D leaves the cursor behind the question
        self.budget.extend(time.monotonic() - asked)
        return answer.strip() == "yes"


def _diff(arguments: argparse.Namespace) -> int:
    if arguments.html:  # else the look-ups would be in vain
        refuse_place(arguments.html)
    session = _Session(arguments)
    with connect(session.target, session.budget.left) as cluster:
        diff = session.diff(cluster)
        streams, warnings = session.diff_streams(cluster)
    data = {**diff_data(diff), "streams": streams_data(streams)}
    data["warnings"] += warnings
    try:
        if arguments.html:
            write_page(arguments.html, diff_page(session.title, data))
    finally:  # what was found out is told, whatever becomes of the page
        if arguments.json:
            printing.write_json(data)
        else:
            style = printing.style(sys.stdout)
            if diff.changes or not streams:
                printing.write(diff_text(diff, **style) + "\n")
            if streams:
                printing.write(streams_text(streams, warnings, **style) + "\n")
    session.tell_warnings()
    codes = {diff.exit_code, exit_code(streams)}
    return 1 if 1 in codes else max(codes)


def _apply(arguments: argparse.Namespace) -> int:
    if not (arguments.auto_approve or arguments.dry_run or sys.stdin.isatty()):
        raise PyimagestreamError(
            "standard input is no terminal, so nobody can be asked: use --auto-approve"
        )
    session = _Session(arguments)
    with connect(session.target, session.budget.left) as cluster:
        diff = session.diff(cluster)
        session.tell_the_rest()
        if not arguments.json:
            printing.write(diff_text(diff, **printing.style(sys.stdout)) + "\n")
            printing.flush()  # before the question, and before the long wait
        elif not arguments.auto_approve and not arguments.dry_run:
            print(diff_text(diff, **printing.style(sys.stderr)), file=sys.stderr)
        if arguments.dry_run or not diff.differences:
            if arguments.json:
                printing.write_json(diff_data(diff))
            return int(bool(diff.failures or diff.kept))
        if not arguments.auto_approve and not session.confirm(diff):
            printing.tell("nothing was imported")
            if arguments.json:
                printing.write_json(diff_data(diff))
            return 1
        progress = TerminalProgress("tags imported")
        work = Apply(cluster, diff, session.budget, progress)
        try:
            session.run(work, progress)
        finally:  # something may have been sent, so what became of it is told, whatever happens
            if arguments.json:
                printing.write_json(diff_data(diff, work.outcomes))
            else:
                text = outcomes_text(work.outcomes, **printing.style(sys.stdout))
                printing.write(f"\n{text}\n")
    if all(outcome.result == "imported" for outcome in work.outcomes.values()):
        return 0
    return INTERRUPTED if session.budget.stopped else 1


@contextmanager
def _interruptible(budget: Budget, progress: TerminalProgress) -> Iterator[None]:
    """Ctrl-C, or a CI job that is cancelled, ends the work between two requests.

    What is under way comes to its end, so that its outcome is known; a second
    signal leaves at once.
    """

    def interrupt(*_: object) -> None:
        if budget.stopped:
            raise KeyboardInterrupt
        budget.stop()
        progress.note("waiting for requests under way; once more to leave at once")

    with handled((SIGINT, SIGTERM), interrupt):
        yield


@contextmanager
def _progress(what: str) -> Iterator[TerminalProgress]:
    progress = TerminalProgress(what)
    try:
        yield progress
    finally:
        progress.close()
