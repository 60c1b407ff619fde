"""YAML and JSON files, document by document, as kubectl takes them."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyimagestream.errors import EvaluationError
from pyimagestream.golang import documents as module
from pyimagestream.golang.documents import (
    Document,
    Unreadable,
    documents,
    json_document,
    json_value,
)
from pyimagestream.golang.yaml.printer import dump_all


def read(content: bytes | str, *, is_json: bool = False) -> list[Document | Unreadable]:
    content = content.encode() if isinstance(content, str) else content
    return list(documents(BytesIO(content), is_json=is_json))


def values(content: bytes | str, *, is_json: bool = False) -> list[object]:
    found = []
    for each in read(content, is_json=is_json):
        assert isinstance(each, Document), each
        assert each.reading().value == each.value
        found.append(each.value)
    return found


def errors(content: bytes | str, *, is_json: bool = False) -> list[tuple[str, int, int]]:
    found = (each for each in read(content, is_json=is_json) if isinstance(each, Unreadable))
    return [(each.message, each.line, each.column) for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("# nothing\n---\n---\n", []),
        ("a: 1\n---\nb: 2\n", [{"a": 1}, {"b": 2}]),
        ("---\na: 1\n---  # a comment\nb: 2", [{"a": 1}, {"b": 2}]),
        ("a: 1\r\n---\r\nb: 2\r\n", [{"a": 1}, {"b": 2}]),
        ("--- {a: 1}\n--- {b: 2}\n", [{"a": 1}, {"b": 2}]),
        ("a: |\n  --- x\n", [{"a": "--- x\n"}]),
        ('{"a": 1}\n{"b": 2}\n', [{"a": 1}, {"b": 2}]),
        ('{"a": 1}{"b": 2}', [{"a": 1}, {"b": 2}]),
        ('{"a": 1}\n---\nb: 2\n', [{"a": 1}, {"b": 2}]),
        ("{a: 1}\n---\n{b: 2}\n", [{"a": 1}, {"b": 2}]),
        ("{a: 1,\n b: 2}\n", [{"a": 1, "b": 2}]),
        ("a: |\n  x", [{"a": "x\n"}]),
    ],
)
def test_a_stream_has_its_documents(text: str, expected: object) -> None:
    assert values(text) == expected
    assert values(b"\xef\xbb\xbf" + text.encode()) == expected


def test_json_of_several_objects_is_several_documents() -> None:
    assert values('{"a": 1}\n[{"b": 2}] 3', is_json=True) == [{"a": 1}, [{"b": 2}], 3]
    assert values(b'\xef\xbb\xbf{"a": 1}', is_json=True) == [{"a": 1}]


def test_numbers_of_json_are_exact() -> None:
    assert values(f"[1{'0' * 308}, -1{'0' * 308}]", is_json=True) == [[10**308, -(10**308)]]
    text = "[9223372036854775807, -9223372036854775808, 9223372036854775808, 1.0, 1e2, -0]"
    [found] = values(text, is_json=True)
    assert repr(found) == (
        "[9223372036854775807, -9223372036854775808, 9223372036854775808, 1.0, 100.0, 0]"
    )


def test_half_a_surrogate_pair_in_json_is_a_replacement_character() -> None:
    assert values(r'{"\ud800": "\ud83d\ude00\udc00"}', is_json=True) == [{"�": "😀�"}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('// no\n{"a": 1}', ("JSON has no comments", 1, 1)),
        ('{"a": 1, /* no */ "b": 2}', ("JSON has no comments", 1, 10)),
        ('{\n "a": 1, # no\n "b": 2}', ("JSON has no comments", 2, 10)),
        ('{"a": 1}\n{"b": }', ("this is no JSON: expecting value", 2, 7)),
        ('{"a": NaN}', ("NaN is no number of JSON", 1, 7)),
        ('{"a": 1e999}', ("1e999 is no number of JSON", 1, 7)),
        pytest.param('{"a": 2%s}' % ("0" * 308), ("2%s is no number of JSON" % ("0" * 39), 1, 7)),
        ('{"a": "\t"}', ("this is no JSON: invalid control character at", 1, 8)),
        ("{'a': 1}", None),
        ('{"a": 1,}', None),
        ("{a: 1}", None),
        ('{"a": 1} trailing', None),
        ("[" * 100_000, None),
        ('{"a": 1', None),
    ],
)
def test_what_a_json_file_may_not_have_is_an_error_with_its_place(
    text: str, expected: tuple[str, int, int] | None
) -> None:
    [found] = errors(text, is_json=True)
    assert expected is None or found == expected


def test_a_json_file_may_be_yaml_for_kubectl() -> None:
    [found] = read("apiVersion: v1\nkind: ConfigMap\n", is_json=True)
    assert isinstance(found, Document)
    assert not found.is_json


def test_one_unreadable_document_does_not_hide_the_others() -> None:
    assert errors("a: [\n---\nb: 1\n---\nc: \xff\n".encode("latin-1")) == [
        ("while parsing a flow node, did not find expected node content", 2, 1),
        ("not UTF-8: byte 0xff cannot stand here", 5, 4),
    ]
    assert [each.value for each in read("a: [\n---\nb: 1") if isinstance(each, Document)] == [
        {"b": 1}
    ]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x85", "\u2028", "\u2029"])
def test_lines_of_yaml_end_as_its_parser_says_for_hints_as_well(end: str) -> None:
    [(message, line, _)] = errors(f"a: 1{end}{end}b:{end}\tc: 1{end}")
    assert "this is a tab" in message
    assert line == 4
    [(message, line, _)] = errors(f'a: "{{{{ x }}}}"{end}b: 1{end}c: ]{end}')
    assert "template" not in message
    assert line == 3


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_told_for_what_it_is(encoding: str) -> None:
    content = "\ufeffa: 1\n".encode(encoding)
    assert errors(content) == [("this is UTF-16: it must be UTF-8", 1, 1)]


def test_an_anchor_is_known_in_its_document_only() -> None:
    assert errors("a: &x 1\n---\nb: *x\n") == [("unknown anchor 'x', or inside of itself", 3, 4)]


def test_no_more_of_a_stream_is_read_than_a_document_needs() -> None:
    lines = iter([b"a: 1\n", b"---\n", b"b: 1\n", b"---\n", b"c: 1\n"])
    found = documents(lines, is_json=False)
    assert isinstance(next(found), Document)
    assert next(lines) == b"b: 1\n"


def test_a_document_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_SIZE", 1 << 20)
    endless = (b"a\n" for _ in iter(int, 1))
    [found] = documents(endless, is_json=False)
    assert isinstance(found, Unreadable)
    assert "larger than" in found.message
    endless = (b'{"a":\n' for _ in iter(int, 1))
    [found] = documents(endless, is_json=True)
    assert isinstance(found, Unreadable)
    assert "larger than" in found.message


def test_aliases_are_limited_over_the_whole_stream() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 6)]
    found = read("\n---\n".join(["\n".join(lines)] * 10))
    assert len([each for each in found if isinstance(each, Document)]) < 5
    assert all("aliases" in each.message for each in found if isinstance(each, Unreadable))


def test_aliases_are_limited_in_bytes_too() -> None:
    text = f"a: &a {'x' * 20_000}\nb: [{', '.join(['*a'] * 4_000)}]\n"
    assert [message for message, *_ in errors(text)] == ["aliases make this document too large"]


def test_a_long_list_has_no_aliases() -> None:
    [found] = values(f"[{','.join(['1'] * 300_000)}]\n")
    assert len(found) == 300_000  # type: ignore[arg-type]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.lists(JSON.filter(lambda value: isinstance(value, (dict, list))), max_size=4))
def test_json_is_read_as_python_reads_it_and_again_the_same(given: list[object]) -> None:
    text = "\n ".join(json.dumps(value, ensure_ascii=False) for value in given)
    text = text.encode("utf-8", "replace").decode()
    expected = [json.loads(json.dumps(each).encode("utf-8", "replace")) for each in given]
    assert values(text, is_json=True) == expected


@given(JSON.filter(lambda value: isinstance(value, (dict, list))), st.integers(0, 3))
def test_the_place_of_a_json_value_is_where_its_text_begins(value: object, indent: int) -> None:
    text = "  {}\n" + json.dumps(value, indent=indent or None, ensure_ascii=True)
    lines = text.splitlines()
    document = read(text, is_json=True)[1]
    assert isinstance(document, Document)
    reading = document.reading()
    stack = [reading.value]
    while stack:
        item = stack.pop()
        if not isinstance(item, (dict, list)):
            continue
        container = reading.containers[id(item)]
        entries = item.items() if isinstance(item, dict) else enumerate(item)
        for key, entry in entries:
            line, column = container.parts[key]
            rest = lines[line - 1][column - 1 :]
            if isinstance(entry, (dict, list)):
                assert rest.startswith("{" if isinstance(entry, dict) else "[")
            else:
                assert rest.startswith(json.dumps(entry))
            stack.append(entry)


@given(
    st.lists(
        st.dictionaries(st.text("ab:'\n-é", min_size=1), st.text("ab:'\n-é") | st.integers(0, 9)),
        min_size=1,
        max_size=4,
    )
)
def test_yaml_is_read_again_the_same(given: list[dict[str, object]]) -> None:
    assert values(dump_all(given)) == given


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1:1: this is no JSON: expecting value"),
        ("\n {\n", "3:1: this is no JSON: expecting property name enclosed in double quotes"),
        ("{}\n {}", "2:2: this is no JSON: extra data"),
        ("{}\n x", "2:2: this is no JSON: expecting value"),
        ('{"a":\n NaN}', "2:2: NaN is no number of JSON"),
        ("[" * 100_000, "1:1: nested too deeply"),
    ],
)
def test_a_text_that_is_not_one_json_value_is_refused_with_the_place(text, message) -> None:
    with pytest.raises(EvaluationError) as caught:
        json_value("a.json", text)
    assert str(caught.value) == f"a.json:{message}"


def test_the_one_value_of_a_json_text_has_places_from_its_beginning_on() -> None:
    found = json_document('\n {"a":\n  [1]}\n')
    assert isinstance(found, Document)
    reading = found.reading()
    assert found.value == reading.value == {"a": [1]} == json_value("a.json", '{"a": [1]}')
    assert reading.containers[id(reading.value)].place == (2, 2)
    assert reading.containers[id(reading.value)].parts["a"] == (3, 3)


@pytest.mark.parametrize("is_json", [True, False])
def test_the_entries_of_a_list_of_one_kind_have_that_kind(is_json: bool) -> None:
    entries = [{"metadata": {}}, {"kind": "Other"}, {"apiVersion": "v2"}, None, "x"]
    whole = {"apiVersion": "example.com/v1", "kind": "ThingList", "items": entries}
    text = json.dumps(whole) if is_json else "".join(dump_all([whole]))
    [found] = values(text, is_json=is_json)
    named = {"apiVersion": "example.com/v1", "kind": "Thing"}
    assert found == {**whole, "items": [{"metadata": {}, **named}, *entries[1:]]}


@pytest.mark.parametrize("kind", ["List", "Listing", None, 5])
def test_those_of_other_lists_have_what_they_say(kind: object) -> None:
    whole = {"apiVersion": "v1", "kind": kind, "items": [{"metadata": {}}]}
    assert values(json.dumps(whole)) == [whole]
