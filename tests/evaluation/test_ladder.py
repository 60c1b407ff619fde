"""Evaluation from Python: a template in, plain values out."""

import hashlib
import threading
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path

import pytest
from support.jsonnet import printed

import pyimagestream
from pyimagestream import (
    EvaluationError,
    Frame,
    PyimagestreamError,
    ValidationError,
    evaluate_file,
    evaluate_snippet,
    library_path,
    validate,
)
from pyimagestream.engines import vm
from pyimagestream.engines.fastformat import DEEPER, LITTLE
from pyimagestream.evaluation import _ask, evaluate, ladder
from pyimagestream.evaluation.evaluate import inspect_snippet, run_file, run_snippet
from pyimagestream.evaluation.settings import Settings
from pyimagestream.model.naming import API_FILE

IMPORT = "local isi = import 'imageStreamImport.libsonnet';\n"
WRONG = f"{IMPORT}isi.new('a') + isi.spec.withImport('yes')"


def test_plain_python_values_come_out(engine):
    value = evaluate_snippet("{ a: [1, 1.5, 'ä', true, null], b:: 2 }", engine=engine)
    assert value == {"a": [1, 1.5, "ä", True, None]}


def test_variables_reach_the_template(engine):
    value = evaluate_snippet(
        "function(tag, scheduled) [tag, scheduled, std.extVar('env'), std.extVar('n')]",
        ext_vars={"env": "dev", "n": {"a": [1, None]}},
        tla_vars={"tag": "2.7"},
        tla_codes={"scheduled": "1 == 1"},
        engine=engine,
    )
    assert value == ["2.7", True, "dev", {"a": [1, None]}]


def test_a_file_is_a_str_or_a_path_and_imports_from_beside_itself(engine, tmp_path):
    (tmp_path / "main.jsonnet").write_text("import 'x.libsonnet'")
    (tmp_path / "x.libsonnet").write_text("'x'")
    for path in (tmp_path / "main.jsonnet", str(tmp_path / "main.jsonnet")):
        assert evaluate_file(path, engine=engine) == "x"


def test_a_relative_file_imports_from_beside_itself(engine, tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "main.jsonnet").write_text("import 'x.libsonnet'")
    (tmp_path / "sub" / "x.libsonnet").write_text("'x'")
    monkeypatch.chdir(tmp_path)
    assert evaluate_file("sub/main.jsonnet", engine=engine) == "x"
    monkeypatch.chdir(tmp_path / "sub")
    assert evaluate_file("main.jsonnet", engine=engine) == "x"


def test_a_snippet_imports_from_beside_its_filename(engine, tmp_path):
    (tmp_path / "x.libsonnet").write_text("'x'")
    filename = str(tmp_path / "not-there.jsonnet")
    assert evaluate_snippet("import 'x.libsonnet'", filename=filename, engine=engine) == "x"


def test_a_jpath_is_of_str_or_path_and_its_last_directory_wins(engine, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.libsonnet").write_text(f"'{name}'")
    jpath = [str(tmp_path / "a"), tmp_path / "b"]
    assert evaluate_snippet("import 'x.libsonnet'", jpath=jpath, engine=engine) == "b"
    jpath.reverse()
    assert evaluate_snippet("import 'x.libsonnet'", jpath=jpath, engine=engine) == "a"


def test_the_bundled_library_is_found_behind_everything_else(engine, tmp_path):
    assert evaluate_snippet(f"{IMPORT}isi.new('a').kind", engine=engine) == "ImageStreamImport"
    (tmp_path / "imageStreamImport.libsonnet").write_text("{ new(name): { kind: 'mine' } }")
    code = f"{IMPORT}isi.new('a').kind"
    assert evaluate_snippet(code, jpath=[tmp_path], engine=engine) == "mine"
    filename = str(tmp_path / "x.jsonnet")
    assert evaluate_snippet(code, filename=filename, engine=engine) == "mine"


def test_a_missing_file_is_an_error_with_its_name(engine, tmp_path):
    with pytest.raises(EvaluationError) as caught:
        evaluate_file(tmp_path / "nope.jsonnet", engine=engine)
    assert str(caught.value) == f"{tmp_path}/nope.jsonnet: there is no such file"


def test_check_false_lets_wrong_values_through(engine):
    assert evaluate_snippet(WRONG, engine=engine, check=False)["spec"] == {"import": "yes"}
    with pytest.raises(ValidationError):
        evaluate_snippet(WRONG, engine=engine)


def test_what_a_part_of_a_sum_may_leave_out_is_not_missed(engine):
    assert evaluate_snippet(f"{IMPORT}isi.new('a')", engine=engine)["kind"] == "ImageStreamImport"
    evaluate_snippet(f"{IMPORT}isi.new('a') + isi.spec.repository.withIncludeManifest(true)")


def test_other_kinds_are_left_alone(engine):
    config_map = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"labels": {"a": 1}}}
    assert evaluate_snippet(str(config_map), engine=engine) == config_map


@pytest.fixture
def asked(monkeypatch):
    """The engines that were asked, one after another."""
    engines = []

    def run(engine, *rest):
        engines.append(engine)
        return vm.evaluate(engine, *rest)

    monkeypatch.setattr(ladder, "evaluate", run)
    monkeypatch.setattr(_ask, "evaluate", run)
    return engines


def test_the_argument_beats_the_environment_variable(asked, monkeypatch):
    monkeypatch.setenv("PYIMAGESTREAM_ENGINE", "jsonnet")
    evaluate_snippet("1", check=False, engine="gojsonnet")
    assert asked == ["gojsonnet"]
    assert Settings.of().engine == "jsonnet"


@pytest.mark.parametrize("wrong", [None, b"1", 1, Path("a.jsonnet")])
def test_code_that_is_no_text_is_a_wrong_type(wrong):
    with pytest.raises(TypeError, match=r"^snippet must be a str, not "):
        evaluate_snippet(wrong)
    with pytest.raises(TypeError, match=r"^filename must be a str, not "):
        evaluate_snippet("1", filename=wrong)


def test_an_unknown_engine_is_an_error_before_anything_runs(asked):
    with pytest.raises(PyimagestreamError, match="there is no engine 'v8'"):
        evaluate_snippet("1", engine="v8")
    assert asked == []


def test_an_engine_that_is_not_installed_is_an_error_with_advice(monkeypatch):
    monkeypatch.setitem(vm.ENGINES, "gojsonnet", ("not_there", "pip install it"))
    with pytest.raises(PyimagestreamError, match="not installed: pip install it"):
        evaluate_snippet("1", engine="gojsonnet")


CRASHES = {
    "a number beyond all doubles": "std['parse' + 'Json']('1e400')",
    "a NUL": "std.parseYaml('\\u0000')",
    "a surrogate in a text to parse": """std.parseYaml('"\\ud800"')""",
    "a surrogate in a value": f"({IMPORT}isi.new(std['ch' + 'ar'](55296)))",
    "a surrogate for a native": "std.native('imageStreamImport.new')(std.format('%' + 'c', 55296))",
}


@pytest.mark.parametrize("crash", CRASHES)
def test_a_template_that_ends_the_reference_engine_is_an_error_and_the_next_one_works(crash):
    """Of the template itself, of an import, and of a variable."""
    settings = Settings.of(engine="jsonnet", max_stack=10**9)
    with pytest.raises(EvaluationError) as caught:
        run_snippet(CRASHES[crash], "app.jsonnet", settings)
    assert "\n" not in str(caught.value)
    assert evaluate_snippet("std.parseYaml('1')", engine="jsonnet") == 1


def test_a_crash_may_come_of_an_import_or_a_variable(tmp_path):
    code = "std.parseYaml('1e400')"
    (tmp_path / "part.libsonnet").write_text(code)
    for template, codes in (
        (code, {}),
        ("import 'part.libsonnet'", {}),
        ("std.extVar('x')", {"x": code}),
    ):
        with pytest.raises(EvaluationError, match="snippet: jsonnet gave up on this template"):
            evaluate_snippet(template, jpath=[tmp_path], engine="jsonnet", ext_codes=codes)


def test_a_forked_process_evaluates_as_its_parent_does(engine):
    assert evaluate_snippet("1 + 1", engine=engine) == 2
    with ProcessPoolExecutor(1, mp_context=get_context("fork")) as executor:
        future = executor.submit(evaluate_snippet, "1 + 2", engine=engine)
        assert future.result(timeout=60) == 3
    assert evaluate_snippet("1 + 3", engine=engine) == 4


def test_threads_may_evaluate_at_once(engine):
    results = {}

    def run(number):
        code = f"{IMPORT}isi.new('a%d' % {number}) + isi.metadata.withLabels({{ a: 'b' }})"
        results[number] = evaluate_snippet(code, engine=engine)["metadata"]["name"]

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: f"a{number}" for number in range(8)}


def test_threads_keep_their_problems_apart(engine):
    results = {}

    def run(number):
        with pytest.raises(ValidationError) as caught:
            evaluate_snippet(f"{IMPORT}isi.metadata.withUid({number})", engine=engine)
        results[number] = [problem.value for problem in caught.value.problems]

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: [number] for number in range(4)}


def test_an_evaluation_knows_the_files_it_depends_on(engine, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.txt").write_text("text")
    (tmp_path / "main.jsonnet").write_text(
        f"{IMPORT}{{ used: isi.new('a').kind, text: importstr 'x.txt' }}"
    )
    settings = Settings.of(jpath=[tmp_path / "a"], engine=engine)
    evaluation = run_file(tmp_path / "main.jsonnet", settings._replace(hashed=True))
    assert evaluation.value == {"used": "ImageStreamImport", "text": "text"}
    library = library_path() / "imageStreamImport.libsonnet"
    assert {Path(path) for path in evaluation.found} == {library, tmp_path / "a" / "x.txt"}
    for path, digest in evaluation.found.items():
        assert digest == hashlib.sha256(Path(path).read_bytes()).hexdigest()
    assert {Path(path) for path in evaluation.absent} == {
        tmp_path / "x.txt",
        tmp_path / "imageStreamImport.libsonnet",
        tmp_path / "a" / "imageStreamImport.libsonnet",
        tmp_path / "a" / API_FILE,  # would make it a library that checks
    }


def test_virtual_files_can_be_added(engine):
    settings = Settings.of(engine=engine)._replace(virtual={"tk": "{ env: 'e' }"})
    assert run_snippet("import 'tk'", "snippet", settings).value == {"env": "e"}


IMAGE = "{ from: { kind: 'DockerImage', name: 'q.io/a/b:1' } }"
WELL = f"{IMPORT}isi.new('a') + isi.spec.withImages([{IMAGE}])"


def test_a_template_that_is_well_is_evaluated_once(asked):
    evaluate_snippet(WELL, engine="gojsonnet")
    assert asked == ["gojsonnet"]


def test_it_is_inspected_in_one_evaluation_too(asked):
    inspect_snippet(WELL, "app.jsonnet", Settings.of(engine="gojsonnet"), validate)
    assert asked == ["gojsonnet"]


def test_values_that_go_elsewhere_than_into_a_manifest_are_checked_in_a_second_run(asked):
    evaluate_snippet(f"{IMPORT}isi.metadata.withLabels({{ a: 'b' }})", engine="gojsonnet")
    assert asked == ["gojsonnet", "gojsonnet"]


def test_an_error_of_the_template_is_told_as_it_is(engine):
    with pytest.raises(EvaluationError) as caught:
        evaluate_snippet(
            f"{IMPORT}isi.new('a')\n+ error 'mine'", filename="app.jsonnet", engine=engine
        )
    assert caught.value.message == "mine"
    assert caught.value.frames[0] == Frame("app.jsonnet", 3, 3)


def test_errors_share_one_base():
    assert issubclass(EvaluationError, PyimagestreamError)
    assert issubclass(ValidationError, PyimagestreamError)
    assert set(pyimagestream.__all__) >= {"evaluate_file", "evaluate_snippet", "native_callbacks"}
    assert evaluate.evaluate_file is evaluate_file


def test_a_wrong_version_of_our_group_is_refused(engine):
    with pytest.raises(ValidationError, match="apiVersion"):
        evaluate_snippet(
            f"{IMPORT}isi.new('a') + {{ apiVersion: 'image.openshift.io/v1beta1' }}", engine=engine
        )


@pytest.mark.parametrize("other", ["kind: 'Other'", "apiVersion: 'v1'"])
def test_a_manifest_of_another_kind_or_group_is_none_of_ours(other):
    code = f"{IMPORT}isi.new('a') + {{ {other}, spec: {{ images: 5 }} }}"
    assert evaluate_snippet(code)["spec"] == {"images": 5}


@pytest.fixture
def evaluations(monkeypatch):
    """The programs that a VM evaluated."""
    seen = []

    def counted(engine, program, importer, natives):
        seen.append(program)
        return vm.evaluate(engine, program, importer, natives)

    monkeypatch.setattr(ladder, "evaluate", counted)
    return seen


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("isi.new('a')", 1),
        ("isi.new('a').metadata { labels: isi.metadata.withLabels({}).metadata.labels }", 1),
        ("std.type(isi.metadata.withLabels({ a: 1 }).metadata.labels)", 2),
        ("error 'no'", 2),
        ("isi.new('a').metadata.nam", 2),
        ("local s = std; s.length(isi.new('a').metadata.name)", 2),
    ],
)
def test_a_template_is_evaluated_as_seldom_as_can_be(engine, code, count, evaluations):
    with suppress(EvaluationError):
        ladder.evaluated(template(f"{IMPORT}{code}", Settings.of(engine=engine)))
    assert len(evaluations) == count


def test_where_nothing_of_ours_is_imported_there_is_nothing_to_look_for(
    engine, evaluations, tmp_path
):
    (tmp_path / "a.libsonnet").write_text("local s = std; s.length('a')")
    settings = Settings.of(engine=engine, jpath=[tmp_path])
    for other, count in ("'a'", 2), ("isi.new('a').metadata.name", 3):
        evaluations.clear()
        code = f"{IMPORT}[{other}, import 'a.libsonnet']"
        assert ladder.evaluated(template(code, settings)).value == ["a", 1]
        assert len(evaluations) == count


def test_an_inline_environment_is_evaluated_once_after_it_was_found(engine, evaluations, tmp_path):
    library = "{ a: 'x' /*" + " " * LITTLE + "*/ }"
    (tmp_path / "a.libsonnet").write_text(library)
    settings = Settings.of(engine=engine, jpath=[tmp_path])._replace(fast_formats=True)
    for code in "local a = import 'a.libsonnet'; '%s' % 1", "(import 'a.libsonnet').a + '%s' % 1":
        around = ladder.Template(f"{tmp_path}/{ladder.GENERATED}", code, settings)
        ladder.evaluated(around)
    assert [program.max_stack for program in evaluations] == [DEEPER.max_stack(500)] * 2


def test_what_was_told_is_not_told_again_when_ctrl_c_ends_a_later_look(engine, monkeypatch):
    runs = []

    def interrupted(*arguments):
        runs.append(vm.evaluate(*arguments))
        if len(runs) == 2:
            raise KeyboardInterrupt
        return runs[-1]

    monkeypatch.setattr(ladder, "evaluate", interrupted)
    labels = "isi.metadata.withLabels({ a: 1 }).metadata.labels"
    code = f"{IMPORT}[std.trace('a', 1), std.type({labels})]"
    with printed() as lines, pytest.raises(KeyboardInterrupt):
        ladder.evaluated(template(code, Settings.of(engine=engine)))
    assert lines == ["TRACE: a.jsonnet:2 a"]


def template(code, settings):
    return ladder.Template("a.jsonnet", code, settings._replace(isolate=False, fast_formats=True))
