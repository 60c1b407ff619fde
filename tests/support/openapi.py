"""Small OpenAPI documents, and what their libraries come to."""

from __future__ import annotations

import importlib
import json
import posixpath
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pyimagestream.engines.vm import ENGINES
from pyimagestream.generator.directory import Layout, libraries
from pyimagestream.model.api import Api
from pyimagestream.model.choice import chosen
from pyimagestream.model.definition import Function, functions
from pyimagestream.model.expand import expanded
from pyimagestream.model.openapi.reader import read_api

META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
TEXT = {"type": "string"}
NAMED = {"type": "object", "properties": {"name": TEXT, "annotations": {"type": "object"}}}


def ref(name: str, **rest: Any) -> dict[str, Any]:
    return {"$ref": f"#/definitions/{name}", **rest}


def obj(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def kind(group: str, version: str, name: str, **properties: Any) -> dict[str, Any]:
    """A definition of an object that can be sent to a server."""
    gvk = {"group": group, "version": version, "kind": name}
    head = {"apiVersion": TEXT, "kind": TEXT, "metadata": ref(META)}
    return {**obj(**head, **properties), "x-kubernetes-group-version-kind": [gvk]}


def document(definitions: Mapping[str, Any]) -> dict[str, Any]:
    return {"swagger": "2.0", "definitions": {META: NAMED, **definitions}}


def third(value: Any) -> Any:
    """A document, or a part of one, in the form of version 3."""
    if isinstance(value, list):
        return [third(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "definitions" in value and "swagger" in value:
        return {"openapi": "3.0.0", "components": {"schemas": third(value["definitions"])}}
    if isinstance(value.get("$ref"), str):
        rest = {key: each for key, each in value.items() if key != "$ref"}
        target = value["$ref"].replace("#/definitions/", "#/components/schemas/")
        return {"allOf": [{"$ref": target}], "default": {}, **rest}
    return {key: third(each) for key, each in value.items()}


def api_of(*documents: Any, groups: Iterable[str] = (), kinds: Iterable[str] = ()) -> Api:
    read = read_api((f"{number}.json", each) for number, each in enumerate(documents, 1))
    return chosen(read, list(groups), list(kinds))


def guesses(api: Api) -> list[str]:
    return [guess.text for guess in api.guesses]


def setters(api: Api) -> dict[str, Function]:
    """Every function of the libraries that sets a field, by the code that leads to it."""
    found = {}
    for each in api.exported:
        for function in functions(expanded(each, api)):
            if function.name != "new":
                names = (*each.home, each.name, *function.scope, function.name)
                found["lib" + "".join(f"[{json.dumps(name)}]" for name in names)] = function
    return found


def importing(files: Mapping[str, str]) -> Callable[[str, str], tuple[str, bytes]]:
    """An importer that knows a directory's files and no others."""

    def found(base: str, name: str) -> tuple[str, bytes]:
        path = posixpath.normpath(posixpath.join(base.removeprefix("made/"), name))
        return f"made/{path}", files[path].encode()

    return found


def evaluated(
    files: Mapping[str, str], code: str, engine: str = "gojsonnet", **natives: Any
) -> Any:
    """What code comes to that sees the libraries as `lib`, in a VM without our natives."""
    vm = importlib.import_module(ENGINES[engine][0])
    source = f"local lib = import 'main.libsonnet';\n{code}"
    return json.loads(vm.evaluate_snippet("", source, import_callback=importing(files), **natives))


def run(api: Api, code: str, layout: Layout = "compact", engine: str = "gojsonnet") -> Any:
    return evaluated(dict(libraries(api, layout)), code, engine)
