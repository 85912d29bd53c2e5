"""A drawing is drawn once for all points whose numbers are as wide; each shows its own numbers."""

import pytest

from docs_plugins.drawing import diagram
from docs_plugins.drawing.diagram import draw
from tests.docs_plugins.figures import figure, numbers, parsed, texts

AT = "def f(x1, x2):\n    return x1 * x2 + sin(x1)\n\nf({}, {})\n"
VIEWS = (
    ("f", "graph", {}),
    ("f", "graph", {"numbers": "yes", "direction": "down"}),
    ("z", "chain", {"numbers": "yes"}),
    ("f", "unit", {"numbers": "yes"}),
    ("E", "network", {"numbers": "yes"}),
    ("softmax", "graph", {"numbers": "yes"}),
    (AT.format("1e-9", "2e9"), "graph", {"numbers": "yes"}),
)


@pytest.mark.parametrize(("block", "view", "options"), VIEWS)
def test_a_drawing_with_its_numbers_put_in_is_as_if_drawn_with_them(
    monkeypatch, block, view, options
):
    put_in = figure(block, view, **options)
    monkeypatch.setattr("docs_plugins.views.lines.draw", drawn_whole)
    whole = figure(block, view, **options)
    assert numbers(put_in) == numbers(whole)
    assert {**put_in.attrib} == {**whole.attrib}
    assert [{**part.attrib, "": part.text} for part in put_in.iter()] == [
        {**part.attrib, "": part.text} for part in whole.iter()
    ]


def drawn_whole(drawn, identifier):
    """The drawing without holes."""
    return diagram._Drawing(drawn, identifier).markup()


def test_a_function_is_drawn_once_for_points_whose_numbers_are_as_wide():
    diagram._drawn.cache_clear()
    first, second = (
        figure(AT.format(*point), "graph", numbers="yes") for point in ((1.23, 2.31), (1.34, 2.47))
    )
    assert diagram._drawn.cache_info().misses == 1
    assert numbers(first)["f.x1.value"] == "1.23"
    assert numbers(second)["f.x1.value"] == "1.34"
    assert "at (1.34, 2.47)" in texts_of_head(second)
    assert "1.23" not in texts_of_head(second)


def test_wider_numbers_get_wider_boxes():
    narrow, wide = (
        figure(AT.format(point, "2.34"), "graph").get("width") for point in ("1.23", "12345.67")
    )
    assert float(narrow) < float(wide)


def texts_of_head(drawing):
    """Its title and description."""
    return " ".join(part.text for part in drawing if part.tag.endswith(("title", "desc")))


def test_a_title_is_escaped_where_it_is_put_in():
    drawn = diagram.Diagram((), (), "a < b", "1 & 2")
    found = parsed(draw(drawn, "d"))
    assert texts_of_head(found) == "a < b 1 & 2"
    assert texts(found) == []
