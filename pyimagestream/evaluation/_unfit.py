"""The values that a template fails of in a library: what they are added to, they do not fit.

``labels+: ['x']`` ends the evaluation where there are labels, before there is a manifest to
judge, and the VM names a line of the library. What was handed to its functions until then
tells the value, and the place it comes from.
"""

from __future__ import annotations

from ..errors import EvaluationError, Problem
from ._hints import is_of_library
from .ladder import Template, broken_off
from .libraries import directory_of, libraries_in
from .locate import judged


def unfit(template: Template, error: EvaluationError) -> tuple[Problem, ...]:
    """The problems of the values, with their places; none where they are not to blame."""
    if not template.settings.check or not error.frames or not is_of_library(error.frames[0]):
        return ()
    given = template.settings.known_libraries().directories()
    own = directory_of(error.frames[0].file)
    outcome = broken_off(template, libraries_in([*given, *([own] if own else [])]))
    if not any(problem.reason == "FieldValueTypeInvalid" for problem in outcome.problems):
        return ()
    return judged(template, outcome, lambda manifest: []).problems
