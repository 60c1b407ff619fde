"""Wrong values: which are refused, what is said of them, and to which place it points."""

import importlib
import json
import re

import pytest
from support import reference

from pyimagestream import (
    Frame,
    Problem,
    ValidationError,
    evaluate_file,
    evaluate_snippet,
    library_path,
    native_callbacks,
)
from pyimagestream.engines.vm import ENGINES

IMPORT = "local isi = import 'imageStreamImport.libsonnet';\n"


def call(function, value):
    return ".".join(("isi", *function.scope, function.name)) + f"({json.dumps(value)})"


def refused(code, engine, **options):
    with pytest.raises(ValidationError) as caught:
        evaluate_snippet(IMPORT + code, filename="app.jsonnet", engine=engine, **options)
    return caught.value


def placed(error):
    """Field, line and column of each problem, as the error has them."""
    return [(p.field, p.frame.file, p.frame.line, p.frame.column) for p in error.problems]


def test_each_function_refuses_a_wrong_type_and_names_itself_field_value_rule_and_place(engine):
    """All fifty in one file: each problem is reported, at its own line."""
    functions = reference.documented()
    lines = ",\n".join(
        f"  {call(function, reference.wrong(function)[0])}" for function in functions
    )
    error = refused(f"[\n{lines}\n]", engine)
    for number, (function, problem) in enumerate(zip(functions, error.problems, strict=True)):
        wrong, said = reference.wrong(function)
        # In the argument, at the entry of a list which is to blame.
        start = 3 + len(call(function, wrong)) - len(json.dumps(wrong)) - 1
        assert problem.frame.line == number + 3
        assert start <= problem.frame.column < start + len(json.dumps(wrong))
        assert problem.callers == ()
        assert problem.function == f"imageStreamImport.{function.full_name}"
        assert problem.field.startswith(function.field)
        assert said in str(problem)
        assert str(problem) in str(error)


def test_one_wrong_value_is_one_problem_with_all_its_data(engine):
    error = refused("isi.new('a')\n+ isi.spec.withImport('yes')", engine)
    assert error.problems == (
        Problem(
            field="spec.import",
            value="yes",
            message='must be a boolean, not "yes"',
            reason="FieldValueTypeInvalid",
            function="imageStreamImport.spec.withImport",
            frame=Frame("app.jsonnet", 3, 23),
        ),
    )
    assert str(error) == (
        'app.jsonnet:3:23: spec.import: must be a boolean, not "yes"'
        " (imageStreamImport.spec.withImport)"
    )


CHAIN = """isi.new('Not_A-Name-')
+ isi.metadata.withLabels({ 'a b': 'c' })
+ isi.metadata.withNamespace('ok')
  + isi.spec.withImages([
    { from: { kind: 'DockerImage', name: 'quay.io/org/app:1' } },
    { from: { kind: 7, name: 'quay.io/org/app:1' } },
    { from: { kind: 'DockerImage', name: 'quay.io/org/app:1' }, to: { name: 2.7 } },
  ])
+ isi.spec.withImport('yes')"""


def test_several_mistakes_in_a_chain_are_all_reported_where_they_stand(engine):
    assert placed(refused(CHAIN, engine)) == [
        ("metadata.name", "app.jsonnet", 2, 9),
        ("metadata.labels", "app.jsonnet", 3, 29),
        ("spec.images[1].from.kind", "app.jsonnet", 7, 21),
        ("spec.images[2].to.name", "app.jsonnet", 8, 77),
        ("spec.import", "app.jsonnet", 10, 23),
    ]


def test_a_mistake_in_a_comprehension_points_at_the_call_and_shows_the_value(engine):
    code = "[\n isi.new('a') + isi.metadata.withUid(uid)\n for uid in ['x', 7, 'y', 8]]"
    error = refused(code, engine)
    assert placed(error) == [("metadata.uid", "app.jsonnet", 3, 38)] * 2
    assert [problem.value for problem in error.problems] == [7, 8]
    assert [problem.output_path for problem in error.problems] == ["[1]", "[3]"]


def test_a_mistake_in_an_imported_file_is_reported_there(engine, tmp_path):
    (tmp_path / "ruby.libsonnet").write_text(
        IMPORT + "{ imp:\n    isi.new('ruby') + isi.spec.withImport(1) }"
    )
    (tmp_path / "main.jsonnet").write_text("{ ruby: (import 'ruby.libsonnet').imp }")
    with pytest.raises(ValidationError) as caught:
        evaluate_file(tmp_path / "main.jsonnet", engine=engine)
    [problem] = caught.value.problems
    assert (problem.field, problem.output_path) == ("spec.import", ".ruby")
    assert problem.frame == Frame(str(tmp_path / "ruby.libsonnet"), 3, 43)


def test_what_is_handed_to_a_wrapper_library_is_pointed_at(engine, tmp_path):
    """Not the call in the wrapper, which is well: the literal that the wrapper was called with."""
    (tmp_path / "wrapper.libsonnet").write_text(
        IMPORT + "{\n  app(tag): isi.new('app') + isi.metadata.withLabels({ tag: tag }) }"
    )
    (tmp_path / "main.jsonnet").write_text(
        "local wrapper = import 'wrapper.libsonnet';\n[wrapper.app('x'), wrapper.app(2)]"
    )
    with pytest.raises(ValidationError) as caught:
        evaluate_file(tmp_path / "main.jsonnet", engine=engine)
    [problem] = caught.value.problems
    assert (problem.field, problem.output_path) == ("metadata.labels[tag]", "[1]")
    assert problem.function == "imageStreamImport.metadata.withLabels"
    assert problem.frame == Frame(str(tmp_path / "main.jsonnet"), 2, 32)


def test_an_extended_library_is_pointed_into(engine):
    code = """local mine = isi { metadata+: {
  withName(name): super.withName(name + '_'),
} };
mine.new('a')"""
    [problem] = refused(code, engine).problems
    assert problem.field == "metadata.name"
    assert problem.value == "a_"
    assert problem.frame == Frame("app.jsonnet", 3, 34)


COPIES = {
    "of this version": lambda text: text,
    "of another version": lambda text: text.replace(b"Write the result", b"Whether to write"),
    "of an older version": lambda text: re.sub(rb"\n *'?#?withUid.*", b"", text),
    "as on Windows": lambda text: text.replace(b"\n", b"\r\n"),
}


@pytest.mark.parametrize("copied", COPIES.values(), ids=COPIES)
def test_the_project_s_own_copy_of_the_library_refuses_as_well(engine, tmp_path, copied):
    library = (library_path() / "imageStreamImport.libsonnet").read_bytes()
    (tmp_path / "imageStreamImport.libsonnet").write_bytes(copied(library))
    code = "isi.new('a') + isi.spec.withImport(1) + isi.spec.withImagesMixin({ from: 1 })"
    error = refused(code, engine, jpath=[tmp_path])
    assert placed(error) == [
        ("spec.import", "app.jsonnet", 2, 36),
        ("spec.images[0].from", "app.jsonnet", 2, 74),
    ]
    assert [problem.function.rpartition(".")[2] for problem in error.problems] == [
        "withImport",
        "withImagesMixin",
    ]


def test_a_copy_that_was_changed_is_judged_by_what_it_sets(engine, tmp_path):
    library = (library_path() / "imageStreamImport.libsonnet").read_bytes()
    changed = library.replace(b"withImport', Import)", b"withImport', [Import])")
    (tmp_path / "imageStreamImport.libsonnet").write_bytes(changed)
    [problem] = refused(
        "isi.new('a') + isi.spec.withImport(true)", engine, jpath=[tmp_path]
    ).problems
    assert (problem.field, problem.value) == ("spec.import", [True])
    assert problem.frame == Frame("app.jsonnet")


def test_a_library_of_the_same_name_without_checks_is_checked_when_finished(engine, tmp_path):
    plain = tmp_path / "imageStreamImport.libsonnet"
    plain.write_text(reference.plain_library())
    error = refused("isi.new('a') + isi.spec.withImport(1)", engine, jpath=[tmp_path])
    assert [problem.field for problem in error.problems] == ["spec.import"]


def test_a_plain_patch_is_refused_at_its_literal(engine):
    error = refused("isi.new('a') + {\n  spec+: { 'import': 'yes' },\n}", engine)
    assert placed(error) == [("spec.import", "app.jsonnet", 3, 22)]


def test_a_plain_patch_with_a_computed_value_is_refused_in_its_manifest(engine):
    error = refused("{ a: isi.new('a') + { spec+: { 'import': 'y' + 'es' } } }", engine)
    [problem] = error.problems
    assert (problem.field, problem.value, problem.output_path) == ("spec.import", "yes", ".a")
    assert problem.frame == Frame("app.jsonnet")
    assert str(problem) == 'app.jsonnet: spec.import: must be a boolean, not "yes" (in .a)'


@pytest.mark.parametrize(
    "code",
    [
        "(isi.new('a') + isi.metadata.withUid(7)).metadata.uid",
        "std.length((isi.new('a') + isi.spec.withImages([{ from: 1 }])).spec.images)",
        "std.manifestYamlDoc(isi.new('a') + isi.spec.withImages([{ from: 1 }]))",
        "isi.metadata.withLabels({ a: 1 })",
        "{ [k]: 1 for k in std.objectFields(isi.metadata.withLabels({ a: 1 }).metadata.labels) }",
        "(isi.new('a') + isi.metadata.withLabels({ a: 1 })) { kind: 'Other' }",
    ],
)
def test_a_wrong_value_is_refused_wherever_it_is_used(engine, code):
    [problem] = refused(code, engine).problems
    assert problem.frame.file == "app.jsonnet"
    assert problem.function


@pytest.mark.parametrize(
    "code",
    [
        "(isi.new('a') + isi.metadata.withUid(7)) + isi.metadata.withUid('b')",
        "(isi.new('a') + isi.spec.withImport('yes')) { spec: {} }",
        "{ hidden:: isi.metadata.withUid(7) }",
        "local unused = isi.metadata.withUid(7); 1",
    ],
)
def test_a_wrong_value_that_nobody_uses_is_not_refused(engine, code):
    evaluate_snippet(IMPORT + code, engine=engine)


def test_a_wrong_value_that_is_replaced_is_not_reported_beside_others(engine):
    code = """isi.new('a') + isi.metadata.withUid(7) + isi.metadata.withUid('b')
+ isi.spec.withImport(1)"""
    assert placed(refused(code, engine)) == [("spec.import", "app.jsonnet", 3, 23)]


def test_the_same_mistake_at_two_places_is_reported_twice(engine):
    """Also when one of the values is in no manifest."""
    code = """[
  isi.new('a') + isi.metadata.withUid(7),
  isi.new('b') + isi.metadata.withUid(7),
  isi.metadata.withUid(7),
]"""
    assert placed(refused(code, engine)) == [
        ("metadata.uid", "app.jsonnet", 3, 39),
        ("metadata.uid", "app.jsonnet", 4, 39),
        ("metadata.uid", "app.jsonnet", 5, 24),
    ]


def test_a_leaning_value_elsewhere_hides_no_wrong_value(engine):
    code = """{
  a: { value: isi.metadata.withLabels({ a: 'x', b: $.a.value.metadata.labels.a }) },
  b: std.toString(isi.metadata.withUid(7)),
}"""
    assert [problem.field for problem in refused(code, engine).problems] == ["metadata.uid"]


def test_a_leaning_template_is_refused_as_well(engine):
    code = """{
  imp: isi.new('a')
       + isi.metadata.withLabels({ a: 'x', b: $.imp.metadata.labels.a, c: 3 }),
}"""
    [problem] = refused(code, engine).problems
    assert problem.field == "metadata.labels[c]"


def test_a_mistake_beside_an_error_of_the_template_itself_is_an_error_of_either(engine):
    """What is wrong first decides; nothing is printed and nothing crashes."""
    code = "{ a: isi.new('a') + isi.metadata.withUid(7), b: error 'mine' }"
    with pytest.raises(Exception, match=r"mine|metadata\.uid"):
        evaluate_snippet(IMPORT + code, engine=engine)


@pytest.mark.parametrize(
    ("one", "other", "place"),
    [
        ("withLabels({ a: 'x' })", "withLabelsMixin(['x'])", (4, 32)),
        ("withLabels(['x'])", "withLabelsMixin({ a: 'x' })", (3, 27)),
        ("withAnnotations({ a: 'x' })", "withAnnotationsMixin([{ a: 'x' }])", (4, 37)),
    ],
)
def test_a_value_that_fits_in_no_sum_is_refused_where_it_comes_from(engine, one, other, place):
    """Not at the line of the library where the VM cannot add it to the other."""
    [problem] = refused(
        f"isi.new('a')\n+ isi.metadata.{one}\n+ isi.metadata.{other}", engine
    ).problems
    assert problem.message == "must be an object, not an array"
    assert problem.frame == Frame("app.jsonnet", *place)


def test_a_value_that_fits_in_no_sum_of_a_helper_is_refused_for_each_call(engine):
    code = """local labels(more) =
  isi.metadata.withLabels({ a: 'x' }) + isi.metadata.withLabelsMixin(more);
{ a: isi.new('a') + labels({ b: 'x' }), b: isi.new('b') + labels(['x']) }"""
    assert placed(refused(code, engine)) == [("metadata.labels", "app.jsonnet", 4, 66)]


def test_a_long_value_is_shortened_in_the_message_and_whole_in_the_problem(engine):
    code = "isi.new('a') + isi.spec.withImport(std.repeat('x', 5000))"
    error = refused(code, engine)
    assert error.problems[0].value == "x" * 5000
    assert len(str(error)) < 300


@pytest.mark.parametrize("value", ["'ä€𝄞'", "'\\u0000'", "'\\n'", "'\\u001b[31m'"])
def test_messages_are_printable_in_one_line_whatever_the_value(engine, value):
    error = refused(f"isi.spec.withImport({value})", engine)
    assert str(error).isprintable()


def test_with_check_false_nothing_is_refused(engine):
    value = evaluate_snippet(IMPORT + CHAIN, engine=engine, check=False)
    assert value["spec"]["import"] == "yes"


def own_evaluator(engine, code):
    vm = importlib.import_module(ENGINES[engine][0])
    with pytest.raises(RuntimeError) as caught:
        vm.evaluate_snippet(
            "app.jsonnet",
            IMPORT + code,
            jpathdir=[str(library_path())],
            native_callbacks=native_callbacks(),
        )
    return str(caught.value)


@pytest.mark.parametrize("function", reference.documented(), ids=lambda each: each.full_name)
def test_the_callbacks_refuse_in_an_own_evaluator_with_function_field_value_and_rule(function):
    wrong, said = reference.wrong(function)
    message = own_evaluator("gojsonnet", call(function, wrong))
    assert f"imageStreamImport.{function.full_name}: {function.field}" in message
    assert said in message


def test_the_callbacks_refuse_in_every_vm_in_plain_ascii(engine):
    message = own_evaluator(engine, "isi.new('a') + isi.spec.withImport('ä€𝄞\\u0000')")
    assert "imageStreamImport.spec.withImport: spec.import: must be a boolean, not " in message
    assert message.isascii()
    assert "\0" not in message
