"""What a project says once for all commands."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.apis import library

from pyimagestream.errors import PyimagestreamError
from pyimagestream.tanka.configuration import Configuration, configuration_of

YAML = "ignore: [W004, W005]\nserver: '4.3'\nengine: jsonnet\n"
TOML = '[project]\nname = "x"\n\n[tool.pyimagestream]\nignore = ["W004", "W005"]\nserver = "4.3"\n'
TOML += 'engine = "jsonnet"\n\n[tool.other]\nengine = 7\n'
SAID = Configuration(ignore=("W004", "W005"), server="4.3", engine="jsonnet")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "environments" / "dev").mkdir(parents=True)
    (tmp_path / "jsonnetfile.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(text: str, name: str = "pyimagestream.yaml") -> None:
    Path(name).write_text(text)


def failure(text: str, name: str = "pyimagestream.yaml") -> str:
    write(text, name)
    with pytest.raises(PyimagestreamError) as caught:
        configuration_of(".")
    return str(caught.value)


@pytest.mark.parametrize(("name", "text"), [("pyimagestream.yaml", YAML), ("pyproject.toml", TOML)])
def test_settings_are_those_of_the_nearest_directory_upwards(name: str, text: str) -> None:
    write(text, name)
    assert configuration_of("environments/dev") == SAID
    assert configuration_of("environments/dev/main.jsonnet") == SAID
    write("server: latest\n", "environments/pyimagestream.yaml")
    assert configuration_of("environments/dev").engine is None
    assert configuration_of(".") == SAID


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "{}\n", "ignore: []\n"])
def test_a_project_may_leave_out_what_it_does_not_want_to_say(text: str) -> None:
    write(text)
    found = configuration_of(".")
    assert (found.server, found.engine) == (None, None)
    assert not found.ignore


@pytest.mark.parametrize(
    "text", ["", "[project]\nname = 'pyimagestream-user'\n", "this is no TOML", "[tool]\nx = 1\n"]
)
def test_a_pyproject_without_the_table_is_none_of_our_business(text: str) -> None:
    write(text, "pyproject.toml")
    assert configuration_of("environments/dev") == Configuration()


def test_two_files_with_settings_are_one_too_many() -> None:
    write(YAML)
    assert failure(TOML, "pyproject.toml") == (
        "pyimagestream.yaml and pyproject.toml both have settings: keep one of them"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("engine: jsonnet\nserveur: '4.3'\n", "2:10: serveur: there is no such setting"),
        ("ignor: [W004]\n", "1:8: ignor: there is no such setting (did you mean ignore?)"),
        ("server: 4.3\n", "1:9: server: must be a string, not 4.3"),
        ("server: '4.2'\n", "1:9: server: '4.2' is none"),
        ("engine: gojsonet\n", "engine: 'gojsonet' is none (did you mean gojsonnet?)"),
        ("ignore: W004\n", "1:9: ignore: must be a list of codes, not 'W004'"),
        ("ignore: [W004, W999]\n", "1:9: ignore: 'W999' is none"),
        ("ignore: [4]\n", "1:9: ignore: must be a string, not 4"),
        ("library: lib\n", "1:10: library: must be a list of directories, not 'lib'"),
        ("library: [lib]\n", "1:10: library: lib: has no pyimagestream.json"),
        ("engine: null\n", "1:9: engine: must be a string, not null"),
        ("- W004\n", "must have keys: engine, ignore, library, server"),
        ("a: [\n", "pyimagestream.yaml:2:1: "),
        ("a: 1\n---\nb: 2\n", "must be one document, not 2"),
    ],
)
def test_what_is_wrong_in_yaml_is_one_error_with_its_place(text: str, message: str) -> None:
    found = failure(text)
    assert found.startswith("pyimagestream.yaml:")
    assert message in found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.pyimagestream]\n\nserver = 4.3\n", ":3:10: server: must be a string, not 4.3"),
        ("[tool.pyimagestream]\nserverr = '4.3'\n", ":2:11: serverr: there is no such setting"),
        ("[tool.pyimagestream]\nignore = 'W004'\n", ":2:10: ignore: must be a list of codes"),
        ("[tool]\npyimagestream = 3\n", "pyproject.toml: must have keys"),
        ("[tool]\npyimagestream = { engine = 7 }\n", "pyproject.toml: engine: must be a string"),
        ("[tool.pyimagestream]\nignore = [\n", "pyproject.toml:"),
        ("[tool.pyimagestream]\nengine = jsonnet\n", "pyproject.toml:2:10: Invalid value"),
    ],
)
def test_what_is_wrong_in_toml_is_one_error_with_its_place(text: str, message: str) -> None:
    found = failure(text, "pyproject.toml")
    assert found.startswith("pyproject.toml")
    assert message in found


def test_libraries_stand_relative_to_the_file(here: Path) -> None:
    library(here / "lib" / "api")
    write("library: [lib/api]\n")
    [found] = configuration_of("environments/dev").library
    assert Path(found).resolve() == here / "lib" / "api"


def test_what_is_no_text_is_an_error(here: Path) -> None:
    (here / "pyimagestream.yaml").write_bytes(b"\xff")
    with pytest.raises(PyimagestreamError, match="not UTF-8"):
        configuration_of(".")


@pytest.mark.parametrize("value", ["[" * 50_000, "9" * 10_000])
def test_toml_that_python_does_not_take_is_one_error(value: str) -> None:
    assert failure(f"pyimagestream = {value}\n", "pyproject.toml").startswith("pyproject.toml: ")
