"""Names as the reference's generator makes them."""

import pytest

from pyimagestream.model.naming import KEYWORDS, lowered, parameter, setter


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("OAuthClient", "oAuthClient"),
        ("DNSRecord", "dnsRecord"),
        ("S3Options", "s3Options"),
        ("clusterIP", "clusterIP"),
        ("ID", "id"),
        ("KMSKeyID", "kmsKeyID"),
        ("DeleteOptions_v2", "deleteOptions_v2"),
        ("x-y", "x-y"),
        ("", ""),
    ],
)
def test_the_first_word_of_a_name_is_in_small_letters(name, expected):
    assert lowered(name) == expected


@pytest.mark.parametrize(
    ("name", "function", "expected"),
    [
        ("images", "withImages", "images"),
        ("import", "withImport", "Import"),
        ("error", "withError", "err"),
        ("revision.authorEmail", "withRevision_AuthorEmail", "revision_authorEmail"),
        ("-a", "withA", "_a"),
        ("x-kubernetes-a", "withX-Kubernetes-A", "x_kubernetes_a"),
        ("$x", "with$X", "_x_"),
        ("1st", "with1st", "_1st"),
        ("a/b", "withA/B", "a_b"),
        ("a b", "withA B", "a_b"),
        ("importbin", "withImportbin", "Importbin"),
        ("check", "withCheck", "check_"),
    ],
)
def test_functions_and_parameters_are_named_after_the_field(name, function, expected):
    assert (setter(name), parameter(name)) == (function, expected)


@pytest.mark.parametrize("name", ["", "é", "\n", "'", *sorted(KEYWORDS)])
def test_every_name_gives_a_parameter_that_jsonnet_takes(name):
    found = parameter(name)
    assert found.isascii()
    assert found.isidentifier()
    assert found not in KEYWORDS
