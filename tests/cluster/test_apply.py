"""What apply does, over real HTTP, when everything works and when something breaks."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import itertools
import threading
import time
from collections.abc import Callable
from typing import Any, cast

import pytest
from support.clock import Clock
from support.imageserver import (
    API_DIED,
    API_DOWN,
    DropError,
    Fault,
    RefusalError,
    State,
    image_failure,
    not_found,
)
from support.making import QUICK, digest, image, manifest

from pyimagestream.cluster.apply import Apply, Outcome
from pyimagestream.cluster.budget import Budget, Limits
from pyimagestream.cluster.diff import make_diff
from pyimagestream.cluster.kube.client import Cluster
from pyimagestream.cluster.plan import make_plan
from pyimagestream.errors import DroppedError

BROKEN = image_failure(
    500,
    "InternalError",
    'Internal error occurred: r/app:v1: Get "https://r/v2/": read: connection reset by peer',
)


def drop() -> None:
    raise DropError


def refuse(code: int, reason: str, **headers: str) -> Callable[[], None]:
    def refusal() -> None:
        raise RefusalError(code, reason, f"{reason} for the test", headers=list(headers.items()))

    return refusal


class Runner:
    """Diffs and applies manifests; `faults` are set between the two."""

    def __init__(self, cluster: Cluster, state: State) -> None:
        self.cluster, self.state, self.limits = cluster, state, QUICK

    def diff(self, *manifests: Any) -> Any:
        return make_diff(self.cluster, make_plan(manifests, {}), Budget(self.limits))

    def apply(self, *manifests: Any, **limits: Any) -> dict[str, Outcome]:
        return self.work(self.diff(*manifests), **limits)

    def work(self, diff: Any, **limits: Any) -> dict[str, Outcome]:
        work = Apply(self.cluster, diff, Budget(dataclasses.replace(self.limits, **limits)))
        work.run()
        return {change.item.tag: outcome for change, outcome in work.outcomes.items()}

    def next_request(self, fault: Fault, offset: int = 1) -> None:
        self.state.faults[len(self.state.requests) + offset] = fault


@pytest.fixture
def give_up(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """When it is set the client gives up the request under way, as if the time for it was over."""
    event, wait = threading.Event(), concurrent.futures.wait

    def until(futures: Any, seconds: float) -> Any:
        [request] = futures
        end = time.monotonic() + seconds
        while not (request.done() or event.is_set() or time.monotonic() > end):
            time.sleep(0.001)
        event.clear()
        return wait(futures, 0)

    monkeypatch.setattr(concurrent.futures, "wait", until)
    return event


@pytest.fixture
def runner(cluster: Cluster, state: State) -> Runner:
    return Runner(cluster, state)


def results(outcomes: dict[str, Outcome]) -> dict[str, str]:
    return {tag: outcome.result for tag, outcome in outcomes.items()}


def fill(state: State, count: int, repository: str = "r/app") -> list[str]:
    names = [f"{repository}:v{number}" for number in range(count)]
    state.registry |= {name: digest(number + 1) for number, name in enumerate(names)}
    return names


def test_only_what_differs_is_imported(runner: Runner, state: State) -> None:
    names = fill(state, 3)
    runner.apply(manifest(names[0]))
    outcomes = runner.apply(manifest(*names))
    assert results(outcomes) == {"v1": "imported", "v2": "imported"}
    assert outcomes["v1"].digest == digest(2)
    assert [tag for _, tag in state.written] == ["v0", "v1", "v2"]


def test_a_tag_that_cannot_be_fetched_does_not_hold_up_the_others(
    runner: Runner, state: State
) -> None:
    names = fill(state, 2)
    assert results(runner.apply(manifest(*names, "r/app:nope"))) == {
        "v0": "imported",
        "v1": "imported",
        "nope": "failed",
    }
    assert [tag for _, tag in state.written] == ["v0", "v1"]


def test_labels_and_unknown_fields_travel_with_every_request(runner: Runner, state: State) -> None:
    names = fill(state, 1)
    runner.apply(manifest(*names, metadata={"labels": {"team": "a"}}, extra=1))
    for method, _, body in state.requests:
        if method == "POST":
            assert body["metadata"]["labels"] == {"team": "a"}
            assert body["spec"]["extra"] == 1


def test_a_large_import_is_split(runner: Runner, state: State) -> None:
    names = fill(state, 50)
    assert set(results(runner.apply(manifest(*names))).values()) == {"imported"}
    assert [len(body["spec"]["images"]) for body in state.imports()] == [20, 20, 10]


def test_secure_and_insecure_images_never_share_a_request(runner: Runner, state: State) -> None:
    """The registry speaks plain HTTP, so together with a secure image all would fail."""
    state.registry |= {"r/app:v1": digest(1), "h/app:v1": (digest(2),), "h/app:v2": digest(3)}
    insecure = image("h/app:v1", "h1", importPolicy={"insecure": True})
    outcomes = runner.apply(manifest("r/app:v1", insecure, image("h/app:v2")))
    assert results(outcomes) == {"v1": "imported", "h1": "imported", "v2": "imported"}
    for _, _, body in state.requests:
        if body:
            flags = {
                bool(entry.get("importPolicy", {}).get("insecure"))
                for entry in body["spec"]["images"]
            }
            assert len(flags) == 1


def test_streams_are_imported_side_by_side_but_not_too_many_at_once(
    runner: Runner, state: State
) -> None:
    """The server answers two at a time: one alone would wait for ever."""
    manifests = []
    for number in range(12):
        manifests.append(manifest(*fill(state, 1, f"r/a{number}"), name=f"a{number}"))
    diff = runner.diff(*manifests)
    two = threading.Barrier(2, timeout=60)
    state.registry |= {
        name: lambda found=found: (two.wait(), found)[1] for name, found in state.registry.items()
    }
    outcomes = Apply(runner.cluster, diff, Budget(QUICK))
    outcomes.run()
    assert {outcome.result for outcome in outcomes.outcomes.values()} == {"imported"}
    assert 1 < state.most_at_once <= QUICK.parallel


def test_a_request_that_takes_the_server_too_long_is_halved(runner: Runner, state: State) -> None:
    names = fill(state, 8)
    diff = runner.diff(manifest(*names))
    state.fetch_seconds, state.request_seconds = 0.05, 0.32
    assert set(results(runner.work(diff)).values()) == {"imported"}
    # After the first one that passes.
    assert [len(body["spec"]["images"]) for body in state.imports()] == [8, 1, 4, 3]


def test_one_hanging_registry_fails_alone(runner: Runner, state: State) -> None:
    names = fill(state, 4)
    diff = runner.diff(manifest(*names))
    state.registry["r/app:v2"] = refuse(504, "Timeout")
    outcomes = runner.work(diff, tries=2)
    assert results(outcomes) == {
        "v0": "imported",
        "v1": "imported",
        "v2": "failed",
        "v3": "imported",
    }
    assert outcomes["v2"].reason == "Timeout"


def test_an_image_that_fails_in_passing_is_asked_for_again_and_alone(
    runner: Runner, state: State
) -> None:
    names = fill(state, 3)
    diff = runner.diff(manifest(*names))
    answers = [BROKEN, BROKEN, digest(2)]
    state.registry["r/app:v1"] = lambda: answers.pop(0)
    assert set(results(runner.work(diff)).values()) == {"imported"}
    assert [len(body["spec"]["images"]) for body in state.imports()] == [3, 1, 1]


def test_an_image_that_fails_in_passing_does_not_hold_up_the_others(
    runner: Runner, state: State
) -> None:
    names = fill(state, 30)
    diff = runner.diff(manifest(*names))
    state.registry["r/app:v1"] = BROKEN
    outcomes = runner.work(diff, total=59, backoff=60, longest_backoff=60)
    assert outcomes.pop("v1").result == "failed"
    assert set(results(outcomes).values()) == {"imported"}


def test_an_image_that_keeps_failing_is_given_up_with_its_last_words(
    runner: Runner, state: State
) -> None:
    names = fill(state, 2)
    diff = runner.diff(manifest(*names))
    state.registry["r/app:v1"] = BROKEN
    outcomes = runner.work(diff, tries=3)
    assert results(outcomes) == {"v0": "imported", "v1": "failed"}
    assert outcomes["v1"].message == BROKEN["message"]
    assert len(state.imports()) == 3


def test_an_image_that_is_gone_is_not_asked_for_again(runner: Runner, state: State) -> None:
    diff = runner.diff(manifest(*fill(state, 1)))
    state.registry["r/app:v0"] = not_found("r/app:v0")
    assert results(runner.work(diff)) == {"v0": "failed"}
    assert len(state.imports()) == 1


def test_a_busy_server_is_asked_again_when_it_says_so(
    runner: Runner, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(Budget, "wait", lambda _, seconds: waits.append(seconds))
    diff = runner.diff(manifest(*fill(state, 1)))
    runner.next_request(Fault(before=refuse(429, "TooManyRequests", **{"Retry-After": "1"})))
    assert results(runner.work(diff)) == {"v0": "imported"}
    assert waits == [1]
    assert len(state.imports()) == 2


def test_a_wait_longer_than_the_time_left_is_not_begun(runner: Runner, state: State) -> None:
    diff = runner.diff(manifest(*fill(state, 1)))
    runner.next_request(Fault(before=refuse(429, "TooManyRequests", **{"Retry-After": "900"})))
    outcomes = runner.work(diff)
    assert (outcomes["v0"].result, outcomes["v0"].reason) == ("failed", "TooManyRequests")


@pytest.mark.parametrize("code", [500, 502, 503, 504])
def test_a_server_error_without_effect_is_repeated(runner: Runner, state: State, code: int) -> None:
    diff = runner.diff(manifest(*fill(state, 1)))
    runner.next_request(Fault(before=refuse(code, "Broken")))
    assert results(runner.work(diff)) == {"v0": "imported"}
    assert state.written == [("ns/app", "v0")]


@pytest.mark.parametrize("code", [500, 503, 504])
def test_a_server_error_after_the_effect_is_not_repeated(
    runner: Runner, state: State, code: int
) -> None:
    diff = runner.diff(manifest(*fill(state, 1)))
    runner.next_request(Fault(after=refuse(code, "Broken")))
    assert results(runner.work(diff)) == {"v0": "imported"}
    assert state.written == [("ns/app", "v0")]


@pytest.mark.parametrize("code", [400, 401, 403, 422])
def test_a_refusal_is_final(runner: Runner, state: State, code: int) -> None:
    diff = runner.diff(manifest(*fill(state, 2)))
    runner.next_request(Fault(before=refuse(code, "Refused")))
    outcomes = runner.work(diff)
    assert results(outcomes) == {"v0": "failed", "v1": "failed"}
    assert outcomes["v0"].message == "Refused for the test"
    assert len(state.imports()) == 1


def test_a_slow_answer_counts_as_none_and_the_work_is_not_done_twice(
    runner: Runner, state: State, give_up: threading.Event
) -> None:
    diff = runner.diff(manifest(*fill(state, 1)))
    second_came = threading.Event()

    def after() -> None:
        give_up.set()
        second_came.wait(60)

    runner.next_request(Fault(after=after))
    runner.next_request(Fault(before=second_came.set), 2)
    assert results(runner.work(diff)) == {"v0": "imported"}
    assert state.written == [("ns/app", "v0")]


def test_a_slow_request_still_under_way_is_not_overtaken_by_its_repetition(
    runner: Runner, state: State, give_up: threading.Event
) -> None:
    """The first request writes after we gave it up and looked: the second one is a conflict."""
    runner.apply(manifest(*fill(state, 1)))
    state.registry["r/app:v0"] = digest(9)
    diff = runner.diff(manifest("r/app:v0"))
    second_came, first_wrote = threading.Event(), threading.Event()
    fetches = itertools.count()
    runner.next_request(Fault(after=first_wrote.set))

    def fetch() -> str:
        if next(fetches) == 0:
            give_up.set()
            second_came.wait(60)
        else:
            second_came.set()
            first_wrote.wait(60)
        return digest(9)

    state.registry["r/app:v0"] = fetch
    assert results(runner.work(diff)) == {"v0": "imported"}
    assert state.written == [("ns/app", "v0")] * 2
    assert len(state.streams["ns/app"]["status"]["tags"][0]["items"]) == 2


def test_a_stream_changed_by_somebody_else_is_looked_at_again(runner: Runner, state: State) -> None:
    names = fill(state, 2)
    runner.apply(manifest(names[0]))
    diff = runner.diff(manifest(*names))
    runner.cluster.create_import(manifest(image("r/app:v0", "theirs")), 5)
    assert results(runner.work(diff)) == {"v1": "imported"}
    assert len(state.streams["ns/app"]["spec"]["tags"]) == 3


def test_what_somebody_else_imported_meanwhile_is_not_imported_again(
    runner: Runner, state: State
) -> None:
    names = fill(state, 2)
    runner.apply(manifest(names[0]))
    diff = runner.diff(manifest(*names))
    runner.cluster.create_import(manifest(names[1]), 5)
    assert results(runner.work(diff)) == {"v1": "imported"}
    assert state.written == [("ns/app", "v0"), ("ns/app", "v1")]


def test_a_stream_deleted_meanwhile_is_made_anew(runner: Runner, state: State) -> None:
    names = fill(state, 2)
    runner.apply(manifest(names[0]))
    diff = runner.diff(manifest(*names))
    state.streams.clear()
    assert results(runner.work(diff)) == {"v1": "imported", "v0": "imported"}
    assert runner.diff(manifest(*names)).exit_code == 0


def test_a_stream_deleted_between_two_requests_is_made_whole(runner: Runner, state: State) -> None:
    names = fill(state, 45)
    runner.apply(manifest(names[0]))
    diff = runner.diff(manifest(*names, "r/app:nope"))
    runner.next_request(Fault(before=state.streams.clear), offset=2)
    outcomes = results(runner.work(diff))
    assert outcomes.pop("nope") == "failed"
    assert len(outcomes) == 45
    assert set(outcomes.values()) == {"imported"}
    assert runner.diff(manifest(*names)).exit_code == 0


def test_of_a_stream_that_cannot_be_made_whole_no_tag_counts_as_imported(
    runner: Runner, state: State
) -> None:
    names = fill(state, 25)
    diff = runner.diff(manifest(*names))

    runner.next_request(Fault(before=state.streams.clear), offset=2)
    forbid = Fault(before=lambda: state.forbidden.add("create imagestreamimports"))
    runner.next_request(forbid, offset=4)
    outcomes = runner.work(diff)
    assert set(results(outcomes).values()) == {"failed"}


def test_the_removal_of_a_tag_that_was_as_it_should_be_is_noticed(
    runner: Runner, state: State
) -> None:
    names = fill(state, 2)
    runner.apply(manifest(names[0]))
    diff = runner.diff(manifest(*names))
    state.streams["ns/app"]["status"]["tags"].clear()
    outcomes = runner.work(diff)
    assert results(outcomes) == {"v0": "failed", "v1": "imported"}
    assert outcomes["v0"].message == "the tag was changed meanwhile: it is gone"


def test_a_tag_moved_by_somebody_else_that_was_as_it_should_be_is_noticed(
    runner: Runner, state: State
) -> None:
    names = fill(state, 2)
    runner.apply(manifest(names[0]))
    diff = runner.diff(manifest(*names))
    state.registry["r/app:theirs"] = digest(9)
    runner.cluster.create_import(manifest(image("r/app:theirs", "v0")), 5)
    outcomes = runner.work(diff)
    assert results(outcomes) == {"v0": "failed", "v1": "imported"}
    assert outcomes["v0"].reason == "Changed"
    assert "it is 000000090000" in outcomes["v0"].message


def test_a_tag_moved_by_somebody_else_since_it_was_shown_is_told(
    runner: Runner, state: State
) -> None:
    names = fill(state, 2)
    runner.apply(manifest(names[0]))
    state.registry |= {"r/app:v0": digest(7), "r/app:theirs": digest(9)}
    diff = runner.diff(manifest(*names))
    runner.cluster.create_import(manifest(image("r/app:theirs", "v0")), 5)
    outcomes = runner.work(diff)
    assert results(outcomes) == {"v0": "imported", "v1": "imported"}
    assert outcomes["v0"].note == (
        "the tag was 000000010000 when compared, and 000000090000 when written"
    )
    assert outcomes["v1"].note == ""


def test_a_tag_made_by_somebody_else_since_it_was_shown_as_new_is_told(
    runner: Runner, state: State
) -> None:
    names = fill(state, 1)
    diff = runner.diff(manifest(*names))
    state.registry["r/app:theirs"] = digest(9)
    runner.cluster.create_import(manifest(image("r/app:theirs", "v0")), 5)
    assert runner.work(diff)["v0"].note == (
        "the tag was not there when compared, and 000000090000 when written"
    )


def test_an_ordinary_apply_has_nothing_to_tell(runner: Runner, state: State) -> None:
    names = fill(state, 3)
    assert {outcome.note for outcome in runner.apply(manifest(*names)).values()} == {""}
    state.registry |= {name: digest(50) for name in names}
    assert {outcome.note for outcome in runner.apply(manifest(*names)).values()} == {""}


def newest(answer: Any) -> Any:
    return answer["status"]["import"]["status"]["tags"][0]["items"][0]


LIES: dict[str, Callable[[Any], Any]] = {
    "no such tag": lambda a: a["status"]["import"]["status"]["tags"].clear(),
    "no image in the tag": lambda a: a["status"]["import"]["status"]["tags"][0].update(items=None),
    "another image in the tag": lambda a: newest(a).update(image=digest(9)),
    "another stream": lambda a: a["status"]["import"]["metadata"].update(name="other"),
    "another namespace": lambda a: a["status"]["import"]["metadata"].update(namespace="other"),
    "no stream": lambda a: a["status"].update({"import": None}),
    "another image": lambda a: a["status"]["images"][0]["image"]["metadata"].update(name=digest(9)),
    "no digest": lambda a: a["status"]["images"][0]["image"]["metadata"].update(
        name="not-a-digest"
    ),
    "no image": lambda a: a["status"]["images"][0].update(image=None),
    "the image of another tag": lambda a: a["status"]["images"][0].update(tag="other"),
    "another request": lambda a: a["spec"]["images"][0]["from"].update(name="r/app:other"),
    "too many images": lambda a: a["status"]["images"].append(a["status"]["images"][0]),
    "no images": lambda a: a["status"].update(images=None),
    "no status": lambda a: a.update(status=None),
    "no spec": lambda a: a.update(spec=None),
}


@pytest.mark.parametrize("lie", LIES)
def test_an_answer_that_contradicts_itself_is_no_success(
    runner: Runner, state: State, lie: str
) -> None:
    diff = runner.diff(manifest(*fill(state, 1)))

    def tamper(answer: Any) -> None:
        LIES[lie](answer)
        state.streams.clear()

    state.tamper = tamper
    outcomes = runner.work(diff)
    assert results(outcomes) == {"v0": "failed"}
    assert outcomes["v0"].reason == "BadAnswer"


def test_a_tag_that_follows_another_source_is_a_failure_that_needs_no_request(
    runner: Runner, state: State
) -> None:
    state.registry |= {"r/app:v1": digest(1), "r/app:v1.0": digest(1)}
    runner.apply(manifest(image("r/app:v1", "t")))
    outcomes = runner.apply(manifest(image("r/app:v1.0", "t")))
    assert outcomes["t"] == Outcome(
        "failed", digest(1), "SourceStays", "the tag goes on following r/app:v1"
    )
    assert len(state.imports()) == 1


def test_the_source_of_a_tag_is_written_where_a_new_policy_makes_the_tag_due(
    runner: Runner, state: State
) -> None:
    state.registry |= {"r/app:v1": digest(1), "r/app:v1.0": digest(1)}
    runner.apply(manifest(image("r/app:v1", "t")))
    wanted = manifest(image("r/app:v1.0", "t", importPolicy={"scheduled": True}))
    assert results(runner.apply(wanted)) == {"t": "imported"}
    assert state.streams["ns/app"]["spec"]["tags"][0]["from"]["name"] == "r/app:v1.0"
    assert runner.diff(wanted).exit_code == 0


def test_where_a_new_policy_does_not_make_the_tag_due_its_source_stays_and_that_is_a_failure(
    runner: Runner, state: State
) -> None:
    state.registry |= {"r/app:v1": digest(1), "r/app:v1.0": digest(1)}
    runner.apply(manifest(image("r/app:v1", "t")))
    wanted = manifest(image("r/app:v1.0", "t", importPolicy={"scheduled": True}))

    def not_due(answer: Any) -> None:
        if answer["spec"]["import"]:
            for stream in (state.streams["ns/app"], answer["status"]["import"]):
                stream["spec"]["tags"][0]["generation"] = 1

    state.tamper = not_due
    assert runner.apply(wanted)["t"].reason == "SourceStays"
    assert state.streams["ns/app"]["spec"]["tags"][0]["importPolicy"]["scheduled"] is True
    assert [change.action for change in runner.diff(wanted).changes] == ["source"]
    assert len(state.imports()) == 2


def test_a_success_whose_tag_says_that_the_import_failed_is_none(
    runner: Runner, state: State
) -> None:
    diff = runner.diff(manifest(*fill(state, 1)))
    condition = {"type": "ImportSuccess", "status": "False", "reason": "Odd", "message": "why"}
    state.tamper = lambda answer: answer["status"]["import"]["status"]["tags"][0].update(
        conditions=[condition]
    )
    assert runner.work(diff)["v0"] == Outcome("failed", reason="Odd", message="why")


@pytest.mark.parametrize("plain", [API_DIED, API_DOWN, (502, "bad gateway")])
def test_an_outage_of_the_api_is_ridden_out(
    runner: Runner, state: State, plain: tuple[int, str]
) -> None:
    diff = runner.diff(manifest(*fill(state, 1)))
    down = Fault(before=lambda: setattr(state, "plain", plain))
    up = Fault(before=lambda: setattr(state, "plain", None))
    runner.next_request(down)
    runner.next_request(up, offset=30)
    assert results(runner.work(diff)) == {"v0": "imported"}
    assert state.written == [("ns/app", "v0")]


class Refusing:
    """A cluster that cannot be connected to, so many times."""

    def __init__(self, cluster: Cluster, times: int) -> None:
        self._cluster, self.times = cluster, times

    def __getattr__(self, name: str) -> Any:
        self.times -= 1
        if self.times >= 0:
            raise DroppedError("Connection refused", sent=False)
        return getattr(self._cluster, name)


def test_a_server_that_is_away_for_a_time_is_waited_for(runner: Runner, state: State) -> None:
    diff = runner.diff(manifest(*fill(state, 45)))
    runner.cluster = cast(Cluster, Refusing(runner.cluster, 50))
    assert set(results(runner.work(diff)).values()) == {"imported"}


class Timed:
    """A cluster whose every request takes a second."""

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster, self._clock = cluster, clock

    def __getattr__(self, name: str) -> Any:
        self._clock.sleep(1)
        return getattr(self._cluster, name)


def test_a_server_that_stays_away_is_waited_for_until_the_time_is_over(
    runner: Runner, state: State, clock: Clock
) -> None:
    diff = runner.diff(manifest(*fill(state, 25)))
    down = Fault(before=lambda: setattr(state, "plain", API_DOWN))
    runner.next_request(down, offset=2)
    runner.cluster = cast(Cluster, Timed(runner.cluster, clock))
    outcomes = runner.work(diff, total=30)
    assert [outcomes[f"v{number}"].result for number in (0, 19, 20, 24)] == [
        "imported",
        "imported",
        "unknown",
        "unknown",
    ]
    assert len(state.requests) > 10


def test_a_schedule_set_meanwhile_is_kept(runner: Runner, state: State) -> None:
    names = fill(state, 1)
    runner.apply(manifest(*names))
    state.registry["r/app:v0"] = digest(7)
    diff = runner.diff(manifest(*names))
    state.registry["r/app:v0"] = digest(1)
    runner.cluster.create_import(manifest(image(names[0], importPolicy={"scheduled": True})), 5)
    state.registry["r/app:v0"] = digest(7)
    runner.work(diff)
    assert state.streams["ns/app"]["spec"]["tags"][0]["importPolicy"]["scheduled"] is True


def test_a_revision_given_by_the_author_holds(runner: Runner, state: State) -> None:
    names = fill(state, 30)
    runner.apply(manifest(names[0]))
    version = state.streams["ns/app"]["metadata"]["resourceVersion"]
    wanted = manifest(*names, metadata={"resourceVersion": version})
    diff = runner.diff(wanted)
    assert set(results(runner.work(diff)).values()) == {"imported"}
    state.registry["r/app:v3"] = digest(99)
    outcomes = runner.work(diff)
    assert {outcome.reason for outcome in outcomes.values()} <= {"Conflict", ""}


def test_when_time_runs_out_the_rest_is_not_done(
    runner: Runner, state: State, clock: Clock
) -> None:
    names = fill(state, 60)
    diff = runner.diff(manifest(*names))
    state.fetch_seconds = 1.5
    outcomes = runner.work(diff, total=60)  # two requests of twenty images
    done = [tag for tag, outcome in outcomes.items() if outcome.result == "imported"]
    assert done == [f"v{number}" for number in range(40)]
    assert clock.monotonic() == 60
    assert outcomes["v59"] == Outcome(
        "not done", reason="OutOfTime", message="out of time (--timeout)"
    )


def test_when_the_answer_never_comes_the_outcome_is_unknown(
    runner: Runner, state: State, clock: Clock, give_up: threading.Event
) -> None:
    diff = runner.diff(manifest(*fill(state, 1)))
    over = threading.Event()

    def before() -> None:
        clock.sleep(60)
        give_up.set()
        over.wait(60)

    runner.next_request(Fault(before=before))
    try:
        assert results(runner.work(diff, total=30)) == {"v0": "unknown"}
    finally:
        over.set()


@pytest.fixture
def two_streams(state: State) -> list[Any]:
    """Three requests' worth of one stream, and a second stream."""
    names = fill(state, 9)
    others = [image(name, f"o{n}") for n, name in enumerate(fill(state, 2, "q/other"))]
    return [manifest(*names), manifest(*others, name="other")]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("tries", [1, 5])
def test_whichever_connection_drops_a_second_apply_finishes_the_job(
    runner: Runner, state: State, two_streams: list[Any], when: str, tries: int
) -> None:
    """With one try, a drop ends a part of the work; with five, it is repeated on the spot."""
    runner.limits = dataclasses.replace(QUICK, images=4, tries=tries, parallel=1)
    everything = {("ns/app", f"v{number}") for number in range(9)}
    everything |= {("ns/other", "o0"), ("ns/other", "o1")}
    for number in itertools.count(1):
        for record in (state.streams, state.requests, state.written, state.faults):
            record.clear()
        state.faults[number] = Fault(**{when: drop})
        first = {}
        with contextlib.suppress(DroppedError):  # the very first request, with one try
            first = runner.apply(*two_streams)
        if len(state.requests) < number:
            break  # no request is left to break
        state.faults.clear()
        if tries > 1:
            assert set(results(first).values()) == {"imported"}
        for change in runner.diff(*two_streams).changes:
            known = first.get(change.item.tag)
            if known and known.result == "imported":
                assert change.action == "unchanged"
        runner.apply(*two_streams)
        assert runner.diff(*two_streams).exit_code == 0
        assert set(state.written) == everything
        assert len(state.written) == len(everything), f"twice, request {number} dropped {when}"
    assert number > 8


def test_limits_stay_below_what_the_server_can_do() -> None:
    """Two fetches a second after a burst of three, 34 seconds, one registry hanging for 25."""
    limits = Limits()
    assert (limits.images - 3) / 2 + 25 < 34
    assert limits.request > 34
