"""What the Backpropagation page publishes, held against the survey, formulas and the old slips."""

import re
from html import unescape
from pathlib import Path

import pytest
from markdown import Markdown

from docs_plugins.markdown import MinigradExtension

ROOT = Path(__file__).parents[2]
SOURCE = (ROOT / "docs" / "backpropagation.md").read_text(encoding="utf-8")
NUMBER = re.compile(r'data-mg="([^"]+)"[^>]*>([^<]+)<')

# the running example's table in arXiv:1502.05767, to the places that it is printed with here
TABLE = {
    "f.x1.value": "2", "f.x2.value": "5", "f.v1.value": "0.6931", "f.v2.value": "10",
    "f.v3.value": "−0.9589", "f.v4.value": "10.6931", "f.value": "11.6521",
    "f.v5.adjoint": "1", "f.v4.adjoint": "1", "f.v3.adjoint": "−1", "f.v2.adjoint": "1",
    "f.v1.adjoint": "1", "f.x2.from.v2": "2", "f.x2.from.v3": "−0.2837", "f.x2.adjoint": "1.7163",
    "f.x1.from.v1": "0.5", "f.x1.from.v2": "5", "f.x1.adjoint": "5.5",
}  # fmt: skip


@pytest.fixture(scope="module")
def page():
    extensions = [MinigradExtension(formulas=True, path="backpropagation.md"), "fenced_code"]
    extensions += ["tables", "admonition", "attr_list", "meta", "footnotes"]
    extensions += ["pymdownx.blocks.caption", "pymdownx.mark"]
    return Markdown(extensions=extensions).convert(SOURCE)


def shown(html):
    return {unescape(path): number for path, number in NUMBER.findall(html)}


def number(text):
    return float(text.replace("−", "-"))


def test_table_1_has_the_survey_s_values(page):
    table = re.search(r'<figure id="table-1">.*?</figure>', page, re.DOTALL)[0]
    found = shown(table)
    for path, value in TABLE.items():
        if path == "f.value":
            path = r"f\.(v5\.|y\.)?value"  # noqa: PLW2901
        elif path in {f"f.v{i}.adjoint" for i in range(1, 5)}:  # the one link's contribution
            path = path.replace("adjoint", r"(adjoint|from\.v\d)")  # noqa: PLW2901
        values = {found[name] for name in found if re.fullmatch(path, name)}
        assert values == {value}, path


def test_softmax_s_jacobian_is_the_formula(page):
    found = shown(page)
    for row in range(3):
        for column in range(row, 3):
            entry = number(found[f"scores.jacobian.p[{row}].z[{column}]"])
            formula = number(found[f"formula.value[{row},{column}]"])
            assert entry == pytest.approx(formula, abs=1e-4)


def test_the_gradient_of_cross_entropy_collapses(page):
    found = shown(page)
    for i in range(3):
        difference = number(found[f"L.p[{i}].value"]) - number(found[f"L.t[{i}].value"])
        assert number(found[f"L.z[{i}].adjoint"]) == pytest.approx(difference, abs=1.5e-4)


def test_a_step_of_training_lowers_the_error(page):
    found = shown(page)
    errors = [number(found[f"E.descent.{step}.error"]) for step in range(31)]
    assert errors == sorted(errors, reverse=True)
    assert errors[1] < errors[0]


@pytest.mark.parametrize(
    "part",
    ["figure-1", "figure-2", "figure-3", "figure-4", "figure-5", "figure-6", "table-1"],
)
def test_every_figure_and_table_is_there_by_its_number(page, part):
    figure = re.search(rf'<figure id="{part}">.*?</figure>', page, re.DOTALL)[0]
    kind, _, place = part.partition("-")
    assert f"{kind.capitalize()} {place}." in figure
    assert "<svg" in figure or "<table" in figure


def test_the_equations_are_numbered_one_to_four(page):
    assert re.findall(r'mg-equation-number"[^>]*>(?:<a[^>]*>)?\((\d)\)', page) == list("1234")


@pytest.mark.parametrize(
    "slip", ["0.2836", "respect to $z$", r"\partial v_2}{v_0", "yj", "<script", "mathjax"]
)
def test_the_old_slips_are_gone(page, slip):
    assert slip not in SOURCE
    assert slip not in re.sub(r"0\.2836\d", "", page)


@pytest.mark.parametrize("section", ["Introduction", "Loss", "Automatic differentiation"])
def test_what_is_to_be_remembered_is_marked(page, section):
    if section == "Automatic differentiation":
        assert page.count("<mark>") == 3
    else:
        part = page.split(section, 1)[1].split("<h2", 1)[0]
        assert "<mark>" in part
