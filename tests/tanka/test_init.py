"""A new project works at once."""

from pathlib import Path

import pytest

from pyimagestream.cli.main import main
from pyimagestream.errors import PyimagestreamError
from pyimagestream.generator.path import library_path
from pyimagestream.tanka.init import init
from pyimagestream.tanka.load import load


@pytest.mark.parametrize("inline", [False, True])
def test_a_new_project_can_be_shown(tmp_path, inline):
    init(tmp_path / "new", inline=inline)
    environment, manifests = load(tmp_path / "new" / "environments" / "default")
    assert [manifest["kind"] for manifest in manifests] == ["ImageStreamImport"]
    assert environment.project.static is not inline


def test_the_library_is_where_tanka_finds_it(tmp_path):
    init(tmp_path)
    copied = {path.name: path.read_bytes() for path in (tmp_path / "lib").iterdir()}
    assert copied == {path.name: path.read_bytes() for path in library_path().glob("*.libsonnet")}


def test_a_directory_with_content_needs_force_and_keeps_its_files(tmp_path):
    (tmp_path / "jsonnetfile.json").write_text("mine")
    with pytest.raises(PyimagestreamError, match="not empty"):
        init(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["jsonnetfile.json"]
    init(tmp_path, force=True)
    assert (tmp_path / "jsonnetfile.json").read_text() == "mine"


def test_the_command_says_what_it_wrote(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    written = capfd.readouterr().out.splitlines()
    assert "environments/default/main.jsonnet" in written
    assert all(Path(path).exists() for path in written)
