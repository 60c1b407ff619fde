"""Times the export of a large project, whole processes, engine by engine.

    python benchmarks/export.py [--environments 200] [--engine gojsonnet] [--rounds 3] [--growth]

Makes a project of N environments, each with 20 imports of five images and the
`%` formatting people use, and exports it cold, then into the same folder with
nothing changed, and with one environment changed. Where Tanka's `tk` is on PATH it does
the same in the same run; every time is also given as a ratio to that of `tk` for the same,
or else to a bare loop that evaluates with gojsonnet and dumps with PyYAML. What the disk has
to do is a row of its own: the same files written anew, and their `stat` alone, by Python.
With `--growth` the default engine exports 50, 100, 200 and 400 environments instead.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from pyimagestream import library_path
from pyimagestream.engines.vm import ENGINES

ROOT = Path(__file__).resolve().parent.parent

MAIN = """\
local isi = import 'imageStreamImport.libsonnet';
local environment = import 'environment.libsonnet';
local versions = import 'versions.libsonnet';
{
  ['app-%%02d' %% app]:
    isi.new('%%s-app-%%02d' %% [environment.prefix, app])
    + isi.metadata.withNamespace('images-%(number)d')
    + isi.metadata.withLabels({ app: 'app-%%02d' %% app, environment: 'env-%(number)d' })
    + isi.spec.withImport(true)
    + isi.spec.withImages([
      {
        from: {
          kind: 'DockerImage',
          name: 'quay.io/%%s/app-%%02d:%%s' %% [environment.organisation, app, version],
        },
        to: { name: '%%s' %% version },
        importPolicy: { scheduled: true },
        referencePolicy: { type: 'Local' },
      }
      for version in versions
    ])
  for app in std.range(1, 20)
}
"""
SPEC = '{"apiVersion": "tanka.dev/v1alpha1", "kind": "Environment", "spec": {"namespace": "x"}}'
FORMAT = "{{env.metadata.name}}/{{.kind}}-{{.metadata.name}}"
OURS = (sys.executable, "-m", "pyimagestream")

BARE = """\
import json, sys
from pathlib import Path
import _gojsonnet, yaml
def found(base, name):
    for place in (base, *sys.argv[2:]):
        path = Path(place, name)
        if path.exists():
            return str(path), path.read_bytes()
    raise RuntimeError(name)
for main in sorted(Path(sys.argv[1]).glob("environments/*/main.jsonnet")):
    text = _gojsonnet.evaluate_file(str(main), import_callback=found)
    for manifest in json.loads(text).values():
        yaml.dump(manifest, Dumper=yaml.CSafeDumper)
"""


def make_project(root: Path, environments: int) -> None:
    (root / "vendor").mkdir(parents=True)
    (root / "jsonnetfile.json").write_text("{}")
    library = root / "lib"
    shutil.copytree(library_path(), library)
    (library / "environment.libsonnet").write_text("{ prefix: 'team', organisation: 'org' }")
    (library / "versions.libsonnet").write_text("['1.%d' % minor for minor in std.range(1, 5)]")
    for number in range(environments):
        place = root / "environments" / f"env-{number}"
        place.mkdir(parents=True)
        (place / "main.jsonnet").write_text(MAIN % {"number": number})
        (place / "spec.json").write_text(SPEC)


def timed(command: Sequence[str], root: Path) -> float:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed package is compiled
    start = time.perf_counter()
    subprocess.run(command, cwd=root, check=True, env=environment, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def exports(command: Sequence[str], root: Path, rounds: int, *flags: str) -> dict[str, float]:
    """Seconds of a cold export, one with nothing changed, and one with one environment changed.

    Each is the fastest of several rounds.
    """
    arguments = ["export", "out", "environments", "--recursive", "--format", FORMAT]
    arguments += ["--merge-strategy", "replace-envs", "--cache-path", "cache", *flags]
    changed = root / "environments" / "env-1" / "main.jsonnet"
    before = changed.read_text()
    times: dict[str, list[float]] = {"cold": [], "nothing changed": [], "one changed": []}
    for number in range(rounds):
        for name in ("out", "cache"):
            shutil.rmtree(root / name, ignore_errors=True)
        times["cold"].append(timed([*command, *arguments], root))
        times["nothing changed"].append(timed([*command, *arguments], root))
        changed.write_text(before.replace("images-1", f"images-changed-{number}"))
        times["one changed"].append(timed([*command, *arguments], root))
        changed.write_text(before)
    count = sum(1 for _ in (root / "out").rglob("*.yaml"))
    assert count == 20 * sum(1 for _ in (root / "environments").iterdir()), count
    return {what: min(seconds) for what, seconds in times.items()}


def disk(root: Path, rounds: int) -> dict[str, float]:
    """Seconds of writing all that was exported last, and of asking for the state of each file."""
    files = {path: path.read_bytes() for path in (root / "out").rglob("*") if path.is_file()}
    copy = root / "copy"
    times: dict[str, list[float]] = {"cold": [], "nothing changed": []}
    for _ in range(rounds):
        shutil.rmtree(copy, ignore_errors=True)
        start = time.perf_counter()
        for path, content in files.items():
            target = copy / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        times["cold"].append(time.perf_counter() - start)
        start = time.perf_counter()
        for path in files:
            os.stat(path)
        times["nothing changed"].append(time.perf_counter() - start)
    return {what: min(seconds) for what, seconds in times.items()}


def compared(environments: int, engines: Sequence[str], rounds: int) -> None:
    """Prints the times of each engine beside those of the peer."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        make_project(root, environments)
        rows: dict[str, dict[str, float]] = {}
        if tk := shutil.which("tk"):
            rows["tk"] = exports([tk], root, rounds)
        else:
            bare = [sys.executable, "-c", BARE, str(root), str(root / "lib")]
            rows["bare loop"] = {"cold": timed(bare, root)}
        peer = next(iter(rows))
        for engine in engines:
            os.environ["PYIMAGESTREAM_ENGINE"] = engine
            rows[engine] = exports(OURS, root, rounds)
            rows[f"{engine}, unchecked"] = exports(OURS, root, rounds, "--no-check")
        rows["the disk alone"] = disk(root, rounds)
    print(f"{environments} environments; {peer} in units of each row")
    for name, times in rows.items():
        for what, seconds in times.items():
            ratio = rows[peer].get(what, 0) / seconds
            print(f"{name:22} {what:16} {seconds:7.2f} s {ratio:8.2f}", flush=True)


def growth(rounds: int) -> None:
    """Prints what an environment costs in projects of several sizes."""
    first: dict[str, float] = {}
    for environments in (50, 100, 200, 400):
        with tempfile.TemporaryDirectory() as directory:
            make_project(Path(directory), environments)
            times = exports(OURS, Path(directory), rounds)
        each = {what: seconds / environments for what, seconds in times.items()}
        first = first or each
        for what, seconds in each.items():
            ratio = seconds / first[what]
            print(f"{environments:4} {what:16} {seconds * 1000:7.2f} ms each {ratio:5.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--environments", type=int, default=200)
    parser.add_argument("--engine", action="append", help="may be repeated (default: both)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", action="store_true")
    arguments = parser.parse_args()
    if arguments.growth:
        growth(arguments.rounds)
    else:
        compared(arguments.environments, arguments.engine or list(ENGINES), arguments.rounds)


if __name__ == "__main__":
    main()
