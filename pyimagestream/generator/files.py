"""The generator: the resource model in, the files people import and read out."""

from __future__ import annotations

from collections.abc import Mapping

from ..model.imagestreamimport import IMAGE_IMPORT_SPEC, IMAGE_STREAM_IMPORT
from ._page import resource_page
from .library import builder_library, resource_library

__all__ = ["generated_files", "resource_library"]


def generated_files() -> Mapping[str, str]:
    """Every generated file: its path from the root of the project, and its text."""
    return {
        "libsonnet/imageStreamImport.libsonnet": resource_library(IMAGE_STREAM_IMPORT),
        "libsonnet/imageImportSpec.libsonnet": builder_library(
            "imageImportSpec", IMAGE_IMPORT_SPEC
        ),
        "pyimagestream/evaluation/twins/imageStreamImport.libsonnet": resource_library(
            IMAGE_STREAM_IMPORT, twin=True
        ),
        "docs/imageStreamImport.md": resource_page(IMAGE_STREAM_IMPORT),
    }
