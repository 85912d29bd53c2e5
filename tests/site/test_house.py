"""The house itself: the commands that are written down exist, and do what is said of them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from markdown import Markdown

from docs_plugins.markdown import MinigradExtension

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PHONY = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split())
HELP = dict(re.findall(r"^([a-z]+):.*?## (.*)$", MAKEFILE, re.MULTILINE))
PROSE = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def tracked_files() -> list[Path]:
    """Return every text file of the repository, as git knows it."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    paths = [ROOT / name for name in listed.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def test_every_target_has_a_line_of_help():
    assert set(HELP) == PHONY


@pytest.fixture
def make() -> str:
    """The program make, where the Makefile's shell is at home."""
    found = shutil.which("make")
    if found is None or sys.platform == "win32":
        pytest.skip("no make and no POSIX shell here")
    return found


def test_help_is_what_make_alone_says(make):
    said = subprocess.run(
        [make, "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert [line.split()[1] for line in said.splitlines()] == list(HELP)


@pytest.mark.parametrize("page", PROSE, ids=lambda page: page.name)
def test_every_make_command_in_the_prose_exists(page):
    named = set(re.findall(r"^make ([a-z]+)|`make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE))
    assert {first or second for first, second in named} <= PHONY


def test_readme_names_both_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(r"^make serve$", readme, re.MULTILINE)
    assert re.search(r"^make test$", readme, re.MULTILINE)


def test_ci_runs_the_command_of_the_readme():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "set -euo pipefail" in script
    assert script.rstrip().splitlines()[-1] == "make test"


def test_too_old_a_python_is_refused_in_words(make, tmp_path):
    old = tmp_path / "python3.9"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" || exit 1\n')
    old.chmod(0o755)
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "constraints.txt").touch()
    run = subprocess.run(
        [make, "test", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode != 0
    assert "needs Python 3.11.5 or newer" in run.stderr
    assert "Python 3.9.2" in run.stderr


def test_no_file_names_a_package_index():
    index = re.compile(
        rb"(index-url|find-links|trusted-host)\s*[=\s]\s*\S|/simple/?\b", re.IGNORECASE
    )
    guilty = [
        str(path.relative_to(ROOT))
        for path in tracked_files()
        if path != Path(__file__) and index.search(path.read_bytes())
    ]
    assert guilty == []


def test_every_pin_is_exact_and_no_pin_is_missing_its_package():
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.!+-]+", pin)] == []


def test_the_readme_s_example_gives_what_it_says():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    typed = re.search(r"^````markdown\n(.*?)^````$", readme, re.MULTILINE | re.DOTALL)[1]
    html = Markdown(extensions=[MinigradExtension(formulas=True), "fenced_code"]).convert(typed)
    numbers = re.findall(r"−?\d+(?:\.\d+)?", re.search(r"^> (.*)$", readme, re.MULTILINE)[1])
    prose = html.split("<table", 1)[0]
    assert numbers[2:] == re.findall(r'data-mg="[^"]*"[^>]*>([^<]+)<', prose)
