"""Root, base and jpath are where Tanka has them."""

from pathlib import Path

import pytest

from pyimagestream.errors import PyimagestreamError
from pyimagestream.tanka.project import find_project


def test_the_root_is_the_nearest_parent_with_a_jsonnetfile(project):
    root = project(**{"a/b/main.jsonnet": "{}", "a/b/deeper/x": ""})
    found = find_project("a/b/deeper")
    assert Path(found.root) == root
    assert Path(found.base) == root / "a/b"
    assert Path(found.entrypoint) == root / "a/b/main.jsonnet"
    assert (found.name, found.entrypoint_name) == ("a/b", "a/b/main.jsonnet")


def test_a_tkrc_further_up_beats_a_nearer_jsonnetfile(project):
    root = project(**{"tkrc.yaml": "", "a/jsonnetfile.json": "{}", "a/b/main.jsonnet": "{}"})
    assert Path(find_project("a/b").root) == root


def test_a_file_that_is_named_is_the_entry_point(project):
    root = project(**{"a/other.jsonnet": "{}"})
    assert Path(find_project("a/other.jsonnet").entrypoint) == root / "a/other.jsonnet"


def test_the_jpath_is_in_tankas_order(project):
    root = project(**{"a/main.jsonnet": "{}"})
    expected = [root / "vendor", root / "a/vendor", root / "lib", root / "a"]
    assert [Path(directory) for directory in find_project("a").jpath] == expected


@pytest.mark.parametrize(
    ("first", "second"),
    [("vendor", "a/vendor"), ("a/vendor", "lib"), ("lib", "a"), ("a", "a/imports")],
)
def test_of_two_files_with_one_name_the_later_place_wins(project, engine, first, second):
    from pyimagestream.evaluation.settings import Settings
    from pyimagestream.tanka.load import evaluate_environment

    project(
        **{
            "a/spec.json": "{}",
            "a/main.jsonnet": "import 'imports/i.libsonnet'",
            "a/imports/i.libsonnet": "import 'x.libsonnet'",
            f"{first}/x.libsonnet": "'first'",
            f"{second}/x.libsonnet": "'second'",
        }
    )
    assert evaluate_environment("a", Settings.of(engine=engine)) == "second"


def test_the_bundled_library_is_there_and_gives_way_to_a_vendored_one(project):
    from pyimagestream.tanka.load import evaluate_environment

    code = "(import 'imageStreamImport.libsonnet').new('x').metadata.name"
    project(**{"a/spec.json": "{}", "a/main.jsonnet": code})
    assert evaluate_environment("a") == "x"
    project(
        **{"vendor/imageStreamImport.libsonnet": "{ new(name):: { metadata: { name: 'mine' } } }"}
    )
    assert evaluate_environment("a") == "mine"


def test_no_root_says_which_files_mark_one(tmp_path):
    with pytest.raises(PyimagestreamError, match=r"tkrc\.yaml or jsonnetfile\.json"):
        find_project(tmp_path)


def test_no_entry_point_up_to_the_root_is_an_error(project, tmp_path):
    (tmp_path / "main.jsonnet").write_text("{}")
    project(**{"a/x": "", "b/c/main.jsonnet": ""})
    with pytest.raises(PyimagestreamError, match=r"no main\.jsonnet here .* up to /[^ ]*$"):
        find_project("a")
    with pytest.raises(PyimagestreamError, match=r"one below: .* export all by --recursive\)$"):
        find_project("b")


def test_a_path_that_is_not_there_is_an_error(project):
    with pytest.raises(PyimagestreamError, match="nowhere: there is no such file"):
        find_project("nowhere")
