"""What a reader meets on every page: nothing missing, nothing jumps, nothing from elsewhere."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .visits import open_context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from .conftest import Visitor
    from .served import Served
    from .visits import Visit

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted("" if path.stem == "index" else f"{path.stem}/" for path in DOCS.glob("*.md"))
WAYS = (("desktop", "light"), ("desktop", "dark"), ("phone", "light"))
ALSO = {("backpropagation/", "desktop"), ("backpropagation/", "phone"), ("how/", "phone")}
KILOBYTE = 1024


@pytest.fixture(params=PAGES, ids=lambda page: page.strip("/") or "home")
def page(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def ways() -> Iterator[object]:
    """Every page in every way; most pages are heavy in other ways than the first."""
    for page, way in product(PAGES, WAYS):
        heavy = [pytest.mark.heavy] if way != WAYS[0] and (page, way[0]) not in ALSO else []
        name = "-".join((page.strip("/") or "home", *way))
        yield pytest.param((page, *way), marks=heavy, id=name)


@pytest.fixture(params=ways())
def visit(request: pytest.FixtureRequest, visited: Visitor) -> Visit:
    return visited(*request.param)


def test_every_page_is_looked_at(served) -> None:
    assert set(served.pages()) == set(PAGES)


def test_nothing_comes_from_another_host(visit: Visit) -> None:
    assert visit.elsewhere == []


def test_the_console_stays_empty(visit: Visit) -> None:
    assert visit.errors == []


def test_no_tex_is_left_in_the_text(visit: Visit) -> None:
    assert visit.content["rawTex"] == []


def test_nothing_moves_while_the_page_loads(visit: Visit) -> None:
    assert visit.shifts <= 0.01


def test_the_page_does_not_scroll_sideways(visit: Visit) -> None:
    assert visit.content["sideways"] <= 0


def test_every_column_of_a_trace_is_in_sight(visit: Visit) -> None:
    assert visit.content["cut"] == []


def test_axe_finds_no_barrier(visit: Visit) -> None:
    assert visit.accessibility == []


def test_nothing_on_the_page_is_hidden(visit: Visit) -> None:
    assert visit.content["hidden"] == 0


def test_labels_of_figures_are_legible(visit: Visit) -> None:
    assert visit.small_labels == []


def test_without_scripts_the_page_is_complete(page: str, visited: Visitor) -> None:
    with_scripts = visited(page, "desktop", "light").content
    without = visited(page, "desktop", "light", False).content
    assert without == with_scripts


def test_the_whole_page_weighs_little(visited: Visitor) -> None:
    assert visited("backpropagation/", "desktop", "light").bytes <= 180 * KILOBYTE
    assert visited("backpropagation/", "desktop", "light", False).bytes <= 120 * KILOBYTE


# What stands outside the frame of its inputs, or left of where its drawing can be scrolled to.
OUTSIDE = """() => {
  const boxes = (...elements) => elements.map(e => e.getBoundingClientRect());
  const fields = [...document.querySelectorAll('.mg-inputs :is(label, input)')].filter(field => {
    const [part, frame] = boxes(field, field.closest('.mg-inputs'));
    const cut = field.tagName == 'LABEL' && field.scrollWidth > field.clientWidth;
    return cut || part.right > frame.right;
  });
  const drawings = [...document.querySelectorAll('.mg-drawn svg, .mg-pair svg')].filter(drawing => {
    const [part, frame] = boxes(drawing, drawing.closest('.mg-drawn, .mg-view'));
    return part.left < frame.left;
  });
  return [...fields, ...drawings].map(e => e.id || e.outerHTML.slice(0, 80));
}"""


def test_on_the_smallest_screen_nothing_is_out_of_reach(browser: Browser, served: Served) -> None:
    context, _ = open_context(browser, served, "small")
    tab = context.new_page()
    tab.goto(served.address("how/"))
    tab.wait_for_selector(".mg-input")
    assert tab.evaluate(OUTSIDE) == []
    assert tab.evaluate("document.documentElement.scrollWidth") == 320
    context.close()
