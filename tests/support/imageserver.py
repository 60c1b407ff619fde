"""An API server for image imports, small enough to read and true to the recorded exchanges.

It speaks HTTP or HTTPS on loopback, keeps image streams in memory, and answers
in the words of the recordings (see `recorded.json` and `test_imageserver.py`).
Faults are injected by the number of the request, so that a test can let each
one in turn go wrong.
"""

from __future__ import annotations

import copy
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GROUP = "/apis/image.openshift.io/v1/"
API = f"{GROUP}namespaces/"


class RefusalError(Exception):
    """A request the server answers with a Status."""

    def __init__(self, code: int, reason: str, message: str, **rest: Any) -> None:
        headers = rest.pop("headers", {})
        super().__init__(message)
        self.code, self.headers = code, headers
        self.status: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}}
        self.status |= {"status": "Failure", "reason": reason, "code": code, "message": message}
        self.status |= rest


class PlainError(Exception):
    """What the API server in front of the image API says in plain text, with no Status."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code, self.text = code, text


NO_API = (404, "404 page not found")
"""A Kubernetes without OpenShift."""
API_DIED = (
    503,
    "error trying to reach service: dial tcp 127.0.0.1:28443: connect: connection refused",
)
API_DOWN = (503, "service unavailable")
"""Some seconds after it died."""


class DropError(Exception):
    """The connection ends without an answer."""


def image_failure(code: int, reason: str, message: str) -> dict[str, Any]:
    """What stands in `status.images[].status` when an image cannot be had."""
    return {
        "metadata": {},
        "status": "Failure",
        "reason": reason,
        "code": code,
        "message": message,
    }


HANGS = image_failure(
    500,
    "InternalError",
    'Internal error occurred: h/a:v1: Get "https://h/v2/": net/http: TLS handshake timeout',
)
"""What an image gets whose registry lets the cluster wait for nothing."""


def not_found(spec: str) -> dict[str, Any]:
    return image_failure(404, "NotFound", f'dockerimage.image.openshift.io "{spec}" not found')


@dataclass
class Fault:
    """What goes wrong with a request: before it has an effect, or after."""

    before: Callable[[], object] = lambda: None
    after: Callable[[], object] = lambda: None


@dataclass
class State:
    """The cluster, and what tests may ask about it afterwards.

    `registry` maps pull specs to digests, to failures, or to functions that
    return either. `plain` is what is said in place of the image API, `documents` are
    those of OpenAPI with their paths, and `tamper`
    is given the answers to imports before they are sent. Times are in
    seconds; none really passes unless `sleep` lets it.
    """

    registry: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, list[str]] = field(default_factory=dict)
    namespaces: set[str] = field(default_factory=lambda: {"ns"})
    streams: dict[str, dict[str, Any]] = field(default_factory=dict)
    token: str = ""
    forbidden: set[str] = field(default_factory=set)
    whitelist: set[str] | None = None
    fetch_seconds: float = 0.0
    request_seconds: float = 34.0
    sleep: Callable[[float], object] = lambda seconds: None
    tags_per_repository: int = 50
    default_mode: str = "Legacy"
    faults: dict[int, Fault] = field(default_factory=dict)
    plain: tuple[int, str] | None = None
    documents: dict[str, Any] = field(default_factory=dict)
    tamper: Callable[[Any], None] = lambda answer: None

    requests: list[tuple[str, str, Any]] = field(default_factory=list)
    written: list[tuple[str, str]] = field(default_factory=list)
    most_at_once: int = 0
    revision: int = 0
    _at_once: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def digest(self, stream: str, tag: str) -> str | None:
        """The digest a tag of "namespace/name" points to."""
        for entry in self.streams.get(stream, {"status": {"tags": []}})["status"]["tags"]:
            if entry["tag"] == tag and entry["items"]:
                return str(entry["items"][0]["image"])
        return None

    def imports(self) -> list[Any]:
        """The bodies of all requests that were to write."""
        return [b for m, _, b in self.requests if m == "POST" and b["spec"].get("import")]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in one piece: two would wait for each other on loopback
    state: State

    def log_message(self, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _answer(self) -> None:
        state, method = self.state, self.command
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        with state.lock:
            state.requests.append((method, self.path, copy.deepcopy(body)))
            fault = state.faults.get(len(state.requests), Fault())
            state._at_once += 1
            state.most_at_once = max(state.most_at_once, state._at_once)
        try:
            fault.before()
            answer: Any
            code, headers, answer = self._handle(method, body)
            fault.after()
        except RefusalError as refusal:
            code, headers, answer = refusal.code, refusal.headers, refusal.status
        except PlainError as plain:
            code, headers, answer = plain.code, [("X-Content-Type-Options", "nosniff")], plain
        except DropError:
            self.close_connection = True
            return
        finally:
            with state.lock:
                state._at_once -= 1
        media, content = "application/json", json.dumps(answer, default=str).encode()
        if isinstance(answer, PlainError):
            media, content = "text/plain; charset=utf-8", f"{answer.text}\n".encode()
        try:
            self.send_response(code)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(content)))
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            self.close_connection = True  # the client has given up

    def _handle(self, method: str, body: Any) -> tuple[int, list[tuple[str, str]], Any]:
        state = self.state
        if state.token and self.headers.get("Authorization") != f"Bearer {state.token}":
            raise RefusalError(401, "Unauthorized", "Unauthorized")
        if self.path in state.documents:
            return 200, [], state.documents[self.path]
        if not self.path.startswith(GROUP):
            raise PlainError(*NO_API)
        if state.plain:
            raise PlainError(*state.plain)
        parts = self.path.removeprefix(API).split("/")
        if not self.path.startswith(API) or len(parts) not in (2, 3):
            raise RefusalError(404, "NotFound", "the server could not find the requested resource")
        namespace, resource, *names = parts
        verb = {"GET": "get", "POST": "create"}.get(method, method)
        if f"{verb} {resource}" in state.forbidden:
            raise RefusalError(
                403,
                "Forbidden",
                f'{resource}.image.openshift.io is forbidden: User "dev" cannot {verb} resource'
                f' "{resource}" in API group "image.openshift.io" in the namespace "{namespace}"',
            )
        if resource == "imagestreams" and method == "GET" and names:
            return self._get(namespace, names[0])
        if resource != "imagestreamimports" or names:
            raise RefusalError(404, "NotFound", "the server could not find the requested resource")
        if method != "POST":
            message = "the server does not allow this method on the requested resource"
            raise RefusalError(405, "MethodNotAllowed", message)
        return Importer(state, namespace, body).answer()

    def _get(self, namespace: str, name: str) -> tuple[int, list[tuple[str, str]], Any]:
        with self.state.lock:
            stream = self.state.streams.get(f"{namespace}/{name}")
            if stream is None:
                message = f'imagestreams.image.openshift.io "{name}" not found'
                raise RefusalError(404, "NotFound", message)
            return 200, [], copy.deepcopy(stream)


class Importer:
    """One ImageStreamImport, treated the way the server's code does."""

    def __init__(self, state: State, namespace: str, body: Any) -> None:
        self.state, self.namespace, self.body = state, namespace, body
        self.spec = body.get("spec") or {}
        self.name = (body.get("metadata") or {}).get("name") or ""
        self.key = f"{namespace}/{self.name}"
        self.spent = 0.0

    def answer(self) -> tuple[int, list[tuple[str, str]], Any]:
        warnings = [
            ("Warning", f'299 - "unknown field \\"{field}\\""') for field in self._unknown()
        ]
        body_namespace = self.body["metadata"].get("namespace")
        if body_namespace and body_namespace != self.namespace:
            message = "the namespace of the provided object does not match the namespace sent on"
            raise RefusalError(400, "BadRequest", f"{message} the request")
        if self.namespace not in self.state.namespaces:
            raise RefusalError(404, "NotFound", f'namespaces "{self.namespace}" not found')
        images = [self._completed(image) for image in self.spec.get("images") or []]
        repository = self.spec.get("repository")
        self._validate(images, repository)
        with self.state.lock:
            stream = copy.deepcopy(self.state.streams.get(self.key))
        version = self.body["metadata"].get("resourceVersion")
        if stream is None and version:
            message = f'imagestreamimports.image.openshift.io "{self.name}" not found'
            raise RefusalError(404, "NotFound", message)
        present = stream and stream["metadata"]["resourceVersion"]
        if version and version != present:
            self._conflict(version, str(present))

        completed: dict[str, Any] = {"import": bool(self.spec.get("import"))}
        status: dict[str, Any] = {}
        if images:
            completed["images"] = images
            status["images"] = self._fetch(images)
        if repository:
            completed["repository"] = self._completed(repository, tagged=False)
            status["repository"] = self._fetch_repository(completed["repository"])
        if completed["import"]:
            status["import"] = self._write(stream, list(_outcomes(completed, status)))
        metadata = {"name": self.name, "namespace": self.namespace}
        answer = {
            "kind": "ImageStreamImport",
            "apiVersion": "image.openshift.io/v1",
            "metadata": metadata,
            "spec": completed,
            "status": status,
        }
        self.state.tamper(answer)
        return 201, warnings, answer

    def _unknown(self) -> Iterator[str]:
        known = {"import", "images", "repository"}
        yield from (f"spec.{key}" for key in self.spec if key not in known)
        known = {"importMode", "insecure", "scheduled"}
        for index, image in enumerate(self.spec.get("images") or ()):
            place = f"spec.images[{index}].importPolicy"
            policy = image.get("importPolicy") or {}
            yield from (f"{place}.{key}" for key in policy if key not in known)

    def _completed(self, image: Any, tagged: bool = True) -> Any:
        """An entry with the server's defaults."""
        image = copy.deepcopy(image)
        name = image["from"]["name"].partition("@")[0]
        tag = name.rpartition(":")[2] if ":" in name.rpartition("/")[2] else ""
        if not image.get("to"):
            image.pop("to", None)
            if tag and tagged:
                image["to"] = {"name": tag}
        policy = {key: value for key, value in (image.get("importPolicy") or {}).items() if value}
        image["importPolicy"] = {"importMode": self.state.default_mode, **policy}
        image["referencePolicy"] = {
            "type": (image.get("referencePolicy") or {}).get("type") or "Source"
        }
        return image

    def _validate(self, images: list[Any], repository: Any) -> None:
        for index, image in enumerate(images):
            if image["from"].get("kind") != "DockerImage":
                kind = image["from"].get("kind", "")
                message = f'Invalid value: "{kind}": only DockerImage is supported'
                self._invalid(f"spec.images[{index}].from.kind", "FieldValueInvalid", message)
            self._admit(f"spec.images[{index}].from.name", image)
        if repository:
            self._admit("spec.repository.from.name", repository)

    def _admit(self, path: str, image: Any) -> None:
        host = image["from"]["name"].partition("/")[0]
        if self.state.whitelist is not None and host not in self.state.whitelist:
            listed = ", ".join(f'"{entry}"' for entry in sorted(self.state.whitelist))
            message = f'Forbidden: importing images from registry "{host}" is forbidden: registry'
            message += f' "{host}" not allowed by whitelist: {listed}'
            self._invalid(path, "FieldValueForbidden", message)

    def _invalid(
        self, path: str, reason: str, message: str, kind: str = "ImageStreamImport"
    ) -> None:
        raise RefusalError(
            422,
            "Invalid",
            f'{kind}.image.openshift.io "{self.name}" is invalid: {path}: {message}',
            details={"causes": [{"reason": reason, "message": message, "field": path}]},
        )

    def _conflict(self, asked: str, present: str) -> None:
        raise RefusalError(
            409,
            "Conflict",
            f'Operation cannot be fulfilled on imagestream.image.openshift.io "{self.name}": the'
            f' image stream was updated from "{asked}" to "{present}"',
        )

    def _fetch(self, images: list[Any]) -> list[Any]:
        """Look the images up; the first image of a repository decides whether insecurely."""
        insecure: dict[str, bool] = {}
        fetched: dict[str, Any] = {}
        statuses = []
        for image in images:
            spec = image["from"]["name"]
            repository = spec.partition("@")[0].rpartition(":")[0]
            flag = insecure.setdefault(repository, bool(image["importPolicy"].get("insecure")))
            if spec not in fetched:
                fetched[spec] = self._look_up(spec, flag)
            statuses.append(_status(spec, fetched[spec]))
        return statuses

    def _look_up(self, spec: str, insecure: bool = False) -> Any:
        self._spend(self.state.fetch_seconds)
        found = self.state.registry.get(spec, not_found(spec))
        if callable(found):
            found = found()
        if isinstance(found, tuple):  # an HTTP-only registry
            host = spec.partition("/")[0]
            message = (
                f'Internal error occurred: {spec}: Get "https://{host}/v2/": http: server gave'
            )
            plain = image_failure(500, "InternalError", f"{message} HTTP response to HTTPS client")
            found = found[0] if insecure else plain
        return found

    def _spend(self, seconds: float) -> None:
        left = self.state.request_seconds - self.spent
        self.spent += seconds
        self.state.sleep(min(seconds, left))
        if seconds > left:
            message = "Timeout: request did not complete within the allotted timeout"
            raise RefusalError(504, "Timeout", message)

    def _fetch_repository(self, repository: Any) -> Any:
        name = repository["from"]["name"]
        tags = self.state.tags.get(name)
        if tags is None:
            return {"status": not_found(name)}
        taken = tags[: self.state.tags_per_repository]
        images = [_status(f"{name}:{tag}", self._look_up(f"{name}:{tag}"), tag) for tag in taken]
        status: dict[str, Any] = {"status": {"metadata": {}, "status": "Success"}, "images": images}
        if any(image["status"]["status"] == "Failure" for image in images):
            status["status"] = {"status": "Failure", "reason": "ImportFailed", "message": "some"}
        if more := tags[self.state.tags_per_repository :]:
            status["additionalTags"] = more
        return status

    def _write(self, stream: Any, outcomes: list[tuple[Any, Any]]) -> Any:
        seen = stream and stream["metadata"]["resourceVersion"]
        stream = stream or {
            "kind": "ImageStream",
            "apiVersion": "image.openshift.io/v1",
            "metadata": {"name": self.name, "namespace": self.namespace, "generation": 0},
            "spec": {"lookupPolicy": {"local": False}, "tags": []},
            "status": {"tags": []},
        }
        before = copy.deepcopy(stream)
        generation = stream["metadata"]["generation"] + 1
        written = []
        for image, outcome in outcomes:
            if "to" in image:
                tag = image["to"]["name"]
                if image["referencePolicy"]["type"] not in ("Source", "Local"):
                    self._invalid(
                        f"spec.tags[{tag}].referencePolicy.type",
                        "FieldValueInvalid",
                        f'Invalid value: "{image["referencePolicy"]["type"]}": valid values are'
                        ' "Source", "Local"',
                        "ImageStream",
                    )
                written.append(tag)
                _write_tag(stream, tag, image, outcome, generation)
        with self.state.lock:
            present = self.state.streams.get(self.key)
            if (present and present["metadata"]["resourceVersion"]) != seen:
                self._conflict(str(seen), str(present and present["metadata"]["resourceVersion"]))
            if stream != before or not seen:
                self.state.revision += 1
                stream["metadata"]["generation"] = generation
                stream["metadata"]["resourceVersion"] = str(self.state.revision)
                self.state.streams[self.key] = copy.deepcopy(stream)
            self.state.written += [(self.key, tag) for tag in written]
        return stream


def _outcomes(spec: Any, status: Any) -> Iterator[tuple[Any, Any]]:
    """Every image with what was found for it; a repository comes first, image by image."""
    for outcome in status.get("repository", {}).get("images", []):
        repository, tag = spec["repository"], outcome["tag"]
        source = {**repository["from"], "name": f"{repository['from']['name']}:{tag}"}
        yield {**repository, "from": source, "to": {"name": tag}}, outcome
    yield from zip(spec.get("images", []), status.get("images", []), strict=True)


def _status(spec: str, found: Any, tag: str | None = None) -> Any:
    name, _, in_digest = spec.partition("@")
    repository, _, in_name = name.rpartition(":") if ":" in name.split("/")[-1] else (name, "", "")
    tag = tag or ("" if in_digest else in_name or "latest")
    named = {"tag": tag} if tag else {}
    if not isinstance(found, str):
        return {**named, "status": found}
    image = {"metadata": {"name": found}, "dockerImageReference": f"{repository}@{found}"}
    return {**named, "status": {"metadata": {}, "status": "Success"}, "image": image}


def _write_tag(stream: Any, tag: str, image: Any, outcome: Any, generation: int) -> None:
    spec = next((entry for entry in stream["spec"]["tags"] if entry["name"] == tag), None)
    events = next((entry for entry in stream["status"]["tags"] if entry["tag"] == tag), None)
    if events is None:
        events = {"tag": tag, "items": None}
        stream["status"]["tags"].append(events)
    fresh = {
        "name": tag,
        "annotations": None,
        "from": {"kind": "DockerImage", "name": image["from"]["name"]},
        "generation": generation,
        "importPolicy": image["importPolicy"],
        "referencePolicy": (spec or image)["referencePolicy"],
    }
    failure = outcome["status"]
    if failure["status"] != "Success":
        condition = {"type": "ImportSuccess", "status": "False", "reason": failure["reason"]}
        condition |= {"message": failure["message"], "generation": generation}
        known = events.get("conditions") or [{}]
        if known[0].get("message") != failure["message"]:
            events["conditions"] = [condition]
            if spec:
                spec["generation"] = generation
        if spec is None:
            stream["spec"]["tags"].append(fresh)
        return
    found = outcome["image"]
    event = {
        "dockerImageReference": found["dockerImageReference"],
        "image": found["metadata"]["name"],
    }
    newest = (events["items"] or [{}])[0]
    changed = any(newest.get(key) != value for key, value in event.items())
    if spec is None or changed or spec["generation"] > newest["generation"]:
        events["items"] = [{**event, "generation": generation}, *(events["items"] or [])]
        if spec is None:
            stream["spec"]["tags"].append(fresh)
        else:
            spec |= fresh
    elif spec["importPolicy"] != image["importPolicy"]:
        spec |= {"importPolicy": image["importPolicy"], "generation": generation}
    events.pop("conditions", None)


class ImageServer:
    """The server in threads of its own, as a context manager; `url` is where it is."""

    def __init__(self, state: State, context: ssl.SSLContext | None = None) -> None:
        handler = type("BoundHandler", (Handler,), {"state": state})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        if context:
            # The handshake happens in the request's own thread, where a failing one hurts nobody.
            self._http.socket = context.wrap_socket(
                self._http.socket, server_side=True, do_handshake_on_connect=False
            )
            self._http.handle_error = lambda *args: None  # type: ignore[method-assign]
        self.url = f"http{'s' if context else ''}://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    def __enter__(self) -> ImageServer:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
