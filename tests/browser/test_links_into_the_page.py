"""A reader who lands in the middle of a page stays where the link led."""

from __future__ import annotations

import pytest

from .visits import SETTLED, open_context

TABS = 4  # at a time

TARGETS = """which => [...document.querySelectorAll(`article :is(${which})[id]`)]
  .map(target => target.id)"""


@pytest.mark.parametrize("screen", [pytest.param("desktop", marks=pytest.mark.heavy), "phone"])
@pytest.mark.parametrize(
    "which",
    [
        "h2",
        pytest.param("h3, .mg-equation", marks=pytest.mark.heavy),
        pytest.param("figure, .mg-view", marks=pytest.mark.heavy),
    ],
    ids=["sections", "parts", "figures"],
)
def test_nothing_moves_after_a_deep_link(browser, served, screen: str, which: str) -> None:
    context, _ = open_context(browser, served, screen)
    context.route("**/search/**", lambda route: route.abort())  # it moves nothing, and takes time
    tab = context.new_page()
    tab.goto(served.address("backpropagation/"))
    targets = tab.evaluate(TARGETS, which)
    assert len(targets) >= 6
    moved = {}
    tabs = [tab, *(context.new_page() for _ in range(TABS - 1))]
    for first in range(0, len(targets), TABS):
        landed = dict(zip(targets[first : first + TABS], tabs, strict=False))
        for target, tab in landed.items():
            tab.goto("about:blank")
            tab.goto(served.address(f"backpropagation/#{target}"), wait_until="commit")
        for target, tab in landed.items():
            tab.wait_for_load_state("load")
            tab.evaluate(SETTLED)
            shifts = tab.evaluate("window.shifts")
            if shifts > 0.01:
                moved[target] = shifts
    context.close()
    assert moved == {}


def test_the_target_is_in_sight(browser, served) -> None:
    context, _ = open_context(browser, served, "phone")
    tab = context.new_page()
    tab.goto(served.address("backpropagation/#eq-sum"))
    tab.evaluate(SETTLED)
    top = tab.evaluate("document.getElementById('eq-sum').getBoundingClientRect().top")
    context.close()
    assert 48 <= top <= 844 / 2
