"""Softmax and logsumexp where one element has nearly all the weight: every digit is right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad as mg
from tests.minigrad import oracle

SATURATED = ([40.0, 0.0, 1.0], [0.0, -700.0, -40.0], [700.0, 1.0, 700.0], [5e3, 5e3, 5e3])
WEIGHTS = np.array([3.0, -1.0, 0.5])


@pytest.mark.parametrize("x", SATURATED)
@pytest.mark.parametrize("mode", ["reverse", "forward"])
def test_the_jacobian_of_softmax_keeps_all_digits(x: list[float], mode: str) -> None:
    trace = mg.trace(mg.softmax, x)
    assert not oracle.disagreements(trace.jacobian(mode).value, oracle.by_links(trace))


def test_the_share_of_the_largest_falls_as_slowly_as_the_others_rise() -> None:
    p = mg.softmax([40.0, 0.0, 1.0])
    (slope, *_), *_ = mg.jacobian(mg.softmax)([40.0, 0.0, 1.0])
    assert slope == pytest.approx(p[1] + p[2], rel=1e-15, abs=0)
    assert slope > 1.5e-17


@pytest.mark.parametrize("axis", [0, 1, (0, 1)])
def test_seeds_go_through_softmax_as_single_sweeps_do(axis: Any) -> None:
    x = np.array([[40.0, 0.0, 1.0], [2.0, 2.0, -9.0]])
    trace = mg.trace(lambda x: mg.softmax(x, axis=axis), x)
    alone = [trace.backward(one.reshape(2, 3)).adjoints[0].ravel() for one in np.eye(6)]
    np.testing.assert_array_equal(trace.jacobian("reverse").value, alone)


@pytest.mark.parametrize("x", SATURATED[:2])
def test_second_derivatives_in_the_tail(x: list[float]) -> None:
    def f(x: Any) -> Any:
        return mg.sum(WEIGHTS * mg.softmax(x))

    expected = oracle.second_differences(mg.trace(f, x))
    largest = float(max(abs(e) for row in expected for e in row))
    np.testing.assert_allclose(
        mg.hessian(f)(x), np.array(expected, dtype=float), rtol=1e-11, atol=1e-11 * largest
    )


@pytest.mark.parametrize(
    ("x", "value"),
    [
        ([0.0, -700.0], 9.85967654375977e-305),
        ([0.0, -40.0, -41.0], 5.811236444626578e-18),
        ([-1.0, -1.0, -745.0], np.log(2.0) - 1.0),
        ([700.0, 700.0], 700.0 + np.log(2.0)),
        ([-5e3, 0.0], 0.0),
    ],
)
def test_logsumexp_adds_what_is_far_below_the_largest(x: list[float], value: float) -> None:
    assert mg.logsumexp(x) == pytest.approx(value, rel=1e-13, abs=0)


def test_logsumexp_over_axes_is_that_of_each_row() -> None:
    x = [[0.0, -700.0], [3.0, 3.0], [-40.0, 0.0]]
    rows = [mg.logsumexp(row) for row in x]
    np.testing.assert_array_equal(mg.logsumexp(x, axis=1), rows)
    np.testing.assert_array_equal(mg.logsumexp(x, axis=1, keepdims=True), np.reshape(rows, (3, 1)))


def test_the_derivative_of_logsumexp_is_softmax() -> None:
    for x in SATURATED:
        np.testing.assert_allclose(mg.grad(mg.logsumexp)(x), mg.softmax(x), rtol=1e-12)
