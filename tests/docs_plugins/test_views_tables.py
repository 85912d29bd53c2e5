"""Tables of odd blocks through plain Python-Markdown: labels, numbers and ids as they should be."""

from __future__ import annotations

import re
from html import unescape

import pytest
from markdown import Markdown

BLOCKS = {
    "an input returned": "def f(x):\n    return x\n\nf(3)",
    "a constant returned": "def f(x):\n    return x * 2, 1/3\n\nf(3)",
    "the same twice": "def f(x):\n    return x * x + stack([x, x])[0]\n\nf(3)",
    "deep names": "def f(W_in, y_hat, alpha_1):\n    h_out = relu(W_in @ y_hat)\n"
    "    return h_out * alpha_1\n\nf([[1, 2], [3, -4]], [1, 1], 2)",
    "mixed shapes": "def f(W):\n    return sum(W), W[0], softmax(W[:, 1])\n\nf([[1, 2], [3, 4]])",
    "one element": "def f(x):\n    return max(x) + x\n\nf([3])",
    "unused": "def f(x, y):\n    return where(x > 1, x, 0)\n\nf(3, [1, 2])",
    "a stack of matrices": "def f(T):\n    return T @ T\n\nf([[[1, 2], [3, 4]]])",
    "tails": "def f(x):\n    return softmax(x)\n\nf([40, 0, 1])",
}


def page(block: str, *written: str) -> str:
    text = "\n\n".join([f"```minigrad\n{block}\n```", *written])
    return Markdown(extensions=["minigrad"]).convert(text)


@pytest.mark.parametrize("name", BLOCKS)
def test_every_view_of_an_odd_block_is_whole(name: str) -> None:
    html = page(BLOCKS[name], "{{ f.trace }}", "{{ f.jacobian }}", "{{ f.graph }}")
    ids = re.findall(r'\bid="([^"]*)"', html)
    assert len(ids) == len(set(ids))
    seen = re.sub(r'\sdata-[\w-]+="[^"]*"', "", html)
    for mark in ("mg-problem", "<merror", "\\", "nan", "None", "_{"):
        assert mark not in seen
    assert html.count("<td") == html.count("</td>")


def cells(html: str, view: str) -> list[list[str]]:
    """The rows of one view as running text, formulas by their TeX."""
    (table,) = re.findall(rf'id="f-{view}".*?</table>', html, re.DOTALL)
    table = re.sub(r'<math[^>]*data-tex="([^"]*)".*?</math>', r"\1", table, flags=re.DOTALL)
    rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    texts = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[unescape(re.sub("<[^>]*>", "", text)).strip() for text in row] for row in texts]


def test_a_trace_writes_constants_as_typed() -> None:
    html = page("def f(x):\n    return ln(2) * x + 1/3\n\nf(6)", "{{ f.trace }}")
    rows = {row[0]: row for row in cells(html, "trace")}
    assert rows["v_1"][1:4] == [r"= (\ln 2) \, v_0", r"= (\ln 2) \cdot 6", "≈ 4.1589"]
    assert rows["v_2"][1] == r"= v_1 + \frac{1}{3}"


def test_a_jacobian_labels_outputs_and_elements() -> None:
    html = page(BLOCKS["deep names"], "{{ f.jacobian }}")
    head, *rows = cells(html, "jacobian")
    columns = [rf"W_{{\mathrm{{in}},{i},{j}}}" for i in (1, 2) for j in (1, 2)]
    columns += [rf"\hat{{y}}_{i}" for i in (1, 2)]
    assert head[1:] == [rf"\partial / \partial {c}" for c in [*columns, r"\alpha_1"]]
    assert [re.sub("backward pass .", "", row[0]) for row in rows] == ["y_1", "y_2"]
    assert [cell.split("= ")[-1] for cell in rows[0][1:]] == ["2", "2", "0", "0", "2", "4", "3"]


def test_a_saturated_softmax_keeps_its_digits_on_the_page() -> None:
    html = page(BLOCKS["tails"], "{{ f.jacobian }}", "At {{ =f.jacobian.y[0].x[0] }}.")
    assert cells(html, "jacobian")[1][1] == r"y_{1} \, (1 - y_{1})≈ 1.5797×10⁻¹⁷"
    assert "1.5797×10⁻¹⁷</span>.</p>" in html


def test_a_tie_has_its_footnote_below_the_table() -> None:
    html = page("def f(x):\n    return max(x)\n\nf([1, 2, 2])", "{{ f.trace }}")
    note = "max has no derivative at a tie; the largest or smallest share equally"
    assert f'<li id="f-trace-note-1">{note}</li>' in html
    assert 'href="#f-trace-note-1"' in html


def test_twenty_four_calls_of_one_function_are_twenty_four_tables() -> None:
    calls = "\n".join(f"c{i} = f({i})" for i in range(24))
    views = [f"{{{{ c{i}.trace }}}}" for i in range(24)]
    html = page(f"def f(x):\n    return x * x\n\n{calls}", *views)
    assert [f'id="c{i}-trace"' in html for i in range(24)] == [True] * 24
    assert html.count("<table") == 24


def test_a_sum_of_many_contributions_is_shortened() -> None:
    terms = "\n".join(f"    a{i} = x * {i + 2}" for i in range(70))
    total = " + ".join(f"a{i}" for i in range(70))
    html = page(f"def f(x):\n{terms}\n    return {total}\n\nf(2)", "{{ f.trace }}")
    assert r"\tilde{x}_1 + \tilde{x}_2 + \dots + \tilde{x}_{70}" in html
    assert html.count("mg-part") == 70
