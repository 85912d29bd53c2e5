"""One browser and one server for all tests here; without a Chromium they skip and say so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from .served import Served
from .visits import Visit, visit

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# A dark page has the light one's structure, and a narrow page has the wide one's colours.
COLOURS = ["color-contrast", "link-in-text-block"]

Visitor = Callable[..., Visit]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def find_chromium(playwright: Playwright) -> str | None:
    """Return the path of a Chromium: CHROME_PATH, an installed one, or Playwright's own."""
    chosen = os.environ.get("CHROME_PATH")
    if chosen:
        return chosen if Path(chosen).exists() else None
    installed = (shutil.which(name) for name in NAMES)
    own = playwright.chromium.executable_path
    return next((path for path in (*installed, *PLACES, own) if path and Path(path).exists()), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium without a window."""
    with sync_playwright() as playwright:
        path = find_chromium(playwright)
        if path is None:
            pytest.skip(
                "no Chromium found, so nothing was tried in a browser: "
                "install one, or say where it is with CHROME_PATH"
            )
        running = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def served(built_site: Path) -> Iterator[Served]:
    """The built site behind a server."""
    with Served(built_site) as site:
        yield site


@pytest.fixture(scope="session")
def visited(browser: Browser, served: Served) -> Visitor:
    """Visit a page in a certain way, once for all tests."""

    @cache
    def go(page: str, screen: str, scheme: str = "light", scripts: bool = True) -> Visit:
        return visit(browser, served, page, screen, scheme=scheme, scripts=scripts, check=barriers)

    return go


def barriers(tab: Page, screen: str, scheme: str) -> list[str]:
    """Return what axe objects to on a page; what only colours decide is not asked twice of them."""
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if scheme == "dark":
        options["runOnly"] = COLOURS
    elif screen == "phone":
        options["rules"] = {rule: {"enabled": False} for rule in COLOURS}
    found = Axe().run(tab, options=options)
    return [
        f"{rule['id']} ({rule['impact']}) at {node['target']}: {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]
