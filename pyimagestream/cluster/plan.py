"""From manifests to requests: what is to be imported, and how it is split.

A manifest may ask for more than a server can do in one request, so its images
are the units here: each can be looked up, imported, repeated and reported on
its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..checks.pullspec import PullSpec
from ..checks.verdict import validate
from ..errors import Problem, PullSpecError, ValidationError
from ..model.group import definition
from ..model.imagestreamimport import IMAGE_STREAM_IMPORT
from ..tanka.manifests.imagestream import stream_problems, tag_of


@dataclass(frozen=True, eq=False)
class Import:
    """One ImageStreamImport of the environment, or an ImageStream; compared by identity."""

    manifest: Mapping[str, Any] = field(repr=False)
    namespace: str
    name: str

    @property
    def stream(self) -> str:
        """The image stream it writes to, for people."""
        return f"{self.namespace}/{self.name}"

    @property
    def version(self) -> str:
        """The revision of the stream the author insists on, if any."""
        return str(self.manifest["metadata"].get("resourceVersion") or "")

    def request(
        self, images: Sequence[Mapping[str, Any]], *, write: bool, version: str = ""
    ) -> dict[str, Any]:
        """An ImageStreamImport with these entries of `spec.images`.

        Without ``write`` the server looks the images up and writes nothing:
        the one true preview, as even ``dryRun=All`` writes the stream.
        """
        return self._body({"images": list(images)}, write, version)

    def repository_request(self, repository: Mapping[str, Any]) -> dict[str, Any]:
        """An ImageStreamImport that looks up the tags of a repository."""
        return self._body({"repository": repository}, False, self.version)

    def _body(self, what: Mapping[str, Any], write: bool, version: str) -> dict[str, Any]:
        metadata = {**self.manifest["metadata"], "namespace": self.namespace}
        metadata.pop("resourceVersion", None)
        if version:
            metadata["resourceVersion"] = version
        spec = self.manifest.get("spec") or {}
        rest = {key: spec[key] for key in spec if key not in ("images", "repository")}
        return {**self.manifest, "metadata": metadata, "spec": {**rest, **what, "import": write}}


@dataclass(frozen=True, eq=False)
class Item:
    """One entry of `spec.images`, or `spec.repository`; compared by identity.

    `field` is the place in the manifest, `spec` what stands there.
    """

    owner: Import
    field: str
    spec: Mapping[str, Any]
    whole_repository: bool = False

    @property
    def source(self) -> str:
        """The pull spec."""
        return str(self.spec["from"]["name"])

    @property
    def registry(self) -> str:
        """The host of the registry."""
        try:
            return PullSpec.parse(self.source).registry or "docker.io"
        except PullSpecError:
            return self.source

    @property
    def insecure(self) -> bool:
        return bool((self.spec.get("importPolicy") or {}).get("insecure"))

    @property
    def tag(self) -> str:
        """The tag it writes, "" if none, or all of a repository."""
        return "" if self.whole_repository else tag_of(self.spec)


@dataclass(frozen=True)
class Plan:
    """What an environment wants of a cluster.

    `items` stand in the order in which the server would treat them, so that of
    two for the same tag the later wins. `left_alone` says in a line each what
    is not touched, and why. `streams` are the ImageStreams among that, with the
    namespaces they are for.
    """

    items: tuple[Item, ...]
    left_alone: tuple[str, ...]
    streams: tuple[Import, ...] = ()
    has_others: bool = False
    """Whether there are manifests that are no imports."""


def make_plan(manifests: Sequence[Mapping[str, Any]], environment: Mapping[str, Any]) -> Plan:
    """Sort the manifests of an environment into what is imported and what is left alone.

    Raises ValidationError for everything the server would refuse, before it is
    asked: of an import in several requests it could no longer refuse the whole.
    """
    items: list[Item] = []
    others: Counter[str] = Counter()
    left_alone: list[str] = []
    problems: list[Problem] = []
    streams: list[Import] = []
    for manifest in manifests:
        if definition("ImageStream").is_kind_of(manifest):
            streams.append(_import(manifest, environment))
            continue
        if not IMAGE_STREAM_IMPORT.is_kind_of(manifest):
            others[f"{manifest.get('apiVersion')} {manifest.get('kind')}"] += 1
            continue
        owner = _import(manifest, environment)
        place = f"{IMAGE_STREAM_IMPORT.kind} {owner.stream}"
        found = validate(manifest) or stream_problems(manifest)
        if found:
            problems += [problem._replace(output_path=place) for problem in found]
        elif (manifest.get("spec") or {}).get("import") is True:
            items += entries(owner)
        else:
            left_alone.append(f"{place}: spec.import is not true, so it writes nothing")
    if problems:
        raise ValidationError(problems)
    left_alone += [f"{count} {kind}" for kind, count in sorted(others.items())]
    return Plan(tuple(items), tuple(left_alone), tuple(streams), bool(others or streams))


def _import(manifest: Mapping[str, Any], environment: Mapping[str, Any]) -> Import:
    metadata = manifest.get("metadata")
    metadata = metadata if isinstance(metadata, Mapping) else {}
    default = (environment.get("spec") or {}).get("namespace") or "default"
    namespace = metadata.get("namespace") or default
    return Import(manifest, str(namespace), str(metadata.get("name") or ""))


def entries(owner: Import) -> list[Item]:
    """Everything an import wants looked up; the server takes the repository first."""
    spec = owner.manifest.get("spec") or {}
    found = []
    if spec.get("repository"):
        found.append(Item(owner, "spec.repository", spec["repository"], whole_repository=True))
    for index, image in enumerate(spec.get("images") or []):
        found.append(Item(owner, f"spec.images[{index}]", image))
    return found


def next_batch(todo: Sequence[Item], size: int) -> list[Item]:
    """The items that may share a request with the first one.

    One manifest, one registry, at most ``size`` images, a repository alone. A
    registry that hangs then holds up no other one. Secure and insecure images
    never meet: the server lets the first image of a repository decide for all
    others of that repository in the request.
    """
    first = todo[0]
    if first.whole_repository:
        return [first]
    alike = [
        item
        for item in todo
        if item.owner is first.owner
        and item.insecure == first.insecure
        and item.registry == first.registry
        and not item.whole_repository
    ]
    return alike[:size]


def without(items: Sequence[Item], taken: Sequence[Item]) -> list[Item]:
    """What is left when a batch is taken away."""
    gone = set(taken)
    return [item for item in items if item not in gone]
