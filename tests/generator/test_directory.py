"""The libraries of an API: both layouts alike, on every engine.

Each trap that the documents of clusters have in store is a small document here.
"""

import json
import os
import subprocess
import sys

import pytest
from support.openapi import (
    TEXT,
    api_of,
    document,
    evaluated,
    kind,
    obj,
    ref,
    run,
    setters,
    third,
)

from pyimagestream.generator.directory import LAYOUTS, files, libraries, twins
from pyimagestream.model.definition import functions, within_others
from pyimagestream.model.expand import expanded

VALUES = ["text", 7, True, None, [1, "a"], {"a": {"b": 1}}]
LIST = {"type": "array", "items": TEXT}
MAP = {"type": "object", "additionalProperties": TEXT}
SELF = "com.acme.api.shop.v1.Node"
SOURCE = "com.acme.api.core.v1.Source"

DOCUMENT = document(
    {
        "com.acme.api.shop.v1.Cart": kind(
            "shop.acme.com", "v1", "Cart", spec=ref("com.acme.api.shop.v1.CartSpec")
        ),
        "com.acme.api.shop.v1.CartSpec": obj(
            items={"type": "array", "items": ref(SOURCE)},
            labels=MAP,
            free={"type": "object"},
            anything={},
            source=ref(SOURCE),
            count={"type": "integer"},
            status=TEXT,
        ),
        "com.acme.api.shop.v2.Cart": kind("shop.acme.com", "v2", "Cart", source=ref(SOURCE)),
        SOURCE: obj(apiVersion=TEXT, kind=TEXT, name=TEXT, status=TEXT, inner=obj(deep=LIST)),
    }
)


@pytest.fixture(params=LAYOUTS)
def layout(request):
    return request.param


def shop(**properties):
    """An API with one part."""
    return api_of(document({"com.acme.api.shop.v1.Part": obj(**properties)}), groups=["shop"])


def calls(api, values=VALUES):
    """Code that calls every function with every value."""
    functions = ", ".join(f"{code}(v)" for code in setters(api))
    return f"[[{functions}] for v in {json.dumps(values)}]"


def names(api, layout):
    code = """
      local names(o) = {
        [k]: if std.isFunction(o[k]) then std.length(o[k])
             else if std.isObject(o[k]) then names(o[k]) else o[k]
        for k in std.objectFields(o) if k != 'mixin'
      };
      { [g]: names(lib[g]) for g in std.objectFieldsAll(lib) if g != '#' }"""
    return run(api, code, layout)


def test_both_layouts_have_the_same_functions_and_no_others():
    assert names(api_of(DOCUMENT), "compact") == names(api_of(DOCUMENT), "reference")


def test_both_layouts_and_both_forms_set_the_same_on_every_engine(engine):
    code = calls(api_of(DOCUMENT))
    results = [
        run(api_of(form(DOCUMENT)), code, layout, engine)
        for form in (lambda each: each, third)
        for layout in LAYOUTS
    ]
    assert results[0][0]
    assert all(result == results[0] for result in results)


def test_the_twin_of_a_library_sets_what_the_library_sets(layout):
    answers = {"begin": "begun", "enter": "1", "note": ""}
    natives = {
        f"pyimagestream.{name}": (("v",), lambda text, answer=answer: answer)
        for name, answer in answers.items()
    }
    api = api_of(DOCUMENT)
    plain = dict(libraries(api, layout))
    told = {**plain, **twins(api, layout)}
    assert told.keys() == plain.keys()
    assert told != plain
    code = f"{calls(api)} + [lib.shop.v1.cart.new('a')]"
    assert evaluated(plain, code) == evaluated(told, code, native_callbacks=natives)


def test_marks_are_at_the_root_of_the_object_with_the_path_of_the_field(layout):
    natives = {
        "pyimagestream.begin": (("v",), lambda text: "begun"),
        "pyimagestream.enter": (("v",), lambda text: f"ns{text}"),
        "pyimagestream.note": (("v",), lambda text: ""),
    }
    api = api_of(DOCUMENT)
    code = """
      local cart = lib.shop.v1.cart;
      (cart.spec.source.inner.withDeepMixin('a') + cart.spec.withCount(1)).__marks"""
    told = {**dict(libraries(api, layout)), **twins(api, layout)}
    marks = evaluated(told, code, native_callbacks=natives)
    assert marks.keys() == {"spec.source.inner.deep", "spec.count"}
    [[native, value]] = marks["spec.source.inner.deep"]
    assert value == ["a"]
    assert native.endswith("inner.withDeepMixin")


def test_values_are_handed_to_the_native_of_the_evaluator_with_the_name_of_the_function(layout):
    api = api_of(DOCUMENT)
    seen = []

    def check(text):
        seen.append(text)
        return "too many" if text.endswith("[7]") else ""

    natives = {"pyimagestream.check": (("v",), check)}
    files = dict(libraries(api, layout))
    code = "lib.shop.v1.cart.spec.withCount(%d)"
    assert evaluated(files, code % 6, native_callbacks=natives) == {"spec": {"count": 6}}
    owner = "cartSpec" if layout == "compact" else "cart.spec"
    assert seen == [f"shop.v1.{owner}.withCount[6]"]
    with pytest.raises(RuntimeError, match="too many"):
        evaluated(files, code % 7, native_callbacks=natives)


def test_every_name_that_is_handed_to_a_native_is_that_of_a_function(layout):
    api = api_of(DOCUMENT)
    known = {
        function.native
        for each in api.definitions.values()
        for form in (within_others(each), expanded(each, api))
        for function in functions(form)
    }
    seen = set()

    def collect(text):
        seen.add(text.partition("[")[0])
        return ""

    natives = {"pyimagestream.collect": (("v",), collect)}
    evaluated(dict(libraries(api, layout)), calls(api, ["a"]), native_callbacks=natives)
    assert len(seen) > 15
    assert seen <= known


def test_a_definition_has_no_version_and_kind_itself_but_within_another_one(layout):
    api = api_of(DOCUMENT)
    code = """[
      std.objectHas(lib.core.v1.source, 'withApiVersion'),
      lib.shop.v1.cart.spec.source.withApiVersion('v1'),
      lib.shop.v1.cart.spec.source.withKind('K'),
    ]"""
    put = [{"spec": {"source": {"apiVersion": "v1"}}}, {"spec": {"source": {"kind": "K"}}}]
    assert run(api, code, layout) == [False, *put]


def test_lists_take_one_value_and_maps_and_free_objects_can_be_added_to(layout):
    code = """
      local spec = lib.shop.v1.cart.spec;
      spec.withItems('a') + spec.withItemsMixin(['b']) + spec.withLabels({ a: 'x' })
      + spec.withLabelsMixin({ b: 'y' }) + spec.withFree({ a: 1 }) + spec.withFreeMixin({ b: 2 })
      + spec.withAnything([1])"""
    assert run(api_of(DOCUMENT), code, layout)["spec"] == {
        "items": ["a", "b"],
        "labels": {"a": "x", "b": "y"},
        "free": {"a": 1, "b": 2},
        "anything": [1],
    }


def test_a_status_has_no_functions_at_any_depth(layout):
    code = """[
      std.objectHas(lib.shop.v1.cart.spec, 'withStatus'),
      std.objectHas(lib.core.v1.source, 'withStatus'),
    ]"""
    assert run(api_of(DOCUMENT), code, layout) == [False, False]


def test_new_goes_through_with_name_so_that_an_extended_library_changes_it(layout):
    code = """
      local mine = lib.shop.v1.cart { metadata+: {
        withName(name): super.withName('x-' + name),
      } };
      [mine.new(name='a'), mine.mixin.mixin.spec.withCount(1), mine['#mixin']]"""
    assert run(api_of(DOCUMENT), code, layout) == [
        {"apiVersion": "shop.acme.com/v1", "kind": "Cart", "metadata": {"name": "x-a"}},
        {"spec": {"count": 1}},
        "ignore",
    ]


def test_new_of_what_has_no_metadata_takes_no_name(layout):
    gvk = [{"group": "shop.acme.com", "version": "v1", "kind": "Order"}]
    order = {**obj(apiVersion=TEXT, kind=TEXT), "x-kubernetes-group-version-kind": gvk}
    api = api_of(document({"com.acme.api.shop.v1.Order": order}))
    assert run(api, "lib.shop.v1.order.new()", layout) == {
        "apiVersion": "shop.acme.com/v1",
        "kind": "Order",
    }


CRD = {
    "kind": "CustomResourceDefinition",
    "spec": {
        "group": "acme.com",
        "names": {"kind": "Widget"},
        "scope": "Cluster",
        "versions": [
            {
                "name": "v1",
                "schema": {
                    "openAPIV3Schema": obj(
                        spec=obj(
                            parts={
                                "type": "array",
                                "items": obj(name=TEXT, size=obj(width=TEXT), tags=LIST),
                            }
                        )
                    )
                },
            }
        ],
    },
}


def test_a_kind_of_the_whole_cluster_says_so_to_tanka(layout):
    made = run(api_of(CRD), "lib.acme.v1.widget.new('a')", layout)
    assert made == {
        "apiVersion": "acme.com/v1",
        "kind": "Widget",
        "metadata": {"annotations": {"tanka.dev/namespaced": "false"}, "name": "a"},
    }


def test_the_entries_of_a_list_that_nothing_else_describes_have_functions_of_their_own(layout):
    code = """
      local w = lib.acme.v1.widget, part = w.spec.parts;
      w.spec.withParts(part.withName('a') + part.size.withWidth('b') + part.withTagsMixin('c'))"""
    entry = {"name": "a", "size": {"width": "b"}, "tags": ["c"]}
    assert run(api_of(CRD), code, layout) == {"spec": {"parts": [entry]}}


def test_a_field_keeps_its_spelling_and_its_function_has_the_name_of_the_reference(layout):
    api = shop(CIDR=TEXT, KMSKeyID=TEXT, nested=ref(SELF), OAuth=obj(ID=TEXT))
    code = """
      local part = lib.shop.v1.part;
      part.withCidr(cidr='a') + part.withKmsKeyID('b') + part.oAuth.withId('c')"""
    expected = {"CIDR": "a", "KMSKeyID": "b", "OAuth": {"ID": "c"}}
    assert run(api, code, layout) == expected


def test_two_fields_that_differ_in_their_spelling_alone_have_a_function_each(layout):
    code = "lib.shop.v1.part.withId('a') + lib.shop.v1.part.withID('b')"
    assert run(shop(id=TEXT, ID=TEXT), code, layout) == {"id": "a", "ID": "b"}


def test_fields_whose_functions_would_have_one_name_have_a_function_each(layout):
    api = shop(foo=LIST, fooMixin=TEXT, new=obj(a=TEXT), mixin=obj(a=TEXT))
    code = """
      local part = lib.shop.v1.part;
      part.withFooMixin('a') + part.withFooMixin_('b') + part.new_.withA('c')
      + part.mixin_.withA('d')"""
    expected = {"foo": ["a"], "fooMixin": "b", "new": {"a": "c"}, "mixin": {"a": "d"}}
    assert run(api, code, layout) == expected


def test_a_field_with_a_dot_in_its_name_is_one_field(layout):
    code = "lib.shop.v1.part.withRevision_AuthorEmail('a')"
    assert run(shop(**{"revision.authorEmail": TEXT}), code, layout) == {
        "revision.authorEmail": "a"
    }


def test_every_name_of_a_field_gives_code_that_runs(layout, engine):
    odd = ["$x", "1st", "a/b", "a b", "importbin", "error", "-a", "", "é", "'", '"', "\\", "_w"]
    api = shop(**dict.fromkeys(odd, TEXT), check=LIST, listed=TEXT, at=LIST, std=TEXT, self=TEXT)
    results = run(api, calls(api, ["v"]), layout, engine)[0]
    assert {key for patch in results for key in patch} == {
        *odd,
        "check",
        "listed",
        "at",
        "std",
        "self",
    }


def test_a_definition_that_contains_itself_can_be_set_as_a_whole(layout):
    api = api_of(document({SELF: obj(next=ref(SELF), a=TEXT)}))
    code = "lib.shop.v1.node.withNext({ a: '1' }) + lib.shop.v1.node.withNextMixin({ b: '2' })"
    assert run(api, code, layout) == {"next": {"a": "1", "b": "2"}}


def test_a_definition_that_contains_itself_has_functions_at_any_depth(engine):
    api = api_of(document({SELF: obj(next=ref(SELF), a=TEXT)}))
    code = "lib.shop.v1.node.next.next.next.withA('x')"
    assert run(api, code, "compact", engine) == {"next": {"next": {"next": {"a": "x"}}}}


def test_definitions_that_contain_one_another_are_spelled_out_until_they_meet_again(layout):
    first, second = "com.acme.api.shop.v1.First", "com.acme.api.shop.v1.Second"
    api = api_of(document({first: obj(b=ref(second)), second: obj(a=ref(first), x=TEXT)}))
    code = "lib.shop.v1.first.b.withX('x') + lib.shop.v1.first.b.withA({})"
    assert run(api, code, layout) == {"b": {"x": "x", "a": {}}}


def test_groups_of_one_name_have_their_own_names_and_none_is_lost(layout):
    api = api_of(
        document(
            {
                "com.acme.api.shop.v1.Cart": kind("shop.acme.com", "v1", "Cart"),
                "io.other.shop.v1.Cart": kind("shop.other.io", "v1", "Cart"),
                "io.other.shop.v2.Cart": kind("shop.other.io", "v2", "Cart"),
            }
        )
    )
    told = "several groups are called 'shop': their libraries are shop.acme.com and shop.other.io"
    assert told in [guess.text for guess in api.guesses]
    code = """[lib['shop.acme.com'].v1.cart.new('a').apiVersion,
      lib['shop.other.io'].v1.cart.new('a').apiVersion,
      lib['shop.other.io'].v2.cart.new('a').apiVersion]"""
    assert run(api, code, layout) == ["shop.acme.com/v1", "shop.other.io/v1", "shop.other.io/v2"]


def test_kinds_of_one_name_in_one_group_have_a_library_each(layout):
    api = api_of(document({"a.shop.v1.ID": obj(x=TEXT), "a.shop.v1.Id": obj(y=TEXT)}))
    code = "lib.shop.v1.id.withX('1') + lib.shop.v1.Id.withY('2')"
    assert run(api, code, layout) == {"x": "1", "y": "2"}


def test_a_single_file_can_be_imported():
    made = dict(libraries(api_of(DOCUMENT), "compact"))
    code = "(import 'shop_v2.libsonnet').cart.source.withName('a')"
    assert evaluated(made, code) == {"source": {"name": "a"}}
    made = dict(libraries(api_of(DOCUMENT), "reference"))
    code = "(import '_gen/shop/v2/cart.libsonnet').source.withName('a')"
    assert evaluated(made, code) == {"source": {"name": "a"}}


def test_the_libraries_can_be_added_to_others(layout):
    code = "(lib + { shop+:: { v1+: { mine: 1 } } }).shop.v1.mine"
    assert run(api_of(DOCUMENT), code, layout) == 1


def test_what_several_files_need_is_in_one_of_its_own_and_the_rest_where_it_is_used():
    whole = dict(libraries(api_of(DOCUMENT), "compact"))
    assert whole.keys() == {
        "_types.libsonnet",
        "core_v1.libsonnet",
        "main.libsonnet",
        "meta_v1.libsonnet",
        "shop_v1.libsonnet",
        "shop_v2.libsonnet",
    }
    assert "source(" in whole["_types.libsonnet"]
    one = dict(libraries(api_of(DOCUMENT, groups=["shop/v1"]), "compact"))
    assert one.keys() == {"main.libsonnet", "shop_v1.libsonnet"}


def test_two_runs_give_the_same_bytes(layout):
    code = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from generator.test_directory import *\n"
        f"print(sorted(files(api_of(DOCUMENT, CRD), {layout!r}).items()))"
    )
    root = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
    texts = {
        subprocess.check_output(
            [sys.executable, "-c", code], cwd=root, env={**os.environ, "PYTHONHASHSEED": seed}
        )
        for seed in ("1", "2")
    }
    assert len(texts) == 1


def test_the_order_of_documents_and_of_what_is_in_them_changes_no_byte(layout):
    turned = {
        "swagger": "2.0",
        "definitions": dict(reversed(list(DOCUMENT["definitions"].items()))),
    }
    assert files(api_of(CRD, turned), layout) == files(api_of(DOCUMENT, CRD), layout)


def test_a_group_that_is_added_to_the_choice_changes_no_function(layout):
    one = api_of(DOCUMENT, groups=["shop/v1"])
    code = calls(one)
    assert run(one, code, layout) == run(api_of(DOCUMENT), code, layout)
