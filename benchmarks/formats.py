"""How much slower is `%` than `+`, with fast formats and without?

    python benchmarks/formats.py [--engines gojsonnet,jsonnet] [--rounds 5]

The same values made in two ways, in this process, in turn: with `+`, with `%`, and with `%`
while fast formats are turned off. What is printed is CPU time of the fastest rounds, and the
ratios of `%` to `+`: the aim is 1.5. "export" has the templates of `evaluate.py`, 100 imports
of five images, unchecked; the others are loops with nothing around them.
"""

from __future__ import annotations

import argparse
import time

from evaluate import STYLES, TEMPLATE

from pyimagestream.evaluation.evaluate import run_snippet
from pyimagestream.evaluation.settings import Settings

LOOPS = {
    "one number": ("'app-' + i", "'app-%d' % i"),
    "one value": ("'app-' + i", "'app-%s' % i"),
    "a list": ("'quay.io/' + o.a + '/app:' + i + '.' + i", "'quay.io/%s/app:%d.%d' % [o.a, i, i]"),
    "an object": ("'quay.io/' + o.a + '/' + o.b", "'quay.io/%(a)s/%(b)s' % o"),
    "filled up": ("(if i > 9 then 'app-' else 'app-0') + i", "'app-%02d' % i"),
}

COUNT = 2000


def looped(code: str) -> str:
    return f"local o = {{ a: 'org', b: 'app' }}; [{code} for i in std.range(1, {COUNT})]"


def snippets() -> dict[str, tuple[str, str]]:
    """The code of each row, with `+` and with `%`."""
    templates = [
        TEMPLATE.format(
            count=100, **{part: code.replace("{run}", "") for part, code in STYLES[style].items()}
        )
        for style in ("+", "%")
    ]
    loops = {name: (looped(plus), looped(percent)) for name, (plus, percent) in LOOPS.items()}
    return {"export": (templates[0], templates[1]), **loops}


def seconds(snippet: str, settings: Settings) -> float:
    started = time.process_time()
    run_snippet(snippet, "benchmark.jsonnet", settings)
    return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engines", default="gojsonnet,jsonnet")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    print("engine     row              +        %      off    %/+   off/+")
    for engine in arguments.engines.split(","):
        fast = Settings.of(engine=engine, check=False)._replace(isolate=False, fast_formats=True)
        slow = fast._replace(fast_formats=False)
        for name, (plus, percent) in snippets().items():
            rows = [(plus, slow), (percent, fast), (percent, slow)]
            rounds = [[seconds(*row) for row in rows] for _ in range(arguments.rounds)]
            sums, formats, off = (min(times) for times in zip(*rounds, strict=True))
            print(
                f"{engine:10} {name:10} {sums * 1000:7.1f}  {formats * 1000:7.1f}"
                f"  {off * 1000:7.0f}  {formats / sums:5.2f}  {off / sums:6.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
