"""What a VM prints, and the manifests of our group in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ..errors import EvaluationError
from ..model.group import GROUP, KINDS

TEMPLATE = "Template"
"""A kind of OpenShift whose objects are none yet: their fields have parameters for values."""

_DEEPEST = 900
"""How deep a value may be nested: what prints one calls itself for each level, and Python
allows a thousand calls. Its JSON parser allowed no more up to Python 3.11, and allows
tens of thousands since."""

_TOO_DEEP = "\n" + "   " * _DEEPEST
"""Each level of a value is indented by three blanks, and no string holds a line break."""


def parsed(text: str) -> Any:
    """The value of a VM's JSON text.

    Jsonnet's numbers are doubles. Some VMs print all digits of a large one, some
    only those that tell it from its neighbours: the value is that of the double.

    Raises `EvaluationError` for a value nested too deep, or with an infinite number.
    """
    if _TOO_DEEP in text:
        raise EvaluationError("the result is nested too deep")
    try:
        return json.loads(text, parse_int=_integer)
    except RecursionError:
        raise EvaluationError("the result is nested too deep") from None
    except ValueError:  # rjsonnet prints infinite numbers
        raise EvaluationError("the result has a number that JSON cannot hold") from None


def manifests(value: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The manifests of our group anywhere in a value, with their places in it (``.a.b[0]``).

    Of whatever version: a wrong one is a problem, not a reason to look away.
    """
    ahead = [("", value)]
    while ahead:
        path, value = ahead.pop()
        inside: list[tuple[str, Any]] = []
        if isinstance(value, dict):
            if _is_ours(value):
                yield path, value
                continue
            if value.get("kind") == TEMPLATE:
                continue
            for key, item in value.items():
                if isinstance(item, (dict, list)):
                    inside.append((f"{path}.{key}", item))
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, (dict, list)):
                    inside.append((f"{path}[{index}]", item))
        ahead.extend(reversed(inside))


def _is_ours(value: dict[str, Any]) -> bool:
    group, _, _ = str(value.get("apiVersion")).partition("/")
    kind = value.get("kind")
    return group == GROUP and isinstance(kind, str) and kind in KINDS


def _integer(digits: str) -> int | float:
    return int(float(digits)) if digits != "-0" else -0.0
