"""Checked manifests from a Jsonnet VM of one's own: `python examples/own_evaluator.py dev`."""

import json
import sys
from pathlib import Path

import _jsonnet

import pyimagestream

if len(sys.argv) != 2:
    sys.exit("usage: python examples/own_evaluator.py ENV")

text = _jsonnet.evaluate_file(
    str(Path(__file__).with_name("imports.jsonnet")),
    jpathdir=[str(pyimagestream.library_path())],
    native_callbacks=pyimagestream.native_callbacks(),
    ext_vars={"env": sys.argv[1]},
)
for name, manifest in json.loads(text).items():
    # The natives judge each value; what is missing shows in the finished manifest.
    problems = pyimagestream.validate(manifest)
    print(name, *(map(str, problems) if problems else ["is well"]))
