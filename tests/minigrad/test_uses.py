"""How people use it: what goes in, what comes out, and that nothing else is touched."""

from __future__ import annotations

import copy
import operator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import minigrad as mg
from minigrad.sweep import innermost

A = np.array([[1.0, 2.0], [3.0, 4.0]])


# --- what goes in and out -------------------------------------------------------------------------


@pytest.mark.parametrize("x", [2, True, np.float32(2.0), np.int64(2), np.float64(2.0), np.array(2)])
def test_every_kind_of_number_is_a_float(x: Any) -> None:
    value, gradient = mg.value_and_grad(lambda x: x * x)(x)
    assert type(value) is float
    assert type(gradient) is float
    assert gradient == 2.0 * float(x)


@pytest.mark.parametrize("x", [[1, 2], (1, 2), np.array([1, 2]), np.array([1, 2], np.float32)])
def test_every_kind_of_array_is_one_of_doubles(x: Any) -> None:
    gradient = mg.grad(lambda x: mg.sum(x * x))(x)
    assert gradient.dtype == np.float64
    assert gradient.tolist() == [2.0, 4.0]


def test_booleans_are_numbers() -> None:
    assert mg.grad(lambda x: mg.sum(x * 3.0))(np.array([True, False])).tolist() == [3.0, 3.0]


def test_argnums() -> None:
    def f(x: Any, y: Any) -> Any:
        return x * y * y

    assert mg.grad(f)(2.0, 3.0) == 9.0
    assert mg.grad(f, argnums=1)(2.0, 3.0) == 12.0
    assert mg.grad(f, argnums=-1)(2.0, 3.0) == 12.0
    assert mg.grad(f, argnums=(1, 0))(2.0, 3.0) == (12.0, 9.0)
    assert mg.grad(f, argnums=(0,))(2.0, 3.0) == (9.0,)
    assert mg.value_and_grad(f, argnums=(0, 1))(2.0, 3.0) == (18.0, (9.0, 12.0))
    assert mg.jacobian(f, argnums=(0, 1))(2.0, 3.0) == (9.0, 12.0)
    assert mg.hessian(f, argnums=(0, 1))(2.0, 3.0) == ((0.0, 6.0), (6.0, 4.0))


def test_argnums_may_be_any_sequence_of_any_integers() -> None:
    assert mg.grad(lambda a, b: a * b, [0, 1])(2.0, 5.0) == (5.0, 2.0)
    assert mg.grad(lambda a, b: a * b, np.int64(1))(2.0, 5.0) == 2.0


def test_integers_too_large_for_the_machine_are_floats() -> None:
    assert mg.grad(lambda x: x * 3.0)(2**70) == 3.0


def test_what_is_not_differentiated_may_be_anything() -> None:
    assert mg.grad(lambda x, how: x * 2.0 if how == "double" else x)(1.0, "double") == 2.0


def test_keywords_are_handed_on() -> None:
    assert mg.grad(lambda x, *, scale: x * scale)(1.0, scale=3.0) == 3.0


@pytest.mark.parametrize("other", [A, A.tolist(), 2.0, 2, np.float64(2.0)])
def test_either_side_of_an_operator(other: Any) -> None:
    plain = np.asarray(other, dtype=float)
    x = np.array([[0.5, 1.5], [2.5, 0.25]])
    both: list[Any] = [
        operator.add, operator.sub, operator.mul, operator.truediv, operator.pow,
        operator.gt, operator.le, operator.eq, operator.ne,
        *([operator.matmul] if plain.ndim else []),
    ]  # fmt: skip
    for apply in both:
        for ours, numpys in (
            (mg.trace(lambda x, f=apply: f(x, other), x), apply(x, plain)),
            (mg.trace(lambda x, f=apply: f(other, x), x), apply(plain, x)),
        ):
            assert isinstance(ours.value, np.ndarray)
            assert np.allclose(ours.value, numpys, rtol=1e-15)


def test_nodes_behave_like_arrays() -> None:
    def f(x: Any) -> Any:
        assert x.shape == (2, 2)
        assert x.ndim == 2
        assert x.size == 4
        assert len(x) == 2
        first, second = x
        return mg.sum(first * second) + x[0, 1] + x[-1][0] + abs(-x[0, 0])

    assert mg.grad(f)(A).tolist() == [[4.0, 5.0], [2.0, 2.0]]


def test_a_copy_of_a_node_is_the_node() -> None:
    assert mg.grad(lambda x: copy.deepcopy(x) * copy.copy(x))(2.0) == 4.0


def test_python_branches_by_value() -> None:
    assert mg.grad(lambda x: x * x if x > 1.0 else x)(3.0) == 6.0
    assert mg.grad(lambda x: x * x if x > 1.0 else x)(0.5) == 1.0
    assert mg.grad(lambda x: max(x, 2.0) * +x)(3.0) == 6.0


def test_lists_of_nodes_are_stacked() -> None:
    assert mg.grad(lambda x: mg.sum(mg.softmax([x, 2.0 * x]) * [1.0, 0.0]))(0.0) == -0.25


# --- what comes out belongs to the caller ---------------------------------------------------------


def all_arrays(found: Any) -> list[np.ndarray[Any, Any]]:
    if isinstance(found, np.ndarray):
        return [found]
    return [a for part in found for a in all_arrays(part)] if isinstance(found, tuple) else []


def f_of_arrays(x: Any, y: Any) -> Any:
    return mg.sum(x + y)


@pytest.mark.parametrize(
    "call",
    [
        mg.grad(f_of_arrays, (0, 1)),
        mg.value_and_grad(f_of_arrays, (0, 1)),
        lambda x, y: mg.vjp(lambda x, y: (x, y), x, y)[1]((x, x)),
        lambda x, y: mg.vjp(lambda x, y: (x, x), x, y)[0],
        lambda x, y: mg.jvp(lambda x, y: (x, x), (x, y), (x, y)),
        mg.jacobian(f_of_arrays, (0, 1)),
        lambda x, y: mg.jacobian(lambda z: mg.sum(z * y))(x),
        mg.jacobian(lambda x, y: x, (0, 1)),
        mg.jacobian(lambda x, y: mg.transpose(x), (0, 1)),
        mg.jacfwd(lambda x, y: mg.reshape(x, -1), (0, 1)),
        mg.hessian(f_of_arrays, (0, 1)),
        lambda x, y: mg.hvp(f_of_arrays, (x, y), (x, y)),
        mg.grad(lambda x, y: mg.sum(x @ y), (0, 1)),
        mg.grad(lambda x, y: mg.sum(mg.broadcast_to(x, (3, 2, 2))), (0, 1)),
    ],
)
def test_results_are_fresh_writable_and_share_nothing(call: Any) -> None:
    x, y = A.copy(), A.copy() + 1.0
    found = all_arrays(call(x, y))
    assert found
    for array in found:
        assert array.flags.writeable
        others = [other for other in found if other is not array]
        assert not any(np.shares_memory(array, other) for other in [*others, x, y])


def test_what_a_trace_gives_shares_nothing() -> None:
    seed = np.ones(2)
    t = mg.trace(lambda a, b: a + b, np.ones(2), np.ones(2))
    for found in (t.backward(seed).adjoints, t.forward([seed, np.zeros(2)]), [t.value]):
        for position, array in enumerate(found):
            others = [*found[:position], *found[position + 1 :], seed]
            assert not any(np.shares_memory(array, other) for other in others)
    e = mg.trace(mg.exp, np.zeros(2))
    e.value[:] = 7.0
    assert e.backward().adjoints[0].tolist() == [1.0, 1.0]


def test_a_number_takes_the_keys_that_numpy_gives_it() -> None:
    for key in (None, ..., ()):
        assert np.shape(mg.trace(lambda x, key=key: x[key], 1.0).value) == np.shape(
            np.ones(())[key]
        )
        assert mg.grad(lambda x, key=key: mg.sum(x[key] ** 2))(3.0) == 6.0


def test_inputs_stay_as_they_are() -> None:
    x = A.copy()
    x.flags.writeable = False
    mg.grad(lambda x: mg.sum(mg.tanh(x @ x) * x))(x)
    mg.jacobian(lambda x: mg.softmax(x @ x))(x)
    assert np.array_equal(x, A)


def test_what_outlives_the_call_owns_its_inputs() -> None:
    x, captured = A.copy(), A.copy()
    trace = mg.trace(lambda x: mg.sum(x * x * captured), x)
    _, pullback = mg.vjp(lambda x: mg.sum(x * x * captured), x)
    x[:] = 7.0
    captured[:] = -1.0
    assert np.array_equal(trace.backward().adjoints[0], 2 * A * A)
    assert np.array_equal(pullback(1.0)[0], 2 * A * A)


def test_a_changed_result_changes_nothing_later() -> None:
    value, pullback = mg.vjp(lambda x: x * 2.0, A)
    value[:] = 0.0
    first = pullback(A)[0]
    first[:] = 0.0
    assert np.array_equal(pullback(A)[0], 2.0 * A)


def test_repeated_sweeps_never_add_up() -> None:
    trace = mg.trace(lambda x, y: x * y + x, 2.0, 3.0)
    first = trace.backward(contributions=True)
    again = trace.backward(contributions=True)
    assert (again.adjoints, again.contributions) == (first.adjoints, first.contributions)
    assert trace.backward().adjoints == first.adjoints
    assert first.adjoints[:2] == [4.0, 2.0]


# --- traces and contributions ---------------------------------------------------------------------


def test_contributions_add_up_to_adjoints() -> None:
    trace = mg.trace(lambda x1, x2: mg.log(x1) + x1 * x2 - mg.sin(x2), 2.0, 5.0)
    swept = trace.backward(contributions=True)
    assert [(c.operand.index, c.consumer.index) for c in swept.contributions] == [
        (0, 2), (0, 3), (1, 3), (1, 5), (2, 4), (3, 4), (4, 6), (5, 6),
    ]  # fmt: skip
    for node in trace.nodes[:-1]:
        parts = [c.value for c in swept.contributions if c.operand is node]
        assert sum(parts) == pytest.approx(swept.adjoints[node.index], rel=1e-15)
    for c in swept.contributions:
        assert c.adjoint == swept.adjoints[c.consumer.index]
        assert c.value == c.partial * c.adjoint


@pytest.mark.parametrize("f", [lambda x: x * x, lambda x: x**x, lambda x: x / x, lambda x: x - x])
def test_both_operands_are_kept_when_they_are_the_same(f: Any) -> None:
    trace = mg.trace(f, 3.0)
    assert trace.nodes[-1].operands == (trace.nodes[0], trace.nodes[0])
    assert [c.position for c in trace.backward(contributions=True).contributions] == [0, 1]


def test_the_trace_is_the_readers_formula() -> None:
    trace = mg.trace(lambda x, y: -(x - y) / x**2, 2.0, 5.0)
    assert [node.operation.name for node in trace.nodes] == [
        "input", "input", "subtract", "negative", "power", "divide",
    ]  # fmt: skip


def test_an_output_that_depends_on_nothing() -> None:
    trace = mg.trace(lambda x: (x, 3.0), 2.0)
    assert trace.value == (2.0, 3.0)
    assert trace.jacobian().value.tolist() == [[1.0], [0.0]]
    assert mg.grad(lambda x: 3.0)(2.0) == 0.0
    assert mg.grad(lambda x, y: x, argnums=1)(2.0, A).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_an_input_may_be_an_output() -> None:
    assert mg.grad(lambda x: x)(2.0) == 1.0
    assert mg.jacobian(lambda x: x)(np.ones(2)).tolist() == np.eye(2).tolist()


@pytest.mark.parametrize(
    ("rows", "columns", "mode", "passes"),
    [(2, 3, "reverse", 2), (3, 2, "forward", 2), (2, 2, "reverse", 2)],
)
def test_a_jacobian_chooses_its_mode(rows: int, columns: int, mode: str, passes: int) -> None:
    a = np.arange(rows * columns, dtype=float).reshape(rows, columns)
    found = mg.trace(lambda x: a @ x, np.ones(columns)).jacobian()
    assert (found.mode, found.passes) == (mode, passes)
    assert found.value.tolist() == a.tolist()


def test_a_jacobian_has_the_outputs_axes_then_the_inputs() -> None:
    found = mg.jacobian(lambda x: mg.stack([x, 2.0 * x, 3.0 * x]))(A)
    assert found.shape == (3, 2, 2, 2, 2)
    assert found[1, 0, 1].tolist() == [[0.0, 2.0], [0.0, 0.0]]
    assert mg.jacobian(lambda x: (x * x, 2.0 * x))(3.0).tolist() == [6.0, 2.0]


def test_both_modes_give_the_same_jacobian() -> None:
    f = lambda x: mg.tanh(x @ A) * mg.sum(x)  # noqa: E731
    assert np.allclose(mg.jacrev(f)(A), mg.jacfwd(f)(A), rtol=1e-14)
    assert np.allclose(mg.jacobian(f)(A), mg.jacrev(f)(A), rtol=1e-14)


def test_seeds() -> None:
    trace = mg.trace(lambda x: (x * 2.0, x * 3.0), 1.0)
    assert trace.backward().adjoints[0] == 5.0
    assert trace.backward((1.0, 0.0)).adjoints[0] == 2.0
    assert trace.backward((0.0, 10.0)).adjoints[0] == 30.0
    with pytest.raises(ValueError, match="2 outputs"):
        trace.backward((1.0,))


def test_hessian_vector_product() -> None:
    f = lambda x: mg.sum(mg.exp(x) * x[::-1])  # noqa: E731
    x, v = np.array([0.1, 0.7, -0.4]), np.array([1.0, -2.0, 0.5])
    assert np.allclose(mg.hvp(f, (x,), (v,)), mg.hessian(f)(x) @ v, rtol=1e-13)


def test_higher_orders_by_nesting() -> None:
    f = lambda x: x**5  # noqa: E731
    for order, expected in enumerate([80.0, 160.0, 240.0, 240.0, 120.0, 0.0], 1):
        f = mg.grad(f)
        assert f(2.0) == expected, order
    inner = mg.grad(lambda x: x * mg.grad(lambda y: x * y * y)(3.0))
    assert inner(2.0) == 24.0
    assert mg.jvp(mg.grad(lambda x: x**3), (2.0,), (1.0,)) == (12.0, 12.0)
    assert mg.grad(lambda x: mg.jvp(lambda y: y**3, (x,), (1.0,))[1])(2.0) == 12.0


# --- size and threads -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "length", [100_000, pytest.param(1_000_000, marks=pytest.mark.heavy)], ids="{:,}".format
)
def test_a_chain_of_many_operations(length: int) -> None:
    def chain(x: Any) -> Any:
        for _ in range(length // 2):
            x = x * 1.000001 - 1e-9
        return x

    assert mg.grad(chain)(1.0) == pytest.approx(1.000001 ** (length // 2), rel=1e-9)


def test_nested_gradients_in_several_threads() -> None:
    def second_derivative(x: float) -> float:
        return mg.grad(mg.grad(lambda x: mg.sin(x) * x * x))(x)

    points = [0.01 * i for i in range(400)]
    expected = [second_derivative(x) for x in points]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(second_derivative, points)) == expected


def test_a_failed_call_leaves_no_trace_behind() -> None:
    def f(x: Any) -> Any:
        with pytest.raises(mg.DomainError):
            mg.grad(mg.log)(-1.0)
        with pytest.raises(mg.DomainError):
            mg.grad(lambda y: mg.sum(mg.log(y)))(np.array([-1.0]))
        return x * x

    assert mg.grad(f)(3.0) == 6.0
    with np.errstate(all="warn"):
        assert np.geterr()["divide"] == "warn"


# --- checking -------------------------------------------------------------------------------------


def test_check_grads_accepts_what_is_right() -> None:
    mg.check_grads(lambda x, y: mg.tanh(x @ y), (A, A + 0.5), order=2)
    mg.check_grads(lambda x: mg.log(x) * x, (2.0,), order=3, rtol=1e-5)


@pytest.mark.parametrize("mode", ["rev", "fwd"])
@pytest.mark.parametrize("error", [lambda p: -p, lambda p: 1.001 * p, lambda p: p + 1e-3])
def test_check_grads_finds_a_wrong_rule(
    monkeypatch: pytest.MonkeyPatch, mode: str, error: Any
) -> None:
    operation = mg.OPERATIONS["sin"]
    monkeypatch.setattr(operation, "partials", (lambda y, x: error(mg.cos(x)),))
    with pytest.raises(AssertionError, match="argument 0"):
        mg.check_grads(mg.sin, (0.7,), modes=(mode,))


def test_check_grads_goes_through_every_argument_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    mg.check_grads(lambda a, b: a + mg.sin(b), (1.0, 0.3), order=2)
    frozen = lambda y, x: mg.cos(innermost(x))  # noqa: E731  (right, but for its own derivative)
    monkeypatch.setattr(mg.OPERATIONS["sin"], "partials", (frozen,))
    with pytest.raises(AssertionError, match="derivative 2 by argument 1, then 1"):
        mg.check_grads(lambda a, b: a + mg.sin(b), (1.0, 0.3), order=2)


def test_keywords_reach_the_function_through_every_transform() -> None:
    def f(x: Any, y: Any, factor: float = 1.0) -> Any:
        return x * x * y * factor

    for transform in (mg.grad, mg.jacobian, mg.jacrev, mg.jacfwd):
        assert transform(f, (0, 1))(2.0, 1.0, factor=3.0) == (12.0, 12.0)
    assert mg.hessian(f, (0, 1))(2.0, 1.0, factor=3.0) == ((6.0, 12.0), (12.0, 0.0))


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_what_was_repeated_gets_a_gradient_of_its_own_shape(shape: tuple[int, ...]) -> None:
    one = 2.0 if shape == () else np.full(shape, 2.0)
    gradient = mg.grad(lambda x: mg.sum(x * A))(one)
    assert np.shape(gradient) == shape
    assert type(gradient) is (np.ndarray if shape else float)


def test_a_product_of_nothing_has_an_empty_gradient() -> None:
    assert mg.grad(mg.prod)(np.zeros(0)).shape == (0,)
    assert mg.grad(lambda x: mg.sum(mg.prod(x, axis=0)))(np.zeros((0, 3))).shape == (0, 3)
