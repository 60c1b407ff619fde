"""What holds for every value: no exception, one order, and no blame for what is well."""

import random
from itertools import chain
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pyimagestream.checks.verdict import check_present, check_value, validate
from pyimagestream.checks.warnings import warnings
from pyimagestream.model.definition import functions
from pyimagestream.model.group import KINDS, definition
from pyimagestream.model.imagestreamimport import IMAGE_STREAM_IMPORT
from pyimagestream.model.schema import SERVERS

FUNCTIONS = {function.native: function for function in functions(IMAGE_STREAM_IMPORT)}


def keys_of(schema):
    children = [*schema.properties.values(), schema.items, schema.additional]
    return set(schema.properties).union(*(keys_of(child) for child in children if child))


cyclic: dict[str, object] = {}
cyclic["spec"] = cyclic["from"] = cyclic["a"] = [cyclic]
texts = st.text() | st.sampled_from(
    ["", "a", "A", "*", "a:b", "DockerImage", "a/b", "\ud800", "a\n", "v1", "2020-01-02T03:04:05Z"]
)
odd_scalars = st.sampled_from([2**70, object(), {1}, cyclic, (1, "a"), b"a", b"\xff"])
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
keys = st.sampled_from(sorted(keys_of(IMAGE_STREAM_IMPORT.schema))) | texts
odd_keys = keys | st.none() | st.integers() | st.binary()
anything = st.recursive(
    scalars | odd_scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd_keys, inner, max_size=4),
    max_leaves=9,
)


def shaped(schema, odd):
    """Values mostly of the shape of a schema, so that its rules have something to judge."""
    if schema.properties:
        fields = {key: shaped(child, odd) for key, child in schema.properties.items()}
        well: st.SearchStrategy[Any] = st.fixed_dictionaries({}, optional=fields)
    elif schema.items:
        well = st.lists(shaped(schema.items, odd), max_size=3)
    elif schema.additional:
        well = st.dictionaries(texts, shaped(schema.additional, odd), max_size=3)
    else:
        types = {"string": texts, "boolean": st.booleans(), "integer": st.integers(-3, 3)}
        well = types.get(schema.type, st.just({}))
    return st.integers(0, 19).flatmap(lambda roll: well if roll else odd)


manifests = shaped(IMAGE_STREAM_IMPORT.schema, anything)
json_manifests = shaped(IMAGE_STREAM_IMPORT.schema, scalars | st.dictionaries(keys, scalars))


@given(anything | manifests, st.sampled_from(SERVERS), st.booleans(), st.none() | texts)
def test_no_input_makes_the_checks_raise(manifest, server, strict, namespace):
    problems = validate(manifest, server=server, strict=strict, namespace=namespace)
    for problem in chain(problems, check_present(manifest)):
        assert str(problem).isprintable()
    for warning in warnings(manifest, server=server):
        assert str(warning).isprintable()


SHAPES = {kind: shaped(definition(kind).schema, anything) for kind in KINDS}
JSON_SHAPES = {
    kind: shaped(definition(kind).schema, scalars | st.dictionaries(keys, scalars))
    for kind in KINDS
}


@st.composite
def manifests_of_the_group(draw, shapes):
    """Manifests mostly of the shape of some kind, and always said to be of it."""
    kind = definition(draw(st.sampled_from(sorted(KINDS))))
    manifest = draw(shapes[kind.kind])
    fields = manifest if isinstance(manifest, dict) else {}
    return {**fields, "apiVersion": kind.api_version, "kind": kind.kind}


@pytest.mark.slow
@settings(max_examples=400)
@given(manifests_of_the_group(SHAPES), st.sampled_from(SERVERS), st.booleans(), st.none() | texts)
def test_no_input_of_any_kind_makes_the_checks_raise(manifest, server, strict, namespace):
    problems = validate(manifest, server=server, strict=strict, namespace=namespace)
    for problem in chain(problems, check_present(manifest)):
        assert str(problem).isprintable()
    for warning in warnings(manifest, server=server):
        assert str(warning).isprintable()


@pytest.mark.slow
@settings(max_examples=400)
@given(manifests_of_the_group(JSON_SHAPES), st.integers())
def test_the_order_of_the_fields_of_any_kind_does_not_matter(manifest, seed):
    def told(value):
        found = [validate(value), validate(value, strict=True), check_present(value)]
        return [*map(str, chain(*found, warnings(value)))]

    assert told(manifest) == told(shuffled(manifest, seed))


@pytest.mark.slow
@settings(max_examples=400)
@given(manifests_of_the_group(SHAPES))
def test_a_part_of_any_kind_is_blamed_for_nothing_that_the_server_accepts_in_the_whole(manifest):
    dropped = (".initializers", ".clusterName", "dockerImageMetadata.raw")
    problems = [
        each for each in check_present(manifest) if not any(name in each.field for name in dropped)
    ]
    assert not problems or validate(manifest)


MISTAKES = {
    "metadata.name": "Ruby",
    "metadata.namespace": 3,
    "metadata.uid": 7,
    "metadata.labels": {"a": ["b"]},
    "metadata.annotations": {"a b": "c"},
    "spec.import": "yes",
    "spec.repository": {"from": {"kind": "DockerImage", "name": "quay.io/a/b:c"}},
    "spec.images": [{"from": {"kind": "DockerImage", "name": 1}}, {"from": {"name": "a"}}],
}


def with_mistakes(fields):
    manifest: dict[str, Any] = {
        "apiVersion": IMAGE_STREAM_IMPORT.api_version,
        "kind": IMAGE_STREAM_IMPORT.kind,
        "metadata": {"name": "ruby"},
        "spec": {"images": [{"from": {"kind": "DockerImage", "name": "quay.io/a/b"}}]},
    }
    for field in fields:
        parent, _, key = field.partition(".")
        manifest[parent][key] = MISTAKES[field]
    return manifest


@given(st.sets(st.sampled_from(sorted(MISTAKES))), st.sampled_from(SERVERS))
def test_no_mistake_hides_another_one_whatever_the_json_types(fields, server):
    def problems(chosen):
        found = validate(with_mistakes(chosen), server=server)
        return sorted((problem.field, problem.reason, problem.message) for problem in found)

    alone = [problem for field in fields for problem in problems([field])]
    assert problems(fields) == sorted(alone)
    assert len(problems(MISTAKES)) == 9


@given(st.sampled_from(sorted(FUNCTIONS)), anything)
def test_no_value_makes_the_check_of_a_function_raise(native, value):
    function = FUNCTIONS[native]
    for problem in check_value(function, value):
        assert problem.field.startswith(".".join(function.path))


def shuffled(value, seed):
    if isinstance(value, list):
        return [shuffled(entry, seed) for entry in value]
    if not isinstance(value, dict):
        return value
    entries = [(key, shuffled(entry, seed)) for key, entry in value.items()]
    random.Random(seed).shuffle(entries)
    return dict(entries)


@given(json_manifests, st.integers())
def test_the_order_of_the_fields_in_a_manifest_does_not_matter(manifest, seed):
    def told(value):
        found = [validate(value), validate(value, strict=True), check_present(value)]
        return [*map(str, chain(*found, warnings(value)))]

    assert told(manifest) == told(shuffled(manifest, seed))


@given(manifests)
def test_a_part_is_blamed_for_nothing_that_the_server_accepts_in_the_whole(manifest):
    """Apart from the fields that today's servers drop unread."""
    dropped = ("metadata.initializers", "metadata.clusterName")
    problems = [each for each in check_present(manifest) if not each.field.startswith(dropped)]
    assert not problems or validate(manifest)


names = st.from_regex(r"[a-z0-9]{1,5}([._-][a-z0-9]{1,5}){0,2}", fullmatch=True)
specs = st.from_regex(r"(quay\.io/)?[a-z0-9]{1,5}(/[a-z0-9]{1,5}){0,2}", fullmatch=True)
maps = st.dictionaries(
    st.from_regex(r"(ex\.com/)?[A-Za-z0-9]{1,9}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9]{0,9}", fullmatch=True),
)
BY_RULE = {
    "annotations": maps,
    "labels": maps,
    "finalizers": st.lists(st.from_regex(r"ex\.com/[a-z]{1,5}", fullmatch=True)),
    "generate-name": names,
    "generation": st.integers(0, 2**63 - 1),
    "import-mode": st.sampled_from(["", "Legacy", "PreserveOriginal"]),
    "name": names,
    "namespace": st.from_regex(r"[a-z0-9]{1,9}", fullmatch=True),
    "owner-references": st.just([{"apiVersion": "v1", "kind": "K", "name": "o", "uid": "u"}]),
    "pull-spec": specs,
    "repository-pull-spec": specs,
    "source-kind": st.just("DockerImage"),
}
BY_TYPE = {
    "boolean": st.booleans(),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "object": st.just({}),
    "string": st.text(min_size=1),
}


def valid(schema):
    """Values a user may set."""
    if schema.rule in BY_RULE:
        return BY_RULE[schema.rule]
    if schema.format == "date-time":
        return st.datetimes().map(lambda time: time.replace(microsecond=0).isoformat() + "Z")
    if schema.items:
        return st.lists(valid(schema.items), min_size=1, max_size=2)
    if schema.properties:
        fields = {key: valid(child) for key, child in schema.properties.items()}
        required = {key: fields.pop(key) for key in ("from", "kind", "name") if key in fields}
        return st.fixed_dictionaries(required, optional=fields)
    return BY_TYPE[schema.type]


NEEDED = {
    "imageStreamImport.metadata.withName",
    "imageStreamImport.spec.withImages",
    "imageStreamImport.spec.repository.from.withKind",
    "imageStreamImport.spec.repository.from.withName",
}


# What `new` is given is for `withName` to judge.
SETTERS = sorted(FUNCTIONS.keys() - {"imageStreamImport.new"})


@given(st.data(), st.sets(st.sampled_from(SETTERS)))
def test_what_is_built_with_the_functions_and_valid_values_has_no_problems(data, chosen):
    manifest: dict[str, Any] = {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStreamImport",
    }
    for native in sorted(chosen | NEEDED):
        function = FUNCTIONS[native]
        value = data.draw(valid(function.schema))
        assert check_value(function, value) == []
        parent: dict[str, Any] = manifest
        for key in function.path[:-1]:
            parent = parent.setdefault(key, {})
        parent[function.path[-1]] = value
    assert check_present(manifest) == []
    assert validate(manifest) == []
