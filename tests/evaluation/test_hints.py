"""Did you mean: the nearest name, and silence where none is near."""

import pytest

from pyimagestream import EvaluationError, Frame, evaluate_snippet
from pyimagestream.evaluation._hints import hinted

IMPORT = "local isi = import 'imageStreamImport.libsonnet';\n"


@pytest.mark.parametrize(
    ("call", "meant"),
    [
        ("isi.spec.withImgaes([])", "withImages"),
        ("isi.metadata.withLable({})", "withLabels"),
        ("isi.spec.repositry.withIncludeManifest(true)", "repository"),
        ("isi.metadta.withName('a')", "metadata"),
    ],
)
def test_a_misspelt_name_of_the_library_is_answered_with_the_one_that_was_meant(
    engine, call, meant
):
    with pytest.raises(EvaluationError) as caught:
        evaluate_snippet(IMPORT + call, filename="app.jsonnet", engine=engine)
    assert caught.value.message.endswith(f"(did you mean `{meant}`?)")
    assert caught.value.frames[0].file == "app.jsonnet"
    assert "similar name" not in str(caught.value)


def test_a_function_that_is_newer_than_the_documented_ones_is_said_to_be_elsewhere(engine):
    with pytest.raises(EvaluationError, match=r"image\.v1\.imageStreamImport` has it"):
        evaluate_snippet(f"{IMPORT}isi.spec.repository.importPolicy.withImportMode('Legacy')")


@pytest.mark.parametrize("code", ["{}.somethingElse", "{ withImages: 1 }.pictures", "{}.a"])
def test_a_name_like_none_of_ours_gets_no_hint(engine, code):
    with pytest.raises(EvaluationError) as caught:
        evaluate_snippet(code, engine=engine)
    assert "did you mean" not in str(caught.value)


def test_an_error_without_a_place_gets_that_of_the_file():
    assert hinted("app.jsonnet", EvaluationError("x")).frames == (Frame("app.jsonnet"),)
    placed = EvaluationError("x", [Frame("b", 1, 2)])
    assert hinted("app.jsonnet", placed).frames == (Frame("b", 1, 2),)
