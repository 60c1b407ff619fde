"""Wrong usage is answered with the usage of the command that was meant, and the nearest word."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from pyimagestream import library_path
from pyimagestream.cli.main import COMMANDS, main, parser

ROOT = Path(__file__).parent.parent.parent


def wrong(arguments, capfd):
    with pytest.raises(SystemExit) as caught:
        main(shlex.split(arguments))
    assert caught.value.code == 2
    return capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        ("valdate .", "validate"),
        ("Show .", "show"),
        ("env lst", "list"),
        ("show . --timeot 5s", "--timeout"),
        ("show . --ext_str a=b", "--ext-str"),
        ("export out . --recursve", "--recursive"),
        ("eval a --engine gojsonet", "gojsonnet"),
        ("eval a -o jsno", "json"),
        ("completion bsh", "bash"),
        ("validate a --ignore W04", "W004"),
        ("validate a --ignore w004", "W004"),
        ("validate --explain 4", "W004"),
    ],
)
def test_the_nearest_word_is_named(arguments, meant, capfd):
    assert wrong(arguments, capfd).rstrip().splitlines()[-1].endswith(f"did you mean {meant}?")


@pytest.mark.parametrize(
    "arguments", ["xyz", "show . --xyz", "eval a -o xml", "show a b", "validate --explain 900"]
)
def test_of_words_like_none_nothing_is_named(arguments, capfd):
    assert "did you mean" not in wrong(arguments, capfd)


@pytest.mark.parametrize(
    "arguments",
    [
        *("show ''", "eval ''", "validate a ''", "env list ''", "diff ''", "apply ''", "init ''"),
        *(
            "export '' a",
            "export out '' -r",
            "export out a -r ''",
            "show a -J ''",
            "show a --library ''",
        ),
        "generate --openapi a -o ''",
    ],
)
def test_an_empty_path_is_not_taken_for_the_current_directory(arguments, capfd):
    told = wrong(arguments, capfd).splitlines()[-1]
    assert told.endswith("this path is empty: is a variable of the shell not set?")


@pytest.mark.parametrize(
    ("arguments", "flag"),
    [("eval a --max-stack=%s", "--max-stack"), ("export out a -p%s", "-p/--par")],
)
@pytest.mark.parametrize("number", ["0", "-4", "x", "1.5", str(1 << 31), "9" * 5000])
def test_a_number_that_cannot_be_is_wrong_usage_and_names_the_flag(arguments, flag, number, capfd):
    told = wrong(arguments % number, capfd).splitlines()[-1]
    assert f"error: argument {flag}" in told
    assert told.endswith("is not a number from 1 to 2147483647")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            "show . -t 'a,['",
            "-t/--target: '[' is not a regular expression in RE2 syntax: missing ]: [",
        ),
        ("export out . -e '['", "-e/--cache-envs: '[' is not a regular expression in RE2 syntax: "),
        ("env list -l 'a=b=c'", "-l/--selector: cannot understand the selector 'a=b=c' from "),
    ],
)
def test_a_choice_that_cannot_be_understood_is_wrong_usage(arguments, told, capfd):
    assert f"error: argument {told}" in wrong(arguments, capfd).splitlines()[-1]


@pytest.mark.parametrize(
    ("flag", "form"),
    [("-V =a", "VALUE"), ("--tla-code =1", "VALUE"), ("--ext-str-file =a", "FILE")],
)
def test_a_variable_without_a_name_is_wrong_usage(flag, form, capfd):
    assert wrong(f"eval a {flag}", capfd).rstrip().endswith(f" is not NAME={form}")


@pytest.mark.parametrize(
    ("arguments", "paths"),
    [
        ("validate a --strict b - --ignore W001 c", ["a", "b", "-", "c"]),
        ("export out -r a --name x b", ["a", "b"]),
    ],
)
def test_flags_may_stand_between_paths(arguments, paths):
    command, *words = arguments.split()
    assert parser(command).parse_args([command, *words]).paths == paths


def test_the_usage_is_that_of_the_command(capfd):
    for arguments in ("show . --xyz", "show a b", "show", "env list --xyz"):
        command = " ".join(arguments.split()[: 2 if arguments.startswith("env") else 1])
        assert wrong(arguments, capfd).startswith(f"usage: pyimagestream {command} ")


def test_no_command_at_all_prints_the_help(capfd):
    printed = wrong("", capfd)
    assert all(f" {command} " in printed for command in ("eval", "validate", "apply"))


@pytest.mark.parametrize("arguments", [["--help"], ["show", "--help"]])
def test_the_help_has_the_word_of_the_pages_for_flags(arguments, capfd):
    with pytest.raises(SystemExit):
        main(arguments)
    shown = capfd.readouterr().out
    assert "\nflags:\n  -h, --help" in shown
    assert "options" not in shown


def test_the_help_spells_arguments_as_the_page_does(capfd):
    page = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
    for command, words in re.findall(r"^pyimagestream (.*?) \[FLAGS\] (.+)$", page, re.MULTILINE):
        with pytest.raises(SystemExit):
            main([*command.split(), "--help"])
        usage = " ".join(capfd.readouterr().out.split("\n\n")[0].split())
        assert {word.strip("[].") for word in words.split()} <= {*re.findall(r"[A-Z]+", usage)}


def test_help_and_version_are_understood_as_commands(capfd):
    for arguments, printed in (
        (["help"], "usage: pyimagestream "),
        (["help", "show"], "usage: pyimagestream show "),
        (["version"], "pyimagestream "),
    ):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 0
        assert capfd.readouterr().out.startswith(printed)


@pytest.mark.parametrize("arguments", ["--version", "--help", "help", ""])
def test_help_and_version_import_nothing_of_what_commands_do(arguments):
    code = "import sys\nfrom pyimagestream.cli.main import main\ntry: main(sys.argv[1:])\n"
    code += "finally: print(*sys.modules, file=sys.stderr)"
    result = subprocess.run(
        [sys.executable, "-c", code, *shlex.split(arguments)], capture_output=True, text=True
    )
    loaded = set(result.stderr.splitlines()[-1].split())
    for module in ("evaluation", "tanka", "checks", "model", "golang", "engines", "cluster"):
        assert f"pyimagestream.{module}" not in loaded


POD = "{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a-%d' % 1 } }"
IMPORT = """local isi = import 'imageStreamImport.libsonnet';
isi.new('a') + isi.spec.withImport(true)
+ isi.spec.withImages([{ from: { kind: 'DockerImage', name: 'a/b:%s' % 'v1' } }])"""


@pytest.mark.parametrize(
    ("code", "unused"), [(POD, {"checks.verdict", "model.schema"}), (IMPORT, {"model._image"})]
)
def test_an_export_imports_nothing_that_is_slow_and_not_used(code, unused, tmp_path):
    for name, text in {"jsonnetfile.json": "{}", "spec.json": "{}", "main.jsonnet": code}.items():
        (tmp_path / name).write_text(text)
    command = (
        "import sys; before = {*sys.modules}\nfrom pyimagestream.cli.main import main\n"
        "assert main(['export', 'out', '.', '--engine', 'gojsonnet']) == 0\n"
        "print(*{*sys.modules} - before)"
    )
    done = subprocess.check_output([sys.executable, "-c", command], cwd=tmp_path, text=True)
    assert len([*(tmp_path / "out").iterdir()]) == 2
    slow = {"ast", "dataclasses", "hashlib", "importlib.metadata", "inspect", "pathlib", "shlex"}
    ours = {f"pyimagestream.{name}" for name in {*unused, "cluster", "tanka.cache", "workers.pool"}}
    assert not {*slow, *ours} & {*done.split()}


def test_a_shell_completes_every_argument_that_is_a_file_or_a_directory(capfd):
    assert main(["completion", "zsh"]) == 0
    printed = capfd.readouterr().out
    values = re.findall(r"""[]"']:([A-Z]+):(.*)["']""", printed)
    files = {name for name, completed in values if completed == "_files"}
    assert {"DIR", "FILE", "MAIN"} <= files
    assert {name for name, completed in values if not completed} & files == set()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_every_command_and_flag(shell, capfd):
    assert main(["completion", shell]) == 0
    printed = capfd.readouterr().out
    for word in (*COMMANDS, "for-kubectl", "ext-str-file", "yaml-stream", "auto-approve"):
        assert word in printed


def test_bash_completes_what_is_typed():
    completed = """
        eval "$(python -m pyimagestream completion bash)"
        COMP_WORDS=(pyimagestream %s) COMP_CWORD=%d
        $(complete -p pyimagestream | sed 's/.*-F \\([^ ]*\\) .*/\\1/') 2>/dev/null
        echo "${COMPREPLY[@]}"
    """.replace("python", shlex.quote(sys.executable), 1)
    for words, reply in (("va", "validate"), ("show --for", "--for-kubectl"), ("env li", "list")):
        script = completed % (words, len(words.split()))
        result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=ROOT)
        assert result.stdout.split() == [reply], result.stderr


def test_where_the_libraries_are_is_printed(capfd):
    assert main(["library"]) == 0
    assert capfd.readouterr().out == f"{library_path()}\n"


def test_the_flags_on_the_page_of_environments_are_those_of_its_commands():
    page = (ROOT / "docs" / "workflow.md").read_text(encoding="utf-8")
    section = page.split("## Commands")[1].split("\n### kubectl")[0]
    commands = re.findall(r"\| `pyimagestream (\w+(?: list)?) ", section)
    assert commands == ["env list", "eval", "show", "export"]
    shared, choosing = section.split("All of them take")[1].split("Some choose")
    flags = re.findall(r"`(--?[a-zA-Z][\w-]*)", shared)
    assert {"-V", "--ext-str", "--tla-code", "--max-stack", "-J", "--no-check"} <= set(flags)
    for command in commands:
        assert set(flags) <= known(command)
        assert {"--ext-str-file", "--ext-code-file"} <= known(command)
        assert {"--tla-str-file", "--tla-code-file"} <= known(command)
    chosen = re.findall(r"((?:`-[^`]*`/?)+) [^(`]*\(([^)]*)\)", choosing)
    assert len(chosen) == 3
    for spelled, named in chosen:
        for command in re.findall(r"`([\w ]+)`", named):
            assert set(re.findall(r"`(-[^`]*)`", spelled)) <= known(command)


def known(command):
    """The flags of a command."""
    found = parser(command.split()[0])
    for word in command.split():
        [commands] = [action for action in found._actions if action.choices]
        found = commands.choices[word]  # type: ignore[index]
    return set(found._option_string_actions)
