"""Limits of what a template may take, on every command that evaluates one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pyimagestream.cli.main import main, parser
from pyimagestream.cli.running import CI_TIMEOUT, runner

ENDLESS = "std.length([1 for a in std.range(1, 1000) for b in std.range(1, 1000000) if b < 0])"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("jsonnetfile.json").write_text("{}")
    Path("environments/dev").mkdir(parents=True)
    spec = {"spec": {"apiServer": "https://cluster.invalid:6443"}}
    Path("environments/dev/spec.json").write_text(json.dumps(spec))
    Path("environments/dev/main.jsonnet").write_text(ENDLESS)
    Path("endless.jsonnet").write_text(ENDLESS)


@pytest.mark.parametrize(
    "command",
    [
        ["eval", "endless.jsonnet"],
        ["eval", "-e", ENDLESS],
        ["eval", "environments/dev"],
        ["validate", "endless.jsonnet"],
        ["validate", "environments"],
        ["show", "environments/dev"],
        ["export", "out", "environments/dev"],
        ["diff", "environments/dev"],
        ["apply", "--auto-approve", "environments/dev"],
    ],
    ids=lambda command: " ".join(command)[:20],
)
def test_every_command_ends_an_endless_template_at_its_time_limit(
    command: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--timeout", "0.3s"]) == 1
    out, err = capfd.readouterr()
    assert "took longer than 0.3 seconds" in out + err
    assert "Traceback" not in err


def test_a_template_that_needs_too_much_memory_is_ended(capfd: pytest.CaptureFixture[str]) -> None:
    code = "std.length(std.repeat('x', 400000000) + 'y')"
    assert main(["eval", "-e", code, "--memory", "100M"]) == 1
    assert "needed more than 100 MiB of memory" in capfd.readouterr().err


def test_in_a_ci_job_there_is_a_time_limit_without_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = parser("show").parse_args(["show", "x"])
    assert runner(arguments).timeout is None
    monkeypatch.setenv("CI", "true")
    assert runner(arguments).timeout == CI_TIMEOUT
    arguments = parser("show").parse_args(["show", "x", "--timeout", "5m"])
    assert runner(arguments).timeout == 300


@pytest.mark.parametrize("size", ["0", "-1", "nan", "1e9", "1T", "", "9" * 5000])
def test_a_size_that_is_none_is_wrong_usage(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["eval", "-e", "1", f"--memory={size}"])
    assert "is not a size such as 500M or 2G" in capsys.readouterr().err


def test_a_time_limit_of_any_length_is_one(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "-e", "1", "--timeout", "9" * 400]) == 0
    assert capfd.readouterr().out == "1\n"
