"""What stands for a reference, by where it ended up: Markdown's HTML in, the page's HTML out."""

from __future__ import annotations

import pytest

from docs_plugins.maths import Token
from docs_plugins.model import Number
from docs_plugins.numbers import show
from docs_plugins.places import Numbered, Place, character, numbered_captions, plain, put
from docs_plugins.problems import Problem
from docs_plugins.sources import Origin

HERE = Origin("docs/a.md", 7)
SHOWN = show(Number(-1.5, None, 1.5))
NUMBER = Place(
    "{{ f.y.value }}",
    HERE,
    '<span data-mg="f.y.value">−1.5000</span>',
    "−1.5000",
    Token("f.y.value", SHOWN, False, None),
)
VIEW = Place(
    "{{ f.trace }}", HERE, "", "", view="f.trace", draw=lambda caption: f"<table {caption}>"
)
LINK = Place("{{ ref t }}", HERE, "", "t", late=lambda known: f"<a>{known['t'].label}</a>")
PLACES = [NUMBER, VIEW, LINK]
N, V, L = map(character, range(3))


def filled(html: str) -> tuple[str, list[Problem]]:
    found: list[Problem] = []
    return put(html, PLACES, {}, found.append), found


@pytest.mark.parametrize(
    ("html", "page"),
    [
        (f"<p>is {N}.</p>", '<p>is <span data-mg="f.y.value">−1.5000</span>.</p>'),
        (f"<td>{N}</td>", '<td><span data-mg="f.y.value">−1.5000</span></td>'),
        (f'<img alt="is {N}" src="a">', '<img alt="is −1.5000" src="a" data-mg-in="f.y.value">'),
        (f"<p><code>{N}</code></p>", "<p><code>{{ f.y.value }}</code></p>"),
        (f"<!-- {N} -->", "<!-- {{ f.y.value }} -->"),
        (f"<!-- <math a=b>{N}</math> -->", "<!-- <math a=b>{{ f.y.value }}</math> -->"),
        (f"<script>{N}</script>", "<script>{{ f.y.value }}</script>"),
        (f"<p>{V}</p>", "<table None>"),
        (f"<p>a</p>\n<p>{V}</p>\n<p>b</p>", "<p>a</p>\n<table None>\n<p>b</p>"),
        (f"<li>\n<p>{V}</p>\n</li>", "<li>\n<table None>\n</li>"),
        (f'<figure id="t"><p>{V}</p></figure>', '<figure id="t"><table t-caption></figure>'),
        ("<p>none of ours</p>", "<p>none of ours</p>"),
    ],
)
def test_a_place_is_filled_as_its_surroundings_ask(html: str, page: str) -> None:
    assert filled(html) == (page, [])


@pytest.mark.parametrize(
    ("html", "message"),
    [
        (f"<p>text {V}</p>", "a view cannot stand in other text"),
        (f"<td>{V}</td>", "a view cannot stand in a table's cell"),
        (
            f"<math a=b>{N}</math>",
            "a number in a formula that cannot be read: not well-formed (invalid token)",
        ),
        (f'<img alt="{V}">', "a view cannot stand inside a tag"),
        (f'<img alt="{L}">', "a link cannot stand inside a tag"),
        (f"<math><mtext>{V}</mtext></math>", "a view cannot stand in mathematics"),
    ],
)
def test_what_cannot_stand_there_is_reported_with_its_line(html: str, message: str) -> None:
    (problem,) = filled(html)[1]
    assert (problem.path, problem.line, problem.message) == ("docs/a.md", 7, message)


def test_a_mistake_is_reported_unless_it_stands_in_code() -> None:
    mistake = Problem("docs/a.md", 7, "f.z", "f has no variable z", "")
    place = Place("{{ f.z.value }}", HERE, "<code>failed</code>", "", mistake=mistake)
    for html, expected in ((f"<p>{N}</p>", [mistake]), (f"<code>{N}</code>", [])):
        found: list[Problem] = []
        put(html, [place], {}, found.append)
        assert found == expected


CAPTIONED = (
    '<figure id="t"><div data-mg-view="f.trace"></div><figcaption>'
    '<p><span class="caption-prefix table-caption-prefix">Table 12.</span></p>'
    "</figcaption></figure>"
)


def test_captions_are_found_by_their_id_and_by_the_view_in_them() -> None:
    entry = Numbered("t", "Table 12")
    assert numbered_captions(CAPTIONED) == {"t": entry, "f.trace": entry}


def test_a_link_says_the_number_of_what_stands_below_it() -> None:
    assert filled(f"<p>{L}</p>{CAPTIONED}")[0].startswith("<p><a>Table 12</a></p>")


def test_contents_have_the_number_without_markup() -> None:
    assert plain(f"At {N}", PLACES) == "At −1.5000"
