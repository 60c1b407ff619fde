"""What the message of a VM leaves out: what was meant, what to do, and whose frames these are."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from contextlib import suppress

from ..checks.spelling import meant, near
from ..engines.messages import NO_PRIMITIVE
from ..engines.sources import read_bytes
from ..errors import EvaluationError, Frame
from ..generator.code import is_library
from ..generator.path import library_directory
from ..golang.natives import NOT_RUN, TANKA_NATIVES
from ..model.naming import KEYWORDS
from ._failure import Failure
from ._members import libraries, libraries_with, suggestion
from ._syntaxhints import OTHER_LANGUAGES, SYNTAX_HINTS, table
from .ladder import GENERATED, Template

_TRIES = 5
"""How many variables are tried in place of one that is unknown."""

_OF_MANIFESTS = {"apiVersion", "kind", "metadata", "spec"}

_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_NATIVE = re.compile(r"std\s*\.\s*native\(\s*(['\"])([^'\"]*)\1\s*\)")
_BUILDER_AT_END = re.compile(r"\.\s*(with[A-Z]\w*|new)\s*\Z")
_CHECKED = re.compile(r"\bcheck(?:All)?\('(?:\w+\.)*(\w+)'")
_ADDED = re.compile(r"[\w'\"./-]+(?=\+:)")
_NO_SUM = re.compile(r"^(?:unexpected type|binary operator \+)", re.IGNORECASE)
_HANDED = re.compile(rf"{_NO_SUM.pattern}|^(?:couldn't manifest|max stack frames)", re.IGNORECASE)
"""What a library says of what it was handed; all else is an error of its own."""
_CALLED = re.compile(r"[\w$.\s]+?(?=\s*\()")


def hinted(template: Template, error: EvaluationError) -> EvaluationError:
    """The same error with a hint, without the frames of our libraries, and with a place."""
    users = [frame for frame in error.frames if not is_of_library(frame)]
    if users[:1] != list(error.frames[:1]) and Failure(template, error).is_broken:
        users = [*error.frames]  # somebody has changed the library
    hint = _hint(Failure(template, EvaluationError(error.message, users)))
    frames = users or error.frames or [Frame(template.filename)]
    if not users and error.frames and _HANDED.search(error.message):
        function, field = _in_library(template, error)
        if function:
            hint = _of_library(function, error.message, hint)
            frames = [_named(template, function)]
        elif field and _NO_SUM.search(error.message):
            hint = hint or f"a function adds to {field}, and that is of another type"
            frames = [Frame(template.filename)]
    return EvaluationError(f"{error.message} ({hint})" if hint else error.message, frames)


def _in_library(template: Template, error: EvaluationError) -> tuple[str, str]:
    """The function of a library that an error is in, and the field that is added to there; empty
    where the code does not tell them.
    """
    field = ""
    for frame in error.frames:
        failure = Failure(template, EvaluationError(error.message, [frame]))
        before = failure.code[: failure.start or 0].rpartition("\n")[2]
        after = failure.rest.partition("\n")[0]
        if found := _CHECKED.search(after):
            return found[1], field
        added = [*_ADDED.findall(before)[-1:], *_ADDED.findall(after)]
        field = field or next(iter(added), "")
    return "", field


def _of_library(function: str, message: str, hint: str) -> str:
    if _NO_SUM.search(message) and not hint:
        return f"{function} adds to what is there, and that is of another type"
    return f"in {function}: {hint}" if hint else f"in {function}"


def _named(template: Template, name: str) -> Frame:
    """Where a template has a name; the file where it has it not, or more than once."""
    found = [match.start() for match in re.finditer(rf"\b{name}\b", template.source)]
    if len(found) != 1:
        return Frame(template.filename)
    return Frame.at(template.filename, template.source, found[0])


def _hint(failure: Failure) -> str:
    if yaml := _yaml(failure):
        return yaml
    for pattern, hint in (*HINTS, *SYNTAX_HINTS):
        if match := pattern.search(failure.error.message):
            return hint(failure, match)
    return ""


def is_of_library(frame: Frame) -> bool:
    """Whether a frame is in a library of ours, or in a copy of one in a project."""
    if frame.file.startswith(os.path.join(library_directory(), "")):
        return True
    if not frame.file.endswith(".libsonnet"):
        return False
    with suppress(EvaluationError, OSError):
        return is_library(read_bytes(frame.file))
    return False


def _yaml(failure: Failure) -> str:
    """Jsonnet imports no YAML."""
    file = failure.frame.file
    if not failure.error.frames or not file.lower().endswith((".yaml", ".yml")):
        return ""
    if file == failure.template.filename:
        return "this is YAML, not Jsonnet: `pyimagestream validate` reads it"
    base = os.path.basename(file)
    places = [failure.template.filename, *(frame.file for frame in failure.error.frames[1:])]
    for place in places:
        for _, name in re.findall(r"\bimport\s*@?(['\"])(.*?)\1", failure.source(place)):
            if os.path.basename(name) == base:
                return f"YAML is read by `std.parseYaml(importstr '{name}')`"
    return f"YAML is read by `std.parseYaml(importstr '{base}')`"


def _no_field(failure: Failure, match: re.Match[str]) -> str:
    name = match[1]
    fields, library = failure.fields(name)
    if fields:
        owner = failure.owner(name)
        return suggestion(owner, fields, library, name) or _no_method(owner, fields, name)
    known = frozenset().union(*(library.all() for library in libraries())) - {name}
    found = meant(name, sorted(known))
    return f"did you mean `{found}`?" if found else ""


def _no_method(owner: str, fields: Sequence[str], name: str) -> str:
    """What to say of a function of a library that is called on what another one made."""
    root = _IDENTIFIER.match(owner)
    if not root or not owner.endswith(")") or not set(fields) <= _OF_MANIFESTS:
        return ""
    for library in libraries():
        for path in library.elsewhere(name):
            return f"functions are joined by `+`: `... + {root[0]}.{'.'.join(path)}(...)`"
    return ""


def _unknown_variable(failure: Failure, match: re.Match[str]) -> str:
    name = match[1]
    names = sorted({*_IDENTIFIER.findall(failure.code), "std"} - KEYWORDS - {name, "true"})
    starts = sorted((each for each in names if _begins(each, name)), key=len, reverse=True)
    if right := OTHER_LANGUAGES.get(name):
        return f"in Jsonnet it is `{right}`"
    for candidate in [*near(name, names, _TRIES), *starts][:_TRIES]:
        if failure.is_bound(candidate, name):
            return f"did you mean `{candidate}`?"
    chains = set(re.findall(rf"\b{re.escape(name)}\s*\.\s*([\w.]+)", failure.code))
    for library in libraries_with(chains):
        return f"is `local {name} = import '{library.path}';` missing?"
    before, after = failure.code[: failure.start or 0], failure.rest[len(name) :]
    is_value = before.rstrip().endswith(":") and re.match(r"\s*[,}]", after)
    return "if it is a text, it stands in quotes" if is_value else ""


def _begins(one: str, other: str) -> bool:
    return one != other and (one.startswith(other) or other.startswith(one))


def _no_variable(failure: Failure, match: re.Match[str]) -> str:
    name = match[1]
    variables = failure.template.settings.variables
    found = meant(name, sorted({*variables.ext_vars, *variables.ext_codes} - {name}))
    if name == "tanka.dev/environment":
        return _of_environments(failure, match)
    given = f"`{found}` is given; " if found else ""
    return f"{given}set it with --ext-str {_shell(name)}=..."


def _of_environments(failure: Failure, match: re.Match[str]) -> str:
    return "it is there in environments only"


def _no_argument(failure: Failure, match: re.Match[str]) -> str:
    name = match[1]
    if _is_top(failure):
        # Nobody makes what a library has for building objects a function of top-level arguments.
        if builder := _BUILDER_AT_END.search(failure.template.source):
            return f"{builder[1]} was not called: is its () missing?"
        return f"set it with --tla-str {_shell(name)}=..."
    return _called(failure)


def _no_parameter(failure: Failure, match: re.Match[str]) -> str:
    name = match[1]
    if _is_top(failure):
        names = _IDENTIFIER.findall(failure.source(failure.template.filename))
        found = meant(name, sorted({*names} - KEYWORDS - {name}))
        mean = f"; did you mean `{found}`?" if found else ""
        return f"it is a top-level argument{mean}"
    return _called(failure)


def _is_top(failure: Failure) -> bool:
    """Whether the template itself was called: that leaves no frame in a file of the user."""
    return all(os.path.basename(frame.file) == GENERATED for frame in failure.error.frames)


def _called(failure: Failure) -> str:
    match = _CALLED.match(failure.rest)
    name = re.sub(r"\s", "", match[0]) if match else ""
    return f"in the call of {name}" if name else ""


def _too_many(failure: Failure, match: re.Match[str]) -> str:
    return _called(failure)


def _stack(failure: Failure, match: re.Match[str]) -> str:
    allowed = failure.template.settings.max_stack
    return f"if this is no endless recursion, --max-stack allows more than {allowed}"


def _not_called(failure: Failure, match: re.Match[str]) -> str:
    return "a function was not called: is its () missing?"


def _no_function(failure: Failure, match: re.Match[str]) -> str:
    native = _NATIVE.match(failure.rest)
    if not native:
        return ""
    found = meant(native[2], sorted(TANKA_NATIVES))
    known = f"did you mean {found!r}?" if found else f"there are {', '.join(TANKA_NATIVES)}"
    return f"there is no native {native[2]!r}: {known}"


def _no_index(failure: Failure, match: re.Match[str]) -> str:
    kind = next(group for group in match.groups() if group).lower()
    return f"it is {kind if kind == 'null' else f'a {kind}'}, which has no fields"


def _null_in_sum(failure: Failure, match: re.Match[str]) -> str:
    hint = "is an `else` missing? An `if` without one gives null"
    return hint if re.search(r"\bif\b", failure.code) else ""


def _no_primitive(failure: Failure, match: re.Match[str]) -> str:
    return f"were it helmTemplate or kustomizeBuild: {NOT_RUN}"


def _shell(name: str) -> str:
    return name if re.fullmatch(r"[\w./-]+", name) else f"'{name}'"


HINTS = table(
    (r"^field does not exist: (.+)", _no_field),
    (r"^unknown variable: (\w+)", _unknown_variable),
    (r"^undefined external variable: (.+)", _no_variable),
    (r"^cannot import 'tk':", _of_environments),
    (r"^(?:missing argument:|function parameter) (\w+)", _no_argument),
    (r"^function has no parameter (\w+)", _no_parameter),
    (r"^(?:too many args|function expected \d+ positional)", _too_many),
    (r"^max stack frames exceeded", _stack),
    (r"^only functions can be called, got null|^unexpected type null, expected fun", _no_function),
    (r"unexpected type function|types, got .*\bfunction\b|couldn't manifest function", _not_called),
    (r"^value non indexable: \*jsonnet\.value(\w+)|strings, and arrays, got (\w+)", _no_index),
    (r"^unexpected type null, expected (?:object|array|string|number)", _null_in_sum),
    (r"^binary operator \+ .*\bnull\b", _null_in_sum),
    (re.escape(NO_PRIMITIVE), _no_primitive),
)
"""What messages of the VMs, of both alike, call for which hint."""
