"""The exact reading of a trace: fractions where a value is rational, else what stands for it.

Whether a shown decimal is the value itself cannot be read off a double: tanh 20 is not 1, and
0.1 + 0.2 is 0.3. Here the rules are read on the fractions that the literals mean.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import sweep
from minigrad.applying import element_by_element
from minigrad.node import Node, Tape, Value
from minigrad.readings.expressions import Expression, Number, Symbol, expression
from minigrad.readings.printers import to_text
from minigrad.readings.symbolic import applied_to_values, elements, exact_array

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minigrad.trace import Trace

LONGEST = 60
"""Expressions of more characters than this are named by their node instead."""
LARGEST = 512
"""Fractions of more bits than this are named by their node instead."""

Literals = "Mapping[int | tuple[int, int], Any]"


def exact_values(
    trace: Trace, literals: Mapping[Any, Any], atoms: Mapping[int, Symbol]
) -> list[Any]:
    """Each node's value: a Fraction where it is rational, else an expression of exact parts.

    Args:
        trace: What was evaluated.
        literals: The exact numbers that were written, as fractions or nested lists of them:
            under the index of an input, or under (index of the consumer, position) for a
            constant. What is missing is taken as the shortest decimal of its double.
        atoms: How to write a node whose expression would be too long.

    Returns:
        By node index, a Fraction or an expression; for an array an object array of these.
    """
    return [opened(value) for value in shadow(trace, literals, atoms)[1]]


def exact_sweep(
    trace: Trace,
    literals: Mapping[Any, Any],
    atoms: Mapping[int, Symbol],
    cotangents: Mapping[int, Symbol],
    seed: Any = None,
    shadowed: Tape | None = None,
) -> tuple[list[Any], list[sweep.Contribution]]:
    """Each node's adjoint, and each contribution, as ``exact_values`` gives the values.

    Args:
        trace: What was evaluated.
        literals: See ``exact_values``.
        atoms: See ``exact_values``.
        cotangents: How to write an adjoint whose expression would be too long.
        seed: See ``Trace.backward``.
        shadowed: The tape that ``shadow`` gives, where it is at hand.

    Returns:
        Adjoints by node index (None where nothing depends), and the contributions in the order
        of ``Sweep.contributions``, their ``value`` and ``partial`` exact.
    """
    tape = shadow(trace, literals, atoms)[0] if shadowed is None else shadowed
    pairs = list(zip(trace.outputs, trace.cotangents(seed), strict=True))
    sent: list[sweep.Contribution] = []

    def short(node: Node, adjoint: Value) -> Value:
        return all_named(adjoint, elements(cotangents[node.index], node.shape))

    given = [(tape[y.index], exact_array(g)) for y, g in pairs if y.index >= 0]
    adjoints = sweep.backward(tape, given, sent=sent, settle=short)
    ordered = sweep.Sweep(tape, adjoints, sent).contributions
    opened_links = [
        link._replace(
            partial=None if link.partial is None else opened(link.partial), value=opened(link.value)
        )
        for link in ordered
    ]
    return [None if a is None else opened(a) for a in adjoints], opened_links


def shadow(
    trace: Trace, literals: Mapping[Any, Any], atoms: Mapping[int, Symbol]
) -> tuple[Tape, list[Any]]:
    """The tape with exact values (short ones, for the rules), and each node's own expression."""
    tape = Tape()
    own: list[Any] = []
    for node in trace.nodes:
        operands = tuple(
            tape[x.index]
            if x.index >= 0
            else tape.constant(x.operation, exact_array(literals.get((node.index, i), x.value)))
            for i, x in enumerate(node.operands)
        )
        name = elements(atoms[node.index], node.shape)
        if operands:
            value = applied_to_values(node, [x.value for x in operands])
        else:
            value = exact_array(literals.get(node.index, node.value))
        kept = all_named(value, name)
        if operands and too_long(value):
            names = [
                elements(atoms[x.index], x.shape) if x.index >= 0 else y.value
                for x, y in zip(node.operands, operands, strict=True)
            ]
            value = applied_to_values(node, names)
        own.append(value)
        tape.record(node.operation, operands, kept, node.options)
    return tape, own


def named(value: Any, name: Symbol) -> Expression:
    """The value, or its name where it would be too long."""
    value = expression(value)
    return name if is_long(value) else value


def all_named(value: Value, names: Value) -> Value:
    """The same for every element of an array."""
    if isinstance(value, np.ndarray) or isinstance(names, np.ndarray):
        return element_by_element(named, value, names)
    return named(value, names)


def is_long(e: Expression) -> bool:
    """Whether an expression is too long to be written out."""
    if isinstance(e, Number):
        return e.value.numerator.bit_length() + e.value.denominator.bit_length() > LARGEST
    return e.size > LONGEST or len(to_text(e)) > LONGEST  # printing nests as deep as the tree


def too_long(value: Value) -> bool:
    """Whether any element is too long to be written out."""
    if not isinstance(value, np.ndarray):
        return is_long(expression(value))
    return any(is_long(expression(e)) for e in value.flat)


def opened(value: Value) -> Any:
    """Fractions in place of number expressions."""
    if isinstance(value, Number):
        return value.value
    if isinstance(value, np.ndarray):
        return np.frompyfunc(opened, 1, 1)(value) if value.size else value
    value = expression(value)
    return value.value if isinstance(value, Number) else value


__all__ = ["Fraction", "exact_sweep", "exact_values"]
