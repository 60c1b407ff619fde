"""The libraries of OpenShift's API are those of openshift-libsonnet 4.5, and go on from there.

``openshift.json`` has the types of twelve groups, as openshift/api has them today.
``openshift-4.5.json`` has facts of openshift-libsonnet at de3bd261: for each kind its objects
and functions, each with how it sets its field (``+`` adds, ``[]`` takes one value for a list)
and its parameter where that has another name; and a digest of what these functions came to for
`VALUES`, alone and added to themselves. What is equal is in ``shared`` once.
"""

import hashlib
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from support.openapi import evaluated, third

from pyimagestream.generator.directory import libraries
from pyimagestream.model.choice import chosen
from pyimagestream.model.definition import functions
from pyimagestream.model.expand import expanded
from pyimagestream.model.openapi.reader import read_api

DATA = Path(__file__).parent.parent / "data" / "openapi"

GROUPS = (
    "apps",
    "authorization",
    "build",
    "image",
    "network",
    "oauth",
    "project",
    "quota",
    "route",
    "security",
    "template",
    "user",
)

VALUES = ["text", 7, True, None, [1, "a"], {"a": {"b": 1}}]

WRITES_ANOTHER_FIELD = {("network.v1.clusterNetworkEntry", "withCidr")}
"""The reference sets `cidr`, which no server knows."""


@cache
def document():
    return json.loads((DATA / "openshift.json").read_text(encoding="utf-8"))


@cache
def api():
    read = read_api([("openshift.json", document())])
    return chosen(read, [f"{group}.openshift.io" for group in GROUPS])


@cache
def made(layout):
    return dict(libraries(api(), layout))


@cache
def facts():
    found = json.loads((DATA / "openshift-4.5.json").read_text(encoding="utf-8"))

    def whole(value):
        value = found["shared"][value] if isinstance(value, int) else value
        if isinstance(value, str):
            return value
        return {key: whole(each) for key, each in value.items()}

    return {kind: whole(tree) for kind, tree in found["kinds"].items()}, found["results"]


def walked(tree, path):
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from walked(value, (*path, name))
        else:
            yield (*path, name), value


@cache
def reference():
    """What the reference has, by path."""
    return {path: how for kind, tree in facts()[0].items() for path, how in walked(tree, (kind,))}


@cache
def ours():
    """The code of every function, as it stands in the files of the reference's layout."""
    files = made("reference")
    found = {}
    for each in api().exported:
        text = files["/".join(("_gen", *each.home, f"{each.name}.libsonnet"))]
        for path, code in in_text(text):
            whole = (each.library, *path)
            found[whole] = code
    return found


def in_text(text):
    """The functions in the text of a library, with their objects."""
    names = []
    for line in text.partition("\n{\n")[2].splitlines():
        stripped = line.strip()
        if opened := re.fullmatch(r"'?(\w+)'?: \{", stripped):
            names.append(opened[1])
        elif stripped == "},":
            names.pop()
        elif function := re.fullmatch(r"(new|with\w+)(\(.*),", stripped):
            yield (*names, function[1]), function[2]


def spelled(path, how):
    """The code of a function of the reference: parameter and body."""
    *names, function = path
    shape, _, parameter = how.partition(" ")
    key = function.removeprefix("with")
    key = key.removesuffix("Mixin") if "+" in shape else key
    key = key[0].lower() + key[1:]
    parameter = parameter or key
    value = f"if std.isArray(v={parameter}) then {parameter} else [{parameter}]"
    value = value if "[]" in shape else parameter
    body = f"{{ {quoted(key)}{'+' if '+' in shape else ''}: {value} }}"
    for name in reversed(names):
        body = f"{{ {quoted(name)}+: {body} }}"
    return f"({parameter}): {body}"


def quoted(key):
    return f"'{key}'" if key in ("import", "local") else key


def unchecked(code):
    """Our code without the checks."""
    code = re.sub(r"check\('[\w.]+', (listed\(\w+\)|\w+)\)", r"\1", code)
    return re.sub(r"listed\((\w+)\)", r"if std.isArray(v=\1) then \1 else [\1]", code)


def test_all_3630_functions_that_both_have_are_alike_in_parameter_and_body():
    common = ours().keys() & reference().keys()
    assert len(reference()) == 4536
    assert len(common) == 3630
    different = {
        path
        for path in common
        if path[-1] != "new" and unchecked(ours()[path]) != spelled(path[1:], reference()[path])
    }
    assert different == WRITES_ANOTHER_FIELD
    assert ours()[("network.v1.clusterNetworkEntry", "withCidr")].startswith("(cidr): { CIDR: ")


def test_what_the_reference_alone_has_is_what_the_api_has_no_more():
    gone = reference().keys() - ours().keys()
    classes = Counter("initializers" if "initializers" in path else path[-1] for path in gone)
    assert classes == {"initializers": 840, "withClusterName": 56, "withRaw": 10}


def test_what_we_alone_have_is_new_in_the_api():
    kinds = facts()[0]
    scopes = {path[:end] for path in reference() for end in range(1, len(path))}
    scopes |= {(kind,) for kind in kinds}
    classes = Counter(
        "kinds" if path[0] not in kinds else "fields" if path[:-1] in scopes else "objects"
        for path in ours().keys() - reference().keys()
    )
    assert classes == {"kinds": 599, "fields": 395, "objects": 351}
    assert len({each.library for each in api().exported} - kinds.keys()) == 42
    assert kinds.keys() <= {each.library for each in api().exported}


def test_every_kind_has_a_new_that_makes_what_the_one_of_the_reference_makes():
    """Nine of its 52 fail, as they call functions of metadata that was not there."""
    makers = {path: how for path, how in reference().items() if path[-1] == "new"}
    assert len(makers) == 52
    definitions = {each.library: each for each in api().exported}
    calls, expected = [], []
    for path, how in sorted(makers.items()):
        version, kind = how.split()
        has_name = "metadata" in definitions[path[0]].schema.properties
        calls.append(f"{code_of(path)}({'name=v' if has_name else ''})")
        named = {"metadata": {"name": "a"}} if has_name else {}
        expected.append({"apiVersion": version, "kind": kind, **named})
    text = f"local v = 'a'; [{', '.join(calls)}]"
    assert evaluated(made("compact"), text) == expected
    assert len([each for each in expected if "metadata" not in each]) == 4


def code_of(path):
    return "lib" + "".join(f"[{json.dumps(name)}]" for name in (*path[0].split("."), *path[1:]))


def digest(results):
    return hashlib.sha256(json.dumps(results, sort_keys=True).encode()).hexdigest()[:16]


@pytest.mark.slow
@pytest.mark.parametrize("layout", ["compact", "reference"])
def test_3577_functions_come_to_what_those_of_the_reference_come_to(layout):
    common = sorted((ours().keys() & reference().keys()) - WRITES_ANOTHER_FIELD)
    paths = [path for path in common if path[-1] != "new"]
    assert len(paths) == 3577
    calls = ", ".join(
        f"[{code}(v) for v in values]"
        f" + [{code}(['o']) + {code}(['n']), {code}({{ o: 1 }}) + {code}({{ n: 1 }})]"
        for code in map(code_of, paths)
    )
    text = f"local values = {json.dumps(VALUES)}; [{calls}]"
    results = evaluated(made(layout), text)
    of_kind = {}
    for path, result in zip(paths, results, strict=True):
        of_kind.setdefault(path[0], []).append(result)
    assert {kind: digest(found) for kind, found in of_kind.items()} == facts()[1]


@pytest.mark.slow
def test_both_layouts_have_the_same_functions_and_objects():
    code = """
      local names(o) = {
        [k]: if std.isFunction(o[k]) then std.length(o[k])
             else if std.isObject(o[k]) then names(o[k]) else o[k]
        for k in std.objectFields(o) if k != 'mixin'
      };
      { [g]: names(lib[g]) for g in std.objectFieldsAll(lib) if g != '#' }"""
    compact, other = (evaluated(made(layout), code) for layout in ("compact", "reference"))
    assert compact == other
    assert compact.keys() == set(GROUPS)


def test_the_form_of_version_3_gives_the_same_libraries():
    read = read_api([("openshift.json", third(document()))])
    of_third = chosen(read, [f"{group}.openshift.io" for group in GROUPS])
    for layout in ("compact", "reference"):
        assert dict(libraries(of_third, layout)) == made(layout)


def test_every_function_of_every_kind_is_in_the_model():
    natives = {
        function.native for each in api().exported for function in functions(expanded(each, api()))
    }
    makers = {path for path in ours() if path[-1] == "new"}
    assert {".".join(path) for path in ours().keys() - makers} <= natives


def test_what_is_made_is_small():
    """Each definition is there once, and its documentation is not."""
    sizes = [
        sum(map(len, dict(libraries(api(), each)).values())) for each in ("compact", "reference")
    ]
    assert sizes[0] * 6 < sizes[1]
