"""On paper: nothing cut, nothing folded away, every step shown."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from .visits import SETTLED, open_context

A4 = 718  # CSS pixels between the margins of the PDF

CUT = """width => [...document.querySelectorAll(
    'article :is(tr, td, th, math, svg.mg-figure, pre, [data-mg], figcaption)')]
  .filter(e => !e.closest('[hidden]') && !(e.matches('td, th') && !e.textContent.trim()))
  .map(e => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => !e.checkVisibility() || box.height === 0 || box.right > width + 1)
  .map(([e, box]) => `${e.tagName} ${e.id || e.textContent.slice(0, 40)}: ${box.right}`)"""

CLIPPED = """() => [...document.querySelectorAll('article *')]
  .filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0
    && ['auto', 'scroll', 'hidden'].includes(getComputedStyle(e).overflowX)
    && e.getBoundingClientRect().height > 2)
  .map(e => `${e.tagName}.${e.className}#${e.id}`)"""


@pytest.fixture
def tab(browser, served):
    context, _ = open_context(browser, served, "desktop")
    tab = context.new_page()
    tab.goto(served.address("backpropagation/"), wait_until="networkidle")
    yield tab
    context.close()


def test_nothing_is_cut_or_hidden_on_paper(tab) -> None:
    tab.set_viewport_size({"width": A4, "height": 1000})
    tab.emulate_media(media="print")
    tab.evaluate(SETTLED)
    assert tab.evaluate(CUT, A4) == []
    assert tab.evaluate(CLIPPED) == []


def test_the_printed_page_shows_every_number(tab, tmp_path) -> None:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("pdftotext is not installed, so the PDF itself was not read")
    numbers = tab.evaluate(
        "[...document.querySelectorAll('article [data-mg]')].map(e => e.textContent)"
    )
    paper = tmp_path / "page.pdf"
    tab.pdf(path=paper, format="A4")
    text = subprocess.run(
        [reader, "-layout", str(paper), "-"], capture_output=True, encoding="utf-8", check=True
    ).stdout
    assert [number for number in set(numbers) if number not in text] == []
