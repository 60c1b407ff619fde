"""An export loses nothing: all is evaluated, checked and named before a file is written."""

import concurrent.futures
import contextlib
import json
import multiprocessing
import os
import re
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pyimagestream.cli.main import main
from pyimagestream.errors import EnvironmentsError, PyimagestreamError
from pyimagestream.evaluation.settings import Settings
from pyimagestream.tanka.cache import Cache
from pyimagestream.tanka.export.export import export
from pyimagestream.tanka.manifests.select import parse_selector
from pyimagestream.tanka.runner import Runner
from pyimagestream.workers.pool import Workers

ROOT = Path(__file__).parents[3]


def files(folder):
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in Path(folder).rglob("*")
        if path.is_file()
    }


runners: dict[str, Runner] = {}


@pytest.fixture(scope="module", autouse=True)
def workers():
    """Two worker processes for all tests that do not bring their own."""
    with Workers(2) as pool:
        runners["all"] = Runner(executor=pool)
        yield
        runners.clear()


def export_all(out="out", **options):
    return export(out, ["."], recursive=True, **{"runner": runners["all"], **options})


def test_writes_a_file_for_each_manifest_and_a_list_of_them(environments):
    exported = export_all()
    assert sorted(files("out")) == [
        "manifest.json",
        "v1.ConfigMap-a.yaml",
        "v1.ConfigMap-b.yaml",
        "v1.ConfigMap-c.yaml",
    ]
    assert json.loads(files("out")["manifest.json"]) == exported.files
    assert exported.files["v1.ConfigMap-a.yaml"] == "environments/a/main.jsonnet"
    assert (exported.environments, exported.written) == (3, 3)


def test_chooses_by_name_selector_and_target(environments):
    assert list(export_all("1", name="environments/a").files) == ["v1.ConfigMap-a.yaml"]
    assert len(export_all("2", selector=parse_selector("env!=a")).files) == 2
    assert list(export_all("3", targets=["configmap/c"]).files) == ["v1.ConfigMap-c.yaml"]


def test_nothing_to_export_writes_nothing(environments):
    assert export_all(targets=["none/none"]).files == {}
    assert not Path("out").exists()


def test_several_paths_need_recursion(environments):
    with pytest.raises(PyimagestreamError, match="recursively"):
        export("out", ["environments/a", "environments/b"])


def test_one_failing_environment_stops_all_and_every_failure_is_told(environments, project):
    project(
        **{
            "environments/a/main.jsonnet": "error 'the first'",
            "environments/c/main.jsonnet": "{ c: 'the last' }",
        }
    )
    with pytest.raises(EnvironmentsError) as caught:
        export_all()
    assert [label for label, _ in caught.value.errors] == ["environments/a", "environments/c"]
    assert not Path("out").exists()


def test_a_wrong_value_stops_all(environments, project):
    wrong = "(import 'imageStreamImport.libsonnet').new('Wrong_Name')"
    project(**{"environments/a/main.jsonnet": wrong})
    with pytest.raises(EnvironmentsError, match=r"metadata\.name"):
        export_all()
    assert not Path("out").exists()


IMPORT = """
local isi = import 'imageStreamImport.libsonnet';
isi.new('ruby')
+ isi.spec.withImport(%s)
+ isi.spec.withImages([{ from: { kind: 'DockerImage', name: 'quay.io/org/ruby:2.7' } }])
"""


def test_imports_can_be_written_as_image_streams(environments, project):
    project(**{"environments/a/main.jsonnet": IMPORT % "true"})
    exported = export_all(as_image_streams=True)
    name = "image.openshift.io-v1.ImageStream-ruby.yaml"
    assert exported.files.keys() == {name, "v1.ConfigMap-b.yaml", "v1.ConfigMap-c.yaml"}
    assert "\n    from:\n      kind: DockerImage\n" in files("out")[name]


def test_imports_into_one_stream_are_written_as_one_image_stream(environments, project):
    project(**{"environments/a/main.jsonnet": f"[{IMPORT % 'true'}, {IMPORT % 'true'}]"})
    exported = export_all(as_image_streams=True)
    assert [name for name in exported.files if "ImageStream" in name] == [
        "image.openshift.io-v1.ImageStream-ruby.yaml"
    ]


def test_an_import_no_image_stream_can_say_is_named(environments, project):
    project(**{"environments/a/main.jsonnet": IMPORT % "false"})
    with pytest.raises(EnvironmentsError) as caught:
        export_all(as_image_streams=True)
    assert "spec.import: must be true" in str(caught.value)
    assert "(in ImageStreamImport/ruby" in str(caught.value)
    assert not Path("out").exists()


def test_two_manifests_with_one_file_name_are_refused(environments):
    with pytest.raises(PyimagestreamError, match=r"ConfigMap/a.*and ConfigMap/b.*same file name"):
        export_all(format="same")
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("format", "message"),
    [
        ("../{{.metadata.name}}", "not inside"),
        ("/tmp/{{.metadata.name}}", "not inside"),
        ("a/../../{{.metadata.name}}", "not inside"),
        (".pyimagestream-export/{{.metadata.name}}", "not inside"),
        ('{{"\\udead"}}{{.metadata.name}}', "cannot understand"),
        ("{{.nosuch | fail}}", "not defined"),
    ],
)
def test_files_outside_the_folder_are_refused(environments, format, message):
    before = files(".")
    with pytest.raises(PyimagestreamError, match=message):
        export_all(format=format)
    assert files(".") == before


def test_the_name_of_the_list_is_taken(environments):
    with pytest.raises(PyimagestreamError, match="list of all files"):
        export("out", ["environments/a"], format="manifest", extension="json")


def test_a_name_cannot_be_a_file_and_a_folder(environments):
    name = '{{if eq .metadata.name "a"}}x{{else}}x.yaml/{{.metadata.name}}{{end}}'
    with pytest.raises(PyimagestreamError, match=r"x\.yaml: ConfigMap/a.*needs a file where"):
        export_all(format=name)
    assert not Path("out").exists()


def test_a_link_in_the_folder_cannot_lead_files_away(environments, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    Path("out").mkdir()
    (Path("out") / "environments").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PyimagestreamError, match="link"):
        export_all(format="environments/{{.metadata.name}}", merge_strategy="fail-on-conflicts")
    assert not list((tmp_path / "elsewhere").iterdir())


def test_the_output_folder_itself_may_be_a_link(environments, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    Path("out").symlink_to(tmp_path / "elsewhere")
    export_all()
    assert len(list((tmp_path / "elsewhere").iterdir())) == 4


def test_a_folder_with_content_needs_a_merge_strategy(environments):
    Path("out").mkdir()
    (Path("out") / "mine").write_text("")
    told = r"not empty: .* \(--merge-strategy fail-on-conflicts or replace-envs\)$"
    with pytest.raises(PyimagestreamError, match=told):
        export_all()
    assert files("out") == {"mine": ""}


@pytest.mark.parametrize(
    ("output", "what"),
    [
        ("environments/a", "this is an environment"),
        ("environments", "environments are in this directory"),
        ("jsonnetfile.json", "this is a file"),
    ],
)
def test_what_is_exported_does_not_come_first(environments, output, what):
    with pytest.raises(PyimagestreamError) as raised:
        export_all(output)
    told = f"{output}: {what}: the directory to write to comes first, what to export behind it"
    assert str(raised.value) == told


def test_fail_on_conflicts_adds_files_and_never_overwrites(environments):
    export("out", ["environments/a"])
    export("out", ["environments/b"], merge_strategy="fail-on-conflicts")
    assert len(json.loads(files("out")["manifest.json"])) == 2
    before = files("out")
    with pytest.raises(PyimagestreamError, match="exists already"):
        export_all(merge_strategy="fail-on-conflicts")
    assert files("out") == before


def test_replace_envs_replaces_what_the_environments_wrote_before(environments, project):
    export_all()
    project(**{"environments/a/main.jsonnet": RENAMED})
    exported = export("out", ["environments/a"], merge_strategy="replace-envs")
    assert (exported.written, exported.deleted) == (1, 1)
    assert sorted(files("out")) == [
        "manifest.json",
        "v1.ConfigMap-b.yaml",
        "v1.ConfigMap-c.yaml",
        "v1.ConfigMap-n.yaml",
    ]
    assert sorted(json.loads(files("out")["manifest.json"])) == sorted(files("out"))[1:]


def test_replace_envs_does_not_touch_files_that_stay_the_same(environments):
    export_all()
    before = {path: path.stat().st_mtime_ns for path in Path("out").iterdir()}
    assert export_all(merge_strategy="replace-envs").written == 0
    assert {path: path.stat().st_mtime_ns for path in Path("out").iterdir()} == before


def test_replace_envs_does_not_overwrite_other_peoples_files(environments):
    export_all()
    Path("out/x.yaml").write_text("mine")
    with pytest.raises(PyimagestreamError, match="exists already"):
        export("out", ["environments/a"], format="x", merge_strategy="replace-envs")


def test_replace_envs_does_not_take_a_folder_for_a_file_of_its_own(environments):
    export_all()
    Path("out/v1.ConfigMap-b.yaml").unlink()
    mine = Path("out/v1.ConfigMap-b.yaml/mine")
    mine.parent.mkdir()
    mine.touch()
    with pytest.raises(PyimagestreamError, match="must be a file, but is a directory"):
        export_all(merge_strategy="replace-envs")
    assert mine.exists()


def test_files_of_deleted_environments_can_be_deleted(environments):
    export_all()
    exported = export(
        "out",
        ["environments/a"],
        merge_strategy="replace-envs",
        merge_deleted_envs=["environments/b/main.jsonnet"],
    )
    assert exported.deleted == 1
    assert "v1.ConfigMap-b.yaml" not in files("out")
    assert "v1.ConfigMap-b.yaml" not in files("out")["manifest.json"]


@pytest.mark.parametrize(
    "recorded",
    [
        "",
        "{",
        "[]",
        "null",
        "1",
        '"x"',
        "[" * 100_000,
        "1" * 5_000,
        '{"a": 1}',
        '{"a": null}',
        '{"a": {}}',
        '{"../x": "environments/a/main.jsonnet"}',
        '{"/x": "environments/a/main.jsonnet"}',
        '{"a\\u0000": "environments/a/main.jsonnet"}',
        '{"\\ud800": "environments/a/main.jsonnet"}',
        '{"": "environments/a/main.jsonnet"}',
        '{"manifest.json": "environments/a/main.jsonnet"}',
        '{".pyimagestream-export/x": "environments/a/main.jsonnet"}',
    ],
    ids=lambda recorded: recorded[:50],
)
def test_a_damaged_list_of_files_deletes_nothing(environments, recorded):
    Path("x").write_text("mine")
    Path("out").mkdir()
    Path("out/manifest.json").write_text(recorded)
    with pytest.raises(PyimagestreamError, match=r"manifest\.json|not inside|surrogates"):
        export("out", ["environments/a"], merge_strategy="replace-envs")
    assert files("out") == {"manifest.json": recorded}
    assert Path("x").read_text() == "mine"


def test_a_list_of_files_that_is_no_json_tells_the_place(environments):
    Path("out").mkdir()
    Path("out/manifest.json").write_text('{\n  "a": ,\n}')
    with pytest.raises(PyimagestreamError, match=r"out/manifest\.json:2:8: this is no JSON"):
        export("out", ["environments/a"], merge_strategy="replace-envs")


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)])
@pytest.mark.parametrize("name", ["manifest.json", "v1.ConfigMap-a.yaml"])
def test_what_is_no_file_is_neither_waited_for_nor_replaced(environments, make, name):
    export_all()
    Path("out", name).unlink()
    make(Path("out", name))
    before = Path("out", name).lstat()
    with contextlib.suppress(PyimagestreamError):
        export_all(merge_strategy="replace-envs")
        assert stat.S_ISLNK(before.st_mode)
        assert name != "manifest.json"
        return  # a link is replaced as a file is
    assert os.path.samestat(Path("out", name).lstat(), before)


def test_a_journal_found_in_the_folder_reaches_nothing_outside(environments):
    Path("precious").write_text("precious")
    Path("profile").write_text("profile")
    stage = Path("out/.pyimagestream-export")
    stage.mkdir(parents=True)
    (stage / "old-0").write_text("evil")
    journal = {"written": ["../precious"], "kept": ["../profile"], "made": []}
    (stage / "journal.json").write_text(json.dumps(journal))
    with pytest.raises(
        PyimagestreamError, match=r"'\.\./precious': it is not inside the directory"
    ):
        export_all(merge_strategy="replace-envs")
    assert Path("precious").read_text() == "precious"
    assert Path("profile").read_text() == "profile"


def test_the_list_can_be_left_out(environments):
    export_all(skip_manifest=True)
    assert "manifest.json" not in files("out")


def test_unknown_merge_strategies_are_refused(environments):
    with pytest.raises(PyimagestreamError, match="fail-on-conflicts or replace-envs"):
        export_all(merge_strategy="whatever")


ENDLESS = "std.foldl(function(a, b) a + b, std.range(1, 2000000000), 0)"
RENAMED = "{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'n' } }"
CRASHING = "local f(x) = f(x + 1) + 1; f(0)"


def test_an_endless_environment_ends_at_its_limit_and_is_named(environments, project, engine):
    project(**{"environments/b/main.jsonnet": ENDLESS})
    settings = Settings.of(engine=engine)
    with (
        Runner(timeout=1.5, memory=200 << 20) as runner,
        pytest.raises(EnvironmentsError, match=r"environments/b.*(longer than|memory)"),
    ):
        export_all(settings=settings, runner=runner)
    assert not Path("out").exists()


def test_endless_recursion_fails_its_environment_only(environments, project, engine):
    project(**{"environments/b/main.jsonnet": CRASHING})
    with pytest.raises(EnvironmentsError) as caught:
        export_all(settings=Settings.of(engine=engine, max_stack=10_000))
    assert [label for label, _ in caught.value.errors] == ["environments/b"]


def process_pool(workers):
    return concurrent.futures.ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"))


@pytest.mark.parametrize("pool", [concurrent.futures.ThreadPoolExecutor, process_pool])
def test_any_executor_will_do(environments, pool, engine):
    with pool(2) as executor:
        export_all(settings=Settings.of(engine=engine), runner=Runner(executor=executor))
    assert len(files("out")) == 4


@pytest.mark.slow
def test_an_export_can_be_spread_over_a_cluster(environments):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        runner = Runner(executor=client.get_executor())
        export_all(settings=Settings.of(engine="gojsonnet"), runner=runner)
    assert len(files("out")) == 4


def start(*arguments):
    process = subprocess.Popen(
        [sys.executable, "-m", "pyimagestream", "export", "out", ".", "-r", *arguments],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        },
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while len(os.listdir("cache") if Path("cache").exists() else ()) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_export_ends_at_once_and_leaves_nothing(environments, project, number, code):
    project(**{"environments/c/main.jsonnet": ENDLESS})
    process = start("--cache-path", "cache", "--engine", "gojsonnet")
    os.killpg(process.pid, number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert not Path("out").exists()
    assert "Traceback" not in err
    if number == signal.SIGINT:
        assert re.search("[12] of 3 environments were evaluated, nothing was written", err)


def test_in_a_pipe_an_export_is_silent(environments, capfd):
    assert main(["export", "out", ".", "-r"]) == 0
    assert capfd.readouterr() == ("", "")


def test_the_cache_is_used_and_the_files_are_the_same(environments):
    first = export_all("1", runner=Runner(executor=runners["all"].executor, cache=Cache("cache")))
    assert (
        export_all("2", runner=Runner(cache=Cache("cache"), executor=Unusable())).files
        == first.files
    )
    assert files("1") == files("2")


class Unusable(concurrent.futures.Executor):
    """Fails as soon as something is evaluated."""

    def submit(self, *_, **__):
        raise AssertionError("evaluated")
