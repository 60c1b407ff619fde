"""The command line: what is printed where, and the exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pyimagestream.cli.main import main
from pyimagestream.generator.files import generated_files

LIBRARY = "local isi = import 'imageStreamImport.libsonnet';\n"
GOOD = """isi.new('ruby')
+ isi.metadata.withNamespace('images')
+ isi.spec.withImport(true)
+ isi.spec.withImages([{
  from: { kind: 'DockerImage', name: 'quay.io/org/ruby:2.7' },
  to: { name: '2.7' },
  importPolicy: { scheduled: false },
}])
"""


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "imports.jsonnet"
    path.write_text(LIBRARY + GOOD)
    return path


class TestEval:
    def test_it_prints_json(
        self, template: Path, capfdbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        assert main(["eval", "imports.jsonnet"]) == 0
        assert json.loads(capfdbinary.readouterr().out)["metadata"]["name"] == "ruby"

    def test_it_prints_yaml(
        self, template: Path, capfdbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        assert main(["eval", "imports.jsonnet", "-o", "yaml"]) == 0
        assert capfdbinary.readouterr().out.startswith(b"apiVersion: image.openshift.io/v1\n")

    def test_it_evaluates_code(self, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
        assert main(["eval", "-e", "{ a: 'é\\u0000' }"]) == 0
        assert capfdbinary.readouterr().out == '{\n  "a": "é\\u0000"\n}\n'.encode()

    def test_it_evaluates_standard_input(self) -> None:
        command = [sys.executable, "-m", "pyimagestream", "eval", "-"]
        result = subprocess.run(command, input=b"1 + 1", capture_output=True)
        assert (result.returncode, result.stdout) == (0, b"2\n")

    def test_variables_come_from_flags_files_and_the_environment(
        self, template: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setenv("FROM_ENVIRONMENT", "e")
        Path("value.txt").write_text("f")
        Path("code.jsonnet").write_text("1 + 2")
        code = "function(a, b, c, d) [a, b, c, d, std.extVar('x'), std.extVar('FROM_ENVIRONMENT')]"
        flags = ["-A", "a=t", "--tla-code", "b=[1]", "--tla-str-file", "c=value.txt"]
        flags += ["--tla-code-file", "d=code.jsonnet", "--ext-code", "x={}", "-V"]
        assert main(["eval", "-e", code, *flags, "FROM_ENVIRONMENT"]) == 0
        assert json.loads(capfd.readouterr().out) == ["t", [1], "f", 3, {}, "e"]

    def test_of_the_jpath_later_directories_win(
        self, template: Path, engine: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        for name in ("one", "two"):
            Path(name).mkdir()
            Path(name, "x.libsonnet").write_text(f"'{name}'")
        flags = ["-J", "one", "-J", "two", "--engine", engine]
        assert main(["eval", "-e", "import 'x.libsonnet'", *flags]) == 0
        assert json.loads(capfd.readouterr().out) == "two"

    def test_a_wrong_value_is_a_line_on_standard_error(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["eval", "-e", f"{LIBRARY}isi.new('a') + isi.spec.withImport('yes')"]) == 1
        out, err = capfd.readouterr()
        assert out == ""
        assert err == (
            '<exec>:2:36: spec.import: must be a boolean, not "yes"'
            " (imageStreamImport.spec.withImport)\n"
        )

    def test_no_check_lets_it_through(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert main(["eval", "--no-check", "-e", f"{LIBRARY}isi.spec.withImport('yes')"]) == 0
        assert json.loads(capfd.readouterr().out) == {"spec": {"import": "yes"}}

    def test_problems_are_json_for_machines(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert main(["eval", "--json", "-e", f"{LIBRARY}isi.spec.withImport('yes')"]) == 1
        [problem] = json.loads(capfd.readouterr().out)["problems"]
        assert problem["field"] == "spec.import"
        assert (problem["file"], problem["line"], problem["column"]) == ("<exec>", 2, 21)
        assert main(["eval", "--json", "-e", "1 +"]) == 1
        error = json.loads(capfd.readouterr().out)["error"]
        assert error["frames"] == [{"file": "<exec>", "line": 1, "column": 4}]

    @pytest.mark.parametrize("flag", ["--ext-str-file", "--tla-code-file"])
    def test_a_variable_from_a_file_that_is_not_there_is_one_line(
        self, flag: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["eval", "-e", "1", flag, "x=nope.txt"]) == 1
        assert capfd.readouterr() == ("", "nope.txt: there is no such file\n")

    def test_a_misspelt_function_gets_a_hint(
        self, engine: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["eval", "--engine", engine, "-e", f"{LIBRARY}isi.spec.withImgaes([])"]) == 1
        assert "(did you mean `withImages`?)" in capfd.readouterr().err

    def test_and_so_it_does_in_validate(
        self, template: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        template.write_text(f"{LIBRARY}isi.spec.withImgaes([])")
        assert main(["validate", "imports.jsonnet"]) == 1
        assert "imports.jsonnet:2:1: " in (out := capfd.readouterr().out)
        assert "(did you mean `withImages`?)" in out


class TestValidate:
    def test_a_good_template_is_silent(
        self, template: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["validate", "imports.jsonnet"]) == 0
        assert capfd.readouterr() == ("", "1 manifest, 0 problems, 0 warnings\n")

    def test_every_problem_of_every_file_is_a_line(
        self, template: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        Path("a.jsonnet").write_text(f"{LIBRARY}isi.new('A')\n+ isi.metadata.withUid('u')\n+ {{}}")
        Path("b.jsonnet").write_text("1 +")
        assert main(["validate", "a.jsonnet", "b.jsonnet", "imports.jsonnet"]) == 1
        out, err = capfd.readouterr()
        places = [line.partition(": ")[0] for line in out.splitlines()]
        assert places == ["a.jsonnet", "a.jsonnet:2:9", "b.jsonnet:1:4"]
        assert "spec.images: " in out
        assert err == "2 manifests, 3 problems, 0 warnings\n"

    def test_a_directory_means_the_templates_in_it(
        self, template: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        Path("below").mkdir()
        Path("below/other.jsonnet").write_text(LIBRARY + GOOD)
        assert main(["validate", "."]) == 0
        assert capfd.readouterr().err.startswith("2 manifests, ")

    def test_yaml_is_taken_for_a_finished_manifest(
        self, template: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        Path("m.yaml").write_text(
            "apiVersion: image.openshift.io/v1\nkind: ImageStreamImport\nmetadata: {name: A}\n"
        )
        assert main(["validate", "m.yaml"]) == 1
        assert "m.yaml:3:18: metadata.name: " in capfd.readouterr().out

    @pytest.mark.parametrize(
        ("labels", "problem"),
        [
            (b"{a: yes}", "m.yaml:4:15: metadata.labels[a]: must be a string, not true\n"),
            (b"{a: 'yes'}", ""),
            (b"{a: *b}", "m.yaml:4:15: unknown anchor 'b', or inside of itself\n"),
            (b"{a: \xff}", "m.yaml:4:15: not UTF-8: byte 0xff cannot stand here\n"),
        ],
    )
    def test_yaml_is_read_as_kubectl_reads_it(
        self, labels: bytes, problem: str, template: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        Path("m.yaml").write_bytes(
            b"apiVersion: image.openshift.io/v1\nkind: ImageStreamImport\nmetadata:\n"
            b"  labels: " + labels + b"\n  name: a\n"
            b"spec: {import: false, images: [{from: {kind: DockerImage, name: 'a:1'}}]}\n"
        )
        assert main(["validate", "m.yaml"]) == (1 if problem else 0)
        assert capfd.readouterr().out == problem

    def test_unknown_fields_are_warnings_or_with_strict_problems(
        self, template: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        template.write_text(f"{LIBRARY}{GOOD} + {{ spec+: {{ imges: [] }} }}")
        assert main(["validate", "imports.jsonnet"]) == 0
        assert "warning: spec.imges: " in capfd.readouterr().out
        assert main(["validate", "--warn-as-error", "imports.jsonnet"]) == 1
        assert main(["validate", "--strict", "imports.jsonnet"]) == 1

    def test_a_warning_can_be_ignored_by_its_code(
        self, template: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        template.write_text(f"{LIBRARY}{GOOD} + {{ spec+: {{ imges: [] }} }}")
        main(["validate", "imports.jsonnet"])
        code = capfd.readouterr().out.strip()[-5:-1]
        assert main(["validate", "--warn-as-error", "--ignore", code, "imports.jsonnet"]) == 0

    def test_json_has_everything(self, template: Path, capfd: pytest.CaptureFixture[str]) -> None:
        template.write_text(f"{LIBRARY}isi.new('A')")
        assert main(["validate", "--json", "imports.jsonnet"]) == 1
        report = json.loads(capfd.readouterr().out)
        assert report["manifests"] == 1
        assert {problem["field"] for problem in report["problems"]} == {
            "metadata.name",
            "spec.images",
        }
        assert report["errors"] == []

    def test_a_missing_file_is_an_error(
        self, template: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["validate", "nope.jsonnet"]) == 1
        assert "nope.jsonnet: there is no such file" in capfd.readouterr().out

    @pytest.mark.parametrize("version", ["image.openshift.io/v2", "image.openshift.io"])
    def test_a_wrong_version_of_our_group_is_a_problem(
        self, version: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "t.jsonnet"
        path.write_text(f"{{ kind: 'ImageStreamImport', apiVersion: {version!r}, metadata: {{}} }}")
        assert main(["validate", str(path)]) == 1
        out, err = capfd.readouterr()
        assert f"{path}:1:42: apiVersion: must be " in out
        assert err.startswith("1 manifest, ")

    def test_with_strict_an_unknown_field_is_a_problem_and_no_warning_beside_it(
        self, template: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        source = "{ kind: 'DockerImage', name: 'quay.io/a/b' }"
        spec = f"{{ 'import': true, imges: [], repository: {{ from: {source} }} }}"
        template.write_text(f"{LIBRARY}isi.new('a') + {{ spec: {spec} }}")
        main(["validate", template.name, "--strict", "--ignore", "W007"])
        [line] = capfd.readouterr().out.splitlines()
        assert line == (
            "imports.jsonnet: spec.imges: is unknown to the server (did you mean images?)"
        )

    @pytest.mark.parametrize(
        ("flags", "said"),
        [
            (["--engine", "nope"], "invalid choice: 'nope'"),
            (["--engine", "jsonnet,nope"], "invalid choice: 'jsonnet,nope'"),
            (["--ignore", "W999"], "invalid choice: 'W999'"),
            (["--server", "4.4"], "invalid choice: '4.4'"),
        ],
    )
    def test_a_flag_with_an_unknown_value_is_wrong_usage(
        self, template: Path, flags: list[str], said: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as exit:
            main(["validate", str(template), *flags])
        assert exit.value.code == 2
        assert said in capfd.readouterr().err


class TestGenerate:
    def test_check_fails_when_a_file_is_stale_and_generate_mends_it(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        for name in generated_files():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        root = ["--root", str(tmp_path)]
        assert main(["generate", "--check", *root]) == 1
        assert main(["generate", *root]) == 0
        assert main(["generate", "--check", *root]) == 0
        capfd.readouterr()
        assert {
            name: (tmp_path / name).read_text() for name in generated_files()
        } == generated_files()

    def test_elsewhere_than_in_a_checkout_it_writes_nothing(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["generate", "--root", str(tmp_path)]) == 1
        assert "this is not a checkout" in capfd.readouterr().err
        assert list(tmp_path.iterdir()) == []


def test_wrong_usage_exits_with_2(capfd: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["nope"], ["eval"], ["eval", "a", "-e", "b"], ["validate"]):
        with pytest.raises(SystemExit) as exit:
            main(arguments)
        assert exit.value.code == 2


def test_a_reader_that_leaves_early_is_no_traceback() -> None:
    command = f"{sys.executable} -m pyimagestream eval -e 'std.range(1, 200000)' | head -1"
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert (result.stdout, result.stderr) == ("[\n", "")


@pytest.mark.parametrize(
    ("redirection", "code", "errors"),
    [
        pytest.param(
            ">/dev/full",
            1,
            "the output cannot be written: [Errno 28] No space left on device\n",
            marks=pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device"),
        ),
        (">&-", 1, "the output cannot be written: [Errno 9] Bad file descriptor\n"),
        ("2>&-", 0, ""),
    ],
)
@pytest.mark.parametrize("arguments", ["eval -e 1", "--help", "--version"])
def test_an_output_that_takes_nothing_is_one_error(
    arguments: str, redirection: str, code: int, errors: str
) -> None:
    command = f"PYTHONUNBUFFERED= {sys.executable} -m pyimagestream {arguments} {redirection}"
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (code, errors)


def test_an_input_that_is_closed_is_empty() -> None:
    command = f"{sys.executable} -m pyimagestream eval - <&-"
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (1, "<stdin>:1:1: Unexpected end of file\n")


@pytest.mark.parametrize("flags", ["", "--timeout 60s", "other.jsonnet"])
def test_a_stream_is_read_by_the_process_that_has_it(tmp_path: Path, flags: str) -> None:
    """A worker process would find another one, or none."""
    (tmp_path / "other.jsonnet").write_text("{}")
    wrong = "(import 'imageStreamImport.libsonnet').new('BAD')"
    command = f'echo "{wrong}" | {sys.executable} -m pyimagestream validate /dev/stdin {flags}'
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    result = subprocess.run(
        ["sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert re.search(r"/dev/stdin:1:\d+: metadata\.name: .*BAD", result.stdout)


def test_a_working_directory_that_is_gone_is_one_error(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = f"rmdir '{gone}'; {sys.executable} -m pyimagestream env list"
    result = subprocess.run(
        ["sh", "-c", command],
        cwd=gone,
        capture_output=True,
        text=True,
    )
    assert result.returncode == 1
    assert result.stderr == ".: No such file or directory\n"
