"""Warnings worth reading: which are told, how often, where, and how to be rid of them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pyimagestream.cli.main import main

HEAD = "local isi = import 'imageStreamImport.libsonnet';\n"
IMAGE = "{ from: { kind: 'DockerImage', name: 'quay.io/org/app:v1' }, to: { name: 'v1' } }"
STREAM = HEAD + f"isi.new('%s') + isi.spec.withImport(true)\n+ isi.spec.withImages([{IMAGE}])"
TYPO = (STREAM % "app").replace("to: {", "too: {")

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    base = tmp_path / "environments" / "dev"
    base.mkdir(parents=True)
    (tmp_path / "jsonnetfile.json").write_text("{}")
    (base / "spec.json").write_text("{}")
    (base / "main.jsonnet").write_text(TYPO)
    (tmp_path / "app.jsonnet").write_text(TYPO)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYIMAGESTREAM_ENGINE", raising=False)
    return tmp_path


def told(capfd: Capture, *words: str) -> list[str]:
    main(["validate", *words])
    return [line for line in capfd.readouterr().out.splitlines() if ": warning: " in line]


class TestPlaces:
    def test_an_unknown_field_has_the_place_of_its_value(self, engine: str, capfd: Capture) -> None:
        [line] = told(capfd, "app.jsonnet", "--engine", engine)
        assert line == (
            "app.jsonnet:3:90: warning: spec.images[0].too: is unknown to the server"
            " (did you mean to?) [W011]"
        )

    def test_a_warning_about_a_function_is_where_the_value_stands(self, capfd: Capture) -> None:
        code = HEAD + "local new(name, policy) = isi.new(name) + isi.spec.withImport(true)\n"
        code += "+ isi.spec.withImages([{ from: { kind: 'DockerImage', name: 'a:1' },"
        code += " referencePolicy: { type: policy } }]);\n[new('a', 'Source'), new('b', 'local')]"
        Path("app.jsonnet").write_text(code)
        [line] = told(capfd, "app.jsonnet")
        assert line.startswith("app.jsonnet:4:31: warning: spec.images[0].referencePolicy.type: ")
        assert line.endswith("[W008] (in ImageStreamImport/b)")

    @pytest.mark.parametrize("spec", ["spec", "'spec'", '"spec"'])
    def test_a_spec_that_replaces_the_import_is_pointed_at(self, spec: str, capfd: Capture) -> None:
        code = HEAD + "isi.new('app') + isi.spec.withImport(true)\n"
        Path("app.jsonnet").write_text(code + f"+ {{ {spec}: {{ images: [{IMAGE}] }} }}")
        [line] = told(capfd, "app.jsonnet")
        assert line == (
            "app.jsonnet:3:5: warning: spec.import: is left out, so nothing is written: write"
            " true, or false to look only (`spec:` replaces all of it: is `spec+:` meant?) [W022]"
        )

    def test_a_forgotten_import_is_no_reason_to_speak_of_spec(self, capfd: Capture) -> None:
        code = (STREAM % "app").replace(" + isi.spec.withImport(true)", "")
        Path("app.jsonnet").write_text(code)
        [line] = told(capfd, "app.jsonnet")
        assert line.endswith("write true, or false to look only [W022]")


class TestFailing:
    def test_an_import_that_is_bound_to_fail_fails_the_check(self, capfd: Capture) -> None:
        wrong = IMAGE.replace("to:", "referencePolicy: { type: 'local' }, to:")
        Path("app.jsonnet").write_text((STREAM % "app").replace(IMAGE, wrong))
        assert main(["validate", "app.jsonnet"]) == 1
        out = capfd.readouterr().out
        assert out.startswith("app.jsonnet:3:")
        assert "must be Source or Local" in out
        assert main(["validate", "app.jsonnet", "--ignore", "W008"]) == 0

    def test_what_fails_the_check_is_an_error_for_machines(self, capfd: Capture) -> None:
        wrong = IMAGE.replace("to:", "referencePolicy: { type: 'local' }, to:")
        Path("app.jsonnet").write_text((STREAM % "app").replace(IMAGE, wrong))
        out = {}
        for form in ("github", "junit", "sarif"):
            assert main(["validate", "app.jsonnet", "--output", form]) == 1
            out[form] = capfd.readouterr().out
        assert out["github"].startswith("::error file=app.jsonnet,")
        assert '<testsuites name="pyimagestream validate" tests="1" failures="1"' in out["junit"]
        assert '"level": "error"' in out["sarif"]

    def test_other_warnings_do_not(self) -> None:
        assert main(["validate", "app.jsonnet"]) == 0
        assert main(["validate", "app.jsonnet", "--warn-as-error"]) == 1


class TestOnce:
    def test_a_reminder_is_told_once_in_a_run_and_counted(
        self, project: Path, capfd: Capture
    ) -> None:
        labelled = " + isi.metadata.withLabels({ team: 'a' })"
        (project / "apps").mkdir()
        for name in "abc":
            (project / "apps" / f"{name}.jsonnet").write_text(STREAM % name + labelled)
        assert main(["validate", "apps"]) == 0
        out, err = capfd.readouterr()
        assert [line.partition(":")[0] for line in out.splitlines()] == ["apps/a.jsonnet"]
        assert err == "3 manifests, 0 problems, 1 warning (and 2 more like them)\n"

    def test_so_is_how_much_of_a_repository_is_imported(
        self, project: Path, capfd: Capture
    ) -> None:
        whole = "repository.from.withKind('DockerImage')"
        whole += "+ isi.spec.repository.from.withName('quay.io/org/app')"
        (project / "apps").mkdir()
        for name in "abc":
            template = (STREAM % name).replace(f"withImages([{IMAGE}])", whole)
            (project / "apps" / f"{name}.jsonnet").write_text(template)
        assert main(["validate", "apps"]) == 0
        assert "1 warning (and 2 more like them)" in capfd.readouterr().err

    def test_other_warnings_are_told_each_time(self, capfd: Capture) -> None:
        assert len(told(capfd, ".")) == 2

    def test_what_is_usual_is_no_warning(self, project: Path, capfd: Capture) -> None:
        usual = IMAGE.replace("to:", "referencePolicy: { type: 'Local' }, to:")
        (project / "app.jsonnet").write_text((STREAM % "app").replace(IMAGE, usual))
        assert main(["validate", "app.jsonnet", "--warn-as-error"]) == 0


class TestIgnore:
    @pytest.mark.parametrize(
        "flags",
        [
            ["--ignore", "W011,W002"],
            ["--ignore", "W002", "--ignore", "W011"],
            ["--ignore", "W001, W011,"],
        ],
    )
    def test_codes_come_with_commas_or_one_by_one(self, flags: list[str], capfd: Capture) -> None:
        assert told(capfd, "app.jsonnet", *flags) == []

    def test_an_unknown_code_is_wrong_usage(self, capfd: Capture) -> None:
        with pytest.raises(SystemExit) as caught:
            main(["validate", "app.jsonnet", "--ignore", "W011,W01"])
        assert caught.value.code == 2
        assert "--ignore: invalid choice: 'W01'" in capfd.readouterr().err


class TestExplain:
    def test_a_code_is_explained_without_anything_to_judge(self, capfd: Capture) -> None:
        with pytest.raises(SystemExit) as caught:
            main(["validate", "--explain", "W004"])
        assert not caught.value.code
        out = capfd.readouterr().out
        assert out.startswith("W004: The tag will not follow its source\n\n")
        assert "Silence it by writing `scheduled: true`" in out

    def test_several_codes_are_explained_one_after_the_other(self, capfd: Capture) -> None:
        with pytest.raises(SystemExit):
            main(["validate", "--explain", "W001,W022"])
        out = capfd.readouterr().out
        assert out.index("W001: ") < out.index("\n\nW022: ")


COUNTED = "1 warning (see `pyimagestream validate {}`): ImageStreamImport/app"


class TestCounts:
    @pytest.mark.parametrize(
        ("words", "path"),
        [
            (["eval", "app.jsonnet"], "app.jsonnet"),
            (["eval", "environments/dev"], "environments/dev"),
            (["eval", "app.jsonnet", "-o", "yaml-stream"], "app.jsonnet"),
            (["eval", "-e", TYPO], "--explain W011"),
            (["show", "app.jsonnet"], "app.jsonnet"),
            (["show", "environments/dev"], "environments/dev"),
            (["export", "out", "environments", "-r"], "environments"),
        ],
    )
    def test_commands_about_something_else_end_with_a_count(
        self, words: list[str], path: str, engine: str, capfd: Capture
    ) -> None:
        assert main([*words, "--engine", engine]) == 0
        out, err = capfd.readouterr()
        assert err.splitlines()[-1].startswith(COUNTED.format(path))
        assert "warning" not in out

    def test_the_command_that_is_named_says_that_it_needs_the_flags(
        self, project: Path, capfd: Capture
    ) -> None:
        (project / "app.jsonnet").write_text(TYPO.replace("app:v1", "app:' + std.extVar('a') + '"))
        flags = ["-V", "a=secret"]
        assert main(["eval", "app.jsonnet", *flags]) == 0
        err = capfd.readouterr().err
        assert "(see `pyimagestream validate app.jsonnet`, with the same flags): " in err
        assert "secret" not in err
        assert len(told(capfd, "app.jsonnet", *flags)) == 1

    def test_it_is_given_the_directory_of_an_environment_that_has_but_a_name(
        self, project: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
    ) -> None:
        head = "apiVersion: 'tanka.dev/v1alpha1', kind: 'Environment', metadata: { name: 'dev' }"
        (project / "main.jsonnet").write_text(f"{{ {head}, spec: {{}}, data: ({TYPO}) }}")
        monkeypatch.chdir(project)
        assert main(["show", "dev"]) == 0
        assert "(see `pyimagestream validate .`): " in capfd.readouterr().err

    def test_it_is_given_nothing_that_cannot_be_read_again(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "pyimagestream", "eval", "/dev/stdin"],
            input=TYPO,
            capture_output=True,
            text=True,
        )
        assert "(see `pyimagestream validate --explain W011`): " in done.stderr

    def test_from_the_cache_it_is_the_same(self, capfd: Capture) -> None:
        words = ["export", "out", "environments", "-r", "--merge-strategy", "replace-envs"]
        for _ in range(2):
            assert main([*words, "--cache-path", "cache"]) == 0
            assert "1 warning (see" in capfd.readouterr().err

    def test_more_than_one_are_counted_and_the_first_is_told(
        self, project: Path, capfd: Capture
    ) -> None:
        code = TYPO.replace("app:v1", "app")
        (project / "app.jsonnet").write_text(code)
        assert main(["eval", "app.jsonnet"]) == 0
        err = capfd.readouterr().err
        assert err.startswith("3 warnings (see `pyimagestream validate app.jsonnet`): ")
        assert err.endswith(", and 2 more\n")

    @pytest.mark.parametrize("words", [["eval"], ["show"]])
    def test_where_there_is_none_nothing_is_said(
        self, words: list[str], project: Path, capfd: Capture
    ) -> None:
        (project / "app.jsonnet").write_text(
            STREAM % "app" + " + isi.metadata.withLabels({a: 'b'})"
        )
        assert main([*words, "app.jsonnet"]) == 0
        assert capfd.readouterr().err == ""

    @pytest.mark.parametrize("words", [["eval"], ["show"]])
    def test_unchecked_values_are_not_warned_about(self, words: list[str], capfd: Capture) -> None:
        assert main([*words, "app.jsonnet", "--no-check"]) == 0
        assert capfd.readouterr().err == ""


class TestConfiguration:
    def test_what_the_project_ignores_is_not_told(self, project: Path, capfd: Capture) -> None:
        (project / "pyimagestream.yaml").write_text("ignore: [W011]\n")
        assert told(capfd, "environments/dev") == []
        for words in (["eval", "app.jsonnet"], ["export", "out", "environments/dev"]):
            assert main(words) == 0
            assert "warning" not in capfd.readouterr().err

    def test_the_command_line_counts_more(self, project: Path, capfd: Capture) -> None:
        (project / "pyproject.toml").write_text('[tool.pyimagestream]\nignore = ["W011"]\n')
        assert len(told(capfd, "app.jsonnet", "--ignore", "W002")) == 1
        assert len(told(capfd, "app.jsonnet", "--ignore", "")) == 1

    def test_the_server_of_the_project_is_obeyed_unless_another_is_given(
        self, project: Path, capfd: Capture
    ) -> None:
        (project / "pyimagestream.yaml").write_text("server: '4.3'\n")
        patch = "importPolicy: { importMode: 'Legacy' }, to:"
        (project / "app.jsonnet").write_text((STREAM % "app").replace("to:", patch))
        [line] = told(capfd, "app.jsonnet")
        assert "importPolicy.importMode: is unknown to the server" in line
        assert told(capfd, "app.jsonnet", "--server", "latest") == []

    def test_the_engine_is_that_of_flag_variable_or_project_in_this_order(
        self, project: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
    ) -> None:
        # The two differ in how they encode text that is not ASCII.
        (project / "app.jsonnet").write_text("std.base64('\\u00e9')")
        (project / "pyimagestream.yaml").write_text("engine: jsonnet\n")

        def value(*flags: str) -> str:
            assert main(["eval", "app.jsonnet", *flags]) == 0
            return str(json.loads(capfd.readouterr().out))

        assert value() == "6Q=="
        monkeypatch.setenv("PYIMAGESTREAM_ENGINE", "gojsonnet")
        assert value() == "w6k="
        assert value("--engine", "jsonnet") == "6Q=="
        monkeypatch.setenv("PYIMAGESTREAM_ENGINE", "go")
        assert main(["eval", "app.jsonnet"]) == 1
        assert capfd.readouterr().err.startswith("PYIMAGESTREAM_ENGINE: there is no engine 'go'")

    def test_a_wrong_setting_is_one_error(self, project: Path, capfd: Capture) -> None:
        (project / "pyimagestream.yaml").write_text("ignore: [W011]\nservr: '4.3'\n")
        for words in (
            ["validate", "environments/dev"],
            ["show", "environments/dev"],
            ["eval", "-e", "1"],
        ):
            assert main(words) == 1
            assert capfd.readouterr().err == (
                "pyimagestream.yaml:2:8: servr: there is no such setting (did you mean server?)\n"
            )
