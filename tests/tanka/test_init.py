"""A new project works at once."""

import json
import shutil
from functools import partial
from pathlib import Path

import pytest
from support import faults
from support.openapi import api_of, document, kind, obj

from pyimagestream.cli.main import main
from pyimagestream.errors import PyimagestreamError
from pyimagestream.generator.directory import files
from pyimagestream.generator.path import library_path
from pyimagestream.tanka import init as init_module
from pyimagestream.tanka.apifolder import Changes, needed
from pyimagestream.tanka.folder import STAGE
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

    def libraries(root):
        found = root.rglob("*.libsonnet")
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}

    assert libraries(tmp_path / "lib") == libraries(library_path())
    assert "image/v1/imageStream.libsonnet" in libraries(tmp_path / "lib")


def test_a_directory_with_content_needs_force_and_keeps_its_files(tmp_path):
    (tmp_path / "jsonnetfile.json").write_text("mine")
    with pytest.raises(PyimagestreamError, match="not empty"):
        init(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["jsonnetfile.json"]
    init(tmp_path, force=True)
    assert (tmp_path / "jsonnetfile.json").read_text() == "mine"


def content(root):
    return {
        str(path.relative_to(root)): path.is_file() and path.read_text() for path in root.rglob("*")
    }


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("fault", [faults.killed, faults.failing])
def test_whatever_stops_it_all_files_are_there_or_none(tmp_path, monkeypatch, fault, force):
    # One library, which no file operation reads.
    monkeypatch.setattr(init_module, "libraries", lambda: {"x.libsonnet": "{}"})
    before = {}
    if force:
        before = {"jsonnetfile.json": "mine", "lib": False}
    whole = tmp_path / "whole"
    init(whole)
    for at in faults.operations(lambda: init(tmp_path / "first")):
        root = tmp_path / f"{at}"
        if force:
            (root / "lib").mkdir(parents=True)
            (root / "jsonnetfile.json").write_text("mine")
        ended = faults.run(partial(init, root, force=force), fault(at))
        if ended != faults.KILLED:
            after = {**content(whole), **before} if ended == faults.DONE else before
            shutil.rmtree(root / STAGE, ignore_errors=True)  # what could not be removed
            assert content(root) == after
        init(root, force=True)
        assert content(root) == {**content(whole), **before, "lib": False}


def test_a_directory_that_is_a_file_is_one_clear_error(tmp_path):
    (tmp_path / "x").write_text("mine")
    for place in ("x", "x/deep"):
        with pytest.raises(PyimagestreamError, match=r"x.*: cannot be written to: Not a directory"):
            init(tmp_path / place)
    assert (tmp_path / "x").read_text() == "mine"


def test_the_command_says_what_it_wrote(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    written = capfd.readouterr().out.splitlines()
    assert "environments/default/main.jsonnet" in written
    assert all(Path(path).exists() for path in written)


@pytest.mark.parametrize("inline", [False, True])
def test_a_project_with_the_libraries_of_an_api_knows_them_at_once(tmp_path, inline):
    cart = document({"com.acme.shop.v1.Cart": kind("shop.acme.com", "v1", "Cart")})
    written = init(tmp_path, inline=inline, api=api_of(cart))
    folder = tmp_path / "environments" / "default"
    template = folder / ("imports.libsonnet" if inline else "main.jsonnet")
    assert template in written
    text = template.read_text()
    assert text.startswith("// For example api.shop.v1.cart: pages are in lib/api/docs/.\n")
    assert (tmp_path / "lib/api/docs/shop/v1/cart.md").exists()
    template.write_text("local api = import 'api/main.libsonnet';\napi.shop.v1.cart.new('a')\n")
    _, manifests = load(folder)
    assert [manifest["kind"] for manifest in manifests] == ["Cart"]
    assert needed(str(tmp_path / "lib/api"), files(api_of(cart), "compact")) == Changes({}, ())


def test_the_command_takes_documents_and_chooses_groups(tmp_path, capsys):
    source = tmp_path / "openapi.json"
    source.write_text(json.dumps(document({"a.shop.v1.Part": obj(x={}), "a.b.v1.C": obj()})))
    target = tmp_path / "new"
    assert main(["init", str(target), "--openapi", str(source), "--group", "shop"]) == 0
    assert (target / "lib/api/shop_v1.libsonnet").exists()
    assert not (target / "lib/api/b_v1.libsonnet").exists()
    with pytest.raises(SystemExit):
        main(["init", str(tmp_path / "other"), "--group", "shop"])
    assert "need --openapi" in capsys.readouterr().err
    source.write_text("{}")
    assert main(["init", str(tmp_path / "other"), "--openapi", str(source)]) == 1
    assert not (tmp_path / "other").exists()
