"""What does a template pay for the kinds it does not make?

    python benchmarks/kinds.py [--engine gojsonnet] [--rounds 10]

Each template is evaluated once in a fresh process: an import, and an image stream,
which comes from the index of all libraries. What is printed is CPU seconds (the
fastest round) and peak memory, as ratios to those of the import.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

TEMPLATES = {
    "an import": """
        local isi = import 'imageStreamImport.libsonnet';
        isi.new('app') + isi.spec.withImages([
          { from: { kind: 'DockerImage', name: 'quay.io/org/app:v1' } },
        ])""",
    "an image stream": """
        local o = (import 'main.libsonnet').image.v1;
        o.imageStream.new('app') + o.imageStream.spec.withTags([
          o.tagReference.fromDockerImage('v1', 'quay.io/org/app:v1'),
        ])""",
    "nothing of ours": "{}",
}

CODE = """
import resource, sys, time
import pyimagestream
pyimagestream.evaluate_snippet(sys.argv[1], engine=sys.argv[2])
print(time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def measured(template: str, engine: str) -> tuple[float, float]:
    command = [sys.executable, "-c", CODE, template, engine]
    seconds, memory = subprocess.check_output(command, text=True).split()
    return float(seconds), float(memory)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--engine", default="gojsonnet")
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in TEMPLATES}
    for _ in range(arguments.rounds):
        for name, template in TEMPLATES.items():
            runs[name].append(measured(template, arguments.engine))
    best = {
        name: [min(column) for column in zip(*each, strict=True)] for name, each in runs.items()
    }
    peer = best["an import"]
    for name, (seconds, memory) in best.items():
        print(f"{name:16} {seconds / peer[0]:.2f} CPU seconds, {memory / peer[1]:.2f} memory")


if __name__ == "__main__":
    main()
