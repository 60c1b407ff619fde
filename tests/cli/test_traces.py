"""What a VM itself writes to standard error while it is evaluating."""

from __future__ import annotations

import errno
import os

import pytest

from pyimagestream.cli.main import main
from pyimagestream.cli.traces import made_printable
from pyimagestream.engines.vm import ENGINES

EVIL = "std.trace('a\\u001b[2J\\u009b\\u202eä\\n€', 1)"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("limits", [[], ["--timeout", "10m"]], ids=["here", "worker"])
def test_a_trace_plays_no_tricks_on_a_terminal(
    engine: str, limits: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "-e", EVIL, "--engine", engine, *limits]) == 0
    out, err = capfd.readouterr()
    assert out == "1\n"
    assert err == "TRACE: <exec>:1 a [2J  ä\n€\n"


def test_a_trace_stands_before_the_error_that_came_after_it(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert main(["eval", "-e", "[std.trace('first', 1), error 'second']"]) == 1
    err = capfd.readouterr().err
    assert err.index("first") < err.index("second")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "rest",
    [
        "1",
        "error 'second'",
        "{ a: 1 }.b",
        "isi.neww('a')",
        "isi.new('A')",
        "isi.new('a') + isi.spec.withImages([{}])",
        "std.type(isi.spec.withImages([{}]).spec.images)",
        "{ imp: isi.new('a') + isi.metadata.withLabels({ a: 'x', b: $.imp.metadata.labels.a }) }",
        "{ local i = isi.metadata.withLabels({ a: 'x', b: i.metadata.labels.a }), c: i.metadata }",
    ],
)
def test_what_a_template_says_is_told_once(
    engine: str, rest: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYIMAGESTREAM_FAST_FORMATS", "1")
    code = f"local isi = import 'imageStreamImport.libsonnet';\n[std.trace('first', 1), {rest}]"
    main(["eval", "--engine", engine, "-e", code])
    assert capfd.readouterr().err.count("first") == 1


def test_what_is_written_in_pieces_is_text_all_the_same(capfd: pytest.CaptureFixture[str]) -> None:
    with made_printable():
        for byte in "ä\x9b€\n".encode():
            os.write(2, bytes([byte]))
    assert capfd.readouterr().err == "ä €\n"


def test_what_nobody_takes_blocks_nobody() -> None:
    source, sink = os.pipe()
    os.close(source)
    saved = os.dup(2)
    os.dup2(sink, 2)
    try:
        with made_printable():
            for _ in range(100):
                os.write(2, b"x" * 4096)
        with pytest.raises(BrokenPipeError):
            os.write(2, b"x")  # it is what it was
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(sink)


def test_without_standard_error_there_is_nothing_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> int:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    monkeypatch.setattr(os, "dup", refuse)
    with made_printable():
        pass
