"""The second opinion: right in tails and at kinks, and what it is compared with is compared."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from docs_plugins.language import ProgramError, parse
from docs_plugins.second import agreement, opinion
from docs_plugins.second.evaluation import Opinion, compute
from docs_plugins.second.slopes import MP


def ask(text: str) -> Opinion:
    program = parse(text)
    return opinion(program, program.calls[0])


def slope(expression: str, x: str) -> float:
    """The derivative of an expression of one number."""
    return float(ask(f"def f(x): return {expression}\nf({x})").jacobian[0][0])


def test_the_running_example() -> None:
    found = ask("def f(x1, x2): return ln(x1) + x1*x2 - sin(x2)\nf(2, 5)")
    assert float(found.values[6]) == math.log(2) + 10 - math.sin(5)
    assert [float(found.adjoints[index]) for index in range(7)] == pytest.approx(
        [5.5, 5 * 0 + 2 - math.cos(5), 1, 1, 1, -1, 1], rel=1e-15
    )
    assert {key: float(value) for key, value in found.contributions.items()} == pytest.approx(
        {
            (0, 2, 0): 0.5,
            (0, 3, 0): 5,
            (1, 3, 1): 2,
            (1, 5, 0): -math.cos(5),
            (2, 4, 0): 1,
            (3, 4, 1): 1,
            (4, 6, 0): 1,
            (5, 6, 1): -1,
        }
    )
    assert [float(entry) for entry in found.jacobian[0]] == pytest.approx([5.5, 2 - math.cos(5)])


@pytest.mark.parametrize(
    ("expression", "x", "expected"),
    [
        ("sigmoid(x)", "40", 4.248354255291589e-18),
        ("sigmoid(x)", "-700", 9.859676543759771e-305),
        ("sigmoid(x)", "700", 9.859676543759771e-305),
        ("tanh(x)", "20", 1.699341702116366e-17),
        ("tanh(x)", "-350", 3.943870617503908e-304),
        ("softplus(x)", "-700", 9.859676543759771e-305),
        ("softplus(x)", "700", 1.0),
        ("logsumexp([x, 0])", "-700", 9.859676543759771e-305),
        ("softmax([x, 0])[0]", "700", 9.859676543759771e-305),
        ("log(1 + x)", "-0.9999999999999999", 1e16),
        ("log1p(x)", "-0.9999999999999999", 1e16),
        ("sin(x)", "1e22", 0.5232147853951389),
        ("x ** 3", "0", 0.0),
        ("x ** 2", "0", 0.0),
        ("x ** 1", "0", 1.0),
        ("x ** 0", "0", 0.0),
        ("x ** 1.1", "0", 0.0),
        ("x ** 3", "-2", 12.0),
        ("x ** -1", "-2", -0.25),
        ("0 ** x", "2", 0.0),
        ("x * x", "3", 6.0),
        ("x ** x", "2", 4 * (math.log(2) + 1)),
        ("prod([x, 0, 2])", "0", 0.0),
        ("prod([x, 3, 2])", "0", 6.0),
        ("relu(x)", "0", 0.0),
        ("relu(x)", "1e-300", 1.0),
        ("abs(x)", "0", 0.0),
        ("abs(x)", "-1e-300", -1.0),
        ("maximum(x, 2)", "2", 0.5),
        ("minimum(2, x)", "2", 0.5),
        ("maximum(x, x)", "2", 1.0),
        ("max([x, 2, 2, 2])", "2", 0.25),
        ("min([x, 2, 1])", "2", 0.0),
        ("where(x > 2, x * x, x)", "2", 1.0),
        ("where(x >= 2, x * x, x)", "2", 4.0),
        ("where(x == 2, 3 * x, x)", "2", 3.0),
        ("exp(x) - exp(x)", "2", 0.0),
        ("1 / x", "1e-300", -math.inf),
        ("1 / x", "1e-100", -1e200),
        ("exp(x)", "700", 1.0142320547350045e304),
    ],
)
def test_derivatives_at_kinks_and_in_tails(expression: str, x: str, expected: float) -> None:
    assert slope(expression, x) == pytest.approx(expected, rel=1e-14, abs=1e-29)


def test_decimals_are_exact() -> None:
    found = ask("def f(x): return 0.1 + x - 0.3\nf(0.2)")
    assert abs(found.values[found.program.outputs[0]]) < MP.mpf("1e-60")


def test_steps_that_no_parameter_reaches_have_values_alone() -> None:
    found = ask("def f(x, y): return sqrt(2 * 8) * x\nf(3, 4)")
    assert [float(value) for value in found.values] == [3, 4, 16, 4, 12]
    assert {key: float(value) for key, value in found.adjoints.items()} == {0: 4, 1: 0, 4: 1}
    assert set(found.contributions) == {(0, 4, 1)}


def test_several_outputs_have_a_jacobian_alone() -> None:
    found = ask("def f(x, y): return x * y, stack([x, y]) @ [1, 2], 3\nf(3, 4)")
    assert np.array(found.jacobian, dtype=float).tolist() == [[4, 3], [1, 2], [0, 0]]
    assert found.adjoints == found.contributions == {}
    assert float(found.partials[2, 0]) == pytest.approx(4)


def test_a_repeated_operand_sums_what_comes_back() -> None:
    found = ask("def f(W, b): return sum(W * b + b)\nf([[1, 2], [3, 4]], [5, 6])")
    plain = {key: np.asarray(v, dtype=float).tolist() for key, v in found.contributions.items()}
    assert plain[1, 2, 1] == [4, 6]
    assert plain[1, 3, 1] == [2, 2]
    assert plain[0, 2, 0] == [[5, 6], [5, 6]]
    assert np.asarray(found.adjoints[1], dtype=float).tolist() == [6, 8]
    assert found.partials[2, 1].shape == (2, 2)


def test_softmax_is_its_formula() -> None:
    found = ask("def f(z): return softmax(z)\nf([1, 2, 0.5])")
    weights = np.exp([1, 2, 0.5])
    p = weights / weights.sum()
    expected = np.diag(p) - np.outer(p, p)
    np.testing.assert_allclose(np.array(found.jacobian, dtype=float), expected, rtol=1e-13)


def test_what_has_no_real_value_is_not_a_number() -> None:
    found = ask("def f(x): return sqrt(x) + log(x) + 1 / (x + 1)\nf(-1)")
    assert all(math.isnan(float(found.values[step])) for step in found.program.outputs)


@pytest.mark.parametrize(
    "body",
    [
        "softmax(concatenate([" + "z, " * 20 + "z]))",
        "prod(concatenate([" + "z, " * 80 + "z]))",
    ],
)
def test_what_would_take_long_is_refused(body: str) -> None:
    body = body.replace(", ", ",\n")
    with pytest.raises(ProgramError, match="too large to be computed a second way"):
        ask(f"def f(z): return {body}\nf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])")


# --- agreement


def everything(found: Opinion) -> dict[tuple[Any, ...], Any]:
    """An opinion as an engine would claim it: in doubles."""

    def doubles(value: Any) -> Any:
        return np.vectorize(float, otypes=[float])(value)

    claims: dict[tuple[Any, ...], Any] = {}
    claims.update({("value", i): doubles(v) for i, v in enumerate(found.values)})
    claims.update({("adjoint", i): doubles(v) for i, v in found.adjoints.items()})
    claims.update({("partial", *key): doubles(v) for key, v in found.partials.items()})
    claims.update({("contribution", *key): doubles(v) for key, v in found.contributions.items()})
    for row, entries in enumerate(found.jacobian):
        claims.update({("jacobian", row, c): doubles(entry) for c, entry in enumerate(entries)})
    return claims


BLOCKS = [
    "def f(x1, x2): return ln(x1) + x1*x2 - sin(x2)\nf(2, 5)",
    "def f(W, x): return sum(tanh(W @ x) ** 2)\nf([[1, -2], [0.5, 3]], [0.3, 0.7])",
    "def f(z): return softmax(z), logsumexp(z)\nf([1, 2, 0.5])",
]


@pytest.mark.parametrize("text", BLOCKS)
def test_every_entry_is_compared_and_a_change_of_one_in_1e9_is_found(text: str) -> None:
    found = ask(text)
    claims = everything(found)
    numbers = sum(value.size for value in claims.values())
    assert agreement(claims, found).compared == numbers
    assert agreement(claims, found).disagreements == ()
    changed = {key: value * (1 + 1e-9) for key, value in claims.items()}
    wrong = agreement(changed, found).disagreements
    assert [(w.key, w.element) for w in wrong] == [
        (key, element) for key, value in claims.items() for element in range(value.size)
    ]
    assert all(w.engine == changed[w.key].flat[w.element] for w in wrong)
    assert not any(w.rounding for w in wrong)


@pytest.mark.parametrize("text", BLOCKS)
def test_rounding_by_two_units_everywhere_is_no_disagreement(text: str) -> None:
    found = ask(text)
    for sign in (1, -1):
        factor = 1 + sign * MP.mpf("4e-16")
        shaken = compute(found.program, found.call, factor.__mul__)
        assert agreement(everything(shaken), found).disagreements == ()


@pytest.mark.parametrize(
    ("text", "key", "claim"),
    [
        ("def f(x): return x + 0.1 - 0.3\nf(0.2)", ("value", 2), 5.551115123125783e-17),
        ("def f(x): return sin(x)\nf(3.141592653589793)", ("value", 1), math.sin(math.pi)),
        ("def f(x): return x * x - 2\nf(1.4142135623730951)", ("value", 2), 4.440892098500626e-16),
        ("def f(x): return sum([1e16, x, -1e16])\nf(1)", ("value", 2), 0.0),
        ("def f(x): return 1 - tanh(x) ** 2\nf(20)", ("value", 3), 0.0),
        ("def f(x): return exp(x) - exp(x)\nf(1)", ("adjoint", 0), 1e-17),
        (
            "def f(x): return sin(x * 3)\nf(0.5235987755982988)",
            ("adjoint", 0),
            1.8369701987210297e-16,
        ),
    ],
)
def test_what_cancelled_is_excused(text: str, key: tuple[Any, ...], claim: float) -> None:
    assert agreement({key: claim}, ask(text)).disagreements == ()


@pytest.mark.parametrize(
    ("text", "key", "claim"),
    [
        ("def f(x, y): return relu(x - y)\nf(2, 2)", ("partial", 3, 0), 1.0),
        ("def f(x, y): return abs(x - y)\nf(2, 2)", ("adjoint", 0), 1.0),
        ("def f(x, y): return maximum(x, y)\nf(2, 2)", ("adjoint", 0), 1.0),
        ("def f(x): return max([x, 2, x])\nf(2)", ("adjoint", 0), 0.5),
        ("def f(x): return sigmoid(x)\nf(40)", ("adjoint", 0), 0.0),
        ("def f(x): return x + 0.1 - 0.3\nf(0.2)", ("value", 2), 1e-9),
        ("def f(x): return x - x\nf(1)", ("adjoint", 0), 1e-9),
        ("def f(x): return x\nf(1)", ("value", 0), math.nan),
        ("def f(x): return x\nf(1)", ("value", 0), math.inf),
        ("def f(x): return sqrt(x)\nf(-1)", ("value", 1), 1.0),
    ],
)
def test_what_is_wrong_is_not_excused(text: str, key: tuple[Any, ...], claim: float) -> None:
    (wrong,) = agreement({key: claim}, ask(text)).disagreements
    assert wrong.key == key


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("def f(x): return relu(0.1 + x - 0.3)\nf(0.2)", 1.0),
        ("def f(x): return abs(0.1 + x - 0.3)\nf(0.2)", 1.0),
        ("def f(x): return tan(x)\nf(1.5707963267948966)", 2.6670937881135714e32),
        ("def f(x): return where(0.1 + x > 0.3, x * x, x)\nf(0.2)", 0.4),
    ],
)
def test_where_rounding_may_decide_it_is_said(text: str, claim: float) -> None:
    (wrong,) = agreement({("adjoint", 0): claim}, ask(text)).disagreements
    assert wrong.rounding


def test_a_claim_of_another_shape_is_no_comparison() -> None:
    with pytest.raises(ValueError, match="2 numbers where there are 1"):
        agreement({("value", 0): [1.0, 1.0]}, ask("def f(x): return x\nf(1)"))


def test_cancelled_terms_are_refused_where_shaking_them_would_take_long() -> None:
    """The gradient of a sum of softmax is 0, so rounding decides about what is left of it."""
    for count, much in ((4, False), (30, True)):
        numbers = ", ".join(["0.5"] * count)
        text = f"def f(x):\n    return sum(softmax(x))\n\nf([{numbers}])"
        found = ask(text)
        claims = {("adjoint", 0): [1e-17] * count}
        if much:
            with pytest.raises(ProgramError, match="too large to be computed a second way"):
                agreement(claims, found)
        else:
            assert agreement(claims, found).effort == 9 * found.effort
