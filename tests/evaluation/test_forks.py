"""A program may fork while its threads evaluate for the first time."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
import os, signal, sys, threading, time
from pyimagestream import ValidationError, evaluate_snippet

def evaluate():
    try:
        evaluate_snippet("(import 'imageStreamImport.libsonnet').new('A')", engine=sys.argv[1])
    except ValidationError:
        pass

threads = [threading.Thread(target=evaluate) for _ in range(2)]
for thread in threads:
    thread.start()
children = []
for _ in range(8):
    time.sleep(0.002)
    child = os.fork()
    if not child:
        signal.alarm(60)  # one that waits for a lock is ended by this
        evaluate()
        os._exit(0)
    children.append(child)
for thread in threads:
    thread.join()
print(*(os.waitpid(child, 0)[1] for child in children))
"""


def test_a_fork_in_the_midst_of_a_first_evaluation_evaluates(engine: str) -> None:
    # Coverage has a lock of its own, for which the child of a fork may wait for ever.
    environment = {name: text for name, text in os.environ.items() if "COV" not in name}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, engine],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert done.stdout.split() == ["0"] * 8, done.stderr
