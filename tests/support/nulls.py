"""References to None, which the bindings of some VMs take without asking."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]

_COUNT = """
import gc, json, sys
gc.collect()
gc.disable()
run()  # the first run keeps what later ones find
before = sys.getrefcount(None)
results = [run() for _ in range(20)]
print(json.dumps([before - sys.getrefcount(None), sum(results)]))
"""


def none_lost(code: str) -> tuple[int, int]:
    """How many references to None 20 calls of `run`, which `code` defines, took away.

    And the sum of what they returned. In a process of its own: in that of the
    tests others come and go. From Python 3.12 on None is immortal: 0.
    """
    done = subprocess.run(
        [sys.executable, "-c", code + _COUNT],
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    lost, total = json.loads(done.stdout)
    return lost, total
