"""How large the terms are that a value, an adjoint or a contribution is summed from.

The same sweeps with absolute values: nothing cancels. A difference between two computations is
to be judged against these sizes, since rounding errors are proportional to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from minigrad import sweep
from minigrad.node import Node, Value, shape_of
from minigrad.sweep import Contribution

if TYPE_CHECKING:
    from minigrad.operation import Function
    from minigrad.trace import Trace


class Magnitudes(NamedTuple):
    """Sizes without cancellation.

    Attributes:
        values: By node index, of the value's shape.
        adjoints: By node index; None where the outputs do not depend on a node.
        contributions: As those of a backward sweep, and in their order.
    """

    values: list[Value]
    adjoints: list[Value | None]
    contributions: tuple[Contribution, ...]


def magnitudes(trace: Trace, seed: object = None) -> Magnitudes:
    """Sizes of all values, and of all adjoints and contributions for a seed (ones by default)."""
    with np.errstate(all="ignore"):
        sizes: list[Value] = []
        for node in trace.nodes:
            sizes.append(value_size(node, sizes))
        sent: list[Contribution] = []
        pairs = [(y, abs(g)) for y, g in zip(trace.outputs, trace.cotangents(seed), strict=True)]
        adjoints = sweep.backward(trace.nodes, pairs, sent=sent, rule=pulled_size)
    return Magnitudes(sizes, adjoints, sweep.Sweep(trace.nodes, adjoints, sent).contributions)


def value_size(node: Node, sizes: list[Value]) -> Value:
    """The larger of |value| and the sum over the operands of |partial| times their size."""
    total: Value = 0.0
    for position, operand in enumerate(node.operands):
        if operand.index >= 0:
            try:
                total = total + pushed_size(node, position, sizes[operand.index])
            except ArithmeticError:  # no derivative there: the value's own size is all there is
                continue
    size = abs(node.value)
    if type(size) is float and type(total) is float:
        return max(size, total)
    size = np.maximum(size, total)
    return float(size) if not node.shape else np.broadcast_to(size, node.shape)


def pushed_size(node: Node, position: int, size: Value) -> Value:
    """What one operand's size adds to a value's."""
    values = [x.value for x in node.operands]
    if node.operation.partials is not None:
        return abs(sweep.local_partial(node, position)) * size
    return structural_size(node, node.operation.push[position], size, values)


def pulled_size(
    node: Node, values: list[Value], position: int, size: Value, seeds: int, *_: object
) -> tuple[Value | None, Value]:
    """Size of the local partial and of the contribution of one link."""
    partials = node.operation.partials
    if partials is not None:
        if partials[position] is None:
            return None, None
        partial = abs(sweep.local_partial(node, position))
        value = size * partial
    else:
        partial = None
        value = structural_size(node, node.operation.pull[position], size, values)
    return partial, sweep.unbroadcast(value, shape_of(values[position]), seeds)


def structural_size(node: Node, rule: Function, size: Value, values: list[Value]) -> Value:
    """A linear map, or its transpose, applied to sizes."""
    options = node.options or {}
    if node.operation.sized:
        return node.operation.sized(rule, size, node.value, *values, **options)
    return rule(size, node.value, *values, **options)
