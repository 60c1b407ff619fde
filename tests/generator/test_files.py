"""The generated files: current, deterministic, formatted, structured like the documented page."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import _jsonnet
import pytest
from support import reference
from support.generated import FILES

from pyimagestream.generator.files import text_of

ROOT = Path(__file__).parent.parent.parent
LIBRARIES = [name for name in FILES if name.endswith(".libsonnet")]
PAGE = FILES["docs/imageStreamImport.md"]


@pytest.mark.parametrize("name", FILES)
def test_the_committed_file_is_current(name):
    assert (ROOT / name).read_text(encoding="utf-8") == FILES[name]


def test_generation_does_not_depend_on_the_seed_of_hashing():
    code = (
        "from pyimagestream.generator.files import generated_files; print(dict(generated_files()))"
    )
    texts = {
        subprocess.check_output(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        for seed in ("1", "2")
    }
    assert len(texts) == 1


@pytest.mark.skipif(not shutil.which("jsonnetfmt"), reason="jsonnetfmt is not installed")
@pytest.mark.parametrize("name", LIBRARIES)
def test_jsonnetfmt_leaves_a_library_alone(name):
    formatted = subprocess.check_output(["jsonnetfmt", "-"], input=FILES[name].encode())
    assert formatted.decode() == FILES[name]


def structural(text):
    """The headings, index lines and signatures of a page, as the reference file has them."""
    lines, inside = [], False
    for line in text.splitlines():
        if inside or re.match(r"#|\s*\* \[`|permalink:|---$|```", line):
            lines.append(line)
        inside = line == "```ts" or (inside and line != "```")
    return lines


def test_the_page_has_the_documented_index_headings_anchors_and_signatures_line_for_line():
    assert structural(PAGE) == reference.structure()


def test_every_anchor_of_the_index_leads_to_a_heading():
    headings = re.findall(r"^#{2,3} (.+)$", PAGE, re.MULTILINE)
    anchors = [re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings]
    targets = re.findall(r"^\s*\* \[`.*`\]\(#(.+)\)$", PAGE, re.MULTILINE)
    assert len(targets) == 59
    assert set(targets) <= set(anchors)


def test_the_page_says_something_of_every_function_and_object():
    sections = re.split(r"^#{2,3} (?:fn|obj) ", PAGE, flags=re.MULTILINE)[1:]
    assert len(sections) == 59
    for section in sections:
        prose = re.sub(r"```ts\n.*\n```", "", section.split("\n", 1)[1]).strip()
        assert len(prose) > 10


def test_mixin_functions_are_noted_as_such_on_the_page():
    sections = re.findall(r"^### fn (\S+)\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert len(sections) == 50
    for name, section in sections:
        assert ("**Note:**" in section) == name.endswith("Mixin")


def test_the_twin_sets_what_the_library_sets():
    """Each call says that it was made, and is asked for nothing."""
    calls = [
        ".".join(("isi", *function.scope, function.name))
        + f"({json.dumps(reference.valid(function))})"
        for function in reference.documented()
    ]
    entered = []
    natives = {
        "pyimagestream.begin": (("v",), lambda text: "begun"),
        "pyimagestream.enter": (("v",), lambda text: entered.append(text) or "--1"),
        "pyimagestream.note": (("v",), lambda text: ""),
    }
    plain, told = (
        _jsonnet.evaluate_snippet(
            "snippet", f"local isi = {library};\n[{', '.join(calls)}]", native_callbacks=natives
        )
        for library in (text_of("imageStreamImport.libsonnet", twin=it) for it in (False, True))
    )
    assert plain == told
    assert set(entered) == {
        f"imageStreamImport.{function.full_name}" for function in reference.documented()
    }
