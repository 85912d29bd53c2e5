"""Lines of mathematics: what TeX is read as, and how it is spoken."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs_plugins.drawing import mathline
from docs_plugins.drawing.mathline import Run, UnreadableError, joined, math, plain, read, width


@pytest.mark.parametrize(
    ("tex", "spoken"),
    [
        (r"v_{-1}", "v₋₁"),
        (r"\tilde{v}_{01}", "ṽ₀₁"),
        (r"\tilde{\psi}", "ψ̃"),
        (r"\tilde{f}_1", "f̃₁"),
        (r"v_{-1} \, v_0", "v₋₁ · v₀"),
        (r"\cos(v_0) \cdot \tilde{v}_3", "cos(v₀) · ṽ₃"),
        (r"-\sin v_0", "−sin v₀"),
        (r"v_4 - v_3", "v₄ − v₃"),
        (r"-1 \cdot \tilde{v}_5", "−1 · ṽ₅"),
        (r"x \cdot (-1)", "x · (−1)"),
        (r"\frac{1}{v_{-1}}", "1/v₋₁"),
        (r"\frac{1}{v_{-1}} \cdot \tilde{v}_1", "(1/v₋₁) · ṽ₁"),
        (r"2 \cdot \frac{a}{b}", "2 · (a/b)"),
        (r"\frac{1}{p} \odot t", "(1/p) ⊙ t"),
        (r"[v_0 > 0] \cdot x", "[v₀ > 0] · x"),
        (r"\frac{a + b}{c \, d}", "(a + b)/(c · d)"),
        (r"\frac{\partial v_3}{\partial v_0} \tilde{v}_3", "∂v₃/∂v₀ · ṽ₃"),
        (r"v_{13}^{2}", "v₁₃²"),
        (r"\sqrt{x}", "√x"),
        (r"\sqrt{x + 1}", "√(x + 1)"),
        (r"\operatorname{softmax}(v_0)", "softmax(v₀)"),
        (r"\mathrm{loss}_{1, \mathrm{in}}", "loss₁,in"),
        (r"\left(a + b\right) \odot c", "(a + b) ⊙ c"),
        (r"h", "h"),
    ],
)
def test_tex_is_read(tex, spoken):
    assert unicodedata.normalize("NFC", plain(read(tex))) == spoken


def test_a_variable_is_italic_and_a_function_upright():
    assert read("v")[0].text == "𝑣"
    assert read(r"\sin")[0].text.strip() == "sin"
    assert read(r"\mathrm{d}")[0].text == "d"


def test_subscripts_are_runs_of_their_own():
    assert [(run.text, run.level) for run in read("w_{11} + 1")] == [
        ("𝑤", 0),
        ("11", -1),
        (" + 1", 0),
    ]


@pytest.mark.parametrize("tex", [r"\begin{matrix}", "{x", "x}", "a & b", r"\tilde", "_", "{" * 90])
def test_what_is_beyond_a_line_is_refused_and_shown_as_it_stands(tex):
    with pytest.raises(UnreadableError):
        read(tex)
    assert plain(math(tex, "as text")) == "as text"


@given(st.text(alphabet=r"\{}_^abvx019+-*/ ,.()tildefrac&%", max_size=24))
def test_no_text_makes_the_reader_fail_in_another_way(tex):
    assert isinstance(math(tex), tuple)


def test_lines_are_put_together_with_numbers_apart():
    line = joined(math("x"), mathline.roman(" = "), (Run("2", path="f.x.value"),))
    assert [run.text for run in line] == ["𝑥 = ", "2"]


def test_width_grows_with_what_is_written():
    assert width(math("v_1")) < width(math("v_1 + v_2"))
    assert width(math(r"\tilde{v}")) == width(math("v"))
    assert width(math("v_{11}")) < width(math("v11"))
