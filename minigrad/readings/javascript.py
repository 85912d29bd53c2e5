"""A trace as straight-line JavaScript: one statement for each number of both passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from minigrad import sweep
from minigrad.node import Node, Value, shape_of
from minigrad.readings.expressions import Symbol, expression, symbol
from minigrad.readings.printers import to_javascript
from minigrad.readings.symbolic import applied_to_values, elements, reread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from minigrad.trace import Trace


class Statement(NamedTuple):
    """One assignment: ``const target = expression``.

    Attributes:
        role: "value", "contribution" or "adjoint".
        node: Index of the node that it is about (for a contribution, of the one that receives).
        consumer: For a contribution, index of the node that sends; else None.
        position: For a contribution, which operand of the consumer receives; else None.
        element: Position within the array; empty for a scalar.
        target: Name of the variable.
        expression: What it becomes, from variables assigned earlier.
    """

    role: str
    node: int
    consumer: int | None
    position: int | None
    element: tuple[int, ...]
    target: str
    expression: str


def to_javascript_tape(
    trace: Trace, names: Mapping[int, str], seed: object = None
) -> list[Statement]:
    """The statements of the forward and of the backward pass, in order.

    The inputs are variables that exist already, called ``names[index]``, with ``_i_j`` for an
    element of an array. Domain: finite numbers in, and a number that is not finite is an error.

    Args:
        trace: What was evaluated.
        names: A JavaScript name for each node.
        seed: See ``Trace.backward``.
    """
    symbols = {i: symbol(name, name) for i, name in names.items()}
    tape = reread(trace.nodes, symbols)
    statements: list[Statement] = []
    for node in tape:
        if node.operands:
            value = applied_to_values(node, [x.value for x in node.operands])
            statements += assigned("value", node, node.value, value)
    adjoints: dict[int, Value] = {}
    pairs = zip(trace.outputs, trace.cotangents(seed), strict=True)
    for y, cotangent in pairs:
        if y.index >= 0:
            adjoints[y.index] = added(adjoints.get(y.index), cotangent)
    for node in reversed(tape):
        if node.index not in adjoints:
            continue
        adjoint = named(node, f"d_{names[node.index]}")
        statements += assigned("adjoint", node, adjoint, adjoints[node.index])
        values = [x.value for x in node.operands]
        for position, operand in enumerate(node.operands):
            if operand.index < 0:
                continue
            value = sweep.pulled(node, values, position, adjoint, 0)[1]
            if value is None:
                continue
            name = f"c_{names[operand.index]}_{names[node.index]}_{position}"
            part = named(operand, name)
            statements += assigned(
                "contribution", operand, part, value, consumer=node.index, position=position
            )
            adjoints[operand.index] = added(adjoints.get(operand.index), part)
    return statements


def named(node: Node, name: str) -> Value:
    """Symbols of this name for all elements of a node."""
    return elements(symbol(name, name), shape_of(node.value))


def added(before: Value | None, value: Value) -> Value:
    """A sum that may not have begun."""
    return value if before is None else before + value


def assigned(
    role: str,
    node: Node,
    targets: Value,
    values: Value,
    consumer: int | None = None,
    position: int | None = None,
) -> Iterator[Statement]:
    """One statement for each element."""
    if isinstance(targets, Symbol) and not isinstance(values, np.ndarray):
        text = to_javascript(expression(values))
        yield Statement(role, node.index, consumer, position, (), targets.javascript, text)
        return
    left = np.asarray(targets, dtype=object)
    right = np.broadcast_to(np.asarray(values, dtype=object), left.shape)
    for element in np.ndindex(left.shape):
        symbol: Any = left[element]
        target, text = symbol.javascript, to_javascript(expression(right[element]))
        yield Statement(role, node.index, consumer, position, element, target, text)
