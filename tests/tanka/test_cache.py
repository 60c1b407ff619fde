"""What did not change is not evaluated again; whatever might have changed, is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pyimagestream.errors import PyimagestreamError
from pyimagestream.evaluation.settings import Settings
from pyimagestream.tanka import cache as cache_module
from pyimagestream.tanka.cache import Cache
from pyimagestream.tanka.discover import choose_environment, find_environments
from pyimagestream.tanka.jobs import Files, Manifests
from pyimagestream.tanka.runner import Runner

MAIN = """
local first = import 'first.libsonnet';
{ c: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: first.name },
       data: { text: importstr 'text.txt', bytes: std.toString(importbin 'bytes.bin'),
               var: std.extVar('var') } } }
"""

SETTINGS = Settings.of(ext_vars={"var": "x"})


@pytest.fixture
def environment(project):
    """An environment that imports by all three kinds of imports, one of them indirectly."""
    project(
        **{
            "e/spec.json": "{}",
            "e/main.jsonnet": MAIN,
            "lib/first.libsonnet": "import 'second.libsonnet'",
            "lib/second.libsonnet": "{ name: 'n' }",
            "vendor/text.txt": "text",
            "vendor/bytes.bin": "bytes",
            "lib/unused.libsonnet": "",
        }
    )


def manifests(settings=SETTINGS, targets=()):
    with Runner() as runner:
        return Manifests(choose_environment("e", settings, runner), settings, targets)


def is_cached(job=None):
    return Cache("cache").get(job or manifests()) is not None


@pytest.fixture
def cached(environment):
    with Runner(cache=Cache("cache")) as runner:
        runner.run([manifests()])
    assert is_cached()


def test_the_outcome_is_kept(cached):
    done = Cache("cache").get(manifests())
    assert done.value == manifests().run(SETTINGS).value


@pytest.mark.parametrize(
    "path",
    [
        "e/main.jsonnet",
        "lib/first.libsonnet",
        "lib/second.libsonnet",
        "vendor/text.txt",
        "vendor/bytes.bin",
    ],
)
def test_every_file_that_was_imported_counts(cached, path):
    job = manifests()
    before = Path(path).read_text()
    Path(path).write_text(before + " ")
    assert not is_cached(job)
    Path(path).write_text(before)
    assert is_cached(job)
    Path(path).unlink()
    assert not is_cached(job)


def test_files_that_were_not_imported_do_not_count(cached):
    Path("lib/unused.libsonnet").write_text("{}")
    Path("e/new.libsonnet").write_text("{}")
    Path("lib/first.libsonnet").touch()
    assert is_cached()


@pytest.mark.parametrize("path", ["e/first.libsonnet", "lib/text.txt", "e/vendor/bytes.bin"])
def test_files_that_were_looked_for_and_absent_count(cached, path):
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text("{ name: 'nearer' }")
    assert not is_cached()


@pytest.mark.parametrize(
    "settings",
    [
        Settings.of(ext_vars={"var": "y"}),
        Settings.of(ext_codes={"var": "'x'"}),
        Settings.of(ext_vars={"var": "x", "more": ""}),
        Settings.of(ext_vars={"var": "x"}, tla_vars={"a": "b"}),
        Settings.of(ext_vars={"var": "x"}, engine="jsonnet"),
        Settings.of(ext_vars={"var": "x"}, jpath=["more"]),
        Settings.of(ext_vars={"var": "x"}, check=False),
        Settings.of(ext_vars={"var": "x"}, max_stack=900),
    ],
)
def test_every_setting_counts(cached, settings):
    assert not is_cached(manifests(settings))


def test_the_environment_and_the_targets_count(cached):
    assert not is_cached(manifests(targets=("configmap/.*",)))
    Path("e/spec.json").write_text('{"spec": {"namespace": "other"}}')
    assert not is_cached()


def test_the_versions_count(cached, monkeypatch):
    monkeypatch.setattr(cache_module, "__version__", "another")
    assert not is_cached()


def test_the_engines_versions_count(cached, monkeypatch):
    monkeypatch.setattr(Cache, "_engine", lambda _self, name: f"{name} another")
    assert not is_cached()


def test_file_names_and_texts_are_cached_by_format_and_extension(cached):
    job = manifests()
    files = Files(job.environment, SETTINGS, (), "{{.kind}}", "yaml")
    with Runner(cache=Cache("cache")) as runner:
        runner.run([files])
    assert is_cached(files)
    assert not is_cached(replace(files, format="{{.metadata.name}}"))
    assert not is_cached(replace(files, extension="yml"))


@pytest.mark.parametrize("damage", [b"", b"{}", b"\n", b"\xff" * 9])
def test_damaged_entries_count_as_missing(cached, damage):
    for entry in Path("cache").iterdir():
        content = entry.read_bytes()
        entry.write_bytes(damage or content[:-9])
    assert not is_cached()
    with Runner(cache=Cache("cache")) as runner:
        assert runner.run([manifests()])
    assert is_cached()


def test_failures_are_not_kept(environment):
    Path("lib/second.libsonnet").write_text("error 'x'")
    with Runner(cache=Cache("cache")) as runner, pytest.raises(PyimagestreamError):
        runner.run([manifests()])
    assert not is_cached()


def test_the_callers_own_natives_are_not_cached(environment):
    settings = replace(SETTINGS, natives={"mine": (("x",), lambda x: x)})
    with Runner(cache=Cache("cache")) as runner:
        runner.run([manifests(settings)])
    assert not is_cached(manifests(settings))


def test_only_some_entry_points_may_be_cached(environment):
    for pattern, expected in (("^nothing", False), (r"e/main\.jsonnet$", True)):
        with Runner(cache=Cache("cache", [pattern])) as runner:
            runner.run([manifests()])
        assert is_cached() is expected
    with pytest.raises(PyimagestreamError, match=r"\("):
        Cache("cache", ["("])


def test_a_cache_that_cannot_be_written_is_a_clear_error(environment):
    Path("cache").write_text("a file")
    with Runner(cache=Cache("cache")) as runner, pytest.raises(PyimagestreamError, match="cache"):
        runner.run([manifests()])


def test_nothing_but_entries_is_left_in_the_directory(cached):
    [entry] = Path("cache").iterdir()
    assert entry.suffix == ".json"


def test_the_list_of_inline_environments_is_cached_as_well(project):
    code = (
        "[{ apiVersion: 'tanka.dev/v1alpha1', kind: 'Environment', metadata: { name: n },"
        " data: error n } for n in import 'names.libsonnet']"
    )
    project(**{"x/main.jsonnet": code, "x/names.libsonnet": "['a', 'b']"})

    def listed():
        with Runner(cache=Cache("cache")) as runner:
            found = find_environments(["x"], Settings.of(), runner)
        return [environment.name for environment in found]

    assert listed() == listed() == ["a", "b"]
    project(**{"x/names.libsonnet": "['c']"})
    assert listed() == ["c"]
