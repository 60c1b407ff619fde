"""The nearest name, and silence where none is near."""

import pytest

from pyimagestream import validate
from pyimagestream.checks.spelling import meant, meant_path, near, no_such
from pyimagestream.checks.warnings import warnings


@pytest.mark.parametrize(
    ("name", "names", "meant_name"),
    [
        ("valdate", ["eval", "validate"], "validate"),
        ("VALIDATE", ["validate"], "validate"),
        ("tga", ["tag", "tuna"], "tag"),
        ("form", ["kind", "from"], "from"),
        ("x", ["y", "xylophone"], ""),
        ("", ["a"], ""),
        ("a", [], ""),
    ],
)
def test_the_nearest_name_is_found_whatever_its_case(name, names, meant_name):
    assert meant(name, names) == meant_name


def test_several_names_may_be_near():
    assert near("tags", ["tag", "tages", "kind"], 2) == ("tages", "tag")


@pytest.mark.parametrize(
    ("path", "meant_file"),
    [
        ("Environments/Dev/main.jsonnet", "environments/dev/main.jsonnet"),
        ("environments/dve", "environments/dev"),
        ("envronments/dev/", "environments/dev"),
        ("environments/dev/mian.jsonnet", "environments/dev/main.jsonnet"),
        ("environments/dev/main", "environments/dev/main.jsonnet"),
        ("environments/dev/spec.jsonnet", ""),
        ("elsewhere/main.jsonnet", ""),
        ("", ""),
    ],
)
def test_each_part_of_a_path_may_be_misspelt(tmp_path, monkeypatch, path, meant_file):
    (tmp_path / "environments" / "dev").mkdir(parents=True)
    (tmp_path / "environments" / "dev" / "main.jsonnet").touch()
    monkeypatch.chdir(tmp_path)
    assert meant_path(path) == meant_file


def test_a_path_through_a_file_is_near_nothing(tmp_path):
    (tmp_path / "a").touch()
    assert meant_path(str(tmp_path / "a" / "b")) == ""


@pytest.mark.parametrize("path", ["here.jsonnet", "vendor/lib", "vendor/lib/main.libsonnet"])
def test_a_link_that_leads_nowhere_is_told_and_not_meant(tmp_path, monkeypatch, path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vendor").mkdir()
    link = "/".join(path.split("/")[:2])
    (tmp_path / link).symlink_to("gone")
    assert no_such(path) == f"there is no such file (the link {link} leads nowhere)"


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ({"metadata": {"name": "a"}, "spec": {"images": [{"form": {}}]}}, 'from by "form"'),
        ({"metadata": {"nmae": "a"}, "spec": {"images": [{}]}}, 'name by "nmae"'),
        ({"metadata": {"name": "a"}, "sepc": {}}, 'spec by "sepc"'),
    ],
)
def test_what_is_missing_names_the_unknown_field_meant_for_it(manifest, message):
    assert f"(did you mean {message}?)" in "\n".join(map(str, validate(manifest)))


def test_what_is_there_is_not_missed_under_the_name_of_a_slip():
    spec = {"image": [], "images": [{"form": {"kind": "DockerImage", "name": "a:1"}}, {}]}
    first, second = validate({"metadata": {"name": "a"}, "spec": spec})
    assert first.message.endswith('(did you mean from by "form"?)')
    assert second.message.endswith("must not be left out")


def test_so_does_a_warning_about_what_is_missing():
    image = {"from": {"kind": "DockerImage", "name": "a/b"}, "too": {"name": "2.7"}}
    spec = {"import": True, "images": [image]}
    head = {"apiVersion": "image.openshift.io/v1", "kind": "ImageStreamImport"}
    found = warnings({**head, "metadata": {"name": "a"}, "spec": spec})
    [message] = [warning.message for warning in found if warning.code == "W001"]
    assert message.endswith('(did you mean to by "too"?)')
