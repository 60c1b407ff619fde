"""What counts as an ImageStreamImport in the output of a template."""

import pytest

from pyimagestream import ValidationError, evaluate_snippet
from pyimagestream.cli import main

IMPORT = "local isi = import 'imageStreamImport.libsonnet';\n"


@pytest.mark.parametrize("version", ["image.openshift.io/v2", "image.openshift.io"])
def test_a_wrong_version_of_our_group_is_a_problem(version, tmp_path, capfd):
    path = tmp_path / "t.jsonnet"
    path.write_text(f"{{ kind: 'ImageStreamImport', apiVersion: {version!r}, metadata: {{}} }}")
    assert main(["validate", str(path)]) == 1
    out, err = capfd.readouterr()
    assert f"{path}:1:42: apiVersion: must be " in out
    assert err.startswith("1 manifest, ")


def test_it_is_found_by_evaluation_too(engine):
    with pytest.raises(ValidationError, match="apiVersion"):
        evaluate_snippet(
            IMPORT + "isi.new('a') + { apiVersion: 'image.openshift.io/v1beta1' }", engine=engine
        )


@pytest.mark.parametrize("other", ["kind: 'Other'", "apiVersion: 'v1'"])
def test_a_manifest_of_another_kind_or_group_is_none_of_ours(other):
    code = IMPORT + f"isi.new('a') + {{ {other}, spec: {{ images: 5 }} }}"
    assert evaluate_snippet(code)["spec"] == {"images": 5}
