"""What the README says of templates that lean on themselves, in an evaluator of one's own."""

import json

import _jsonnet
import pytest

from pyimagestream import evaluate_snippet, library_path, native_callbacks

LEANING = """
local isi = import 'imageStreamImport.libsonnet';
{ imp: isi.new('a') + isi.metadata.withLabels({ a: 'x', b: $.imp.metadata.labels.a }) }
"""


def run(natives):
    return json.loads(
        _jsonnet.evaluate_snippet(
            "t.jsonnet",
            LEANING,
            jpathdir=[str(library_path())],
            native_callbacks=natives,
        )
    )


def test_a_leaning_map_cannot_be_checked_there():
    with pytest.raises(RuntimeError, match="max stack frames exceeded"):
        run(native_callbacks())


def test_without_the_natives_the_result_is_that_of_evaluate_file():
    assert run({}) == evaluate_snippet(LEANING)
