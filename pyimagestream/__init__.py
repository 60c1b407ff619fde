"""OpenShift image imports as code: from Jsonnet, checked and run from Python."""

from .checks.pullspec import PullSpec
from .checks.verdict import validate
from .errors import EvaluationError, Frame, Problem, PyimagestreamError, ValidationError
from .evaluation.evaluate import evaluate_file, evaluate_snippet
from .evaluation.natives import native_callbacks
from .generator.path import library_path

__all__ = [
    "EvaluationError",
    "Frame",
    "Problem",
    "PullSpec",
    "PyimagestreamError",
    "ValidationError",
    "evaluate_file",
    "evaluate_snippet",
    "library_path",
    "native_callbacks",
    "validate",
]

__version__ = "0.1.0"
