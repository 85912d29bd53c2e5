"""What the rules of a trace say in symbols: formulas, local partials, contributions, Jacobians.

Atoms say how a node is written, by its index; and a constant, by (index of consumer, position).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import sweep
from minigrad.readings.expressions import Expression, Symbol, applied, constant, expression
from minigrad.readings.rereading import reread, spelled
from minigrad.results import finished

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from minigrad.node import Node
    from minigrad.operation import Operation
    from minigrad.trace import Trace


def operands(node: Node, atoms: Mapping[Any, Any]) -> list[Expression]:
    """How a node's operands are written; a constant of which atoms says nothing, as its number."""
    return [
        atoms[x.index] if x.index >= 0 else expression(atoms.get((node.index, i), x.value))
        for i, x in enumerate(node.operands)
    ]


def formula(node: Node, atoms: Mapping[Any, Any]) -> Expression:
    """What a node applies to its operands, as it stands."""
    return applied(node.operation, operands(node, atoms), node.options)


def local_partial(node: Node, position: int, atoms: Mapping[Any, Any]) -> Expression | None:
    """The local partial derivative by one operand; None for a structural operation."""
    if node.operation.partials is None:
        return None
    return partial_of(node.operation, position, atoms[node.index], operands(node, atoms))


def partial_of(
    operation: Operation, position: int, own: Expression, operands: Sequence[Expression]
) -> Expression:
    """The same of an elementwise operation, given how its value and its operands are written."""
    rule = (operation.partials or ())[position]
    if rule is None or isinstance(rule, float):
        return constant(rule or 0.0)
    return expression(rule(own, *operands))


def contribution(
    node: Node, position: int, atoms: Mapping[Any, Any], cotangent: Symbol
) -> Expression:
    """What a node sends back to one operand, given the symbol of its own adjoint."""
    partial = local_partial(node, position, atoms)
    if partial is not None:
        value = expression(partial * cotangent)
    else:
        y, g = as_whole(atoms[node.index]), as_whole(cotangent)
        values = map(as_whole, operands(node, atoms))
        value = expression(node.operation.pull[position](g, y, *values, **(node.options or {})))
    shape = node.operands[position].shape
    if value.shape != shape and value.whole:
        value = expression(sweep.unbroadcast(value, shape, 0))
    return value


def as_whole(e: Expression) -> Expression:
    """The same symbol, standing for an array as a whole even where that has no axes."""
    if isinstance(e, Symbol) and not e.whole:
        e = Symbol(e.tex, e.text)
        e.whole = True
    return e


def symbolic_jacobian(trace: Trace, atoms: Mapping[Any, Any]) -> list[list[Expression]]:
    """The Jacobian entry by entry, in the symbols of the nodes' elements.

    One row for each element of the outputs, one column for each element of the inputs.
    """
    tape = reread(trace.nodes, atoms)
    matrix = []
    for y in trace.outputs:
        for seed in np.eye(y.size).reshape(y.size, *y.shape):
            exact = spelled(seed if y.shape else 1.0)  # a third of it is no decimal
            found = finished(sweep.backward(tape, [(y, exact)]), trace.inputs)
            matrix.append([expression(e) for part in found for e in np.asarray(part, object).flat])
    return matrix
