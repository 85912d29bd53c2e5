"""A live server: mistakes stand on the page, an edit of the engine shows, nothing stops it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = "# A\n\n```minigrad\ndef f(x):\n    return sin(x)\n\nf(2)\n```\n\nIt is {{ f.x.adjoint }}.\n"
LONGEST = 60  # seconds for one rebuild on a busy machine


class Server:
    """`mkdocs serve` on a folder, asked for its pages."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(folder)}
        self.log = (folder / "log.txt").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{self.port}"],
            cwd=folder,
            env=environment,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        self._wait_until_it_listens()

    def _wait_until_it_listens(self) -> None:
        while True:
            try:
                self.get("/")
            except ConnectionError:
                assert self.process.poll() is None, self.said()
            except urllib.error.URLError:
                assert self.process.poll() is None, self.said()
            else:
                return

    def said(self) -> str:
        self.log.seek(0)
        return self.log.read()

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=LONGEST) as page:
            return page.read().decode("utf-8")

    def after(self, change) -> str:
        """Make a change and return the page once the server has built it."""
        before = self.get("/")
        epoch, request = re.search(r"livereload\((\d+), (\d+)\)", before).groups()
        change()
        # answers when there is a newer build, or after a while without one
        while self.get(f"/livereload/{epoch}/{request}") == epoch:
            assert self.process.poll() is None, self.said()
        return self.get("/")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
        self.log.close()


@pytest.fixture
def served(tmp_path):
    """A site with copies of the engine and the plugin of its own, being served."""
    for package in ("minigrad", "docs_plugins"):
        shutil.copytree(
            ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Half\n\n```minigrad\ndef f(x", encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: a\ntheme: {name: mkdocs}\nplugins: [minigrad]\n", encoding="utf-8"
    )
    server = Server(tmp_path)
    yield server, tmp_path
    server.stop()


def test_a_server_outlives_mistakes_and_shows_an_edited_engine(served):
    server, folder = served
    page, rules = folder / "docs" / "index.md", folder / "minigrad" / "ops.py"
    assert "docs/index.md:3: the block is not closed" in server.get("/")

    shown = server.after(lambda: page.write_text(PAGE, encoding="utf-8"))
    assert ">−0.4161</span>" in shown

    text = rules.read_text(encoding="utf-8")
    wrong = text.replace("lambda y, x: cos(x)", "lambda y, x: tan(x)")
    assert wrong != text
    shown = server.after(lambda: rules.write_text(wrong, encoding="utf-8"))
    assert "by the second opinion" in shown
    assert "docs/index.md:5: f: " in shown

    shown = server.after(lambda: rules.write_text(text, encoding="utf-8"))
    assert ">−0.4161</span>" in shown
    assert "second opinion" not in shown

    shown = server.after(lambda: rules.write_text(f"{text}\ndef broken(:\n", encoding="utf-8"))
    assert "minigrad/ops.py" in shown

    shown = server.after(lambda: rules.write_text(text, encoding="utf-8"))
    assert ">−0.4161</span>" in shown


@pytest.mark.heavy
def test_a_page_in_drift_recovers_when_another_process_accepts_it(served):
    server, folder = served
    page, record = folder / "docs" / "index.md", folder / "docs" / "index.record"
    server.after(lambda: page.write_text(PAGE, encoding="utf-8"))

    def accept() -> None:
        environment = {name: text for name, text in os.environ.items() if name != "CI"}
        environment["PYTHONDONTWRITEBYTECODE"] = "1"  # the server watches that folder too
        command = [sys.executable, "-m", "docs_plugins", "accept"]
        subprocess.run(
            command, cwd=folder, env=environment, check=True, capture_output=True, timeout=LONGEST
        )

    assert "mg-problem" not in server.after(accept)
    text = record.read_text(encoding="utf-8")
    rows = [line for line in text.split("\n") if line and not line.startswith("#")]
    assert len(rows) == 4
    for at, row in enumerate(rows):
        number = re.search(r"-?\d\.\d+", row)[0]
        wrong = row.replace(number, f"{float(number) + 1e-4!r}", 1)
        changed = text.replace(row, wrong)
        shown = server.after(lambda to=changed: record.write_text(to, encoding="utf-8"))
        assert re.search(r"docs/index\.md:[4-7]: f\.\S+: (\[\S+\] )?recorded", shown), (at, row)
    assert "mg-problem" not in server.after(accept)
    assert record.read_text(encoding="utf-8") == text
