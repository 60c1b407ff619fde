"""A short tour in the terminal: a mistake found and mended, manifests shown, exported, previewed.

`make demo` runs it in a checkout: the cluster is the small one that the tests have.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

from support.imageserver import ImageServer, State

WIDTH = 80
HERE = Path(__file__).parent
STREAM = "images-dev/ruby"
RUBY, NGINX = "quay.io/sclorg/ruby-31-c9s", "quay.io/sclorg/nginx-124-c9s"
OLD, NEW, OTHER = (f"sha256:{digit * 64}" for digit in "357")


class Tour:
    """Steps in a directory; each prints its command and what comes of it."""

    def __init__(self, directory: Path, environment: dict[str, str]) -> None:
        self._directory = directory
        self._environment = environment
        self._number = 0
        plain = not sys.stdout.isatty() or os.environ.get("NO_COLOR")
        self._bold, self._end = ("", "") if plain else ("\x1b[1m", "\x1b[0m")

    def step(self, text: str) -> None:
        self._number += 1
        print("\n" + textwrap.fill(f"{self._number}. {text}", WIDTH, subsequent_indent="   "))

    def run(self, command: str, code: int = 0) -> None:
        """Runs a command. Ends the tour if it does not end with the code it should."""
        print(f"\n{self._bold}$ {command}{self._end}", flush=True)
        words = shlex.split(command)
        if words[0] == "pyimagestream":
            words[:1] = [sys.executable, "-m", "pyimagestream"]
        done = subprocess.run(
            words,
            cwd=self._directory,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for line in done.stdout.splitlines():
            print(textwrap.fill(line, WIDTH, subsequent_indent="    ") if line else "")
        if done.returncode != code:
            sys.exit(f"the tour ends here: exit code {done.returncode} and not {code}")


def prepared(directory: Path, address: str) -> dict[str, str]:
    """Fills the directory; returns the environment variables for the commands in it."""
    text = (HERE / "imports.jsonnet").read_text(encoding="utf-8")
    place = directory / "environments" / "dev"
    place.mkdir(parents=True)
    (place / "main.jsonnet").write_text(text.replace(RUBY, RUBY.replace("sclorg", "SCLorg")))
    (place / "spec.json").write_text(json.dumps({"spec": {"apiServer": address}}))
    (directory / "jsonnetfile.json").write_text("{}")
    kubeconfig = directory / "kubeconfig"
    context = {"cluster": "c", "user": "u"}
    kubeconfig.write_text(
        json.dumps(
            {
                "current-context": "dev",
                "clusters": [{"name": "c", "cluster": {"server": address}}],
                "contexts": [{"name": "dev", "context": context}],
                "users": [{"name": "u", "user": {}}],
            }
        )
    )
    return {
        **os.environ,
        "KUBECONFIG": str(kubeconfig),
        "NO_PROXY": "127.0.0.1",
        "PYTHONPATH": str(HERE.parent),
    }


def imported(name: str, tag: str, image: str) -> dict[str, object]:
    """An image stream with a tag that an earlier import made."""
    spec = {
        "name": tag,
        "from": {"kind": "DockerImage", "name": f"{RUBY}:{tag}"},
        "importPolicy": {"importMode": "Legacy"},
        "referencePolicy": {"type": "Source"},
        "generation": 1,
    }
    event = {"image": image, "dockerImageReference": f"{RUBY}@{image}", "generation": 1}
    return {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStream",
        "metadata": {
            "name": name,
            "namespace": "images-dev",
            "resourceVersion": "1",
            "uid": "u",
            "generation": 1,
        },
        "spec": {"tags": [spec]},
        "status": {"tags": [{"tag": tag, "items": [event]}]},
    }


def main() -> None:
    registry = {f"{RUBY}:20240101": NEW, f"{RUBY}:20240201": OTHER, f"{NGINX}:20240101": OLD}
    state = State(registry=registry, namespaces={"images-dev"})
    state.streams[STREAM] = imported("ruby", "20240101", OLD)
    name = tempfile.mkdtemp(prefix="pyimagestream-tour-")
    try:
        with ImageServer(state) as server:
            directory = Path(name)
            tour(Tour(directory, prepared(directory, server.url)))
    finally:
        shutil.rmtree(name)


def tour(tour: Tour) -> None:
    main_file = "environments/dev/main.jsonnet"
    print("A tour of pyimagestream, on a copy of examples/imports.jsonnet.")

    tour.step(
        "Somebody wrote a name that no registry can have. The mistake is found offline, by the"
        " server's rules, at its line and column:"
    )
    tour.run("pyimagestream validate environments -V env=dev", 1)
    tour.run(f"grep -n SCLorg {main_file}")

    tour.step("It is mended, and all is well:")
    tour.run(f"sed -i.bak s/SCLorg/sclorg/ {main_file}")
    tour.run("pyimagestream validate environments -V env=dev")

    tour.step("What is in the environment, as YAML; here one of its two manifests:")
    tour.run("pyimagestream show environments/dev -V env=dev -t .*/nginx")

    tour.step("A file for each manifest, for a tool that reads files:")
    tour.run("pyimagestream export out environments --recursive -V env=dev")
    tour.run("ls out")

    tour.step(
        "Which tags would move in the cluster? (It is a small one of the tests, on this machine."
        " Exit code 16 says that something would change.)"
    )
    tour.run("pyimagestream diff environments/dev -V env=dev", 16)

    tour.step("They are imported, and each tag tells how it fared:")
    tour.run("pyimagestream apply environments/dev -V env=dev --auto-approve")

    tour.step("Nothing is left to do:")
    tour.run("pyimagestream diff environments/dev -V env=dev")
    print("\nRead on in docs/index.md, or `make docs` and open site/index.html.")


if __name__ == "__main__":
    main()
