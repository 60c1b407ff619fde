"""The tree of errors, and that each of them survives the way out of a worker process."""

from __future__ import annotations

import inspect
import pickle
import re
from collections.abc import Iterator

import pytest

from pyimagestream import errors
from pyimagestream.errors import Frame, Problem, PyimagestreamError

MADE = [
    errors.EvaluationError("no such field", [Frame("a.jsonnet", 3, 7)]),
    errors.LexError("there is no token", 4),
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
