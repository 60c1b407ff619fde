"""The listing is the architecture: what the folders may know of one another."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "pyimagestream"

ORDER = (
    "errors",
    "model",
    "generator",
    "checks",
    "workers",
    "engines",
    "golang",
    "evaluation",
    "tanka",
    "cluster",
    "cli",
)
"""From the left to the right: no module imports one to its right."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def name(path: Path) -> tuple[str, ...]:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


KNOWN = {name(path) for path in MODULES}


@cache
def imports(path: Path) -> frozenset[tuple[str, ...]]:
    """The modules of the package that a module imports, inside of functions too."""
    return frozenset(_imports(path))


def _imports(path: Path) -> Iterator[tuple[str, ...]]:
    here = path.relative_to(PACKAGE).parent.parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = here[: len(here) - node.level + 1]
            module = (*base, *(node.module.split(".") if node.module else ()))
            for alias in node.names:
                whole = (*module, alias.name)
                yield whole if whole in KNOWN else module


def test_the_listing_is_known():
    folders = {path.parent.relative_to(PACKAGE).parts[:1] for path in MODULES}
    loose = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    assert loose == {"errors"}
    assert {folder for (folder,) in folders - {()}} | loose == set(ORDER)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: ".".join(name(path)))
def test_no_module_imports_one_to_its_right(path):
    own = name(path)
    if own and own[0] in ORDER:
        allowed = ORDER[: ORDER.index(own[0]) + 1]
        assert {module[0] for module in imports(path) if module} <= set(allowed)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: ".".join(name(path)))
def test_what_starts_with_an_underscore_is_used_in_its_own_folder_only(path):
    folder = path.relative_to(PACKAGE).parent.parts
    for module in imports(path):
        assert not module or not module[-1].startswith("_") or module[:-1] == folder


def test_modules_import_one_another_in_no_circle():
    edges = {name(path): imports(path) - {name(path)} for path in MODULES}
    while leaves := [module for module, known in edges.items() if not known & edges.keys()]:
        for module in leaves:
            del edges[module]
    assert edges == {}


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.glob("*/**/__init__.py")), ids=lambda path: path.parent.name
)
def test_an_init_holds_a_docstring_and_nothing_else(path):
    [docstring] = ast.parse(path.read_text(encoding="utf-8")).body
    assert isinstance(docstring, ast.Expr)
