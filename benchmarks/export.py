"""Times the export of a large project, whole processes, engine by engine.

Makes a project of N environments, each with 20 imports of five images and the
`%` formatting people use, and exports it cold, then into the same folder with
nothing changed, and with one environment changed. Where Tanka's `tk` is on PATH it does
the same in the same run; every time is also given as a ratio to its cold one,
or else to a bare loop that evaluates with gojsonnet and dumps with PyYAML.
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


def exports(command: Sequence[str], root: Path) -> dict[str, float]:
    """Seconds of a cold export, one with nothing changed, and one with one environment changed."""

    def export() -> float:
        arguments = ["export", "out", "environments", "--recursive", "--format", FORMAT]
        arguments += ["--merge-strategy", "replace-envs", "--cache-path", "cache"]
        return timed([*command, *arguments], root)

    times = {"cold": export(), "nothing changed": export()}
    changed = root / "environments" / "env-1" / "main.jsonnet"
    before = changed.read_text()
    changed.write_text(before.replace("images-1", "images-changed"))
    times["one changed"] = export()
    changed.write_text(before)
    count = sum(1 for _ in (root / "out").rglob("*.yaml"))
    assert count == 20 * sum(1 for _ in (root / "environments").iterdir()), count
    shutil.rmtree(root / "out")
    shutil.rmtree(root / "cache")
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--environments", type=int, default=200)
    parser.add_argument(
        "--engine",
        action="append",
        help="rjsonnet,jsonnet or gojsonnet or jsonnet; may be repeated (default: all of these)",
    )
    arguments = parser.parse_args()
    engines = arguments.engine or ["rjsonnet,jsonnet", "gojsonnet", "jsonnet"]
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        make_project(root, arguments.environments)
        rows: dict[str, dict[str, float]] = {}
        if tk := shutil.which("tk"):
            rows["tk"] = exports([tk], root)
        else:
            bare = [sys.executable, "-c", BARE, str(root), str(root / "lib")]
            rows["bare loop, gojsonnet"] = {"cold": timed(bare, root)}
        for engine in engines:
            command = [sys.executable, "-m", "pyimagestream"]
            os.environ["PYIMAGESTREAM_ENGINE"] = engine
            rows[engine] = exports(command, root)
    peer, reference = next((name, times["cold"]) for name, times in rows.items())
    print(f"{arguments.environments} environments; ratios to {peer}, cold ({reference:.2f} s)")
    for name, times in rows.items():
        for what, seconds in times.items():
            print(f"{name:22} {what:16} {seconds:7.2f} s {seconds / reference:8.3f}")


if __name__ == "__main__":
    main()
