"""Jsonnet code made up by hypothesis: literals in all spellings, formats, whole programs."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import strategies as st

CHARACTERS = "ab0 é😀\n\t\"'\\%|/#*\u2028\x7f()sd"
"""Those that mean something to a lexer, and some of each length in UTF-8."""


def spellings(text: str) -> list[str]:
    """The literals that stand for a text: quoted, verbatim, and as a block where it can be one."""
    escaped = text.replace("\\", "\\\\")
    units = text.encode("utf-16-be").hex()
    every = "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))
    found = [
        json.dumps(text),
        json.dumps(text, ensure_ascii=False),
        "'" + escaped.replace("'", "\\'") + "'",
        '"' + escaped.replace('"', '\\"') + '"',
        "@'" + text.replace("'", "''") + "'",
        '@"' + text.replace('"', '""') + '"',
        f"'{every}'",
    ]
    if text.strip("\n") and text.lstrip("\n")[0] not in " \t":
        head, body = ("|||", text[:-1]) if text.endswith("\n") else ("|||-", text)
        for indent in ("  ", "\t"):
            lines = (f"{indent}{line}\n" if line else "\n" for line in body.split("\n"))
            found.append(f"{head}\n{''.join(lines)}|||")
    return found


def literals(texts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return texts.flatmap(lambda text: st.sampled_from(spellings(text)))


texts = st.text(CHARACTERS, max_size=4)

_SMALL = ["0", "1", "-1", "2.5", "-2.5", "-0.5", "-0", "9", "10", "-9", "-10", "99", "100", "12345"]
_LARGE = ["1e15", "1e16", "1e17", "1e22", "1e300", "1e-7", "9007199254740991", "9007199254740992"]
_OTHER = ["0.1", "(1/3)", "(3-4)", "-9007199254740993", "9007199254740990.7", "1234567.8", "1e9"]
numbers = st.sampled_from(_SMALL + _LARGE + _OTHER) | st.floats(-1e18, 1e18).map("({!r})".format)

KEYS = ["a", "b", "c d", "é", ""]

_common = st.sampled_from(
    ["%s", "%s", "%s", "%d", "%d", "%i", "%u", "%02d", "%03d", "%05d", "%2d", "%4d", "%ld", "%%"]
)
_rare = (
    st.tuples(
        st.text("0#- +", max_size=2),
        st.sampled_from(["", "", "0", "1", "3", "9", "10", "*"]),
        st.sampled_from(["", "", "", ".0", ".2", ".", ".*"]),
        st.sampled_from(["", "", "h", "L"]),
        st.sampled_from("sdiuxXoeEfFgGc%q"),
    )
    .map("".join)
    .map("%{}".format)
)
conversions = st.one_of(_common, _common, _common, _rare)

_gaps = st.sampled_from(["", " ", " ", " ", "\n", "/* % */", " // %\n", "# '\n"])


@st.composite
def formats(draw: st.DrawFn, values: st.SearchStrategy[str], found: str = "") -> str:
    """A format and its arguments, which fit it more often than not."""
    is_keyed, parts, arguments = draw(st.booleans()), [], []
    for _ in range(draw(st.integers(1, 4))):
        parts.append(draw(texts).replace("%", "%%"))
        code = draw(conversions)
        key = draw(st.sampled_from(KEYS)) if is_keyed else None
        parts.append(code.replace("%", f"%({key})", 1) if is_keyed and code != "%%" else code)
        if code != "%%":
            fits = values if code[-1] in "sc" else numbers
            value = draw(st.one_of(fits, fits, fits, values))
            arguments.append((key, f"{draw(_gaps)}{value}{draw(_gaps)}"))
    wrong = draw(st.integers(0, 15))
    if wrong == 0:
        arguments = arguments[1:]
    elif wrong == 1:
        arguments.append(("more", "1"))
    if is_keyed and wrong != 2:
        fields = (f"{json.dumps(key)}: {value}" for key, value in dict(arguments).items())
        right = "{" + ", ".join(fields) + "}"
        right = draw(st.sampled_from([right, f"({right})", f"o {right}", "o", "$.o"]))
    elif len(arguments) == 1 and draw(st.booleans()):
        right = f"({arguments[0][1]})"
    else:
        comma = draw(st.sampled_from(["", ","])) if arguments else ""
        right = "[" + ",".join(value for _, value in arguments) + comma + "]"
    literal = draw(st.sampled_from(spellings("".join(parts))))
    return f"{literal}{draw(_gaps)}%{draw(_gaps)}{right}"


_OPERATORS = st.sampled_from(["+", "-", "*", "%", "==", "<", "&&"])

_leaves = st.one_of(
    numbers,
    literals(texts),
    st.sampled_from(
        ["true", "false", "null", "n", "o.a", "o", "l", "l[0]", "f(n)", "$.n", "self.n", "super.n"]
    ),
    st.sampled_from(["error 'x'", "function(x) x", "std.trace('t', 1)", "std.native('n')(n)"]),
)


@st.composite
def traces(draw: st.DrawFn, values: st.SearchStrategy[str] = _leaves) -> str:
    """A call of `std.trace`, with a text or what is none, in one of the ways to write it."""
    call = draw(st.sampled_from(["std.trace", "std . trace", "std\n.trace", "std./* */trace\n"]))
    text = draw(st.one_of(literals(texts), values, values.map("'' + [{}]".format)))
    value = draw(values)
    common = ["({}, {})", "(\n{},\n{}\n)", "({}, {},)"] * 5
    odd = ["({}, {}) tailstrict", "(rest={1}, str={0})", "({}, rest={})"]
    return call + draw(st.sampled_from([*common, *odd])).format(text, value)


def _larger(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        formats(values),
        formats(values),
        st.lists(values, max_size=2).map(lambda items: f"[{', '.join(items)}]"),
        values.map("{{a: {}, b:: 1}}".format),
        values.map("(if n > 3 then {} else error 'e')".format),
        values.map("local q = 1, r = {}; r".format),
        values.map("f({})".format),
        traces(values),
        values.map("[x for x in [{}]]".format),
        st.tuples(values, st.sampled_from(["+", "-", "*", "%", "==", "<", "&&"]), values).map(
            " ".join
        ),
    )


values = st.recursive(_leaves, _larger, max_leaves=4)

_PLACES = [
    *["{}", "{{a: {}}}", "[{}]", "{} + 'x'", "'x' + {}"] * 3,
    *["{{[{}]: 1}}", "[{} for x in [1, 2]]", "[x for x in [1, 2] if {} != 'a']"],
    *["local z = {}; z", "(function(p = {}) p)()", "(function(x) {})(3)", "local g(x) = {}; g(2)"],
    *["{{assert {} != 'q', b: 1}}", "{{a:: {}, b: self.a}}", "{{a: {0}}} + {{a+: {0}}}"],
    *["if {} == 'x' then 1 else 2", "{} % []", "1 % {}", "{} * 2", "'x' * {}", "-{}", "!{}"],
    *["std.length({})", "{}[0]", "({})[0]", "{} {{ a: 1 }}", "error {}", "{} in {{a: 1}}"],
    *["assert {} != '' : 'm'; 1", "true && {} == 'a' || false", "std.map(function(x) {}, [1])"],
    *["local v = {}; 'a%s' % v", "local v = [{{ a: std.trace('v', {}) }}]; '%s' % v"],
    *["{}.x", "{} {}", "{{{}: 1}}", "{}; 1", "local s = std; s.trace({}, 1)"],
]

_FRAME = (
    "local n = 5, o = {{ a: 1, b: 'B', 'c d': [], 'é': null }}, l = [1], f(x) = x;\n"
    "{{ n:: 7, o:: o }} + {{ z: {} }}"
)


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A program with a format somewhere; most can be evaluated."""
    place = draw(st.sampled_from(_PLACES))
    return _FRAME.format(place.format(*[draw(formats(values))] * 2))


_deeper = st.sampled_from(
    [
        *["f(n - 1)", "g.x(n - 1)", "h(f(n - 1))", "(local z = f(n - 1); z)", "w[n]"],
        *["{a: f(n - 1)}.a", "[f(n - 1)][0]", "std.toString(f(n - 1))", "'%s' % f(n - 1)"],
        *["'%s' % [f(n - 1)]", "('a%s' % ['%s' % [f(n - 1)]])", "h('%s' % [h(f(n - 1))])"],
        *["{a: '%s' % self.b, b: '%s' % [f(n - 1)]}.a", "(if n > 0 then f(n - 1) else '')"],
        *["'%(aaaaaaaaaaaaaaaaaaaaaaaa)s' % {aaaaaaaaaaaaaaaaaaaaaaaa: f(n - 1)}"],
        *["f(n - 1) + '%d' % 9007199254740991", "std.join('', [f(n - 1)])"],
    ]
)

_deepening = st.sampled_from(
    [
        *["'%s' % {}", "'%s' % [{}]", "'a%s%s' % ['b', {}]", "'%(a)s' % {{a: {}}}", "{}"],
        *["'' + {}", "'%d' % std.length({}) + ''", "'%09d' % [std.length({})]", "'%-5s' % {}"],
        *["local v = std.length({}); '%d' % v", "local v = std.length({}); '%09d' % v"],
        *["local v = {{ a: {} }}; '%(a)s' % v", "local v = {{ a: {}, b: 'x' }}; '%(a)s%(b)s' % v"],
        *["local v = {}; '%s' % v", "std.format('%s', {})", "'%s' % [[std.length({})]]"],
        *["'%s' % [{{a: std.length({})}}]", "{{ assert std.length({}) >= 0, a: '%s' % 'q' }}.a"],
    ]
)


@st.composite
def recursions(draw: st.DrawFn) -> str:
    """A program with formats in formats, which may be too many for the stack."""
    first, second = (draw(_deepening).format(draw(_deeper)) for _ in range(2))
    return (
        "local w = [if i < 1 then 'w' else '%s' % w[i - 1] for i in std.range(0, 200)], h(x) = x,\n"
        f"f(n) = if n < 1 then '' else ({first}),\n"
        f"g = {{ x(n):: if n < 1 then '' else ({second}) }};\n"
        f"{draw(st.sampled_from(['', '[]+']))}f({draw(st.integers(1, 60))})"
    )


FILES = ["main.jsonnet", "a", "d/a", "d/b", "v/c", "v/e/a", "b"]
"""The files of a project, whose jpath is `v`. Most import only such as follow them."""


@st.composite
def _imports(draw: st.DrawFn, index: int) -> str:
    here = os.path.dirname(FILES[index])
    path = draw(st.sampled_from(FILES[index + 1 :] or ["t"]))
    near = os.path.relpath(f"/{path}", f"/{here}")
    names = [near] * 4 + [f"./{near}", f"../{os.path.basename(here)}/{near}", path, "no", "../a"]
    name = draw(st.sampled_from([*names, path.removeprefix("v/")]))
    keyword = draw(st.sampled_from(["import"] * 8 + ["importstr", "importbin"]))
    quoted = draw(st.sampled_from(["'{}'", '"{}"', "@'{}'", "/* ' */ '{}'"])).format(name)
    return f"{keyword} {quoted}"


_AROUND = [
    *["{}", "({})", "[{}]", "{{ a: {} }}", "{{ a:: 1, b: {} }}", "[{}, 1][1]", "{{ a+: {} }}"] * 3,
    *["local x = {}; x", "local x = {}; 1", "(function(y) [y, {}])(1)", "f({})", "'' + ({})"],
    *["if n > 1 then {} else 2", "if n < 1 then {} else 2", "'%s' % [{}]", "'%(a)s' % {{ a: {} }}"],
    *["std.type({})", "[{} for i in [1, 2]]", "{{ [std.type(o)]: {} }}", "assert n > 1; {}"],
    *["{{ a: $.n, n: {} }}", "{{ local x = {}, a: x }}", "std.toString({})", "[i for i in [{}]]"],
    *["({}).a", "{} + {{ a: 1 }}", "-{}", "{} in {{ a: 1 }}", "{} {{ a: 1 }}", "std.length({})"],
]

_ODD = [
    *["", "// 1", "1), (2", "$", "self.n", "std.thisFile", "std.trace('t', 1)", "std", "f", "[1"],
    *["local std = { type(x):: 1 }; std.type(1)", "error 'e'", "x.import 'a'", "{ import 'a' }"],
    *[f"local r(i) = if i < 1 then 0 else 1 + r(i - 1); r({depth})" for depth in (9, 120, 497)],
]


@st.composite
def projects(draw: st.DrawFn) -> dict[str, str]:
    """The files of a project by their paths; most can be evaluated."""
    found = {}
    for index, path in enumerate(FILES):
        code = draw(_imports(index))
        for around in draw(st.lists(st.sampled_from(_AROUND), max_size=3)):
            code = around.format(code)
        if draw(st.integers(0, 2)) == 0:
            code = f"[{code}, {draw(_imports(index))}]"
        code = f"local n = 5, o = {{ a: 1 }}, f(x) = x; {code}"
        odd = draw(st.integers(0, 15))
        if index and odd < 2:
            code = draw(st.sampled_from(_ODD))
        elif index > 3 and odd < 10:
            code = "{ a: 'x' }"
        if odd != 2:
            found[path] = code + draw(st.sampled_from(["", "", "\n", " // )"]))
    return {FILES[0]: "import 'a'", **found}


@contextmanager
def printed() -> Iterator[list[str]]:
    """What a VM prints to the standard error of the process, once it is over."""
    result: list[str] = []
    sys.stderr.flush()
    with tempfile.TemporaryFile() as file:
        saved = os.dup(2)
        os.dup2(file.fileno(), 2)
        try:
            yield result
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            file.seek(0)
            result += file.read().decode().splitlines()
