"""What a VM prints, and the manifests in it."""

import json
import pickle
import sys
from pathlib import Path

import pytest
from support.engines import SLOW_ON_CPP

from pyimagestream import EvaluationError
from pyimagestream.cli.main import main
from pyimagestream.evaluation.output import manifests, parsed, what

MANIFEST = {"apiVersion": "image.openshift.io/v1", "kind": "ImageStreamImport"}


def test_numbers_are_doubles_however_many_digits_are_printed():
    assert parsed("[1180591620717411303424, 1180591620717411300000]") == [2**70, 2**70]
    assert parsed("[9007199254740993, 1, 1.5, -3]") == [2**53, 1, 1.5, -3]


def test_a_negative_zero_stays_one():
    assert str(parsed('[-0, 0, -0.5, {"a": -0}]')) == "[-0.0, 0, -0.5, {'a': -0.0}]"


def test_digits_in_a_string_stay_as_they_are():
    assert parsed('["1180591620717411300000"]') == ["1180591620717411300000"]


@pytest.mark.parametrize("text", ["inf", "[1, -inf]", ""])
def test_what_is_no_json_is_an_error_and_no_traceback(text):
    with pytest.raises(EvaluationError, match="a number that JSON cannot hold"):
        parsed(text)


def test_a_result_nested_too_deep_is_an_error():
    with pytest.raises(EvaluationError, match="nested too deep"):
        parsed("[" * 100_000 + "]" * 100_000)


def nested(depth):
    """As a VM prints it."""
    opened = "".join("   " * level + "[\n" for level in range(depth - 1))
    closed = "".join("   " * level + "]\n" for level in reversed(range(depth - 1)))
    return opened + "   " * (depth - 1) + "[ ]\n" + closed


def test_how_deep_is_too_deep_is_the_same_on_every_python():
    value = parsed(nested(900))
    assert list(manifests(value)) == []
    with pytest.raises(EvaluationError, match="nested too deep"):
        parsed(nested(901))


DEEP = "std.foldl(function(inner, _) { a: inner }, std.range(1, 1200), {})"


@pytest.mark.parametrize("command", [["eval"], ["eval", "-o", "yaml", "--no-check"], ["validate"]])
@pytest.mark.parametrize("name", SLOW_ON_CPP)
def test_a_value_1200_deep_is_one_error(name, command, tmp_path, monkeypatch, capsys):
    """The VM can be told to make one; also one in a manifest, which is checked."""
    monkeypatch.chdir(tmp_path)
    for template in (DEEP, json.dumps(MANIFEST) + f" + {{ metadata: {{ labels: {DEEP} }} }}"):
        Path("deep.jsonnet").write_text(template)
        assert main([*command, "deep.jsonnet", "--engine", name, "--max-stack", "100000"]) == 1
        printed = "".join(capsys.readouterr())
        assert printed.count("deep.jsonnet: the result is nested too deep") == 1
        assert "Traceback" not in printed


def can_be_pickled(depth):
    """Python 3.12.1, for example, has a low limit of its own in C."""
    value, usual = {}, sys.getrecursionlimit()
    for _ in range(depth):
        value = {"a": value}
    sys.setrecursionlimit(5000)
    try:
        return bool(pickle.dumps(value))
    except RecursionError:
        return False
    finally:
        sys.setrecursionlimit(usual)


@pytest.mark.parametrize("name", SLOW_ON_CPP)
def test_a_value_800_deep_comes_back_from_a_worker_process_or_is_one_error(name, tmp_path, capsys):
    deep = tmp_path / "deep.jsonnet"
    deep.write_text(DEEP.replace("1200", "800"))
    command = ["eval", str(deep), "--engine", name, "--max-stack", "100000", "--timeout", "10m"]
    code = main(command)
    out, err = capsys.readouterr()
    if can_be_pickled(800):
        assert (code, out.count("{"), err) == (0, 801, "")
    else:
        assert (code, out) == (1, "")
        assert err.endswith("deep.jsonnet: the value is nested too deep\n")


def test_what_cannot_be_printed_so_deep_is_one_error(tmp_path, capsys):
    """Pythons differ in how deep that is."""
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}}
    deep = tmp_path / "deep.jsonnet"
    deep.write_text(f"{{ map: {json.dumps(manifest)}, deep: {DEEP.replace('1200', '800')} }}")
    code = main(["eval", str(deep), "--max-stack", "100000", "-o", "yaml-stream"])
    out, err = capsys.readouterr()
    if code:
        assert (out, err) == ("", f"{deep}: the value is nested too deep\n")
    else:
        assert (out.count("name: x"), err) == (1, "")


def test_manifests_are_found_anywhere_with_their_places():
    value = {"a": [MANIFEST, {"b": MANIFEST}, 1, None], "c": {"kind": "ConfigMap"}}
    assert list(manifests(value)) == [(".a[0]", MANIFEST), (".a[1].b", MANIFEST)]
    assert list(manifests(MANIFEST)) == [("", MANIFEST)]


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, [[]], {"kind": "ImageStreamImport"}])
def test_there_may_be_none(value):
    assert list(manifests(value)) == []


@pytest.mark.parametrize("version", ["image.openshift.io/v2", "image.openshift.io/"])
@pytest.mark.parametrize("kind", ["ImageStream", "ImageStreamTag", "Image", "ImageStreamImport"])
def test_a_manifest_of_a_wrong_version_is_one(kind, version):
    manifest = {"apiVersion": version, "kind": kind}
    assert list(manifests([manifest])) == [("[0]", manifest)]


@pytest.mark.parametrize("kind", [None, 1, [], {}, "Pod", "imagestream"])
def test_other_kinds_are_left_to_others(kind):
    assert list(manifests([{"apiVersion": "v1", "kind": kind}])) == []


def test_the_objects_of_a_template_are_none_yet():
    objects = [{**MANIFEST, "metadata": {"name": "${NAME}"}}]
    template = {"apiVersion": "template.openshift.io/v1", "kind": "Template", "objects": objects}
    assert list(manifests({"t": template, "a": MANIFEST})) == [(".a", MANIFEST)]


@pytest.mark.parametrize("more", [{}, {"uid": "1", "controller": True}, {"namespace": "a"}])
def test_a_reference_within_another_object_is_no_manifest(more):
    """That of an owner, of an event, or of what an autoscaler scales."""
    reference = {"apiVersion": "image.openshift.io/v1", "kind": "ImageStream", "name": "a", **more}
    owned = {"kind": "ConfigMap", "metadata": {"ownerReferences": [reference]}}
    assert list(manifests({"a": owned, "b": {"scaleTargetRef": reference}})) == []
    assert list(manifests(reference)) == [("", reference)]
    forgotten = {**reference, "data": {}}
    assert list(manifests({"a": forgotten})) == [(".a", forgotten)]


def test_a_manifest_is_not_searched_for_others():
    assert list(manifests({**MANIFEST, "status": MANIFEST})) == [
        ("", {**MANIFEST, "status": MANIFEST})
    ]


def test_a_manifest_without_a_name_is_called_by_its_kind():
    assert what({"kind": "ConfigMap", "metadata": {"name": ""}}) == "ConfigMap"
    assert what({"kind": "ConfigMap", "metadata": {"generateName": "a-"}}) == "ConfigMap/a-"
