"""Every generated file: the resource model in, the files people import and read out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..model.group import DEFINED, definition
from ._page import index_page, page
from .library import index, library

LIBRARY_PATHS: Mapping[str, str] = {
    "imageStreamImport.libsonnet": "ImageStreamImport",
    "imageImportSpec.libsonnet": "ImageImportSpec",
    **{f"image/v1/{kind[0].lower()}{kind[1:]}.libsonnet": kind for kind in DEFINED},
}
"""The libraries by the paths they are imported with, and what each is about.

`imageStreamImport.libsonnet` has the functions of the documented page and no other.
"""


def generated_files() -> Mapping[str, str]:
    """Every generated file: its path from the root of the project, and its text."""
    return dict(_files())


def _files() -> Iterator[tuple[str, str]]:
    definitions = [definition(kind) for kind in DEFINED]
    paths = [(each, f"image/v1/{each.name}.libsonnet") for each in definitions]
    for path in LIBRARY_PATHS:
        yield f"libsonnet/{path}", text_of(path)
        yield f"pyimagestream/evaluation/twins/{path}", text_of(path, twin=True)
    first = definitions[0]
    yield "libsonnet/main.libsonnet", index(first.group, first.version, paths)
    for each in definitions:
        yield f"docs/image/v1/{each.name}.md", page(each)
    yield "docs/image/v1/index.md", index_page(definitions)
    yield "docs/imageStreamImport.md", page(definition("ImageStreamImport"), newer=False)


def text_of(path: str, *, twin: bool = False) -> str:
    """The text of one library. Raises KeyError for a path that is none of `LIBRARY_PATHS`."""
    of = definition(LIBRARY_PATHS[path])
    return library(of, path, newer=path != "imageStreamImport.libsonnet", twin=twin)
