"""The formulas' font holds what the site shows, under its own name and licence."""

from __future__ import annotations

from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from docs_plugins.font import FAMILY, characters, cut, licence
from docs_plugins.maths import inline

PAGE = "<p>Text Ж " + inline(r"\tilde{v}_{01} = \cos(h) \cdot \psi") + "</p>"


def opened(page: str) -> TTFont:
    return TTFont(BytesIO(cut(characters([page])).content))


def test_a_site_without_formulas_needs_no_font() -> None:
    assert characters(["<p>a price of $5</p>", ""]) == frozenset()


def test_the_text_around_formulas_does_not_count() -> None:
    assert "Ж" not in characters([PAGE])


def test_every_character_of_a_formula_is_in_the_font() -> None:
    known = set(opened(PAGE).getBestCmap())
    assert {ord(c) for c in "𝑣˜01=cos(ℎ)⋅𝜓"} <= known


def test_numbers_that_a_slider_can_bring_about_are_in_the_font() -> None:
    known = set(opened(PAGE).getBestCmap())
    assert {ord(c) for c in "0123456789.−≈×"} <= known


@pytest.mark.parametrize("root", [r"\sqrt{x}", r"\sqrt[3]{x}"])
def test_the_font_can_stretch_brackets_and_roots(root: str) -> None:
    font = opened(inline(rf"\left( {root} \right)"))
    stretching = font["MATH"].table.MathVariants.VertGlyphCoverage.glyphs
    assert {font.getBestCmap()[ord(sign)] for sign in "(√)"} <= {*stretching}


def test_who_made_the_font_is_told_in_it() -> None:
    names = opened(PAGE)["name"]
    assert "STIX Fonts Project Authors" in names.getDebugName(0)
    assert "SIL Open Font License" in names.getDebugName(13)


def test_the_licence_has_the_fonts_own_notice() -> None:
    assert opened(PAGE)["name"].getDebugName(0) in licence()
    assert "SIL OPEN FONT LICENSE" in licence()


def test_the_same_characters_give_the_same_bytes() -> None:
    needed = characters([PAGE])
    first = cut(needed)
    cut.cache_clear()
    assert cut(frozenset(sorted(needed, reverse=True))) == first


def test_another_content_has_another_name() -> None:
    assert cut(characters([inline("x")])).name != cut(characters([inline("y")])).name


def test_a_page_preloads_the_font_under_its_own_family() -> None:
    head = cut(characters([PAGE])).head("../assets/fonts/a.woff2")
    assert 'rel="preload" href="../assets/fonts/a.woff2" as="font"' in head
    assert f'font-family:"{FAMILY}"' in head
