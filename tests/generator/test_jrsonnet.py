"""The library works in jrsonnet, unchecked, as in every other Jsonnet."""

from __future__ import annotations

import json

import pytest
import rjsonnet
from support import reference

from pyimagestream import evaluate_snippet, library_path


def calling(function, value):
    call = ".".join(("isi", *function.scope, function.name))
    return f"local isi = import 'imageStreamImport.libsonnet';\n{call}({json.dumps(value)})"


@pytest.mark.parametrize("function", reference.documented(), ids=lambda each: each.full_name)
def test_jrsonnet_makes_of_a_call_what_our_evaluator_makes_of_it(function):
    call = ".".join(("isi", *function.scope, function.name))
    value = json.dumps(reference.valid(function))
    code = f"local isi = import 'imageStreamImport.libsonnet';\n{call}({value})"
    found = rjsonnet.evaluate_snippet("app.jsonnet", code, jpathdir=[str(library_path())])
    assert json.loads(found) == evaluate_snippet(code)


@pytest.mark.parametrize("function", reference.documented(), ids=lambda each: each.full_name)
def test_a_value_is_not_checked_there(function):
    code = calling(function, reference.wrong(function)[0])
    found = rjsonnet.evaluate_snippet("app.jsonnet", code, jpathdir=[str(library_path())])
    assert json.loads(found) == evaluate_snippet(code, check=False)
