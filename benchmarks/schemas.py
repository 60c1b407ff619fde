"""What holding manifests against the schemas of an API costs, in units of Python's jsonschema.

The same objects, those of tests/data/openapi, by the same schemas: ours compiled, jsonschema's
with a validator made once for each kind. It is handed the OpenAPI schemas as they are, with
their references, so it checks less: no formats, quantities, unknown fields or duplicate keys.
Run: python benchmarks/schemas.py [rounds]; it needs `pip install jsonschema`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

from pyimagestream.checks.apis import ApiChecks
from pyimagestream.golang.yaml.reader import read_kubectl
from pyimagestream.model.openapi.reader import read_api

DATA = Path(__file__).parent.parent / "tests" / "data" / "openapi"


def seconds(work: Callable[[], object], rounds: int) -> float:
    """The CPU time of the fastest of five times so many rounds, for one of them."""
    times = []
    for _ in range(5):
        start = process_time()
        for _ in range(rounds):
            work()
        times.append(process_time() - start)
    return min(times) / rounds


def main(rounds: int) -> None:
    import jsonschema
    from jsonschema.validators import validator_for

    document = json.loads((DATA / "cluster.json").read_text(encoding="utf-8"))
    checks = ApiChecks(read_api([("cluster.json", document)]))
    text = (DATA / "objects.yaml").read_text(encoding="utf-8")
    objects = [reading.value for reading in read_kubectl(text)]
    objects = [each for each in objects if checks.definition(each)]

    validators: dict[str, Any] = {}
    for each in objects:
        definition = checks.definition(each)
        assert definition
        schema = {**document, "$ref": f"#/definitions/{definition.reference}"}
        validator = validator_for(schema, default=jsonschema.Draft4Validator)
        validators.setdefault(each["kind"], validator(schema))

    def ours() -> int:
        return sum(len(checks.problems(each)) for each in objects)

    def theirs() -> int:
        return sum(len(list(validators[each["kind"]].iter_errors(each))) for each in objects)

    found, others = ours(), theirs()  # compiles what is compiled once
    fast, slow = seconds(ours, rounds * 10), seconds(theirs, rounds)
    print(
        f"{len(objects)} objects: jsonschema / ours = {slow / fast:.1f}"
        f" ({slow * 1000:.1f} ms / {fast * 1000:.2f} ms; {others} and {found} problems)"
    )
    start = process_time()
    stored = ApiChecks(read_api([("cluster.json", document)]))
    read = process_time() - start
    for each in objects:
        stored.problems(each)
    first = process_time() - start - read
    print(f"read {read * 1000:.0f} ms, compile and judge each kind once {first * 1000:.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
