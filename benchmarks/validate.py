"""How long `validate` takes, in units of `json.loads` of the same text.

10,000 manifests of five images each: half of them alike, as one template gives
them, and half with names, labels, tags and digests of their own. Prints the
ratio, the CPU time and the same for manifests with a problem in every image.

Then YAML files, each read, judged and given its places: how much longer an item takes
among 4,000 than among 1,000, and the memory that a file of 50 MB needs.
Run: python benchmarks/validate.py [number of manifests]
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from tempfile import TemporaryFile
from time import process_time
from typing import Any

from pyimagestream.checks.verdict import validate
from pyimagestream.tanka.documents import report
from pyimagestream.tanka.report import Rules


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


HEAD = """\
apiVersion: image.openshift.io/v1
kind: ImageStreamImport
metadata: {name: %s}
spec:
  import: true
  images:
"""
IMAGE = "  - from: {kind: DockerImage, name: %s}\n"


def bad_images(count: int) -> str:
    return HEAD % "app" + "".join(IMAGE % f"https://quay.io/org/app{i}" for i in range(count))


def images_without_tags(count: int) -> str:
    return HEAD % "app" + "".join(IMAGE % f"quay.io/org/app{i}" for i in range(count))


def bad_documents(count: int) -> str:
    return "---\n".join(HEAD % f"App{i}" + IMAGE % "quay.io/org/app" for i in range(count))


def merges(count: int) -> str:
    return f"a: {{<<: [{', '.join(f'{{k{i}: 1}}' for i in range(count))}]}}\n"


def alias_bombs(count: int) -> str:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 6))
    return "---\n".join([bomb] * count)


def seconds(text: str) -> float:
    lines = BytesIO(text.encode())
    start = process_time()
    report("m.yaml", lines, Rules())
    return process_time() - start


def measure_growth(text: Callable[[int], str]) -> None:
    small, large = (min(seconds(text(count)) for _ in range(3)) for count in (1_000, 4_000))
    name = text.__name__.replace("_", " ")
    print(f"{name}: an item among 4,000 / among 1,000 = {large / small / 4:.2f} ({large:.2f} s)")


PEAK = """
import sys
from pyimagestream.tanka.documents import report
from pyimagestream.tanka.report import Rules

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

before = peak()
report("m.yaml", sys.stdin.buffer, Rules())
print(before, peak())
"""


def measure_memory() -> None:
    """In a process of its own, on Linux: the most memory that a process had never gets less."""
    entry = "".join(f"  key{i}: value {i}\n" for i in range(1_000))
    document = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n{entry}---\n"
    with TemporaryFile() as file:
        for _ in range(50_000_000 // len(document)):
            file.write(document.encode())
        file.seek(0)
        told = subprocess.run(
            [sys.executable, "-c", PEAK], stdin=file, capture_output=True, check=True, text=True
        )
    before, after = (int(number) // 1024 for number in told.stdout.split())
    print(f"a file of 50 MB in documents of {len(document) // 1000} KB: {after - before} MiB more")


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    validate(manifest(0))  # compiles the checks
    for label, kind in (("well", "DockerImage"), ("wrong", "ImageStreamTag")):
        measure(label, json.dumps([manifest(number, kind) for number in range(count)]))
    for text in (bad_images, images_without_tags, bad_documents, merges, alias_bombs):
        measure_growth(text)
    measure_memory()
