"""Faults in the built site: `verify` names each number that is not as computed.

The pages are the site's own. Every number that says what it is gets each fault at once, and must be
reported by its path; one at a time, with marks taken off, there is a sample.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from docs_plugins.drift.published import read
from docs_plugins.drift.verify import verify_page
from docs_plugins.problems import Problem

PAGES = ("index.html", "backpropagation/index.html", "how/index.html", "pytorch/index.html")
NUMBER = re.compile(
    r'<(?P<tag>\w+)(?P<mark> data-mg="(?P<path>[^"]*)"| [^<>]*? data-mg="(?P<path2>[^"]*)")[^<>]*>'
    r"(?P<text>[−\d.×⁻⁰¹²³⁴-⁹]+)<"
)


@pytest.fixture(scope="module", params=PAGES)
def html(request: pytest.FixtureRequest, built_site: Path) -> str:
    """A page of the built site."""
    return text_of(built_site / request.param)


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def path_of(number: re.Match[str]) -> str:
    return unescape(number["path"] or number["path2"])


def found_in(html: str) -> list[Problem]:
    return verify_page(html, "page.html").problems


def next_digit(text: str, at: int) -> str:
    return f"{text[:at]}{(int(text[at]) + 1) % 10}{text[at + 1 :]}"


def last_digit(text: str) -> str:
    return next_digit(text, max(n for n, sign in enumerate(text) if sign in "0123456789"))


def first_digit(text: str) -> str:
    return next_digit(text, min(n for n, sign in enumerate(text) if sign in "0123456789"))


def sign(text: str) -> str:
    if not text.strip("−0."):
        return text
    return text[1:] if text[0] == "−" else f"−{text}"


FAULTS: dict[str, Callable[[str], str]] = {
    "last digit": last_digit,
    "first digit": first_digit,
    "sign": sign,
    "digits cut off": lambda text: text[:-1] if "." in text else f"{text}1",
    "nothing": lambda text: "",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_number_that_was_altered_is_named(html, fault):
    expected: Counter[str] = Counter()

    def alter(number: re.Match[str]) -> str:
        text = number["text"]
        wrong = FAULTS[fault](text)
        path = path_of(number)
        if wrong != text and "descent" not in path:  # what only a view shows, the view answers for
            expected[path] += 1
        return f"{number[0][: -len(text) - 1]}{wrong}<"

    altered = NUMBER.sub(alter, html)
    reported = Counter(p.item for p in found_in(altered) if p.message.startswith("shown "))
    assert expected
    assert expected <= reported
    assert reported.total() == expected.total()


def test_nearly_all_numbers_of_a_page_are_among_those_that_are_altered(html):
    """The rest are numbers within formulas, in several elements."""
    everything = [number for number in read(html).numbers if not number.inside]
    assert len(NUMBER.findall(html)) >= 0.9 * len(everything)


def test_blocks_that_miss_the_mark_of_a_number_are_named(html):
    """One number of each block at once."""
    expected = set()

    def strip(number: re.Match[str]) -> str:
        block = path_of(number).partition(".")[0]
        if block in expected:
            return number[0]
        expected.add(block)
        return re.sub(r' data-mg="[^"]*"', "", number[0])

    altered = NUMBER.sub(strip, html)
    reported = {p.item for p in found_in(altered) if "numbers of it are marked" in p.message}
    assert expected
    assert reported == expected


OTHER_FAULTS: dict[str, Callable[[str], str]] = {
    "all marks": lambda html: re.sub(r' data-mg="[^"]*"', "", html),
    "a view's mark": lambda html: re.sub(r' data-mg-view="[^"]*"', "", html, count=1),
    "a block": lambda html: re.sub(r'<div class="mg-block".*?</div>', "", html, flags=re.DOTALL),
    "a count": lambda html: re.sub(r'data-mg-count="\d+"', 'data-mg-count="1"', html),
    "a block's text": lambda html: html.replace('data-mg-text="', 'data-mg-text="x'),
    "a name": lambda html: re.sub(
        r'(data-mg-view="\w+\.trace".*?<mi>)[a-z](</mi>)', r"\1ξ\2", html, count=1, flags=re.DOTALL
    ),
    "a relation": lambda html: re.sub(r"≈(?= <\w+[^<>]*? data-mg=)", "=", html, count=1),
    "a row": lambda html: re.sub(r'<tr role="row" id=.*?</tr>', "", html, count=1, flags=re.DOTALL),
    "what a row is of": lambda html: re.sub(r'data-of="\w+\.', 'data-of="f.other', html, count=1),
}


@pytest.mark.parametrize("fault", OTHER_FAULTS)
def test_what_stands_around_the_numbers_is_held_to_the_blocks_too(built_site, fault):
    tried = 0
    for page in ("index.html", "pytorch/index.html", "backpropagation/index.html"):
        html = text_of(built_site / page)
        altered = OTHER_FAULTS[fault](html)
        if altered != html:  # not every page has one of each
            reported = {problem.item.partition(".")[0] for problem in found_in(altered)}
            assert reported & {block.name for block in read(html).blocks}
            tried += 1
    assert tried


@pytest.mark.heavy
@pytest.mark.parametrize("seed", range(3))
def test_one_digit_or_one_mark_alone_is_missed(html, seed):
    source = random.Random(seed)
    for number in source.sample(list(NUMBER.finditer(html)), 12):
        block = path_of(number).partition(".")[0]
        for wrong in (
            f"{number[0][: -len(number['text']) - 1]}{last_digit(number['text'])}<",
            re.sub(r' data-mg="[^"]*"', "", number[0]),
        ):
            altered = f"{html[: number.start()]}{wrong}{html[number.end() :]}"
            assert any(p.item.partition(".")[0] == block for p in found_in(altered))


@pytest.mark.parametrize("decimals", [4, 9, 12, 14])
def test_the_last_shown_digit_counts_however_many_are_shown(convert, decimals):
    block = "```minigrad\ndef f(x):\n    return sin(x)\n\nf(2)\n```\n\n"
    html = convert(f"{block}{{{{ f.value:.{decimals}f }}}}\n")[1]
    shown = re.search(r">(0\.9\d*)<", html)[1]
    assert found_in(html) == []
    for step in (1, 9):
        altered = html.replace(f">{shown}<", f">{shown[:-1]}{(int(shown[-1]) + step) % 10}<")
        assert [p.item for p in found_in(altered)] == ["f.value"] * altered.count("data-mg=")


ALTERNATIVE = (
    "```minigrad\ndef f(x, y):\n    a = x * y\n    return a + sin(x)\n\nf(2, 5)\n```\n\n"
    '![From {{ f.x.adjoint }} by {{ f.a.adjoint }} and {{ f.a.d.x }} to {{ f.value }}](a.png "x")'
)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("4.5839", "4.5838"),
        ("10.9093", "10.909"),
        ("by 1", "by 7"),
        ("by 1 and 5", "by 5 and 1"),
        ("From 4.5839 by 1 and 5 to 10.9093", "From 10.9093 by 1 and 5 to 4.5839"),
    ],
)
def test_numbers_in_an_alternative_text_are_held_to_their_order(convert, right, wrong):
    html = convert(ALTERNATIVE)[1]
    assert right in html
    assert found_in(html) == []
    (problem,) = found_in(html.replace(right, wrong))
    assert "an attribute does not show" in problem.message


def test_a_minifier_may_sort_the_attributes(convert):
    html = convert(ALTERNATIVE.replace('"x"', '"{{ f.y.adjoint }}"'))[1]
    said = re.search(r'(alt="[^"]*")(.*?)(title="[^"]*")', html)
    assert said
    assert found_in(html.replace(said[0], f"{said[3]}{said[2]}{said[1]}")) == []


def test_a_number_that_only_a_view_has_stands_in_a_view(convert):
    block = "```minigrad\ndef f(x):\n    return x * x\n\nf(2)\n```\n\n"
    html = convert(f"{block}{{{{ f.descent over=x steps=2 }}}}\n\nIt is {{{{ f.value }}}}.\n")[1]
    path = re.search(r'data-mg="(f\.descent\.[^"]*)"', html)[1]
    assert found_in(html) == []
    moved = html.replace('<span class="mg-n" data-mg="f.value">', f'<span data-mg="{path}">', 1)
    assert [p.message for p in found_in(moved)] == ["shown 4, but f has no such value"]


BESIDE = (
    "```minigrad\ndef f(x, y):\n    a = x * y\n    return a + sin(x)\n\nf(2, 5)\n```\n\n"
    "It is {{ f.value }} here, and $x + {{ f.a.d.x }} + 2$ there.\n"
)
IN_TEXT = '<span class="mg-n" data-mg="f.value">10.9093</span>'
IN_FORMULA = '<mrow class="mg-n" data-mg="f.a.d.x"><mn>5</mn></mrow>'


@pytest.mark.parametrize(
    ("number", "before", "after"),
    [
        *((IN_TEXT, before, "") for before in ("7", "7.", "−", "-", "&minus;", "<b>3</b>")),
        *((IN_TEXT, "", after) for after in ("9", ".9", "e9", "<b>9</b>", "&#8203;9")),
        *((IN_TEXT, "", after) for after in ("×10³", " × 10³", "×10<sup>3</sup>")),
        (IN_FORMULA, "<mn>7</mn>", ""),
        (IN_FORMULA, "<mo>−</mo>", ""),
        (IN_FORMULA, "", "<mn>9</mn>"),
        (IN_FORMULA, "", "<msup><mn>9</mn><mn>2</mn></msup>"),
        (IN_FORMULA, "", "<mo>×</mo><msup><mn>10</mn><mn>3</mn></msup>"),
    ],
)
def test_what_makes_a_number_another_one_right_beside_it_is_named(convert, number, before, after):
    html = convert(BESIDE)[1]
    assert number in html
    assert found_in(html) == []
    problem, *_ = found_in(html.replace(number, f"{before}{number}{after}", 1))
    assert f'data-mg="{problem.item}"' in number
    assert "it is another number" in problem.message


@pytest.mark.parametrize(
    "text",
    [
        "is −{{ f.value }} or -{{ f.value }} or &minus;{{ f.value }} or **−**{{ f.value }}",
        "3 {{ f.value }} 3, *3* *{{ f.value }}* *3*, {{ f.value }} {{ f.x.adjoint }}",
        "{{ f.value }} × 10 = 109",
        "{{ f.value }}<sup>1</sup> and x<sub>1</sub>{{ f.value }}",
        "| 3 | {{ f.value }} | 3 |\n|---|---|---|\n| 3 | {{ f.value }} | 3 |",
        "$-{{ f.value }}$ and $x - {{ f.value }}$ and ${{ f.value }} \\times 10^{-3}$",
        "${{ f.value }} 3$ and $3 {{ f.value }}$ and ${{ f.value }} 3^2$ and $x_1 {{ f.value }}$",
        "$\\frac{3}{{{ f.value }}}$ and $\\sqrt[3]{{{ f.value }}}$ and $3^{{{ f.value }}}$",
    ],
)
def test_what_a_writer_has_beside_numbers_is_no_fault(convert, text):
    problems, html, _ = convert(f"{BESIDE}\n{text}\n")
    assert ["record" in problem for problem in problems] == [True]
    assert found_in(html) == []
