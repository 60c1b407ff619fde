"""The package is the same from a wheel, from an sdist and in a checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCES = ("pyimagestream", "libsonnet", "docs", "examples", "tests", "benchmarks")
FILES = ("setup.py", "pyproject.toml", "MANIFEST.in", "README.md", "LICENSE", "CHANGELOG.md")

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
    subprocess.run(command, cwd=sources, check=True, capture_output=True)
    return next(output.iterdir())


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


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_what_is_installed_has_the_libraries_inside_the_package(
    kind: str, sources: Path, tmp_path: Path
) -> None:
    archive = build(kind, sources, tmp_path / "dist")
    target = installed(archive, tmp_path / "target")
    metadata, library, files = run(target, tmp_path)
    assert metadata == {"name": "ruby"}
    assert library == str(target / "pyimagestream" / "libsonnet")
    assert files == ["imageImportSpec.libsonnet", "imageStreamImport.libsonnet"]
    assert (target / "pyimagestream" / "py.typed").exists()


def test_a_checkout_uses_the_libraries_at_its_top(tmp_path: Path) -> None:
    metadata, library, _ = run(ROOT, tmp_path)
    assert metadata == {"name": "ruby"}
    assert library == str(ROOT / "libsonnet")


def test_an_sdist_has_everything_the_tests_need(sources: Path, tmp_path: Path) -> None:
    with tarfile.open(build("sdist", sources, tmp_path / "dist")) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"tests/conftest.py", "libsonnet/imageStreamImport.libsonnet", "docs/checks.md"} <= names


def test_importing_the_package_loads_no_extra() -> None:
    code = "import sys, pyimagestream.cli.main; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.split()
    heavy = {"lightkube", "httpx", "distributed", "yaml", "re2", "_gojsonnet", "rjsonnet"}
    assert not heavy & set(loaded)
