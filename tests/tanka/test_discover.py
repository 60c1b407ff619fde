"""Environments are found, named and chosen as Tanka does."""

import json
import os

import pytest

from pyimagestream.cli.main import main
from pyimagestream.errors import AmbiguousEnvironmentError, EnvironmentsError, PyimagestreamError
from pyimagestream.evaluation.settings import Settings
from pyimagestream.tanka.discover import choose_environment, find_environments
from pyimagestream.tanka.load import evaluate_environment, load
from pyimagestream.tanka.manifests.select import parse_selector
from pyimagestream.tanka.runner import Runner

INLINE = """
local environment(name, data) = {
  apiVersion: 'tanka.dev/v1alpha1', kind: 'Environment',
  metadata: { name: name, labels: { of: name } }, spec: { namespace: name }, data: data,
};
local map(name) = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: name } };
{ list: [environment('dev', map('d'))], deep: { prod: environment('prod', map('p')) } }
"""


def found(*paths, selector=None, **settings):
    with Runner() as runner:
        return find_environments(paths, Settings.of(**settings), runner, selector)


def names(*paths, **more):
    return [environment.name for environment in found(*paths, **more)]


def test_static_and_inline_environments_may_live_in_one_project(environments, project):
    project(**{"environments/inline/main.jsonnet": INLINE})
    expected = ["environments/a", "environments/b", "environments/c", "prod", "dev"]
    assert names(".") == expected


def test_environments_may_stand_inside_each_other_and_are_found_once(environments, project):
    project(**{"environments/a/inner/main.jsonnet": "{}", "environments/a/inner/spec.json": "{}"})
    assert names("environments/a") == ["environments/a", "environments/a/inner"]
    assert names("environments/a", ".", "environments/a/main.jsonnet").count("environments/a") == 1


def test_a_selector_chooses_by_labels(environments):
    assert names(".", selector=parse_selector("env in (a, c)")) == [
        "environments/a",
        "environments/c",
    ]


@pytest.mark.parametrize("wrong", ["../prdo", "../d/main.jsonnet", "environments", "c"])
def test_a_path_that_does_not_exist_is_not_the_environment_here(environments, monkeypatch, wrong):
    monkeypatch.chdir("environments/a")
    with Runner() as runner:
        with pytest.raises(PyimagestreamError, match=f"^{wrong}: there is no such environment"):
            choose_environment(wrong, Settings.of(), runner)
        assert choose_environment("environments/a", Settings.of(), runner).name == "environments/a"


def test_a_directory_that_cannot_be_read_is_not_passed_over(environments, closed):
    (environments / "environments" / closed).mkdir()
    with pytest.raises(PyimagestreamError, match="environments/closed: cannot be read"):
        names(".")


def test_a_template_without_any_environment_says_what_is_missing(project):
    project(**{"x/main.jsonnet": "{}"})
    with pytest.raises(PyimagestreamError, match="no environment: neither"):
        load("x")


def test_a_spec_nested_too_deep_is_one_clear_error(project):
    project(**{"x/main.jsonnet": "{}", "x/spec.json": "[" * 100_000})
    with pytest.raises(PyimagestreamError, match="nested too deep"):
        load("x")


def test_files_of_other_names_are_no_environments(project):
    project(**{"x/other.jsonnet": "error 'evaluated'", "x/lib.libsonnet": "error 'evaluated'"})
    assert names(".") == []


def test_a_main_file_without_environments_has_none(project):
    project(**{"x/main.jsonnet": "{ a: 1, b: [null, { c: 'text' }] }"})
    assert names("x") == []


def test_listing_does_not_evaluate_the_data(project):
    project(**{"x/main.jsonnet": INLINE.replace("data: data", "data: error 'evaluated'")})
    assert names("x") == ["prod", "dev"]


def test_metadata_may_lean_on_the_data(project):
    leaning = INLINE.replace("labels: { of: name }", "labels: { of: $.data.metadata.name }")
    project(**{"x/main.jsonnet": leaning})
    assert found("x")[0].labels == {"of": "p"}


def test_inline_environments_may_be_a_function_of_tlas(project, engine):
    project(**{"x/main.jsonnet": "function(n='dev') " + INLINE.replace("'dev'", "n")})
    assert names("x", engine=engine) == ["prod", "dev"]
    assert names("x", engine=engine, tla_vars={"n": "test"}) == ["prod", "test"]


@pytest.mark.parametrize("name", ["main", "found", "std", "environments", "value", "_", "_main"])
def test_a_top_level_argument_may_have_any_name(project, engine, name):
    code = "local S = std; function(NAME) " + INLINE.replace("'dev'", "S.asciiLower(NAME)")
    project(**{"x/main.jsonnet": code.replace("NAME", name)})
    settings = Settings.of(engine=engine, tla_vars={name: "TEST"})
    assert names("x", engine=engine, tla_vars={name: "TEST"}) == ["prod", "test"]
    environment, [manifest] = load("x", settings, name="test")
    assert (environment.name, manifest["metadata"]["name"]) == ("test", "d")


def test_errors_point_into_the_users_files_only(project, engine):
    project(**{"x/main.jsonnet": INLINE.replace("map('p')", "error 'mine'")})
    with pytest.raises(EnvironmentsError, match="mine") as caught:
        load("x", Settings.of(engine=engine), name="prod")
    assert "<environments>" not in str(caught.value)


def test_a_top_level_argument_no_function_can_have_is_told(project):
    project(**{"x/main.jsonnet": INLINE})
    with pytest.raises(EnvironmentsError, match="'a b'"):
        found("x", tla_vars={"a b": ""})


def test_the_callers_ext_var_gives_way_to_tankas(environments, project, engine):
    project(**{"environments/a/main.jsonnet": "std.extVar('tanka.dev/environment').kind"})
    settings = Settings.of(engine=engine, ext_vars={"tanka.dev/environment": "mine"})
    assert evaluate_environment("environments/a", settings) == "Environment"


def test_errors_of_all_entry_points_are_told(project):
    project(
        **{
            "x/main.jsonnet": "error 'first'",
            "y/main.jsonnet": "{ broken",
            "z/main.jsonnet": "{}",
        }
    )
    with pytest.raises(EnvironmentsError) as caught:
        found(".")
    assert [label for label, _ in caught.value.errors] == ["x/main.jsonnet", "y/main.jsonnet"]
    assert "first" in str(caught.value)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("{", "spec.json"),
        ("[]", r"must be an object, not \[\]"),
        ("", r"spec\.json:1:1: this is no JSON: expecting value"),
        ("{\n,}", r"spec\.json:2:1: this is no JSON: expecting property name"),
        ("{}\n {}", r"spec\.json:2:2: this is no JSON: extra data"),
        ("\ufeff{}", r"spec\.json:1:1: .*byte order mark"),
        ("NaN", r"spec\.json:1:1: NaN is no number of JSON"),
        ('{"spec": {"namespace": [null, true]}}', r"must be a string, not \[null, true\]\n"),
        ('{"spec": {"namespace": ["' + "x" * 999 + '"]}}', r'not \["x{78}\.\.\.\n'),
        ('{"spec": {"namespace": 5}}', r"spec\.namespace must be a string"),
        ('{"spec": {\n "namespace": 5}}', r"spec\.json:2:15: spec\.namespace must be a string"),
        ('{"spec": {"injectLabels": "yes"}}', r"spec\.injectLabels must be a boolean"),
        ('{"spec": {"contextNames": "x"}}', r"spec\.contextNames must be a list of strings"),
        ('{"metadata": {"labels": {"a": 1}}}', r"metadata\.labels must be an object of strings"),
        (
            '{"spec": {"tankaEnvLabelFromFields": [".metadata.name", ".spec.team"]}}',
            r"spec\.tankaEnvLabelFromFields: there is no field '\.spec\.team'",
        ),
        ('{"spec": {"resourceDefaults": []}}', r"spec\.resourceDefaults must be an object"),
    ],
)
def test_a_wrong_spec_json_names_the_place_and_the_field(project, spec, message):
    project(**{"x/spec.json": spec, "x/main.jsonnet": "{}"})
    with pytest.raises(PyimagestreamError, match=message):
        found("x")


def test_a_spec_json_of_null_says_nothing(project):
    project(**{"x/spec.json": "null", "y/spec.json": "{}"})
    project(**{f"{name}/main.jsonnet": "{}" for name in "xy"})
    of_null, of_nothing = found("x", "y")
    assert of_null.spec == of_nothing.spec
    assert of_null.name == "x"


def test_half_a_surrogate_in_a_spec_json_is_a_replacement_character(project):
    spec = r'{"metadata": {"labels": {"\ud800": "\udfffx"}}}'
    project(**{"x/spec.json": spec, "x/main.jsonnet": "{}"})
    [environment] = found("x")
    assert environment.labels == {"\ufffd": "\ufffdx"}


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink("/dev/zero", path)])
def test_a_spec_json_must_be_a_regular_file(project, make):
    project(**{"x/main.jsonnet": "{}"})
    make("x/spec.json")
    with pytest.raises(PyimagestreamError, match=r"x/spec\.json.*(regular file|directory)"):
        found("x")


def test_an_entry_point_must_be_a_regular_file(project):
    project(**{"x/spec.json": "{}"})
    os.mkfifo("x/main.jsonnet")
    with pytest.raises(PyimagestreamError, match=r"x/main\.jsonnet.*not a regular file"):
        load("x")


def test_a_linked_directory_is_not_followed_not_even_when_it_is_named(environments):
    os.symlink("a", "environments/link")
    os.symlink("environments", "all")
    assert names(".") == ["environments/a", "environments/b", "environments/c"]
    assert names("environments/link") == names("all") == []
    assert names("all/a") == ["all/a"]


def test_spec_json_is_read_as_go_reads_it(project):
    spec = {
        "METADATA": {"name": "ignored", "labels": None},
        "spec": {"APIServer": "10.0.0.1", "unknown": 1, "resourceDefaults": {"labels": {}}},
        "server": "ignored, as there is one",
        "team": "red",
    }
    project(**{"x/spec.json": json.dumps(spec), "x/main.jsonnet": "{}"})
    [environment] = found("x")
    assert environment.value == {
        "apiVersion": "tanka.dev/v1alpha1",
        "kind": "Environment",
        "metadata": {"name": "x", "namespace": "x/main.jsonnet", "labels": {"team": "red"}},
        "spec": {
            "apiServer": "https://10.0.0.1",
            "namespace": "default",
            "resourceDefaults": {},
            "expectVersions": {},
        },
    }


@pytest.mark.parametrize("second", ['"spec": {"injectLabels": true}', '"Spec": null'])
def test_a_field_that_a_spec_json_says_twice_adds_to_the_first_as_in_go(project, second):
    spec = '{"spec": {"namespace": "a", "resourceDefaults": {"labels": {"b": "c"}}}, %s}'
    project(**{"x/spec.json": spec % second, "x/main.jsonnet": "{}"})
    [environment] = found("x")
    assert environment.spec["namespace"] == "a"
    assert environment.spec["resourceDefaults"] == {"labels": {"b": "c"}}
    assert environment.spec.get("injectLabels", False) is ("true" in second)


def choose(path, name=""):
    with Runner() as runner:
        return choose_environment(path, Settings.of(), runner, name).name


def test_an_exact_name_wins_over_parts_of_names(project):
    project(**{"x/main.jsonnet": INLINE.replace("'prod'", "'dev-2'")})
    assert choose("x", "dev") == "dev"
    assert choose("x", "-2") == "dev-2"
    with pytest.raises(AmbiguousEnvironmentError, match="dev-2"):
        choose("x", "d")


def test_several_environments_without_a_name_may_be_meant_all(project):
    project(**{"x/main.jsonnet": INLINE})
    with pytest.raises(AmbiguousEnvironmentError, match="by --name, or export all by --recursive"):
        choose("x")
    with pytest.raises(AmbiguousEnvironmentError, match=r"by --name\n"):
        choose("x", "d")


def test_a_path_that_does_not_exist_is_a_name(project):
    project(**{"main.jsonnet": INLINE})
    assert choose("prod") == "prod"


def test_two_environments_of_one_name_cannot_be_told_apart(project):
    project(**{"x/main.jsonnet": INLINE.replace("'prod'", "'dev'")})
    with pytest.raises(AmbiguousEnvironmentError):
        choose("x", "dev")


def test_tk_and_the_ext_var_hold_the_static_environment(environments, project, engine):
    code = "[std.extVar('tanka.dev/environment'), (import 'tk').env]"
    project(**{"environments/a/main.jsonnet": code})
    one, two = evaluate_environment("environments/a", Settings.of(engine=engine))
    assert one == two
    assert one["metadata"]["name"] == "environments/a"
    assert one["spec"]["namespace"] == "default"


@pytest.mark.parametrize("code", ["(import 'tk').env", "std.extVar('tanka.dev/environment')"])
def test_an_inline_environment_says_that_it_has_no_ext_var(project, code):
    project(**{"x/main.jsonnet": INLINE.replace("map('p')", code)})
    with pytest.raises(PyimagestreamError, match=r"with a spec\.json only"):
        load("x", name="prod")


def test_loading_one_inline_environment_leaves_the_others_alone(project):
    project(**{"x/main.jsonnet": INLINE.replace("map('p')", "error 'evaluated'")})
    _, manifests = load("x", name="dev")
    assert [manifest["metadata"]["name"] for manifest in manifests] == ["d"]
    with pytest.raises(PyimagestreamError, match="evaluated"):
        load("x", name="prod")


def test_an_environment_cannot_be_static_and_inline_at_once(project):
    project(**{"x/main.jsonnet": INLINE, "x/spec.json": "{}"})
    with pytest.raises(PyimagestreamError, match="one or the other"):
        load("x")


def test_an_environment_cannot_stand_in_another(project):
    inner = "{ apiVersion: 'tanka.dev/v1alpha1', kind: 'Environment', metadata: { name: 'b' } }"
    project(**{"x/main.jsonnet": inner.replace("'b' }", "'a' }, data: " + inner)})
    with pytest.raises(PyimagestreamError, match=r"main\.jsonnet \(a\): .* in the data of another"):
        load("x")


def test_evaluating_without_a_name_gives_the_environment_objects(project):
    project(**{"x/main.jsonnet": INLINE})
    assert evaluate_environment("x")["deep"]["prod"]["kind"] == "Environment"
    assert evaluate_environment("x", name="prod")["kind"] == "ConfigMap"


WRONG = """
local isi = import 'imageStreamImport.libsonnet';
{ i: isi.new('ok') + isi.spec.withImages([{ from: { kind: 'Image', name: 'a' } }]) }
"""


def test_wrong_values_are_refused_where_they_were_set(environments, project, engine):
    project(**{"environments/a/main.jsonnet": WRONG})
    with pytest.raises(EnvironmentsError, match=r"main\.jsonnet:3.*spec\.images\[0\]\.from\.kind"):
        load("environments/a", Settings.of(engine=engine))
    assert load("environments/a", Settings.of(engine=engine, check=False))


def test_wrong_values_in_inline_environments_are_found_in_their_file(project):
    data = "local isi = import 'imageStreamImport.libsonnet';\n"
    call = "{ i: isi.new('ok')\n + isi.spec.withImages([{ from: { kind: 'Image', name: 'a' } }]) }"
    project(**{"x/main.jsonnet": data + INLINE.replace("map('p')", call)})
    with pytest.raises(EnvironmentsError, match=r"x/main\.jsonnet:\d+:\d+: spec\.images\[0\]"):
        load("x", name="prod")


@pytest.mark.parametrize("command", [["show"], ["eval"], ["eval", "-o", "yaml"]])
@pytest.mark.parametrize("depth", [300, 700, 950])
def test_values_nested_too_deep_are_a_clear_error(environments, project, depth, command, capfd):
    deep = f"std.foldl(function(a, i) [a], std.range(1, {depth}), {{}})"
    manifest = f"{{ apiVersion: 'v1', kind: 'X', metadata: {{ name: 'n' }}, deep: {deep} }}"
    project(**{"environments/a/main.jsonnet": manifest})
    flags = ["--max-stack", "100000", "--engine", "gojsonnet"]
    code = main([*command, "environments/a", *flags])
    out, err = capfd.readouterr()
    assert (code, bool(out), bool(err)) in ((0, True, False), (1, False, True))


def test_a_tanka_native_is_there(environments, project, engine):
    project(**{"environments/a/main.jsonnet": "std.native('sha256')('x')"})
    assert evaluate_environment("environments/a", Settings.of(engine=engine)).startswith("2d711642")
