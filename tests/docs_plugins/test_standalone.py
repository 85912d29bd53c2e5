"""A figure's file opens alone: well-formed, with literal colours and no font of the page."""

import re

import pytest

from docs_plugins.drawing.standalone import standalone, style
from tests.docs_plugins.figures import SVG, drawn, numbers, parsed


def alone(block, view, **options):
    html = drawn(block, view, **options)
    start = html.index("<svg")
    return standalone(html[start : html.index("</svg>", start) + len("</svg>")])


@pytest.mark.parametrize(
    ("block", "view", "options"),
    [
        ("f", "graph", {"numbers": "yes"}),
        ("E", "network", {}),
        ("E", "network", {"show": "parts"}),
        ("z", "chain", {}),
        ("product", "unit", {}),
        ("f", "work", {"sizes": "1,2"}),
    ],
)
def test_a_file_is_well_formed_and_needs_nothing(block, view, options):
    text = alone(block, view, **options)
    found = parsed(text)
    assert found.tag == f"{SVG}svg"
    assert "var(" not in text
    assert "deepnotes Math" not in text
    assert not re.search(r"(href|src|url)\b", text)
    classes = {part.get("class") for part in found.iter() if part.get("class")}
    styled = set(re.findall(r"\.([a-z]+)\b", style()))
    drawn_with = {"f", "b", "fh", "bh", "n", "k", "l", "g", "a", "t", "s", "r", "x"}
    assert classes & drawn_with <= styled


def test_italics_are_those_of_any_font():
    found = parsed(alone("f", "graph"))
    shown = "".join(text for element in found.iter(f"{SVG}text") for text in element.itertext())
    assert not re.search("[\U0001d400-\U0001d7ff\u0303]", shown)
    slanted = [part for part in found.iter(f"{SVG}tspan") if part.get("font-style") == "italic"]
    assert {part.text for part in slanted} >= {"v", "x"}


def test_something_else_is_refused():
    with pytest.raises(ValueError, match="not a figure"):
        standalone("<div></div>")


def test_a_wide_font_of_the_system_is_set_smaller():
    assert "font-size-adjust:" in alone("f", "graph")


def test_numbers_keep_their_signs():
    shown = numbers(parsed(alone("product", "unit", numbers="yes")))
    assert shown == {
        "product.y.value": "−6",
        "product.jacobian.y.w1": "−2",
        "product.jacobian.y.w2": "3",
    }
