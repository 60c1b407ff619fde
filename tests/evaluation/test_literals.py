"""A plain wrong value is found by its looks, and only where that is certain."""

import pytest

from pyimagestream import Frame
from pyimagestream.evaluation.literals import place


@pytest.mark.parametrize(
    ("source", "field", "value", "column"),
    [
        ("{ uid: 7 }", "metadata.uid", 7, 8),
        ("{ uid: 7.5 }", "metadata.uid", 7.5, 8),
        ("{ 'import': 'yes' }", "spec.import", "yes", 13),
        ('{ "import": "yes" }', "spec.import", "yes", 13),
        ("{ labels+: { a+: true } }", "metadata.labels[a]", True, 18),
        ("{ uid:: 7 }", "metadata.uid", 7, 9),
        ("{ uid:7 }", "metadata.uid", 7, 7),
        ("{ images: 1 }", "spec.images", 1, 11),
        ("[{ name: 'a:b:c' }]", "spec.images[0].from.name", "a:b:c", 10),
        ("{ uid: 77, uid: 7 }", "metadata.uid", 7, 17),
        ("{ uid: 7 + 1, uid: 7\n}", "metadata.uid", 7, 20),
        ("{ uid: 7 // seven\n}", "metadata.uid", 7, 8),
    ],
)
def test_a_literal_is_found_at_a_field_of_its_name(source, field, value, column):
    assert place("f", source, field, value) == Frame("f", 1, column)
    assert place("f", f"local x = 1;\n\n{source}", field, value) == Frame("f", 3, column)


@pytest.mark.parametrize(
    ("source", "field", "value"),
    [
        ("{ uid: 7, x: { uid: 7 } }", "metadata.uid", 7),
        ("{ myuid: 7 }", "metadata.uid", 7),
        ("{ uid: 7 + 1 }", "metadata.uid", 8),
        ("{ uid: 7 + 1 }", "metadata.uid", 7),
        ("{ uid: 'a' + x }", "metadata.uid", "a"),
        ("{ uid: 7.5 }", "metadata.uid", 7),
        ("{ uid: [7] }", "metadata.uid", [7]),
        ("{ uid: null }", "metadata.uid", None),
        ("{ uid: x }", "metadata.uid", "x"),
        ("", "$", 1),
    ],
)
def test_what_is_not_certain_is_not_told(source, field, value):
    assert place("f", source, field, value) is None
