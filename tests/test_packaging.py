"""The package is the same from a wheel, from an sdist and in a checkout."""

from __future__ import annotations

import ast
import email
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import pyimagestream

ROOT = Path(__file__).parent.parent
SOURCES = ("pyimagestream", "libsonnet", "docs", "examples", "tests", "benchmarks", ".ci")
FILES = (
    *("setup.py", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE", "CHANGELOG.md"),
    *("CONTRIBUTING.md", "SECURITY.md", "Makefile", "Containerfile", ".dockerignore", "mkdocs.yml"),
    *(".pre-commit-config.yaml", ".pre-commit-hooks.yaml"),
)

PROJECTS = {"cel_expr_python": "cel-expr-python", "re2": "google-re2", "yaml": "PyYAML"}
"""What has to be installed for a module whose name is another."""

SCRIPT = """
import json, pyimagestream
code = "(import 'imageStreamImport.libsonnet').new('ruby')"
metadata = pyimagestream.evaluate_snippet(code)["metadata"]
library = pyimagestream.library_path()
print(json.dumps([metadata, str(library), sorted(path.name for path in library.iterdir())]))
"""


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, since building leaves files behind."""
    copy = tmp_path_factory.mktemp("sources") / "pyimagestream"
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for name in SOURCES:
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    for name in FILES:
        shutil.copy(ROOT / name, copy / name)
    return copy


def build(kind: str, sources: Path, output: Path) -> Path:
    code = f"from setuptools import build_meta; build_meta.build_{kind}({str(output)!r})"
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1735689600"}
    subprocess.run(command, cwd=sources, env=environment, check=True, capture_output=True)
    return next(output.iterdir())


@pytest.fixture(scope="module")
def wheel(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", sources, tmp_path_factory.mktemp("wheel"))


def installed(archive: Path, target: Path) -> Path:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--disable-pip-version-check"]
    subprocess.run([*command, "--target", str(target), str(archive)], check=True)
    return target


def run(path: Path, cwd: Path) -> Iterator[object]:
    environment = {**os.environ, "PYTHONPATH": str(path)}
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=cwd,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    yield from json.loads(result.stdout)


@pytest.mark.parametrize("kind", ["wheel", pytest.param("sdist", marks=pytest.mark.slow)])
def test_what_is_installed_has_the_libraries_inside_the_package(
    kind: str, sources: Path, wheel: Path, tmp_path: Path
) -> None:
    archive = wheel if kind == "wheel" else build(kind, sources, tmp_path / "dist")
    target = installed(archive, tmp_path / "target")
    metadata, library, files = run(target, tmp_path)
    assert metadata == {"name": "ruby"}
    assert library == str(target / "pyimagestream" / "libsonnet")
    assert files == [
        "image",
        "imageImportSpec.libsonnet",
        "imageStreamImport.libsonnet",
        "main.libsonnet",
    ]
    group = target / "pyimagestream" / "libsonnet" / "image" / "v1"
    assert len(list(group.glob("*.libsonnet"))) == 31
    assert (target / "pyimagestream" / "py.typed").exists()


def test_a_checkout_uses_the_libraries_at_its_top(tmp_path: Path) -> None:
    metadata, library, _ = run(ROOT, tmp_path)
    assert metadata == {"name": "ruby"}
    assert library == str(ROOT / "libsonnet")


def test_what_a_container_copies_gives_the_same_wheel_byte_for_byte(
    wheel: Path, tmp_path: Path
) -> None:
    """So a wheel depends on the source alone, and the container forgets none of it."""
    text = (ROOT / "Containerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE)
    for name in " ".join(copied).split():
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name)
        else:
            shutil.copy(ROOT / name, tmp_path / name)
        assert f"!{name}" in (ROOT / ".dockerignore").read_text().splitlines()
    again = build("wheel", tmp_path, tmp_path / "dist")
    assert again.read_bytes() == wheel.read_bytes()


def test_the_changelog_has_a_section_for_what_is_to_come_and_one_for_each_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert sections[0] == "[Unreleased]"
    dated = re.compile(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d")
    assert [section for section in sections[1:] if not dated.fullmatch(section)] == []
    kinds = set(re.findall(r"^### (.*)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security", "Migration"}


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return email.message_from_bytes(archive.read(name))


def test_the_metadata_are_those_of_this_version(metadata: Message) -> None:
    assert metadata["Version"] == pyimagestream.__version__
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata.get_all("License-File") == ["LICENSE"]
    assert metadata.get_all("Provides-Extra") == ["go", "cel", "cluster", "distributed"]


def required(metadata: Message, **environment: str) -> set[str]:
    """What is installed along with the package, by the names of the projects."""
    requirements = map(Requirement, metadata.get_all("Requires-Dist") or [])
    return {
        requirement.name
        for requirement in requirements
        if not requirement.marker or requirement.marker.evaluate({"extra": "", **environment})
    }


@pytest.mark.parametrize(
    ("system", "machine", "engine"),
    [
        ("linux", "x86_64", "jsonnet"),
        ("linux", "aarch64", "gojsonnet"),
        ("darwin", "arm64", "jsonnet"),
    ],
)
def test_each_platform_gets_the_engine_that_needs_no_compiler_there(
    metadata: Message, system: str, machine: str, engine: str
) -> None:
    found = required(metadata, sys_platform=system, platform_machine=machine)
    assert found - {"tomli"} == {engine, "PyYAML", "shtab"}


@pytest.mark.parametrize("version", ["3.10", "3.11"])
def test_toml_is_read_by_the_standard_library_where_that_can(
    metadata: Message, version: str
) -> None:
    assert ("tomli" in required(metadata, python_version=version)) == (version == "3.10")


def test_all_that_the_package_imports_is_required_by_it_or_by_an_extra(metadata: Message) -> None:
    extras = metadata.get_all("Provides-Extra") or []
    newest = "3.13"  # one of the extras has nothing for Python 3.10
    declared = set().union(
        *(required(metadata, extra=extra, python_version=newest) for extra in extras)
    )
    imported = set()
    for path in (ROOT / "pyimagestream").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(str(node.module))
    names = {name.partition(".")[0] for name in imported} - sys.stdlib_module_names
    projects = {PROJECTS.get(name, name) for name in names - {"pyimagestream"}}
    assert {"httpx2", "lightkube", "PyYAML"} <= projects
    assert projects - declared == set()


def test_an_sdist_has_all_that_a_checkout_has(sources: Path, tmp_path: Path) -> None:
    """Those that are for GitHub and git alone are in no list here."""
    found = {path.relative_to(sources).as_posix() for path in sources.rglob("*") if path.is_file()}
    with tarfile.open(build("sdist", sources, tmp_path / "dist")) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"tests/conftest.py", ".ci/run", *FILES} <= found
    assert {name for name in found if not name.startswith("build/")} <= names


def test_importing_the_package_loads_no_extra() -> None:
    code = "import sys, pyimagestream.cli.main; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.split()
    heavy = {"lightkube", "httpx2", "distributed", "yaml", "re2", "_gojsonnet", "rjsonnet"}
    heavy |= {"cel_expr_python"}  # of the extra `cel`
    assert not heavy & set(loaded)


def test_a_name_that_is_not_there_is_known_to_type_checkers_too() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'evaluate'"):
        pyimagestream.evaluate  # type: ignore[attr-defined]  # noqa: B018
