"""What there is to judge below a path."""

from __future__ import annotations

from pathlib import Path

from pyimagestream.tanka.files import files


def names(*paths: str) -> list[str]:
    return [file.name for file in files(paths)]


def test_below_a_directory_everything_that_may_have_manifests(project) -> None:
    project(
        **dict.fromkeys(
            ["b.yaml", "a.yml", "c.json", "d.jsonnet", "e.libsonnet", "f.txt", "sub/G.YAML"], ""
        )
    )
    assert names(".") == [
        "a.yml",
        "b.yaml",
        "c.json",
        "d.jsonnet",
        "jsonnetfile.json",
        "sub/G.YAML",
    ]


def test_directories_with_a_dot_and_vendor_are_left_out(project) -> None:
    project(**{f"{place}/a.yaml": "" for place in (".git", "x/.venv", "vendor/y", "x/vendor", "z")})
    assert names(".") == ["jsonnetfile.json", "z/a.yaml"]
    assert names("vendor", ".git") == ["vendor/y/a.yaml", ".git/a.yaml"]


def test_what_is_beside_or_below_an_entry_point_belongs_to_it(project) -> None:
    project(
        **dict.fromkeys(
            ["e/main.jsonnet", "e/other.jsonnet", "e/sub/more.jsonnet", "e/m.yaml", "x.jsonnet"], ""
        )
    )
    assert names(".") == ["jsonnetfile.json", "x.jsonnet", "e/m.yaml", "e/main.jsonnet"]
    loose = [file.name for file in files(["."]) if file.is_loose]
    assert loose == ["x.jsonnet"]


def test_an_environment_at_the_root_does_not_own_the_whole_project(project) -> None:
    project(**dict.fromkeys(["main.jsonnet", "beside.jsonnet", "sub/x.jsonnet"], ""))
    assert names(".") == ["jsonnetfile.json", "main.jsonnet", "sub/x.jsonnet"]


def test_without_a_project_an_entry_point_is_a_template_like_any(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("imports.jsonnet", "sub/main.jsonnet", "sub/other.jsonnet"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text("")
    assert names(".") == ["imports.jsonnet", "sub/main.jsonnet", "sub/other.jsonnet"]


def test_a_file_is_taken_once_however_it_is_named(project) -> None:
    root = project(**{"a.yaml": "", "sub/b.yaml": ""})
    assert names("a.yaml", "./a.yaml", str(root / "a.yaml"), ".", "sub") == [
        "a.yaml",
        "jsonnetfile.json",
        "sub/b.yaml",
    ]


def test_a_named_file_is_taken_whatever_it_is(project) -> None:
    project(**{"a.txt": ""})
    assert names("a.txt", "nope", "-", "-") == ["a.txt", "nope", "-"]


def test_a_directory_that_cannot_be_read_is_an_error_among_the_files(project, closed) -> None:
    project(**dict.fromkeys(["a.yaml", f"x/{closed}/a.yaml", "x/sub/b.yaml", f"z/{closed}/c"], ""))
    assert names(".") == ["a.yaml", "jsonnetfile.json", "x/closed", "x/sub/b.yaml", "z/closed"]
    told = [str(file.error) for file in files([".", f"x/{closed}"]) if file.error]
    assert told == [f"{place}/closed: cannot be read: Permission denied" for place in "xz"]


def test_the_templates_of_a_helm_chart_are_told_from_manifests(project) -> None:
    project(**dict.fromkeys(["c/Chart.yaml", "c/values.yaml", "c/templates/a.yaml"], ""))
    project(**{"templates/a.yaml": ""})
    assert [file.name for file in files(["."]) if file.is_of_chart] == ["c/templates"]
    assert "c/templates/a.yaml" not in names(".")
    assert {"c/values.yaml", "templates/a.yaml"} <= {*names(".")}
    assert names("c/templates/a.yaml") == ["c/templates/a.yaml"]
