"""OpenShift images as code: from Jsonnet, checked and run from Python."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # that of `typing` takes long, and until it is there Ctrl-C is not silent
if TYPE_CHECKING:
    from .checks.pullspec import PullSpec
    from .checks.verdict import validate
    from .checks.warnings import Verdict, check
    from .errors import (
        EvaluationError,
        Frame,
        ManifestWarning,
        Problem,
        PyimagestreamError,
        ValidationError,
    )
    from .evaluation.evaluate import evaluate_file, evaluate_snippet
    from .evaluation.natives import native_callbacks
    from .generator.path import library_path

__all__ = [
    "EvaluationError",
    "Frame",
    "ManifestWarning",
    "Problem",
    "PullSpec",
    "PyimagestreamError",
    "ValidationError",
    "Verdict",
    "check",
    "evaluate_file",
    "evaluate_snippet",
    "library_path",
    "native_callbacks",
    "validate",
]

__version__ = "0.1.0"

_MODULES = {
    "PullSpec": "checks.pullspec",
    "Verdict": "checks.warnings",
    "check": "checks.warnings",
    "evaluate_file": "evaluation.evaluate",
    "evaluate_snippet": "evaluation.evaluate",
    "library_path": "generator.path",
    "native_callbacks": "evaluation.natives",
    "validate": "checks.verdict",
}
"""Where the names are; those of errors are not listed."""


if not TYPE_CHECKING:  # to a type checker any name would be there

    def __getattr__(name: str) -> object:
        """Imports what is asked for, so that each command pays for what it uses alone."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found: object = getattr(import_module(f".{_MODULES.get(name, 'errors')}", __name__), name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
