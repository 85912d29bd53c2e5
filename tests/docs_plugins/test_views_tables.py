"""Tables of odd blocks through plain Python-Markdown: labels, numbers and ids as they should be."""

from __future__ import annotations

import re
from html import unescape
from math import cos, sin

import pytest
from markdown import Markdown

from tests.docs_plugins.figures import THREE

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
    text = "\n\n".join([f"```minigrad\n{block.strip()}\n```", *written])
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


PART = r"\frac{\partial v_%d}{\partial %s} \cdot \tilde{v}_%d"


def trace(block: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The cells of the forward and of the backward trace by the headings of their columns."""
    _, heads, *rows = cells(page(block, "{{ f.trace }}"), "trace")
    left, right = heads[: heads.index("Adjoint")], heads[heads.index("Adjoint") :]
    forward = [row[: -len(right)] for row in rows]
    return (
        [dict(zip(left, row, strict=True)) for row in forward if row],
        [dict(zip(right, row[-len(right) :], strict=True)) for row in rows],
    )


def number(text: str) -> float:
    return float(text.lstrip("=≈ ").replace("−", "-"))


def test_a_trace_has_each_value_in_its_row() -> None:
    x, y = -2.0, 5.0
    v1, v2 = x * y, sin(x)
    v3 = v1 - v2
    v4 = v3 * x
    v5 = v4 + y
    rows = trace(THREE)[0]
    assert [row["Variable"] for row in rows] == (
        ["x", "y", "v_{-1}", "v_0", "v_1", "v_2", "v_3", "v_4", "v_5", "f"]
    )
    found = [number(row["Value"]) for row in rows]
    assert found == pytest.approx([x, y, x, y, v1, v2, v3, v4, v5, v5], abs=5e-5)


def test_a_trace_has_each_adjoint_and_contribution_in_its_row() -> None:
    x, y = -2.0, 5.0
    by_x, by_y = 2 * x * y - sin(x) - x * cos(x), x * x + 1
    expected = {
        r"\tilde{x}": by_x,
        r"\tilde{y}": by_y,
        r"\tilde{v}_{-1}": by_x,
        r"\tilde{v}_{-13}": x * y - sin(x),
        r"\tilde{v}_{-12}": -x * cos(x),
        r"\tilde{v}_{-11}": x * y,
        r"\tilde{v}_0": by_y,
        r"\tilde{v}_{02}": 1.0,
        r"\tilde{v}_{01}": x * x,
        r"\tilde{v}_1": x,
        r"\tilde{v}_2": -x,
        r"\tilde{v}_3": x,
        r"\tilde{v}_4": 1.0,
        r"\tilde{v}_5": 1.0,
    }
    rows = [row for row in trace(THREE)[1] if row["Adjoint"]]
    assert [row["Adjoint"] for row in rows] == list(expected)
    found = [number(row["Result"]) for row in rows]
    assert found == pytest.approx(list(expected.values()), abs=5e-5)


@pytest.mark.parametrize(
    ("adjoint", "rule", "local", "values"),
    [
        (
            r"\tilde{v}_{-1}",
            r"\tilde{v}_{-11} + \tilde{v}_{-12} + \tilde{v}_{-13}",
            "",
            r"-10 + 2 \, \cos(-2) -10 - \sin(-2)",
        ),
        (r"\tilde{v}_{-13}", PART % (4, "v_{-1}", 4), "v_3", r"(-10 - \sin(-2)) \cdot 1"),
        (r"\tilde{v}_{-12}", PART % (2, "v_{-1}", 2), r"\cos(v_{-1})", r"\cos(-2) \cdot 2"),
        (r"\tilde{v}_{-11}", PART % (1, "v_{-1}", 1), "v_0", r"5 \cdot (-2)"),
        (r"\tilde{v}_0", r"\tilde{v}_{01} + \tilde{v}_{02}", "", "4 + 1"),
        (r"\tilde{v}_2", PART % (3, "v_2", 3), "-1", r"-1 \cdot (-2)"),
        (r"\tilde{v}_5", r"\frac{\partial f}{\partial v_5}", "", ""),
    ],
)
def test_a_derivation_goes_from_the_rule_to_values(
    adjoint: str, rule: str, local: str, values: str
) -> None:
    (row,) = [row for row in trace(THREE)[1] if row["Adjoint"] == adjoint]
    assert row["Rule"] == f"= {rule}"
    sent = rf" \cdot {rule.rpartition(' ')[2]}"
    assert row["Local partial"] == (f"= {local}{sent}" if local else "")
    assert row["With values"] == (f"= {values}" if values else "")


def test_an_array_with_one_rounded_number_is_approximate() -> None:
    values = {
        row["Variable"]: row["Value"]
        for row in trace("def f(x):\n    return sum(x / 3)\n\nf([-3, 1, 6])")[0]
    }
    assert values["x"] == "= −3, 1, 6"
    assert values["v_1"] == "≈ −1, 0.3333, 2"


@pytest.mark.parametrize(
    ("call", "point"), [("f(-2, 5)", "(−2, 5)"), ("f([1, -2], -1e-3)", "([1, −2], −1e−3)")]
)
def test_a_trace_is_named_by_its_point(call: str, point: str) -> None:
    html = page(f"def f(x, y):\n    return x * y\n\n{call}", "{{ f.trace }}")
    assert re.findall(r'<table[^>]*aria-label="([^"]*)"', html) == [f"Trace of f at {point}"]


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


TALL = "def f(x, y):\n    return x * y, x - y**2, sin(x)\n\nf(-2, 3)"
WIDE = "def f(x, y, z):\n    return x * y, z\n\nf(-2, 3, 1)"


def test_a_jacobian_has_each_derivative_by_its_output_and_input() -> None:
    head, *rows = cells(page(TALL, "{{ f.jacobian }}"), "jacobian")
    assert [column.split("forward")[0] for column in head[1:]] == [
        r"\partial / \partial x",
        r"\partial / \partial y",
    ]
    assert [row[0][:3] for row in rows] == ["y_1", "y_2", "y_3"]
    found = [[number(re.split("(?=[=≈])", cell)[-1]) for cell in row[1:]] for row in rows]
    x, y = -2.0, 3.0
    assert found == [[y, x], [1, -2 * y], [pytest.approx(cos(x), abs=5e-5), 0]]


@pytest.mark.parametrize(
    ("block", "reverse", "forward", "mode"),
    [(TALL, 3, 2, "forward"), (WIDE, 2, 3, "reverse")],
)
def test_a_jacobian_tells_its_passes_and_the_mode_that_was_chosen(
    block: str, reverse: int, forward: int, mode: str
) -> None:
    html = page(block, "{{ f.jacobian }}")
    passes = "forward pass 1", "forward pass 2"
    if mode == "reverse":
        passes = "backward pass 1", "backward pass 2"
    assert tuple(re.findall(r'<span class="mg-pass">(.*?)</span>', html)) == passes
    (found,) = re.findall('<p class="mg-passes">(.*?)</p>', html)
    assert re.sub("<[^>]*>", "", found) == (
        f"Reverse mode takes {reverse} backward passes, one for each output; forward mode takes"
        f" {forward} forward passes, one for each input. The engine chose {mode} mode here."
    )


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
