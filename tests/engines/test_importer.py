"""The importer: where an import is looked for, and what is known of it afterwards."""

import hashlib
import os
import socket

import pytest

from pyimagestream import EvaluationError, Frame, evaluate_file, evaluate_snippet
from pyimagestream.engines.importer import Importer
from pyimagestream.engines.sources import MAX_SIZE, decode, read_bytes


@pytest.fixture
def files(tmp_path):
    """Writes files below a directory, and returns that with a `/` at its end."""

    def write(**contents):
        for name, content in contents.items():
            path = tmp_path / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return f"{tmp_path}/"

    return write


def test_the_last_directory_of_the_jpath_wins_and_the_importing_one_beats_all(files):
    root = files(a__x=b"a", b__x=b"b", here__x=b"here")
    importer = Importer([f"{root}a", f"{root}b"])
    assert importer(f"{root}here/", "x") == (f"{root}here/x", b"here")
    assert importer(f"{root}other/", "x") == (f"{root}b/x", b"b")
    assert Importer([f"{root}b", f"{root}a"])(root, "x") == (f"{root}a/x", b"a")


def test_the_jpath_is_the_same_on_every_engine(files, engine):
    root = files(
        a__x_libsonnet=b"'a'",
        b__x_libsonnet=b"'b'",
        c__x_libsonnet=b"'c'",
        c__main_jsonnet=b"import 'x.libsonnet'",
        main_jsonnet=b"import 'x.libsonnet'",
    )
    jpath = [f"{root}a", f"{root}b"]
    assert evaluate_file(f"{root}main.jsonnet", jpath=jpath, engine=engine) == "b"
    assert evaluate_file(f"{root}c/main.jsonnet", jpath=jpath, engine=engine) == "c"


def test_an_import_of_an_import_is_relative_to_the_file_it_stands_in(files, engine):
    root = files(
        main_jsonnet=b"import 'lib/a.libsonnet'",
        lib__a_libsonnet=b"[import 'b.libsonnet', importstr '../b.libsonnet']",
        lib__b_libsonnet=b"'inner'",
        b_libsonnet=b"outer",
    )
    assert evaluate_file(f"{root}main.jsonnet", engine=engine) == ["inner", "outer"]


def test_what_was_read_is_found_with_its_hash_and_what_was_missed_is_absent(files):
    root = files(b__x=b"content")
    importer = Importer([f"{root}b", f"{root}c"], hashed=True)
    importer(root, "x")
    assert importer.found == {f"{root}b/x": hashlib.sha256(b"content").hexdigest()}
    assert importer.absent == {f"{root}x", f"{root}c/x"}


def test_an_absolute_path_is_taken_as_it_is(files):
    root = files(x=b"content")
    assert Importer(["/elsewhere"])("/nowhere/", f"{root}x") == (f"{root}x", b"content")


def test_dots_go_up_in_the_text_of_a_path_whatever_its_symbolic_links(files, tmp_path):
    root = files(real__deep__y=b"", real__x=b"beside the target", x=b"beside the link")
    os.symlink(f"{root}real/deep", tmp_path / "link")
    assert Importer()(f"{root}link/", "../x") == (f"{root}x", b"beside the link")
    assert Importer([f"{root}not/there"])("/nowhere/", "../../x")[1] == b"beside the link"


def test_a_virtual_file_beats_every_file(files):
    root = files(tk=b"a file")
    importer = Importer([root], {"tk": "virtual"})
    assert importer(root, "tk") == ("tk", b"virtual")
    assert importer.found == {}


def test_an_import_that_is_missing_names_every_place(files):
    root = files()
    with pytest.raises(EvaluationError) as caught:
        Importer([f"{root}a", f"{root}b"])(root, "sub/x")
    assert str(caught.value) == (
        f"cannot import 'sub/x': there is no such file"
        f" (looked in {root}sub, {root}b/sub, {root}a/sub)"
    )


def test_a_place_below_the_current_directory_is_named_from_there_on_and_once(files, monkeypatch):
    root = files(a__x=b"")
    monkeypatch.chdir(root)
    with pytest.raises(EvaluationError) as caught:
        Importer(["/nowhere", f"{root}lib", f"{root}a", root])("a/", "y")
    assert str(caught.value).endswith("(looked in a, ., lib, /nowhere)")


def test_a_directory_is_no_file_and_hides_no_later_place(files):
    root = files(a__x__y=b"", b__x=b"")
    with pytest.raises(EvaluationError, match="this is a directory, not a file"):
        Importer([f"{root}b", f"{root}a"])(root, "x")


def test_a_file_below_a_file_is_absent(files):
    root = files(a=b"")
    with pytest.raises(FileNotFoundError):
        read_bytes(f"{root}a/x")


@pytest.fixture
def no_files(tmp_path):
    """Paths of what is there and is no regular file."""
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(tmp_path / "socket"))
        yield [f"{tmp_path}/pipe", f"{tmp_path}/socket", "/dev/zero", "/dev/null", "/dev/stdin"]


def test_only_regular_files_are_imported(no_files, engine):
    """A pipe would be waited for, and a device has no end."""
    for path in no_files:
        for keyword in ("import", "importstr", "importbin"):
            with pytest.raises(EvaluationError, match=r"cannot be read: "):
                evaluate_snippet(f"{keyword} '{path}'", engine=engine, check=False)


def test_only_regular_files_are_evaluated(no_files):
    for path in no_files[:-1]:
        with pytest.raises(EvaluationError, match=r"cannot be read: "):
            evaluate_file(path)


def test_a_link_to_a_regular_file_is_one(files, tmp_path):
    root = files(x=b"content")
    os.symlink("x", tmp_path / "link")
    assert read_bytes(f"{root}link") == b"content"


def test_a_stream_of_this_process_is_read_only_when_it_is_asked_for(tmp_path):
    reading, writing = os.pipe()
    os.write(writing, b"1 + 1")
    os.close(writing)
    try:
        with pytest.raises(EvaluationError, match="not a regular file"):
            read_bytes(f"/dev/fd/{reading}")
        assert evaluate_file(f"/dev/fd/{reading}") == 2
    finally:
        os.close(reading)


def test_a_file_larger_than_there_may_be_is_refused(tmp_path):
    with open(tmp_path / "x", "wb") as file:
        file.truncate(MAX_SIZE + 1)
    with pytest.raises(EvaluationError, match="larger than 128 MiB"):
        read_bytes(str(tmp_path / "x"))


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="Linux has such files")
def test_a_file_that_does_not_tell_its_size_is_read_whole():
    assert os.stat("/proc/self/status").st_size == 0
    assert read_bytes("/proc/self/status").startswith(b"Name:")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_an_error_with_its_path(files):
    root = files(x=b"")
    os.chmod(f"{root}x", 0)
    with pytest.raises(EvaluationError, match="x: cannot be read: Permission denied"):
        Importer()(root, "x")


@pytest.mark.parametrize("suffix", ["jsonnet", "libsonnet", "json"])
def test_code_has_to_be_utf8_and_other_files_do_not(files, suffix):
    root = files(**{f"x_{suffix}": b"{\n  a: '\xe9',\n}", "x_bin": b"\xe9\0"})
    with pytest.raises(EvaluationError) as caught:
        Importer()(root, f"x.{suffix}")
    assert caught.value.frames == (Frame(f"{root}x.{suffix}", 2, 7),)
    assert caught.value.message == "not UTF-8: byte 0xe9 cannot stand here"
    assert Importer()(root, "x.bin") == (f"{root}x.bin", b"\xe9\0")


def test_a_link_that_leads_nowhere_is_told_where_the_import_is_nowhere_else(tmp_path):
    (tmp_path / "x").symlink_to("gone")
    (tmp_path / "lib").mkdir()
    importer = Importer([tmp_path / "lib"])
    with pytest.raises(EvaluationError, match=r"no such file \(the link /.*/x leads nowhere; look"):
        importer(f"{tmp_path}/", "x")
    (tmp_path / "lib" / "x").write_text("1")
    assert importer(f"{tmp_path}/", "x") == (f"{tmp_path}/lib/x", b"1")


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_code_in_utf_16_is_told_for_what_it_is(mark):
    with pytest.raises(EvaluationError, match=r"^x:1:1: this is UTF-16: it must be UTF-8$"):
        decode("x", mark + b"1\0")


def test_code_with_a_nul_is_refused_where_it_stands(files):
    """The C++ VM would take the code before it for the whole file."""
    root = files(x_libsonnet=b"1\n\0")
    with pytest.raises(EvaluationError) as caught:
        Importer()(root, "x.libsonnet")
    assert caught.value.frames == (Frame(f"{root}x.libsonnet", 2, 1),)


def test_columns_count_characters_of_the_line(files):
    assert decode("x", "ä".encode()) == "ä"
    with pytest.raises(EvaluationError) as caught:
        decode("x", b"abc\n\xc3")
    assert caught.value.frames == (Frame("x", 2, 1),)


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b"])
def test_a_path_that_no_vm_could_be_told_is_refused(name, engine, tmp_path):
    with pytest.raises(EvaluationError, match="a path must be UTF-8 without NUL"):
        Importer([name])("", "x")
    with pytest.raises(EvaluationError, match="a path must be UTF-8 without NUL"):
        evaluate_file(tmp_path / name, engine=engine)


def test_a_directory_whose_name_is_not_utf8_is_refused(engine, tmp_path):
    """Its path would crash the C++ and the Go VM."""
    directory = os.fsencode(tmp_path) + b"/\xe9"
    os.mkdir(directory)
    (tmp_path / "main.jsonnet").write_text("import 'x.libsonnet'")
    with open(directory + b"/x.libsonnet", "w") as file:
        file.write("1")
    with pytest.raises(EvaluationError, match="a path must be UTF-8 without NUL"):
        evaluate_file(tmp_path / "main.jsonnet", jpath=[os.fsdecode(directory)], engine=engine)
