"""A tape once more, with expressions for values: arrays as object arrays of expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad.applying import evaluate
from minigrad.node import Node, Tape, Value
from minigrad.readings.expressions import Symbol, expression, symbol
from minigrad.readings.printers import one_subscript

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


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
            else copy.constant(x.operation, spelled(known.get((node.index, i), x.value), x.shape))
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
    if isinstance(x, Symbol):
        return elements(x, shape)
    if not isinstance(x, (list, tuple, np.ndarray)):
        return expression(x)
    return np.frompyfunc(expression, 1, 1)(np.asarray(x, object))


def elements(atom: Symbol, shape: tuple[int, ...]) -> Value:
    """A scalar's symbol, or the object array of an array's element symbols."""
    if not shape:
        return atom
    array = np.empty(shape, object)
    for position in np.ndindex(shape):
        array[position] = element(atom, position)
    return array


def element(atom: Symbol, position: tuple[int, ...]) -> Symbol:
    """The symbol of one element of an array: p_1 in TeX, counted from 1; p[0] in plain text."""
    tex = f"{atom.tex}_{{{','.join(str(i + 1) for i in position)}}}"
    return symbol(one_subscript(tex), f"{atom.text}[{','.join(map(str, position))}]")
