"""Documents in, an API out: OpenAPI of version 2 and 3, and CustomResourceDefinitions.

Of an OpenAPI document its definitions are read, and nothing of its paths. What a document
leaves open is guessed, with a warning that says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...errors import PyimagestreamError
from ..api import Api, Guess
from ..definition import Definition
from ..metadata import any_metadata
from ..schema import Schema
from ._crds import OBJECT_META, customs, is_crd
from ._groups import group_of
from ._names import Name, parted
from ._place import Place, kind_of
from ._recursion import marked
from ._schemas import Raw, Schemas

Gvk = tuple[str, str, str]

_GVK = "x-kubernetes-group-version-kind"

_LIST_META = ".meta.v1.ListMeta"

_STATUS = ".meta.v1.Status"


def read_api(documents: Iterable[tuple[str, Any]]) -> Api:
    """The API that documents describe: each with the name of its file, as errors show it.

    Raises `PyimagestreamError` for what is none of the documents above, or a broken one:
    with the file, and the JSON pointer to the place.
    """
    reader = _Reader()
    place = Place("")
    try:
        for file, value in documents:
            place = Place(file)
            reader.add(value, place)
        return reader.api()
    except RecursionError:
        raise place.error("is nested too deeply") from None


def describes_api(value: object) -> bool:
    """Whether a document is one of those that can be read."""
    return any(True for _ in _parts(value, Place("")))


def _parts(value: object, place: Place) -> Iterator[tuple[Mapping[str, Any], Place, bool]]:
    """The definitions in a document, or the CustomResourceDefinitions: the last tells which."""
    if not isinstance(value, Mapping):
        return
    components = value.get("components")
    if is_crd(value):
        yield value, place, True
    elif isinstance(value.get("definitions"), Mapping):
        yield value["definitions"], place.below("definitions"), False
    elif isinstance(components, Mapping) and isinstance(components.get("schemas"), Mapping):
        yield components["schemas"], place.below("components", "schemas"), False
    elif isinstance(value.get("items"), list):
        for index, item in enumerate(value["items"]):
            if is_crd(item):
                yield item, place.below("items", index), True


class _Reader:
    def __init__(self) -> None:
        self._raw: dict[str, Raw] = {}
        self._gvks: dict[str, list[Gvk]] = {}
        self._guessed: set[str] = set()
        self._cluster_wide: set[str] = set()
        self._customs: set[str] = set()
        self._groups: dict[tuple[str, ...], str] = {}
        self._guesses: dict[Guess, None] = {}

    def add(self, value: object, place: Place) -> None:
        parts = list(_parts(value, place))
        if not parts:
            raise place.error(_unknown(value))
        for part, at, is_custom in parts:
            if is_custom:
                self._add_custom(part, at)
            else:
                self._add_definitions(part, at)

    def _add_custom(self, crd: Mapping[str, Any], place: Place) -> None:
        for each in customs(crd, place):
            self._raw[each.name] = Raw(each.node, each.place)
            self._gvks[each.name] = [each.gvk]
            self._customs.add(each.name)
            if not each.namespaced:
                self._cluster_wide.add(each.name)

    def _add_definitions(self, nodes: Mapping[str, Any], place: Place) -> None:
        told: dict[str, list[Gvk]] = {}
        for name, node in nodes.items():
            at = place.below(name)
            if not isinstance(node, Mapping):
                raise at.error(f"a schema must be an object, not {kind_of(node)}")
            told[name] = list(_gvks(node, at))
            known = self._raw.get(name)
            if known is None:
                self._raw[name] = Raw(node, at)
            elif _bare(known.node) != _bare(node):
                self._warn(f"{at}: described otherwise in {known.place.file}, which is taken", name)
        if not any(told.values()):
            self._guess(nodes, told, place)
        for name, found in told.items():
            own = self._gvks.setdefault(name, [])
            own += (gvk for gvk in found if gvk not in own)

    def _guess(self, nodes: Mapping[str, Any], told: dict[str, list[Gvk]], place: Place) -> None:
        """What looks like an object is one, in a document that tells of none what it is."""
        unknown: set[str] = set()
        for name, node in nodes.items():
            part = parted(name)
            properties = node.get("properties")
            if part is None or not isinstance(properties, Mapping):
                continue
            if {"apiVersion", "kind"} <= properties.keys() and not _is_list(node):
                group = group_of(part.domain, part.label)
                if group is None:
                    unknown.add(f"{part.domain}.{part.label}".lstrip("."))
                elif not name.endswith(_STATUS):
                    told[name].append((group, part.version, part.kind))
                    self._guessed.add(name)
        if any(told.values()):
            self._warn(
                f"{place.file}: does not tell the group, version and kind of its objects: taken"
                " from their names, for all that have an apiVersion and a kind"
            )
        if unknown:
            self._warn(
                f"{place.file}: the API group of {', '.join(sorted(unknown))} is not known: there"
                " is no `new` of what is in there"
            )

    def api(self) -> Api:
        if not self._raw:
            raise PyimagestreamError("there is no definition to make a library of")
        self._groups = dict(self._told_groups())
        found = dict(self._definitions())
        return Api(dict(sorted(found.items())), tuple(self._guesses))

    def _definitions(self) -> Iterator[tuple[str, Definition]]:
        for name, schema in marked(dict(self._schemas())).items():
            yield name, self._definition(name, self._raw[name], schema)

    def _schemas(self) -> Iterator[tuple[str, Schema]]:
        if self._customs and OBJECT_META not in self._raw:
            meta = any_metadata()
            self._raw[OBJECT_META] = Raw({"properties": dict.fromkeys(meta.properties)}, Place(""))
            yield OBJECT_META, meta
        schemas = Schemas(self._raw, self._warn)
        for name in sorted(self._raw):
            if self._raw[name].place.file:
                yield name, schemas.of(name)

    def _definition(self, name: str, raw: Raw, schema: Schema) -> Definition:
        part = parted(name) or Name("", "", "", name.rpartition(".")[2])
        gvks = self._gvks.get(name, [])
        first = next((gvk for gvk in gvks if gvk[0]), gvks[0] if gvks else None)
        group, version, kind = first or (self._group(part), part.version, part.kind)
        return Definition(
            kind,
            schema,
            group,
            version,
            part=first is None,
            namespaced=name not in self._cluster_wide,
            home=(part.label, part.version),
            reference=name,
            gvks=tuple(gvks),
            guessed=name in self._guessed,
            exported=bool(part.version and raw.place.file)
            and schema.type == "object"
            and not _is_no_kind(name, raw),
        )

    def _group(self, part: Name) -> str:
        """The API group of a part: that of objects beside it, or the one its name stands for."""
        told = self._groups.get(part[:2])
        return group_of(part.domain, part.label) or "" if told is None else told

    def _told_groups(self) -> Iterator[tuple[tuple[str, ...], str]]:
        for name, gvks in sorted(self._gvks.items()):
            part = parted(name)
            if part and len(gvks) == 1:
                yield part[:2], gvks[0][0]

    def _warn(self, text: str, of: str = "") -> None:
        self._guesses.setdefault(Guess(text, of))


def _is_no_kind(name: str, raw: Raw) -> bool:
    """Lists and answers of the server, for which the reference has no libraries either."""
    return _is_list(raw.node) or name.endswith(_STATUS)


def _is_list(node: Mapping[str, Any]) -> bool:
    properties = node.get("properties")
    metadata = properties.get("metadata") if isinstance(properties, Mapping) else None
    if not isinstance(metadata, Mapping):
        return False
    parts = metadata.get("allOf")
    refs = [metadata, *(parts if isinstance(parts, list) else [])]
    found = (each.get("$ref") for each in refs if isinstance(each, Mapping))
    return any(isinstance(ref, str) and ref.endswith(_LIST_META) for ref in found)


def _bare(node: Mapping[str, Any]) -> dict[str, Any]:
    """A schema without what differs from one group's document to another's."""
    return {key: value for key, value in node.items() if key != _GVK}


def _gvks(node: Mapping[str, Any], place: Place) -> Iterator[Gvk]:
    told = node.get(_GVK)
    at = place.below(_GVK)
    for index, entry in enumerate(told if isinstance(told, list) else [told] if told else []):
        parts = (
            [entry.get(key) for key in ("group", "version", "kind")]
            if isinstance(entry, Mapping)
            else []
        )
        if len(parts) != 3 or not all(isinstance(part, str) for part in parts):
            raise at.below(index).error("must have the texts group, version and kind")
        yield (str(parts[0]), str(parts[1]), str(parts[2]))


def _unknown(value: object) -> str:
    """What a document is that cannot be read."""
    kinds = "an OpenAPI document (version 2 or 3) or a CustomResourceDefinition"
    if isinstance(value, Mapping) and isinstance(value.get("paths"), Mapping):
        of_openapi = any(key in value for key in ("swagger", "openapi", "components"))
        if not of_openapi:
            return (
                "this is the list of the documents that /openapi/v3 serves: take the documents"
                " themselves, or /openapi/v2"
            )
    for key in ("definitions", "components"):
        if isinstance(value, Mapping) and key in value:
            return f"must be {kinds}: there are no schemas in {key!r}"
    return f"must be {kinds}"
