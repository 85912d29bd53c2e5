"""The two sweeps over a tape: adjoints backward, tangents forward.

A tape is in creation order, which is a topological order: the backward sweep is a reverse scan.
Sweeps write nothing into nodes, so repeated sweeps never add up. With ``seeds=1`` every adjoint
or tangent has one leading axis more than its node: a whole Jacobian is one sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from functools import cached_property
from typing import Any, Literal, NamedTuple, NoReturn

import numpy as np

from minigrad import ops
from minigrad.applying import FAULTS
from minigrad.errors import DomainError
from minigrad.node import Node, Tape, Value, is_finite, shape_of, zeros
from minigrad.operation import first_operand, second_operand

NO_OPTIONS: dict[str, Any] = {}
Keep = Literal["adjoints", "tape", "nothing"]
BLOCK = 16_384
"""Elements that are worked on at a time where an array is larger: 128 KB."""


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


class Sweep:
    """Result of a backward sweep.

    Attributes:
        tape: The nodes that were swept over.
        adjoints: By node index; None where the outputs do not depend on a node.
        sent: For each link in the order of the sweep: of floats the local partial, else the
            pair of the local partial and what was sent. None if they were not asked for.
    """

    def __init__(
        self, tape: Tape, adjoints: list[Value | None], sent: list[Any] | None = None
    ) -> None:
        """Take what `backward` gave."""
        self.tape = tape
        self.adjoints = adjoints
        self.sent = sent

    @cached_property
    def contributions(self) -> tuple[Contribution, ...]:
        """Contributions by operand, then by consumer ascending, then by position.

        The sweep adds them up by consumer descending.
        """
        if self.sent is None:
            raise ValueError("ask for them: backward(contributions=True)")
        links = []
        sent = iter(self.sent)
        for consumer in reversed(self.tape):
            adjoint = self.adjoints[consumer.index]
            if adjoint is None:
                continue
            rules = consumer.operation.partials
            for position, operand in enumerate(consumer.operands):
                if operand.index < 0:
                    continue
                if rules and rules[position] is None:
                    partial, value = 0.0, zeros(operand.shape)
                else:
                    partial = next(sent)
                    pair = type(partial) is tuple
                    partial, value = partial if pair else (partial, partial * adjoint)
                links.append(Contribution(operand, consumer, position, partial, adjoint, value))
        links.sort(key=lambda link: (link.operand.index, link.consumer.index, link.position))
        return tuple(links)


def backward(  # noqa: C901, PLR0912  (one loop; the options are readings of it)
    tape: Tape,
    cotangents: Sequence[tuple[Node, Value]],
    seeds: int = 0,
    sent: list[Any] | None = None,
    rule: Callable[..., tuple[Value | None, Value]] | None = None,
    settle: Callable[[Node, Value], Value] | None = None,
    keep: Keep = "adjoints",
) -> list[Value | None]:
    """Adjoints of all nodes, given the cotangents of some.

    Args:
        tape: The nodes in order.
        cotangents: Pairs of an output and its cotangent.
        seeds: How many leading axes of seeds the cotangents have: 0 or 1.
        sent: A list to which is appended what goes over each link (see ``Sweep``).
        rule: Another reading of a link than ``pulled``.
        settle: Called with a node and its finished adjoint, gives the adjoint to go on with.
        keep: The "adjoints" of all nodes; or those of the inputs only, and values on the "tape"; or
            "nothing" of these that is large, since nobody will read them again.

    Raises:
        DomainError: If a derivative is not finite, or numpy says so: some BLAS do without cause.
    """
    adjoints: list[Value | None] = [None] * len(tape)
    for y, cotangent in cotangents:
        if y.index >= 0:
            accumulate(adjoints, y.index, cotangent)
    if tape.plain and not seeds and rule is None and settle is None:
        sweep_floats(tape, adjoints, sent)
        return adjoints
    rule = rule or pulled
    spending = (  # where seeds lead, no adjoint has the shape of a value
        keep == "nothing"
        and not seeds
        and any(node.first is not None and is_large(node.value) for node in tape)
    )
    alone: set[int] = set()  # nodes whose adjoint is an array that nothing else refers to
    if spending:
        forget_unread(tape)
    node: Any
    try:
        for node in reversed(tape):
            own = node.index
            adjoint = adjoints[own]
            if adjoint is None:
                continue
            if settle is not None:
                adjoint = adjoints[own] = settle(node, adjoint)
            if node.first is None:
                continue
            operands = node.operands
            values = [x.value for x in operands]
            spent = spending and own in alone and len(operands) == 1
            for position, operand in enumerate(operands):
                index = operand.index
                if index >= 0:
                    if spent and scaled(adjoint, node, values):
                        partial, value = None, adjoint
                    else:
                        partial, value = rule(node, values, position, adjoint, seeds)
                    if value is None:
                        continue
                    before = adjoints[index]
                    adjoints[index] = value if before is None else before + value
                    if sent is not None:
                        sent.append((partial, value))
                    elif spending and (spent or value is not adjoint) and is_own(value):
                        alone.add(index)
            if keep != "adjoints":
                adjoints[own] = None
            if spending:
                forget(node)
    except FAULTS as error:
        fail(node, error)
    return adjoints


def forget_unread(tape: Tape) -> None:
    """Forget large values that no rule will read."""
    read = {
        x.index
        for node in tape
        for x in node.operands
        if any(type(rule) is not float for rule in node.operation.partials or (None,))
    }
    for node in tape:
        if node.first is not None and node.index not in read and node.operation.blind:
            forget(node)


def is_large(value: Value) -> bool:
    """Whether a value is an array worth taking pains with its memory."""
    return type(value) is np.ndarray and value.size > BLOCK


def forget(node: Node) -> None:
    """Leave of a large value its shape, and no number that could be taken for it."""
    if is_large(node.value):
        node.value = np.broadcast_to(np.nan, node.value.shape)


def is_forgotten(node: Node) -> bool:
    """Whether its value was."""
    value = node.value
    return is_large(value) and not any(value.strides) and bool(np.isnan(value.flat[0]))


def sweep_floats(  # noqa: C901, PLR0912, PLR0915  (see its second paragraph)
    tape: Tape, adjoints: list[Any], sent: list[Any] | None
) -> None:
    """The same sweep where every value is a float: no question of shape, no call for each link.

    This loop is what a scalar gradient costs, hence the three copies of its last four lines.
    """
    keep = None if sent is None else sent.append
    node: Any
    try:
        for node in reversed(tape):
            adjoint = adjoints[node.index]
            if adjoint is None:
                continue
            b = node.second
            if b is None:
                x = node.first
                if x is None:
                    break  # only inputs are left
                (rule,) = node.operation.partials
                if type(rule) is float:
                    partial = rule
                    value = rule * adjoint
                elif rule is None:
                    continue
                else:
                    partial = rule(node.value, x.value)
                    value = partial * adjoint
                    if value - value:  # not a number unless finite
                        raise OverflowError
                if keep:
                    keep(partial)
                index = x.index
                before = adjoints[index]
                adjoints[index] = value if before is None else before + value
            elif type(b) is Node:
                a = node.first
                first, second = node.operation.partials
                index = a.index
                if index >= 0 and first is not None:
                    if type(first) is float:
                        partial = first
                        value = first * adjoint
                    else:
                        product = first is second_operand
                        partial = b.value if product else first(node.value, a.value, b.value)
                        value = partial * adjoint
                        if value - value:
                            raise OverflowError
                    if keep:
                        keep(partial)
                    before = adjoints[index]
                    adjoints[index] = value if before is None else before + value
                index = b.index
                if index >= 0 and second is not None:
                    if type(second) is float:
                        partial = second
                        value = second * adjoint
                    else:
                        product = second is first_operand
                        partial = a.value if product else second(node.value, a.value, b.value)
                        value = partial * adjoint
                        if value - value:
                            raise OverflowError
                    if keep:
                        keep(partial)
                    before = adjoints[index]
                    adjoints[index] = value if before is None else before + value
            else:
                for position, operand in enumerate(node.operands):
                    if operand.index >= 0 and node.operation.partials[position] is not None:
                        partial = local_partial(node, position)
                        if keep:
                            keep(partial)
                        accumulate(adjoints, operand.index, partial * adjoint)
    except FAULTS as error:
        fail(node, error)


def fail(node: Node, error: Exception) -> NoReturn:
    """Raise the error of a derivative that is not finite."""
    reason = "its derivative is not finite"
    if node.operation.domain:
        reason += f"; {node.operation.name} needs {node.operation.domain}"
    raise refused(node, reason) from error


def refused(node: Node, reason: str) -> DomainError:
    """The error of a node."""
    values = tuple(innermost(x.value) for x in node.operands)
    return DomainError(node.operation.name, values, node.index, reason)


def innermost(x: Value) -> Value:
    """The plain value of a node of any number of nested traces."""
    while type(x) is Node:
        x = x.value
    return x


def accumulate(sums: list[Value | None], index: int, value: Value) -> None:
    """Add to a sum that may not have begun."""
    before = sums[index]
    sums[index] = value if before is None else before + value


def pulled(
    node: Node, values: Sequence[Value], position: int, adjoint: Value, seeds: int
) -> tuple[Value | None, Value]:
    """Local partial and contribution of one link; None for both if nothing ever goes over it."""
    operation = node.operation
    partials = operation.partials
    rule = partials[position] if partials else operation.pull[position]
    partial: Value | None = None
    if type(rule) is float:
        partial = rule
        value = adjoint if rule == 1.0 else adjoint * rule
    elif rule is None:
        return None, None
    elif not partials:
        value = rule(adjoint, node.value, *values, **(node.options or NO_OPTIONS))
    else:
        partial = rule(node.value, *values)
        value = adjoint * partial
    operand = values[position]
    if (  # mostly so, and known without a call
        type(operand) is np.ndarray
        and type(value) is not float
        and (value.shape[seeds:] if seeds else value.shape) == operand.shape
    ):
        return partial, value
    return partial, unbroadcast(value, shape_of(operand), seeds)


def is_own(value: Value) -> bool:
    """Whether a value is an array with memory of its own, no view of another's."""
    return type(value) is np.ndarray and value.base is None


def scaled(adjoint: Value, node: Node, values: Sequence[Value]) -> bool:
    """Multiply a large adjoint by a local partial, in its own memory, if all lies there in order.

    Blocks of it never leave the processor's cache.
    """
    rule = node.operation.partials and node.operation.partials[0]
    arrays = (adjoint, node.value, *values)
    if not callable(rule) or not all(
        is_large(x) and x.shape == adjoint.shape and x.flags.c_contiguous for x in arrays
    ):
        return False
    parts = [x.reshape(-1) for x in arrays]
    for start in range(0, adjoint.size, BLOCK):
        part, *operands = (x[start : start + BLOCK] for x in parts)
        np.multiply(part, rule(*operands), out=part)
    return True


def looked_through(
    tape: Tape,
    cotangents: Sequence[tuple[Node, Value]],
    seeds: int,
    sent: list[Any] | None,
    wanted: Container[int],
) -> list[Value | None]:
    """The same slowly: what is not finite is an error at once, but on the way to unwanted nodes."""

    def rule(node: Node, values: Sequence[Value], position: int, *rest: Any) -> Any:
        if node.operands[position].index not in wanted:
            return None, None
        partial, value = pulled(node, values, position, *rest)
        return partial, looked_at(node, value)

    return backward(tape, cotangents, seeds, sent, rule, looked_at)


def looked_at(_node: Node, value: Value) -> Value:
    """An adjoint, tangent or contribution, which must be finite."""
    if not is_finite(value):
        raise OverflowError
    return value


def active(tape: Tape, outputs: Iterable[Node]) -> set[int]:
    """Indices of the nodes over which derivatives go from inputs to outputs: not comparisons."""
    changing: set[int] = set()
    for node in tape:
        if node.first is None or any(x.index in changing for x in differentiated(node)):
            changing.add(node.index)
    reaching = {y.index for y in outputs}
    for node in reversed(tape):
        if node.index in reaching:
            reaching.update(x.index for x in differentiated(node))
    return changing & reaching


def differentiated(node: Node) -> list[Node]:
    """The operands by which a node has a derivative."""
    rules = node.operation.partials or node.operands
    return [x for x, rule in zip(node.operands, rules, strict=True) if rule is not None]


def local_partial(node: Node, position: int) -> Value:
    """Local partial derivative of an elementwise operation by one operand."""
    rule = node.operation.partials[position]  # type: ignore[index]
    if rule is None:
        return 0.0
    return rule if type(rule) is float else rule(node.value, *[x.value for x in node.operands])


def unbroadcast(value: Value, shape: tuple[int, ...], seeds: int) -> Value:
    """Sum an adjoint over the axes along which its operand was repeated."""
    have = shape_of(value)
    if have[seeds:] == shape:
        return value
    start = len(have) - len(shape)
    stretched = [axis for axis, n in enumerate(shape, start) if n == 1 != have[axis]]
    axes = (*range(seeds, start), *stretched)
    if axes:
        value = np.add.reduce(value, axes) if type(value) is np.ndarray else ops.sum(value, axes)
    target = have[:seeds] + shape
    if type(value) is np.float64:
        value = float(value)
    return value if shape_of(value) == target else ops.reshape(value, target)


def forward(
    tape: Tape,
    given: Iterable[tuple[Node, Value]],
    seeds: int = 0,
    wanted: Container[int] | None = None,
) -> list[Value | None]:
    """Tangents of all nodes, given those of the inputs.

    Args:
        tape: The nodes in order.
        given: Pairs of an input and its tangent.
        seeds: How many leading axes of seeds the tangents have: 0 or 1.
        wanted: Indices of the nodes to go over and to look at; all, and at none, if omitted.

    Raises:
        DomainError: If a derivative is not finite.
    """
    tangents: list[Value | None] = [None] * len(tape)
    for node, tangent in given:
        tangents[node.index] = tangent
    try:
        for node in tape:
            if node.first is None or (wanted is not None and node.index not in wanted):
                continue
            operands = node.operands
            values = [x.value for x in operands]
            for position, operand in enumerate(operands):
                tangent = tangents[operand.index] if operand.index >= 0 else None
                if tangent is not None:
                    value = pushed(node, values, position, tangent, seeds)
                    if value is not None:
                        accumulate(tangents, node.index, value)
                    if wanted is not None:
                        looked_at(node, tangents[node.index])
    except FAULTS as error:
        fail(node, error)
    return tangents


def pushed(node: Node, values: Sequence[Value], position: int, tangent: Value, seeds: int) -> Value:
    """What one operand's tangent adds to the node's; None if nothing ever does."""
    operation = node.operation
    if operation.partials is None:
        rule = operation.push[position]
        return rule(tangent, node.value, *values, **(node.options or NO_OPTIONS))
    rule = operation.partials[position]
    if rule is None:
        return None
    partial = rule if type(rule) is float else rule(node.value, *values)
    shape = node.shape
    if len(shape) > len(shape_of(values[position])):
        tangent = ops.pad(tangent, values[position], len(shape))
    value = tangent if rule == 1.0 else tangent * partial
    have = shape_of(value)
    if have[seeds:] == shape:
        return value
    return ops.broadcast_to(value, shape_of(tangent)[:seeds] + shape)
