"""Every operation, declared once: its value, its derivative rules, and how it prints.

An elementwise operation declares its value on floats, one local partial for each operand, and,
as the body, its value on arrays. The partials are written in the engine's own functions, so the
same rule gives a number, a new node (hence second derivatives), TeX or JavaScript, according to
what it is read on; ``y`` stands for the operation's own value. Structural operations declare a
linear map for each operand (``push``) and its transpose (``pull``) in the same functions.
Guards at kinks, zeros and in tails are operations too: ``generic`` is the branch TeX shows.
What begins with an underscore serves rules alone; every other entry but the guards is public.
"""

from __future__ import annotations

import builtins
import math
import operator
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from minigrad.declaring import Each, elementwise, structural
from minigrad.node import Reading, Value, shape_of
from minigrad.operation import OPERATIONS, first_operand, second_operand
from minigrad.rationals import log_power_of, multiple_of_power, power_of, root_of
from minigrad.structure import (
    along,
    axes_from_the_end,
    flat_positions,
    is_reading,
    lead,
    ndim,
    part_of,
    pull_left,
    pull_right,
    push_left,
    push_right,
    read_axes,
    read_dot,
    read_key,
    read_reshape,
    read_sequence,
    read_transpose,
    reduced_size,
    repeated,
    reshaped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# --- arithmetic ----------------------------------------------------------------------------------


@elementwise(
    operator.add, 1.0, 1.0, tex="{0:1} + {1:2}", text="{0:1} + {1:2}", javascript="{0:1} + {1:2}",
    operator="add", binds=1, exact=operator.add, carries=True,
)  # fmt: skip
def add(a: Value, b: Value) -> Value:
    """Sum a + b.

    >>> add(2.0, 3.0)
    5.0
    """
    return np.add(a, b)


@elementwise(
    operator.sub, 1.0, -1.0, tex="{0:1} - {1:2}", text="{0:1} - {1:2}", javascript="{0:1} - {1:2}",
    operator="sub", binds=1, exact=operator.sub, carries=True,
)  # fmt: skip
def subtract(a: Value, b: Value) -> Value:
    """Difference a - b.

    >>> subtract(2.0, 3.0)
    -1.0
    """
    return np.subtract(a, b)


@elementwise(
    operator.mul, second_operand, first_operand, tex="{0:2} {dot} {1:2}", text="{0:2}*{1:3}",
    javascript="{0:2} * {1:3}", operator="mul", binds=2, exact=operator.mul, carries=True,
)  # fmt: skip
def multiply(a: Value, b: Value) -> Value:
    """Product a · b, element by element.

    >>> multiply(2.0, 3.0)
    6.0
    """
    return np.multiply(a, b)


@elementwise(
    operator.truediv, lambda y, a, b: 1.0 / b, lambda y, a, b: -(y / b), tex=r"\frac{{{0}}}{{{1}}}",
    text="{0:2}/{1:3}", javascript="{0:2} / {1:3}", binds=2, domain="a divisor other than 0",
    operator="truediv", exact=lambda a, b: a / b if b else None,
)  # fmt: skip
def divide(a: Value, b: Value) -> Value:
    """Quotient a / b, for b other than 0.

    >>> divide(1.0, 4.0)
    0.25
    """
    return np.divide(a, b)


@elementwise(
    operator.neg, -1.0, tex="-{0:2}", text="-{0:2}", javascript="-{0:3}", binds=1,
    operator="neg", exact=operator.neg,
)  # fmt: skip
def negative(x: Value) -> Value:
    """Negative -x.

    >>> negative(2.0)
    -2.0
    """
    return np.negative(x)


@elementwise(
    math.pow, lambda y, a, b: scaled_power(b, a, b - 1.0), lambda y, a, b: log_power(1.0, a, b),
    tex="{0:5}^{{{1}}}", text="{0:5}^{1:5}", operator="pow", binds=4,
    domain="a base above 0, or a whole exponent (not negative at 0)", exact=power_of,
)  # fmt: skip
def power(a: Value, b: Value) -> Value:
    """Power a to the b: for a > 0, or whole b (b >= 0 where a = 0).

    Derivatives: b a^(b-1) by a; a^b ln a by b, for a > 0, and 0 for a = 0 and b > 0. Everywhere
    a ** 0 is 1, with derivative 0 by a.

    >>> power(-2.0, 3.0)
    -8.0
    """
    return np.power(a, b)


@elementwise(
    lambda c, a, b: c * math.pow(a, b) if c else 0.0, lambda y, c, a, b: power(a, b),
    lambda y, c, a, b: scaled_power(c * b, a, b - 1.0), lambda y, c, a, b: xlogy(y, a),
    generic=lambda c, a, b: c * a**b, exact=multiple_of_power,
    javascript="({0} === 0 ? 0 : {0:3} * Math.pow({1}, {2}))",
    domain="a base above 0, or a whole exponent (not negative at 0)", guard=True,
)  # fmt: skip
def scaled_power(c: Value, a: Value, b: Value) -> Value:
    """Multiple c of a to the b, and 0 wherever c is 0: the derivative of a power, right at a = 0.

    >>> scaled_power(0.0, 0.0, -1.0)
    0.0
    """
    return np.where(np.equal(c, 0.0), 0.0, c * np.power(a, b))


def _scalar_log_power(k: float, a: float, b: float) -> float:
    """The same on floats."""
    if k <= 0.0:
        return 0.0 if k else math.pow(a, b)
    return math.pow(a, b) * math.pow(math.log(a), k) if a or b <= 0.0 else 0.0


@elementwise(
    _scalar_log_power, None,
    lambda y, k, a, b: b * log_power(k, a, b - 1.0) + k * log_power(k - 1.0, a, b - 1.0),
    lambda y, k, a, b: log_power(k + 1.0, a, b), generic=lambda k, a, b: a**b * log(a) ** k,
    javascript=(
        "({0:1} < 0 || ({1:1} === 0 && {2:1} > 0) ? 0"
        " : Math.pow({1}, {2}) * Math.pow(Math.log({1}), {0}))"
    ),
    exact=log_power_of, domain="a base above 0, or an exponent above 0 at 0", guard=True,
)  # fmt: skip
def log_power(k: Value, a: Value, b: Value) -> Value:
    """Power a to the b times the k-th power of ln a: the k-th derivative of a power by b.

    For whole k: for k = 0 the power itself, for negative k nothing.

    >>> log_power(1.0, 0.0, 2.0)
    0.0
    """
    defined = np.where((k <= 0.0) | ((a == 0.0) & (b > 0.0)), 1.0, a)
    return np.where(k < 0.0, 0.0, np.power(a, b) * np.log(defined) ** np.maximum(k, 0.0))


@elementwise(
    lambda a, b: a * math.log(b) if a else 0.0, lambda y, a, b: log(b), lambda y, a, b: a / b,
    generic=lambda a, b: a * log(b), exact=lambda a, b: 0 if not a or b == 1 else None,
    javascript="({0} === 0 ? 0 : {0:3} * Math.log({1}))",
    domain="b > 0, or a = 0 (b > 0 to differentiate)",
)  # fmt: skip
def xlogy(a: Value, b: Value) -> Value:
    """Product a ln b, and 0 where a is 0.

    >>> xlogy(0.0, 0.0)
    0.0
    """
    return np.where(np.equal(a, 0.0), 0.0, a * np.log(b))


@elementwise(
    lambda x: x * x, lambda y, x: 2.0 * x, tex="{0:5}^{{2}}", text="{0:5}^2",
    javascript="Math.pow({0}, 2)", binds=4, exact=lambda x: x * x,
)  # fmt: skip
def square(x: Value) -> Value:
    """Square of x.

    >>> square(-3.0)
    9.0
    """
    return np.square(x)


@elementwise(
    math.sqrt, lambda y, x: 1.0 / (2.0 * y), tex=r"\sqrt{{{0}}}",
    domain="x >= 0 (x > 0 to differentiate)", exact=root_of,
)  # fmt: skip
def sqrt(x: Value) -> Value:
    """Square root, for x >= 0; its derivative 1 / (2 y) needs x > 0.

    >>> sqrt(9.0)
    3.0
    """
    return np.sqrt(x)


# --- exponentials and logarithms -----------------------------------------------------------------


@elementwise(
    math.exp, lambda y, x: y, tex="e^{{{0}}}", domain="x < 709.78", exact={0: 1}.get, binds=4,
)  # fmt: skip
def exp(x: Value) -> Value:
    """Exponential e to the x.

    >>> exp(0.0)
    1.0
    """
    return np.exp(x)


@elementwise(
    math.expm1, lambda y, x: exp(x), tex="e^{{{0}}} - 1", domain="x < 709.78", exact={0: 0}.get,
    binds=1,
)  # fmt: skip
def expm1(x: Value) -> Value:
    """Exponential minus one, exact near 0.

    >>> expm1(0.0)
    0.0
    """
    return np.expm1(x)


@elementwise(
    math.log, lambda y, x: 1.0 / x, tex=r"\ln{0:f}", text="ln({0})", domain="x > 0",
    exact={1: 0}.get,
)  # fmt: skip
def log(x: Value) -> Value:
    """Natural logarithm, for x > 0.

    >>> log(1.0)
    0.0
    """
    return np.log(x)


@elementwise(
    math.log1p, lambda y, x: 1.0 / (1.0 + x), generic=lambda x: log(1.0 + x),
    domain="x > -1", exact={0: 0}.get,
)  # fmt: skip
def log1p(x: Value) -> Value:
    """Natural logarithm of 1 + x, for x > -1, exact near 0.

    >>> log1p(0.0)
    0.0
    """
    return np.log1p(x)


# --- trigonometry --------------------------------------------------------------------------------


@elementwise(math.sin, lambda y, x: cos(x), tex=r"\sin{0:f}", exact={0: 0}.get)
def sin(x: Value) -> Value:
    """Sine of x in radians.

    >>> sin(0.0)
    0.0
    """
    return np.sin(x)


@elementwise(math.cos, lambda y, x: -sin(x), tex=r"\cos{0:f}", exact={0: 1}.get)
def cos(x: Value) -> Value:
    """Cosine of x in radians.

    >>> cos(0.0)
    1.0
    """
    return np.cos(x)


@elementwise(math.tan, lambda y, x: 1.0 + square(y), tex=r"\tan{0:f}", exact={0: 0}.get)
def tan(x: Value) -> Value:
    """Tangent of x in radians.

    >>> tan(0.0)
    0.0
    """
    return np.tan(x)


@elementwise(
    lambda x: 1.0 / (1.0 + x * x), lambda s, x: -(2.0 * (x * s) * s),
    generic=lambda x: 1.0 / (1.0 + square(x)), exact=lambda x: 1 / (1 + x * x),
    javascript="1 / (1 + Math.pow({0}, 2))", binds=2, guard=True,
)  # fmt: skip
def arctan_slope(x: Value) -> Value:
    """Derivative 1 / (1 + x²) of arctan x, also where x² overflows.

    >>> arctan_slope(1e200)
    0.0
    """
    with np.errstate(over="ignore"):
        return 1.0 / (1.0 + np.multiply(x, x))


@elementwise(math.atan, lambda y, x: arctan_slope(x), tex=r"\arctan{0:f}", exact={0: 0}.get)
def arctan(x: Value) -> Value:
    """Inverse tangent, in radians.

    >>> arctan(0.0)
    0.0
    """
    return np.arctan(x)


# --- activations ---------------------------------------------------------------------------------


def _scalar_tanh_slope(_y: float, x: float) -> float:
    """Squared hyperbolic secant, without cancellation in the tails."""
    t = math.exp(-2.0 * builtins.abs(x))
    return 4.0 * t / ((1.0 + t) * (1.0 + t))


@elementwise(
    _scalar_tanh_slope, None, lambda d, y, x: -2.0 * y * d, generic=lambda y, x: 1.0 - square(y),
    exact=lambda y, x: 1 - y * y,
    javascript="((t) => 4 * t / ((1 + t) * (1 + t)))(Math.exp(-2 * Math.abs({1})))", guard=True,
)  # fmt: skip
def tanh_slope(y: Value, x: Value) -> Value:
    """Derivative 1 - y² of y = tanh x, exact in the tails, as a function of x alone.

    >>> tanh_slope(0.0, 0.0)
    1.0
    """
    slope = np.multiply(y, y)
    np.subtract(1.0, slope, out=slope)
    (tail,) = (slope < 1e-3).ravel().nonzero()
    if len(tail):  # there 1 - y² has lost digits
        x = x if shape_of(x) == slope.shape else np.broadcast_to(x, slope.shape)
        t = np.exp(-2.0 * np.abs(x.take(tail)))
        more = 1.0 + t
        slope.put(tail, 4.0 * t / (more * more))
    return slope


@elementwise(math.tanh, tanh_slope, tex=r"\tanh{0:f}", exact={0: 0}.get)
def tanh(x: Value) -> Value:
    """Hyperbolic tangent; its derivative 1 - y², the squared secant, is exact in the tails.

    >>> tanh(0.0)
    0.0
    """
    return np.tanh(x)


def _scalar_sigmoid_slope(_y: float, x: float) -> float:
    """The logistic function times that of -x."""
    t = math.exp(-builtins.abs(x))
    return t / ((1.0 + t) * (1.0 + t))


@elementwise(
    _scalar_sigmoid_slope, None, lambda d, y, x: -d * tanh(0.5 * x),
    generic=lambda y, x: y * (1.0 - y), exact=lambda y, x: y * (1 - y),
    javascript="((t) => t / ((1 + t) * (1 + t)))(Math.exp(-Math.abs({1})))", guard=True,
)  # fmt: skip
def sigmoid_slope(_y: Value, x: Value) -> Value:
    """Derivative y (1 - y) of y = sigmoid(x), exact in the tails, as a function of x alone.

    >>> sigmoid_slope(0.5, 0.0)
    0.25
    """
    t = np.exp(-np.abs(x))
    return t / ((1.0 + t) * (1.0 + t))


def _scalar_sigmoid(x: float) -> float:
    """The logistic function, whose exponential never overflows."""
    t = math.exp(-builtins.abs(x))
    return (1.0 if x >= 0.0 else t) / (1.0 + t)


@elementwise(
    _scalar_sigmoid, sigmoid_slope, tex=r"\sigma({0})",
    javascript="1 / (1 + Math.exp(-{0:3}))", binds=2, exact={0: "1/2"}.get,
)  # fmt: skip
def sigmoid(x: Value) -> Value:
    """Logistic function 1 / (1 + exp(-x)), whose derivative y (1 - y) is exact in the tails.

    In double precision 1 - y is 0 from x = 37 on, hence an operation of its own.

    >>> sigmoid(0.0)
    0.5
    """
    t = np.exp(-np.abs(x))
    return np.where(np.greater_equal(x, 0.0), 1.0, t) / (1.0 + t)


@elementwise(
    lambda x: builtins.max(x, 0.0) + math.log1p(math.exp(-builtins.abs(x))),
    lambda y, x: sigmoid(x), javascript="Math.max({0}, 0) + Math.log1p(Math.exp(-Math.abs({0})))",
    binds=1,
)  # fmt: skip
def softplus(x: Value) -> Value:
    """Softplus ln(1 + exp(x)), exact in the tails; its derivative is the logistic function.

    >>> softplus(0.0) == log(2.0)
    True
    """
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


@elementwise(
    lambda x: builtins.max(x, 0.0), lambda y, x: greater(x, 0.0), javascript="Math.max({0}, 0)",
    exact=lambda x: builtins.max(x, 0), kink="relu has no derivative at 0; 0 is taken",
    at_kink=lambda x: np.equal(x, 0.0),
)  # fmt: skip
def relu(x: Value) -> Value:
    """The larger of x and 0; the derivative at 0 is taken as 0.

    >>> relu(-1.0)
    0.0
    """
    return np.maximum(x, 0.0)


@elementwise(
    builtins.abs, lambda y, x: sign(x), tex=r"\left|{0}\right|", text="abs({0})",
    operator="abs", exact=builtins.abs, kink="abs has no derivative at 0; 0 is taken",
    at_kink=lambda x: np.equal(x, 0.0),
)  # fmt: skip
def abs(x: Value) -> Value:
    """Absolute value; the derivative at 0 is taken as 0.

    >>> abs(-2.0)
    2.0
    """
    return np.abs(x)


@elementwise(
    lambda x: float((x > 0.0) - (x < 0.0)), None, javascript="Math.sign({0})",
    exact=lambda x: (x > 0) - (x < 0), kink="sign has no derivative at 0; 0 is taken",
    at_kink=lambda x: np.equal(x, 0.0),
)  # fmt: skip
def sign(x: Value) -> Value:
    """Sign of x: -1, 0 or 1; its derivative is 0, and is taken as 0 at 0 too.

    >>> sign(-2.0)
    -1.0
    """
    return np.sign(x)


@elementwise(
    builtins.max, lambda y, a, b: wins(a, b), lambda y, a, b: wins(b, a), tex=r"\max({0}, {1})",
    text="max({0}, {1})", exact=builtins.max,
    kink="maximum has no derivative at a tie; each operand takes half", at_kink=np.equal,
)  # fmt: skip
def maximum(a: Value, b: Value) -> Value:
    """The larger of two, element by element; a tie shares the derivative equally.

    >>> maximum(2.0, 3.0)
    3.0
    """
    return np.maximum(a, b)


@elementwise(
    builtins.min, lambda y, a, b: wins(b, a), lambda y, a, b: wins(a, b), tex=r"\min({0}, {1})",
    text="min({0}, {1})", exact=builtins.min,
    kink="minimum has no derivative at a tie; each operand takes half", at_kink=np.equal,
)  # fmt: skip
def minimum(a: Value, b: Value) -> Value:
    """The smaller of two, element by element; a tie shares the derivative equally.

    >>> minimum(2.0, 3.0)
    2.0
    """
    return np.minimum(a, b)


# --- comparison and choice -----------------------------------------------------------------------


def _comparison(
    function: Any, tex: str, text: str, javascript: str
) -> Callable[[Any], Callable[..., Any]]:
    """Declare a comparison: 1 where it holds, else 0; its derivatives are 0."""
    return elementwise(
        lambda a, b: float(function(a, b)), None, None, binds=3, operator=function.__name__,
        tex=f"[{{0}} {tex} {{1}}]", text=f"[{{0}} {text} {{1}}]",
        javascript=f"+({{0:1}} {javascript} {{1:1}})", exact=function,
        kink="it has no derivative at a tie; 0 is taken", at_kink=np.equal,
    )  # fmt: skip


@_comparison(operator.gt, ">", ">", ">")
def greater(a: Value, b: Value) -> Value:
    """1 where a > b, else 0.

    >>> greater(2.0, 1.0)
    1.0
    """
    return np.greater(a, b)


@_comparison(operator.ge, r"\ge", ">=", ">=")
def greater_equal(a: Value, b: Value) -> Value:
    """1 where a >= b, else 0.

    >>> greater_equal(1.0, 1.0)
    1.0
    """
    return np.greater_equal(a, b)


@_comparison(operator.lt, "<", "<", "<")
def less(a: Value, b: Value) -> Value:
    """1 where a < b, else 0.

    >>> less(2.0, 1.0)
    0.0
    """
    return np.less(a, b)


@_comparison(operator.le, r"\le", "<=", "<=")
def less_equal(a: Value, b: Value) -> Value:
    """1 where a <= b, else 0.

    >>> less_equal(1.0, 1.0)
    1.0
    """
    return np.less_equal(a, b)


@_comparison(operator.eq, "=", "=", "===")
def equal(a: Value, b: Value) -> Value:
    """1 where a = b, else 0.

    >>> equal(1.0, 1.0)
    1.0
    """
    return np.equal(a, b)


@_comparison(operator.ne, r"\ne", "!=", "!==")
def not_equal(a: Value, b: Value) -> Value:
    """1 where a and b differ, else 0.

    >>> not_equal(1.0, 1.0)
    0.0
    """
    return np.not_equal(a, b)


@elementwise(
    lambda a, b: 0.5 * ((a > b) + (a >= b)), None, None, generic=greater,
    exact=lambda a, b: f"{(a > b) + (a >= b)}/2",
    javascript="(({0:3} > {1:3}) + ({0:3} >= {1:3})) / 2", binds=2, guard=True,
)  # fmt: skip
def wins(a: Value, b: Value) -> Value:
    """1 where a > b, 1/2 at a tie, else 0.

    >>> wins(1.0, 1.0)
    0.5
    """
    return 0.5 * np.greater(a, b) + 0.5 * np.greater_equal(a, b)


@elementwise(
    lambda condition, a, b: a if condition else b, None, lambda y, c, a, b: where(c, 1.0, 0.0),
    lambda y, c, a, b: where(c, 0.0, 1.0),
    tex=r"\begin{{cases}} {1} & \text{{if }} {0} \\ {2} & \text{{otherwise}} \end{{cases}}",
    text="where({0}, {1}, {2})", javascript="({0:1} ? {1:1} : {2:1})",
    exact=lambda condition, a, b: a if condition else b,
)  # fmt: skip
def where(condition: Value, a: Value, b: Value) -> Value:
    """Choose a where the condition is not 0, else b; the condition has no derivative.

    Both are computed, so both must be defined: ``where(x > 0.0, log(where(x > 0.0, x, 1.0)), 0.0)``
    takes the logarithm of no other x.

    >>> where(greater(2.0, 1.0), 5.0, 6.0)
    5.0
    """
    return np.where(np.not_equal(condition, 0.0), a, b)


# --- what structural rules share -----------------------------------------------------------------


def _kept(t: Value, x: Value, axis: tuple[int, ...], keepdims: bool) -> Value:
    """A reduction of x, or its adjoint, with the reduced axes back as axes of length 1."""
    if keepdims or not axis:
        return t
    have, own = shape_of(t), list(shape_of(x))
    for position in axis:
        own[position] = 1
    return reshaped(t, (*have[: len(have) - len(own) + len(axis)], *own))


def _spread(t: Value, x: Value, axis: tuple[int, ...], keepdims: bool) -> Value:
    """The adjoint of a reduction of x, repeated over what was reduced."""
    own = shape_of(x)
    if type(t) is float:
        return repeated(t, own) if own else t
    t = _kept(t, x, axis, keepdims)
    have = shape_of(t)
    shape = have[: len(have) - len(own)] + own
    return repeated(t, shape) if type(t) is np.ndarray else broadcast_to(t, shape)


def _on_absolute(rule: Any, size: Value, y: Value, *operands: Value, **options: Any) -> Value:
    """How sizes go through a map whose coefficients are the operands: these without signs."""
    return rule(size, np.abs(y), *map(np.abs, operands), **options)


# --- reductions: as numpy's functions of these names, without what they do before --------------

SUM: Any = np.add.reduce
PRODUCT: Any = np.multiply.reduce
LARGEST: Any = np.maximum.reduce
SMALLEST: Any = np.minimum.reduce


@structural(
    push=[lambda t, y, x, axis, keepdims: sum(t, axis, keepdims)],
    pull=[lambda g, y, x, axis, keepdims: _spread(g, x, axis, keepdims)], reads=read_axes,
    tex=r"\sum {0:2}", binds=2, carries=True,
)  # fmt: skip
def sum(x: Value, axis: Any = None, keepdims: bool = False) -> Value:
    """Sum over an axis, a tuple of axes, or all.

    >>> sum([1.0, 2.0, 3.0])
    6.0
    """
    return SUM(x, axis=axis, keepdims=keepdims)


@structural(
    push=[lambda t, y, x, axis, keepdims: mean(t, axis, keepdims)],
    pull=[lambda g, y, x, axis, keepdims: _spread(g / reduced_size(x, axis), x, axis, keepdims) ],
    reads=read_axes, domain="at least one element", carries=True,
)  # fmt: skip
def mean(x: Value, axis: Any = None, keepdims: bool = False) -> Value:
    """Mean over an axis, a tuple of axes, or all.

    >>> mean([1.0, 2.0, 6.0])
    3.0
    """
    return SUM(x, axis=axis, keepdims=keepdims) / reduced_size(x, axis)


def _folded(function: Any) -> Any:
    """A reduction on object arrays by a function of two operands, in whatever order."""
    return np.frompyfunc(function, 2, 1, identity=None).reduce


def _share(x: Value, y: Value, axis: tuple[int, ...], keepdims: bool) -> Value:
    """How much each element has of its maximum or minimum: ties share equally."""
    chosen = equal(x, _kept(y, x, axis, keepdims))
    return chosen / sum(chosen, axis, True)


def _weighted(weights: Any) -> dict[str, Any]:
    """A reduction, given its derivative by each element: (x, y, axis, keepdims)."""
    return {
        "push": [lambda t, y, x, **how: sum(t * weights(x, y, **how), **how)],
        "pull": [lambda g, y, x, **how: _kept(g, x, **how) * weights(x, y, **how)],
        "reads": read_axes,
    }


EXTREME: dict[str, Any] = {
    **_weighted(_share),
    "domain": "at least one element",
    "kink": "it has no derivative at a tie; the largest or smallest share equally",
    "at_kink": lambda x, y, **how: _share(x, y, **how) % 1.0 > 0.0,
}


@structural(**EXTREME, objects=_folded(maximum))
def max(x: Value, axis: Any = None, keepdims: bool = False) -> Value:
    """Largest element over an axis, a tuple of axes, or all; ties share the derivative equally.

    For the larger of two values see ``maximum``.

    >>> max([1.0, 3.0, 2.0])
    3.0
    """
    return LARGEST(x, axis=axis, keepdims=keepdims)


@structural(**EXTREME, objects=_folded(minimum))
def min(x: Value, axis: Any = None, keepdims: bool = False) -> Value:
    """Smallest element over an axis, a tuple of axes, or all; ties share the derivative equally.

    For the smaller of two values see ``minimum``.

    >>> min([1.0, 3.0, 2.0])
    1.0
    """
    return SMALLEST(x, axis=axis, keepdims=keepdims)


def _others(x: Value, _y: Value, axis: tuple[int, ...], keepdims: bool) -> Value:  # noqa: ARG001
    """For each element the product of all the others that prod takes with it; zeros do not hurt."""
    result = 1.0
    for position in axis:
        count = shape_of(x)[position]
        if not count:
            return x
        if count > 1:
            parts = [index(x, along(slice(i, i + 1), position)) for i in range(count)]
            before = [1.0, *accumulate(parts[:-1], multiply)]
            after = [1.0, *accumulate(parts[:0:-1], multiply)][::-1]
            pairs = zip(before, after, strict=True)
            result *= concatenate([multiply(b, a) for b, a in pairs], position)
            x = before[-1] * parts[-1]
    return result


@structural(
    **_weighted(_others), objects=_folded(multiply), sized=_on_absolute, tex=r"\prod {0:2}",
    binds=2,
)  # fmt: skip
def prod(x: Value, axis: Any = None, keepdims: bool = False) -> Value:
    """Product over an axis, a tuple of axes, or all; zeros among the elements are right.

    >>> prod([2.0, 3.0, 4.0])
    24.0
    """
    return PRODUCT(x, axis=axis, keepdims=keepdims)


def _weights(x: Value, y: Value, axis: tuple[int, ...], keepdims: bool) -> Value:
    """The derivative of y = logsumexp(x) by each element: the softmax of x, which has its tails."""
    if type(x) is not np.ndarray or is_reading(x):
        return softmax(x, axis)
    weights = np.exp(x - _kept(y, x, axis, keepdims))
    weights /= SUM(weights, axis=axis, keepdims=True)  # of a large y the last digits are lost
    return weights


@elementwise(
    lambda shown, meant: meant, None, 1.0, generic=lambda shown, meant: shown,
    exact=lambda shown, meant: meant, javascript="{1:9}", guard=True,
)  # fmt: skip
def stated(shown: Value, meant: Value) -> Value:
    """The second of two forms that agree but for rounding; formulas show the first.

    >>> stated(0.0, 9.9e-305)
    9.9e-305
    """
    return np.broadcast_arrays(shown, meant)[1]


def _stable_logsumexp(x: Value, axis: tuple[int, ...], keepdims: bool) -> Value:
    """The same in the engine's functions, for readings: the largest elements taken out."""
    top = _folded(maximum)(x, axis=axis, keepdims=True)
    largest = equal(x, top)
    count, rest = sum(largest, axis, True), sum(where(largest, 0.0, exp(x - top)), axis, True)
    result = stated(log(sum(exp(x), axis, True)), log(count) + log1p(rest / count) + top)
    return result if keepdims else np.squeeze(result, axis)


@structural(
    **_weighted(_weights), domain="at least one element", objects=_stable_logsumexp,
)  # fmt: skip
def logsumexp(x: Value, axis: Any = None, keepdims: bool = False) -> Value:
    """Logarithm of the sum of exponentials, over an axis, a tuple of axes, or all.

    The largest element is taken out first (Blanchard, Higham, Higham, IMA J. Numer. Anal. 41,
    2021); the derivative is the softmax.

    >>> logsumexp([700.0, 700.0]) == 700.0 + log(2.0)
    True
    """
    top = LARGEST(x, axis=axis, keepdims=True)
    terms = np.exp(x - top)
    total = SUM(terms, axis=axis, keepdims=True)
    result = np.log(total)
    if SMALLEST(total, axis=None, initial=2.0) < 2.0:  # there 1 + rest has lost digits of rest
        rest = SUM(terms - (terms == 1.0), axis=axis, keepdims=True)
        result = np.where(total < 2.0, np.log1p(rest), result)
    result = result + top
    return result if keepdims else result.squeeze(axis)


def _stable_softmax(x: Value, axis: tuple[int, ...]) -> Value:
    """The same in the engine's functions, for readings: no exponential overflows."""
    shown, meant = exp(x), exp(x - _folded(maximum)(x, axis=axis, keepdims=True))
    return stated(shown / sum(shown, axis, True), meant / sum(meant, axis, True))


def _about_mean(g: Value, p: Value, axis: tuple[int, ...]) -> Value:
    """An adjoint or tangent less its mean by the weights p, which sum to 1.

    Where one weight is nearly 1, the mean is nearly its g: what remains is right only if that g
    is taken off first, which makes no other difference.
    """
    if isinstance(p, Reading):
        return g - sum(p * g, axis, True)
    if any(type(x) is np.ndarray and is_reading(x) for x in (g, p)):
        return _read_about_mean(g, p, axis)
    g = g - sum(g * _share(p, max(p, axis, True), axis, True), axis, True)
    return g - sum(p * g, axis, True)


def _read_about_mean(g: Value, p: Value, axis: tuple[int, ...]) -> Value:
    """The same for readings: formulas show the mean, JavaScript sums the differences from each."""
    last = tuple(range(-len(axis), 0))
    by, moved = np.moveaxis(p, axis, last), np.moveaxis(g, axis, last)
    ours, theirs = (moved.reshape((*moved.shape[: -len(axis)], *n)) for n in ((-1, 1), (1, -1)))
    by = by.reshape((*by.shape[: -len(axis)], 1, -1))
    meant = np.sum(by * (ours - theirs), axis=-1).reshape(moved.shape)
    return stated(g - sum(p * g, axis, True), np.moveaxis(meant, last, axis))


def _size_about_mean(size: Value, p: Value, axis: tuple[int, ...]) -> Value:
    """How sizes go through softmax: by the weight of what is not the largest."""
    most = _share(p, LARGEST(p, axis=axis, keepdims=True), axis, True)
    size = np.where(most == 1.0, 0.0, size + sum(size * most, axis, True))
    return p * (size + sum(p * size, axis, True))


@structural(
    push=[lambda t, p, x, axis: p * _about_mean(t, p, axis)],
    pull=[lambda g, p, x, axis: p * _about_mean(g, p, axis)],
    reads=lambda o, x, axis=-1: ((x,), {"axis": axes_from_the_end(axis, ndim(x), o.name)}),
    objects=_stable_softmax, sized=lambda rule, t, p, x, axis: _size_about_mean(t, p, axis),
)  # fmt: skip
def softmax(x: Value, axis: Any = -1) -> Value:
    """Exponentials divided by their sum over an axis (the last), a tuple of axes, or all (None).

    Its derivative is right where one element has nearly all the weight.

    >>> softmax([0.0, 0.0]).tolist()
    [0.5, 0.5]
    """
    weights = np.exp(x - LARGEST(x, axis=axis, keepdims=True))
    return weights / SUM(weights, axis=axis, keepdims=True)


# --- products ------------------------------------------------------------------------------------


def _no_matrices(a: float, b: float) -> NoReturn:
    """Refuse to multiply numbers as matrices."""
    raise TypeError(f"matmul takes vectors and matrices, not {a} and {b}: use multiply")


@structural(
    push=[push_left, push_right], pull=[pull_left, pull_right], scalar=_no_matrices,
    tex=r"{0:2} \, {1:2}", text="{0:2} @ {1:3}", operator="matmul", binds=2, sized=_on_absolute,
    carries=True, blind=True,
)  # fmt: skip
def matmul(a: Value, b: Value) -> Value:
    """Matrix product a @ b of vectors, matrices, or stacks of matrices, as numpy has it.

    >>> matmul([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    return np.matmul(a, b)


@structural(
    push=[push_left, push_right], pull=[pull_left, pull_right], reads=read_dot,
    tex=r"{0:2} \cdot {1:2}", text="dot({0}, {1})", binds=2, sized=_on_absolute, carries=True,
    blind=True,
)  # fmt: skip
def dot(a: Value, b: Value) -> Value:
    """Inner product of two vectors, or product of matrices.

    >>> dot([1.0, 2.0], [3.0, 4.0])
    11.0
    """
    return np.dot(a, b)


# --- shapes and positions ------------------------------------------------------------------------


@structural(
    push=[lambda t, y, x, shape: reshape(t, lead(t, x) + shape)],
    pull=[lambda g, y, x, shape: reshape(g, lead(g, y) + shape_of(x))], reads=read_reshape,
    tex="{0}", binds=0,
)  # fmt: skip
def reshape(x: Value, shape: Any) -> Value:
    """The same elements in another shape; one length may be -1.

    >>> reshape([1.0, 2.0], (2, 1)).tolist()
    [[1.0], [2.0]]
    """
    return np.reshape(x, shape)


def pad(t: Value, x: Value, axes: int) -> Value:
    """A tangent of x with axes of length 1 put between its seeds and its own axes."""
    if ndim(x) == axes or not lead(t, x):
        return t
    return reshape(t, lead(t, x) + (1,) * (axes - ndim(x)) + shape_of(x))


@structural(
    push=[lambda t, y, x, shape: broadcast_to(pad(t, x, len(shape)), lead(t, x) + shape)],
    pull=[lambda g, y, x, shape: g], reads=lambda _, x, shape: ((x,), {"shape": tuple(shape)}),
    tex="{0}", binds=0,
)  # fmt: skip
def broadcast_to(x: Value, shape: tuple[int, ...]) -> Value:
    """Repeat x to a shape.

    >>> broadcast_to(1.0, (2,)).tolist()
    [1.0, 1.0]
    """
    return np.broadcast_to(x, shape).copy()


@structural(
    push=[lambda t, y, x, axes: transpose(t, (*range(len(lead(t, x))), *axes))],
    pull=[
        lambda g, y, x, axes: transpose(g, (*range(len(lead(g, y))), *np.argsort(axes) - len(axes)))
    ],
    reads=read_transpose, tex=r"{0:9}^{{\mathsf T}}", text="transpose({0})", binds=4,
)  # fmt: skip
def transpose(x: Value, axes: Any = None) -> Value:
    """Axes in another order; reversed by default.

    >>> transpose([[1.0, 2.0]]).tolist()
    [[1.0], [2.0]]
    """
    return np.transpose(x, axes)


def _at(t: Value, seeds: tuple[int, ...], shape: tuple[int, ...], key: tuple[Any, ...]) -> Value:
    """What a key picks out of a tangent or adjoint that may have leading axes of seeds."""
    if not seeds:
        return index(t, key)
    flat = flat_positions(key, shape)
    if flat is None:
        return index(t, (slice(None),) * len(seeds) + key)
    return index(reshape(t, (*seeds, math.prod(shape))), (Ellipsis, flat))


@structural(
    push=[lambda t, y, x, key: _at(t, lead(t, x), shape_of(x), key)],
    pull=[lambda g, y, x, key: scatter(g, key, shape_of(x))],
    reads=read_key, tex="{0:9}_{{{key}}}", text="{0:9}[{key}]",
)  # fmt: skip
def index(x: Value, key: Any) -> Value:
    """The part x[key]: integers, slices, None, Ellipsis, masks and arrays of positions.

    >>> index([1.0, 2.0], 1)
    2.0
    """
    return np.asarray(x)[key]


@structural(
    push=[lambda t, y, x, key, shape: scatter(t, key, shape)],
    pull=[lambda g, y, x, key, shape: _at(g, shape_of(g)[: ndim(g) - len(shape)], shape, key)],
    reads=lambda _, x, key, shape: ((x,), {"key": key, "shape": tuple(shape)}),
    tex=r"{0:9} \text{{ at }} {key}", text="{0:9} at {key}", binds=1, guard=True,
)  # fmt: skip
def scatter(x: Value, key: Any, shape: tuple[int, ...]) -> Value:
    """Zeros of a shape with x added at a key: the transpose of indexing.

    >>> scatter(5.0, (1,), (3,)).tolist()
    [0.0, 5.0, 0.0]
    """
    x = np.asarray(x)[()]  # an object array without axes would be stored as such
    flat = flat_positions(key, shape)
    region = np.shape(np.broadcast_to(0.0, shape)[key])
    seeds = shape_of(x)[: ndim(x) - len(region)]
    result = np.zeros(seeds + shape, dtype=object if is_reading(x) else float)
    if flat is None:
        result[(slice(None),) * len(seeds) + key] = x
    else:
        places: Any = (Ellipsis, flat)
        np.add.at(result.reshape((*seeds, math.prod(shape))), places, x)
    return result


@structural(
    push=Each(lambda i, t, y, *xs, axis: scatter(t, along(i, axis), shape_of(y))),
    pull=Each(lambda i, g, y, *xs, axis: index(g, along(i, axis))),
    reads=read_sequence, tex="({all})", text="stack({all})",
)  # fmt: skip
def stack(values: Sequence[Value], axis: int = 0) -> Value:
    """Values of one shape along a new axis.

    >>> stack([1.0, 2.0]).tolist()
    [1.0, 2.0]
    """
    return np.stack(values, axis)


@structural(
    push=Each(lambda i, t, y, *xs, axis: scatter(t, part_of(i, xs, axis), shape_of(y))),
    pull=Each(lambda i, g, y, *xs, axis: index(g, part_of(i, xs, axis))),
    reads=read_sequence, tex="({all})", text="concatenate({all})",
)  # fmt: skip
def concatenate(values: Sequence[Value], axis: int = 0) -> Value:
    """Arrays one after another along an axis that they have.

    >>> concatenate([[1.0], [2.0, 3.0]]).tolist()
    [1.0, 2.0, 3.0]
    """
    return np.concatenate(values, axis)


if not TYPE_CHECKING:  # checkers take every name here: they cannot read a table
    __all__ = [name for name, operation in OPERATIONS.items() if not operation.guard]
