"""What every operation means: mpmath's function of single numbers, and which numbers it reads.

Nothing here is shared with minigrad, so that the one can be held against the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from docs_plugins.second import reads, slopes
from docs_plugins.second.slopes import MP, Function, Real, Slope

Shape = tuple[int, ...]
Link = tuple[int, int, Real]  # element of the result, element of the operand, derivative


class Reading(NamedTuple):
    """What an operation reads: its operands' elements, and which of them each result takes."""

    elements: list[Real]
    rows: list[list[int]]  # for each element of the result, places in elements
    shape: Shape  # of the result
    starts: list[int]  # where each operand's elements begin


class Meaning(NamedTuple):
    """One operation: its value element by element, and its derivative by each operand."""

    value: Function
    reads: Callable[..., reads.Numbers] = reads.elementwise
    slope: Slope = slopes.curved
    blind: frozenset[int] = frozenset()  # operands without a derivative

    @property
    def elementwise(self) -> bool:
        """Whether each element of the result reads one element of each operand."""
        return self.reads is reads.elementwise

    def __call__(self, *operands: Any, **options: Any) -> Any:
        """Evaluate on numbers and arrays of them: an mpf, or an object array of mpf.

        >>> print(MEANINGS["sum"]([1, 2, 4.5]))
        7.5
        """
        arrays = [np.asarray(operand, dtype=object) for operand in operands]
        flat = [[MP.mpf(element) for element in array.flat] for array in arrays]
        reading = self.read(flat, [array.shape for array in arrays], options)
        return shaped(self.values(reading), reading.shape)

    def read(
        self,
        operands: Sequence[Sequence[Real]],
        shapes: Sequence[Shape],
        options: Mapping[str, Any],
    ) -> Reading:
        """Find what each element of the result is made of, given the flattened operands."""
        if self.elementwise and not any(shapes):
            places = list(range(len(operands)))
            return Reading([operand[0] for operand in operands], [places], (), places)
        starts = [0]
        for operand in operands:
            starts.append(starts[-1] + len(operand))
        numbers = [
            np.arange(start, start + prod(shape)).reshape(shape)
            for start, shape in zip(starts, shapes, strict=False)
        ]
        read = self.reads(*numbers, **options)
        rows = read.reshape((-1, read.shape[-1])).tolist()
        elements = [element for operand in operands for element in operand]
        return Reading([*elements, MP.zero], rows, read.shape[:-1], starts)

    def effort(self, reading: Reading) -> int:
        """Return roughly how many microseconds value and links take."""
        width = len(reading.rows[0]) if reading.rows else 0
        if self.slope in {slopes.of_sum, slopes.of_products} or width < 4:
            return len(reading.rows) * width * 10
        term = 3 if self.slope is slopes.curved else 1
        return len(reading.rows) * width * 2 * (3 + term * width)

    def values(self, reading: Reading) -> list[Real]:
        """Return the elements of the result."""
        elements = reading.elements
        return [slopes.real(self.value, MP, [elements[n] for n in row]) for row in reading.rows]

    def links(self, reading: Reading, position: int) -> list[Link]:
        """Return every derivative of an element of the result by an element of one operand."""
        first = reading.starts[position]
        after = reading.starts[position + 1] if len(reading.starts) > position + 1 else first + 1
        slope = slopes.none if position in self.blind else self.slope
        found: list[Link] = []
        for row, read in enumerate(reading.rows):
            elements = [reading.elements[n] for n in read]
            found.extend(
                (row, number - first, slope(self.value, elements, place))
                for place, number in enumerate(read)
                if first <= number < after
            )
        return found


def shaped(values: Sequence[Real], shape: Shape) -> Any:
    """Return one mpf for the shape (), else an object array."""
    if not shape:
        return values[0]
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array.reshape(shape)


def _linear(value: Function, **more: Any) -> Meaning:
    return Meaning(value, slope=slopes.straight, **more)


def _moved(read: Callable[..., reads.Numbers]) -> Meaning:
    return Meaning(lambda mp, x: x, read, slopes.straight)


def _compared(test: Callable[[Real, Real], bool]) -> Meaning:
    return Meaning(lambda mp, a, b: mp.one if test(a, b) else mp.zero, slope=slopes.none)


def _dot(mp: Any, *elements: Real) -> Real:
    half = len(elements) // 2
    return sum((a * b for a, b in zip(elements[:half], elements[half:], strict=True)), mp.zero)


def _logsumexp(mp: Any, *elements: Real) -> Real:
    """The largest taken out, and 1 + … left to log1p: right where all others are far below."""
    top = max(range(len(elements)), key=elements.__getitem__)
    rest = (mp.exp(x - elements[top]) for place, x in enumerate(elements) if place != top)
    return elements[top] + mp.log1p(sum(rest, mp.zero))


def _softmax(mp: Any, own: Real, *others: Real) -> Real:
    return 1 / sum((mp.exp(other - own) for other in others), mp.one)


def _where(mp: Any, condition: Real, a: Real, b: Real) -> Real:  # noqa: ARG001
    return a if condition != 0 else b


def _scaled_power(mp: Any, c: Real, a: Real, b: Real) -> Real:
    return mp.zero if c == 0 else c * mp.power(a, b)


def _log_power(mp: Any, k: Real, a: Real, b: Real) -> Real:
    if k < 0 or (k > 0 and a == 0 < b):
        return mp.zero
    return mp.power(a, b) * (mp.log(a) ** k if k else mp.one)


def _xlogy(mp: Any, a: Real, b: Real) -> Real:
    return mp.zero if a == 0 else a * mp.log(b)


def _wins(mp: Any, a: Real, b: Real) -> Real:
    return (mp.sign(a - b) + 1) / 2


MEANINGS: Mapping[str, Meaning] = {
    "add": _linear(lambda mp, a, b: a + b),
    "subtract": _linear(lambda mp, a, b: a - b),
    "multiply": _linear(lambda mp, a, b: a * b),
    "divide": Meaning(lambda mp, a, b: a / b),
    "negative": _linear(lambda mp, x: -x),
    "power": Meaning(lambda mp, a, b: mp.power(a, b), slope=slopes.of_power),
    "scaled_power": Meaning(_scaled_power, slope=slopes.of_power),
    "log_power": Meaning(_log_power, slope=slopes.of_log_power, blind=frozenset({0})),
    "xlogy": Meaning(_xlogy),
    "square": Meaning(lambda mp, x: x * x),
    "sqrt": Meaning(lambda mp, x: mp.sqrt(x)),
    "exp": Meaning(lambda mp, x: mp.exp(x)),
    "expm1": Meaning(lambda mp, x: mp.expm1(x)),
    "log": Meaning(lambda mp, x: mp.log(x)),
    "log1p": Meaning(lambda mp, x: mp.log1p(x)),
    "sin": Meaning(lambda mp, x: mp.sin(x)),
    "cos": Meaning(lambda mp, x: mp.cos(x)),
    "tan": Meaning(lambda mp, x: mp.tan(x)),
    "arctan": Meaning(lambda mp, x: mp.atan(x)),
    "arctan_slope": Meaning(lambda mp, x: 1 / (1 + x * x)),
    "tanh": Meaning(lambda mp, x: mp.tanh(x)),
    "tanh_slope": Meaning(lambda mp, y, x: mp.sech(x) ** 2),
    "sigmoid": Meaning(lambda mp, x: 1 / (1 + mp.exp(-x))),
    "sigmoid_slope": Meaning(lambda mp, y, x: mp.sech(x / 2) ** 2 / 4),
    "softplus": Meaning(lambda mp, x: mp.log1p(mp.exp(-abs(x))) + max(x, 0)),
    "relu": Meaning(lambda mp, x: x if x > 0 else mp.zero, slope=slopes.from_left),
    "abs": _linear(lambda mp, x: abs(x)),
    "sign": Meaning(lambda mp, x: mp.sign(x), slope=slopes.none),
    "maximum": Meaning(lambda mp, a, b: max(a, b), slope=slopes.shared),
    "minimum": Meaning(lambda mp, a, b: min(a, b), slope=slopes.shared),
    "wins": Meaning(_wins, slope=slopes.none),
    "greater": _compared(lambda a, b: a > b),
    "greater_equal": _compared(lambda a, b: a >= b),
    "less": _compared(lambda a, b: a < b),
    "less_equal": _compared(lambda a, b: a <= b),
    "equal": _compared(lambda a, b: a == b),
    "not_equal": _compared(lambda a, b: a != b),
    "stated": _linear(lambda mp, shown, meant: meant, blind=frozenset({0})),
    "where": _linear(_where, blind=frozenset({0})),
    "sum": Meaning(lambda mp, *x: mp.fsum(x), reads.over_axes, slopes.of_sum),
    "mean": Meaning(lambda mp, *x: mp.fsum(x) / len(x), reads.over_axes, slopes.straight),
    "prod": Meaning(lambda mp, *x: mp.fprod(x), reads.over_axes, slopes.straight),
    "max": Meaning(lambda mp, *x: max(x), reads.over_axes, slopes.shared),
    "min": Meaning(lambda mp, *x: min(x), reads.over_axes, slopes.shared),
    "logsumexp": Meaning(_logsumexp, reads.over_axes),
    "softmax": Meaning(_softmax, reads.own_first),
    "matmul": Meaning(_dot, reads.product, slopes.of_products),
    "dot": Meaning(_dot, reads.product, slopes.of_products),
    "stack": _moved(reads.stacked),
    "concatenate": _moved(reads.joined),
    "reshape": _moved(reads.reshaped),
    "broadcast_to": _moved(reads.repeated),
    "transpose": _moved(reads.transposed),
    "index": _moved(reads.indexed),
    "scatter": _moved(reads.scattered),
    "constant": _linear(lambda mp, x: x),
}
