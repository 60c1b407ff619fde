"""Libraries in the files of the reference's generator: one for each kind and part."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ..model.api import Api
from ..model.definition import Definition
from ..model.expand import expanded
from ._docsonnet import pkg
from ._jsonnet import Field, Object, Raw, string, text
from .code import HEADER
from .library import library

ROOT = "_gen"


def files(api: Api) -> Iterator[tuple[str, str]]:
    """The files and their texts."""
    groups: dict[str, dict[str, list[Definition]]] = defaultdict(lambda: defaultdict(list))
    for each in api.exported:
        groups[each.home[0]][each.home[1]].append(each)
    yield "gen.libsonnet", _index("gen", sorted(groups), f"{ROOT}/", hidden=True)
    for group, versions in sorted(groups.items()):
        yield f"{ROOT}/{group}/main.libsonnet", _index(group, sorted(versions), "")
        for version, kinds in sorted(versions.items()):
            path = f"{ROOT}/{group}/{version}"
            imports = [(each.name, f"{each.name}.libsonnet") for each in kinds]
            yield f"{path}/main.libsonnet", _listing(version, imports)
            for each in kinds:
                yield path_of(each), text_of(api, each)


def path_of(definition: Definition) -> str:
    """The file with the library of a kind or a part."""
    return "/".join((ROOT, *definition.home, f"{definition.name}.libsonnet"))


def text_of(api: Api, definition: Definition, *, twin: bool = False) -> str:
    """The text of that file."""
    return library(expanded(definition, api), path_of(definition), twin=twin)


def _index(name: str, names: list[str], prefix: str, *, hidden: bool = False) -> str:
    imports = [(each, f"{prefix}{each}/main.libsonnet") for each in names]
    return _listing(name, imports, hidden=hidden)


def _listing(name: str, imports: list[tuple[str, str]], *, hidden: bool = False) -> str:
    fields = (
        Field(each, Raw(f"import {string(path)}"), plus=True, hidden=hidden)
        for each, path in imports
    )
    root = Object((pkg(name, "main.libsonnet", ""), *fields), block=True)
    return f"{HEADER}\n{text(root)}\n"
