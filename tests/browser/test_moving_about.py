"""Going from page to page without a reload, and searching."""

from __future__ import annotations

import json
import re

import pytest

from .visits import CONTENT, SETTLED, open_context


@pytest.fixture
def tab(browser, served):
    context, elsewhere = open_context(browser, served, "desktop")
    tab = context.new_page()
    tab.errors = []
    tab.on("pageerror", lambda error: tab.errors.append(str(error)))
    tab.on("console", lambda m: tab.errors.append(m.text) if m.type == "error" else None)
    yield tab
    context.close()
    assert not elsewhere


def test_a_page_reached_without_a_reload_is_whole(tab, served, visited) -> None:
    tab.goto(served.address(""), wait_until="networkidle")
    tab.evaluate("window.stayed = true")
    tab.click("nav a[href*='backpropagation/']")
    tab.wait_for_selector("#f-trace")
    tab.evaluate(SETTLED)
    assert tab.evaluate("window.stayed")
    assert tab.evaluate(CONTENT) == visited("backpropagation/", "desktop", "light").content
    assert tab.evaluate("document.fonts.check('1em \"deepnotes Math\"', '𝑣')")
    tab.go_back()
    tab.wait_for_selector("#f-trace", state="detached")
    assert tab.evaluate("window.stayed")
    assert tab.errors == []


def test_the_scheme_can_be_switched(tab, served) -> None:
    tab.goto(served.address("backpropagation/"), wait_until="networkidle")
    before = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    tab.click("label[title='Switch to the dark scheme']")
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != before


def test_search_finds_words_beside_formulas(tab, served) -> None:
    tab.goto(served.address(""), wait_until="networkidle")
    tab.locator("input[name=query]").press_sequentially("intermediate variable")
    result = tab.wait_for_selector(".md-search-result__item a[href*='backpropagation']")
    assert "\\" not in result.inner_text()


def test_the_search_index_holds_no_tex(built_site) -> None:
    index = json.loads((built_site / "search" / "search_index.json").read_text(encoding="utf-8"))
    texts = [entry["text"] for entry in index["docs"] if entry["location"].startswith("backprop")]
    outside_code = re.sub(r"<code>.*?</code>", "", " ".join(texts), flags=re.DOTALL)
    assert not re.findall(r"\\[a-z]+|\$", outside_code)
    assert "mg-" not in outside_code
    assert "vi" in outside_code


def test_no_mark_of_ours_is_left_anywhere(built_site) -> None:
    for file in (*built_site.rglob("*.html"), *built_site.rglob("search_index.json")):
        left = re.findall("[\ue000-\uf8ff\U000f0000-\U0010fffd]", file.read_text(encoding="utf-8"))
        assert not left, file
