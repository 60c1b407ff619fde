"""Documentation in docsonnet's data format, as fields of a library."""

from __future__ import annotations

from collections.abc import Sequence

from ..model.definition import Builder, Definition, Function, maker
from ..model.naming import lowered, setter
from ..model.schema import Schema
from ._jsonnet import Array, Call, Field, Object

MIXIN_NOTE = "\n\n**Note:** adds to the values that are there, instead of replacing them."
NEWER_NOTE = "\n\n**Newer:** the library of 4.3 does not have it."
OURS_NOTE = "\n\n**Ours:** the reference library does not have it."

UNLIKE = " The libraries of jsonnet-libs are wrong there."

_DOCSONNET_TYPES = {"integer": "number", "boolean": "bool"}


def made(definition: Definition) -> str:
    """What ``new`` does, for the documentation."""
    article = "an" if definition.kind[0] in "AEIO" else "a"  # Users and UIDs begin as "you" does
    if maker(definition):
        return f"Makes {article} {definition.kind} of that name."
    return f"Makes {article} {definition.kind}. It has no metadata, and so no name.{UNLIKE}"


def notes(function: Function) -> str:
    """What is special about a function, for the documentation."""
    return MIXIN_NOTE * function.mixin + NEWER_NOTE * function.newer + _field_note(function)


def _field_note(function: Function) -> str:
    """The field, where the name of the function does not tell it."""
    key = function.path[-1]
    if setter(lowered(key)) == setter(key) and "." not in key:
        return ""
    return f"\n\n**Note:** sets the field `{key}`, as the API spells it.{UNLIKE}"


def package(path: str, definition: Definition) -> Field:
    return pkg(definition.name, path, definition.help)


def pkg(name: str, path: str, help: str) -> Field:
    return Field(
        "#", Object((_help(help), Field("import", path), Field("name", name))), hidden=True
    )


def object_doc(name: str, help: str) -> Field:
    found = Object((Field("fields", Object(())), _help(help)))
    return Field(f"#{name}", Object((Field("object", found),)), hidden=True)


def function_doc(function: Function, help: str) -> Field:
    return doc(function.name, [(function.parameter, _docsonnet_type(function.schema))], help)


def builder_doc(builder: Builder) -> Field:
    arguments = [(parameter, "string") for parameter in builder.parameters]
    return doc(builder.name, arguments, builder.help + OURS_NOTE)


def doc(name: str, arguments: Sequence[tuple[str, str]], help: str) -> Field:
    """What `code.DOCUMENTED` makes of the parameters, each with its type, and of the help."""
    described = tuple(Call("arg", argument) for argument in arguments)
    return Field(f"#{name}", Call("fn", (help, Array(described))), hidden=True)


def _docsonnet_type(schema: Schema) -> str:
    if schema.is_open and not schema.additional:
        return "any"
    return _DOCSONNET_TYPES.get(schema.type, schema.type)


def _help(text: str) -> Field:
    return Field("help", text)
