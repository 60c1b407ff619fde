"""A template pays for the kinds it makes, not for those there are."""

import subprocess
import sys

CODE = """
import sys
import pyimagestream

pyimagestream.evaluate_snippet({template!r}, engine="gojsonnet")
names = [name for name in sys.modules if name.startswith("pyimagestream.")]
print(*sorted(name.rpartition(".")[2] for name in names))
"""

IMPORT = """local isi = import 'imageStreamImport.libsonnet';
  isi.new('a') + isi.spec.withImages([{ from: { kind: 'DockerImage', name: 'a:v1' } }])"""
STREAM = """local is = (import 'main.libsonnet').image.v1.imageStream;
  is.new('a') + is.spec.withTags([{ name: 'v1' }])"""


def loaded(template):
    code = CODE.format(template=template)
    return set(subprocess.check_output([sys.executable, "-c", code], text=True).split())


def test_an_import_loads_no_other_kind_and_no_rules_of_other_kinds():
    names = loaded(IMPORT)
    assert {"imagestreamimport", "_images", "_metadata"} <= names
    kinds = {"_image", "_imagestream", "_imagestreamtag", "_imagesignature", "_tagreference"}
    assert not names & {*kinds, "_imagestreamimportstatus", "_tags", "_imageobjects"}


def test_an_image_stream_loads_neither_imports_nor_images():
    names = loaded(STREAM)
    assert {"_imagestream", "_tags"} <= names
    assert not names & {"imagestreamimport", "_image", "_imagestreamtag", "_imageobjects"}


def test_the_public_names_alone_load_no_kind():
    names = loaded("1")
    assert not names & {"imagestreamimport", "_imagestream", "_image"}
