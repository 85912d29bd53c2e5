"""The two sweeps over a tape: adjoints backward, tangents forward.

A tape is in creation order, which is a topological order: the backward sweep is a reverse scan.
Sweeps write nothing into nodes, so repeated sweeps never add up. With ``seeds=1`` every adjoint
or tangent has one leading axis more than its node: a whole Jacobian is one sweep.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from minigrad import ops
from minigrad.errors import DomainError
from minigrad.node import Node, Tape, Value, shape_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Contribution(NamedTuple):
    """What one consumer sends back to one of its operands, over one link.

    Attributes:
        operand: The node that receives.
        consumer: The node that sends.
        position: Which operand of the consumer this is.
        partial: Local partial derivative; None for a structural operation, which has a map.
        adjoint: The consumer's adjoint.
        value: What is sent: partial times adjoint.
    """

    operand: Node
    consumer: Node
    position: int
    partial: Value | None
    adjoint: Value
    value: Value


@dataclass(frozen=True, slots=True)
class Sweep:
    """Result of a backward sweep.

    Attributes:
        adjoints: By node index; None where the outputs do not depend on a node.
        sent: All contributions in the order in which the sweep adds them up.
    """

    adjoints: list[Value | None]
    sent: list[Contribution]

    @property
    def contributions(self) -> tuple[Contribution, ...]:
        """Contributions by operand, then by consumer ascending, then by position."""
        return tuple(
            sorted(self.sent, key=lambda c: (c.operand.index, c.consumer.index, c.position))
        )


def backward(
    tape: Tape,
    cotangents: Iterable[tuple[Node, Value]],
    seeds: int = 0,
    sent: list[Contribution] | None = None,
    rule: Callable[..., tuple[Value | None, Value]] | None = None,
    settle: Callable[[Node, Value], Value] | None = None,
) -> list[Value | None]:
    """Adjoints of all nodes, given the cotangents of some.

    Args:
        tape: The nodes in order.
        cotangents: Pairs of an output and its cotangent.
        seeds: How many leading axes of seeds the cotangents have: 0 or 1.
        sent: A list to which all contributions are appended.
        rule: Another reading of a link than ``pulled``.
        settle: Called with a node and its finished adjoint, gives the adjoint to go on with.

    Raises:
        DomainError: If a derivative is not finite.
    """
    rule = rule or pulled
    adjoints: list[Value | None] = [None] * len(tape)
    for node, cotangent in cotangents:
        if node.index >= 0:
            accumulate(adjoints, node.index, cotangent)
    for node in reversed(tape):
        adjoint = adjoints[node.index]
        if adjoint is None:
            continue
        if settle is not None:
            adjoint = adjoints[node.index] = settle(node, adjoint)
        for position, operand in enumerate(node.operands):
            if operand.index < 0:
                continue
            partial, value = rule(node, position, adjoint, seeds)
            if value is not None:
                accumulate(adjoints, operand.index, value)
            if sent is not None:
                if value is None:
                    value = np.zeros(operand.shape) if operand.shape else 0.0
                sent.append(Contribution(operand, node, position, partial, adjoint, value))
    return adjoints


def accumulate(sums: list[Value | None], index: int, value: Value) -> None:
    """Add to a sum that may not have begun."""
    before = sums[index]
    sums[index] = value if before is None else before + value


def pulled(node: Node, position: int, adjoint: Value, seeds: int) -> tuple[Value | None, Value]:
    """Local partial and contribution of one link; a contribution of None is always zero."""
    operation = node.operation
    values = [x.value for x in node.operands]
    partial: Value | None = None
    try:
        if operation.partials is None:
            options = node.options or {}
            value = operation.pull[position](adjoint, node.value, *values, **options)
        else:
            partial = local_partial(node, position, values)
            if (
                type(partial) is float
                and partial in {0.0, 1.0}
                and type(operation.partials[position]) is float
            ):
                value = adjoint if partial else None
            else:
                value = adjoint * partial
        if value is None:
            return partial, None
        value = unbroadcast(value, shape_of(node.operands[position].value), seeds)
        check(value)
    except (ArithmeticError, ValueError) as error:
        if isinstance(error, DomainError) and error.node is not None:
            raise
        raise not_differentiable(node, values) from None
    return partial, value


def local_partial(node: Node, position: int, values: list[Value]) -> Value:
    """Local partial derivative of an elementwise operation by one operand."""
    rule = node.operation.partials[position]  # type: ignore[index]
    return rule if type(rule) is float else rule(node.value, *values)


def check(value: Value) -> None:
    """Refuse what is not finite."""
    if type(value) is float:
        if value - value:
            raise ArithmeticError
    elif type(value) is np.ndarray and value.dtype == np.float64 and not np.isfinite(value).all():
        raise ArithmeticError


def not_differentiable(node: Node, values: list[Value]) -> DomainError:
    """The error of a derivative that is not finite."""
    reason = "its derivative is not finite"
    if node.operation.domain:
        reason += f"; {node.operation.name} needs {node.operation.domain}"
    return DomainError(node.operation.name, tuple(values), node.index, reason)


def unbroadcast(value: Value, shape: tuple[int, ...], seeds: int) -> Value:
    """Sum an adjoint over the axes along which its operand was repeated."""
    have = shape_of(value)
    if have[seeds:] == shape:
        return value
    extra = len(have) - seeds - len(shape)
    axes = tuple(range(seeds, seeds + extra)) + tuple(
        axis for axis, n in enumerate(shape, seeds + extra) if n == 1 and have[axis] != 1
    )
    if axes:
        value = ops.sum(value, axes, keepdims=False)
    target = have[:seeds] + shape
    return value if shape_of(value) == target else ops.reshape(value, target)


def forward(
    tape: Tape, tangents_in: Iterable[tuple[Node, Value]], seeds: int = 0
) -> list[Value | None]:
    """Tangents of all nodes, given those of the inputs.

    Raises:
        DomainError: If a derivative is not finite.
    """
    tangents: list[Value | None] = [None] * len(tape)
    for node, tangent in tangents_in:
        tangents[node.index] = tangent
    for node in tape:
        for position, operand in enumerate(node.operands):
            tangent = tangents[operand.index] if operand.index >= 0 else None
            if tangent is not None:
                value = pushed(node, position, tangent, seeds)
                if value is not None:
                    accumulate(tangents, node.index, value)
    return tangents


def pushed(node: Node, position: int, tangent: Value, seeds: int) -> Value:
    """What one operand's tangent adds to the node's; None is always zero."""
    operation = node.operation
    values = [x.value for x in node.operands]
    try:
        if operation.partials is None:
            options = node.options or {}
            value = operation.push[position](tangent, node.value, *values, **options)
        else:
            partial = local_partial(node, position, values)
            if (
                type(partial) is float
                and partial == 0.0
                and type(operation.partials[position]) is float
            ):
                return None
            tangent = ops.pad(tangent, values[position], len(node.shape))
            value = tangent * partial
            full = shape_of(tangent)[:seeds] + node.shape
            value = value if shape_of(value) == full else ops.broadcast_to(value, full)
        check(value)
    except (ArithmeticError, ValueError) as error:
        if isinstance(error, DomainError) and error.node is not None:
            raise
        raise not_differentiable(node, values) from None
    return value


__all__ = ["Any", "Contribution", "Sweep", "backward", "forward", "unbroadcast"]
