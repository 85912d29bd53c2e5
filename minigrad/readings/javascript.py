"""A trace as straight-line JavaScript: one statement for each number of both passes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from minigrad import sweep
from minigrad.node import Node, Value
from minigrad.readings.expressions import expression, symbol
from minigrad.readings.printers import to_javascript
from minigrad.readings.symbolic import elements, reread
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
    statements: list[Statement] = []

    def assigned(role: str, node: Node, name: str, value: Value, *link: int) -> Value:
        """Append a statement for each element; what they assign stands for the value then."""
        consumer, position = link or (None, None)
        values = np.broadcast_to(np.asarray(value, object), node.shape)
        for place in np.ndindex(node.shape):
            target = "_".join([name, *map(str, place)])
            text = to_javascript(expression(values[place]))
            statements.append(Statement(role, node.index, consumer, position, place, target, text))
        return elements(symbol(name, name), node.shape)

    def forward(node: Node, operands: tuple[Node, ...], value: Value) -> Value:
        return assigned("value", node, names[node.index], value) if operands else value

    def sent(
        node: Node, values: list[Value], position: int, adjoint: Value, seeds: int
    ) -> tuple[None, Value]:
        value = sweep.pulled(node, values, position, adjoint, seeds)[1]
        if value is not None:
            operand = node.operands[position]
            name = f"c_{names[operand.index]}_{names[node.index]}_{position}"
            value = assigned("contribution", operand, name, value, node.index, position)
        return None, value

    def settled(node: Node, adjoint: Value) -> Value:
        return assigned("adjoint", node, f"d_{names[node.index]}", adjoint)

    inputs = {x.index: symbol(names[x.index], names[x.index]) for x in trace.inputs}
    tape = reread(trace.nodes, inputs, forward)
    sweep.backward(tape, trace.cotangents(seed), rule=sent, settle=settled)
    return statements
