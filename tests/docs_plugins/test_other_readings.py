"""A slip in how an operation prints, or in its value on fractions, is found before it is shown."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest

import minigrad as mg
from docs_plugins import compute, language
from minigrad.operation import OPERATIONS

TEXT = """
def f(x):
    s = sigmoid(x - 2)
    r = exp(x - 2)
    t = sin(x - 2)
    return s * (1 - s) + r + t

f(2)
"""


def computed(text: str = TEXT) -> None:
    program = language.parse(text)
    compute.run(program, program.calls[0])


BRACKETS = [
    (name, found[0], found[1])
    for name, operation in OPERATIONS.items()
    for found in re.finditer(r"\{(\d):[2-9]\}", operation.tex)
]


@pytest.mark.parametrize(("name", "operand", "place"), BRACKETS)
def test_brackets_left_out_are_found(
    name: str, operand: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        OPERATIONS[name], "tex", OPERATIONS[name].tex.replace(operand, f"{{{place}:1}}")
    )
    with pytest.raises(compute.ComputationError, match=f"the formula of {name}"):
        computed()


SLIPS: dict[str, Any] = {
    "exp": {0: 2}.get,
    "cos": lambda x: 0,
    "sigmoid": {0: "1/4"}.get,
    "sqrt": lambda x: Fraction(2) if x == 4 else Fraction(3) if x == 1 else None,
    "divide": lambda a, b: b / a if a else None,
    "power": lambda a, b: Fraction(7) if (a, b) == (4, Fraction(1, 2)) else None,
}


@pytest.mark.parametrize("name", SLIPS)
def test_a_wrong_value_on_fractions_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OPERATIONS[name], "exact", SLIPS[name])
    with pytest.raises(compute.ComputationError, match="on fractions"):
        computed()


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    gap = x - 1\n    return gap**2\n\nf(1.000001)",
        "def f(x):\n    return sigmoid(0.1 + 0.2 - 0.3 + x) * exp(x)\n\nf(0)",
        "def f(x):\n    k = 0.1 + 0.2 - 0.3\n    return k * x\n\nf(2)",
    ],
)
def test_floats_whose_terms_cancel_are_no_slip(text: str) -> None:
    computed(text)


SCRIPTS = {
    "sin": "Math.cos({0})",
    "subtract": "{0:1} - {1:1}",
    "multiply": "{0:1} * {1:2}",
    "sigmoid": "1 / (1 + Math.exp({0:3}))",
    "power": "Math.pow({1}, {0})",
    "relu": "{0}",
    "greater": "+({0:1} >= {1:1})",
    "where": "({0:1} ? {2:1} : {1:1})",
    "xlogy": "{0:3} * Math.log({1})",
    "tanh_slope": "((t) => 2 * t / ((1 + t) * (1 + t)))(Math.exp(-2 * Math.abs({1})))",
    "exp": "Math.exp({0}) {0}",
    "log": "Math.ln({0})",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_wrong_javascript_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OPERATIONS[name], "javascript", SCRIPTS[name])
    with pytest.raises(compute.ComputationError, match=f"{name} is .* in JavaScript"):
        computed()


BRANCHES: dict[str, Any] = {
    "tanh_slope": lambda y, x: 1.0 + y * y,
    "sigmoid_slope": lambda y, x: y * y,
    "arctan_slope": lambda x: 1.0 / (1.0 - x * x),
    "log1p": lambda x: mg.log(x - 1.0),
    "scaled_power": lambda c, a, b: c * b**a,
    "xlogy": lambda a, b: b * mg.log(a),
    "log_power": lambda k, a, b: a**b * mg.log(b) ** k,
    "wins": mg.less,
}


@pytest.mark.parametrize("name", BRANCHES)
def test_a_guard_that_prints_another_branch_is_found(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OPERATIONS[name], "generic", BRANCHES[name])
    with pytest.raises(compute.ComputationError, match="printed as something else"):
        computed()


def test_all_readings_agree_as_they_are() -> None:
    computed()
