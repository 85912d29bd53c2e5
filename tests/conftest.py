"""The site itself, built once for every test that looks at it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[1]


def build(folder: Path, hash_seed: str) -> Path:
    """Build the site into a folder, in a process of its own with another order of hashes."""
    surroundings = {
        **os.environ,
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONHASHSEED": hash_seed,
        "SOURCE_DATE_EPOCH": "1700000000",
    }
    run = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env=surroundings,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if run.returncode:
        pytest.fail(f"the site does not build:\n{run.stderr[-4000:]}", pytrace=False)
    return folder


@pytest.fixture(scope="session")
def build_site() -> Callable[[Path, str], Path]:
    """What builds the site into a folder, with a seed for the order of hashes."""
    return build


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site."""
    return build(tmp_path_factory.mktemp("built") / "site", "1")
