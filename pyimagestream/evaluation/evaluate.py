"""Evaluation as callers see it: of a file or of code, checked or judged."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from ..engines.sources import decode, read_bytes, refuse_name, refuse_unreadable
from ..engines.vm import needs_a_process
from ..errors import EvaluationError, Frame, Problem, ValidationError
from ._forks import import_all
from .ladder import NeedsProcessError, Outcome, Template, evaluated
from .libraries import libraries_in
from .locate import LibraryValidator, Validator, judged, present
from .output import named
from .settings import Settings, StrPath


def evaluate_file(
    path: StrPath,
    *,
    ext_vars: Mapping[str, Any] | None = None,
    ext_codes: Mapping[str, str] | None = None,
    tla_vars: Mapping[str, Any] | None = None,
    tla_codes: Mapping[str, str] | None = None,
    jpath: Sequence[StrPath] = (),
    libraries: Sequence[StrPath] = (),
    engine: str | None = None,
    check: bool = True,
) -> Any:
    """The value of a Jsonnet file, as plain Python values.

    `ext_vars` and `tla_vars` are text where they are strings, and JSON where they
    are anything else; `ext_codes` and `tla_codes` are Jsonnet code. Of the
    directories in `jpath` later ones win, and all of them over `libraries`, which are
    directories that `pyimagestream generate --openapi` wrote. `engine` is
    ``gojsonnet`` or ``jsonnet``; by default what ``PYIMAGESTREAM_ENGINE`` says, else
    ``gojsonnet`` where it is installed.

    Raises `EvaluationError` when the file cannot be evaluated and, unless `check`
    is false, `ValidationError` with every value the server would refuse. What a
    part of a larger sum may leave out is not missed here: `validate` does that.
    An engine that there is not, and a directory in `libraries` that was not generated,
    raise `PyimagestreamError` itself, the base of both.
    """
    settings = Settings.of(
        ext_vars=ext_vars,
        ext_codes=ext_codes,
        tla_vars=tla_vars,
        tla_codes=tla_codes,
        jpath=jpath,
        libraries=libraries,
        engine=engine,
        check=check,
    )
    return run_file(path, settings).value


def evaluate_snippet(
    snippet: str,
    *,
    filename: str = "snippet",
    ext_vars: Mapping[str, Any] | None = None,
    ext_codes: Mapping[str, str] | None = None,
    tla_vars: Mapping[str, Any] | None = None,
    tla_codes: Mapping[str, str] | None = None,
    jpath: Sequence[StrPath] = (),
    libraries: Sequence[StrPath] = (),
    engine: str | None = None,
    check: bool = True,
) -> Any:
    """The value of Jsonnet code, as plain Python values.

    `filename` stands in error messages; imports are relative to its directory.
    Everything else is as for `evaluate_file`.
    """
    for name, value in {"snippet": snippet, "filename": filename}.items():
        if not isinstance(value, str):
            raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    settings = Settings.of(
        ext_vars=ext_vars,
        ext_codes=ext_codes,
        tla_vars=tla_vars,
        tla_codes=tla_codes,
        jpath=jpath,
        libraries=libraries,
        engine=engine,
        check=check,
    )
    return run_snippet(snippet, filename, settings).value


def read_source(path: StrPath) -> str:
    """The text of a Jsonnet file. Raises `EvaluationError` when it cannot be read."""
    name = os.fspath(path)
    try:
        return decode(name, read_bytes(name, stream=True))
    except FileNotFoundError:
        from ..checks.spelling import no_such  # seldom needed

        raise EvaluationError(no_such(name), [Frame(name)]) from None


def run_file(path: StrPath, settings: Settings) -> Outcome:
    """Evaluates a file with ready settings. Raises as `evaluate_file` does."""
    return run_snippet(read_source(path), os.fspath(path), settings)


def run_snippet(snippet: str, filename: str, settings: Settings) -> Outcome:
    """Evaluates code with ready settings. Raises as `evaluate_snippet` does."""
    outcome = inspect_snippet(snippet, filename, settings, _check_present)
    if outcome.problems:
        raise ValidationError(outcome.problems)
    return outcome


def _check_present(manifest: dict[str, Any]) -> list[Problem]:
    from ..checks.verdict import check_present  # slow to import, and not every template has one

    return check_present(manifest)


def inspect_snippet(
    snippet: str,
    filename: str,
    settings: Settings,
    validate: Validator,
    by_library: LibraryValidator = present,
) -> Outcome:
    """The outcome of a template with all of its problems, those that ``validate`` sees included.

    ``validate`` tells the problems of a finished manifest, and ``by_library`` those of one of
    another API. With ``settings.check`` false
    nothing is judged. Raises `EvaluationError` when the template cannot be evaluated at all, and
    `ValidationError` when that is so because of values that functions were handed.
    """
    refuse_name(filename)
    refuse_unreadable(filename, snippet)
    if threading.current_thread() is not threading.main_thread():
        import_all(settings.engine)
    template = Template(filename, snippet, settings)
    try:
        if settings.isolate and (needs_a_process(settings.engine) or template.has_tail_calls):
            raise NeedsProcessError
        outcome = _inspected(template, validate, by_library)
    except NeedsProcessError:
        alone = template._replace(settings=settings._replace(isolate=False))
        outcome = _isolated(alone, validate, by_library)
    if not outcome.problems:
        return outcome
    wants = libraries_in(outcome.libraries).wants
    return outcome._replace(problems=named(outcome.problems, outcome.value, wants))


def _inspected(template: Template, validate: Validator, by_library: LibraryValidator) -> Outcome:
    try:
        outcome = evaluated(template)
    except EvaluationError as error:
        from ._hints import hinted  # slow to import, and most templates are well
        from ._unfit import unfit

        if problems := unfit(template, error):
            raise ValidationError(problems) from None
        raise hinted(template, error) from None
    return judged(template, outcome, validate, by_library) if template.settings.check else outcome


def _isolated(template: Template, validate: Validator, by_library: LibraryValidator) -> Outcome:
    from ..errors import WorkerError
    from ..workers.isolated import isolated  # slow to import, and the default engine needs it not

    try:
        return isolated(_inspected, template, validate, by_library)
    except WorkerError as error:
        gave_up = f"{template.settings.engine} gave up on this template: "
        message = f"{'' if error.reason == 'stack' else gave_up}{error}"
        raise EvaluationError(message, [Frame(template.filename)]) from None
