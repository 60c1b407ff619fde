"""Label selectors mean what they mean in kubectl."""

import pytest

from pyimagestream.errors import PyimagestreamError
from pyimagestream.tanka.manifests.select import parse_selector

LABELS = {
    "team": "a",
    "tier": "web",
    "tanka.dev/x": "y",
    "n": "5",
    "empty": "",
    "signed": "+5",
    "negative": "-5",
    "most": str(2**63 - 1),
    "more": str(2**63),
    "long": "9" * 5000,
    "zeros": "0" * 5000 + "5",
}


@pytest.mark.parametrize(
    "text",
    [
        "team=a",
        "team==a",
        " team = a , tier = web ",
        "team!=b",
        "absent!=b",
        "tier in (web, db)",
        "tier in(web)",
        "tier notin (db)",
        "absent notin (db)",
        "team",
        "!absent",
        "tanka.dev/x=y",
        "n>4",
        "n<6",
        "n>04",
        f"n<{2**63 - 1}",
        "signed>4",
        "negative<0",
        f"most>{2**63 - 2}",
        "zeros>4,zeros<6",
        "empty=",
        "",
        "team in (a),!absent",
    ],
)
def test_matches(text):
    assert parse_selector(text)(LABELS)


NOT_MATCHING = """
    team=b; team=a,tier=db; team!=a; tier in (db); tier notin (web); absent; !team; n>5; n<5;
    team>1; absent=; absent in (a); absent>1; more>3; more<3; long>3; long<3; empty<1
"""


@pytest.mark.parametrize("text", NOT_MATCHING.split(";"))
def test_does_not_match(text):
    assert not parse_selector(text)(LABELS)


@pytest.mark.parametrize("text", ['team in ("a")', "a/b/c=d", f"team={'a' * 64}", "team=a-"])
def test_what_no_label_can_be_is_refused_instead_of_matching_nothing(text):
    with pytest.raises(PyimagestreamError, match="must have"):
        parse_selector(text)


@pytest.mark.parametrize("bound", [str(2**63), "-3", "9" * 60, "9" * 5000, "0" * 64])
def test_a_bound_that_is_no_label_or_no_int64_is_refused_as_kubectl_refuses_it(bound):
    with pytest.raises(PyimagestreamError, match="must have"):
        parse_selector(f"n>{bound}")


@pytest.mark.parametrize(
    "text",
    ["=a", "team=a,", ",team", "team in web", "team in (", "team=a tier=b", "a>b", "!a=b", "a>+3"],
)
def test_what_kubectl_refuses_is_refused(text):
    with pytest.raises(PyimagestreamError, match="selector"):
        parse_selector(text)
