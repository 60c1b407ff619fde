"""The paths of fields, and the ways they lead in a value."""

import pytest

from pyimagestream.evaluation.fieldpath import Entries, parts


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("$", []),
        ("spec.images[0].from.name", ["spec", "images", "0", "from", "name"]),
        ("metadata.labels[a.b/c]", ["metadata", "labels", "a.b/c"]),
        ("metadata.labels[odd[key]]", ["metadata", "labels", "odd[key]"]),
        (r"metadata.labels[a\"b]", ["metadata", "labels", 'a"b']),
        ("[0].a", ["0", "a"]),
    ],
)
def test_a_path_has_keys_indices_and_names(field, expected):
    assert parts(field) == expected


def test_an_entry_is_told_by_the_last_that_has_its_name_else_by_its_index():
    value = {"tags": [{"name": "1"}, {"name": "a"}, {"name": "a"}, 5]}
    entries = Entries()
    ways = [entries.way(value, ["tags", part, "x"])[1] for part in ("a", "1", "0", "3", "9", "b")]
    assert ways == ["2", "0", "0", "3", "9", "b"]
