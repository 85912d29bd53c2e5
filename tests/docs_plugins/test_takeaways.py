"""The files that a reader takes away: whole, right, and of use as they are."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from docs_plugins import compute, maths
from docs_plugins.drawing.diagram import MOST_NODES
from docs_plugins.extras import Extras, takeaways
from docs_plugins.language import parse
from docs_plugins.views import VIEWS
from docs_plugins.views.base import Request, ViewError, read_options
from tests.docs_plugins.figures import THREE, computed

if TYPE_CHECKING:
    from docs_plugins.model import Computation

BLOCKS = {
    "f": "def f(x1, x2):\n    v1 = ln(x1)\n    v2 = x1 * x2\n    v3 = sin(x2)\n    v4 = v1 + v2\n"
    "    return v4 - v3\n\nf(2, 5)\n",
    "g": "def g(a, b):\n    return a * b, where(a > b, a, b) ** 2\n\ng(0.5, -1.25)\n",
    "L": "def L(z, t):\n    return -sum(t * log(softmax(z)))\n\nL([1, 2, 0.5], [1, 0, 0])\n",
    "M": "def M(W, x):\n    return tanh(W @ x)\n\nM([[1, 2], [3, -4]], [1e-5, 1])\n",
    "named": "def named(x_one, alpha, w_in_hid, Omega, lambda_):\n"
    "    v_out = sin(x_one) ** 2 * exp(alpha)\n"
    "    both = where(v_out > w_in_hid, Omega * v_out, where(v_out < 0, -alpha, lambda_))\n"
    "    return both + maximum(x_one, alpha) * abs(w_in_hid), relu(both)\n\nnamed(1, 2, 3, 4, 5)\n",
    "constant": "def constant(x):\n    return 2 * 3\n\nconstant(1)\n",
}


@pytest.fixture(params=BLOCKS)
def computation(request: pytest.FixtureRequest) -> Computation:
    program = parse(BLOCKS[request.param])
    return compute.run(program, program.calls[0])


def test_the_data_has_every_number(computation) -> None:
    found = json.loads(takeaways.data(computation))
    assert found["block"] == computation.program.text
    for node, variable in zip(found["nodes"], computation.variables, strict=True):
        assert node["value"] == [number.value for number in variable.value]
        assert (node["adjoint"] is None) == (variable.adjoint is None)
    listed = [[entry.number.value for entry in row] for row in computation.jacobian.entries]
    assert found["jacobian"]["entries"] == listed
    assert len(found["links"]) == len(computation.links)


def test_the_data_has_each_node_as_worked_out() -> None:
    nodes = json.loads(takeaways.data(computed(THREE)))["nodes"]
    x, y = -2.0, 5.0
    v3 = x * y - np.sin(x)
    listed = {
        "x": (x, 2 * x * y - np.sin(x) - x * np.cos(x)),
        "y": (y, x * x + 1),
        "v1": (x * y, x),
        "v2": (np.sin(x), -x),
        "v3": (v3, x),
        "v4": (v3 * x, 1.0),
        "v5": (v3 * x + y, 1.0),
    }
    assert [node["name"] for node in nodes] == list(listed)
    shown = [[*node["value"], *node["adjoint"]] for node in nodes]
    assert np.allclose(shown, list(listed.values()), rtol=1e-14, atol=0)


def test_the_data_has_each_link_as_worked_out() -> None:
    links = json.loads(takeaways.data(computed(THREE)))["links"]
    x, y = -2.0, 5.0
    v3 = x * y - np.sin(x)
    listed = [
        ("v1", "x", 0, y, y * x),
        ("v2", "x", 0, np.cos(x), np.cos(x) * -x),
        ("v4", "x", 1, v3, v3),
        ("v1", "y", 1, x, x * x),
        ("v5", "y", 1, 1.0, 1.0),
        ("v3", "v1", 0, 1.0, x),
        ("v3", "v2", 1, -1.0, -x),
        ("v4", "v3", 0, x, x),
        ("v5", "v4", 0, 1.0, 1.0),
    ]
    assert [(link["from"], link["to"], link["position"]) for link in links] == [
        found[:3] for found in listed
    ]
    shown = [[*link["local_partial"], *link["contribution"]] for link in links]
    assert np.allclose(shown, [found[3:] for found in listed], rtol=1e-14, atol=0)


def test_the_figure_opens_alone(computation) -> None:
    view = VIEWS["graph"]
    text = takeaways.figure(view.render(Request(computation, read_options(view, {}), "f")))
    root = ET.fromstring(text)  # noqa: S314  it is our own
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "var(" not in text
    assert not re.search(r"url\(|<script|href=", text)


def test_a_trace_without_a_graph_on_its_page_has_its_figure(computation) -> None:
    text = takeaways.figure(Extras().graph_of(computation))
    assert "{http://www.w3.org/2000/svg}svg" in ET.fromstring(text).tag  # noqa: S314  it is our own


def test_a_graph_too_large_to_draw_is_told() -> None:
    steps = MOST_NODES // 5 + 1
    body = "".join(f"    a{i + 1} = sin(sin(sin(sin(sin(a{i})))))\n" for i in range(steps))
    program = parse(f"def f(a0):\n{body}    return a{steps}\n\nf(1)\n")
    found = compute.run(program, program.calls[0])
    with pytest.raises(ViewError, match="too many nodes to draw"):
        Extras().graph_of(found)


def test_the_table_is_latex_that_amsmath_reads(computation) -> None:
    text = takeaways.table(computation)
    lines = text.splitlines()
    assert lines[0].startswith("% ")
    body = "\n".join(lines[1:])
    assert "<math" in maths.display(body)
    rows = "\n".join(lines[2:-1]).split(r"\\" + "\n")
    if "cases" not in body:
        assert len({row.count("&") for row in rows}) == 1
    assert body.count("{") == body.count("}")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex to compile with")
def test_the_table_compiles(computation, tmp_path: Path) -> None:
    (tmp_path / "table.tex").write_text(
        "\\documentclass{article}\\usepackage{amsmath}\\begin{document}\n"
        + takeaways.table(computation)
        + "\\end{document}\n",
        encoding="utf-8",
    )
    command = ["pdflatex", "-halt-on-error", "-interaction=batchmode", "table.tex"]
    assert subprocess.run(command, cwd=tmp_path, check=False).returncode == 0


def ends(row: str) -> list[tuple[str, str]]:
    """What each side of a row derives, and how its derivation ends."""
    cells = [text.split() for text in row.split("&")]
    sides = zip(cells[::2], cells[1::2], strict=True)
    return [(*sign, " ".join(told[-2:])) for sign, told in sides if sign]


def test_the_table_ends_in_the_numbers_as_worked_out() -> None:
    table = takeaways.table(computed(THREE))
    x, y = -2.0, 5.0
    v3 = x * y - np.sin(x)
    rows = [
        [("v_{-1}", "= -2"), (r"\tilde{v}_{-1}", rf"\approx {y * x - x * np.cos(x) + v3:.4f}")],
        [(r"\tilde{v}_{-13}", rf"\approx {v3:.4f}")],
        [(r"\tilde{v}_{-12}", rf"\approx {-x * np.cos(x):.4f}")],
        [(r"\tilde{v}_{-11}", "= -10")],
        [("v_0", "= 5"), (r"\tilde{v}_0", "= 5")],
        [(r"\tilde{v}_{02}", "= 1")],
        [(r"\tilde{v}_{01}", "= 4")],
        [("v_1", "= -10"), (r"\tilde{v}_1", "= -2")],
        [("v_2", rf"\approx {np.sin(x):.4f}"), (r"\tilde{v}_2", "= 2")],
        [("v_3", rf"\approx {v3:.4f}"), (r"\tilde{v}_3", "= -2")],
        [("v_4", rf"\approx {v3 * x:.4f}"), (r"\tilde{v}_4", "= 1")],
        [("v_5", rf"\approx {v3 * x + y:.4f}"), (r"\tilde{v}_5", "= 1")],
        [("f", rf"\approx {v3 * x + y:.4f}")],
    ]
    assert [ends(row) for row in "".join(table.splitlines()[2:-1]).split(r"\\")] == rows


def test_an_array_with_one_rounded_number_is_approximate_in_the_table() -> None:
    table = takeaways.table(computed("def f(x):\n    return sum(x / 3)\n\nf([-3, 1, 6])"))
    assert "= (-3, 1, 6)" in table
    assert r"\approx (-1, 0.3333, 2)" in table


@pytest.mark.parametrize(
    ("block", "told"),
    [
        (BLOCKS["f"], r"= \tilde{v}_{01} + \tilde{v}_{02} = 2 -\cos 5 \approx 1.7163"),
        (THREE, r"= -10 + 2 \, \cos(-2) -10 - \sin(-2) \approx -19.9230"),
    ],
)
def test_a_sum_is_told_with_its_values(block: str, told: str) -> None:
    assert told in takeaways.table(computed(block))


def test_the_block_says_where_the_engine_is_to_be_had() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    program = parse(BLOCKS["f"])
    text = takeaways.snippet(compute.run(program, program.calls[0]))
    assert f"pip install git+{project['urls']['Source']}" in text


def test_the_block_runs_and_gives_the_pages_numbers(computation, capsys) -> None:
    names: dict[str, object] = {}
    exec(compile(takeaways.snippet(computation), "block.py", "exec"), names)  # noqa: S102
    assert "value:" in capsys.readouterr().out
    found = names["found"].jacobian().value
    listed = [[entry.number.value for entry in row] for row in computation.jacobian.entries]
    assert np.array_equal(np.asarray(found, dtype=float), np.array(listed))
