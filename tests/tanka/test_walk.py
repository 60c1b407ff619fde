"""No directory that cannot be read passes for an empty one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from pyimagestream import PyimagestreamError
from pyimagestream.tanka.apidocuments import api_documents
from pyimagestream.tanka.apifolder import needed
from pyimagestream.tanka.walk import walk


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[str]:
    """A directory with another one that cannot be read."""
    inner = tmp_path / "closed"
    inner.mkdir()
    inner.chmod(0)
    yield str(tmp_path)
    inner.chmod(0o755)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize(
    "read",
    [
        walk,
        lambda directory: api_documents([directory]),
        lambda directory: [needed(directory, {})],
    ],
    ids=["walk", "documents of an API", "libraries of an API"],
)
def test_a_directory_that_cannot_be_read_is_an_error(
    read: Callable[[str], Iterable[object]], closed: str
) -> None:
    with pytest.raises(PyimagestreamError, match="closed: cannot be read: Permission denied"):
        list(read(closed))


def test_a_directory_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert list(walk(str(tmp_path / "none"))) == []
