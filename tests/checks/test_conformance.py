"""The verdicts recorded from the server's own code, for the newest server and for 4.3."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pyimagestream.checks.verdict import validate
from pyimagestream.model.schema import V4_3

VERDICTS = Path(__file__).parent.parent / "data" / "verdicts.jsonl"
RUNS: dict[str, dict[str, Any]] = {
    "server": {},
    "strict": {"strict": True},
    "server43": {"server": V4_3},
}


def recorded():
    return [json.loads(line) for line in VERDICTS.read_text().splitlines()]


@pytest.mark.parametrize("run", RUNS)
def test_verdict_and_fields_are_those_of_the_server_without_exception(run):
    differences = []
    for record in recorded():
        verdict = record[run]
        problems = validate(record["object"], namespace="ns", **RUNS[run])
        found = {(problem.reason, problem.field) for problem in problems}
        named = {(error["type"], error["field"]) for error in verdict["errors"]}
        if (not problems) != verdict["ok"] or (named and found != named):
            differences.append((record["group"], record["object"], verdict, problems))
    assert differences == []


def test_a_value_of_the_wrong_json_type_is_reported_with_its_field_and_no_false_company():
    """Two of the recorded objects have other mistakes too, where no wrong type is near."""
    others = []
    for record in recorded():
        if record["server"]["stage"] == "decode":
            problems = validate(record["object"])
            wrong = [each for each in problems if each.reason == "FieldValueTypeInvalid"]
            assert wrong
            assert all(problem.field.startswith(("metadata", "spec")) for problem in wrong)
            others += [problem.field for problem in problems if problem not in wrong]
    assert others == [
        *[f"spec.images[{index}].from.kind" for index in range(4)],
        "spec.images[3].importPolicy.importMode",
        "spec.images[4].to.name",
        "spec.repository.from.kind",
    ]


def test_a_namespace_other_than_that_of_the_request_is_refused():
    named = [each for each in recorded() if "name" in each["object"].get("metadata", {})]
    [record] = [each for each in named if each["server"]["stage"] == "request"]
    [problem] = validate(record["object"], namespace="ns")
    assert (problem.field, problem.value) == ("metadata.namespace", "other")
    assert validate(record["object"]) == []


def test_a_name_that_is_only_to_be_generated_is_refused():
    records = [each for each in recorded() if each["server"]["stage"] == "request"]
    nameless = [each for each in records if "name" not in each["object"]["metadata"]]
    assert len(nameless) == 6
    for record in nameless:
        problems = validate(record["object"])
        assert ("FieldValueRequired", "metadata.name") in [(p.reason, p.field) for p in problems]


GROUP = VERDICTS.parent / "image-v1"


def of_the_group():
    return [json.loads(line) for line in (GROUP / "verdicts.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("run", ["server", "strict"])
def test_all_kinds_are_judged_as_the_server_does_without_exception(run):
    """772 objects. An InternalError has no field of its own: ours is told by the test below."""
    differences = []
    for record in of_the_group():
        verdict = record[run]
        problems = validate(record["object"], namespace="ns", **RUNS[run])
        found = {(problem.reason, problem.field) for problem in problems}
        named = {(error["type"], error["field"]) for error in verdict["errors"]}
        if unresolved := {each for each in named if each[0] == "InternalError"}:
            named -= unresolved
            ours = found - named
            right = (
                named <= found and (ours or named) and all(".from." in field for _, field in ours)
            )
        else:
            right = not named or found == named
        if (not problems) != verdict["ok"] or not right:
            differences.append((record["group"], record["object"], verdict, problems))
    assert differences == []


def test_a_reference_that_cannot_resolve_is_a_problem_of_the_source_the_server_has_in_its_text():
    """Where the kind of the source is wrong, or its name empty, that alone is told."""
    checked = 0
    for record in of_the_group():
        for error in record["server"]["errors"]:
            if error["type"] != "InternalError":
                continue
            match = re.search(r"spec\.tags\[(.*)\]\.from\.name: ", error["detail"])
            assert match
            tag = match[1]
            own = {"ImageStreamTag": "tag", "ImageTag": "spec"}
            scope = own.get(record["object"]["kind"], f"spec.tags[{tag}]")
            fields = {each.field for each in validate(record["object"], namespace="ns")}
            assert fields & {f"{scope}.from.{key}" for key in ("kind", "name", "namespace")}
            checked += 1
    assert checked == 46


def merged(pairs):
    """An object as Go reads it: of a repeated key the last value counts, objects are merged."""
    found = {}
    for key, value in pairs:
        both = isinstance(value, dict) and isinstance(found.get(key), dict)
        found[key] = merged([*found[key].items(), *value.items()]) if both else value
    return found


def test_of_repeated_keys_what_the_server_reads_is_judged_as_it_judges():
    """That a key is repeated at all, which a strict server refuses, is for readers to tell."""
    differences = []
    for line in (GROUP / "duplicates.jsonl").read_text().splitlines():
        record = json.loads(line)
        value = json.loads(record["text"], object_pairs_hook=merged)
        if (validate(value, namespace="ns") == []) != record["server"]["ok"]:
            differences.append((record, validate(value, namespace="ns")))
    assert differences == []
