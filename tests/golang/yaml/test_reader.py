from __future__ import annotations

import pytest
from support.recordings import go

from pyimagestream.errors import YamlError
from pyimagestream.golang.yaml.reader import read_all, read_kubectl


@pytest.mark.parametrize(("text", "documents"), go("yaml.v3 reads"))
def test_reads_what_yaml_v3_reads(text: str, documents: object) -> None:
    if documents is None:
        with pytest.raises(YamlError):
            read_all(text)
    else:
        assert _as_json(read_all(text)) == _as_json(documents)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True),
        ("Off", False),
        ("'yes'", "yes"),
        ("010", 8),
        ("1e3", 1000),
        ("1.5", 1.5),
        ("-9223372036854775809", -9223372036854775809),
        ("99999999999999999999999", 99999999999999999999999),
        ("2020-01-02 03:04:05", "2020-01-02 03:04:05"),
    ],
)
def test_a_plain_scalar_can_be_what_it_is_for_kubectl(text: str, value: object) -> None:
    [read] = (each.value for each in read_kubectl(text))
    assert (read, type(read)) == (value, type(value))


def _as_json(value: object) -> object:
    """JSON's numbers are floats."""
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2", "line 2: mapping key 'a' is defined twice"),
        ("a:\n- .inf", "line 2: JSON has no number .inf"),
        ("a:\n- !!float .inf", "line 2: JSON has no number .inf"),
        ("a: !!float '.nan'", "line 1: JSON has no number .nan"),
        ("true: 1", "line 1: the key of a mapping must be a string"),
        ("a: !!int x", "line 1: cannot decode 'x' as a !!int"),
        ("a: &x [*x]", "line 1: unknown anchor 'x', or inside of itself"),
        ("a: [1", "line 2: while parsing a flow sequence, did not find expected ',' or ']'"),
        ("a: \x07", "line 1: unacceptable character #x0007: control characters are not allowed"),
    ],
)
def test_an_error_names_the_line_and_the_rule(text: str, message: str) -> None:
    with pytest.raises(YamlError) as caught:
        read_all(text)
    assert str(caught.value).splitlines()[0] == message


@pytest.mark.parametrize("text", ["é", "YQ", "YQ==YQ==", "Y-_=", "YW I="])
def test_what_is_no_base64_is_an_error_with_its_line(text: str) -> None:
    message = "!!binary value contains invalid base64 data"
    for read in (read_all, lambda text: list(read_kubectl(text))):
        with pytest.raises(YamlError, match=f"line 2: {message}"):
            read(f"a:\n- !!binary {text}")


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("1.0", "1"),
        ("0.1", "0.1"),
        ("16777217.0", "1.6777216e+07"),
        ("3.4028235e38", "3.4028235e+38"),
        ("3.4028236e38", ".inf"),
        ("1e40", ".inf"),
        ("-1e40", "-.inf"),
        ("!!float 1e40", ".inf"),
        ("1e-50", "0"),
    ],
)
def test_a_number_as_a_key_is_for_kubectl_the_text_of_its_float32(key: str, text: str) -> None:
    [found] = read_kubectl(f"? {key}\n: x")
    assert found.value == {text: "x"}


@pytest.mark.parametrize("opening", ["[", "- ", "{a: "])
def test_nesting_too_deep_is_an_error_of_ours_or_of_libyaml(opening: str) -> None:
    with pytest.raises(YamlError, match=r"nest(ed|ing)"):
        read_all(opening * 100_000)


def test_aliases_of_aliases_do_not_fill_the_memory() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    with pytest.raises(YamlError, match="aliases make this document too large"):
        read_all("\n".join(lines))
