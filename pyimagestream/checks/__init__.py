"""The checks: what an OpenShift API server would say of a manifest, offline."""

from .notices import CODES, UNKNOWN_FIELD, Notice, warnings
from .pullspec import PullSpec, PullSpecError
from .verdict import check_present, check_value, validate

__all__ = [
    "CODES",
    "UNKNOWN_FIELD",
    "Notice",
    "PullSpec",
    "PullSpecError",
    "check_present",
    "check_value",
    "validate",
    "warnings",
]
