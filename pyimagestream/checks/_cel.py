"""Expressions in the Common Expression Language, compiled and run by cel-expr-python.

That is Google's own library, the extra ``cel``: what it compiles means the same there as on the
server. It has the standard functions, and those on texts, optional values and bindings, but not
what Kubernetes adds. It bounds the depth of an expression and its iterations.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

Expression = Callable[[Any], bool | str | None]
"""What a value called ``self`` comes to; None where it is neither a verdict nor a text."""


@cache
def program(expression: str) -> Expression | None:
    """An expression, compiled; None where the library is missing, or does not take it."""
    environment = _environment()
    if environment is None:
        return None
    try:
        run = environment.compile(expression).eval
    except (RuntimeError, TypeError, UnicodeError):
        return None

    def result(value: Any) -> bool | str | None:
        try:
            found = run(data={"self": value})
            # The value of an error is a text as well.
            return found.value() if found.type().name() in ("BOOL", "STRING") else None
        except Exception:  # the library has no class of its own for what goes wrong in it
            return None

    return result


@cache
def _environment() -> Any:
    try:
        from cel_expr_python import cel  # imported late: few runs need it
        from cel_expr_python.ext import ext_bindings, ext_encoders, ext_optional, ext_strings
    except ImportError:
        return None
    extensions = [
        ext_bindings.ExtBindings(),
        ext_encoders.ExtEncoders(),
        ext_optional.ExtOptional(),
        ext_strings.ExtStrings(),
    ]
    return cel.NewEnv(variables={"self": cel.Type.DYN}, extensions=extensions)
