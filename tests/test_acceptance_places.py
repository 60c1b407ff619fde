"""A wrong value is found at its call whatever else the template does."""

import pytest

from pyimagestream import ValidationError, evaluate_snippet

IMPORT = "local isi = import 'imageStreamImport.libsonnet';\n"


def places(code, engine):
    with pytest.raises(ValidationError) as caught:
        evaluate_snippet(IMPORT + code, filename="app.jsonnet", engine=engine)
    return [(p.field, p.frame.line, p.frame.column) for p in caught.value.problems]


def test_a_value_that_leans_on_the_finished_object_hides_no_place(engine):
    code = """{
  imp: isi.new('a')
       + isi.metadata.withLabels({ a: 'x', b: $.imp.metadata.labels.a, c: $.imp.metadata.name })
       + isi.spec.withImport('yes')
       + isi.metadata.withUid(7),
}"""
    assert places(code, engine) == [("spec.import", 5, 10), ("metadata.uid", 6, 10)]


def test_an_error_that_is_replaced_hides_no_place(engine):
    code = """isi.new(error 'a name is needed')
+ isi.metadata.withUid(7)
+ isi.metadata.withName('a')
+ isi.spec.withImport('yes')"""
    assert places(code, engine) == [("metadata.uid", 3, 3), ("spec.import", 5, 3)]


def test_an_error_in_a_value_that_nobody_uses_hides_no_place(engine):
    code = """local unused = isi.metadata.withLabels({ a: error 'never' });
[std.length(std.objectFields(unused)), isi.metadata.withUid(7)]"""
    assert places(code, engine) == [("metadata.uid", 3, 40)]


def test_a_native_that_the_template_calls_itself_hides_no_place(engine):
    code = """[std.native('imageStreamImport.spec.withImport')('[true]'),
  isi.metadata.withUid(7)]"""
    assert places(code, engine) == [("metadata.uid", 3, 3)]


def test_a_value_that_several_manifests_share_is_one_problem(engine):
    code = """local shared = isi.spec.withImport('yes');
[isi.new('a') + shared, isi.new('b') + shared] + [isi.new('c%d' % i) + shared for i in [1, 2]]"""
    assert places(code, engine) == [("spec.import", 2, 16)]
