"""What is made of an API is what was asked for."""

import pytest
from support.openapi import TEXT, api_of, document, kind, obj, ref

from pyimagestream.errors import PyimagestreamError

DOCUMENT = document(
    {
        "com.acme.api.shop.v1.Cart": kind(
            "shop.acme.com", "v1", "Cart", spec=ref("com.acme.api.shop.v1.CartSpec")
        ),
        "com.acme.api.shop.v1.CartSpec": obj(gone=ref("com.acme.api.core.v1.Gone")),
        "com.acme.api.shop.v2.Cart": kind("shop.acme.com", "v2", "Cart"),
        "com.acme.api.core.v1.Thing": obj(a=TEXT),
    }
)


def names(**choice):
    api = api_of(DOCUMENT, **choice)
    return [".".join((*each.home, each.name)) for each in api.exported]


@pytest.mark.parametrize("group", ["shop", "shop.acme.com"])
def test_a_group_is_chosen_by_the_name_of_its_libraries_or_its_own(group):
    assert names(groups=[group]) == ["shop.v1.cart", "shop.v1.cartSpec", "shop.v2.cart"]
    assert names(groups=[f"{group}/v2"]) == ["shop.v2.cart"]


def test_a_kind_is_chosen_with_what_it_consists_of():
    api = api_of(DOCUMENT, groups=["shop/v1"], kinds=["Cart"])
    assert [each.name for each in api.exported] == ["cart"]
    assert "com.acme.api.shop.v1.CartSpec" in api.definitions
    assert "com.acme.api.core.v1.Thing" not in api.definitions


def test_what_is_not_there_is_said_with_what_is():
    with pytest.raises(PyimagestreamError, match=r"no group 'shp': there is core, meta, shop"):
        api_of(DOCUMENT, groups=["shp"])
    with pytest.raises(PyimagestreamError, match=r"no group 'shop/v3'"):
        api_of(DOCUMENT, groups=["shop", "shop/v3"])
    with pytest.raises(PyimagestreamError, match=r"no kind 'cart' in the groups"):
        api_of(DOCUMENT, kinds=["cart"])


def test_what_was_guessed_is_told_of_what_was_chosen_only():
    assert api_of(DOCUMENT, groups=["core"]).guesses == ()
    assert len(api_of(DOCUMENT, kinds=["CartSpec"]).guesses) == 1


def test_what_groups_consist_of_has_names_of_its_own_too():
    other = "io.other.shop.v1.CartSpec"
    api = api_of(
        document(
            {
                "com.acme.api.shop.v1.Cart": kind("shop.acme.com", "v1", "Cart", spec=ref(other)),
                "com.acme.api.shop.v1.CartSpec": obj(a=TEXT),
                other: obj(b=TEXT),
            }
        ),
        groups=["shop.acme.com"],
    )
    libraries = [each.library for each in api.definitions.values()]
    assert len(set(libraries)) == len(libraries)
