"""The tree of errors, and that each of them survives the way out of a worker process."""

from __future__ import annotations

import inspect
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pyimagestream import errors
from pyimagestream.errors import Frame, Problem, PyimagestreamError

MADE = [
    errors.EvaluationError("no such field", [Frame("a.jsonnet", 3, 7)]),
    errors.LexError("there is no token"),
    errors.ValidationError([Problem("kind", 1, "must be a string", "FieldValueInvalid")]),
    errors.PullSpecError("a b", "must have no spaces"),
    errors.PatternError("(", "missing )"),
    errors.YamlError("a tab", 3, 1),
    errors.NativeError("parseJson", "no JSON"),
    errors.WorkerError("took longer than 3 seconds", "timeout"),
    errors.ManifestError(".a", ["missing attribute 'kind'"], "  a: 1"),
    errors.EnvironmentFieldError(".spec.a", None),
    errors.AmbiguousEnvironmentError("main.jsonnet", "a", ["a-1", "a-2"]),
    errors.EnvironmentsError([("dev", errors.EvaluationError("x"))]),
    errors.FormatError("{{.a}}", 2, "has no value", "ConfigMap/a"),
    errors.ClusterError("no kubeconfig"),
    errors.RefusedError(404, "NotFound", "no such stream", [("spec", "unknown")], 2.0),
    errors.DroppedError("refused", sent=False),
    errors.AnswerError("no JSON"),
    errors.OutOfTimeError(),
    errors.StoppedError(),
    errors.OutputError(OSError(28, "No space left on device")),
]


def tree(error: type[BaseException], depth: int = 0) -> Iterator[tuple[int, str]]:
    yield depth, error.__name__
    for child in sorted(error.__subclasses__(), key=lambda child: inspect.getsourcelines(child)[1]):
        if child.__module__ == errors.__name__:
            yield from tree(child, depth + 1)


def test_the_docstring_shows_the_tree_of_all_errors() -> None:
    shown = re.findall(r"^    ((?:[│ ]   |[├└]── )*)(\w+Error)", errors.__doc__ or "", re.MULTILINE)
    drawn = {(len(lines) // 4, name) for lines, name in shown}
    assert len(drawn) == len(shown)
    assert drawn == set(tree(PyimagestreamError))


@pytest.mark.parametrize("error", MADE, ids=lambda error: type(error).__name__)
def test_an_error_is_the_same_in_another_process(error: PyimagestreamError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert repr(vars(again)) == repr(vars(error))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("{here}/lib/a.libsonnet", "lib/a.libsonnet"),
        ("{here}x/a.jsonnet", "{here}x/a.jsonnet"),
        ("{here}", "{here}"),
        ("/etc/a.jsonnet", "/etc/a.jsonnet"),
        ("../a.jsonnet", "../a.jsonnet"),
        ("<stdin>", "<stdin>"),
        ("", ""),
    ],
)
def test_a_path_below_the_current_directory_is_shown_from_there_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, expected: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert errors.shown(path.format(here=tmp_path)) == expected.format(here=tmp_path)


def test_a_path_is_shown_whole_where_the_current_directory_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert errors.shown(f"{tmp_path}/a.jsonnet") == f"{tmp_path}/a.jsonnet"


def test_all_places_of_an_error_are_shown_so_and_the_error_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    frames = [Frame(f"{tmp_path}/{name}.jsonnet", 1, 2) for name in "ab"]
    evaluation = errors.EvaluationError("x", frames)
    problem = Problem("kind", 1, "y", "FieldValueInvalid", "", frames[0], callers=(frames[1],))
    both = [("a", evaluation), ("e/b", errors.ValidationError([problem]))]
    both += [("c", errors.EvaluationError("z")), ("d", PyimagestreamError("w"))]
    assert str(errors.EnvironmentsError(both).shown()).splitlines() == [
        "a.jsonnet:1:2: x",
        "  b.jsonnet:1:2",
        "  in a",
        "a.jsonnet:1:2: kind: y (called from b.jsonnet:1:2)",
        "  in e/b",
        "c: z",
        "d: w",
    ]
    assert evaluation.frames == tuple(frames)
    assert problem.frame == frames[0]


def test_a_place_in_an_environment_needs_no_name_of_it() -> None:
    def told(label: str, file: str) -> str:
        return str(
            errors.EnvironmentsError([(label, errors.EvaluationError("x", [Frame(file, 1, 2)]))])
        )

    assert told("e/a", "e/a/spec.json") == "e/a/spec.json:1:2: x"
    assert told("e/a/main.jsonnet", "e/a/main.jsonnet") == "e/a/main.jsonnet:1:2: x"
    assert told("e/a", "e/ab/main.jsonnet") == "e/ab/main.jsonnet:1:2: x\n  in e/a"
    assert told("e/m.jsonnet (a)", "e/m.jsonnet") == "e/m.jsonnet:1:2: x\n  in e/m.jsonnet (a)"
