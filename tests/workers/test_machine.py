"""What a machine has is what its container is given of it."""

import os

import pytest

from pyimagestream.workers import machine
from pyimagestream.workers.machine import memory, processors


def test_there_is_a_processor_and_memory():
    assert 1 <= processors() <= (os.cpu_count() or 1)
    assert memory() > 1 << 27


def test_where_the_system_does_not_tell_the_processors_of_a_process_all_count(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    assert processors() == os.cpu_count()


def test_where_the_system_does_not_tell_the_memory_there_is_none(monkeypatch):
    monkeypatch.delattr(os, "sysconf")
    assert memory() == 0


@pytest.mark.parametrize(
    ("said", "is_limit"), [("268435456\n", True), ("max\n", False), (f"{1 << 62}", False)]
)
def test_the_limit_of_a_container_counts_if_there_is_one(said, is_limit, monkeypatch, tmp_path):
    (tmp_path / "memory.max").write_text(said)
    monkeypatch.setattr(machine, "_LIMITS", (f"{tmp_path}/none",))
    whole = memory()
    monkeypatch.setattr(machine, "_LIMITS", (f"{tmp_path}/none", f"{tmp_path}/memory.max"))
    assert memory() == (1 << 28 if is_limit else whole)
