"""The test server answers as the recorded server did, so that tests against it mean something."""

from __future__ import annotations

import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from support.imageserver import ImageServer, State, image_failure, not_found

V1 = "sha256:3e1fbf755532d2a616199a6a3ea53faab020eab8804b7060839576211306e864"
V2 = "sha256:5d8347690e14d011323792a479ed1a278a32ddaf7dbcc861e60c1a327aad3953"
LATEST = f"sha256:caf1f0b6ebc66d{0:050}"

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())
BY_TITLE = {entry["title"]: entry for entry in RECORDED}
REFUSED = {entry["title"] for entry in RECORDED if "spec" not in entry["answer"]}
IN_ORDER = [
    "1st v1",
    "2nd same",
    "3rd from v2, Local, scheduled",
    "4th same as 3rd but Source",
    "5th bad",
    "6th other tag",
    "rv right",
]


@pytest.fixture(autouse=True)
def registries(state: State) -> None:
    """What stood behind the ports: a good registry, one without TLS, one that wants a login."""
    digests = {":v1": V1, ":v2": V2, "": LATEST, ":latest": LATEST, f"@{V1}": V1}
    for end, digest in digests.items():
        state.registry[f"localhost:15001/team/app{end}"] = digest
        state.registry[f"localhost:15000/team/app{end}"] = (digest,)
        name = f"localhost:15003/team/app{end}"
        message = f'you may not have access to the container image "{name}"'
        state.registry[name] = image_failure(401, "Unauthorized", message)
    state.tags["localhost:15001/team/app"] = ["latest", "v1", "v2"]
    for spec in ("localhost:15001/team/none:v1", f"localhost:15001/team/app@sha256:{0:064}"):
        state.registry[spec] = not_found(spec)


def send(server: ImageServer, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection(str(urlsplit(server.url).netloc))
    connection.request(method, path, json.dumps(body) if body else None)
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, answer


def post(
    server: ImageServer, spec: Any, *, posted_to: str = "ns", **metadata: Any
) -> tuple[int, Any]:
    path = f"/apis/image.openshift.io/v1/namespaces/{posted_to}/imagestreamimports"
    return send(server, "POST", path, {"metadata": {"name": "p", **metadata}, "spec": spec})


def agree(answer: Any, recorded: Any) -> None:
    """Compare what the recordings kept: they cut digests and leave empty things out."""
    assert answer["spec"] == recorded["spec"]
    status = answer["status"]
    for ours, theirs in zip(status.get("images", []), recorded.get("images", []), strict=True):
        _same_image(ours, theirs)
    if "repository" in recorded:
        repository = status["repository"]
        assert repository["status"]["status"] == recorded["repository"]["status"]["status"]
        assert len(repository["images"]) == recorded["repository"]["images"]
        _same_image(repository["images"][0], recorded["repository"]["first"])
        assert repository.get("additionalTags") == recorded["repository"]["additionalTags"]
    if "tags" in recorded:
        stream = status["import"]
        kept = ("name", "from", "importPolicy", "referencePolicy")
        tags = [{key: tag[key] for key in kept} for tag in stream["spec"]["tags"]]
        assert tags == (recorded["tags"] or [])
        events = []
        for tag in stream["status"]["tags"]:
            keys = ("type", "status", "reason", "message")
            conditions = [[c[key] for key in keys] for c in tag.get("conditions", [])]
            events.append({"tag": tag["tag"], "items": len(tag["items"] or []), "cond": conditions})
        assert events == recorded["st"]
    else:
        assert "import" not in status


def _same_image(ours: Any, theirs: Any) -> None:
    assert ours.get("tag") == theirs["tag"]
    for key, value in theirs["status"].items():
        assert ours["status"][key] == value
    name, _, reference = theirs.get("image", "").partition(" ")
    image = ours.get("image", {"metadata": {"name": ""}, "dockerImageReference": ""})
    assert image["metadata"]["name"].startswith(name)
    assert image["dockerImageReference"].startswith(reference)


@pytest.mark.parametrize(
    "title", [t for t in BY_TITLE if t not in {*REFUSED, *IN_ORDER, "blocked"}]
)
def test_a_request_is_answered_as_recorded(server: ImageServer, title: str) -> None:
    recorded = BY_TITLE[title]["answer"]
    code, answer = post(server, recorded["spec"])
    assert code == BY_TITLE[title]["code"]
    agree(answer, recorded)


def test_a_stream_imported_again_and_again_goes_through_the_recorded_states(
    server: ImageServer, state: State
) -> None:
    for title in IN_ORDER:
        recorded = BY_TITLE[title]["answer"]
        version = {}
        if title == "rv right":
            version = {"resourceVersion": state.streams["ns/p"]["metadata"]["resourceVersion"]}
        code, answer = post(server, recorded["spec"], **version)
        assert code == 201, title
        agree(answer, recorded)


def test_a_blocked_registry_fails_the_image(server: ImageServer, state: State) -> None:
    recorded = BY_TITLE["blocked"]["answer"]
    message = recorded["images"][0]["status"]["message"]
    blocked = image_failure(403, "Forbidden", message)
    state.registry["localhost:15001/team/app:v1"] = blocked
    code, answer = post(server, recorded["spec"])
    assert (code, answer["status"]["images"][0]["status"]) == (201, blocked)


@pytest.mark.parametrize(
    ("title", "namespace", "metadata"),
    [
        ("namespace mismatch", "ns", {"namespace": "other"}),
        ("namespace does not exist", "ghost", {}),
        ("resourceVersion, no stream", "ns", {"name": "p50-80375", "resourceVersion": "5"}),
        ("dev in other ns", "image-lab", {}),
        ("referencePolicy Bogus", "ns", {"name": "p15-80375"}),
    ],
)
def test_a_refusal_has_the_recorded_words(
    server: ImageServer, state: State, title: str, namespace: str, metadata: Any
) -> None:
    spec = dict(BY_TITLE["1st v1"]["answer"]["spec"])
    if title == "dev in other ns":
        state.forbidden.add("create imagestreamimports")
    if title == "referencePolicy Bogus":
        spec = {**BY_TITLE["referencePolicy Bogus import=false"]["answer"]["spec"], "import": True}
    code, answer = post(server, spec, posted_to=namespace, **metadata)
    recorded = BY_TITLE[title]
    assert (code, answer["reason"]) == (recorded["code"], recorded["answer"]["reason"])
    assert answer["message"] == recorded["answer"]["message"]
    assert state.streams == {}


def test_a_stale_revision_has_the_recorded_words(server: ImageServer, state: State) -> None:
    spec = BY_TITLE["1st v1"]["answer"]["spec"]
    state.revision = 514
    post(server, spec, name="re80376")
    code, answer = post(server, spec, name="re80376", resourceVersion="514")
    assert code == 409
    assert answer["message"] == BY_TITLE["rv stale"]["answer"]["message"]


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "namespaces/ns/imagestreamimports", 405),
        ("PUT", "namespaces/ns/imagestreamimports", 405),
        ("DELETE", "namespaces/ns/imagestreamimports", 405),
        ("GET", "namespaces/ns/imagestreamimports/v", 404),
        ("PUT", "namespaces/ns/imagestreamimports/v", 404),
        ("POST", "namespaces/ns/imagestreamimports/v", 404),
        ("POST", "imagestreamimports", 404),
    ],
)
def test_imports_can_be_created_and_nothing_else(
    server: ImageServer, method: str, path: str, code: int
) -> None:
    assert send(server, method, f"/apis/image.openshift.io/v1/{path}", {})[0] == code
