"""Bad input and bad places get an error that names operation, node, operands, line and remedy."""

from __future__ import annotations

import contextlib
import gc
import math
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import minigrad as mg

OUTSIDE: list[tuple[str, Callable[[Any], Any], float]] = [
    ("log", mg.log, 0.0),
    ("log", mg.log, -1.0),
    ("log1p", mg.log1p, -1.0),
    ("sqrt", mg.sqrt, -1.0),
    ("divide", lambda x: 1.0 / x, 0.0),
    ("exp", mg.exp, 710.0),
    ("multiply", lambda x: x * 1e300, 1e300),
    ("add", lambda x: x + 1.7e308, 1.7e308),
    ("square", mg.square, 1e200),
    ("power", lambda x: x**0.5, -1.0),
    ("power", lambda x: x**-1, 0.0),
]
ON_THE_WAY_BACK: list[tuple[str, Callable[[Any], Any], float]] = [
    ("sqrt", mg.sqrt, 0.0),
    ("power", lambda x: x**x, 0.0),
    ("power", lambda x: x**0.5, 0.0),
    ("divide", lambda x: 1.0 / x, 1e-200),
]


@pytest.mark.parametrize("array", [False, True], ids=["number", "array"])
@pytest.mark.parametrize(("name", "f", "x"), OUTSIDE)
def test_a_value_outside_the_domain_is_named(
    name: str, f: Callable[[Any], Any], x: float, array: bool
) -> None:
    given: Any = np.array([1.0, x]) if array else x
    with pytest.raises(mg.DomainError) as caught:
        mg.trace(f, given)
    error = caught.value
    assert error.operation == name
    assert error.node == 1
    assert any(np.array_equal(operand, given) for operand in error.operands)
    assert name in str(error)
    assert Path(str(error.file)).name == Path(__file__).name
    assert f"{error.file}:{error.line}" in str(error)


@pytest.mark.parametrize("array", [False, True], ids=["number", "array"])
@pytest.mark.parametrize(("name", "f", "x"), ON_THE_WAY_BACK)
def test_a_derivative_that_is_not_finite_is_named(
    name: str, f: Callable[[Any], Any], x: float, array: bool
) -> None:
    given: Any = np.array([1.0, x]) if array else x
    total = lambda v: mg.sum(f(v)) if array else f(v)  # noqa: E731
    trace = mg.trace(total, given)
    for sweep in (trace.backward, lambda: trace.forward([np.ones_like(given) if array else 1.0])):
        with pytest.raises(mg.DomainError) as caught:
            sweep()
        assert caught.value.operation == name
        assert caught.value.node is not None
        assert trace.nodes[caught.value.node].operation.name == name
        assert caught.value.line is not None


@pytest.mark.parametrize("x", [1e-3, np.array([1e-3, 1e-3])], ids=["number", "array"])
def test_finite_contributions_whose_sum_is_not_are_an_error(x: Any) -> None:
    with pytest.raises(mg.DomainError, match="derivative is not finite"):
        mg.grad(lambda v: mg.sum(v * 1e308 + v * 1e308))(x)


def test_the_line_of_an_error_is_the_line_of_its_operation() -> None:
    def f(x: Any) -> Any:
        y = x * 2.0
        z = mg.log(y - 4.0)  # this line
        return z + 1.0

    first = f.__code__.co_firstlineno
    with pytest.raises(mg.DomainError) as caught:
        mg.grad(f)(2.0)
    assert caught.value.line == first + 2

    def g(x: Any) -> Any:
        y = mg.sqrt(x)  # this line
        return y + 1.0

    with pytest.raises(mg.DomainError) as caught:
        mg.grad(g)(0.0)
    assert caught.value.line == g.__code__.co_firstlineno + 1


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_among_the_inputs_is_refused(bad: float) -> None:
    for given in (bad, np.array([1.0, bad])):
        for call in (
            lambda given=given: mg.trace(lambda x: x + 1.0, given),
            lambda given=given: mg.jacobian(lambda x: x * 2.0)(given),
            lambda given=given: mg.grad(lambda x: x * 1.0 + mg.sum(given))(1.0),
            lambda given=given: mg.jvp(lambda x: x, (given,), (given,)),
        ):
            with pytest.raises(mg.DomainError):
                call()


@pytest.mark.parametrize(
    ("bad", "word"),
    [
        (1 + 2j, "complex"),
        (np.array([1j]), "complex"),
        ("2", "strings"),
        (np.array(["a"]), "strings"),
        (b"2", "bytes"),
        (None, "objects"),
        (object(), "objects"),
        ({"a": 1.0}, "objects"),
        ([[1.0, 2.0], [3.0]], "ragged"),
    ],
)
def test_what_is_no_number_is_refused_by_name(bad: Any, word: str) -> None:
    for call in (
        lambda: mg.grad(mg.sum)(bad),
        lambda: mg.trace(lambda x: x, bad),
        lambda: mg.add(bad, 1.0),
        lambda: mg.grad(lambda x: mg.sum(x + bad))(1.0),
    ):
        with pytest.raises(TypeError, match=word):
            call()


@pytest.mark.parametrize("name", ["sin", "exp", "sum", "mean", "where", "concatenate", "maximum"])
def test_numpys_functions_name_ours(name: str) -> None:
    def f(x: Any) -> Any:
        args = {"where": (x > 0, x, x), "concatenate": ([x, x],), "maximum": (x, x)}
        return getattr(np, name)(*args.get(name, (x,)))

    with pytest.raises(TypeError, match=f"minigrad.{name}|minigrad.stack|node.value"):
        mg.grad(f)(np.ones(3))


@pytest.mark.parametrize(("f", "remedy"), [(max, "minigrad.maximum"), (min, "minigrad.minimum")])
def test_the_larger_of_two_arrays_is_no_question_of_yes_or_no(f: Any, remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy):
        mg.trace(lambda x: f(x, 2.0 * x), [1.0, 2.0])


@pytest.mark.parametrize(
    ("f", "remedy"),
    [
        (np.sin, "minigrad.sin"),
        (np.abs, "minigrad.abs"),
        (np.sum, "minigrad.sum"),
        (np.i0, "write it with"),
        (np.linalg.norm, "write it with"),
    ],
)
def test_a_remedy_exists(f: Callable[[Any], Any], remedy: str) -> None:
    with pytest.raises(TypeError, match=remedy):
        mg.grad(f)(np.ones(2))


@pytest.mark.parametrize("name", ["sin", "exp", "sqrt"])
def test_maths_functions_name_the_remedy(name: str) -> None:
    with pytest.raises(TypeError, match="minigrad"):
        mg.grad(getattr(math, name))(1.0)


@pytest.mark.parametrize(("name", "remedy"), [("max", "maximum"), ("min", "minimum")])
def test_two_values_to_a_reduction_name_the_remedy(name: str, remedy: str) -> None:
    with pytest.raises((TypeError, ValueError), match=remedy):
        mg.grad(lambda x: getattr(mg, name)(x, 1.0))(2.0)
    with pytest.raises((TypeError, ValueError), match=remedy):
        mg.trace(getattr(mg, name), 2.0, 3.0)


def test_grad_of_several_values_says_jacobian() -> None:
    with pytest.raises(TypeError, match="jacobian"):
        mg.grad(lambda x: x * 2.0)(np.ones(2))
    with pytest.raises(TypeError, match="jacobian"):
        mg.grad(lambda x: (x, x))(1.0)


def test_a_function_that_returns_nothing_is_refused() -> None:
    with pytest.raises(TypeError, match="None"):
        mg.grad(lambda x: None)(1.0)


@pytest.mark.parametrize("argnums", [2, (0, 3), (0, 0), (1, -1), -3, "x", 1.0, True, ()])
def test_argnums_that_are_none_are_refused(argnums: Any) -> None:
    with pytest.raises(TypeError, match="argnums"):
        mg.grad(lambda x, y: x * y, argnums=argnums)(1.0, 2.0)


@pytest.mark.parametrize(
    "call",
    [
        lambda bad: mg.value_and_grad(lambda x: bad)(1.0),
        lambda bad: mg.vjp(lambda x: (x, bad), 1.0),
        mg.grad(lambda x: x),
        lambda bad: mg.grad(lambda x: mg.sum(x * np.array([1.0, bad])))(np.ones(2)),
        lambda bad: mg.jvp(lambda x: x, (1.0,), (bad,)),
        lambda bad: mg.vjp(lambda x: x, np.ones(2))[1](np.array([1.0, bad])),
        lambda bad: mg.trace(lambda x: x, 1.0).forward([bad]),
    ],
)
@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_nothing_that_is_not_finite_passes(call: Any, bad: float) -> None:
    with pytest.raises(mg.DomainError, match="not finite"):
        call(bad)


def test_the_line_is_right_where_an_outer_input_is_among_the_arguments() -> None:
    def inner(x: Any, y: Any) -> Any:
        moved = x * 1.0
        root = mg.sqrt(moved)
        return root * y

    with pytest.raises(mg.DomainError, match="sqrt") as caught:
        mg.grad(lambda a: mg.grad(inner)(0.0, a))(2.0)
    assert caught.value.line == inner.__code__.co_firstlineno + 2


def test_a_captured_value_is_named_by_what_reads_it() -> None:
    captured = np.array([1.0, np.nan])

    def function(x: Any) -> Any:
        doubled = x * 2.0
        return mg.sum(doubled - captured)

    with pytest.raises(mg.DomainError, match=r"subtract\(.*a captured value") as caught:
        mg.grad(function)(np.ones(2))
    assert caught.value.node == 2
    assert caught.value.line == function.__code__.co_firstlineno + 2


def test_wrong_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="2 outputs"):
        mg.vjp(lambda x: (x, x), 2.0)[1](1.0)
    with pytest.raises(ValueError, match="shape"):
        mg.jvp(lambda x: x, (np.ones(2),), (np.ones(3),))
    with pytest.raises(ValueError, match="shape"):
        mg.vjp(lambda x: x, np.ones(2))[1](np.ones(3))
    with pytest.raises(ValueError, match="reshape"):
        mg.grad(lambda x: mg.sum(mg.reshape(x, (3,))))(np.ones(4))
    with pytest.raises(ValueError, match="axis"):
        mg.sum(np.ones(4), axis=1)


@pytest.mark.parametrize(
    ("name", "ours"),
    [("T", "minigrad.transpose"), ("sum", "minigrad.sum"), ("reshape", "minigrad.reshape")],
)
def test_numpys_methods_are_refused_by_name(name: str, ours: str) -> None:
    with pytest.raises(AttributeError, match=ours):
        mg.grad(lambda x: getattr(x, name))(np.ones(2))


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("f", [mg.sum, mg.sin, lambda x: mg.multiply(x, x), mg.softmax])
def test_what_is_not_finite_does_not_pass_outside_of_a_trace(f: Any, bad: float) -> None:
    with pytest.raises(mg.DomainError), np.errstate(all="ignore"):
        f(np.array([1.0, bad]))


def test_float64_with_a_note_in_its_type_is_float64() -> None:
    noted = np.array([1.0, 2.0]).astype(np.dtype(np.float64, metadata={"unit": "m"}))
    assert mg.square(noted).tolist() == [1.0, 4.0]
    assert mg.grad(lambda x: mg.sum(mg.square(x)))(noted).tolist() == [2.0, 4.0]


@pytest.mark.parametrize("end", [mg.grad, mg.jacobian, mg.value_and_grad])
@pytest.mark.parametrize(
    "later",
    [
        lambda kept: kept * 2.0,
        lambda kept: mg.grad(lambda x: x * kept)(3.0),
        lambda kept: mg.grad(lambda x: x + mg.sin(kept))(3.0),
        lambda kept: mg.grad(lambda x: mg.sum(mg.stack([x, kept])))(3.0),
        lambda kept: mg.grad(lambda x: kept)(3.0),
        mg.vjp(lambda x: x * 3.0, 1.0)[1],
        lambda kept: mg.jvp(lambda x: x * 3.0, (1.0,), (kept,)),
    ],
)
def test_a_value_kept_from_a_derivative_is_refused(end: Any, later: Any) -> None:
    kept: list[Any] = []

    def f(x: Any) -> Any:
        kept.append(x * x)
        return kept[0]

    assert end(f)(2.0) is not None
    with pytest.raises(TypeError, match=r"node\.value"):
        later(kept[0])
    assert kept[0].value == 4.0


def test_what_jvp_leaves_is_refused_too() -> None:
    kept: list[Any] = []
    mg.jvp(lambda x: kept.append(x * x) or x, (2.0,), (1.0,))  # type: ignore[func-returns-value]
    with pytest.raises(TypeError, match=r"node\.value"):
        mg.sin(kept[0])


@pytest.mark.parametrize("end", [mg.vjp, mg.trace])
def test_an_error_is_of_the_numbers_that_were_not_of_later_ones(end: Any) -> None:
    c = np.array([0.0, 1.0])
    made = end(lambda x: mg.sum(mg.sqrt(x * c)), np.ones(2))
    c[:] = 4.0
    back = (lambda: made[1](1.0)) if end is mg.vjp else made.backward
    with pytest.raises(mg.DomainError, match="sqrt"):
        back()


def test_a_function_that_does_something_else_the_second_time_hides_no_error() -> None:
    numbers = iter([0.0])
    with pytest.raises(mg.DomainError, match="sqrt"):
        mg.grad(lambda x: mg.sqrt(x * next(numbers)))(1.0)
    random = np.random.default_rng(0)

    def f(x: Any) -> Any:  # linear: its tangent along x is its value
        return mg.sum(x * random.random(3) * mg.where(mg.sqrt(x) > 0.5, 1.0, 2.0))

    value, tangent = mg.jvp(f, (np.array([0.0, 1.0, 4.0]),), (np.array([0.0, 1.0, 4.0]),))
    assert value == tangent


@pytest.mark.parametrize(
    "f",
    [
        lambda a: mg.sum(mg.grad(lambda x: mg.sum(mg.sqrt(a * x)))(np.zeros(2))),
        lambda a: mg.sum(mg.hessian(lambda x: mg.sum((a * x) ** 1.5))(np.zeros(2))),
        lambda a: mg.greater(mg.sum(mg.grad(lambda x: mg.sum(mg.sqrt(a * x)))(np.zeros(2))), 1.0),
    ],
)
def test_an_inner_derivative_that_is_not_finite_is_refused(f: Any) -> None:
    for call in (mg.trace, mg.vjp, lambda f, a: mg.value_and_grad(f)(a)):
        with pytest.raises(mg.DomainError):
            call(f, 1.0)


@pytest.mark.parametrize("twice", [mg.hessian, lambda f: mg.jacobian(mg.grad(f))])
def test_a_second_derivative_names_the_operation_that_has_none(twice: Any) -> None:
    with pytest.raises(mg.DomainError, match=r"^sqrt") as caught:
        twice(lambda x: mg.sum(mg.sqrt(x)))(np.array([1.0, 0.0]))
    assert Path(str(caught.value.file)).name == Path(__file__).name


def test_silence_within_the_function_hides_no_value() -> None:
    def f(x: Any) -> Any:
        with np.errstate(all="ignore"):
            return mg.sum(mg.log(x))

    with pytest.raises(mg.DomainError, match=r"^log"):
        mg.value_and_grad(f)(np.array([-1.0, 2.0]))


C = np.array([0.0, 1.0, 4.0])


def with_numpy(x: Any) -> Any:
    return mg.sum(x * np.where(C > 0.0, np.log(C), 0.0))


TRANSFORMS: list[Any] = [
    lambda: mg.grad(with_numpy)(np.ones(3)),
    lambda: mg.jacobian(with_numpy)(np.ones(3)),
    lambda: mg.vjp(with_numpy, np.ones(3))[1](1.0)[0],
    lambda: mg.grad(lambda y: mg.sum(mg.grad(with_numpy)(y) * y))(np.ones(3)),
]


@pytest.mark.parametrize("call", TRANSFORMS)
def test_numpy_in_the_function_is_as_the_user_has_it(call: Any) -> None:
    expected = [0.0, 0.0, math.log(4.0)]
    with np.errstate(divide="ignore"):
        assert call().tolist() == expected
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert call().tolist() == expected
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        call()


@pytest.mark.parametrize("call", [mg.maximum, mg.minimum, mg.greater, mg.multiply])
def test_a_number_that_is_none_is_refused_among_floats_too(call: Any) -> None:
    for given in ((1.0, math.nan), (math.nan, 1.0)):
        with pytest.raises(mg.DomainError):
            call(*given)


def test_an_array_without_axes_is_a_number() -> None:
    assert type(mg.grad(lambda x: x * np.array(2.0))(1.0)) is float
    assert type(mg.grad(lambda x: np.array(2.0) * x)(1.0)) is float
    big = np.array(1e200)
    with pytest.raises(mg.DomainError):
        mg.grad(lambda x: (x * big) * big)(1e-300)


@pytest.mark.parametrize(
    "key",
    [
        ((0, 1), slice(None), (0, 0)),
        (range(2), slice(None), [3, 0]),
        (slice(None), (2, 2, 0)),
        (memoryview(np.array([1, 1, 0])),),
        (np.array([True, False]), 1),
        (np.int64(1), Ellipsis, np.uint8(2)),
    ],
)
def test_positions_of_any_kind_are_numpys(key: Any) -> None:
    x = np.arange(24.0).reshape(2, 3, 4)
    expected = np.zeros((*x[key].shape, 2, 3, 4))
    for place in np.ndindex(x[key].shape):
        expected[place].flat[int(x[key][place])] = 1.0
    for jacobian in (mg.jacfwd, mg.jacrev):
        np.testing.assert_array_equal(jacobian(lambda x: x[key])(x), expected)


@pytest.mark.parametrize(
    ("key", "error"),
    [
        (np.array([True, False]), IndexError),
        (np.array([0.9, 1.9]), TypeError),
        (["1"], TypeError),
        (np.array(True), TypeError),
        (True, TypeError),
        (1.0, TypeError),
        (7, IndexError),
    ],
)
def test_positions_that_numpy_would_not_take_are_refused(key: Any, error: Any) -> None:
    with pytest.raises(error):
        mg.grad(lambda x: mg.sum(x[key]))(np.ones(3))


@pytest.mark.parametrize(
    "call",
    [
        lambda x: mg.concatenate([x, x], None),
        lambda x: mg.concatenate([x, x], (0, 1)),
        lambda x: mg.stack([x, x], None),
        lambda x: mg.broadcast_to(x, (3,)),
        lambda x: mg.reshape(x, (-1, -1)),
        lambda x: mg.reshape(x[:0], (0, -1)),
        lambda x: mg.hessian(mg.sum, []),
        lambda x: mg.grad(lambda y: ())(2.0),
    ],
)
def test_what_numpy_or_grad_would_not_take_is_refused(call: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        call(np.ones((1, 3)))


def test_a_file_beside_the_package_is_the_users(tmp_path: Path) -> None:
    package = str(Path(str(mg.__file__)).parent)
    for file in (f"{package}_experiments/net.py", str(tmp_path / "numpy" / "net.py")):
        scope: dict[str, Any] = {"mg": mg}
        exec(compile("def f(x):\n    return mg.log(x)", file, "exec"), scope)  # noqa: S102
        with pytest.raises(mg.DomainError) as caught:
            mg.grad(scope["f"])(-1.0)
        assert (caught.value.file, caught.value.line) == (file, 2)


def test_an_unknown_mode_of_the_check_is_named() -> None:
    with pytest.raises(ValueError, match="'rev' and 'fwd'"):
        mg.check_grads(mg.sin, (1.0,), modes="reverse")


@pytest.mark.parametrize("axes", [(3, 4, 5), (0, 1), (0, 0, 1), (-4, 1, 2), (0, 1, 3)])
def test_an_order_of_other_axes_is_refused(axes: Any) -> None:
    with pytest.raises(ValueError, match="is no order of 3 axes"):
        mg.transpose(np.ones((2, 3, 4)), axes)


@pytest.mark.parametrize(
    "call",
    [
        lambda f: mg.jvp(f, (0.1,), (1.0,)),
        lambda f: mg.jacfwd(f)(0.1),
        lambda f: mg.jacfwd(f)(np.array([0.1])),
        lambda f: mg.jacfwd(lambda x: (f(x), x))(0.1),
        lambda f: mg.grad(f)(0.1),
        lambda f: mg.trace(lambda x: f(x > 0.5) + x, 0.1).backward(),
        lambda f: mg.trace(lambda x, v: f(x > 0.5) + x + mg.sum(v), 0.1, [1.0]).backward(),
    ],
)
def test_a_sum_of_finite_terms_that_is_not_finite_is_refused_in_both_modes(call: Any) -> None:
    with pytest.raises(mg.DomainError):
        call(lambda x: x * 1e308 + x * 1e308)


def test_numbers_of_a_second_evaluation_are_no_derivative() -> None:
    calls: list[int] = []

    def f(x: Any) -> Any:
        calls.append(1)
        return mg.sum(x * mg.sqrt(x > 0.0)) * float(len(calls))

    with pytest.raises(ValueError, match="each time it is called"):
        mg.value_and_grad(f)(np.linspace(-1.0, 1.0, 20_000))
    calls.clear()
    assert mg.grad(f)(np.linspace(-1.0, 1.0, 20))[-1] == 1.0
    calls.clear()

    def same_value(x: Any) -> Any:
        calls.append(1)
        return mg.sum(x) * float(len(calls)) + mg.sum(0.0 * mg.sqrt(x > 0.0))

    with pytest.raises(ValueError, match="each time it is called"):
        mg.grad(same_value)(np.where(np.arange(20_000) % 2, 1.0, -1.0))
    calls.clear()
    repeated = np.broadcast_to(1.0, (20_000,))  # looks like what large values are replaced by
    assert mg.jacrev(lambda x: f(x) + mg.sum(mg.sqrt(x < 0.5)))(repeated)[0] == 1.0


@pytest.mark.parametrize("fault", ["raises", "domain", "derivative", "several"])
def test_what_a_derivative_that_failed_leaves_is_refused(fault: str) -> None:
    kept: list[Any] = []

    def f(x: Any) -> Any:
        kept.append(x * x)
        if fault == "raises":
            raise KeyError(fault)
        if fault == "domain":
            return mg.log(x - x)
        return mg.sqrt(x - x) if fault == "derivative" else (x, x)

    with pytest.raises((KeyError, mg.DomainError, TypeError)):
        mg.grad(f)(3.0)
    with pytest.raises(TypeError, match=r"node\.value"):
        mg.grad(lambda z: z * kept[0])(2.0)


def test_what_a_second_evaluation_leaves_is_refused_too() -> None:
    def outer(x: Any) -> Any:
        kept: list[Any] = []

        def g(y: Any) -> Any:
            kept.append(mg.sum(y * y))
            return mg.sum(mg.sqrt(y * 0.0)) + kept[-1]

        with contextlib.suppress(mg.DomainError):
            mg.grad(g)(x)
        assert len(kept) == 2
        return kept[-1]

    with pytest.raises(TypeError, match=r"node\.value"):
        mg.grad(outer)([1.0, 2.0])


def test_underflow_is_no_fault() -> None:
    with np.errstate(all="raise"):
        assert mg.grad(lambda x: mg.sum((x * 1e-200) * (x * 1e-200)))([1.0, 2.0]).tolist() == [0, 0]


def test_numpy_in_the_function_may_warn_of_large_arrays_too() -> None:
    def f(x: Any) -> Any:
        with np.errstate(divide="ignore"):
            np.log(np.zeros(1))
        return mg.sum(x * mg.sqrt(x > 0.0))

    assert mg.grad(f)(np.linspace(-1.0, 1.0, 20_000))[-1] == 1.0


def test_every_tangent_of_a_trace_is_looked_at() -> None:
    trace = mg.trace(lambda x: (x * 1e308 + x * 1e308) > 1.0, 0.1)
    with pytest.raises(mg.DomainError):
        trace.forward([1.0])


def test_the_line_of_a_derivative_is_not_that_of_a_silenced_value() -> None:
    def f(x: Any) -> Any:
        with np.errstate(all="ignore"):
            y = mg.log(x)
        return mg.sum(mg.sqrt(mg.maximum(y, 0.0)))

    with pytest.raises(mg.DomainError, match=r"^sqrt") as caught:
        mg.grad(f)(np.array([0.0, 1.0]))
    assert caught.value.line != f.__code__.co_firstlineno + 2


def test_the_line_is_right_where_numpy_is_silent_in_the_function() -> None:
    def f(x: Any) -> Any:
        with np.errstate(all="ignore"):
            y = mg.exp(x)
        return mg.sum(y)

    with pytest.raises(mg.DomainError, match=r"^exp") as caught:
        mg.grad(f)(np.array([800.0, 1.0]))
    assert caught.value.line == f.__code__.co_firstlineno + 2


def test_the_line_of_another_operation_is_not_told() -> None:
    calls: list[int] = []

    def f(x: Any) -> Any:
        calls.append(1)
        return mg.sum(mg.sqrt(x)) if len(calls) == 1 else mg.sum(mg.exp(x))

    with pytest.raises(mg.DomainError, match=r"^sqrt") as caught:
        mg.grad(f)(np.zeros(2))
    assert caught.value.line != f.__code__.co_firstlineno + 2


def test_sizes_may_be_infinite() -> None:
    trace = mg.trace(lambda x: mg.sum(x * np.array([1e308, -1e308, 1e308, -1e308])), np.ones(4))
    assert trace.magnitudes().values[-1] == math.inf
    trace = mg.trace(lambda x: x @ np.array([1e308, -1e308]), np.ones(2))
    assert trace.magnitudes().values[-1] == math.inf


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (2, 0, 3)])
def test_an_empty_mask_is_numpys(shape: tuple[int, ...]) -> None:
    x = np.zeros(shape)
    assert mg.index(x, np.zeros(shape, bool)).shape == x[np.zeros(shape, bool)].shape
    with pytest.raises(IndexError):
        mg.index(np.ones(3), np.zeros((0, 3), bool))
    for key in ([], ((),), ((), 0), [[]], [[], []], [()]):
        assert mg.index(np.ones((3, 2)), key).shape == np.ones((3, 2))[key].shape
    with pytest.raises(TypeError):
        mg.index(np.ones(3), np.zeros(0))


def test_arrays_are_let_go_without_the_garbage_collector() -> None:
    given = np.ones(4)
    alive: list[Any] = []

    def f(x: Any) -> Any:
        captured = np.full(4, 2.0)
        alive.append(weakref.ref(captured))
        return mg.sum(x * captured) * 3.0

    gc.disable()
    try:
        for call in (
            mg.grad(f), mg.jacrev(f), mg.jacfwd(f), lambda x: mg.jvp(f, (x,), (x,)), mg.hessian(f),
        ):  # fmt: skip
            call(given)
        assert not any(reference() is not None for reference in alive)
    finally:
        gc.enable()
