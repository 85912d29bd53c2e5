"""How large the terms are that a value, an adjoint or a contribution is summed from.

The same sweeps with absolute values: nothing cancels. A difference between two computations is
to be judged against these sizes, since rounding errors are proportional to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from minigrad import sweep
from minigrad.node import Node, Tape, Value, shape_of


class Magnitudes(sweep.Sweep):
    """Sizes without cancellation: what a backward sweep gives, and those of the values.

    Attributes:
        values: By node index, of the value's shape.
        adjoints: By node index; None where the outputs do not depend on a node.
        contributions: As those of a backward sweep, and in their order.
    """

    def __init__(self, values: list[Value], *swept: Any) -> None:
        """Take the sizes of the values, and what ``Sweep`` takes."""
        super().__init__(*swept)
        self.values = values


def magnitudes(tape: Tape, cotangents: Sequence[tuple[Node, Value]]) -> Magnitudes:
    """Sizes of all values, and of all adjoints and contributions for these cotangents."""
    with np.errstate(all="ignore"):
        sizes: list[Value] = []
        for node in tape:
            sizes.append(value_size(node, sizes))
        sent: list[Any] = []
        pairs = [(y, abs(g)) for y, g in cotangents]
        adjoints = sweep.backward(tape, pairs, sent=sent, rule=pulled_size)
    return Magnitudes(sizes, tape, adjoints, sent)


def value_size(node: Node, sizes: list[Value]) -> Value:
    """The larger of |value| and the sum over the operands of |partial| times their size."""
    total: Value = 0.0
    for position, operand in enumerate(node.operands):
        if operand.index >= 0:
            with suppress(ArithmeticError):  # no derivative there: the value's own size is all
                total = total + sent_size(node, position, sizes[operand.index], "push")[1]
    size = np.fmax(abs(node.value), total)
    return np.broadcast_to(size, node.shape) if node.shape else float(size)


def pulled_size(
    node: Node, values: list[Value], position: int, size: Value, seeds: int
) -> tuple[Value | None, Value]:
    """Size of the local partial and of the contribution of one link."""
    partials = node.operation.partials
    if partials is not None and partials[position] is None:
        return None, None
    partial, value = sent_size(node, position, size, "pull")
    return partial, sweep.unbroadcast(value, shape_of(values[position]), seeds)


def sent_size(node: Node, position: int, size: Value, way: str) -> tuple[Value | None, Value]:
    """Size of the local partial, and of what goes over one link, the way "push" or "pull"."""
    operation = node.operation
    if operation.partials is not None:
        partial = abs(sweep.local_partial(node, position))
        return partial, size * partial
    rule, sized = getattr(operation, way)[position], operation.sized
    arguments, options = (size, node.value, *[x.value for x in node.operands]), node.options or {}
    return None, sized(rule, *arguments, **options) if sized else rule(*arguments, **options)
