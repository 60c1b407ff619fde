"""What is generated to be read: pages for people, docsonnet's data for tools."""

import json
import re

from support.openapi import TEXT, api_of, document, evaluated, kind, obj, ref

from pyimagestream.generator.directory import files

SPEC = "com.acme.api.shop.v1.CartSpec"
DOCUMENT = document(
    {
        "com.acme.api.shop.v1.Cart": {
            **kind(
                "shop.acme.com", "v1", "Cart", spec=ref(SPEC, description='Their "own" words.\n')
            ),
            "description": "A cart.",
        },
        SPEC: {
            **obj(
                items={"type": "array", "items": TEXT, "description": "What is in it."},
                CIDR=TEXT,
                **{"a.b": TEXT},
            ),
            "description": "What is wanted.",
        },
        "com.github.openshift.api.apps.v1.Log": {
            **obj(apiVersion=TEXT, kind=TEXT),
            "x-kubernetes-group-version-kind": [
                {"group": "apps.openshift.io", "version": "v1", "kind": "Log"}
            ],
        },
    }
)


def made(layout="compact"):
    return files(api_of(DOCUMENT), layout)


def sections(page):
    return dict(re.findall(r"^### fn (\S+)\n+(.*?)\n*(?=^#|\Z)", page, re.MULTILINE | re.DOTALL))


def test_a_page_has_every_function_with_what_the_document_says_of_it():
    page = made()["docs/shop/v1/cart.md"]
    assert "# shop.v1.cart\n\nA cart.\n" in page
    assert "`apiVersion: shop.acme.com/v1`, `kind: Cart`." in page
    assert "  * [`fn withItems(items)`](#fn-specwithitems)" in page
    found = sections(page)
    assert found["spec.withItems"] == "```ts\nwithItems(items)\n```\n\nWhat is in it."
    assert "adds to the values" in found["spec.withItemsMixin"]
    assert found["new"].endswith("Makes a Cart of that name.")
    assert "\n\n\n" not in page


def test_a_page_about_another_api_says_nothing_of_what_openshifts_library_of_4_3_has():
    """A CustomResourceDefinition does not describe metadata: they are those of our model."""
    group, names = "acme.com", {"kind": "Cart", "plural": "carts"}
    version = {"name": "v1", "served": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"carts.{group}"},
        "spec": {"group": group, "names": names, "scope": "Namespaced", "versions": [version]},
    }
    page = files(api_of(definition), "compact")["docs/acme/v1/cart.md"]
    assert "fn withSubresource(subresource)" in page
    assert "newer)" not in page
    assert "4.3" not in page


def test_what_a_field_says_itself_wins_over_what_it_refers_to_and_is_not_quoted():
    page = made()["docs/shop/v1/cart.md"]
    assert '## obj spec\n\nTheir "own" words.\n' in page


def test_a_page_says_where_the_libraries_of_the_reference_are_wrong():
    found = sections(made()["docs/shop/v1/cartSpec.md"])
    assert "sets the field `CIDR`, as the API spells it" in found["withCidr"]
    assert "sets the field `a.b`, as the API spells it" in found["withA_B"]
    assert "wrong" not in found["withItems"]
    log = sections(made()["docs/apps/v1/log.md"])["new"]
    assert "It has no metadata, and so no name." in log


def test_a_page_says_what_was_guessed():
    plain = document({"com.github.openshift.api.apps.v1.Log": obj(apiVersion=TEXT, kind=TEXT)})
    page = files(api_of(plain), "compact")["docs/apps/v1/log.md"]
    assert "`kind: Log`. The document does not tell that: it is taken from the name." in page


def test_every_page_is_reached_from_the_first_one():
    pages = {path: text for path, text in made().items() if path.endswith(".md")}
    found, left = set(), ["docs/index.md"]
    while left:
        path = left.pop()
        found.add(path)
        folder = path.rpartition("/")[0]
        left += [f"{folder}/{target}" for target in re.findall(r"\]\(([^#)]+)\)", pages[path])]
    assert found == pages.keys()


def test_links_lead_to_headings():
    for text in (text for path, text in made().items() if path.endswith(".md")):
        anchors = re.findall(r"\]\(#([^)]+)\)", text)
        headings = re.findall(r"^##+ (.*)$", text, re.MULTILINE)
        known = {each.lower().replace(" ", "-").replace(".", "") for each in headings}
        assert set(anchors) <= known


def test_docsonnet_data_is_in_files_that_no_library_imports():
    whole = made()
    libraries = {path: text for path, text in whole.items() if "docs/" not in path}
    assert not any("help" in text for path, text in libraries.items() if path[-1] == "t")
    docs = {path.removeprefix("docs/"): text for path, text in whole.items()}
    code = """
      local spec = lib.shop.v1.cart.spec;
      [lib.shop.v1.cart['#'].help, spec['#withItems']['function'], std.objectFieldsAll(spec)]"""
    [help, function, names] = evaluated(docs, code)
    assert help == "A cart."
    assert function["help"] == "What is in it."
    assert [each["name"] for each in function["args"]] == ["items"]
    assert names == ["#withA_B", "#withCidr", "#withItems", "#withItemsMixin"]


def test_the_layout_of_the_reference_has_docsonnet_data_in_its_libraries():
    whole = made("reference")
    assert not any(path.startswith("docs/") and path.endswith("sonnet") for path in whole)
    code = "lib.shop.v1.cart.spec['#withItems']['function'].help"
    assert evaluated(whole, code) == "What is in it."


def test_the_stored_api_is_json_without_texts():
    text = made()["pyimagestream.json"]
    assert "What is in it." not in text
    assert json.loads(text)["layout"] == "compact"
