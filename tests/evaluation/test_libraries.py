"""Templates with the generated libraries of another API: their values are checked, with places."""

import json
from pathlib import Path

import _jsonnet
import pytest
from support.apis import library

from pyimagestream import (
    EvaluationError,
    PyimagestreamError,
    ValidationError,
    evaluate_snippet,
    library_path,
    native_callbacks,
)
from pyimagestream.engines import vm
from pyimagestream.evaluation import ladder
from pyimagestream.evaluation.evaluate import run_snippet
from pyimagestream.evaluation.libraries import libraries_in
from pyimagestream.evaluation.natives import Functions
from pyimagestream.evaluation.settings import Settings

LAYOUTS = ("compact", "reference")
IMPORT = "local k = import 'main.libsonnet';\n"
WELL = """\
k.networking.v1.ingress.new('a')
+ k.networking.v1.ingress.spec.withRules([{ host: 'a.example.com' }])
+ k.networking.v1.ingress.metadata.withLabels({ app: 'a' })
"""


@pytest.fixture(scope="module", params=LAYOUTS)
def directory(request, tmp_path_factory):
    return library(tmp_path_factory.mktemp("lib"), request.param)


def run(code, directory, **options):
    settings = Settings.of(jpath=[directory], **options)
    return run_snippet(IMPORT + code, "a.jsonnet", settings)


def told(code, directory, **options):
    with pytest.raises(ValidationError) as caught:
        run(code, directory, **options)
    return [
        (each.frame and each.frame.line, each.frame and each.frame.column, each.field, each.message)
        for each in caught.value.problems
    ]


def test_what_is_well_is_the_value_of_plain_jsonnet(directory, engine):
    assert run(WELL, directory, engine=engine).value == {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"labels": {"app": "a"}, "name": "a"},
        "spec": {"rules": [{"host": "a.example.com"}]},
    }


@pytest.mark.parametrize(
    ("code", "place"),
    [
        (
            "k.example.v1.backup.new('a')\n+ k.example.v1.backup.spec.withSchedule('daily')",
            (3, 41, "spec.schedule", "must have at least 9 characters, not 5"),
        ),
        (
            "local size = 1000;\nk.example.v1.backup.new('a')\n"
            "+ k.example.v1.backup.spec.withSize(size)",
            (2, 14, "spec.size", "must be a multiple of 512, not 1000"),
        ),
        (
            "k.core.v1.configMap.new('a')\n+ k.core.v1.configMap.withData({ a: 1 })",
            (3, 37, "data[a]", "must be a string, not 1"),
        ),
        (
            "k.core.v1.configMap.new('a')\n+ k.core.v1.configMap.metadata.withLabels({ a: 'b c' })",
            (
                3,
                43,
                "metadata.labels",
                "the value \"b c\" of \"a\" must have a name of letters, digits, '-', '_' and '.',"
                " with a letter or digit at either end",
            ),
        ),
        (
            "local port(n) = k.core.v1.containerPort.withContainerPort(n);\n"
            "local box = k.core.v1.container.withName('a')"
            " + k.core.v1.container.withPorts([port('http')]);\n"
            "k.core.v1.pod.new('a') + k.core.v1.pod.spec.withContainers([box])",
            (
                3,
                85,
                "spec.containers[0].ports[0].containerPort",
                'must be an integer, not "http"',
            ),
        ),
    ],
)
def test_a_wrong_value_is_told_at_its_literal(code, place, directory, engine):
    assert told(code, directory, engine=engine) == [place]


def test_values_in_no_finished_manifest_are_checked_too(directory):
    code = "k.core.v1.container.withName(3)"
    assert told(code, directory) == [(2, 30, "name", "must be a string, not 3")]


def test_a_value_that_leans_on_the_finished_object_stays_what_it_is(directory):
    code = (
        "{ p: k.core.v1.configMap.new('a') + k.core.v1.configMap.withData({ a: 'x' })\n"
        "  + k.core.v1.configMap.metadata.withLabels({ a: $.p.data.a }) }"
    )
    assert run(code, directory).value["p"]["metadata"]["labels"] == {"a": "x"}


def test_a_part_of_a_sum_is_not_blamed_for_what_it_lacks(directory):
    for code in ("k.example.v1.backup.new('a')", "k.example.v1.backup.spec.withRetention(3)"):
        assert run(code, directory).value


def test_functions_do_not_refuse_what_the_server_does_without(directory):
    code = "k.route.v1.route.new('a') + k.route.v1.route.spec.to.withName('a')"
    assert run(code, directory).value["spec"] == {"to": {"name": "a"}}


def test_an_import_is_enough_to_know_a_library_wherever_it_is(tmp_path):
    library(tmp_path / "api")
    code = "local k = import 'api/core_v1.libsonnet';\nk.secret.new('A_b')"
    with pytest.raises(ValidationError, match="RFC 1123 subdomain"):
        evaluate_snippet(code, filename=str(tmp_path / "a.jsonnet"))


@pytest.mark.parametrize("use", ["k.secret.new('A_b')", "importstr 'api/core_v1.libsonnet'", "1"])
def test_only_an_import_that_is_used_brings_its_checks(tmp_path, engine, use):
    library(tmp_path / "api")
    code = f"""
        local k = import 'api/core_v1.libsonnet', used = {use};
        [used, {{ apiVersion: 'v1', kind: 'Secret', metadata: {{ name: 'A_b' }} }}]
    """
    for fast_formats in (False, True):
        settings = Settings.of(engine=engine)
        settings = settings._replace(fast_formats=fast_formats, isolate=False)
        if use == "1":
            assert run_snippet(code, str(tmp_path / "a.jsonnet"), settings).value
        else:
            with pytest.raises(ValidationError, match="RFC 1123 subdomain"):
                run_snippet(code, str(tmp_path / "a.jsonnet"), settings)


def test_a_directory_can_be_named(directory):
    settings = Settings.of(libraries=[directory])
    assert run_snippet(IMPORT + WELL, "a", settings).value
    with pytest.raises(PyimagestreamError, match=r"has no pyimagestream\.json"):
        Settings.of(libraries=[directory / "no"])


def test_no_check_lets_everything_through(directory):
    assert run("k.core.v1.container.withName(3)", directory, check=False).value == {"name": 3}


def test_our_own_library_is_checked_beside_it(directory):
    code = (
        "local isi = import 'imageStreamImport.libsonnet';\n"
        "[isi.new('A'), k.core.v1.container.withName(3)]"
    )
    assert [(line, field) for line, _, field, _ in told(code, directory)] == [
        (3, "metadata.name"),
        (3, "name"),
    ]


def test_templates_without_such_a_library_are_evaluated_once_and_load_none(monkeypatch):
    runs = []
    monkeypatch.setattr(
        ladder, "evaluate", lambda *program: runs.append(1) or vm.evaluate(*program)
    )
    code = "local isi = import 'imageStreamImport.libsonnet';\nisi.new('a')"
    assert evaluate_snippet(code)
    assert runs == [1]


def test_an_own_evaluator_has_one_native_for_all_of_them(directory):
    callbacks = native_callbacks(str(directory))  # a single one needs no list
    options = {"native_callbacks": callbacks, "jpathdir": [library_path(), str(directory)]}
    text = _jsonnet.evaluate_snippet("a", IMPORT + WELL, **options)
    assert json.loads(text)["kind"] == "Ingress"
    wrong = f"{IMPORT}k.core.v1.container.withImage(3)"
    with pytest.raises(RuntimeError, match="withImage: image: must be a string, not 3"):
        _jsonnet.evaluate_snippet("a", wrong, **options)
    _, check = callbacks["pyimagestream.check"]
    assert check("nonsense") == check("no.such.function[1]")
    assert "takes the name of a function" in check("nonsense")
    assert "takes the JSON text" in check("core.v1.container.withImage[1")


def test_every_function_has_a_native_that_takes_null(directory):
    functions = Functions(libraries_in([str(directory)]))
    names = [name for name in functions if name.count(".") > 2 or name[0] == "e"]
    assert len(names) > 1_000
    for name in names[::7]:
        assert functions.refusal(name, "[null]") == ("", [])
        functions.refusal(name, '[{"a": [1, {"b": "c"}]}]')
    assert len(functions) == len(list(functions))
    assert "core.v1.container.withNothing" not in functions


def test_a_name_is_told_in_a_directory_of_any_depth(tmp_path):
    deep = library(tmp_path / "a", "reference") / "_gen" / "core" / "v1"
    code = f"(import '{deep}/configMap.libsonnet').withData({{ a: 3 }})"
    assert Path(deep).is_dir()
    with pytest.raises(ValidationError, match="must be a string, not 3"):
        evaluate_snippet(code)


def test_a_caller_names_the_directories_of_libraries(directory):
    code = "{ apiVersion: 'example.com/v1', kind: 'Backup', spec: { schedule: 'daily' } }"
    with pytest.raises(ValidationError, match="must have at least 9 characters"):
        evaluate_snippet(code, libraries=[directory])
    assert evaluate_snippet(code)["spec"] == {"schedule": "daily"}


def test_a_value_that_fits_in_no_sum_is_refused_where_it_comes_from(directory, engine):
    metadata = "k.networking.v1.ingress.metadata"
    code = f"{WELL}+ {metadata}.withLabelsMixin(['x'])"
    [(line, column, field, message)] = told(code, directory, engine=engine)
    assert (line, column) == (5, len(f"+ {metadata}.withLabelsMixin(") + 1)
    assert field.endswith("labels")
    assert message == "must be an object, not an array"


def test_a_sum_in_a_library_that_fails_is_told_of_the_template(directory, engine):
    code = "k.networking.v1.ingress.new('a') + { spec: null }\n"
    code += "+ k.networking.v1.ingress.spec.withRules([])"
    with pytest.raises(EvaluationError) as caught:
        run(code, directory, engine=engine)
    assert caught.value.message.endswith("and that is of another type)")
    assert "adds to spec" in caught.value.message or "withRules adds to" in caught.value.message
    assert [frame.file for frame in caught.value.frames] == ["a.jsonnet"]
