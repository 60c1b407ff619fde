"""``pyimagestream validate``: what is judged, in which form it is told, and the exit codes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from pyimagestream.cli.main import main

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "data" / "files"
BAD = """\
apiVersion: image.openshift.io/v1
kind: ImageStreamImport
metadata:
  name: App
spec:
  import: true
  images:
  - from: {kind: DockerImage, name: quay.io/org/app}
"""
GOOD = BAD.replace("App", "app").replace("org/app", "org/app:v1")
LIBRARY = "local isi = import 'imageStreamImport.libsonnet';\n"
TEMPLATE = LIBRARY + "isi.new('a') + isi.spec.withImport(true)"
TEMPLATE += " + isi.spec.repository.from.withKind('DockerImage')\n"
TEMPLATE += "+ isi.spec.repository.from.withName('quay.io/org/%s')"
QUIET = [flag for code in ("W001", "W002", "W004", "W007") for flag in ("--ignore", code)]

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def places(capfd: Capture) -> list[str]:
    return [line.partition(": ")[0] for line in capfd.readouterr().out.splitlines()]


class TestWhatIsJudged:
    def test_yaml_and_json_below_a_directory_are(self, here: Path, capfd: Capture) -> None:
        shutil.copytree(CASES / "validate-dir-yaml" / "manifests", "manifests")
        assert main(["validate", "manifests"]) == 1
        assert places(capfd) == [
            "manifests/app.yaml:4:9",
            "manifests/app.yaml:10:13",
            "manifests/sub/app.yml:4:9",
            "manifests/sub/app.yml:10:13",
        ]

    def test_an_export_is(self, environments: Path, capfd: Capture) -> None:
        main_file = environments / "environments/a/main.jsonnet"
        main_file.write_text(TEMPLATE % "app:v1" + "+ { metadata+: { labels: { a: '-' } } }")
        assert main(["export", "out", "environments/a", "--no-check"]) == 0
        assert main(["validate", "out", *QUIET]) == 1
        assert [
            line for line in capfd.readouterr().out.splitlines() if "manifest.json" in line
        ] == []

    def test_the_templates_of_a_helm_chart_are_left_to_helm_with_a_note(
        self, here: Path, capfd: Capture
    ) -> None:
        Path("chart/templates").mkdir(parents=True)
        Path("chart/Chart.yaml").write_text("name: c\n")
        Path("chart/templates/a.yaml").write_text("{{ if .Values.x }}\n")
        Path("app.yaml").write_text(GOOD)
        assert main(["validate", "."]) == 0
        out, err = capfd.readouterr()
        assert out == ""
        assert "not checked of chart/templates: templates of Helm: `helm template" in err

    def test_templates_beside_environments_are(self, environments: Path, capfd: Capture) -> None:
        (environments / "imports.jsonnet").write_text(TEMPLATE % "app:v1")
        assert main(["validate", "."]) == 1
        assert "imports.jsonnet:" in capfd.readouterr().out

    def test_a_template_in_a_project_imports_from_its_lib_and_vendor(
        self, project: Any, capfd: Capture
    ) -> None:
        project(
            **{
                "lib/name.libsonnet": "'app'",
                "vendor/of/spec.libsonnet": "{ images: [] }",
                "tests/a.jsonnet": LIBRARY
                + "isi.new(import 'name.libsonnet') + { spec: import 'of/spec.libsonnet' }",
            }
        )
        assert main(["validate", "tests"]) == 1
        assert "a.jsonnet: spec.images: must not be empty" in capfd.readouterr().out

    def test_what_an_environment_imports_is_judged_with_it(
        self, environments: Path, capfd: Capture
    ) -> None:
        (environments / "shared.jsonnet").write_text("function(name) " + TEMPLATE % "app")
        template = "(import '../../shared.jsonnet')('a')"
        (environments / "environments/a/main.jsonnet").write_text(template)
        assert main(["validate", ".", *QUIET]) == 0
        assert capfd.readouterr().err == "1 manifest, 0 problems, 0 warnings\n"

    def test_vendored_and_hidden_files_are_not(self, here: Path, capfd: Capture) -> None:
        for place in ("vendor/a", ".venv"):
            Path(place).mkdir(parents=True)
            Path(place, "bad.yaml").write_text(BAD)
            Path(place, "bad.jsonnet").write_text("1 +")
        Path("good.yaml").write_text(GOOD)
        assert main(["validate", ".", *QUIET]) == 0

    def test_files_of_tools_are_neither_manifests_nor_errors(
        self, environments: Path, capfd: Capture
    ) -> None:
        (environments / "good.yaml").write_text(GOOD)
        assert main(["validate", "."]) == 0
        assert capfd.readouterr().err.startswith("1 manifest, 0 problems, ")

    def test_reports_come_in_the_order_of_the_files(
        self, environments: Path, capfd: Capture
    ) -> None:
        for name in ("z.yaml", "y.jsonnet", "environments/b/main.jsonnet", "environments/a/x.json"):
            text = "1 +" if name.endswith("jsonnet") else '{"a": }'
            (environments / name).write_text(text)
        assert main(["validate", "-p", "2", "environments", "z.yaml", "."]) == 1
        files = [place.partition(":")[0] for place in places(capfd)]
        assert files == [
            "environments/a/x.json",
            "environments/b/main.jsonnet",
            "y.jsonnet",
        ]

    @pytest.mark.parametrize(
        "text",
        [
            BAD,
            json.dumps(yaml.safe_load(BAD)) * 2,
            json.dumps({"kind": "List", "apiVersion": "v1", "items": [yaml.safe_load(BAD)]}),
            f"# a chart\n---\n{BAD}---\n{GOOD}",
        ],
    )
    def test_a_dash_is_yaml_or_json_from_a_pipe(self, text: str) -> None:
        result = run("-", input=text)
        assert result.returncode == 1
        assert re.match(r"<stdin>:\d+:\d+: metadata.name: ", result.stdout)

    def test_a_pipe_is_a_file_like_others(self, here: Path) -> None:
        Path("a.yaml").write_text(BAD)
        result = run("a.yaml", "-", "--json", input=BAD, cwd=here)
        files = [each["file"] for each in json.loads(result.stdout)["problems"]]
        assert files == ["a.yaml", "<stdin>"]

    def test_a_pipe_has_the_same_report_where_there_are_limits(self) -> None:
        text = f"{BAD}---\n{GOOD}---\na: [\n"
        free, limited = (run("-", *flags, input=text) for flags in ([], ["--timeout", "10m"]))
        assert limited.returncode == free.returncode == 1
        assert (limited.stdout, limited.stderr) == (free.stdout, free.stderr)

    @pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
    def test_what_comes_from_a_pipe_is_held_to_the_limits(self) -> None:
        result = run("-", "--memory", "1M", input=GOOD * 2000)
        assert result.returncode == 1
        assert result.stdout == "<stdin>: needed more than 1 MiB of memory\n"


class TestWhatCannotBeRead:
    def test_a_directory_is_an_error_of_its_own_and_counted(
        self, here: Path, closed: str, capfd: Capture
    ) -> None:
        for name in (f"{closed}/x.yaml", "a.yaml", "sub/b.yaml"):
            Path(name).parent.mkdir(exist_ok=True)
            Path(name).write_text(BAD)
        assert main(["validate", ".", *QUIET]) == 1
        told, counted = capfd.readouterr()
        assert [line.partition(": ")[0] for line in told.splitlines()] == [
            "a.yaml:4:9",
            "closed",
            "sub/b.yaml:4:9",
        ]
        assert "closed: cannot be read: Permission denied\n" in told
        assert counted == "2 manifests, 3 problems, 0 warnings\n"

    @pytest.mark.skipif(not os.path.exists("/dev/stdin"), reason="needs /dev/stdin")
    def test_a_stream_is_an_error_beside_the_other_files(self, here: Path) -> None:
        Path("a.yaml").write_text(BAD)
        result = run("/dev/stdin", "a.yaml", *QUIET, input="\0", cwd=here)
        first, second, *_ = result.stdout.splitlines()
        assert first == "/dev/stdin:1:1: U+0000 cannot stand in Jsonnet code"
        assert second.startswith("a.yaml:4:9: ")
        assert result.stderr == "1 manifest, 2 problems, 0 warnings\n"


def inline(name: str, data: str, spec: str = "{}") -> str:
    head = f"apiVersion: 'tanka.dev/v1alpha1', kind: 'Environment', metadata: {{ name: '{name}' }}"
    return f"{{ {head}, spec: {spec}, data: {data} }}"


MANIFEST = "{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } }"


class TestWhatNoEnvironmentCanBe:
    @pytest.mark.parametrize(
        ("code", "spec"),
        [
            ("7", "{}"),
            ("{ a: 1, c: { apiVersion: 'v1' } }", "{}"),
            ("{ apiVersion: 'v1', kind: 'ConfigMap' }", "{}"),
            ("{ apiVersion: 'v1', kind: 'List', items: [1] }", "{}"),
            (MANIFEST, '{"spec": {"injectLabels": true, "tankaEnvLabelFromFields": [".spec"]}}'),
            (inline("a", "{}"), "{}"),
            (inline("a", "{ a: 7 }"), ""),
        ],
    )
    def test_is_an_error_in_the_words_of_show(
        self, project: Any, code: str, spec: str, capfd: Capture
    ) -> None:
        project(**{"e/main.jsonnet": code, **({"e/spec.json": spec} if spec else {})})
        assert main(["show", "e"]) == 1
        sentence = capfd.readouterr().err.partition(": ")[2]
        assert main(["validate", "e"]) == 1
        told, counted = capfd.readouterr()
        prefix = "" if spec else "Environment a: "
        assert told == f"e/main.jsonnet: {prefix}{sentence}"
        assert ", 1 problem, " in counted

    def test_is_told_of_each_inline_environment(self, project: Any, capfd: Capture) -> None:
        pairs = [("a", "{}"), ("b", "7"), ("c", "null"), ("a", MANIFEST)]
        found = ", ".join(inline(name, data) for name, data in pairs)
        project(**{"e/main.jsonnet": f"[{found}, {inline('d', MANIFEST, '{ namespace: 5 }')}]"})
        assert main(["validate", "e"]) == 1
        told = [line for line in capfd.readouterr().out.splitlines() if line.startswith("e/")]
        assert told == [
            "e/main.jsonnet: Environment b: . is not a valid Kubernetes manifest:",
            "e/main.jsonnet: Environment a: another environment of this file has the same name",
            "e/main.jsonnet: Environment d: spec.namespace must be a string, not 5",
        ]

    @pytest.mark.parametrize("code", ["{}", "null", f"{{ a: [{MANIFEST}, null], b: null }}"])
    def test_is_nothing_that_show_takes(self, project: Any, code: str, capfd: Capture) -> None:
        project(**{"e/main.jsonnet": code, "e/spec.json": "{}"})
        is_shown = main(["show", "e"]) == 0
        assert main(["validate", "e", "--allow-empty"]) == int(not is_shown)

    def test_may_be_any_other_template(self, project: Any, capfd: Capture) -> None:
        project(**{"e/main.jsonnet": "{}", "e/spec.json": "{}", "e/beside.jsonnet": "7"})
        project(**{"alone.jsonnet": "7", "without/main.jsonnet": "{ a: 7 }"})
        paths = ["alone.jsonnet", "e/beside.jsonnet", "without"]
        assert main(["validate", *paths, "--allow-empty"]) == 0

    @pytest.mark.parametrize("way", ["{ a: [%s] }", "%s", inline("e", "{ b: %s }")])
    def test_is_no_second_error_of_a_manifest_with_problems(
        self, project: Any, way: str, capfd: Capture
    ) -> None:
        nameless = json.dumps({**yaml.safe_load(GOOD), "metadata": {}})
        spec = {} if "tanka" in way else {"e/spec.json": "{}"}
        project(**{"e/main.jsonnet": way % nameless, **spec})
        assert main(["validate", "e"]) == 1
        told, counted = capfd.readouterr()
        assert ": metadata.name: " in told
        assert ", 1 problem, " in counted

    def test_is_told_from_the_cache_as_well(self, project: Any, capfd: Capture) -> None:
        project(**{"e/main.jsonnet": "7", "e/spec.json": "{}"})
        for _ in range(2):
            assert main(["validate", "e", "--cache-path", "c"]) == 1
            assert "e/main.jsonnet: . is not a valid" in capfd.readouterr().out


class TestASpecJson:
    @pytest.mark.parametrize("text", ["{\n", '{"spec":\n1}', "{\nNaN}"])
    def test_what_is_wrong_with_it_is_told_once_at_its_place(
        self, project: Any, text: str, capfd: Capture
    ) -> None:
        project(**{"e/main.jsonnet": "{}", "e/spec.json": text})
        assert main(["validate", "e"]) == 1
        told, counted = capfd.readouterr()
        [line] = told.splitlines()
        assert re.search(r"e/spec\.json:2:1: (this is no JSON|spec must be an object)", line)
        assert counted == "0 manifests, 1 problem, 0 warnings\n"

    def test_each_broken_one_is_told(self, project: Any, capfd: Capture) -> None:
        for name in "ab":
            project(**{f"e/{name}/main.jsonnet": "{}", f"e/{name}/spec.json": "{"})
        assert main(["validate", "e"]) == 1
        assert capfd.readouterr().err == "0 manifests, 2 problems, 0 warnings\n"


class TestNothingToJudge:
    @pytest.mark.parametrize("form", ["text", "json", "github", "junit", "sarif"])
    def test_it_is_an_error_in_a_sentence(self, form: str, here: Path, capfd: Capture) -> None:
        Path("empty").mkdir()
        assert main(["validate", "empty", "--output", form]) == 1
        assert capfd.readouterr().err.endswith(
            "nothing to judge in empty: there is no .jsonnet, .yaml, .yml or .json file\n"
        )

    def test_so_it_is_with_files_that_have_no_manifest(self, here: Path, capfd: Capture) -> None:
        Path("values.yaml").write_text("a: 1\n")
        assert main(["validate", "values.yaml"]) == 1
        assert "no manifest of image.openshift.io in the file" in capfd.readouterr().err
        Path("other.json").write_text("{}")
        assert main(["validate", "."]) == 1
        assert "in .: no manifest of image.openshift.io in 2 files" in capfd.readouterr().err

    def test_unless_that_is_allowed(self, here: Path, capfd: Capture) -> None:
        assert main(["validate", ".", "--allow-empty"]) == 0
        assert capfd.readouterr().err == "0 manifests, 0 problems, 0 warnings\n"

    def test_what_cannot_be_read_is_something(self, here: Path, capfd: Capture) -> None:
        Path("a.yaml").write_text("a: [\n")
        assert main(["validate", ".", "--allow-empty"]) == 1
        assert "nothing" not in capfd.readouterr().err


class TestSlips:
    @pytest.mark.parametrize(
        ("fields", "expected"),
        [
            (
                "apiVersion: 'v1'",
                '3:71: apiVersion: must be image.openshift.io/v1, not "v1"',
            ),
            (
                "kind: 'ImageStreamimport'",
                'kind: must be ImageStreamImport, not "ImageStreamimport"',
            ),
            (
                "apiVersion:: null",
                "apiVersion: must be image.openshift.io/v1, and must not be left",
            ),
        ],
    )
    def test_of_version_and_kind_are_problems_in_templates_too(
        self, fields: str, expected: str, here: Path, capfd: Capture
    ) -> None:
        Path("t.jsonnet").write_text(TEMPLATE % "app" + f"+ {{ {fields} }}")
        assert main(["validate", "t.jsonnet"]) == 1
        assert expected in capfd.readouterr().out

    def test_a_manifest_is_named_when_there_are_several(self, here: Path, capfd: Capture) -> None:
        code = "local stream(name, flag) = isi.new(name) + isi.spec.repository.from.withName('a')"
        code += "+ isi.spec.withImport(true) + isi.spec.repository.from.withKind('DockerImage')"
        code += " + isi.spec.repository.importPolicy.withScheduled(flag);\n"
        code += "[stream('n%d' % i, if i == 17 then 'yes' else true) for i in std.range(1, 20)]"
        Path("t.jsonnet").write_text(LIBRARY + code)
        assert main(["validate", "t.jsonnet", *QUIET]) == 1
        [line] = capfd.readouterr().out.splitlines()
        assert line.endswith("in ImageStreamImport/n17)")
        assert main(["eval", "t.jsonnet"]) == 1
        assert "in ImageStreamImport/n17)" in capfd.readouterr().err


class TestForms:
    @pytest.fixture
    def report(self, here: Path, capfd: Capture) -> Capture:
        Path("a,b.yaml").write_text(BAD)
        Path("bad.json").write_text('{"a": }')
        Path("t.jsonnet").write_text(LIBRARY + "isi.new('x') + { spec: { repository: 1 + 1 } }")
        return capfd

    def told(self, report: Capture, form: str) -> str:
        assert main(["validate", ".", "--output", form]) == 1
        return report.readouterr().out

    def test_text(self, report: Capture) -> None:
        lines = self.told(report, "text").splitlines()
        assert [line[:40] for line in lines] == [
            "a,b.yaml:4:9: metadata.name: must be low",
            "a,b.yaml:8:37: warning: spec.images[0].f",
            "a,b.yaml:8:5: warning: spec.images[0].to",
            "bad.json:1:7: this is no JSON: expecting",
            "t.jsonnet: spec.repository: must be an o",
        ]

    def test_json(self, report: Capture) -> None:
        data = json.loads(self.told(report, "json"))
        assert list(data) == ["manifests", "problems", "warnings", "errors"]
        assert data["manifests"] == 2
        first, second = data["problems"]
        assert first == {
            "file": "a,b.yaml",
            "line": 4,
            "column": 9,
            "manifest": "",
            "name": "ImageStreamImport/App",
            "function": "",
            "callers": [],
            "field": "metadata.name",
            "value": "App",
            "message": first["message"],
            "reason": "FieldValueInvalid",
        }
        assert (second["file"], second["line"], second["column"]) == ("t.jsonnet", None, None)
        assert {each["code"] for each in data["warnings"]} == {"W001", "W002"}
        assert data["errors"] == [
            {
                "message": "this is no JSON: expecting value",
                "frames": [{"file": "bad.json", "line": 1, "column": 7}],
            }
        ]
        assert main(["validate", ".", "--json"]) == 1
        assert json.loads(report.readouterr().out) == data

    def test_github(self, report: Capture) -> None:
        lines = self.told(report, "github").splitlines()
        command, _, message = lines[0].removeprefix("::").partition("::")
        assert command == "error file=a%2Cb.yaml,line=4,col=9,title=FieldValueInvalid"
        assert message.startswith("metadata.name: must be ")
        assert lines[1].startswith("::warning file=a%2Cb.yaml,line=8,col=37,title=W002::")
        assert lines[3].startswith("::error file=bad.json,line=1,col=7,title=EvaluationError::")
        assert lines[4].startswith("::error file=t.jsonnet,title=FieldValueTypeInvalid::")

    def test_junit(self, report: Capture) -> None:
        suites = ElementTree.fromstring(self.told(report, "junit"))
        assert suites.attrib == {
            "name": "pyimagestream validate",
            "tests": "3",
            "failures": "2",
            "errors": "1",
        }
        cases = [(suite.get("name"), case.get("name")) for suite in suites for case in suite]
        assert cases == [
            ("a,b.yaml", "ImageStreamImport/App"),
            ("bad.json", "bad.json"),
            ("t.jsonnet", "ImageStreamImport/x"),
        ]
        failure = suites.find("./testsuite/testcase/failure")
        assert failure is not None
        assert failure.get("type") == "FieldValueInvalid"
        assert (failure.text or "").startswith("a,b.yaml:4:9: metadata.name: ")
        assert len((suites.findtext("./testsuite/testcase/system-out") or "").splitlines()) == 2

    def test_sarif(self, report: Capture) -> None:
        log = json.loads(self.told(report, "sarif"))
        [run] = log["runs"]
        assert log["version"] == "2.1.0"
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert {each["ruleId"] for each in run["results"]} == set(rules)
        first, *_, last = run["results"]
        assert first["level"] == "error"
        assert first["locations"][0]["physicalLocation"] == {
            "artifactLocation": {"uri": "a%2Cb.yaml"},
            "region": {"startLine": 4, "startColumn": 9},
        }
        logical = first["locations"][0]["logicalLocations"][0]
        assert logical["fullyQualifiedName"] == "ImageStreamImport/App: metadata.name"
        assert "region" not in last["locations"][0]["physicalLocation"]

    @pytest.mark.parametrize("form", ["text", "json", "github", "junit", "sarif"])
    def test_every_form_tells_a_place_found_by_looks_from_others(
        self, form: str, here: Path, capfd: Capture
    ) -> None:
        hidden = "local isi = import 'imageStreamImport.libsonnet'; local __at = 1;\n"
        wrong = "isi.new('a') + { spec+: { 'import': 'yes', bogus: 'no' } }"
        (here / "hidden.jsonnet").write_text(hidden + wrong)
        assert main(["validate", "hidden.jsonnet", "--output", form, "--ignore", "W001"]) == 1
        out = capfd.readouterr().out
        told = '"byLooks": true' if form == "json" else "(found by the looks of the value)"
        assert out.count(told) >= 2  # the problem and the warning

    def test_a_manifest_that_is_well_is_a_test_that_passed(
        self, here: Path, capfd: Capture
    ) -> None:
        Path("a.yaml").write_text(GOOD)
        assert main(["validate", "a.yaml", "--output", "junit"]) == 0
        [case] = ElementTree.fromstring(capfd.readouterr().out).iter("testcase")
        assert [child.tag for child in case] in ([], ["system-out"])

    @pytest.mark.parametrize("form", ["text", "json", "github", "junit", "sarif"])
    def test_nothing_raw_reaches_a_terminal(self, form: str, here: Path) -> None:
        evil = "\x1b[2J\x9b31m\u202e\u2028"
        Path(f"x{evil}.yaml").write_text(GOOD.replace("app", json.dumps(f"A{evil}"), 1))
        Path("y.jsonnet").write_text(f"error {json.dumps(evil)}")
        result = run(".", "--output", form, cwd=here)
        assert result.returncode == 1
        assert not set("\x1b\x9b\u202e\u2028") & set(result.stdout + result.stderr)
        if form == "junit":
            ElementTree.fromstring(result.stdout)
        if form == "json":
            assert f"A{evil}" in {each["value"] for each in json.loads(result.stdout)["problems"]}


def run(
    *arguments: str, input: str = "", cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import sys; from pyimagestream.cli.main import main; "]
    command[-1] += f"sys.path.insert(0, {str(ROOT)!r}); sys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [*command, "validate", *arguments],
        input=input,
        capture_output=True,
        text=True,
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT)},
    )


def test_the_problem_matcher_finds_file_line_column_severity_and_message(
    here: Path, capfd: Capture
) -> None:
    Path("a.yaml").write_text(BAD)
    Path("t.jsonnet").write_text(LIBRARY + "isi.new('x') + { spec: { repository: 1 + 1 } }")
    main(["validate", "a.yaml", "t.jsonnet"])
    problem, warning, _, unplaced = capfd.readouterr().out.splitlines()
    matchers = json.loads((ROOT / "docs" / "problem-matcher.json").read_text())["problemMatcher"]
    placed, by_file = (matcher["pattern"][0] for matcher in matchers)

    def matched(pattern: dict[str, str], line: str) -> dict[str, str | None]:
        found = re.search(pattern["regexp"], line)
        assert found
        return {key: found[int(index)] for key, index in pattern.items() if key != "regexp"}

    expected = {"file": "a.yaml", "line": "4", "column": "9", "severity": None}
    assert matched(placed, problem).items() >= expected.items()
    assert matched(placed, warning)["severity"] == "warning"
    assert str(matched(placed, warning)["message"]).startswith("spec.images[0].from.name: ")
    assert not re.search(placed["regexp"], unplaced)
    assert matched(by_file, unplaced)["file"] == "t.jsonnet"
    assert not re.search(by_file["regexp"], problem)


def test_the_hook_of_pre_commit_judges_the_whole_repository() -> None:
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert [*hook["entry"].split(), *hook["args"]] == ["pyimagestream", "validate", "."]
    assert not hook["pass_filenames"]
    wanted = ("a.jsonnet", "b/c.libsonnet", "d.yaml", "e.yml", "f.json")
    assert all(re.search(hook["files"], name) for name in wanted)
    assert not re.search(hook["files"], "README.md")


def test_a_value_that_fits_in_no_sum_is_a_problem_at_its_place(
    engine: str, tmp_path: Path, capfd: Capture
) -> None:
    template = tmp_path / "app.jsonnet"
    template.write_text(
        "local isi = import 'imageStreamImport.libsonnet';\n"
        "isi.new('a')\n+ isi.metadata.withLabels({ a: 'x' })\n+ isi.metadata.withLabelsMixin(['x'])"
    )
    assert main(["validate", "--engine", engine, str(template)]) == 1
    out, err = capfd.readouterr()
    assert f"{template}:4:32: metadata.labels: must be an object, not an array" in out + err
    assert "0 manifests, 1 problem, 0 warnings" in err


def test_what_a_list_of_image_streams_holds_is_judged_without_kinds_of_its_own(
    tmp_path: Path, capfd: Capture
) -> None:
    """So does the API server write a list, and kubectl reads it."""
    file = tmp_path / "streams.yaml"
    file.write_text(
        "apiVersion: image.openshift.io/v1\nkind: ImageStreamList\nmetadata: {}\n"
        "items:\n- metadata:\n    name: App\n"
    )
    assert main(["validate", str(file)]) == 1
    out, err = capfd.readouterr()
    assert f"{file}:6:11: metadata.name: must be" in out + err
    assert "(in ImageStream/App)" in out + err
    assert "1 manifest, 1 problem" in err


@pytest.mark.parametrize("name", ["streams.jsonl", "STREAMS.NDJSON"])
def test_a_named_file_of_lines_of_json_has_as_many_documents(
    name: str, tmp_path: Path, capfd: Capture
) -> None:
    """As Jsonnet the objects would be one, of which the last ones count."""
    head = '{"apiVersion": "image.openshift.io/v1", "kind": "ImageStream", "metadata": {"name": '
    file = tmp_path / name
    file.write_text("".join(f'{head}"{each}"}}}}\n' for each in ("App", "app")))
    assert main(["validate", str(file)]) == 1
    out, err = capfd.readouterr()
    assert f"{file}:1:" in out + err
    assert "2 manifests, 1 problem" in err
    assert main(["validate", "--allow-empty", str(tmp_path)]) == 0
    assert "0 manifests" in capfd.readouterr().err
