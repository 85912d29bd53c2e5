"""The exact reading of a trace: fractions where a value is rational, else what stands for it.

Whether a shown decimal is the value itself cannot be read off a double: tanh 20 is not 1, and
0.1 + 0.2 is 0.3. Here the rules are read on the fractions that the literals mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from minigrad import sweep
from minigrad.applying import element_by_element, evaluate
from minigrad.node import Node, Tape, Value
from minigrad.readings.expressions import Symbol, expression
from minigrad.readings.printers import to_text
from minigrad.readings.symbolic import elements, reread, spelled
from minigrad.trace import Trace

LONGEST = 60
"""Expressions of more characters than this are named by their node instead."""
LARGEST = 512
"""Fractions of more bits than this are named by their node instead."""


def exact_values(
    trace: Trace, literals: Mapping[Any, Any], atoms: Mapping[int, Symbol]
) -> tuple[Tape, list[Any]]:
    """The tape with exact values, and each node's value as it is to be shown.

    Args:
        trace: What was evaluated.
        literals: The exact numbers that were written, as fractions or nested lists of them:
            under the index of an input, or under (index of the consumer, position) for a
            constant. What is missing is taken as the shortest decimal of its double.
        atoms: How to write a node whose expression would be too long.

    Returns:
        A tape for ``exact_sweep``, and by node index a Fraction where the value is rational, else
        an expression of exact parts; for an array an object array of these.
    """
    own: list[Any] = []

    def short(node: Node, operands: tuple[Node, ...], value: Value) -> Value:
        kept = named(value, elements(atoms[node.index], node.shape))
        if operands and any(map(is_long, np.asarray(value, object).flat)):
            names = [
                elements(atoms[x.index], x.shape) if x.index >= 0 else x.value for x in operands
            ]
            value = evaluate(node.operation, names, node.options, None)
        own.append(opened(value))
        return kept

    return reread(trace.nodes, literals, short), own


def exact_sweep(
    trace: Trace, tape: Tape, cotangents: Mapping[int, Symbol], seed: Any = None
) -> tuple[list[Any], list[sweep.Contribution]]:
    """Each node's adjoint, and each contribution, as ``exact_values`` gives the values.

    Args:
        trace: What was evaluated.
        tape: The same with exact values.
        cotangents: How to write an adjoint whose expression would be too long.
        seed: See ``Trace.backward``.

    Returns:
        Adjoints by node index (None where nothing depends), and the contributions in the order
        of ``Sweep.contributions``, their ``value`` exact.
    """
    sent: list[sweep.Contribution] = []

    def short(node: Node, adjoint: Value) -> Value:
        return named(adjoint, elements(cotangents[node.index], node.shape))

    given = [(y, spelled(g)) for y, g in trace.cotangents(seed)]
    adjoints = sweep.backward(tape, given, sent=sent, settle=short)
    links = sweep.Sweep(tape, adjoints, sent).contributions
    return (
        [None if adjoint is None else opened(adjoint) for adjoint in adjoints],
        [link._replace(value=opened(link.value)) for link in links],
    )


def named(value: Value, name: Value) -> Value:
    """The value, or its name where it would be too long; for an array, element by element."""
    if isinstance(value, np.ndarray):
        return element_by_element(named, value, name)
    return name if is_long(value) else expression(value)


def is_long(value: Value) -> bool:
    """Whether a number or an expression is too long to be written out."""
    e = expression(value)
    if e.value is not None:
        return sum(map(int.bit_length, e.value.as_integer_ratio())) > LARGEST
    return e.size > LONGEST or len(to_text(e)) > LONGEST  # printing nests as deep as the tree


def opened(value: Value) -> Any:
    """Fractions in place of number expressions, for an array element by element."""
    if isinstance(value, np.ndarray):
        return element_by_element(opened, value)
    e = expression(value)
    return e if e.value is None else e.value
