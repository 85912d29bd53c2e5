"""TeX becomes MathML, mistakes become messages, computed values take their places in formulas."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from docs_plugins.maths import FormulaError, Token, display, fill, inline, name_formula
from docs_plugins.model import Number
from docs_plugins.numbers import show

PLACE = "\U000f0000"


def token(value: float, *, related: bool = False, rounded: bool = False) -> Token:
    exact = None if rounded else Fraction(value)
    return Token("f.v1.value", show(Number(value, exact, abs(value))), related)


def words(html: str) -> str:
    return re.sub(r"<[^>]*>|⁡", "", html).replace("\xa0", " ")


def test_the_tex_is_kept_for_copying() -> None:
    assert 'data-tex="a &lt; b"' in inline("a < b")


def test_no_copy_of_the_tex_is_among_the_words() -> None:
    assert words(inline(r"\tilde{v}_{01}")) == "v˜01"


def test_attributes_are_written_on_the_element() -> None:
    assert inline("x", data_of="f.x", class_="mg-s").startswith('<math data-of="f.x" class="mg-s"')


def test_a_displayed_formula_can_be_scrolled_by_the_keyboard() -> None:
    assert 'tabindex="0"' in display("x")
    assert 'display="block"' in display("x")


def test_the_same_tex_gives_the_same_mathml() -> None:
    assert inline(r"\frac{1}{2}") == inline(r"\frac{1}{2}")


@pytest.mark.parametrize(
    ("tex", "message", "remedy"),
    [
        (r"\frca{1}{2}", r"unknown command \frca", r"did you mean \frac?"),
        (r"\widetilde{v}", r"unknown command \widetilde", r"\tilde{v}"),
        (r"\begin{algin}a\end{algin}", "unknown environment algin", "did you mean align?"),
        (r"\frac{1}{2", 'expected closing token "}"', ""),
        ("x^", "expected argument", ""),
        ("a & b", "&", ""),
        ("50 % of it", "%", r"\%"),
        (r"a \\% b", "%", r"\%"),
        ("", "without content", ""),
        (" \n ", "without content", ""),
        ("{" * 200 + "}" * 200, "nested", ""),
        ("x" * 5000, "5000 characters", "4000"),
        ("\ud800", "U+D800", "delete it"),
        ("\x00", "U+0000", "delete it"),
        ("x \a y", "U+0007", "delete it"),
        ("x \f y", "U+000C", "delete it"),
        ("x \ufffe y", "U+FFFE", "delete it"),
        (r"\newcommand{\a}{\a}\a", "too many expansions", ""),
    ],
)
def test_a_mistake_is_named(tex: str, message: str, remedy: str) -> None:
    with pytest.raises(FormulaError) as raised:
        inline(tex)
    assert message in str(raised.value)
    assert remedy in raised.value.remedy


def test_a_mistake_knows_its_line_within_the_formula() -> None:
    with pytest.raises(FormulaError) as raised:
        display("a\n+ b\n+ \\foo")
    assert raised.value.line == 2


def test_an_escaped_percent_sign_is_none() -> None:
    assert words(inline(r"50\%")) == "50%"


@pytest.mark.parametrize(
    ("tex", "value", "shown"),
    [
        (f"x = {PLACE}", -1.0, "x=−1"),
        (f"({PLACE})", -1.0, "(−1)"),
        (f"(a, {PLACE})", -1.0, "(a,−1)"),
        (rf"2 \cdot {PLACE}", -1.0, "2⋅(−1)"),
        (rf"2 \cdot {PLACE}", 5.0, "2⋅5"),
        (rf"2 \cdot {{{PLACE}}}", -1.0, "2⋅(−1)"),
        (f"a - {PLACE}", -1.0, "a−(−1)"),
        (f"-{PLACE}", -1.0, "−(−1)"),
        (f"a {PLACE}", -1.0, "a(−1)"),
        (f"2 {PLACE}", 5.0, "2(5)"),
        (f"{PLACE} 3", 5.0, "(5)3"),
        (rf"{PLACE} \, 3^2", 5.0, "(5)32"),
        (f"{PLACE} x", 5.0, "5x"),
        (f"{PLACE}^2", -1.0, "(−1)2"),
        (f"{PLACE}^2", 5.0, "52"),
        (f"x^{PLACE}", -1.0, "x−1"),
        (rf"\frac{{1}}{{{PLACE}}}", -1.0, "1−1"),
        (rf"\cos {PLACE}", -1.0, "cos(−1)"),
        (rf"\text{{it is {PLACE} here}}", -1.0, "it is −1 here"),
    ],
)
def test_a_value_is_bracketed_where_its_sign_would_mislead(
    tex: str, value: float, shown: str
) -> None:
    assert words(fill(inline(tex), {PLACE: token(value)})) == shown


def test_a_value_is_an_element_of_its_own() -> None:
    html = fill(inline(f"x = {PLACE}"), {PLACE: token(-1.5)})
    assert re.search(r'<mrow [^>]*data-mg="f.v1.value">.*?<mn>1.5</mn></mrow>', html)


def test_a_small_value_is_written_as_a_power_of_ten() -> None:
    html = fill(inline(f"x = {PLACE}"), {PLACE: token(1.2e-5, rounded=True)})
    assert words(html) == "x=1.2×10−5"


def test_the_base_of_a_power_is_bracketed_when_it_is_a_product() -> None:
    html = fill(inline(f"{PLACE}^2"), {PLACE: token(1.2e-5, rounded=True)})
    assert words(html) == "(1.2×10−5)2"


@pytest.mark.parametrize(("rounded", "sign"), [(False, "="), (True, "≈")])
def test_the_sign_before_a_value_follows_from_the_value(rounded: bool, sign: str) -> None:
    html = fill(inline(f"x {PLACE}"), {PLACE: token(-1.5, related=True, rounded=rounded)})
    assert words(html) == f"x{sign}−1.5" if not rounded else words(html).startswith("x≈−1.5")


def test_the_kept_tex_has_the_value_too() -> None:
    html = fill(inline(rf"2 \cdot {PLACE}"), {PLACE: token(-1.5)})
    assert r'data-tex="2 \cdot {-1.5}"' in html


def test_formulas_without_values_are_left_as_they_are() -> None:
    html = inline("x") + " and text " + display("y")
    assert fill(html, {PLACE: token(1.0)}) == html


def test_no_element_is_closed_by_its_own_tag():
    """Minifiers take <mspace/> for an element that goes on, and lose the end of the formula."""
    html = inline("3 \\, \\cos 9 \\quad \ue000")
    filled = fill(html, {"\ue000": Token("f.x.value", show(Number(2.5, None, 2.5)))})
    assert "mspace" in filled
    assert "/>" not in html + filled


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (f"<math><mi>x</mi><mo>&nbsp;</mo><mn>{PLACE}</mn></math>", "x 2.5"),
        (f"<math><mi>&alpha;</mi><mo>&lt;</mo><mn>{PLACE}</mn></math>", "α&lt;2.5"),
        (
            f'<math xmlns="http://www.w3.org/1998/Math/MathML"><mn>{PLACE}</mn></math>',
            "2.5",
        ),
    ],
)
def test_a_value_is_put_into_a_formula_that_was_typed_as_html(typed: str, shown: str) -> None:
    html = fill(typed, {PLACE: token(2.5)})
    assert html.startswith("<math><m")
    assert words(html) == shown


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (f"<math display=block><mn>{PLACE}</mn></math>", "not well-formed"),
        (f"<math><mi>x<mn>{PLACE}</mn></math>", "mismatched tag"),
        (f"<math><mi>&nothing;</mi><mn>{PLACE}</mn></math>", "undefined entity"),
        (f"<math><mi>\a</mi><mn>{PLACE}</mn></math>", "not well-formed"),
        (f"<math>{'<mrow>' * 3000}{PLACE}{'</mrow>' * 3000}</math>", "too many elements"),
    ],
)
def test_a_typed_formula_that_cannot_be_read_is_left_and_told(typed: str, why: str) -> None:
    told: list[tuple[str, str]] = []
    html = fill(typed, {PLACE: token(2.5)}, lambda *failed: told.append(failed))
    assert html == typed
    ((place, said),) = told
    assert place == PLACE
    assert why in said


def test_a_heading_cell_that_cannot_be_read_gets_no_name() -> None:
    cell = "<math display=block><mn>1</mn></math>"
    assert name_formula(cell) == cell
