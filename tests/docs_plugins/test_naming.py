"""Names as a page shows them: letters, subscripts, accents, adjoints, elements."""

from __future__ import annotations

import pytest

from docs_plugins.naming import sign, signs, wengert


@pytest.mark.parametrize(
    ("name", "tex", "text"),
    [
        ("x", "x", "x"),
        ("x1", "x_1", "x₁"),
        ("w11", "w_{11}", "w₁₁"),
        ("alpha", r"\alpha", "α"),
        ("alpha_1", r"\alpha_1", "α₁"),
        ("W_in", r"W_{\mathrm{in}}", "W_in"),
        ("W1_in", r"W_{1, \mathrm{in}}", "W₁,in"),
        ("x_i", "x_i", "x_i"),
        ("y_hat", r"\hat{y}", "y_hat"),
        ("y2_bar", r"\bar{y}_2", "y_bar₂"),
        ("loss", r"\mathrm{loss}", "loss"),
        ("very_long_name", r"\mathrm{very}_{\mathrm{long name}}", "very_long name"),
    ],
)
def test_a_name_is_read_as_mathematics(name: str, tex: str, text: str) -> None:
    assert (sign(name).formula.tex, sign(name).formula.text) == (tex, text)


@pytest.mark.parametrize(
    ("name", "tex"),
    [
        ("x1", r"\tilde{x}_1"),
        ("W_in", r"\tilde{W}_{\mathrm{in}}"),
        ("loss", r"\tilde{\mathrm{loss}}"),
        ("y_hat", r"\tilde{\hat{y}}"),
    ],
)
def test_an_adjoint_has_its_tilde_on_the_letter(name: str, tex: str) -> None:
    assert sign(name).adjoint.tex == tex


def test_contributions_are_counted_behind_the_subscript() -> None:
    assert wengert(0).contribution(1).tex == r"\tilde{v}_{01}"
    assert wengert(-1).contribution(2).tex == r"\tilde{v}_{-12}"
    assert sign("x").contribution(1).tex == r"\tilde{x}_1"


@pytest.mark.parametrize(
    ("name", "suffix", "tex"),
    [
        ("p", "[0]", "p_1"),
        ("W", "[0,1]", "W_{1,2}"),
        ("x1", "[2]", "x_{1,3}"),
        ("W_in", "[0]", r"W_{\mathrm{in},1}"),
        ("x", "", "x"),
    ],
)
def test_elements_are_counted_from_1(name: str, suffix: str, tex: str) -> None:
    assert sign(name).element(suffix).formula.tex == tex


def shown(names: list[str | None], inputs: int) -> list[str]:
    return [one.formula.tex for one in signs(names, inputs)]


def test_a_block_without_names_of_its_own_is_a_wengert_list() -> None:
    assert shown(["x1", "x2", None, "v2"], 2) == ["v_{-1}", "v_0", "v_1", "v_2"]


def test_a_block_with_names_of_its_own_is_shown_in_those() -> None:
    assert shown(["x", "w", None, "h"], 2) == ["x", "w", "v_1", "h"]
