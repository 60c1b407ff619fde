"""The resource model: what an ImageStreamImport consists of."""

from .imagestreamimport import IMAGE_IMPORT_SPEC, IMAGE_STREAM_IMPORT
from .schema import (
    KEYWORDS,
    LATEST,
    SERVERS,
    V4_3,
    Function,
    Resource,
    Schema,
    functions,
    setters,
)

__all__ = [
    "IMAGE_IMPORT_SPEC",
    "IMAGE_STREAM_IMPORT",
    "KEYWORDS",
    "LATEST",
    "SERVERS",
    "V4_3",
    "Function",
    "Resource",
    "Schema",
    "functions",
    "setters",
]
