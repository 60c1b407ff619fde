"""How long `validate` takes, in units of `json.loads` of the same text.

10,000 manifests of five images each: half of them alike, as one template gives
them, and half with names, labels, tags and digests of their own. Prints the
ratio, the CPU time and the same for manifests with a problem in every image.
Run: python benchmarks/validate.py [number of manifests]
"""

from __future__ import annotations

import hashlib
import json
import sys
from time import process_time
from typing import Any

from pyimagestream.checks.verdict import validate


def manifest(number: int, kind: str = "DockerImage") -> dict[str, Any]:
    app = f"app-{number if number % 2 else 0}"
    digest = hashlib.sha256(app.encode()).hexdigest()
    images = [
        {
            "from": {"kind": kind, "name": name},
            "to": {"name": f"v{index}"},
            "importPolicy": {"scheduled": True, "importMode": "PreserveOriginal"},
            "referencePolicy": {"type": "Local"},
        }
        for index, name in enumerate(
            [f"quay.io/org/{app}@sha256:{digest}"]
            + [f"registry.example.com:5000/{app}/web:v{index}" for index in range(4)]
        )
    ]
    return {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStreamImport",
        "metadata": {
            "name": app,
            "namespace": "images",
            "labels": {"app.kubernetes.io/name": app, "team": "a"},
            "annotations": {"example.com/owner": f"team of {app}"},
        },
        "spec": {"import": True, "images": images},
    }


def measure(label: str, text: str) -> None:
    start = process_time()
    manifests = json.loads(text)
    loaded = process_time()
    problems = sum(len(validate(each)) for each in manifests)
    done = process_time()
    load, check = loaded - start, done - loaded
    print(
        f"{label}: validate/json.loads = {check / load:.2f}"
        f" ({check:.3f} s / {load:.3f} s, {len(manifests)} manifests, {problems} problems)"
    )


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    validate(manifest(0))  # compiles the checks
    for label, kind in (("well", "DockerImage"), ("wrong", "ImageStreamTag")):
        measure(label, json.dumps([manifest(number, kind) for number in range(count)]))
