"""A plain wrong value is found by its looks, and only where that is certain."""

import pytest

from pyimagestream import Frame
from pyimagestream.engines.lexer import tokens
from pyimagestream.evaluation import literals
from pyimagestream.evaluation.literals import Literals


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
        ("{ uid: -7 }", "metadata.uid", -7, 8),
        ("{ a: 'uid: 7', uid: 7 } // uid: 7", "metadata.uid", 7, 21),
        ("{ 'a.b/c': 'x' }", "metadata.labels[a.b/c]", "x", 12),
        ("{ n: 'it\\'s \\u0041' }", "metadata.n", "it's A", 6),
    ],
)
def test_a_literal_is_found_at_a_field_of_its_name(source, field, value, column):
    assert Literals("f", source).place(field, value) == Frame("f", 1, column)
    assert Literals("f", f"local x = 1;\n\n{source}").place(field, value) == Frame("f", 3, column)


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
        ("{ uid: 7", "metadata.uid", 8),
        ("{ uid: 7 } '", "metadata.uid", 7),
    ],
)
def test_what_is_not_certain_is_not_told(source, field, value):
    assert Literals("f", source).place(field, value) == Frame("f")


def test_a_file_of_many_lines_is_read_once(monkeypatch):
    calls = []
    monkeypatch.setattr(literals, "tokens", lambda source: calls.append(source) or tokens(source))
    found = Literals("f", "{\n" + "".join(f"a{i}: {i},\n" for i in range(100)) + "}")
    assert [found.place(f"a{i}", i).line for i in range(100)] == list(range(2, 102))
    assert found.place("a1", 2) == Frame("f")
    assert len(calls) == 1
