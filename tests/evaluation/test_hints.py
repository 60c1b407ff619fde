"""The first line of an error is enough: what was meant, what to do, and the user's own place."""

from pathlib import Path

import pytest

from pyimagestream import EvaluationError, Frame, evaluate_file, evaluate_snippet, library_path
from pyimagestream.evaluation._hints import hinted
from pyimagestream.evaluation.evaluate import run_snippet
from pyimagestream.evaluation.ladder import Template
from pyimagestream.evaluation.settings import Settings

IMPORT = "local isi = import 'imageStreamImport.libsonnet';\n"


def failure(code, engine, filename="app.jsonnet", **arguments):
    """The error counts that a template has without checks, which the slower engine leaves out."""
    options = {"filename": filename, "engine": engine, "check": engine == "gojsonnet"}
    with pytest.raises(EvaluationError) as caught:
        evaluate_snippet(code, **options, **arguments)
    return caught.value


@pytest.mark.parametrize(
    ("call", "meant"),
    [
        ("isi.spec.withImgaes([])", "withImages"),
        ("isi.spec['withImgaes']([])", "withImages"),
        ("isi.metadata.withLable({})", "withLabels"),
        ("isi.spec.images([])", "withImages"),
        ("isi.spec.repositry.withIncludeManifest(true)", "repository"),
        ("isi.metadta.withName('a')", "metadata"),
        ("isi.withImport(true)", "isi.spec.withImport"),
        ("isi.withImgaes([])", "isi.spec.withImages"),
        ("isi.spec.importPolicy.withScheduled(true)", "isi.spec.repository.importPolicy"),
        ("isi.spec.repository.withImport(true)", "isi.spec.withImport"),
        ("(import 'main.libsonnet').imageStream.new('a')", "image.v1.imageStream"),
        ("(import 'main.libsonnet').image.imageStream.new('a')", "v1.imageStream"),
        ("{ a: std.lenght([1]) }", "length"),
        ("local o = { sise: 1, hidden:: 2 }; o.size", "sise"),
        ("{ tags: [], n: self.tag }", "tags"),
        ("local f(x) = { other: x }; [f(1).othr]", "other"),
    ],
)
def test_a_misspelt_field_is_answered_with_the_one_that_was_meant(engine, call, meant):
    error = failure(IMPORT + call, engine)
    assert error.message.endswith(f"(did you mean `{meant}`?)")
    assert error.frames[0].file == "app.jsonnet"


@pytest.mark.parametrize("mark", ["\r", "\f", "\x85", "\u2028"])
def test_no_other_mark_than_a_line_feed_ends_a_line(engine, mark):
    error = failure(f"// a{mark}b\nlocal o = {{ sise: 1, hidden:: 2 }}; o.size", engine)
    assert error.message.endswith("(did you mean `sise`?)")


def test_the_same_holds_in_an_imported_file(engine, tmp_path):
    (tmp_path / "stream.libsonnet").write_text(IMPORT + "{ a: isi.withImport(true) }")
    main = tmp_path / "main.jsonnet"
    main.write_text("(import 'stream.libsonnet').a")
    with pytest.raises(EvaluationError) as caught:
        evaluate_file(main, engine=engine)
    assert caught.value.message.endswith("(did you mean `isi.spec.withImport`?)")
    assert caught.value.frames[0] == Frame(str(tmp_path / "stream.libsonnet"), 2, 6)


def test_the_libraries_are_known_whatever_way_they_came(engine):
    code = "local k = import 'main.libsonnet';\nk.image.v1.imageStream.withLocal(true)"
    meant = "k.image.v1.imageStream.spec.lookupPolicy.withLocal"
    assert failure(code, engine).message.endswith(f"(did you mean `{meant}`?)")


def test_a_field_without_a_function_is_answered_with_the_patch_that_sets_it(engine):
    code = IMPORT + "isi.spec.repository.importPolicy.withImportMode('PreserveOriginal')"
    message = failure(code, engine).message
    assert "`{ spec+: { repository+: { importPolicy+: { importMode: ... } } } }`" in message
    assert "`(import 'main.libsonnet').image.v1.imageStreamImport` has it" in message
    assert "`importPolicy.withImportMode` of imageImportSpec.libsonnet" in message


def test_a_function_that_is_newer_than_the_documented_ones_is_said_to_be_elsewhere(engine):
    with pytest.raises(EvaluationError, match=r"image\.v1\.imageStreamImport` has it"):
        evaluate_snippet(f"{IMPORT}isi.spec.repository.importPolicy.withImportMode('Legacy')")


@pytest.mark.parametrize("code", ["{}.somethingElse", "{ withImages: 1 }.pictures", "{}.a"])
def test_a_name_like_none_that_is_there_gets_no_hint(engine, code):
    assert "did you mean" not in str(failure(code, engine))


def test_asking_for_the_fields_harms_nobody(engine):
    """The object asked may fail itself, or never end."""
    for owner in ("(error 'no')", "(local f(x) = f(x + 1); f(1))", "('text')", "super"):
        error = failure(f"{{ a: {owner}.b }}", engine)
        assert "pyimagestream" not in error.message


@pytest.mark.parametrize(
    ("code", "meant"),
    [
        ("local tags = [1];\n[tag]", "tags"),
        ("local image(t) =\n  [tag];\nimage(1)", "t"),
        ("[strem for stream in [1]]", "stream"),
        ("st.length([])", "std"),
        ("local Isi = 1; isi", "Isi"),
    ],
)
def test_a_misspelt_variable_is_answered_with_one_that_is_bound_there(engine, code, meant):
    assert failure(code, engine).message.endswith(f"(did you mean `{meant}`?)")


def test_a_variable_that_is_bound_elsewhere_only_is_no_answer(engine):
    assert "did you mean" not in failure("[(local tags = 1; tags), tag]", engine).message


def test_trying_variables_evaluates_nothing(engine):
    code = "local name = error 'evaluated'; local f(x) = f(x + 1); [f(1), nam]"
    assert failure(code, engine).message.endswith("(did you mean `name`?)")


@pytest.mark.parametrize(
    ("code", "library"),
    [
        ("isi.new('ruby')\n+ isi.spec.withImages([])", "imageStreamImport.libsonnet"),
        ("e.to.withName('a') + e.fromDockerImage('a/b:c')", "imageImportSpec.libsonnet"),
        ("is.new('a') + is.spec.lookupPolicy.withLocal(true)", "image/v1/imageStream.libsonnet"),
    ],
)
def test_a_forgotten_import_is_told_by_the_functions_that_are_called(engine, code, library):
    name = code.partition(".")[0]
    hint = f"(is `local {name} = import '{library}';` missing?)"
    assert failure(code, engine).message.endswith(hint)


@pytest.mark.parametrize(
    ("code", "variables", "hint"),
    [
        ("std.extVar('team')", {}, "set it with --ext-str team=..."),
        ("std.extVar('te am')", {}, "set it with --ext-str 'te am'=..."),
        ("std.extVar('team')", {"ext_vars": {"taem": "a"}}, "`taem` is given; set it with"),
        ("std.extVar('tanka.dev/environment')", {}, "it is there in environments only"),
        ("(import 'tk').env", {}, "it is there in environments only"),
        ("function(tag) tag", {}, "set it with --tla-str tag=..."),
        ("function(tag) tag", {"tla_vars": {"tga": "a"}}, "top-level argument; did you mean `tag`"),
    ],
)
def test_a_missing_variable_is_answered_with_the_flag_that_sets_it(engine, code, variables, hint):
    assert hint in failure(code, engine, **variables).message


def test_a_missing_argument_of_another_call_names_the_call(engine):
    for call in ("f()", "f(2, 3)", "f(b=1)"):
        error = failure(f"local f(a) = a;\n{call}", engine)
        assert error.message.endswith("(in the call of f)")
    assert failure(IMPORT + "isi.new('a', 'b')", engine).message.endswith(
        "(in the call of isi.new)"
    )


def test_a_stack_that_is_full_names_the_flag(engine):
    settings = Settings.of(engine=engine, max_stack=77)
    with pytest.raises(EvaluationError, match="--max-stack allows more than 77"):
        run_snippet("local f(x) = 1 + f(x); f(1)", "app.jsonnet", settings)


@pytest.mark.parametrize("content", ["app: v1\n", "- a\n- b\n", "app\n", "a: 1\n---\nb: 2\n"])
def test_yaml_that_is_imported_is_answered_with_what_reads_it(engine, tmp_path, content):
    (tmp_path / "Tags.yaml").write_text(content)
    main = tmp_path / "main.jsonnet"
    main.write_text("local tags = import './Tags.yaml';\ntags")
    with pytest.raises(EvaluationError) as caught:
        evaluate_file(main, engine=engine)
    assert "`std.parseYaml(importstr './Tags.yaml')`" in str(caught.value).splitlines()[0]
    main.write_text("std.parseYaml(importstr './Tags.yaml')")
    evaluate_file(main, engine=engine)


def test_yaml_that_is_evaluated_is_answered_with_what_judges_it(engine, tmp_path):
    path = tmp_path / "app.yml"
    path.write_text("kind: A\n")
    with pytest.raises(EvaluationError, match="`pyimagestream validate` reads it"):
        evaluate_file(path, engine=engine)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("imagestreamimport.libsonnet", "imageStreamImport.libsonnet"),
        ("imageStreamImport", "imageStreamImport.libsonnet"),
        ("image/V1/imagestream.libsonnet", "image/v1/imageStream.libsonnet"),
        ("Lib/stream.libsonnet", "lib/Stream.libsonnet"),
        ("../project/lib/stream.libsonnet", "../project/lib/Stream.libsonnet"),
    ],
)
def test_an_import_in_another_case_is_answered_with_the_file(engine, tmp_path, name, meant):
    folder = tmp_path / "project"
    (folder / "lib").mkdir(parents=True)
    (folder / "lib" / "Stream.libsonnet").write_text("{}")
    with pytest.raises(EvaluationError) as caught:
        evaluate_snippet(f"import '{name}'", filename=str(folder / "a.jsonnet"), engine=engine)
    assert f"(did you mean {meant!r}? looked in" in caught.value.message


def test_a_file_in_another_case_is_answered_with_the_file(tmp_path):
    (tmp_path / "Imports.jsonnet").write_text("{}")
    with pytest.raises(EvaluationError, match=r"did you mean .*/Imports\.jsonnet\?"):
        evaluate_file(tmp_path / "imports.jsonnet")
    with pytest.raises(EvaluationError, match=r"no such file$"):
        evaluate_file(tmp_path / "else.jsonnet")


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        (
            "isi.new('a')\nisi.spec.withImport(true)",
            "is a sign such as + or a comma missing in fro",
        ),
        ("local a = 1\nisi.new('a')", "is the `;` missing that ends a `local`?"),
        ("{ spec: { import: true } }", "write 'import' for the field"),
        ("isi.spec.import", "['import'] to ask for it"),
        ("isi.new('a') + isi.spec.withImport", "is its () missing?"),
        ("isi.new + isi.spec.withImport(true)", "is its () missing?"),
        ("[isi.spec.withImport]", "is its () missing?"),
        ("{ app-name: 1 }", "a name with - in it is put in quotes"),
        ("{ app = 1 }", "a field is written `name: value`"),
        ("std.native('parseYml')('a')", "there is no native 'parseYml': did you mean 'parseYaml'?"),
    ],
)
def test_a_slip_of_the_pen_is_answered_with_what_is_missing(engine, code, hint):
    assert hint in failure(IMPORT + code, engine).message


@pytest.mark.parametrize("function", ["isi.spec.withImages", "isi . new\n", "isi.spec.withImport"])
def test_a_library_function_that_is_all_of_a_template_was_not_called(engine, function):
    name = function.strip().rpartition(".")[2].strip()
    hint = f"({name} was not called: is its () missing?)"
    assert failure(IMPORT + function, engine).message.endswith(hint)


def test_a_byte_order_mark_is_called_by_its_name(engine, tmp_path):
    (tmp_path / "marked.libsonnet").write_text("\ufeff{}", encoding="utf-8")
    hint = "(a byte order mark stands here: save the file without it)"
    assert failure("\ufeff{}", engine).message.endswith(hint)
    error = failure("import 'marked.libsonnet'", engine, filename=str(tmp_path / "app.jsonnet"))
    assert error.message.endswith(hint)
    # The C++ VM says the same of this one: its first byte is that of a mark.
    assert "(" not in failure("\uff01", engine).message


@pytest.mark.parametrize("code", ["local a = 1; a(2)", "{} + []", "error 'function'", "[1][2]"])
def test_what_calls_for_no_hint_gets_none(engine, code):
    assert "(" not in failure(code, engine).message.partition("not within")[0]


def test_tankas_natives_are_there_outside_environments(engine):
    code = "std.native('parseYaml')('a: 1') + [std.native('sha256')('x')]"
    assert evaluate_snippet(code, engine=engine)[0] == {"a": 1}


@pytest.mark.parametrize("lines", [None, b"\n", b"\r\n"], ids=["bundled", "copied", "on Windows"])
def test_the_frames_of_our_libraries_are_left_out(engine, tmp_path, lines):
    if lines:
        library = library_path() / "imageStreamImport.libsonnet"
        (tmp_path / library.name).write_bytes(library.read_bytes().replace(b"\n", lines))
    code = IMPORT + "isi.new('a')\n+ isi.metadata.withLabels({ a: error 'mine' })"
    error = failure(code, engine, filename=str(tmp_path / "app.jsonnet"))
    assert error.message == "mine"
    assert {Path(frame.file).name for frame in error.frames} == {"app.jsonnet"}


def test_an_error_without_a_place_gets_that_of_the_file():
    template = Template("app.jsonnet", "{}", Settings.of())
    assert hinted(template, EvaluationError("x")).frames == (Frame("app.jsonnet"),)
    placed = EvaluationError("x", [Frame("b", 1, 2)])
    assert hinted(template, placed).frames == (Frame("b", 1, 2),)


@pytest.mark.parametrize(
    ("before", "call"),
    [
        ("{ spec: null }", "isi.spec.withImport(true)"),
        ("{ metadata+: { labels: null } }", "isi.metadata.withLabelsMixin({ a: 'x' })"),
        ("{ spec: { images: {} } }", "isi.spec.withImagesMixin([])"),
    ],
)
def test_a_sum_in_a_library_that_fails_has_the_place_of_the_function_that_adds(
    engine, before, call
):
    error = failure(f"{IMPORT}isi.new('a') + {before}\n+ {call}", engine)
    name = call.rpartition(".")[2].partition("(")[0]
    assert error.message.endswith(f"({name} adds to what is there, and that is of another type)")
    column = 3 + call.index(name)
    assert error.frames == (Frame("app.jsonnet", 3, column),)


def test_a_function_of_a_library_that_is_named_twice_is_no_place(engine):
    call = "isi.spec.withImport(true)"
    error = failure(f"{IMPORT}isi.new('a') + {{ spec: null }}\n+ {call} + {call}", engine)
    assert "(withImport adds to" in error.message
    assert error.frames == (Frame("app.jsonnet"),)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("isi.new('a') + isi.metadata.withLabels({ a: isi.new })", "metadata.labels.a"),
        ("isi.new('a') + isi.spec.withImages([{ to: isi.new }])", "spec.images[0].to"),
        ("{ a: { 'b c': [1, { c: isi.new }] } }", 'a["b c"][1].c'),
    ],
)
def test_a_function_in_the_result_has_the_way_to_it_where_it_has_no_place(code, told):
    """The C++ VM tells the places of the fields, the other one their names."""
    message = failure(IMPORT + code, "gojsonnet").message
    assert f" at {told} (a function was not called: is its () missing?)" in message
    error = failure(IMPORT + code, "jsonnet")
    assert error.frames[0].line == 2


def test_a_function_that_is_the_value_of_another_has_the_place_of_that(engine):
    error = failure(f"{IMPORT}isi.new('a')\n+ isi.metadata.withLabels(isi.new)", engine)
    assert error.message.endswith("is its () missing?)")
    assert [frame.file for frame in error.frames] == ["app.jsonnet"]


@pytest.mark.parametrize(
    ("code", "call"),
    [
        ("isi.new('a').withImport(true)", "isi.spec.withImport"),
        ("isi.metadata.withLabels({}).withName('a')", "isi.metadata.withName"),
        ("[isi.new('a')\n.withImages([])]", "isi.spec.withImages"),
    ],
)
def test_a_function_called_as_a_method_is_answered_with_the_sum(engine, code, call):
    error = failure(IMPORT + code, engine)
    assert error.message.endswith(f"(functions are joined by `+`: `... + {call}(...)`)")


@pytest.mark.parametrize("owner", ["o", "f()"])
def test_an_object_of_a_template_has_no_methods_of_a_library(engine, owner):
    code = f"local o = {{ a: 1 }}, f() = o; {owner}.withImport"
    assert failure(code, engine).message.endswith("withImport")


@pytest.mark.parametrize("wrong", ["withName', nome)", "withName', name)\n<<<<<<< mine\n"])
def test_an_error_of_a_changed_library_itself_keeps_its_place(engine, tmp_path, wrong):
    """Not the import of the library, as the frames of libraries are left out else."""
    text = (library_path() / "imageStreamImport.libsonnet").read_text(encoding="utf-8")
    file = tmp_path / "imageStreamImport.libsonnet"
    file.write_text(text.replace("withName', name)", wrong), encoding="utf-8")
    error = failure(IMPORT + "isi.new('a')", engine, jpath=[tmp_path])
    line = text[: text.index("withName', name)")].count("\n") + 1
    assert error.frames[0].file == str(file)
    assert error.frames[0].line in (line, line + 1)


@pytest.mark.parametrize("word", ["local", "assert", "for", "import", "error"])
@pytest.mark.parametrize("sign", [":", "::", "+:"])
@pytest.mark.parametrize("before", ["", "a: 1, "])
def test_a_word_of_jsonnet_for_a_field_is_told_to_be_one(engine, word, sign, before):
    """`spec.lookupPolicy.local` of image streams is one."""
    error = failure(f"{{ spec: {{ {before}{word}{sign} true }} }}", engine)
    hint = f"({word} is a word of Jsonnet: write '{word}' for the field, ['{word}'] to ask for it)"
    assert error.message.endswith(hint)


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("{ name: ruby:2.7 }", "a text stands in quotes"),
        ("{ name: quay.io/org/ruby:2.7 }", "a text stands in quotes"),
        ("{ tag: 2.7.1 }", "a text stands in quotes"),
        ("{ kind: DockerImage, name: 'a' }", "if it is a text, it stands in quotes"),
        ("{ kind:\n  DockerImage\n}", "if it is a text, it stands in quotes"),
        ("{ image.openshift.io/x: 1 }", "a name with . in it is put in quotes"),
    ],
)
def test_a_text_without_quotes_is_told_to_need_them(engine, code, hint):
    assert failure(code, engine).message.endswith(f"({hint})")


@pytest.mark.parametrize("code", ["{ a: 1\n  b: 2 }", "{ a: size + 1 }", "size", "{ a: 010 }"])
def test_what_may_be_no_text_needs_no_quotes(engine, code):
    assert "quotes" not in failure(code, engine).message
