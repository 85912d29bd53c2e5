"""What a reader meets on every page: nothing missing, nothing jumps, nothing from elsewhere."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Visitor
    from .visits import Visit

PAGES = ("", "backpropagation/", "how/", "minigrad/", "pytorch/")
WAYS = (("desktop", "light"), ("desktop", "dark"), ("phone", "light"))
KILOBYTE = 1024


@pytest.fixture(params=PAGES, ids=lambda page: page.strip("/") or "home")
def page(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def ways() -> Iterator[object]:
    """Every page in every way; the long reference in other ways than the first is heavy."""
    for page, way in product(PAGES, WAYS):
        heavy = [pytest.mark.heavy] if page == "minigrad/" and way != WAYS[0] else []
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
