"""What a stream has of a tag, found by its name."""

from __future__ import annotations

from typing import Any

import pytest
from support.making import digest

from pyimagestream.cluster._stream import Stream, word


def test_a_tag_has_its_history_the_latest_first() -> None:
    items = [{"image": digest(2)}, {"image": digest(1)}]
    stream = Stream({"status": {"tags": [{"tag": "v1", "items": items}]}})
    assert [stream.digest("v1", back) for back in range(3)] == [digest(2), digest(1), ""]
    assert (stream.digest("v1"), stream.events("v1")) == (digest(2), items)


def test_of_equal_names_the_last_counts() -> None:
    stream = Stream({"spec": {"tags": [{"name": "v1", "generation": n} for n in (1, 2)]}})
    assert stream.tag("v1") == {"name": "v1", "generation": 2}


@pytest.mark.parametrize("odd", [None, 7, "x", [7], {"tags": 7}, {"tags": {"a": 1}}, {"tags": [7]}])
def test_where_there_is_nothing_there_is_no_tag(odd: Any) -> None:
    stream = Stream({"metadata": odd, "spec": odd, "status": odd})
    assert (stream.tag("v1"), stream.events("v1"), stream.conditions("v1")) == ({}, (), ())
    assert stream.digest("v1") == ""
    assert (stream.is_there, Stream(None).is_there) == (True, False)


def test_a_value_is_a_word_for_people() -> None:
    assert [word(value) for value in (None, "", True, 2, "x")] == ["none", "none", "true", "2", "x"]
