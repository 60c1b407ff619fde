"""A tiny typed Jsonnet printer: values in, the text jsonnetfmt would leave alone out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..model.naming import KEYWORDS

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})

Scalar: TypeAlias = "str | int | bool | None"


@dataclass(frozen=True)
class Raw:
    """An expression that is Jsonnet already."""

    text: str


@dataclass(frozen=True)
class Field:
    """A field of an object; ``parameters`` make it a method, and its name may be computed."""

    name: str | Raw
    value: Expression
    parameters: tuple[str, ...] | None = None
    hidden: bool = False
    plus: bool = False


@dataclass(frozen=True)
class Object:
    """An object, on one line unless ``block``."""

    fields: tuple[Field, ...]
    block: bool = False


@dataclass(frozen=True)
class Array:
    items: tuple[Expression, ...]


@dataclass(frozen=True)
class Sum:
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple[Expression, ...]


Expression: TypeAlias = "Scalar | Raw | Object | Array | Sum | Call"


def text(expression: Expression, indent: int = 0) -> str:
    """The Jsonnet text of an expression whose first line stands at ``indent`` levels."""
    if isinstance(expression, Raw):
        return expression.text
    if isinstance(expression, Object):
        return _object(expression, indent)
    if isinstance(expression, Array):
        return f"[{_joined(expression.items, indent)}]"
    if isinstance(expression, Sum):
        return f"{text(expression.left, indent)} + {text(expression.right, indent)}"
    if isinstance(expression, Call):
        return f"{expression.function}({_joined(expression.arguments, indent)})"
    if isinstance(expression, str):
        return string(expression)
    if expression is None:
        return "null"
    return str(expression).lower()


def string(value: str) -> str:
    """A string literal, quoted as jsonnetfmt prefers it."""
    quote = '"' if "'" in value and '"' not in value else "'"
    escaped = value.translate(_ESCAPES)
    return quote + escaped.replace(quote, "\\" + quote) + quote


def identifier(name: str) -> str:
    """A field name: bare where Jsonnet allows it, quoted otherwise."""
    return name if _IDENTIFIER.match(name) and name not in KEYWORDS else string(name)


def _joined(expressions: Sequence[Expression], indent: int) -> str:
    return ", ".join(text(expression, indent) for expression in expressions)


def _object(expression: Object, indent: int) -> str:
    if not expression.block:
        fields = ", ".join(_field(field, indent) for field in expression.fields)
        return f"{{ {fields} }}" if fields else "{}"
    inner = "  " * (indent + 1)
    lines = [f"{inner}{_field(field, indent + 1)},\n" for field in expression.fields]
    return "{\n" + "".join(lines) + "  " * indent + "}"


def _field(field: Field, indent: int) -> str:
    parameters = "" if field.parameters is None else f"({', '.join(field.parameters)})"
    plus = "+" if field.plus else ""
    colon = "::" if field.hidden else ":"
    name = identifier(field.name) if isinstance(field.name, str) else f"[{field.name.text}]"
    return f"{name}{parameters}{plus}{colon} {text(field.value, indent)}"
