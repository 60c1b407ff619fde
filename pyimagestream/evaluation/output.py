"""What a VM prints, and the manifests of our group in it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..errors import EvaluationError, Problem
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


def manifests(
    value: Any, *, wanted: Callable[[dict[str, Any]], Any] | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The manifests of our group anywhere in a value, with their places in it (``.a.b[0]``).

    Of whatever version: a wrong one is a problem, not a reason to look away. `wanted` may
    look further. References within other objects are none.
    """
    ahead = [("", value)]
    while ahead:
        path, value = ahead.pop()
        inside: list[tuple[str, Any]] = []
        if isinstance(value, dict):
            if (wanted or is_ours)(value):
                if not path or not _is_reference(value):
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


def _is_reference(value: dict[str, Any]) -> bool:
    """Whether an object names another one, as that of an owner or of what is to be scaled does."""
    is_other = "name" in value and "metadata" not in value and "spec" not in value
    return is_other and not any(isinstance(each, (dict, list)) for each in value.values())


def is_ours(value: dict[str, Any]) -> bool:
    """Whether an object is of our kind, in whatever version."""
    group, _, _ = str(value.get("apiVersion")).partition("/")
    kind = value.get("kind")
    return group == GROUP and isinstance(kind, str) and kind in KINDS


def named(
    problems: Sequence[Problem],
    value: Any,
    wanted: Callable[[dict[str, Any]], Any] | None = None,
) -> tuple[Problem, ...]:
    """The problems with the names of their manifests, if there is more than one in the output."""
    if not any(problem.output_path for problem in problems) or len(objects(value, 2)) < 2:
        return tuple(problems)
    found = {place: kind_and_name(manifest) for place, manifest in manifests(value, wanted=wanted)}
    names = dict(zip(found, unambiguous(found.items()), strict=True))
    return tuple(each._replace(name=names.get(each.output_path, "")) for each in problems)


def kind_and_name(manifest: Mapping[str, Any]) -> str:
    """``Kind/name`` as far as a manifest has them."""
    metadata = manifest.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    parts = (manifest.get("kind"), metadata.get("name") or metadata.get("generateName"))
    return "/".join(part for part in parts if isinstance(part, str) and part)


def what(manifest: Mapping[str, Any]) -> str:
    """``Kind/name``, with the namespace if there is one."""
    name, namespace = kind_and_name(manifest), manifest["metadata"].get("namespace")
    return f"{name} in {namespace}" if namespace else name


def unambiguous(found: Iterable[tuple[str, str]]) -> list[str]:
    """The names of manifests, of which those that are not the only ones have their places too.

    ``found`` are places and names.
    """
    pairs = list(found)
    counts = Counter(name for _, name in pairs)
    return [f"{name} at {place}" if place and counts[name] > 1 else name for place, name in pairs]


def objects(value: Any, most: int) -> list[dict[str, Any]]:
    """Manifests of whatever kind anywhere in a value, but no more than so many."""
    found: list[dict[str, Any]] = []
    stack = [value]
    while stack and len(found) < most:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, dict):
            if is_object(item):
                found.append(item)
            if not is_ours(item):
                stack.extend(item.values())
    return found


def is_object(value: Any) -> bool:
    """Whether a value has what makes a manifest: a version or a kind, and metadata."""
    return (
        isinstance(value, dict)
        and "metadata" in value
        and any(isinstance(value.get(key), str) for key in ("apiVersion", "kind"))
    )


def _integer(digits: str) -> int | float:
    return int(float(digits)) if digits != "-0" else -0.0
