"""A trace read on symbols: formulas and derivatives node by node, or its tape once more.

Atoms say how a node is written, by its index; and a constant, by (index of consumer, position).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from minigrad import sweep
from minigrad.applying import element_by_element, evaluate
from minigrad.node import Node, Tape, Value
from minigrad.readings.expressions import Expression, Symbol, expression, symbol, typed
from minigrad.readings.printers import one_subscript
from minigrad.results import finished
from minigrad.trace import Trace


def operands(node: Node, atoms: Mapping[Any, Any]) -> list[Expression]:
    """How a node's operands are written; a constant of which atoms says nothing, as its number."""
    return [
        atoms[x.index] if x.index >= 0 else expression(atoms.get((node.index, i), x.value))
        for i, x in enumerate(node.operands)
    ]


def formula(node: Node, atoms: Mapping[Any, Any]) -> Expression:
    """What a node applies to its operands, as it stands."""
    return Expression(node.operation, operands(node, atoms), node.options, node.shape)


def local_partial(node: Node, position: int, atoms: Mapping[Any, Any]) -> Expression | None:
    """The local partial derivative by one operand; None for a structural operation."""
    if node.operation.partials is None:
        return None
    rule = node.operation.partials[position]
    if callable(rule):
        return expression(rule(atoms[node.index], *operands(node, atoms)))
    return typed(rule or 0.0)


def contribution(
    node: Node, position: int, atoms: Mapping[Any, Any], cotangent: Symbol
) -> Expression:
    """What a node sends back to one operand, given the symbol of its own adjoint."""
    partial = local_partial(node, position, atoms)
    if partial is None:
        g, y, *values = map(as_whole, (cotangent, atoms[node.index], *operands(node, atoms)))
        value = expression(node.operation.pull[position](g, y, *values, **(node.options or {})))
    else:
        value = expression(partial * cotangent)
    if not value.whole:
        return value
    return expression(sweep.unbroadcast(value, node.operands[position].shape, 0))


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
            adjoints = sweep.backward(tape, [(y, spelled(seed))])  # a third of 1 is no decimal
            found = finished(adjoints, trace.inputs)
            matrix.append([expression(e) for part in found for e in np.asarray(part, object).flat])
    return matrix


# --- a tape once more, with expressions for values: arrays as object arrays of expressions -------


def reread(
    tape: Tape,
    known: Mapping[Any, Any],
    settle: Callable[[Node, tuple[Node, ...], Value], Value] | None = None,
) -> Tape:
    """The same tape, each node's value what its operation gives on those of its operands.

    Args:
        tape: What was evaluated.
        known: Symbols, or numbers or nested lists of them: under the index of a node, or under
            (index of the consumer, position) for a constant. Inputs and constants that are not
            there are taken as the shortest decimals of their doubles.
        settle: Called with a node, its operands on the new tape, and its value there; gives the
            value to go on with.
    """
    copy = Tape()
    for node in tape:
        operands = tuple(
            copy[x.index]
            if x.index >= 0
            else copy.constant(spelled(known.get((node.index, i), x.value), x.shape))
            for i, x in enumerate(node.operands)
        )
        if operands and node.index not in known:
            value = evaluate(node.operation, [x.value for x in operands], node.options, None)
        else:
            value = spelled(known.get(node.index, node.value), node.shape)
        if settle:
            value = settle(node, operands, value)
        copy.record(node.operation, operands, value, node.options)
    return copy


def spelled(x: Any, shape: tuple[int, ...] = ()) -> Value:
    """A symbol of this shape, a literal, or a nested list of literals, as expressions."""
    return elements(x, shape) if isinstance(x, Symbol) else element_by_element(expression, x)


def elements(atom: Symbol, shape: tuple[int, ...]) -> Value:
    """A scalar's symbol, or the object array of an array's element symbols."""
    if not shape:
        return atom
    each = [element(atom, position) for position in np.ndindex(shape)]
    return np.array(each, object).reshape(shape)


def element(atom: Symbol, position: tuple[int, ...]) -> Symbol:
    """The symbol of one element of an array: p_1 in TeX, counted from 1; p[0] in plain text."""
    tex = f"{atom.tex}_{{{','.join(str(i + 1) for i in position)}}}"
    return symbol(one_subscript(tex), f"{atom.text}[{','.join(map(str, position))}]")
