"""The line under a page's title: status, created, and updated as git knows it."""

import importlib.util
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

HOOK = Path(__file__).parents[2] / "site_hooks" / "dates.py"


@pytest.fixture
def dates():
    spec = importlib.util.spec_from_file_location("dates_hook", HOOK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def git(folder, *arguments):
    identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def test_facts_show_status_and_both_dates(dates):
    meta = {"status": "draft", "created": date(2022, 2, 16), "updated": date(2026, 11, 4)}
    shown = dates.facts(meta)
    assert '<span class="page-status">Draft</span>' in shown
    assert '<time datetime="2022-02-16">16 February 2022</time>' in shown
    assert '<time datetime="2026-11-04">4 November 2026</time>' in shown


def test_status_is_text_not_markup(dates):
    assert "&lt;b&gt;" in dates.facts({"status": "<b>", "created": date(2022, 2, 16)})


def test_last_commit_is_the_files_own(dates, tmp_path):
    if shutil.which("git") is None:
        pytest.skip("git is not here")
    git(tmp_path, "init", "-q")
    for name, day in (("a.md", "2024-03-01"), ("b.md", "2025-05-06")):
        (tmp_path / name).write_text(name, encoding="utf-8")
        git(tmp_path, "add", name)
        git(tmp_path, "commit", "-qm", name, f"--date={day}T12:00:00")
    assert dates.last_commit(tmp_path / "c.md") is None
    assert dates.last_commit(tmp_path / "a.md") == date(2024, 3, 1)


def test_without_history_there_is_no_date(dates, tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert dates.last_commit(tmp_path / "page.md") is None


def test_shallow_history_is_not_trusted(dates, tmp_path):
    if shutil.which("git") is None:
        pytest.skip("git is not here")
    whole = tmp_path / "whole"
    whole.mkdir()
    git(whole, "init", "-q")
    for name in ("a.md", "b.md"):
        (whole / name).write_text(name, encoding="utf-8")
        git(whole, "add", name)
        git(whole, "commit", "-qm", name)
    git(tmp_path, "clone", "-q", "--depth", "1", whole.as_uri(), "cut")
    assert dates.last_commit(tmp_path / "cut" / "a.md") is None
