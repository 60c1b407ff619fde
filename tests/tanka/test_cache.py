"""What did not change is not evaluated again; whatever might have changed, is."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import suppress
from functools import partial
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from support import faults
from support.apis import library

from pyimagestream.cli.main import main
from pyimagestream.errors import PatternError, PyimagestreamError
from pyimagestream.evaluation.ladder import Outcome
from pyimagestream.evaluation.settings import Settings
from pyimagestream.model.naming import API_FILE
from pyimagestream.tanka import cache as cache_module
from pyimagestream.tanka.cache import Cache
from pyimagestream.tanka.discover import choose_environment, find_environments
from pyimagestream.tanka.jobs import Files, Job, Listing, Manifests, Wanted
from pyimagestream.tanka.report import Rules
from pyimagestream.tanka.runner import Runner
from pyimagestream.tanka.validate import Inspection

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
        return Manifests(choose_environment("e", settings, runner), settings, Wanted(targets))


def is_cached(job=None):
    return Cache("cache").get([job or manifests()]) != [None]


@pytest.fixture
def cached(environment):
    with Runner(cache=Cache("cache")) as runner:
        runner.run([manifests()])
    assert is_cached()


def test_the_outcome_is_kept(cached):
    [done] = Cache("cache").get([manifests()])
    assert done
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
    "settings", [SETTINGS._replace(libraries=("api",)), SETTINGS._replace(jpath=("api",))]
)
def test_what_the_checks_of_a_library_come_from_counts(environment, settings):
    file = library(Path("api")) / API_FILE
    with Runner(cache=Cache("cache")) as runner:
        runner.run([manifests(settings)])
    assert is_cached(manifests(settings))
    file.write_text(file.read_text() + " ")
    assert not is_cached(manifests(settings))


def test_a_library_that_was_not_there_counts(environment):
    settings = Settings.of(ext_vars={"var": "x"}, jpath=["api"])
    with Runner(cache=Cache("cache")) as runner:
        runner.run([manifests(settings)])
    assert is_cached(manifests(settings))
    library(Path("api"))
    assert not is_cached(manifests(settings))


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


@pytest.mark.parametrize("package", ["gojsonnet", "jsonnet", "cel-expr-python", "google-re2"])
def test_the_versions_of_engines_and_of_what_checks_need_count(
    cached, monkeypatch, tmp_path_factory, package
):
    with suppress(metadata.PackageNotFoundError):
        assert f"-{metadata.version(package)}." in "".join(Cache("cache")._installed)
    elsewhere = tmp_path_factory.mktemp("installed")
    monkeypatch.syspath_prepend(str(elsewhere))
    assert is_cached()
    (elsewhere / f"{package.replace('-', '_')}-99.0.dist-info").mkdir()
    assert not is_cached()


def test_file_names_and_texts_are_cached_by_format_and_extension(cached):
    job = manifests()
    files = Files(job.environment, SETTINGS, format="{{.kind}}", extension="yaml")
    with Runner(cache=Cache("cache")) as runner:
        runner.run([files])
    assert is_cached(files)
    assert not is_cached(Files(job.environment, SETTINGS, format="{{.metadata.name}}"))
    assert not is_cached(Files(job.environment, SETTINGS, format="{{.kind}}", extension="yml"))


@pytest.mark.parametrize("damage", [b"", b"{}", b"\n", b"\xff" * 9])
def test_damaged_entries_count_as_missing(cached, damage):
    for entry in Path("cache").iterdir():
        content = entry.read_bytes()
        entry.write_bytes(damage or content[:-9])
    assert not is_cached()
    with Runner(cache=Cache("cache")) as runner:
        assert runner.run([manifests()])
    assert is_cached()


def test_a_cache_sees_what_changed_since_it_was_asked_last(environment):
    with Runner(cache=Cache("cache")) as runner:
        for name in ("n", "n", "changed"):
            Path("lib/second.libsonnet").write_text(f"{{ name: '{name}' }}")
            [[manifest]] = runner.run([manifests()])
            assert manifest["metadata"]["name"] == name


def test_a_static_environment_is_another_than_an_inline_one_of_its_name(project):
    map_of = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}}
    spec = {"namespace": "ns", "resourceDefaults": {}, "expectVersions": {}}
    metadata = {"name": "e", "namespace": "e/main.jsonnet"}
    of = {"apiVersion": "tanka.dev/v1alpha1", "kind": "Environment", "metadata": metadata}
    project(**{"e/main.jsonnet": json.dumps({**of, "spec": spec, "data": map_of})})
    with Runner(cache=Cache("cache")) as runner:
        inline = manifests()
        assert [each["kind"] for [each] in runner.run([inline])] == ["ConfigMap"]
        project(**{"e/spec.json": json.dumps({"spec": {"namespace": "ns"}})})
        static = manifests()
        assert static.environment.value == inline.environment.value
        assert not is_cached(static)


def test_failures_are_not_kept(environment):
    Path("lib/second.libsonnet").write_text("error 'x'")
    with Runner(cache=Cache("cache")) as runner, pytest.raises(PyimagestreamError):
        runner.run([manifests()])
    assert not is_cached()


def test_only_some_entry_points_may_be_cached(environment):
    for pattern, expected in (("^nothing", False), (r"e/main\.jsonnet$", True)):
        with Runner(cache=Cache("cache", [pattern])) as runner:
            runner.run([manifests()])
        assert is_cached() is expected
    for wrong in ("(", "\udcff"):
        with pytest.raises(PatternError, match="is not a regular expression"):
            Cache("cache", [wrong])


def test_the_path_of_an_entry_point_need_not_be_utf8_to_be_matched():
    job: Any = SimpleNamespace(entrypoint="\udcff/main.jsonnet", settings=SETTINGS)
    assert Cache("cache", ["nothing"]).get([job]) == [None]


def write_entry(text):
    """Replaces the only entry by a text, with the digest that belongs to it."""
    [entry] = Path("cache").glob("*.json")
    entry.write_bytes(hashlib.sha256(text).hexdigest().encode() + b"\n" + text)


def read_entry():
    [entry] = Path("cache").glob("*.json")
    return json.loads(entry.read_bytes().partition(b"\n")[2])


ODD = [None, True, 5, 1.5, "text", "a\0", "\ud800", [], [5], [None], [[]], [{}], {}, {"a": 5}]


def test_entries_of_any_shape_count_as_missing(cached):
    whole = read_entry()
    [path] = [path for path in whole["found"] if path.endswith("main.jsonnet")]
    odd = [value for value in ODD if not isinstance(value, dict)]
    entries = [
        *map(json.dumps, ODD),
        *(json.dumps({**whole, "found": value}) for value in odd),
        *(json.dumps({**whole, "found": {**whole["found"], path: value}}) for value in ODD),
        *(
            json.dumps({**whole, "found": {**whole["found"], key: "x"}})
            for key in ("", "\0", "\ud800")
        ),
        *(json.dumps({**whole, "absent": value}) for value in ODD if value != []),
        *(json.dumps({**whole, "value": value}) for value in ODD if value != []),
        *(json.dumps({key: whole[key] for key in whole if key != name}) for name in whole),
        json.dumps({**whole, "more": 1}),
        json.dumps(whole).replace('"value": ', '"value": NaN, "value": ')[:-3],
        "[" * 100_000,
        '{"found": ' * 50_000,
        "1" * 5_000,
        "not JSON",
        "",
        "\ufeff{}",
    ]
    job = manifests()
    for text in entries:
        write_entry(text.encode())
        assert not is_cached(job), text[:200]
    write_entry(b"\xff")
    assert not is_cached(job)
    write_entry(json.dumps(whole).encode())
    assert is_cached(job)


@pytest.mark.parametrize(
    "odd",
    [*ODD[:-1], [["n", "w"]], [["n", "w", 5]], [["n", "w", "\ud800"]], [["n", "w", "t", "x"]]],
)
@pytest.mark.parametrize("kind", ["files", "listing", "report"])
def test_outcomes_of_another_shape_count_as_missing_for_every_job(cached, odd, kind):
    environment = manifests().environment
    jobs: dict[str, Job] = {
        "files": Files(environment, SETTINGS),
        "listing": Listing(environment.project, SETTINGS),
        "report": Inspection("e/main.jsonnet", SETTINGS, Rules(), environment.project),
    }
    job = jobs[kind]
    shutil.rmtree("cache")
    Cache("cache").put(job, Outcome([] if kind != "report" else REPORT, {}, frozenset()))
    assert is_cached(job)
    write_entry(json.dumps({**read_entry(), "value": odd}).encode())
    good: dict[str, list[object]] = {"files": [[]], "listing": [[], [{}]], "report": []}
    assert is_cached(job) is (odd in good[kind])


FRAME = {"file": "f", "line": 1, "column": 1}
PROBLEM = {
    **dict.fromkeys(("field", "message", "reason", "function", "output_path", "name"), "x"),
    "value": None,
    "frame": FRAME,
    "callers": [FRAME],
}
WARNING = {
    "warning": {"code": "W001", "field": "x", "value": None, "message": "x"},
    "frame": FRAME,
    "output_path": "",
    "name": "",
}
REPORT = {
    "names": ["a"],
    "problems": [PROBLEM],
    "warnings": [WARNING],
    "errors": [["message", [FRAME]]],
    "unknown": ["v1 Pod"],
    "unchecked": ["v1 Pod: 1 pattern"],
}


def test_a_report_of_another_shape_counts_as_missing(cached):
    job = Inspection("e/main.jsonnet", SETTINGS, Rules(), None)
    assert job.fits(REPORT)
    for name in REPORT:
        assert not job.fits({key: REPORT[key] for key in REPORT if key != name})
        assert not any(job.fits({**REPORT, name: value}) for value in (None, 1.5, "x", [5]))
    for odd in (None, 5, [5], [{"file": 1, "line": 1, "column": 1}]):
        assert not job.fits({**REPORT, "problems": [{**PROBLEM, "callers": odd}]})
    for name in PROBLEM.keys() - {"value", "callers"}:
        for value in (5, [], {"x": 1}):
            assert not job.fits({**REPORT, "problems": [{**PROBLEM, name: value}]}), (name, value)
    for name in FRAME:
        frame = {**FRAME, name: None}
        assert not job.fits({**REPORT, "problems": [{**PROBLEM, "frame": frame}]})
        assert not job.fits({**REPORT, "warnings": [{**WARNING, "frame": frame}]})
        assert not job.fits({**REPORT, "errors": [["message", [frame]]]})
    assert not job.fits({**REPORT, "warnings": [{**WARNING, "more": 1}]})
    assert not job.fits({**REPORT, "errors": [[5, []]]})


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)])
def test_an_entry_that_is_no_file_counts_as_missing(cached, make):
    [entry] = Path("cache").iterdir()
    entry.unlink()
    make(entry)
    assert not is_cached()
    with Runner(cache=Cache("cache")) as runner:
        assert runner.run([manifests()])


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)])
@pytest.mark.parametrize("key", ["found", "absent"])
def test_what_an_entry_names_may_be_no_file(cached, make, key, tmp_path):
    """A pipe is not waited for, a device not read to its end."""
    make(tmp_path / "x")
    whole = read_entry()
    named = {**whole["found"], f"{tmp_path}/x": "0" * 64} if key == "found" else [f"{tmp_path}/x"]
    write_entry(json.dumps({**whole, key: named}).encode())
    assert not is_cached()


def unwritable():
    Path("cache").write_text("a file")


def taken_by_a_directory():
    with Runner(cache=Cache("cache")) as runner:
        runner.run([manifests()])
    [entry] = Path("cache").iterdir()
    entry.unlink()
    entry.mkdir()


@pytest.mark.parametrize("prepare", [unwritable, taken_by_a_directory])
def test_a_cache_that_cannot_be_written_costs_nothing_but_speed(environment, prepare):
    prepare()
    told = []
    with Runner(cache=Cache("cache", tell=told.append)) as runner:
        assert runner.run([manifests(), manifests()]) == [manifests().run(SETTINGS).value] * 2
    [sentence] = told
    assert sentence.startswith("the cache cannot be written, and saves no time: ")


def test_a_cache_on_a_full_disk_costs_nothing_but_speed(environment):
    job = manifests()
    done = job.run(SETTINGS)
    for at in faults.operations(lambda: Cache("cache").put(job, done)):
        shutil.rmtree("cache", ignore_errors=True)
        told = []
        cache = Cache("cache", tell=told.append)
        ended = faults.run(partial(cache.put, job, done), faults.failing(at, lasting=True))
        assert (ended, len(told)) == (faults.DONE, 1)
        assert not list(Path("cache").glob("*.json"))


def test_what_is_nested_too_deep_for_json_is_not_kept(environment):
    value = []
    for _ in range(100_000):
        value = [value]
    told = []
    Cache("cache", tell=told.append).put(manifests(), Outcome(value, {}, frozenset()))
    assert len(told) == 1
    while value:
        value = value[0]


def test_the_command_says_once_that_the_cache_saves_no_time(environments, capfd):
    Path("cache").write_text("a file")
    assert main(["export", "out", ".", "-r", "--cache-path", "cache"]) == 0
    assert capfd.readouterr().err.count("the cache cannot be written") == 1
    assert len(list(Path("out").iterdir())) == 4


def test_an_entry_can_be_read_by_its_owner_only(cached):
    """It holds what templates come to, secrets included."""
    [entry] = Path("cache").iterdir()
    assert entry.stat().st_mode & 0o777 == 0o600


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
