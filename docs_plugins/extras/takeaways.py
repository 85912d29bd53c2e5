"""What a reader can take away of a trace: its data, figure, table and block, each as a file."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from docs_plugins.extras.provenance import call_of
from docs_plugins.model import Computation, Formula, Link, Number, Variable, summands
from docs_plugins.naming import sign
from docs_plugins.numbers import show

SOURCE = "https://github.com/ganindu7/deepnotes"  # as pyproject.toml has it
ENCODE = json.JSONEncoder(ensure_ascii=False).encode


def files(computation: Computation, graph: str | None) -> dict[str, tuple[str, str]]:
    """Each file's ending and content by its name on the page.

    `graph` is the block's graph; without one there is no figure to take.
    """
    made = {
        "Data (JSON)": (".json", data(computation)),
        "Figure (SVG)": (".svg", figure(graph or "")),
        "Table (LaTeX)": (".tex", table(computation)),
        "Block (Python)": (".py", snippet(computation)),
    }
    return {name: found for name, found in made.items() if found[1]}


# --- data


def data(computation: Computation) -> str:
    """The trace as JSON: every node, link and entry of the Jacobian with its numbers."""
    single = all(variable.adjoint is not None for variable in computation.variables)
    written = {
        "name": computation.name,
        "block": computation.program.text,
        "call": call_of(computation),
        "engine": f"minigrad {computation.engine}",
        "nodes": [_node(variable, computation) for variable in computation.variables],
        "links": [_link(link, computation) for link in computation.links],
        "outputs": [
            {"name": output.label, "shape": output.shape, "value": _values(output.value)}
            for output in computation.outputs
        ],
        "jacobian": {
            "rows": [row.text for row in computation.jacobian.rows],
            "columns": [column.text for column in computation.jacobian.columns],
            "entries": [
                [entry.number.value for entry in row] for row in computation.jacobian.entries
            ],
            "symbolic": [[entry.plain for entry in row] for row in computation.jacobian.entries],
        },
    }
    if not single:
        written["note"] = "several outputs: adjoints and contributions depend on the output chosen"
    lines = (f"{ENCODE(k)}: {ENCODE(v)}" for k, v in written.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _values(found: tuple[Number, ...] | None) -> list[float] | None:
    return None if found is None else [number.value for number in found]


def _node(variable: Variable, computation: Computation) -> dict[str, Any]:
    return {
        "name": variable.address,
        "symbol": variable.symbol.text,
        "operation": variable.operation,
        "formula": variable.plain,
        "operands": [computation.variables[index].address for index in variable.operands],
        "shape": variable.shape,
        "value": _values(variable.value),
        "adjoint": _values(variable.adjoint),
    }


def _link(link: Link, computation: Computation) -> dict[str, Any]:
    return {
        "path": link.address,
        "from": computation.variables[link.consumer].address,
        "to": computation.variables[link.operand].address,
        "position": link.position,
        "partial": link.plain,
        "local_partial": _values(link.partial),
        "contribution": _values(link.value),
    }


# --- figure


def figure(drawn: str) -> str:
    """A graph of the page as an SVG that opens alone, in the system's fonts."""
    found = re.search(r"<svg.*</svg>", drawn, re.DOTALL)
    if found is None:
        return ""
    from docs_plugins.drawing.standalone import standalone  # noqa: PLC0415  few pages draw graphs

    return standalone(found[0])


# --- table


def table(computation: Computation) -> str:
    """The trace as a LaTeX array, as is in a document that loads amsmath."""
    backward = all(variable.adjoint is not None for variable in computation.variables)
    rows = []
    for variable in computation.variables:
        rows += _rows(computation, variable) if backward else [_forward(variable)]
    for output in computation.outputs:
        variable_ = None if output.variable is None else computation.variables[output.variable]
        if variable_ is not None and variable_.symbol != output.symbol:
            rows.append(
                f"{output.symbol.tex} &= {variable_.symbol.tex}{_result(output.value)}"
                + " &&" * backward
            )
    body = " \\\\\n".join(f"  {row}" for row in rows)
    said = "forward trace on the left, backward trace on the right" if backward else "forward trace"
    return (
        f"% The trace of {call_of(computation)}: {said}. Needs amsmath; computed by"
        f" minigrad {computation.engine}.\n"
        f"\\begin{{align*}}\n{body}\n\\end{{align*}}\n"
    )


def _forward(variable: Variable) -> str:
    told = [variable.formula, variable.substituted]
    return f"{variable.symbol.tex} &{_chain(variable.symbol, told)}{_result(variable.value)}"


def _rows(computation: Computation, variable: Variable) -> list[str]:
    """A node's value beside its adjoint, then a row for each contribution."""
    links = computation.links_into(variable.index)
    right = [_seed(computation, variable)]
    if len(links) == 1:
        right = [_contribution(links[0])]
    elif links:
        total = Formula(" + ".join(link.symbol.tex for link in links), "")
        symbol = variable.adjoint_symbol
        told = [total, summands(links)]
        right = [f"{symbol.tex} &{_chain(symbol, told)}{_result(variable.adjoint)}"]
        right += [_contribution(link) for link in reversed(links)]
    left = [_forward(variable), *["&"] * (len(right) - 1)]
    return [f"{one} & {other}" for one, other in zip(left, right, strict=True)]


def _seed(computation: Computation, variable: Variable) -> str:
    rule = []
    if any(output.variable == variable.index for output in computation.outputs):
        name = sign(computation.program.function).formula.tex
        rule = [Formula(rf"\frac{{\partial {name}}}{{\partial {variable.symbol.tex}}}", "")]
    symbol = variable.adjoint_symbol
    return f"{symbol.tex} &{_chain(symbol, rule)}{_result(variable.adjoint)}"


def _contribution(link: Link) -> str:
    told = [link.rule, link.factored, link.substituted]
    return f"{link.symbol.tex} &{_chain(link.symbol, told)}{_result(link.value)}"


def _chain(symbol: Formula, told: Sequence[Formula | None]) -> str:
    """= rule = local partial = with values."""
    return " ".join(f"= {found.tex}" for found in told if found is not None and found != symbol)


def _result(found: tuple[Number, ...] | None) -> str:
    """The number with its sign, or an array's first numbers."""
    if not found:
        return ""
    shown = [show(number) for number in found[:6]]
    exact = all(one.relation == "=" for one in shown) and len(found) <= 6
    numbers = ", ".join(one.tex for one in shown) + (r", \dots" if len(found) > 6 else "")
    inside = numbers if len(found) == 1 else f"({numbers})"
    return f" {'=' if exact else chr(92) + 'approx'} {inside}"


# --- block


def snippet(computation: Computation) -> str:
    """The block as a program that runs where minigrad is, and prints what the page shows."""
    function, call = computation.program.function, call_of(computation)
    text = computation.program.text.strip()
    definition = text[: _end_of_function(text)]
    arguments = call.removeprefix(f"{function}(")[:-1]
    return (
        f'"""{call} and its derivatives, as the page shows them.\n\n'
        f"minigrad is the engine of deepnotes: pip install git+{SOURCE}\n"
        '"""\n\n'
        "import minigrad\n"
        "from minigrad import *\n"
        "from minigrad import ln\n\n\n"
        f"{definition}\n\n\n"
        f"found = minigrad.trace({function}, {arguments})\n"
        'print("value:", found.value)\n'
        'print("derivatives, a row for each output:", found.jacobian().value)\n'
    )


def _end_of_function(text: str) -> int:
    """Where the function's text ends: before the first line after it that is not indented."""
    for line in re.finditer(r"^(?!def\b|#)\S.*$", text, re.MULTILINE):
        if line.start():
            return len(text[: line.start()].rstrip())
    return len(text)
