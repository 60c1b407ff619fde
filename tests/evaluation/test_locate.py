"""All problems of a template, sorted by the places they come from."""

import pytest

from pyimagestream import EvaluationError, Frame, ValidationError, evaluate_snippet, validate
from pyimagestream.checks.verdict import check_present
from pyimagestream.evaluation.evaluate import inspect_snippet
from pyimagestream.evaluation.output import manifests
from pyimagestream.evaluation.settings import Settings

IMPORT = "local isi = import 'imageStreamImport.libsonnet';\n"


def inspect(code, engine="gojsonnet", validate=check_present):
    return inspect_snippet(IMPORT + code, "app.jsonnet", Settings.of(engine=engine), validate)


def told(code, engine="gojsonnet", validate=check_present):
    return [
        (problem.field, problem.frame.line, problem.frame.column, problem.output_path)
        for problem in inspect(code, engine, validate).problems
    ]


def places(code, engine):
    with pytest.raises(ValidationError) as caught:
        evaluate_snippet(IMPORT + code, filename="app.jsonnet", engine=engine)
    frames = [(problem.field, problem.frame or Frame("")) for problem in caught.value.problems]
    return [(field, frame.line, frame.column) for field, frame in frames]


def test_finished_manifests_come_with_their_places(engine):
    inspection = inspect("{ a: [isi.new('x')], b: { c: isi.new('y') } }", engine)
    assert [(place, m["metadata"]["name"]) for place, m in manifests(inspection.value)] == [
        (".a[0]", "x"),
        (".b.c", "y"),
    ]
    assert inspection.problems == ()


def test_manifests_are_finished_in_spite_of_their_problems(engine):
    outcome = inspect("isi.new('x') + isi.metadata.withUid(7)", engine)
    [(_, manifest)] = manifests(outcome.value)
    assert manifest["metadata"] == {"name": "x", "uid": 7}


def test_the_judge_decides_what_is_a_problem_of_a_finished_manifest(engine):
    code = "isi.new('a') + { spec: {} }\n+ isi.spec.repository.from.withKind('DockerImage')"
    assert told(code, engine) == []
    [problem] = inspect(code, engine, validate).problems
    assert (problem.field, problem.frame) == ("spec.repository.from.name", Frame("app.jsonnet"))


def test_a_problem_shifted_by_a_mixin_form_finds_its_call(engine):
    code = """isi.new('a')
+ isi.spec.withImages({ from: { kind: 'DockerImage', name: 'q.io/a/b:1' } })
+ isi.spec.withImagesMixin({ from: { kind: 'DockerImage', name: 'q.io/a/b:1' }, to: { name: 1 } })
"""
    assert told(code, engine) == [("spec.images[1].to.name", 4, 93, "")]


def test_equal_mistakes_of_several_manifests_find_their_own_calls(engine):
    code = (
        "[\n" + "".join(f"isi.new('{name}') + isi.metadata.withUid(7),\n" for name in "abc") + "]"
    )
    assert told(code, engine) == [
        ("metadata.uid", 3, 37, "[0]"),
        ("metadata.uid", 4, 37, "[1]"),
        ("metadata.uid", 5, 37, "[2]"),
    ]


def test_problems_are_sorted_by_place(engine):
    code = """{
  b: isi.new('b') + isi.metadata.withUid(7),
  a: isi.new('a') + isi.spec.withImport(1) + isi.metadata.withSelfLink(2),
}"""
    assert [line for _, line, _, _ in told(code, engine)] == [3, 4, 4]


def test_a_mistake_in_a_hidden_field_is_none_until_somebody_uses_it(engine):
    hidden = "{ bad:: isi.metadata.withUid(7), good: isi.new('a')"
    assert told(f"{hidden} }}", engine) == []
    assert told(f"{hidden} + self.bad }}", engine) == [("metadata.uid", 2, 30, ".good")]


def test_the_library_may_be_imported_under_another_path(engine, tmp_path):
    from pyimagestream import library_path

    library = library_path() / "imageStreamImport.libsonnet"
    (tmp_path / "vendored.libsonnet").write_bytes(library.read_bytes())
    code = "local isi = import 'vendored.libsonnet';\nisi.new('a') + isi.metadata.withUid(7)"
    settings = Settings.of(engine=engine, jpath=[tmp_path])
    [problem] = inspect_snippet(code, "app.jsonnet", settings, check_present).problems
    assert problem.frame == Frame("app.jsonnet", 2, 37)
    assert problem.function == "imageStreamImport.metadata.withUid"


def test_a_template_with_another_fault_has_no_inspection(engine):
    with pytest.raises(EvaluationError, match="mine"):
        inspect("{ a: isi.new('a'), b: error 'mine' }", engine)


def test_an_error_in_an_inspection_is_no_problem_of_a_value(engine):
    """A misspelt function is an error of the template, with the place of the call."""
    with pytest.raises(EvaluationError) as caught:
        inspect("isi.new('a')\n+ isi.metadata.withUuid(7)", engine)
    assert caught.value.frames[0].file == "app.jsonnet"


def test_a_value_that_leans_on_the_finished_object_hides_no_place(engine):
    code = """{
  imp: isi.new('a')
       + isi.metadata.withLabels({ a: 'x', b: $.imp.metadata.labels.a, c: $.imp.metadata.name })
       + isi.spec.withImport('yes')
       + isi.metadata.withUid(7),
}"""
    assert places(code, engine) == [("spec.import", 5, 30), ("metadata.uid", 6, 31)]


def test_an_error_that_is_replaced_hides_no_place(engine):
    code = """isi.new(error 'a name is needed')
+ isi.metadata.withUid(7)
+ isi.metadata.withName('a')
+ isi.spec.withImport('yes')"""
    assert places(code, engine) == [("metadata.uid", 3, 24), ("spec.import", 5, 23)]


def test_an_error_in_a_value_that_nobody_uses_hides_no_place(engine):
    code = """local unused = isi.metadata.withLabels({ a: error 'never' });
[std.length(std.objectFields(unused)), isi.metadata.withUid(7)]"""
    assert places(code, engine) == [("metadata.uid", 3, 61)]


def test_a_native_that_the_template_calls_itself_hides_no_place(engine):
    code = """[std.native('imageStreamImport.spec.withImport')('[true]'),
  isi.metadata.withUid(7)]"""
    assert places(code, engine) == [("metadata.uid", 3, 24)]


def test_a_value_that_several_manifests_share_is_one_problem(engine):
    code = """local shared = isi.spec.withImport('yes');
[isi.new('a') + shared, isi.new('b') + shared] + [isi.new('c%d' % i) + shared for i in [1, 2]]"""
    assert places(code, engine) == [("spec.import", 2, 36)]
