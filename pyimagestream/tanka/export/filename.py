"""File names of exported manifests: the part of Go's text/template people use for them.

A format is text with actions: ``{{.kind}}-{{or .metadata.name .metadata.generateName}}``.
Inside an action stand fields of the manifest (``.metadata.name``), the
function ``env`` (the environment: ``env.spec.namespace``), literals, functions
of Go's templates and of Sprig with their order of arguments, pipes and
parentheses, and ``if``, ``else if``, ``else``, ``end``. A slash in the text
makes a directory; one that comes out of an action turns into a dash.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from ...errors import SHOWN_FORMAT, FormatError
from ._functions import FORMAT_FUNCTIONS, LONGEST, TOO_LONG, Integer, UnsuitableError, go_text

# Tanka gives the template these methods of its own, beside the fields.
_METHODS = {"APIVersion": "apiVersion", "Kind": "kind", "Metadata": "metadata"}


class _Scope:
    def __init__(self, manifest: Mapping[str, Any], environment: Mapping[str, Any]) -> None:
        self.manifest = manifest
        self.environment = environment
        # The characters that may yet be made for this name, on the way as well.
        self.left = 4 * LONGEST

    def took(self, text: str) -> bool:
        self.left -= len(text)
        return self.left >= 0


_Value = Callable[[_Scope], Any]
_Part = Callable[[_Scope], str]


class FileNameFormat(NamedTuple):
    """A format that was understood."""

    text: str
    parts: tuple[_Part, ...]

    @classmethod
    def parse(cls, text: str) -> FileNameFormat:
        """Raises `FormatError` naming the place and what is wrong there."""
        parser = _Parser(text)
        try:
            text.encode()
        except UnicodeEncodeError as error:  # bytes that Python could not decode
            parser.fail(error.start, "this is not UTF-8")
        try:
            return cls(text, parser.template())
        except RecursionError:
            parser.fail(0, "too many parentheses or conditions stand in each other")

    def render(self, manifest: Mapping[str, Any], environment: Mapping[str, Any]) -> str:
        """The path of a manifest's file, relative and without extension.

        Raises `FormatError` if there is no value where one would be printed (Go prints
        ``<no value>``), or a function cannot take what the manifest gives it.
        """
        scope = _Scope(manifest, environment)
        try:
            return "".join(part(scope) for part in self.parts)
        except FormatError as error:
            metadata = manifest["metadata"]
            name = metadata.get("name") or metadata.get("generateName") or ""
            which = f"{manifest['kind']}/{name}"
            raise FormatError(error.text, error.offset, error.message, which) from None


_LITERALS = {"true": True, "false": False, "nil": None}
_UNSUPPORTED = ("block", "break", "continue", "define", "range", "template", "with")

_ACTION = re.compile(
    r"""(?:\s*(?=\{\{-\s))?
        \{\{(?:-(?=\s))?
        (?: \s* (?P<comment>/\*.*?\*/) \s*? | (?P<body>(?:"(?:[^"\\]|\\.)*"|`[^`]*`|[^"`])*?) )
        (?: \s-\}\}\s* | \}\} )""",
    re.VERBOSE | re.DOTALL,
)
# Of escapes those that are a character: in Go `\xe9` is a byte, and half a surrogate an error.
_TOKEN = re.compile(
    r"""(?P<string>"(?:[^"\\\n]|\\(?:[abfnrtv\\"]|x[0-7][0-9a-fA-F]
            |u(?![dD][89a-fA-F])[0-9a-fA-F]{4}))*"|`[^`]*`)
      | (?P<number>[-+]?[0-9]{1,18}(?:\.[0-9]+)?(?![\w.]))
      | (?P<field>(?:\.[^\W\d]\w*)+)
      | (?P<name>[^\W\d]\w*)
      | (?P<symbol>[.()|]|\$(?!\w))""",
    re.VERBOSE,
)


class _Token(NamedTuple):
    kind: str
    text: str
    offset: int
    spaced: bool


class _Parser:
    """Turns the text of a format into functions that print its parts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.tokens: list[_Token] = []

    def fail(self, offset: int, message: str) -> NoReturn:
        shown = message if len(message) <= 2 * SHOWN_FORMAT else f"{message[: 2 * SHOWN_FORMAT]}..."
        raise FormatError(self.text, offset, shown)

    def template(self) -> tuple[_Part, ...]:
        parts, end = self.block()
        if end:
            self.fail(end.offset, f"{end.text} without if")
        return parts

    def block(self) -> tuple[tuple[_Part, ...], _Token | None]:
        """The parts up to an ``else`` or ``end`` or, with None, to the end of the text."""
        parts: list[_Part] = []
        while self.position < len(self.text):
            match = _ACTION.search(self.text, self.position)
            stop = match.start() if match else len(self.text)
            opened = self.text.find("{{", self.position, stop)
            if opened >= 0:
                self.fail(opened, "this action has no end")
            if stop > self.position:
                parts.append(_constant(self.text[self.position : stop]))
            if not match:
                break
            self.position = match.end()
            if match["comment"]:
                continue
            self.tokens = self.tokenize(match["body"], match.start("body"))
            if not self.tokens:
                self.fail(match.start("body"), "this action is empty")
            first = self.tokens[0]
            if first.kind == "name" and first.text in ("else", "end"):
                return tuple(parts), self.tokens.pop(0)
            parts.append(
                self.conditional() if first.text == "if" else self.action(match["body"].strip())
            )
        self.position = len(self.text)
        return tuple(parts), None

    def tokenize(self, body: str, start: int) -> list[_Token]:
        tokens = []
        at = 0
        while at < len(body):
            if body[at].isspace():
                at += 1
                continue
            match = _TOKEN.match(body, at)
            if not match or not match.lastgroup:
                self.fail(start + at, f"cannot understand {body[at:].strip()!r}")
            spaced = at == 0 or body[at - 1].isspace()
            tokens.append(_Token(match.lastgroup, match.group(), start + at, spaced))
            at = match.end()
        return tokens

    def action(self, body: str) -> _Part:
        offset = self.tokens[0].offset
        value = self.whole_pipeline()

        def part(scope: _Scope) -> str:
            result = value(scope)
            if result is None:
                self.fail(offset, f"{body:.{SHOWN_FORMAT}} has no value")
            text = go_text(result)
            if not scope.took(text):
                self.fail(offset, TOO_LONG)
            return text.replace("/", "-")

        return part

    def conditional(self) -> _Part:
        opening = self.tokens.pop(0)
        condition = self.whole_pipeline(opening)
        chosen, end = self.block()
        otherwise: tuple[_Part, ...] = ()
        if end and end.text == "else":
            if self.tokens and self.tokens[0].text == "if":
                otherwise, end = (self.conditional(),), None
                return _choice(condition, chosen, otherwise)
            self.no_more_tokens()
            otherwise, end = self.block()
        if not end or end.text != "end":
            self.fail(opening.offset, "this if has no end")
        self.no_more_tokens()
        return _choice(condition, chosen, otherwise)

    def no_more_tokens(self) -> None:
        if self.tokens:
            self.fail(self.tokens[0].offset, f"unexpected {self.tokens[0].text!r}")

    def whole_pipeline(self, after: _Token | None = None) -> _Value:
        if after and not self.tokens:
            self.fail(after.offset, f"{after.text} needs a condition")
        value = self.pipeline()
        self.no_more_tokens()
        return value

    def pipeline(self) -> _Value:
        value = self.command(None)
        while self.tokens and self.tokens[0].text == "|":
            bar = self.tokens.pop(0)
            if not self.tokens:
                self.fail(bar.offset, "nothing behind this pipe")
            value = self.command(value)
        return value

    def command(self, piped: _Value | None) -> _Value:
        first = self.tokens[0]
        chained = (
            len(self.tokens) > 1 and self.tokens[1].kind == "field" and not self.tokens[1].spaced
        )
        if first.kind == "name" and first.text not in _LITERALS and not chained:
            self.tokens.pop(0)
            arguments = self.operands()
            return self.call(first, [*arguments, piped] if piped else arguments)
        operands = self.operands()
        if not operands:
            self.fail(first.offset, f"unexpected {first.text!r}")
        if piped or len(operands) > 1:
            self.fail(first.offset, f"{first.text} is no function and takes no arguments")
        return operands[0]

    def operands(self) -> list[_Value]:
        operands = []
        while self.tokens and self.tokens[0].text not in ("|", ")"):
            operands.append(self.operand())
        return operands

    def operand(self) -> _Value:
        token = self.tokens.pop(0)
        value: _Value
        if token.kind == "string":
            return _constant(_unquoted(token.text))
        if token.kind == "number":
            return _constant(float(token.text) if "." in token.text else Integer(token.text))
        if token.text in _LITERALS:
            return _constant(_LITERALS[token.text])
        if token.kind == "field":
            return self.field(_manifest, token)
        if token.text in (".", "$"):
            value = _manifest
        elif token.text == "(":
            if not self.tokens:
                self.fail(token.offset, "this parenthesis is not closed")
            value = self.pipeline()
            if not self.tokens or self.tokens.pop(0).text != ")":
                self.fail(token.offset, "this parenthesis is not closed")
        elif token.kind == "name":
            value = self.call(token, [])
        else:
            self.fail(token.offset, f"unexpected {token.text!r}")
        if self.tokens and self.tokens[0].kind == "field" and not self.tokens[0].spaced:
            return self.field(value, self.tokens.pop(0))
        return value

    def field(self, of: _Value, token: _Token) -> _Value:
        names = token.text[1:].split(".")

        def value(scope: _Scope) -> Any:
            found = of(scope)
            on_top = found is scope.manifest or found is scope.environment
            for name in (_METHODS.get(names[0], names[0]), *names[1:]) if on_top else names:
                if not isinstance(found, Mapping):
                    self.fail(token.offset, f"{go_text(found)} has no field {name!r}")
                if name not in found:
                    return None
                found = found[name]
            return found

        return value

    def call(self, token: _Token, arguments: list[_Value]) -> _Value:
        name = token.text
        if name in ("and", "or"):
            if not arguments:
                self.fail(token.offset, f"{name} needs an argument")
            return _first(arguments, wanted=name == "or")
        if name == "env":
            if arguments:
                self.fail(token.offset, "env takes no arguments")
            return _environment
        if name in _UNSUPPORTED:
            self.fail(token.offset, f"{name!r} is not supported in file names")
        if name not in FORMAT_FUNCTIONS:
            self.fail(token.offset, f"function {name!r} not defined")
        function = FORMAT_FUNCTIONS[name]
        if not function.takes(len(arguments)):
            self.fail(token.offset, f"{name} cannot take {len(arguments)} arguments")

        def value(scope: _Scope) -> Any:
            try:
                result = function.call(*(argument(scope) for argument in arguments))
            except UnsuitableError as error:
                self.fail(token.offset, f"{name}: {error}")
            if isinstance(result, str) and not scope.took(result):
                self.fail(token.offset, f"{name}: {TOO_LONG}")
            return result

        return value


def _unquoted(literal: str) -> str:
    if literal[0] == "`":
        return literal[1:-1]
    from ast import literal_eval  # slow to import, and few formats have a text

    return str(literal_eval(literal))


def _constant(value: Any) -> _Value:
    return lambda scope: value


def _manifest(scope: _Scope) -> Any:
    return scope.manifest


def _environment(scope: _Scope) -> Any:
    return scope.environment


def _first(arguments: list[_Value], *, wanted: bool) -> _Value:
    """The first argument whose truth is as wanted, else the last one."""

    def value(scope: _Scope) -> Any:
        result = None
        for argument in arguments:
            result = argument(scope)
            if bool(result) is wanted:
                break
        return result

    return value


def _choice(condition: _Value, chosen: Sequence[_Part], otherwise: Sequence[_Part]) -> _Part:
    return lambda scope: "".join(
        part(scope) for part in (chosen if condition(scope) else otherwise)
    )
