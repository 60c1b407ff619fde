"""Fast formats change nothing that is seen of an evaluation but the time it takes."""

import pytest
from hypothesis import given, settings
from support.engines import SLOW_ON_CPP
from support.jsonnet import printed, programs

from pyimagestream import EvaluationError, ValidationError, evaluate_snippet
from pyimagestream.engines import fastformat
from pyimagestream.evaluation.evaluate import run_file, run_snippet
from pyimagestream.evaluation.settings import Settings

TEMPLATE = """
local isi = import 'imageStreamImport.libsonnet';
local file = 'a%s.libsonnet' % '';
[
  isi.new('%s-%02d' % ['app', n]) + isi.metadata.withLabels({ ['l%d' % n]: '%(a)s' % { a: n } })
  + isi.spec.withImages([{
    from: { kind: 'DockerImage', name: 'quay.io/%s/app:%d' % [import 'a.libsonnet', n] },
  }])
  for n in [1, 2]
]
"""


def ways(**options):
    """The settings without and with fast formats."""
    plain = Settings.of(**options)._replace(isolate=False, fast_formats=False, hashed=True)
    return plain, plain._replace(fast_formats=True)


def seen(snippet, options):
    """All there is to see of an evaluation."""
    result: tuple[object, ...]
    with printed() as lines:
        try:
            outcome = run_snippet(snippet, "dir/main.jsonnet", options)
            result = outcome.value, outcome.found, outcome.absent
        except (EvaluationError, ValidationError) as error:
            result = type(error), str(error), getattr(error, "frames", None)
    return *result, lines


@pytest.fixture
def slow(monkeypatch):
    """Makes it an error to rewrite code."""

    def rewritten(code, plan):
        raise AssertionError(code)

    monkeypatch.setattr(fastformat, "rewritten", rewritten)


@pytest.mark.parametrize("engine", SLOW_ON_CPP)
@given(snippet=programs())
@settings(max_examples=60)
def test_values_errors_and_traces_are_those_of_the_original(engine, snippet):
    plain, fast = ways(engine=engine, check=False)
    assert seen(snippet, fast) == seen(snippet, plain)


def test_a_template_depends_on_the_same_files(engine, tmp_path):
    (tmp_path / "a.libsonnet").write_text("'%s' % 'org'")
    (tmp_path / "main.jsonnet").write_text(TEMPLATE)
    plain, fast = (
        run_file(tmp_path / "main.jsonnet", options)
        for options in ways(engine=engine, jpath=[tmp_path / "none"])
    )
    assert [manifest["metadata"]["name"] for manifest in fast.value] == ["app-01", "app-02"]
    assert fast._replace(plan=None) == plain
    assert f"{tmp_path}/a.libsonnet" in fast.found


def test_an_error_has_the_places_of_the_original(engine):
    snippet = "local f(x) = '%s' % [x]; [\n  '%s' % 'a', f(error 'no'), '%d' % 'a',\n]"
    plain, fast = ways(engine=engine)
    assert seen(snippet, fast) == seen(snippet, plain)
    assert "main.jsonnet:2:17" in seen(snippet, fast)[1]


def test_wrong_values_are_the_same_problems_in_the_same_order(engine):
    snippet = TEMPLATE.replace("import 'a.libsonnet'", "'%s' % 'A B'").replace("'app'", "'-'")
    plain, fast = ways(engine=engine)
    assert seen(snippet, fast) == seen(snippet, plain)
    with pytest.raises(ValidationError) as caught:
        run_snippet(snippet, "main.jsonnet", fast)
    assert len(caught.value.problems) == 4


def test_what_a_value_says_is_said_as_often(engine):
    snippet = "local x = [{ a: std.trace('seen', 1) }]; '%s' % x"
    plain, fast = ways(engine=engine)
    assert seen(snippet, fast) == seen(snippet, plain)
    assert seen(snippet, fast)[-1] == ["TRACE: dir/main.jsonnet:1 seen"]


@pytest.mark.parametrize("rest", ["1", "error 'no'", "{} % 1"])
def test_a_trace_is_printed_once(engine, rest):
    snippet = f"[std.trace('seen %s' % 1, 1), {rest}]"
    plain, fast = ways(engine=engine, check=False)
    assert seen(snippet, fast) == seen(snippet, plain)
    assert seen(snippet, fast)[-1] == ["TRACE: dir/main.jsonnet:1 seen 1"]


def test_to_look_for_a_value_that_fits_in_no_sum_prints_nothing_again(engine):
    sum_ = "isi.new('a') + isi.metadata.withLabels({}) + isi.metadata.withLabelsMixin(['x'])"
    code = f"local isi = import 'imageStreamImport.libsonnet'; std.trace('seen', {sum_})"
    _, fast = ways(engine=engine)
    kind, error, _, lines = seen(code, fast)
    assert (kind, lines) == (ValidationError, ["TRACE: dir/main.jsonnet:1 seen"]), error


def test_the_stack_ends_where_it_ended(engine):
    for depth in (10, 30):
        snippet = f"local f(n) = if n < 1 then '' else '%s' % [f(n - 1)]; f({depth})"
        plain, fast = ways(engine=engine)
        assert seen(snippet, fast) == seen(snippet, plain)
    assert "max stack frames exceeded" in seen(snippet, fast)[1]


@pytest.mark.parametrize("choice", [None, "", "1"])
def test_formats_are_fast_by_default(monkeypatch, slow, engine, choice):
    monkeypatch.delenv("PYIMAGESTREAM_FAST_FORMATS", raising=False)
    if choice is not None:
        monkeypatch.setenv("PYIMAGESTREAM_FAST_FORMATS", choice)
    options = Settings.of(engine=engine)._replace(isolate=False)
    with pytest.raises(AssertionError):
        run_snippet("'%s' % 1", "a.jsonnet", options)


def test_a_variable_turns_them_off(monkeypatch, slow, engine):
    monkeypatch.setenv("PYIMAGESTREAM_FAST_FORMATS", "0")
    assert evaluate_snippet("'%s' % 1", engine=engine) == "1"


def test_the_variable_leaves_imports_to_the_vm_too(monkeypatch, slow):
    monkeypatch.setenv("PYIMAGESTREAM_FAST_FORMATS", "0")
    code = "std.length(import 'imageStreamImport.libsonnet')"
    assert evaluate_snippet(code, engine="jsonnet")
    monkeypatch.setenv("PYIMAGESTREAM_FAST_FORMATS", "1")
    with pytest.raises(AssertionError):
        run_snippet(code, "a.jsonnet", Settings.of(engine="jsonnet")._replace(isolate=False))


def test_the_variable_is_0_or_1(monkeypatch):
    monkeypatch.setenv("PYIMAGESTREAM_FAST_FORMATS", "no")
    with pytest.raises(Exception, match="PYIMAGESTREAM_FAST_FORMATS must be 0 or 1, not 'no'"):
        evaluate_snippet("1")
