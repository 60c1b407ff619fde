"""Image streams in the shapes that real ones have: no false alarm, and the warnings that fit."""

import json
from pathlib import Path

import pytest

from pyimagestream import evaluate_snippet
from pyimagestream.checks.verdict import check_present, validate
from pyimagestream.checks.warnings import warnings
from pyimagestream.golang.yaml.reader import read_kubectl

TEXT = (Path(__file__).parent.parent / "data" / "streams.yaml").read_text(encoding="utf-8")
STREAMS = [reading.value for reading in read_kubectl(TEXT)]

WARNED = {
    "arm": ["W013"],
    "base": ["W014"],
    "inhouse": ["W003", "W013"],
    "legacy": ["W007"],
    "lua": ["W013"],
    "nightly": ["W013"],
    "owned": ["W013"],
    "promoted": ["W016"],
    "pushed": ["W018"],
    "redis": ["W002"],
    "staged": ["W015"],
    "whole": ["W007"],
}


def name(stream):
    return stream["metadata"]["name"]


def test_there_are_more_than_twenty_of_different_names():
    assert len({name(stream) for stream in STREAMS}) == len(STREAMS) >= 20


@pytest.mark.parametrize("stream", STREAMS, ids=name)
@pytest.mark.parametrize("strict", [False, True])
def test_the_server_would_take_it_and_so_do_we(stream, strict):
    assert validate(stream, strict=strict) == []
    assert check_present(stream) == []


@pytest.mark.parametrize("stream", STREAMS, ids=name)
def test_it_has_the_warnings_that_fit_and_no_other(stream):
    codes = sorted({warning.code for warning in warnings(stream)})
    assert codes == WARNED.get(name(stream), [])


def test_the_older_server_drops_what_it_does_not_know():
    for stream in STREAMS:
        codes = {warning.code for warning in warnings(stream, server="4.3")}
        newer = name(stream) in ("arm", "every-platform", "exported")
        assert ("W011" in codes) == newer


def test_jsonnet_may_hand_them_out_unchanged(engine):
    code = "std.parseJson(std.extVar('streams'))"
    variables = {"streams": json.dumps(STREAMS)}
    assert evaluate_snippet(code, ext_vars=variables, engine=engine) == STREAMS
