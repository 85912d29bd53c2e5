"""SVG as text: attributes, numbers, and lines with their parts."""

from io import BytesIO

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from docs_plugins.drawing import glyphs, svg
from docs_plugins.drawing.mathline import Run, math, roman
from docs_plugins.font import cut
from tests.docs_plugins.figures import parsed


def test_attributes_are_escaped_and_named_as_svg_names_them():
    assert svg.element("g", class_="a", data_of='f."x"', id=None) == (
        '<g class="a" data-of="f.&quot;x&quot;"/>'
    )


@given(st.floats(-1e4, 1e4))
def test_a_coordinate_has_one_decimal(value):
    text = svg.number(value)
    assert abs(float(text) - value) <= 0.0501
    assert len(text.partition(".")[2]) <= 1


def test_markup_in_a_line_is_escaped():
    assert parsed(svg.text(roman("a < b & c"), 0, 0)).text == "a < b & c"


def test_a_lone_number_is_the_text_element_itself():
    found = parsed(svg.text((Run("5.5", path="f.x1.adjoint"),), 1, 2))
    assert (found.get("data-mg"), found.text, len(found)) == ("f.x1.adjoint", "5.5", 0)


def test_a_number_among_others_has_its_own_part():
    found = parsed(svg.text((Run("≈ "), Run("1.7163", path="f.x2.adjoint")), 1, 2))
    assert [(part.get("data-mg"), part.text) for part in found] == [("f.x2.adjoint", "1.7163")]


@pytest.mark.parametrize("tex", ["v_1 + v_2", r"x^2 - 1", r"\tilde{f}_1 \cdot \tilde{x}"])
def test_the_baseline_comes_back(tex):
    found = parsed(svg.text(math(tex) + roman("."), 0, 0))
    assert sum(float(part.get("dy", 0)) for part in found) == pytest.approx(0)


def test_the_pen_comes_back_after_a_raised_accent():
    found = parsed(svg.text(math(r"\tilde{f} x"), 0, 0))
    shifts = [float(part.get("dx", 0)) for part in found]
    assert sum(shifts) == pytest.approx(-0.381 * 15, abs=0.11)


def test_nothing_is_no_element():
    assert svg.text((), 0, 0) == ""


def test_letters_are_no_wider_than_they_are_taken_to_be():
    letters = [*"abcxyzvwELMW0123456789+=()", *map(glyphs.italic, "abcxyzvwhELMW"), *"≈−·⊙√Σ𝜓𝜎∂"]
    font = TTFont(BytesIO(cut(frozenset(letters)).content))
    names, metrics = font.getBestCmap(), font["hmtx"]
    wrong = [c for c in letters if glyphs.advance(c) < metrics[names[ord(c)]][0]]
    assert wrong == []
    assert glyphs.advance("\u0303") == 0
