"""How much slower is a checked evaluation than an unchecked one of the same template?

    python benchmarks/evaluate.py [--engines gojsonnet,jsonnet] [--rounds 5]

Templates of 1, 100 and 1,000 imports with five images each, written in two ways:
with `%` formatting, as most people do, and with `+`, which leaves the VM less to
do and so makes the checks weigh more. Both evaluations run in this process, in
turn; what is printed is the ratio of the fastest rounds, checked to unchecked, as
other programs on the machine only ever make a round slower. Each evaluation has
names of its own, as the checks remember texts they have seen.
"""

from __future__ import annotations

import argparse
import itertools
import time

from pyimagestream import evaluate_snippet

TEMPLATE = """
local isi = import 'imageStreamImport.libsonnet';
[
  isi.new({name})
  + isi.metadata.withNamespace('images')
  + isi.metadata.withLabels({{ team: 'a', stage: 'dev' }})
  + isi.spec.withImport(true)
  + isi.spec.withImages([
    {{
      from: {{ kind: 'DockerImage', name: {pull_spec} }},
      to: {{ name: {tag} }},
      importPolicy: {{ scheduled: true }},
    }}
    for minor in std.range(1, 5)
  ])
  for app in std.range(1, {count})
]
"""

STYLES = {
    "%": {
        "name": "'app{run}-%d' % app",
        "pull_spec": "'quay.io/%s/app{run}-%d:%d.%d' % ['org', app, 1, minor]",
        "tag": "'%d.%d' % [1, minor]",
    },
    "+": {
        "name": "'app{run}-' + app",
        "pull_spec": "'quay.io/org/app{run}-' + app + ':1.' + minor",
        "tag": "'1.' + minor",
    },
}


RUNS = itertools.count()


def seconds(style: str, count: int, engine: str, *, check: bool) -> float:
    run = next(RUNS)
    parts = {part: code.replace("{run}", str(run)) for part, code in STYLES[style].items()}
    template = TEMPLATE.format(count=count, **parts)
    started = time.perf_counter()
    evaluate_snippet(template, engine=engine, check=check)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engines", default="gojsonnet,jsonnet")
    parser.add_argument("--counts", default="1,100,1000")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    print("engine     style  imports  unchecked  checked/unchecked")
    for engine in arguments.engines.split(","):
        for style in STYLES:
            for count in map(int, arguments.counts.split(",")):
                seconds(style, count, engine, check=True)  # the first one pays for what is loaded
                unchecked, checked = [], []
                for _ in range(arguments.rounds):
                    unchecked.append(seconds(style, count, engine, check=False))
                    checked.append(seconds(style, count, engine, check=True))
                print(
                    f"{engine:10} {style:5} {count:8} {min(unchecked) * 1000:7.1f} ms"
                    f" {min(checked) / min(unchecked):12.2f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
