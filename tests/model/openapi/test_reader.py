"""Documents become definitions; what is guessed is told, and what is broken has its place."""

import pytest
from support.openapi import META, TEXT, api_of, document, guesses, kind, obj, ref, setters, third

from pyimagestream.errors import PyimagestreamError
from pyimagestream.model.openapi.reader import describes_api, read_api

GVK = "x-kubernetes-group-version-kind"

DOCUMENT = document(
    {
        "com.acme.api.shop.v1.Cart": kind(
            "shop.acme.com",
            "v1",
            "Cart",
            spec=ref("com.acme.api.shop.v1.CartSpec"),
            status=ref("com.acme.api.shop.v1.CartStatus"),
        ),
        "com.acme.api.shop.v1.CartSpec": obj(
            items={"type": "array", "items": ref("com.acme.api.shop.v1.Item")},
            limits={"type": "object", "additionalProperties": ref("com.acme.Amount")},
            owner=ref("com.acme.api.shop.v1.Item", description="Who pays."),
        ),
        "com.acme.api.shop.v1.CartStatus": obj(phase=TEXT),
        "com.acme.api.shop.v1.Item": {**obj(name=TEXT), "description": "One thing."},
        "com.acme.Amount": {"type": "integer", "format": "int64"},
        "com.acme.api.shop.v1.CartList": obj(
            metadata=ref("io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta"),
            items={"type": "array", "items": ref("com.acme.api.shop.v1.Cart")},
        ),
        "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta": obj(resourceVersion=TEXT),
    }
)


def names(api):
    return [".".join((*each.home, each.name)) for each in api.exported]


def error(*documents):
    with pytest.raises(PyimagestreamError) as caught:
        api_of(*documents)
    return str(caught.value)


def test_objects_and_parts_have_libraries_and_lists_have_none():
    assert names(api_of(DOCUMENT, groups=["shop"])) == [
        "shop.v1.cart",
        "shop.v1.cartSpec",
        "shop.v1.cartStatus",
        "shop.v1.item",
    ]


def test_a_kind_has_the_group_version_and_kind_that_the_document_tells():
    api = api_of(DOCUMENT)
    cart = api.kinds["shop.acme.com/v1", "Cart"]
    assert (cart.part, cart.guessed, cart.api_version) == (False, False, "shop.acme.com/v1")
    assert api.definitions["com.acme.api.shop.v1.Item"].part
    assert api.definitions["com.acme.api.shop.v1.Item"].group == "shop.acme.com"
    assert guesses(api) == []


def test_what_describes_an_object_stays_a_reference_and_what_names_a_type_does_not():
    spec = api_of(DOCUMENT).definitions["com.acme.api.shop.v1.CartSpec"].schema
    items, amount = spec.properties["items"].items, spec.properties["limits"].additional
    assert items
    assert items.ref == "com.acme.api.shop.v1.Item"
    assert amount
    assert (amount.ref, amount.type, amount.format) == ("", "integer", "int64")


def test_the_form_of_version_3_gives_the_same_api():
    second, of_third = (api_of(each) for each in (DOCUMENT, third(DOCUMENT)))
    assert setters(second).keys() == setters(of_third).keys()
    assert names(second) == names(of_third)
    assert second.kinds.keys() == of_third.kinds.keys()


def test_documents_of_one_group_version_each_are_one_api():
    parts = DOCUMENT["definitions"]
    shared = {key: each for key, each in parts.items() if "apimachinery" in key or "acme.A" in key}
    spec = {key: each for key, each in parts.items() if key.endswith(("CartSpec", "Item"))}
    rest = {key: each for key, each in parts.items() if key not in spec}
    split = api_of(document({**shared, **spec}), document({**rest, **spec}))
    assert split.definitions == api_of(DOCUMENT).definitions


def test_a_definition_that_two_documents_describe_otherwise_is_told():
    other = document({"com.acme.Amount": TEXT})
    api = read_api([("a.json", DOCUMENT), ("b.json", other)])
    expected = "b.json: /definitions/com.acme.Amount: described otherwise in a.json, which is taken"
    assert expected in guesses(api)


@pytest.mark.parametrize("form", [lambda each: each, third], ids=["v2", "v3"])
def test_a_reference_that_leads_nowhere_is_an_object_of_any_fields_and_told_once(form):
    part = obj(gone=ref("com.acme.api.shop.v1.Gone"), more=ref("com.acme.api.shop.v1.Gone"))
    api = api_of(form(document({"com.acme.api.shop.v1.Part": part})))
    [guess] = guesses(api)
    assert "/properties/gone: there is no com.acme.api.shop.v1.Gone" in guess
    assert 'lib["shop"]["v1"]["part"]["withGoneMixin"]' in setters(api)


def test_what_an_object_is_called_is_guessed_where_the_document_does_not_tell_and_said():
    route = obj(apiVersion=TEXT, kind=TEXT, metadata=ref(META))
    api = api_of(document({"com.github.openshift.api.samples.v1.Config": route}))
    config = api.kinds["samples.operator.openshift.io/v1", "Config"]
    assert config.guessed
    assert "does not tell the group, version and kind of its objects" in guesses(api)[0]


def test_nothing_is_guessed_of_a_document_that_tells_what_its_objects_are():
    options = obj(apiVersion=TEXT, kind=TEXT)
    parts = {**DOCUMENT["definitions"], "com.github.openshift.api.apps.v1.LogOptions": options}
    api = api_of(document(parts))
    assert api.definitions["com.github.openshift.api.apps.v1.LogOptions"].part
    assert guesses(api) == []


def test_an_unknown_group_is_told_and_its_objects_have_no_new():
    api = api_of(document({"com.acme.api.shop.v1.Cart": obj(apiVersion=TEXT, kind=TEXT)}))
    assert [each.part for each in api.exported if each.name == "cart"] == [True]
    assert "the API group of com.acme.api.shop is not known" in guesses(api)[0]


def crd(**spec):
    names = {"kind": "Widget"}
    return {
        "kind": "CustomResourceDefinition",
        "spec": {"group": "cert-manager.io", "names": names, "scope": "Cluster", **spec},
    }


SCHEMA = {"openAPIV3Schema": obj(metadata={"type": "object"}, spec=obj(steps={"type": "integer"}))}


@pytest.mark.parametrize(
    "spec",
    [
        {"versions": [{"name": "v1", "schema": SCHEMA}]},
        {"version": "v1", "validation": SCHEMA},
        {"versions": [{"name": "v1"}], "validation": SCHEMA},
    ],
    ids=["v1", "v1beta1", "v1beta1 with versions"],
)
def test_a_custom_resource_definition_is_read_with_the_metadata_of_every_object(spec):
    api = api_of(crd(**spec))
    [widget] = api.exported
    assert (widget.reference, widget.library) == (
        "io.cert-manager.v1.Widget",
        "cert-manager.v1.widget",
    )
    assert widget.gvks == (("cert-manager.io", "v1", "Widget"),)
    assert not widget.namespaced
    names = {function.native.partition("widget.")[2] for function in setters(api).values()}
    assert {"spec.withSteps", "metadata.withLabelsMixin", "metadata.withName"} <= names
    assert "metadata.withClusterName" not in names


def test_a_list_of_custom_resource_definitions_is_read():
    versions = [{"name": "v1", "schema": SCHEMA}]
    assert len(api_of({"kind": "List", "items": [crd(versions=versions), {}]}).exported) == 1


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        ([], "1.json: /definitions/a.v1.B: a schema must be an object, not a list"),
        (
            {"properties": {"x": {"type": "int"}}},
            "1.json: /definitions/a.v1.B/properties/x/type: must be one of object, array, string,"
            " integer, number, boolean, not 'int'",
        ),
        (
            {"properties": {"a/b": {"items": 5}}},
            "1.json: /definitions/a.v1.B/properties/a~1b/items: a schema must be an object, not 5",
        ),
        (
            {"properties": []},
            "1.json: /definitions/a.v1.B/properties: must be an object, not a list",
        ),
        (
            {"properties": {"x": {"$ref": 5}}},
            "1.json: /definitions/a.v1.B/properties/x/$ref: must be a string, not 5",
        ),
        (
            {"description": ["a"]},
            "1.json: /definitions/a.v1.B/description: must be a string, not a list",
        ),
        (
            {GVK: [{"group": "a"}]},
            f"1.json: /definitions/a.v1.B/{GVK}/0: must have the texts group, version and kind",
        ),
    ],
)
def test_a_broken_document_is_one_error_with_the_pointer_to_the_place(definition, expected):
    given = definition if not isinstance(definition, dict) else {"type": "object", **definition}
    assert error(document({"a.v1.B": given})) == expected


def test_a_broken_custom_resource_definition_is_told_with_its_place():
    assert error(crd(group=None)) == "1.json: /spec/group: must be a text, not null"
    assert error(crd(versions=[5])) == "1.json: /spec/versions/0: must be an object, not 5"


@pytest.mark.parametrize("value", [None, 5, "a", [], {}, {"kind": "Pod"}, {"definitions": []}])
def test_what_is_no_document_of_an_api_is_refused(value):
    assert not describes_api(value)
    assert error(value).startswith("1.json: must be an OpenAPI document")


def test_the_list_of_the_documents_of_version_3_says_what_is_wanted():
    assert "take the documents themselves" in error({"paths": {"apis/apps/v1": {}}})


def test_a_document_without_an_object_gives_no_library():
    assert "no definition of an object" in error({"definitions": {"a.v1.B": TEXT}})
    assert "no definition" in error({"definitions": {}})


def test_a_document_that_is_nested_too_deeply_is_refused():
    schema: object = TEXT
    for _ in range(5000):
        schema = {"type": "array", "items": schema}
    message = error(document({"a.v1.B": obj(x=schema)}))
    assert message == "1.json: is nested too deeply"


def test_a_type_that_consists_of_itself_is_any_value():
    api = api_of(
        document(
            {"a.v1.L": {"type": "array", "items": ref("a.v1.L")}, "a.v1.O": obj(l=ref("a.v1.L"))}
        )
    )
    assert "consists of itself" in guesses(api)[0]
