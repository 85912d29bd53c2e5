"""Every operation in the table, at every point of the samples, beside mpmath at 60 digits."""

from __future__ import annotations

import numpy as np
import pytest

import minigrad as mg
from minigrad import declaring as table
from tests.minigrad.judge import judge
from tests.minigrad.oracle import MEANINGS
from tests.minigrad.samples import applied, cases

STRUCTURAL = [name for name, operation in mg.OPERATIONS.items() if operation.partials is None]


@pytest.mark.parametrize("name", list(mg.OPERATIONS))
def test_operation_is_what_mpmath_says(name: str) -> None:
    operation = mg.OPERATIONS[name]
    tried = cases(operation)
    assert tried, f"no call of {name} is known to work: add one to CALLS in samples.py"
    for case in tried:
        judge(operation, case)


def test_every_operation_has_a_meaning_of_its_own() -> None:
    assert not set(mg.OPERATIONS) - set(MEANINGS)


@pytest.mark.parametrize("name", STRUCTURAL)
def test_a_pull_is_the_transpose_of_its_push(name: str) -> None:
    """<u, J v> = <J' u, v>, operand by operand, with and without a leading axis of seeds."""
    random = np.random.default_rng(11)
    for case in cases(mg.OPERATIONS[name]):
        node = applied(mg.OPERATIONS[name], case).outputs[0]
        values = [x.value for x in node.operands]
        options = node.options or {}
        for position, x in enumerate(values):
            for seeds in ((), (3,)):
                v = random.normal(size=seeds + np.shape(x))[()]
                u = random.normal(size=seeds + node.shape)[()]
                pushed = node.operation.push[position](v, node.value, *values, **options)
                pulled = node.operation.pull[position](u, node.value, *values, **options)
                pulled = np.asarray(pulled)
                extra = tuple(range(len(seeds), pulled.ndim - np.ndim(x)))
                ours = np.sum(u * pushed), np.sum(pulled.sum(axis=extra) * v)
                assert np.isclose(*ours, rtol=1e-11, atol=1e-11), f"{name}{case} by {position}"


def test_a_new_operation_is_tried_without_a_word_about_it() -> None:
    @table.elementwise(lambda x: x * x * x, lambda y, x: 3.0 * x * x)
    def cube(x: float) -> float:
        return x * x * x

    @table.structural(push=[lambda t, y, x: t[..., ::-1]], pull=[lambda g, y, x: g[..., ::-1]])
    def backwards(x: float) -> float:
        return x[..., ::-1]

    new = [mg.OPERATIONS.pop(name) for name in ("cube", "backwards")]
    assert len(cases(new[0])) > 15
    assert len(cases(new[1])) == 3
    for case in cases(new[1]):
        assert np.array_equal(applied(new[1], case).value, case.operands[0][..., ::-1])
