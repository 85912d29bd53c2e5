"""The same derivatives by an engine that shares nothing with this one: autograd, if installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import minigrad as mg
from tests.minigrad import oracle
from tests.minigrad.programs import Program, drawn, perform

autograd = pytest.importorskip("autograd", reason="autograd is not installed (the bench extra)")
anp = pytest.importorskip("autograd.numpy")

SAME_NAME = (
    "add subtract multiply divide negative power square sqrt exp expm1 log log1p sin cos tan"
    " arctan tanh abs sign maximum minimum greater greater_equal less less_equal equal not_equal"
    " where sum mean max min prod matmul dot reshape transpose stack concatenate"
).split()
WRITTEN_OUT = {
    "sigmoid": lambda x: 1.0 / (1.0 + anp.exp(-x)),
    "softplus": lambda x: anp.logaddexp(x, 0.0),
    "relu": lambda x: anp.where(x > 0.0, x, 0.0),
    "index": lambda x, key: x[key],
    "broadcast_to": lambda x, shape: x + np.zeros(shape),
    "logsumexp": lambda x, axis=None, keepdims=False: anp.log(
        anp.sum(anp.exp(x), axis=axis, keepdims=keepdims)
    ),
    "softmax": lambda x, axis=-1: anp.exp(x) / anp.sum(anp.exp(x), axis=axis, keepdims=True),
}


def theirs(program: Program) -> Any:
    """The same program in autograd's numpy, flattened to one vector."""
    table = {name: getattr(anp, name) for name in SAME_NAME} | WRITTEN_OUT

    def f(*inputs: Any) -> Any:
        values: list[Any] = list(inputs)
        for step in program.steps:
            values.append(perform(step, values, table[step.name]) * 1.0)  # no booleans
        outputs = [anp.reshape(values[i] * 1.0, -1) for i in program.outputs]
        return anp.concatenate(outputs)

    return f


@pytest.mark.filterwarnings("ignore:Output seems independent of input")
def test_a_hundred_random_programs_have_autograds_jacobian() -> None:
    compared = 0
    for program in drawn(220):
        if not {step.name for step in program.steps} <= {*SAME_NAME, *WRITTEN_OUT}:
            continue
        try:
            trace = mg.trace(program, *program.inputs)
            ours = trace.jacobian().value
        except mg.DomainError:
            continue
        blocks = []
        try:
            for position, x in enumerate(program.inputs):
                found = autograd.jacobian(theirs(program), position)(
                    *map(np.asarray, program.inputs)
                )
                blocks.append(np.reshape(found, (len(ours), np.size(x))))
        except ValueError:  # autograd's own: some of its rules forget what was broadcast
            continue
        wanted = np.concatenate(blocks, axis=1)
        if not np.allclose(ours, wanted, rtol=1e-9, atol=1e-10):  # a third opinion: whose fault?
            third = np.array(oracle.differences(trace), dtype=float)
            assert np.allclose(ours, third, rtol=1e-9, atol=1e-10), program
            continue
        compared += 1
    assert compared >= 100


def test_a_network_has_autograds_gradient() -> None:
    random = np.random.default_rng(3)
    x, digits = random.normal(size=(5, 7)), np.eye(3)[[0, 2, 1, 1, 0]]
    parameters = [random.normal(size=shape) for shape in ((7, 4), (4,), (4, 3), (3,))]

    def loss(library: Any, logsumexp: Any) -> Any:
        def f(w1: Any, b1: Any, w2: Any, b2: Any) -> Any:
            z = library.tanh(x @ w1 + b1) @ w2 + b2
            return library.mean(logsumexp(z, axis=1) - library.sum(z * digits, axis=1))

        return f

    ours = mg.grad(loss(mg, mg.logsumexp), (0, 1, 2, 3))(*parameters)
    written = loss(anp, WRITTEN_OUT["logsumexp"])
    for position, found in enumerate(ours):
        wanted = autograd.grad(written, position)(*parameters)
        assert np.allclose(found, wanted, rtol=1e-10, atol=1e-13)
