from __future__ import annotations

import copy
from typing import Any

import pytest
from support.recordings import TANKA, environment, expected

from pyimagestream import evaluate_file
from pyimagestream.errors import EnvironmentFieldError, PatternError
from pyimagestream.golang.yaml.printer import dump_all
from pyimagestream.tanka.manifests.extract import extract
from pyimagestream.tanka.manifests.finish import environment_label, finish


def manifest(kind: str = "ConfigMap", name: str = "a", **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, **metadata}}


def metadata_of(manifest: dict[str, Any], **spec: Any) -> dict[str, Any]:
    [processed] = finish([manifest], {"metadata": {"name": "e"}, "spec": spec})
    found: dict[str, Any] = processed["metadata"]
    return found


@pytest.mark.parametrize(
    ("recorded", "name", "targets"),
    [
        ("show-kinds", "kinds", ()),
        ("show-kinds-t", "kinds", ("configmap/.*", "!ConfigMap/b")),
        ("show-items", "items", ()),
        ("show-empty", "empty", ()),
        ("show-yaml", "yaml", ()),
    ],
)
def test_shows_what_tk_shows(recorded: str, name: str, targets: tuple[str, ...]) -> None:
    value = evaluate_file(TANKA / "project/environments" / name / "main.jsonnet", check=False)
    manifests = finish(extract(value), environment(name), targets)
    assert dump_all(manifests) == expected(f"{recorded}.out")


def test_a_manifest_without_a_namespace_gets_the_default_one() -> None:
    assert metadata_of(manifest(), namespace="n")["namespace"] == "n"
    assert metadata_of(manifest(namespace="own"), namespace="n")["namespace"] == "own"
    assert metadata_of(manifest(namespace=""), namespace="n")["namespace"] == ""
    assert metadata_of(manifest(namespace=None), namespace="n")["namespace"] == "n"
    assert "namespace" not in metadata_of(manifest("Namespace"), namespace="n")


def test_an_annotation_overrides_whether_a_kind_is_namespaced() -> None:
    key = "tanka.dev/namespaced"
    assert "namespace" in metadata_of(manifest("Node", annotations={key: "true"}), namespace="n")
    for text in ("false", ""):
        assert "namespace" not in metadata_of(manifest(annotations={key: text}), namespace="n")


def test_empty_annotations_go_where_there_is_a_default_namespace() -> None:
    assert "annotations" not in metadata_of(manifest(annotations={}), namespace="n")
    assert metadata_of(manifest(annotations={}), namespace="")["annotations"] == {}


def test_resource_defaults_fill_in_what_is_absent() -> None:
    defaults = {"labels": {"a": "1", "b": "2"}, "annotations": {"c": "3"}}
    metadata = metadata_of(manifest(labels={"a": "own"}), resourceDefaults=defaults)
    assert metadata["labels"] == {"a": "own", "b": "2"}
    assert metadata["annotations"] == {"c": "3"}


def test_the_label_of_the_environment_replaces_any_other() -> None:
    key = "tanka.dev/environment"
    label = metadata_of(manifest(labels={key: "x"}), injectLabels=True)["labels"][key]
    assert label == environment_label({"metadata": {"name": "e"}})
    assert len(label) == 48


def test_the_label_can_be_made_of_other_fields() -> None:
    env = {
        "metadata": {"name": "x:y", "labels": {"team": "z"}},
        "spec": {"tankaEnvLabelFromFields": [".metadata.name", "metadata.labels.team"]},
    }
    assert environment_label(env) == environment_label(
        {"metadata": {"name": "x", "namespace": "y:z"}}
    )
    env["spec"]["tankaEnvLabelFromFields"] = [".metadata.labels"]  # type: ignore[index]
    with pytest.raises(EnvironmentFieldError, match=r"\.metadata\.labels must be a string"):
        environment_label(env)


def test_nothing_given_is_changed() -> None:
    manifests = [manifest(labels={"a": "b"}, annotations={}), manifest("List", "l")]
    env = {"metadata": {"name": "e"}, "spec": {"namespace": "n", "injectLabels": True}}
    before = copy.deepcopy((manifests, env))
    finish(manifests, env)
    assert (manifests, env) == before


def test_what_is_no_namespace_sorts_as_none() -> None:
    namespaces = [
        m["metadata"]["namespace"]
        for m in finish([manifest(namespace=value) for value in ("n", 5, None)], {})
    ]
    assert namespaces == [5, None, "n"]


def test_known_kinds_come_in_the_order_they_depend_on_each_other() -> None:
    given = [
        manifest("Zebra"), manifest("Route"), manifest("Job"), manifest("Namespace"),
        manifest("Secret", "b"), manifest("Secret", "a", namespace="z"), manifest("Secret", "a"),
    ]  # fmt: skip
    order = [
        (each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"])
        for each in finish(given, {})
    ]
    assert order == [
        ("Namespace", None, "a"), ("Secret", None, "a"), ("Secret", None, "b"),
        ("Secret", "z", "a"), ("Job", None, "a"), ("Route", None, "a"), ("Zebra", None, "a"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("targets", "names"),
    [
        (("configmap/a",), "a"),
        (("ConfigMap/(a|b)", "configmap/c"), "abc"),
        (("configmap",), ""),
        (("!configmap/a",), "bc"),
        (("configmap/a", "!configmap/b"), "ac"),
        (("configmap/[[:alpha:]]",), "abc"),
    ],
)
def test_targets_match_the_whole_of_kind_and_name_in_any_case(
    targets: tuple[str, ...], names: str
) -> None:
    """One that excludes makes those that include meaningless, as in Tanka."""
    selected = finish([manifest(name=name) for name in "abc"], {}, targets)
    assert "".join(each["metadata"]["name"] for each in selected) == names


def test_a_target_that_is_no_regular_expression_is_an_error() -> None:
    with pytest.raises(
        PatternError, match=r"^'a\(' is not a regular expression in RE2 syntax: missing \): a\($"
    ):
        finish([], {}, ["a("])
    with pytest.raises(PatternError, match=r"^'\['"):
        finish([], {}, ["!["])
    finish([], {}, ["*a"])  # behind the ^ that Tanka puts before it, it is one


def test_a_target_that_is_no_utf8_is_an_error() -> None:
    with pytest.raises(PatternError, match="invalid UTF-8"):
        finish([], {}, ["\udcff"])
