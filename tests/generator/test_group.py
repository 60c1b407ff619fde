"""The libraries of the whole group: the documented API of each, in an evaluator without natives."""

import importlib
import json
import re
from typing import Any

import pytest
from support import group
from support.generated import FILES

from pyimagestream import ValidationError, evaluate_snippet, library_path
from pyimagestream.engines.vm import ENGINES
from pyimagestream.generator.files import LIBRARY_PATHS, text_of
from pyimagestream.model.definition import functions
from pyimagestream.model.group import DEFINED, LIBRARIES, definition

PAGES = group.pages()
VALUES = ["text", 7, None, True, {"a": 1}, ["x"]]
EXTRA = "imageStreamImport.metadata.initializers.result.withStatus"


def evaluated(engine, code):
    """The value of code that sees the libraries as `o`, in a VM that knows none of our natives."""
    vm = importlib.import_module(ENGINES[engine][0])
    main = json.dumps(str(library_path() / "main.libsonnet"))
    return json.loads(
        vm.evaluate_snippet("snippet", f"local o = (import {main}).image.v1;\n{code}")
    )


def member(*path):
    return "o" + "".join(f"['{key}']" for key in path)


def called(function, value, on=""):
    path = member(function.library, *function.scope, function.name)
    return f"{on}{path}({json.dumps(value)})"


def test_every_documented_function_gives_what_the_reference_gives(engine):
    """687 functions times six values."""
    every = [
        (function, value) for page in PAGES for function in page.documented() for value in VALUES
    ]
    calls = [called(function, value) for function, value in every]
    found = evaluated(engine, f"[{', '.join(calls)}]")
    for call, result, (function, value) in zip(calls, found, every, strict=True):
        assert result == function.result(value), call


def test_there_are_687_documented_functions():
    assert sum(len(page.documented()) for page in PAGES) == 687


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_setters_leave_the_rest_alone_and_mixins_add(page: Any) -> None:
    old: Any
    new: Any
    there: Any
    expected, calls = [], []
    for function in page.documented():
        if function.name == "new":
            continue
        old, new = (["a"], ["b"]) if function.is_list else ({"a": 1}, {"b": 2})
        if not (function.is_list or function.name.endswith("Mixin")):
            old, new = "a", "b"
        there = {function.path[-1]: old, "beside": 2}
        for key in reversed(function.path[:-1]):
            there = {key: there, "beside": 2}
        calls.append(called(function, new, on=f"{json.dumps(there)} + "))
        result = json.loads(json.dumps(there))
        inner = result
        for key in function.path[:-1]:
            inner = inner[key]
        if function.name.endswith("Mixin"):
            new = [*old, *new] if function.is_list else {**old, **new}
        inner[function.path[-1]] = new
        expected.append(result)
    assert evaluated("gojsonnet", f"[{', '.join(calls)}]") == expected


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_library_has_the_documented_members_and_those_that_are_marked(page):
    scopes = page.scopes()
    of = definition(LIBRARIES[page.name])
    more = {function.native for function in functions(of) if function.newer}
    more |= {f"{page.name}.{builder.name}" for builder in of.builders} | {EXTRA}
    fields = ", ".join(
        f"'{'.'.join(path)}': std.objectFieldsAll({member(page.name, *path)})" for path in scopes
    )
    for name, found in evaluated("gojsonnet", f"{{ {fields} }}").items():
        path = tuple(name.split(".")) if name else ()
        scope = ".".join((page.name, *path))
        marked = [each for each in found if f"{scope}.{each}" in more]
        expected = [*scopes[path], *marked]
        documentation = [f"#{each}" for each in expected]
        own = ["#", "#mixin", "mixin"] if not path else []
        assert sorted(found) == sorted([*expected, *documentation, *own])


def test_every_parameter_has_the_documented_name():
    calls = [
        f"std.isObject({member(page.name, *each.scope, each.name)}({each.parameter}=null))"
        for page in PAGES
        for each in page.documented()
    ]
    assert evaluated("gojsonnet", f"[{', '.join(calls)}]") == [True] * 687


def test_mixin_is_the_library_itself_and_docsonnet_is_told_to_ignore_it():
    code = ", ".join(
        f"[o.{name}['#mixin'], fields(o.{name}.mixin) == fields(o.{name})]" for name in LIBRARIES
    )
    found = evaluated("gojsonnet", f"local fields = std.objectFieldsAll; [{code}]")
    assert found == [["ignore", True]] * len(LIBRARIES)


def test_new_goes_through_with_name_so_that_an_extended_library_changes_it(engine):
    code = """
      local mine = o.imageStream { metadata+: {
        withName(name): super.withName('x-' + name) + { metadata+: { labels: { app: name } } },
      } };
      mine.new('a')"""
    assert evaluated(engine, code) == {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStream",
        "metadata": {"labels": {"app": "a"}, "name": "x-a"},
    }


def test_the_builders_add_up_documented_functions(engine):
    code = """[
      o.tagReference.new('v1'),
      o.tagReference.fromDockerImage('v1', 'quay.io/org/app:v1'),
      o.tagReference.fromImageStreamTag('latest', 'v1'),
      o.imageStreamTag.fromImageStreamTag('app:latest', 'v1'),
      o.imageTag.fromDockerImage('app:v1', 'quay.io/org/app:v1'),
      o.imageImportSpec.fromDockerImage('quay.io/org/app:v1'),
      o.imageImportSpec.new('quay.io/org/app:v1', 'v1'),
    ]"""
    image = {"kind": "DockerImage", "name": "quay.io/org/app:v1"}
    alias = {"kind": "ImageStreamTag", "name": "v1"}
    head = {"apiVersion": "image.openshift.io/v1"}
    assert evaluated(engine, code) == [
        {"name": "v1"},
        {"name": "v1", "from": image},
        {"name": "latest", "from": alias},
        {
            **head,
            "kind": "ImageStreamTag",
            "metadata": {"name": "app:latest"},
            "tag": {"from": alias},
        },
        {**head, "kind": "ImageTag", "metadata": {"name": "app:v1"}, "spec": {"from": image}},
        {"from": image},
        {"from": image, "to": {"name": "v1"}},
    ]


def test_the_index_can_be_added_to_the_library_of_openshift():
    main = json.dumps(str(library_path() / "main.libsonnet"))
    code = (
        f"local ours = import {main};"
        + """
      local openshift = {
        apps:: { v1: { x: 1 } },
        image:: { docker10: 1, v1: { old: 2, imageStream: 3 } },
      };
      local both = openshift + ours, mixed = openshift { image+: { v1+: ours.image.v1 } };
      local seen(o) = [o.apps.v1.x, o.image.docker10, o.image.v1.old];
      [seen(each) + [each.image.v1.imageStream.new('a').kind] for each in [both, mixed]]"""
    )
    assert evaluated("gojsonnet", code) == [[1, 1, 2, "ImageStream"]] * 2


def test_the_import_of_the_group_has_what_is_newer_and_the_documented_file_has_not():
    mode = "spec.repository.importPolicy.withImportMode"
    file = json.dumps(str(library_path() / "imageStreamImport.libsonnet"))
    code = f"""[
      o.imageStreamImport.{mode}('Legacy'),
      std.objectHas((import {file}).spec.repository.importPolicy, 'withImportMode'),
    ]"""
    patch = {"spec": {"repository": {"importPolicy": {"importMode": "Legacy"}}}}
    assert evaluated("gojsonnet", code) == [patch, False]


@pytest.mark.parametrize("path", LIBRARY_PATHS)
def test_a_library_imports_nothing(path):
    text = (library_path() / path).read_text(encoding="utf-8")
    assert "import '" not in text
    assert 'import "' not in text


def page(name):
    return FILES[f"docs/image/v1/{name}.md"]


def structural(text, marked):
    """The lines of a page that its structure has, without what is marked."""
    lines, skip, inside = [], False, False
    for line in text.split("---\n")[-1].splitlines():
        if re.match(r"\s*\* \[", line):
            if not line.endswith((" (newer)", " (ours)")):
                lines.append(line)
        elif line.startswith("#"):
            skip = line.removeprefix("### fn ") in marked
            lines += [] if skip else [line]
        elif inside and line != "```" and not skip:
            lines.append(line)
        inside = line == "```ts" or (inside and line != "```")
    return lines


@pytest.mark.parametrize("documented", PAGES, ids=lambda each: each.name)
def test_a_page_has_the_documented_structure_line_for_line_but_for_what_is_marked(documented):
    of = definition(LIBRARIES[documented.name])
    marked = {each.native.partition(".")[2] for each in functions(of) if each.newer}
    marked |= {builder.name for builder in of.builders}
    extra = EXTRA.partition(".")[2]
    anchor = "      * [`fn withStatus(status)`](#fn-metadatainitializersresultwithstatus)"
    found = structural(page(documented.name), {*marked, extra})
    expected = documented.structure()
    if documented.name == "imageStreamImport":  # the documented page has one more
        found.remove(anchor)
    assert found == expected


@pytest.mark.parametrize("kind", DEFINED)
def test_what_is_newer_or_ours_is_marked_on_its_page(kind):
    of = definition(kind)
    text = page(of.name)
    sections = dict(re.findall(r"^### fn (\S+)\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL))
    for function in functions(of):
        section = sections[function.native.partition(".")[2]]
        assert ("**Newer:**" in section) == function.newer
        assert ("**Note:**" in section) == function.mixin
    for builder in of.builders:
        assert "**Ours:**" in sections[builder.name]
    entries = [line for line in text.splitlines() if re.match(r"\s*\* \[`fn ", line)]
    newer = [each for each in functions(of) if each.newer]
    assert len([entry for entry in entries if entry.endswith(" (newer)")]) == len(newer)
    assert len([entry for entry in entries if entry.endswith(" (ours)")]) == len(of.builders)


def test_the_index_page_leads_to_every_page():
    text = page("index")
    links = re.findall(r"^\* \[(\w+)\]\((\w+)\.md\)( \(newer\))?$", text, re.MULTILINE)
    assert [name for name, _, _ in links] == sorted(LIBRARIES)
    assert all(name == target for name, target, _ in links)
    documented = (group.DATA / "index.structure.md").read_text(encoding="utf-8").splitlines()
    assert documented == [
        line
        for line in text.split("---\n")[-1].splitlines()
        if line and not line.endswith(" (newer)")
    ]


@pytest.mark.parametrize("path", LIBRARY_PATHS)
def test_the_twin_of_every_library_sets_what_the_library_sets(path):
    of = definition(LIBRARY_PATHS[path])
    newer = path != "imageStreamImport.libsonnet"
    calls = []
    for function in functions(of, newer=newer):
        scope = () if function.name == "new" else function.path[:-1]
        member_of = "".join(f"['{key}']" for key in (*scope, function.name))
        calls.append(f"o{member_of}('text')")
    vm = importlib.import_module(ENGINES["gojsonnet"][0])
    answers = {"begin": "begun", "enter": "1", "note": "", "shown": ""}
    natives = {
        f"pyimagestream.{name}": (("v",), lambda text, answer=answer: answer)
        for name, answer in answers.items()
    }
    plain, told = (
        vm.evaluate_snippet(
            "snippet", f"local o = {text};\n[{', '.join(calls)}]", native_callbacks=natives
        )
        for text in (text_of(path), text_of(path, twin=True))
    )
    assert plain == told


def test_a_wrong_value_is_told_with_the_call_that_set_it_in_every_library():
    """One function of each: the native is found, and so is the place."""
    chosen = {name: next(iter(functions(definition(kind)))) for name, kind in LIBRARIES.items()}
    lines = []
    for name, function in chosen.items():
        scope = () if function.name == "new" else function.path[:-1]
        lines.append(f"  {member(name, *scope, function.name)}({{ a: [1] }})")
    code = "local o = (import 'main.libsonnet').image.v1;\n[\n" + ",\n".join(lines) + "\n]"
    with pytest.raises(ValidationError) as caught:
        evaluate_snippet(code, filename="app.jsonnet", engine="gojsonnet")
    found = {problem.function.partition(".")[0]: problem for problem in caught.value.problems}
    # The first fields of two are lists of objects, in which this is an unknown field.
    assert found.keys() == LIBRARIES.keys() - {"imageStreamImportStatus", "namedTagEventList"}
    for number, name in enumerate(chosen):
        if name in found:
            frame = found[name].frame
            assert frame is not None
            assert frame.line == number + 3
