"""The short check: yes for what people write, and no wherever there is any doubt."""

import copy

import pytest

from pyimagestream.checks.plain import plain
from pyimagestream.model.imagestreamimport import IMAGE_STREAM_IMPORT
from pyimagestream.model.schema import LATEST

MANIFEST = {
    "apiVersion": "image.openshift.io/v1",
    "kind": "ImageStreamImport",
    "metadata": {"name": "ruby", "namespace": "images", "labels": {"team": "a"}},
    "spec": {
        "import": True,
        "images": [
            {
                "from": {"kind": "DockerImage", "name": "quay.io/org/ruby:2.7"},
                "to": {"name": "2.7"},
                "importPolicy": {"scheduled": True, "importMode": "Legacy"},
            }
        ],
    },
}
WHOLE = plain(IMAGE_STREAM_IMPORT.schema, LATEST, LATEST, whole=True)
PART = plain(IMAGE_STREAM_IMPORT.schema, None, LATEST, whole=False)


def changed(*path):
    """The manifest with the last of the path in place of what is at the others."""
    *parents, key, value = path
    manifest = copy.deepcopy(MANIFEST)
    place = manifest
    for parent in parents:
        place = place[parent]
    place[key] = value
    return manifest


def test_what_people_write_is_plainly_well():
    assert WHOLE(MANIFEST)
    assert PART(MANIFEST)


def test_a_part_may_lack_what_a_whole_may_not():
    part = {"spec": {"import": True}}
    assert PART(part)
    assert not WHOLE(part)


@pytest.mark.parametrize(
    "doubtful",
    [
        changed("metadata", "name", "Ruby"),
        changed("metadata", "labels", {"team": "a b"}),
        changed("metadata", "uid", None),
        changed("metadata", "clusterNome", "a"),
        changed("metadata", "creationTimestamp", "yesterday"),
        changed("spec", "import", 1),
        changed("spec", "images", 0, "from", "name", "quay.io/org/Ruby"),
        changed("spec", "images", 0, None),
        changed("spec", "images", ({},)),
    ],
)
def test_any_doubt_is_left_to_the_long_check(doubtful):
    assert not WHOLE(doubtful)
    assert not PART(doubtful)
