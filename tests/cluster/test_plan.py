"""From manifests to requests."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.making import image, manifest

from pyimagestream import ValidationError, validate
from pyimagestream.cluster.plan import Plan, make_plan, next_batch, without

ENTRIES = st.builds(
    lambda host, number, insecure: image(
        f"{host}/app:v{number}", importPolicy={"insecure": insecure}
    ),
    st.sampled_from(["r", "a.example", "b.example:5000"]),
    st.integers(0, 5),
    st.booleans(),
)
MANIFESTS = st.builds(
    lambda name, entries, repository: manifest(
        *entries, name=f"a{name}", **({"repository": image("r/app")} if repository else {})
    ),
    st.integers(0, 3),
    st.lists(ENTRIES, min_size=1, max_size=8),
    st.booleans(),
)


@given(st.lists(MANIFESTS, max_size=4), st.integers(1, 5))
def test_batches_hold_every_item_once_and_never_what_must_not_meet(
    manifests: list[Any], size: int
) -> None:
    plan = make_plan(manifests, {})
    todo, seen = list(plan.items), []
    while todo:
        batch = next_batch(todo, size)
        assert batch[0] is todo[0]
        assert len(batch) <= size
        assert len({(item.owner, item.insecure, item.registry) for item in batch}) == 1
        assert len(batch) == 1 or not any(item.whole_repository for item in batch)
        seen += batch
        todo = without(todo, batch)
    assert len(seen) == len(plan.items)
    assert set(seen) == set(plan.items)


@given(st.lists(MANIFESTS, min_size=1, max_size=1), st.booleans())
def test_every_request_is_a_manifest_the_server_accepts(manifests: list[Any], write: bool) -> None:
    for item in make_plan(manifests, {}).items:
        if item.whole_repository:
            request = item.owner.repository_request(item.spec)
        else:
            request = item.owner.request([item.spec], write=write, version="7")
        assert validate(request, strict=True) == []
        assert request["spec"]["import"] is (write and not item.whole_repository)


def test_an_import_without_a_namespace_goes_to_that_of_the_environment() -> None:
    def namespace(environment: Any) -> str:
        bare = manifest("r/app:v1")
        del bare["metadata"]["namespace"]
        owner = make_plan([bare], environment).items[0].owner
        assert owner.request([], write=False)["metadata"]["namespace"] == owner.namespace
        return owner.namespace

    assert namespace({"spec": {"namespace": "team"}}) == "team"
    assert namespace({}) == "default"


def test_every_problem_of_every_manifest_is_reported_before_anything_is_sent() -> None:
    bogus = image("r/app:v1", referencePolicy={"type": "Bogus"})
    with pytest.raises(ValidationError) as caught:
        make_plan([manifest("A B"), manifest(bogus, name="b"), manifest(name="c")], {})
    assert [(p.output_path, p.field) for p in caught.value.problems] == [
        ("ImageStreamImport ns/app", "spec.images[0].from.name"),
        ("ImageStreamImport ns/b", "spec.images[0].referencePolicy.type"),
        ("ImageStreamImport ns/c", "spec.images"),
    ]


def test_a_manifest_is_not_changed() -> None:
    wanted = manifest("r/app:v1", metadata={"resourceVersion": "5"})
    plan = make_plan([wanted], {})
    owner = plan.items[0].owner
    assert owner.version == "5"
    assert "resourceVersion" not in owner.request([], write=True)["metadata"]
    assert wanted["metadata"]["resourceVersion"] == "5"


def test_nothing_to_import_is_an_empty_plan() -> None:
    assert make_plan([], {}) == Plan((), ())


@pytest.mark.parametrize("to", ["latest", {"name": "latest"}, []])
def test_a_whole_repository_writes_no_tag_of_its_own(to: object) -> None:
    source = {"kind": "DockerImage", "name": "quay.io/org/app"}
    spec = {"import": True, "repository": {"from": source, "to": to}}
    manifest = {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStreamImport",
        "metadata": {"name": "app", "namespace": "images"},
        "spec": spec,
    }
    [item] = make_plan([manifest], {"metadata": {}, "spec": {}}).items
    assert item.tag == ""
