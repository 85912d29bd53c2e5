"""Random programs over the whole operation table, drawn step by step.

A new operation takes part by itself: an elementwise one by its arity, a structural one by the
calls in ``STRUCTURAL`` or, failing that, with arrays alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import minigrad as mg

SHAPES: tuple[tuple[int, ...], ...] = ((), (3,), (2, 3), (2, 2), (2, 1))
INSIDE = {name for name in mg.OPERATIONS if not hasattr(mg, name)}
"""Operations of the rules themselves, which no user calls; the samples try them."""
LARGEST, SMALLEST = 30.0, 1e-3


class Step(NamedTuple):
    """One application: of which function, to which values, with which other arguments."""

    name: str
    operands: tuple[Any, ...]  # numbers of earlier values, or constants in a list of one
    args: tuple[Any, ...] = ()
    options: dict[str, Any] = {}  # noqa: RUF012  (never changed)


class Program(NamedTuple):
    """A function of the engine's, and where to evaluate it."""

    inputs: tuple[Any, ...]
    steps: tuple[Step, ...]
    outputs: tuple[int, ...]

    def __call__(self, *inputs: Any) -> Any:
        """Run it on numbers, arrays or nodes."""
        values = list(inputs)
        for step in self.steps:
            values.append(perform(step, values))
        found = tuple(values[i] for i in self.outputs)
        return found[0] if len(found) == 1 else found

    def scalar(self, *inputs: Any) -> Any:
        """The sum of all elements of all outputs."""
        found = self(*inputs)
        parts = found if isinstance(found, tuple) else (found,)
        total = 0.0
        for part in parts:
            total = total + mg.sum(part)
        return total


def perform(step: Step, values: list[Any], function: Any = None) -> Any:
    """One step on the values so far, by the engine's own function or another."""
    function = function or mg.OPERATIONS[step.name].apply
    operands = [values[x] if isinstance(x, int) else x[0] for x in step.operands]
    if step.name in {"stack", "concatenate"}:
        return function(operands, *step.args, **step.options)
    return function(*operands, *step.args, **step.options)


# --- drawing --------------------------------------------------------------------------------------


def number(draw: Any, prime: int) -> float:
    """A number of either sign; those over different primes are never the same."""
    size = (draw(st.integers(51, 2999)) + 0.5) / prime
    return -size if draw(st.booleans()) else size


def value(draw: Any, shape: tuple[int, ...], prime: int) -> Any:
    """A number or an array."""
    if not shape:
        return number(draw, prime)
    start, pace = number(draw, prime), draw(st.integers(1, 96))
    places = np.arange(np.prod(shape)).reshape(shape)
    return start + np.sin(pace * (places + 1.0)) * 1.618


def axis_of(draw: Any, x: Any) -> Any:
    """One axis, all of them, or all by default."""
    choices = [None, *range(-np.ndim(x), np.ndim(x))]
    return draw(st.sampled_from(choices))


def reduced(draw: Any, x: Any) -> Step | None:
    options: dict[str, Any] = {"axis": axis_of(draw, x)}
    if draw(st.booleans()):
        options["keepdims"] = True
    return Step("", (), (), options)


def over_axis(draw: Any, x: Any) -> Step | None:
    return Step("", (), (), {"axis": axis_of(draw, x)}) if np.ndim(x) else None


def reshaped(draw: Any, x: Any) -> Step | None:
    shapes = [(-1,), (np.size(x), 1), np.shape(x)[::-1]]
    return Step("", (), (draw(st.sampled_from(shapes)),))


def repeated(draw: Any, x: Any) -> Step | None:
    return Step("", (), ((2, *np.shape(x)),)) if np.size(x) <= 6 else None


def turned(draw: Any, x: Any) -> Step | None:
    order = draw(st.permutations(range(np.ndim(x))))
    return Step("", (), (tuple(order),) if draw(st.booleans()) else ())


def indexed(draw: Any, x: Any) -> Step | None:
    if not np.ndim(x):
        return None
    keys = [0, -1, slice(None, None, -1), (Ellipsis, 0), None, (slice(None), None), [0, 0]]
    return Step("", (), (draw(st.sampled_from(keys)),))


def along_axis(draw: Any, x: Any) -> Step | None:
    return Step("", (), (), {"axis": draw(st.sampled_from([0, -1]))})


STRUCTURAL: dict[str, Callable[[Any, Any], Step | None]] = {
    **dict.fromkeys(("sum", "mean", "max", "min", "prod", "logsumexp"), reduced),
    "softmax": over_axis,
    "reshape": reshaped,
    "broadcast_to": repeated,
    "transpose": turned,
    "index": indexed,
    "stack": along_axis,
    "concatenate": along_axis,
}


@st.composite
def programs(
    draw: Any,
    length: int = 10,
    several: bool = True,
    primes: tuple[int, ...] = (997, 1009, 1013),
    last: str | None = None,
) -> Program:
    """A program of up to so many steps, within the domain of each of its operations.

    ``last`` is the operation to end with, where its operands allow that.
    """
    inputs = tuple(
        value(draw, draw(st.sampled_from(SHAPES)), prime) for prime in primes[: draw(counts(3))]
    )
    values: list[Any] = list(inputs)
    steps: list[Step] = []
    names = [n for n in mg.OPERATIONS if n not in INSIDE]
    source = random.Random(draw(st.integers(0, 2**32)))
    chosen = source.sample(names, draw(st.integers(2, length)))
    for name in [*chosen, last] if last else chosen:
        for step in proposed(draw, name, values):
            found = attempt(step, values)
            if found is not None:
                steps.append(step)
                values.append(found)
    end = len(values) - 1
    outputs = (end,)
    if several and draw(st.booleans()):
        outputs = (end, draw(st.integers(0, end)))
    return Program(inputs, tuple(steps), outputs)


def counts(most: int) -> Any:
    """A count from one."""
    return st.integers(1, most)


def proposed(draw: Any, name: str, values: list[Any]) -> list[Step]:
    """A step, and before it steps that bring its operands into (0, 1) where it asks for that."""
    operation = mg.OPERATIONS[name]
    places = st.integers(0, len(values) - 1)
    arity = len(operation.partials or ()) or (
        len(operation.pull) if operation_is_fixed(name) else 2
    )
    operands: list[Any] = [draw(places) for _ in range(arity)]
    if operation.partials is not None and arity > 1 and draw(st.integers(0, 4)) == 0:
        operands[draw(st.integers(0, arity - 1))] = [number(draw, 1019)]
    step = Step(name, tuple(operands))
    if name in STRUCTURAL:
        x = values[operands[0]]
        more = STRUCTURAL[name](draw, x)
        if more is None:
            return []
        step = Step(name, tuple(operands), more.args, more.options)
    if attempt(step, values) is not None:
        return [step]
    if operation.partials is None:
        return fitting(step, values) or of_a_pair(step, values)
    tamed = [Step("sigmoid", (x,)) for x in operands if isinstance(x, int)]
    numbers = iter(range(len(values), len(values) + len(tamed)))
    moved = tuple(next(numbers) if isinstance(x, int) else x for x in operands)
    return [*tamed, step._replace(operands=moved)]


def fitting(step: Step, values: list[Any]) -> list[Step]:
    """The same of the latest values that fit together, if any do."""
    places = range(len(values) - 1, -1, -1)
    for operands in product(places, repeat=len(step.operands)):
        if attempt(step._replace(operands=operands), values) is not None:
            return [step._replace(operands=operands)]
    return []


def of_a_pair(step: Step, values: list[Any]) -> list[Step]:
    """The same of a value stacked on itself, where all are numbers and none fits."""
    pair = Step("stack", (0, 0))
    moved = step._replace(operands=(len(values),) * len(step.operands))
    stacked = attempt(pair, values)
    fits = stacked is not None and attempt(moved, [*values, stacked]) is not None
    return [pair, moved] if fits else []


def operation_is_fixed(name: str) -> bool:
    """Whether an operation takes a fixed number of operands."""
    return isinstance(mg.OPERATIONS[name].pull, list)


def attempt(step: Step, values: list[Any]) -> Any:
    """The value of a step; None where it has none, or one too large or small to be a good test."""
    try:
        found = perform(step, values)
    except (mg.DomainError, TypeError, ValueError, IndexError):
        return None
    sizes = np.abs(np.asarray(found))
    if not sizes.size or sizes.size > 12 or sizes.max() > LARGEST:
        return None
    return found


def drawn(count: int, **how: Any) -> list[Program]:
    """Random programs in a list."""
    found: list[Program] = []

    @settings(max_examples=count)
    @given(programs(**how))
    def draw(program: Program) -> None:
        found.append(program)

    draw()
    return found
