"""What the VMs say when they fail, taken apart: message and places."""

from __future__ import annotations

import re
from collections.abc import Collection

from ..errors import EvaluationError, Frame

NO_PRIMITIVE = (
    "a native callback was handed an object or an array, and takes text, numbers, booleans and null"
)

# file:1:2-3, file:1:2 and file:(1:2)-(3:4)
_PLACE = r"(?P<file>[^\n\t]+?):\(?(?P<line>\d+):(?P<column>\d+)(?:\)-\(\d+:\d+\)|-\d+)?"
_FRAME = re.compile(rf"(?:\t| {{4}}){_PLACE}(?=[:\s]|\Z)")
_RUNTIME = r"(?:RUNTIME ERROR|runtime error|assert failed): "
# gojsonnet tells the place of a wrong escape in a text twice.
_STATIC = re.compile(
    rf"(?!{_RUNTIME})(?:STATIC ERROR: )?(?P<place>{_PLACE}):? (?:(?P=place) )?(?P<message>.*)",
    re.DOTALL,
)
_REFUSED = re.compile(
    r"(?:native extensions can only take primitives\.|failed to execute native callback, code: 0)"
)
_STEP = re.compile(r'\t(?:Field "(?P<field>.*)"|Array element (?P<index>\d+)|(?P<gap>\.\.\.))\s*')
"""Where in the result something is, from within to without, as gojsonnet tells it."""

_PREFIX = re.compile(rf"{_RUNTIME}|(?:STATIC ERROR|syntax error): ")


def explained(error: Exception, imported: Collection[str]) -> EvaluationError:
    """What a VM said, taken apart: message and places, whatever the engine's own layout."""
    if isinstance(error, UnicodeError):
        return EvaluationError("the result has a lone surrogate, which no JSON text can hold")
    text = str(error)
    static = _STATIC.match(text)
    if static:
        message = static["message"].strip().partition("\n\n")[0]
        return EvaluationError(message, [_frame(static)])
    message_lines: list[str] = []
    steps: list[str] = []
    frames: list[Frame] = []
    for line in text.splitlines():
        place, step = _FRAME.match(line), _STEP.fullmatch(line)
        if place:
            frames.append(_frame(place))
        elif step and not frames:
            steps.append(_step(step))
        elif not frames and not line.startswith(("\t", "    ")):
            message_lines.append(line)
    message = _PREFIX.sub("", "\n".join(message_lines), count=1).strip()
    if _REFUSED.fullmatch(message):
        message = NO_PRIMITIVE
    nested = _STATIC.match(message)
    if nested and nested["file"] in imported:  # gojsonnet, of a syntax error in an imported file
        message = nested["message"]
        frames.insert(0, _frame(nested))
    if steps:
        message += f" at {''.join(reversed(steps)).removeprefix('.')}"
    # Recursion passes the same place again and again: once is enough.
    return EvaluationError(
        message, [frame for frame in dict.fromkeys(frames) if not _is_std(frame)]
    )


def _step(match: re.Match[str]) -> str:
    name, index = match["field"], match["index"]
    if name is not None:
        return f".{name}" if re.fullmatch(r"[A-Za-z_]\w*", name) else f'["{name}"]'
    return f"[{index}]" if index else " ... "


def _frame(match: re.Match[str]) -> Frame:
    return Frame(match["file"], int(match["line"]), int(match["column"]))


def _is_std(frame: Frame) -> bool:
    return frame.file in ("std.jsonnet", "<std>", "<builtin>")
