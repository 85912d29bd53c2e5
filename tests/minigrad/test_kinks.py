"""Zeros, ties, kinks and tails: what is chosen there, on numbers and on arrays."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import minigrad as mg

CHOICES: list[tuple[str, Callable[[Any], Any], float, float]] = [
    ("relu at 0", mg.relu, 0.0, 0.0),
    ("abs at 0", mg.abs, 0.0, 0.0),
    ("maximum at a tie", lambda x: mg.maximum(x, 2.0), 2.0, 0.5),
    ("maximum of x and x", lambda x: mg.maximum(x, x), 2.0, 1.0),
    ("minimum at a tie", lambda x: mg.minimum(2.0, x), 2.0, 0.5),
    ("x ** 0 at 0", lambda x: x**0, 0.0, 0.0),
    ("x ** 0 at -3", lambda x: x**0, -3.0, 0.0),
    ("x ** 1 at 0", lambda x: x**1, 0.0, 1.0),
    ("x ** 2 at 0", lambda x: x**2, 0.0, 0.0),
    ("x ** 3 at -2", lambda x: x**3, -2.0, 12.0),
    ("x ** -1 at -2", lambda x: x**-1, -2.0, -0.25),
    ("x ** 1.5 at 0", lambda x: x**1.5, 0.0, 0.0),
    ("0 ** x at 2", lambda x: 0.0**x, 2.0, 0.0),
    ("2 ** x at -1", lambda x: 2.0**x, -1.0, 0.5 * math.log(2.0)),
    ("x ** x at 2", lambda x: x**x, 2.0, 4.0 * (math.log(2.0) + 1.0)),
    ("x * x", lambda x: x * x, 3.0, 6.0),
    ("where of an equality", lambda x: mg.where(x == 2.0, x * x, x), 2.0, 4.0),
    ("where of an inequality", lambda x: mg.where(x != 2.0, x * x, x), 2.0, 1.0),
    ("where not chosen", lambda x: mg.where(x > 1.0, 3.0 * x, mg.exp(x)), 2.0, 3.0),
    ("sign", lambda x: mg.sign(x) * x, -2.0, -1.0),
    ("sigmoid at 40", mg.sigmoid, 40.0, 4.248354255291589e-18),
    ("sigmoid at -700", mg.sigmoid, -700.0, 9.859676543759770e-305),
    ("sigmoid at 700", mg.sigmoid, 700.0, 9.859676543759770e-305),
    ("tanh at 20", mg.tanh, 20.0, 1.6993417021166355e-17),
    ("tanh at -20", mg.tanh, -20.0, 1.6993417021166355e-17),
    ("tanh at 700", mg.tanh, 700.0, 0.0),
    ("softplus at -40", mg.softplus, -40.0, 4.248354255291589e-18),
    ("softplus at 700", mg.softplus, 700.0, 1.0),
    ("softplus at -700", mg.softplus, -700.0, 9.859676543759770e-305),
]


@pytest.mark.parametrize(("what", "f", "x", "expected"), CHOICES, ids=[c[0] for c in CHOICES])
def test_derivative_on_numbers_and_arrays_in_both_modes(
    what: str, f: Callable[[Any], Any], x: float, expected: float
) -> None:
    assert mg.grad(f)(x) == pytest.approx(expected, rel=1e-12, abs=1e-320)
    assert mg.jvp(f, (x,), (1.0,))[1] == pytest.approx(expected, rel=1e-12, abs=1e-320)
    array = mg.grad(lambda v: mg.sum(f(v)))(np.array([x, x]))
    assert array == pytest.approx([expected, expected], rel=1e-12, abs=1e-320)


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([2.0, 3.0, 4.0], [12.0, 8.0, 6.0]),
        ([2.0, 0.0, 4.0], [0.0, 8.0, 0.0]),
        ([0.0, 0.0, 4.0], [0.0, 0.0, 0.0]),
    ],
)
def test_product_with_zeros(x: list[float], expected: list[float]) -> None:
    assert mg.grad(mg.prod)(x).tolist() == expected
    assert mg.jacfwd(mg.prod)(x).tolist() == expected


def test_hessian_of_a_product_with_a_zero() -> None:
    found = mg.hessian(mg.prod)(np.array([2.0, 0.0, 4.0]))
    assert found.tolist() == [[0.0, 4.0, 0.0], [4.0, 0.0, 2.0], [0.0, 2.0, 0.0]]


@pytest.mark.parametrize("f", [mg.max, mg.min])
def test_ties_share_equally(f: Callable[[Any], Any]) -> None:
    assert mg.grad(f)(np.array([2.0, 2.0])).tolist() == [0.5, 0.5]
    assert mg.grad(f)(np.ones(4)).tolist() == [0.25] * 4


def test_second_derivatives_at_guards() -> None:
    twice = lambda f: mg.grad(mg.grad(f))  # noqa: E731
    assert twice(lambda x: x**2)(0.0) == 2.0
    assert twice(lambda x: x**3)(-2.0) == -12.0
    assert twice(lambda x: x**1)(0.0) == 0.0
    assert twice(mg.abs)(-2.0) == 0.0
    assert twice(mg.relu)(2.0) == 0.0
    assert twice(lambda x: mg.maximum(x, 1.0) ** 2)(3.0) == 2.0
    assert twice(mg.sigmoid)(40.0) == pytest.approx(-4.248354255291589e-18, rel=1e-12)
    assert twice(mg.tanh)(20.0) == pytest.approx(-2 * 1.6993417021166355e-17, rel=1e-12)


def test_logsumexp_and_softmax_do_not_overflow() -> None:
    assert mg.logsumexp([700.0, 700.0]) == pytest.approx(700.0 + math.log(2.0), rel=1e-15)
    assert mg.logsumexp([-700.0, -700.0]) == pytest.approx(-700.0 + math.log(2.0), rel=1e-15)
    assert mg.grad(mg.logsumexp)(np.array([700.0, -700.0])).tolist() == [1.0, 0.0]
    assert mg.softmax([5000.0, 0.0]).tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("name", "f", "x", "words"),
    [
        ("relu", mg.relu, 0.0, "0 is taken"),
        ("abs", mg.abs, 0.0, "0 is taken"),
        ("sign", mg.sign, 0.0, "0 is taken"),
        ("maximum", lambda x: mg.maximum(x, 1.0), 1.0, "half"),
        ("equal", lambda x: mg.equal(x, 1.0), 1.0, "0 is taken"),
        ("not_equal", lambda x: mg.not_equal(x, 1.0), 1.0, "0 is taken"),
        ("greater", lambda x: x > 1.0, 1.0, "0 is taken"),
        ("greater_equal", lambda x: x >= 1.0, 1.0, "0 is taken"),
        ("less", lambda x: x < 1.0, 1.0, "0 is taken"),
        ("less_equal", lambda x: x <= 1.0, 1.0, "0 is taken"),
        ("max", mg.max, [1.0, 1.0], "share"),
    ],
)
def test_the_trace_can_footnote_a_choice(
    name: str, f: Callable[[Any], Any], x: Any, words: str
) -> None:
    node = mg.trace(f, x).nodes[-1]
    assert node.operation.name == name
    assert words in node.operation.kink
    arguments = [operand.value for operand in node.operands]
    if node.operation.partials is None:
        arguments.append(node.value)
    assert np.all(node.operation.at_kink(*arguments, **(node.options or {})))


def bent(x: Any) -> Any:
    """A negative base, whose derivative by the exponent is none; but the exponent is level."""
    return mg.sum((-2.0) ** mg.greater(x, 1.0) * x)


def test_what_is_only_compared_needs_no_derivative() -> None:
    def compared(x: Any) -> Any:
        return mg.greater(mg.sqrt(x), -1.0) * x

    assert mg.grad(compared)(0.0) == mg.jvp(compared, (0.0,), (1.0,))[1] == 1.0
    assert mg.jacfwd(compared)(0.0) == 1.0
    assert mg.hvp(lambda x: compared(x) * x, (0.0,), (1.0,)) == 2.0
    with pytest.raises(mg.DomainError, match="sqrt"):  # here the tangent of the root is asked for
        mg.trace(compared, 0.0).forward([1.0])


def test_what_does_not_change_with_the_input_needs_no_derivative() -> None:
    assert mg.grad(bent)(3.0) == mg.vjp(bent, 3.0)[1](1.0)[0] == mg.jacrev(bent)(3.0) == -2.0
    assert mg.grad(bent)(np.array([3.0, 0.5])).tolist() == [-2.0, 1.0]
    assert mg.hessian(lambda x: bent(x) * x)(3.0) == -4.0
    assert mg.jvp(bent, (3.0,), (1.0,))[1] == mg.jacfwd(bent)(3.0) == -2.0
    with pytest.raises(mg.DomainError, match="power"):  # here the exponent's adjoint is asked for
        mg.trace(bent, 3.0).backward()
