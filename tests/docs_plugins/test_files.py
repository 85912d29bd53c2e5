"""Records on the disk: beside their pages, inside their folder, whole at every moment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from docs_plugins.drift import files, record

KILLED_AT_LINE = """
import os, sys
from pathlib import Path
from docs_plugins.drift import files, record

left = int(sys.argv[2])

def count(frame, event, argument):
    global left
    if frame.f_code.co_filename != files.__file__:
        return None
    left -= event == "line"
    if left < 0:
        os._exit(9)
    return count

sys.settrace(count)
files.write_whole(Path(sys.argv[1]), "new\\n" * 1000)
"""


def test_a_record_stands_beside_its_page(tmp_path: Path):
    assert files.record_path(tmp_path, "sub/page.md") == tmp_path / "sub" / "page.record"


def test_killed_at_any_line_the_old_record_or_the_new_one_is_there_whole(tmp_path: Path):
    path = tmp_path / "page.record"
    old, new = b"old\n", b"new\n" * 1000
    seen = []
    for line in range(60):
        path.write_bytes(old)
        code = subprocess.run(
            [sys.executable, "-c", KILLED_AT_LINE, str(path), str(line)],
            check=False,
        ).returncode
        seen.append(path.read_bytes())
        if code == 0:
            break
    assert code == 0, "the writing is longer than was tried"
    assert set(seen) == {old, new}


def test_a_write_that_fails_leaves_no_other_file(tmp_path: Path, monkeypatch):
    def refuse(_: int) -> None:
        raise OSError("disk full")

    path = tmp_path / "page.record"
    path.write_text("old")
    monkeypatch.setattr(files.os, "fsync", refuse)
    with pytest.raises(OSError, match="disk full"):
        files.write_whole(path, "new")
    assert [p.name for p in tmp_path.iterdir()] == ["page.record"]
    assert path.read_text() == "old"


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX's")
def test_a_record_keeps_its_mode_and_a_new_one_gets_the_usual(tmp_path: Path):
    path, other = tmp_path / "page.record", tmp_path / "other.txt"
    other.touch()
    files.write_whole(path, "new")
    assert path.stat().st_mode == other.stat().st_mode
    path.chmod(0o640)
    files.write_whole(path, "newer")
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path):
    docs, secret = tmp_path / "docs", tmp_path / "secret.txt"
    docs.mkdir()
    secret.write_text("secret")
    (docs / "page.record").symlink_to(secret)
    with pytest.raises(files.Unreadable, match="leads out"):
        files.read_record(docs, "page.md")
    assert files.all_records(docs) == []
    files.write_whole(docs / "page.record", "new")
    assert secret.read_text() == "secret"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_what_is_no_record_is_told_from_none(tmp_path: Path, monkeypatch):
    assert files.read_record(tmp_path, "none.md") is None
    (tmp_path / "folder.record").mkdir()
    (tmp_path / "round.record").symlink_to("round.record")
    (tmp_path / "nowhere.record").symlink_to("gone.record")
    (tmp_path / "large.record").write_bytes(b"x" * 11)
    monkeypatch.setattr(files, "LARGEST", 10)
    for name, told in {
        "folder": "is a folder",
        "round": "leads out",
        "nowhere": "is no file",
        "large": "11 bytes, more than 10",
    }.items():
        with pytest.raises(files.Unreadable, match=told):
            files.read_record(tmp_path, f"{name}.md")


def test_what_a_killed_write_left_is_swept_away_and_nothing_else(tmp_path: Path):
    kept = ["a.record", "sub/a.record", ".hidden.record", "x.record.tmp", ".a.md.1.tmp"]
    for name in [*kept, ".a.record.k3j.tmp", "sub/.a.record.zz_1.tmp"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    files.sweep(tmp_path)
    left = [p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()]
    assert sorted(left) == sorted(kept)


def test_records_without_a_page_are_found(tmp_path: Path):
    for name in ("a.md", "a.record", "b.record", "sub/c.record"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(record.HEADER)
    assert [p.name for p in files.without_page(tmp_path, ())] == ["b.record", "c.record"]


@pytest.mark.parametrize(
    ("data", "ours"),
    [
        (record.render(()).encode(), True),
        (b"\xef\xbb\xbf# deepnotes record 2: of another version", True),
        (b"# deepnotes recor", False),
        (b"", False),
        (b"my own measurements", False),
    ],
)
def test_a_record_is_known_by_how_it_begins(tmp_path: Path, data, ours):
    path = tmp_path / "x.record"
    path.write_bytes(data)
    assert files.all_records(tmp_path) == [path] * ours


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes there")
def test_a_pipe_that_is_named_like_a_record_is_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "a.record")
    keep_open = os.open(tmp_path / "a.record", os.O_RDWR | os.O_NONBLOCK)  # or the test would hang
    os.write(keep_open, files.BEGINNING + b" 1" * 40)
    try:
        assert files.all_records(tmp_path) == []
        with pytest.raises(files.Unreadable, match="is no file"):
            files.read_record(tmp_path, "a.md")
    finally:
        os.close(keep_open)
