"""What does a command cost that has next to nothing to do?

    python benchmarks/startup.py [--rounds 20]

Whole processes, CPU seconds (the fastest round), beside Python itself and, where it is on
PATH, Tanka's `tk`.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OURS = (sys.executable, "-m", "pyimagestream")
COMMANDS: dict[str, Sequence[str]] = {
    "python -c pass": (sys.executable, "-c", "pass"),
    "--version": (*OURS, "--version"),
    "--help": (*OURS, "--help"),
    "eval -e 1": (*OURS, "eval", "-e", "1"),
    "show": (*OURS, "show", "environments/dev"),
    "show, an import": (*OURS, "show", "environments/images"),
    "tk --version": ("tk", "--version"),
    "tk show": ("tk", "show", "environments/dev", "--dangerous-allow-redirect"),
}

MAIN = "{ a: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } } }"
IMPORT = """local isi = import 'imageStreamImport.libsonnet';
isi.new('a') + isi.spec.withImport(true)
+ isi.spec.withImages([{ from: { kind: 'DockerImage', name: 'quay.io/org/a:v1' } }])"""
SPEC = '{"apiVersion": "tanka.dev/v1alpha1", "kind": "Environment", "spec": {"namespace": "x"}}'


def seconds(command: Sequence[str], directory: str) -> float:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=directory, check=True, env=environment, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "jsonnetfile.json").write_text("{}")
        for name, code in (("dev", MAIN), ("images", IMPORT)):
            environment = Path(directory, "environments", name)
            environment.mkdir(parents=True)
            (environment / "main.jsonnet").write_text(code)
            (environment / "spec.json").write_text(SPEC)
        known = {name: command for name, command in COMMANDS.items() if shutil.which(command[0])}
        fastest = dict.fromkeys(known, float("inf"))
        for _ in range(rounds):
            for name, command in known.items():
                fastest[name] = min(fastest[name], seconds(command, directory))
    for name, spent in fastest.items():
        print(f"{name:16} {spent:.3f} s")


if __name__ == "__main__":
    main()
