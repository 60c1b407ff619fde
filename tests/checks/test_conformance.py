"""The verdicts recorded from the server's own code, for the newest server and for 4.3."""

import json
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
    [record] = [each for each in recorded() if each["server"]["stage"] == "request"]
    [problem] = validate(record["object"], namespace="ns")
    assert (problem.field, problem.value) == ("metadata.namespace", "other")
    assert validate(record["object"]) == []
