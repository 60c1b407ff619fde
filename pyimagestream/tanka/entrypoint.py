"""Evaluates the entry point of an environment: as it is, or its Environment objects alone."""

from __future__ import annotations

import json
import os
import re

from ..engines.sources import digest
from ..errors import EvaluationError, PyimagestreamError
from ..evaluation.evaluate import read_source, run_snippet
from ..evaluation.ladder import GENERATED, Outcome
from ..evaluation.settings import Settings, StrPath
from .project import Project, find_project

EXT_VAR = "tanka.dev/environment"
TK = "{ env: std.extVar('tanka.dev/environment') }"

NO_ENVIRONMENT = (
    "error \"std.extVar('tanka.dev/environment') and import 'tk' are there in environments with a"
    ' spec.json only: in an inline environment, use the Environment object itself"'
)

# Finds the Environment objects the way manifests are found; `data` is not evaluated in vain.
# What an argument may have for a name is not looked up behind `function`, see `evaluate_inline`.
_FIND = """
local found(value) =
  if std.isObject(value) then
    if std.objectHas(value, 'apiVersion') && std.objectHas(value, 'kind')
    then (if value.kind == 'Environment' then [value] else [])
    else std.flattenArrays([found(value[key]) for key in std.objectFields(value)])
  else if std.isArray(value) then std.flattenArrays([found(item) for item in value])
  else [];
local %(own)sfound = found, %(own)sis = std.isFunction, %(own)smain = import %(entrypoint)s;
%(function)s
local %(own)senvironments = %(own)sfound(
  if %(own)sis(%(own)smain) then %(own)smain(%(arguments)s) else %(own)smain
);
local environments = %(own)senvironments;
"""
LIST = "[environment { data:: super.data } for environment in environments]"
CHOOSE = "[environment for environment in environments if environment.metadata.name == %s]"

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def evaluate_entrypoint(project: Project, settings: Settings, environment: str) -> Outcome:
    """Evaluates the file as it is; `environment` is the code of Tanka's ext var."""
    source = read_source(project.entrypoint)
    ready = in_project(project, settings, environment)
    outcome = run_snippet(source, project.entrypoint, ready)
    own = digest(source.encode()) if settings.hashed else ""
    return outcome._replace(found={**outcome.found, project.entrypoint: own})


def evaluate_inline(project: Project, settings: Settings, expression: str) -> Outcome:
    """Evaluates an expression about the Environment objects of an entry point."""
    names = sorted({*settings.variables.tla_vars, *settings.variables.tla_codes})
    for name in names:
        if not _IDENTIFIER.fullmatch(name):
            raise PyimagestreamError(f"top-level argument {name!r}: no parameter has such a name")
    code = _FIND % {
        "own": "_" * (1 + max(map(len, names), default=0)),  # longer than any of the names
        "entrypoint": json.dumps(project.entrypoint),
        "function": f"function({', '.join(names)})" if names else "",
        "arguments": ", ".join(f"{name}={name}" for name in names),
    }
    filename = os.path.join(project.base, GENERATED)
    own = in_project(project, settings, NO_ENVIRONMENT)
    try:
        return run_snippet(code + expression, filename, own)
    except EvaluationError as error:
        frames = [frame for frame in error.frames if frame.file != filename]
        raise EvaluationError(error.message, frames) from None


def in_no_environment(path: StrPath, settings: Settings) -> Settings:
    """The caller's settings for a file by itself, which imports what is in a project around it."""
    try:
        project = find_project(path)
    except PyimagestreamError:
        return settings
    return settings._replace(jpath=(*project.jpath, *settings.jpath))


def in_project(project: Project, settings: Settings, environment: str) -> Settings:
    """The caller's settings with what Tanka adds; `environment` is the code of its ext var."""
    given = settings.variables
    variables = given._replace(
        ext_vars={name: text for name, text in given.ext_vars.items() if name != EXT_VAR},
        ext_codes={**given.ext_codes, EXT_VAR: environment},
    )
    return settings._replace(
        variables=variables,
        jpath=(*project.jpath, *settings.jpath),
        virtual={**settings.virtual, "tk": TK},
    )
