"""Derivatives of derivatives: right in every order of the modes, whatever stands in between."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest

import minigrad as mg

X = np.array([0.5, -0.3, 0.8])
A = np.array([[0.7, -0.4, 0.2], [0.1, 0.9, -0.6], [-0.3, 0.5, 0.8]])

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "an element": lambda x: x * x[0],
    "from the end": lambda x: x * x[-1] ** 2,
    "a slice": lambda x: x[:2] ** 3 * x[1:],
    "reversed": lambda x: x * x[::-1] ** 2,
    "picked": lambda x: x[[0, 2, 0]] * x**2,
    "a mask": lambda x: x[np.array([True, False, True])] ** 3,
    "a new axis": lambda x: mg.sum(x[None] * x[:, None] ** 2, 0),
    "stacked": lambda x: mg.stack([x[0] * mg.cos(x[1]), x[0] * mg.sin(x[1])]),
    "joined": lambda x: mg.concatenate([x[1:] ** 2, x[:1] * x[2]]),
    "a matrix times": lambda x: mg.tanh(A @ x),
    "a square of it": lambda x: (A @ x) ** 2,
    "twice": lambda x: A @ mg.sin(A @ x),
    "a row times": lambda x: mg.exp(x @ A),
    "softmax": lambda x: mg.softmax(A @ x),
    "logsumexp": lambda x: mg.logsumexp(A * x, axis=1),
    "products": lambda x: mg.prod(A * x, axis=1),
    "chosen": lambda x: mg.where(x > 0.0, x**3, x * x[0]),
    "transposed": lambda x: mg.transpose(mg.reshape(x, (1, 3))) * x[0] * x,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_second_jacobians_are_the_same_in_every_order_of_modes(name: str) -> None:
    function = FUNCTIONS[name]
    expected = mg.jacfwd(mg.jacfwd(function))(X)
    modes = (mg.jacrev, mg.jacfwd, mg.jacobian)
    for outer, inner in product(modes, modes):
        found = outer(inner(function))(X)
        np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-14)
    mg.check_grads(function, (X,), order=2, rtol=1e-6)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("mode", [mg.jacrev, mg.jacfwd, mg.jacobian])
def test_a_gradient_goes_through_a_jacobian(name: str, mode: Any) -> None:
    def size(x: Any) -> Any:
        return mg.sum(mode(FUNCTIONS[name])(x) ** 2)

    mg.check_grads(size, (X,), modes=("rev", "fwd"), rtol=1e-6)


def test_a_gradient_goes_through_a_jacobian_of_something_captured() -> None:
    gradient = mg.grad(lambda c: mg.sum(mg.jacobian(lambda x: x[0] * c)(X) ** 2))(X)
    np.testing.assert_allclose(gradient, 2.0 * X)


@pytest.mark.parametrize(
    ("function", "args", "expected"),
    [
        (lambda a, b: a**b, (0.0, 2.0), ((2.0, 0.0), (0.0, 0.0))),
        (lambda a, b: a**b, (0.0, 3.0), ((0.0, 0.0), (0.0, 0.0))),
        (lambda a, b: a**b, (0.5, 2.0), ((2.0, 0.5 + np.log(0.5)), (0, 0.25 * np.log(0.5) ** 2))),
    ],
)
def test_second_derivatives_of_powers(function: Any, args: Any, expected: Any) -> None:
    found = np.array(mg.hessian(function, (0, 1))(*args))
    np.testing.assert_allclose(np.triu(found), np.triu(expected), rtol=1e-14)
    np.testing.assert_allclose(found, found.T)


def test_where_the_second_derivative_of_a_power_is_infinite_it_is_refused() -> None:
    with pytest.raises(mg.DomainError):
        mg.hessian(lambda a, b: a**b, (0, 1))(0.0, 1.0)


def test_a_power_of_nothing_has_no_slope_nor_bend() -> None:
    assert mg.hessian(lambda x: 0.0**x)(2.0) == 0.0
    assert mg.hessian(lambda x: mg.sum(np.arange(2.0) ** x))(2.0) == 0.0


@pytest.mark.parametrize(
    ("x", "weights"),
    [
        ([1e16, 1e16], [0.5, 0.5]),
        ([1e12, 1e12 - 1.0], [0.7310585786300049, 0.2689414213699951]),
        ([1e5, 1e5 - 1.0, 0.0], [0.7310585786300049, 0.2689414213699951, 0.0]),
    ],
)
def test_the_gradient_of_logsumexp_is_right_at_large_numbers(x: Any, weights: Any) -> None:
    x = np.array(x)
    np.testing.assert_allclose(mg.grad(mg.logsumexp)(x), weights, rtol=1e-15)
    tangent = mg.jvp(mg.logsumexp, (x,), (np.arange(len(x)) + 1.0,))[1]
    np.testing.assert_allclose(tangent, np.dot(weights, np.arange(len(x)) + 1.0), rtol=1e-15)


@pytest.mark.parametrize(
    ("x", "bend"),
    [([37.0, 0.0], 8.533047625744066e-17), ([20.0, 0.0], 2.0611536139418493e-09)],
)
def test_the_hessian_of_logsumexp_is_right_in_its_tails(x: Any, bend: float) -> None:
    found = mg.hessian(mg.logsumexp)(np.array(x))
    np.testing.assert_allclose(found, [[bend, -bend], [-bend, bend]], rtol=1e-11)
