"""``pyimagestream generate``: a model in, the generated files out.

The model is that of image.openshift.io/v1, for a checkout of this project, or that of the
API which documents or a cluster describe.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..checks.explanations import with_sections
from ..errors import PyimagestreamError
from ..generator.directory import LAYOUTS, files
from ..generator.files import generated_files
from ..tanka.apifolder import Changes, needed, write
from . import openapi, options, printing
from .manual import commands_page

CHECKS_PAGE = "docs/checks.md"
"""The page whose last part is made of the table of warnings."""


def register(commands: Any) -> None:
    command = commands.add_parser(
        "generate",
        description="Makes the Jsonnet libraries of an API, for any group of a cluster, from what"
        " the cluster says of it: `oc get --raw /openapi/v2 | pyimagestream generate --openapi -"
        " --group route -o lib/openshift`. Without --openapi it writes the libraries"
        " of this project from its own model, into a checkout.",
    )
    openapi.add_source(command)
    command.add_argument(
        "-o", "--output", type=options.path, metavar="DIR", help="where to write the libraries"
    )
    command.add_argument(
        "--layout",
        choices=LAYOUTS,
        default=LAYOUTS[0],
        help="compact: a file for each version of a group (the default); reference: one for each"
        " kind, as in the libraries of jsonnet-libs",
    )
    command.add_argument("--check", action="store_true", help="write nothing, fail if one is stale")
    command.add_argument(
        "--root", metavar="DIR", type=Path, default=Path(), help="the checkout (default: here)"
    )
    command.set_defaults(run=run, fail=command.error)


def run(arguments: argparse.Namespace) -> int:
    if not openapi.is_given(arguments):
        if arguments.group or arguments.kind or arguments.output:
            arguments.fail("--group, --kind and --output need --openapi or --cluster")
        return _own(arguments)
    if not arguments.output:
        arguments.fail("--openapi and --cluster need --output")
    api = openapi.api(arguments)
    made = files(api, arguments.layout)
    if arguments.check:
        return _stale(arguments.output, needed(arguments.output, made))
    changes = write(arguments.output, made)
    kinds = sum(not each.part for each in api.exported)
    groups = len({each.home for each in api.exported})
    printing.write_text(
        f"{arguments.output}: {_counted(kinds, 'kind')} of {_counted(groups, 'group version')}:"
        f" {_counted(len(changes.write), 'file')} written,"
        f" {_counted(len(changes.delete), 'file')} removed\n"
    )
    return 0


def _stale(directory: str, changes: Changes) -> int:
    for name in (*changes.write, *changes.delete):
        printing.tell(f"{Path(directory, name)} is stale")
    return int(bool(changes))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _own(arguments: argparse.Namespace) -> int:
    """Writes the libraries and pages of image.openshift.io/v1."""
    from .main import parser  # which imports this module

    texts = {**generated_files(), "docs/reference/commands.md": commands_page(parser())}
    files = {arguments.root / name: text for name, text in texts.items()}
    for directory in sorted({arguments.root / Path(name).parts[0] for name in texts}):
        if not directory.is_dir():
            raise PyimagestreamError(f"{directory} is no directory: this is not a checkout")
    page = arguments.root / CHECKS_PAGE
    if page.exists():
        files[page] = with_sections(page.read_text(encoding="utf-8"))
    stale = [path for path, text in files.items() if _current(path) != text]
    for path in stale:
        if arguments.check:
            printing.tell(f"{path} is stale: run `make generate`")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
            printing.write_text(f"wrote {path}\n")
    return int(arguments.check and bool(stale))


def _current(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None
