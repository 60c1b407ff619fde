"""What there is to read about the libraries of an API: pages, and docsonnet's data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ..model.api import Api
from ..model.definition import Definition
from ..model.expand import expanded
from ._docsonnet import pkg
from ._jsonnet import Field, Object, Raw, string, text
from ._page import MARK, page
from .code import DOCUMENTED, HEADER
from .library import documentation

ROOT = "docs"

Home = tuple[str, str]


def pages(api: Api) -> Iterator[tuple[str, str]]:
    """A page for each library, and what leads to them."""
    homes = _homes(api)
    yield (
        f"{ROOT}/index.md",
        _index(
            "Libraries", [(f"{'.'.join(home)}", "/".join((*home, "index.md"))) for home in homes]
        ),
    )
    for home, definitions in homes.items():
        links = [(each.name, f"{each.name}.md") for each in definitions]
        yield f"{ROOT}/{'/'.join(home)}/index.md", _index(".".join(home), links)
        for each in definitions:
            yield f"{ROOT}/{'/'.join(home)}/{each.name}.md", page(expanded(each, api))


def docsonnet(api: Api) -> Iterator[tuple[str, str]]:
    """The same for tools that read docsonnet's data, in files that no library imports."""
    groups: dict[str, list[Field]] = defaultdict(list)
    for home, definitions in _homes(api).items():
        path = f"{'_'.join(home)}.libsonnet"
        kinds = (Field(each.name, documentation(expanded(each, api), path)) for each in definitions)
        yield f"{ROOT}/{path}", _file(Object((pkg(home[1], path, ""), *kinds), block=True))
        groups[home[0]].append(Field(home[1], Raw(f"import {string(path)}")))
    fields = (
        Field(group, Object((pkg(group, "main.libsonnet", ""), *versions), block=True))
        for group, versions in groups.items()
    )
    whole = Object((pkg("main", "main.libsonnet", ""), *fields), block=True)
    yield f"{ROOT}/main.libsonnet", _file(whole)


def _homes(api: Api) -> dict[Home, list[Definition]]:
    homes: dict[Home, list[Definition]] = defaultdict(list)
    for each in api.exported:
        homes[each.home].append(each)
    return homes


def _index(title: str, links: list[tuple[str, str]]) -> str:
    listed = "\n".join(f"* [{name}]({target})" for name, target in links)
    return f"{MARK}\n\n# {title}\n\n{listed}\n"


def _file(root: Object) -> str:
    return f"{HEADER}{DOCUMENTED}\n{text(root)}\n"
