"""Jacobians: one sweep that carries the identity as seeds, in the mode with fewer passes."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from minigrad import ops
from minigrad.node import Node, Reading, Value, shape_of
from minigrad.results import finished
from minigrad.structure import reshaped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minigrad.trace import Trace


class Jacobian(NamedTuple):
    """All partial derivatives of all outputs by all inputs.

    Attributes:
        value: Matrix, one row an element of the outputs, one column an element of the inputs,
            both in order and each array row by row.
        mode: "reverse" (one backward pass a row) or "forward" (one forward pass a column).
        passes: How many passes the mode needs; the engine carries them all in one sweep.
        blocks: For each output, for each input, the array of shape output.shape + input.shape.
    """

    value: Value
    mode: str
    passes: int
    blocks: tuple[tuple[Value, ...], ...]


def jacobian(trace: Trace, mode: str | None = None) -> Jacobian:
    """The Jacobian, in the mode that needs fewer passes (reverse where they are equal)."""
    mode, passes, blocks = swept(trace, mode)
    rows = []
    for y, row in zip(trace.outputs, blocks, strict=True):
        pairs = zip(row, trace.inputs, strict=True)
        rows.append(ops.concatenate([ops.reshape(b, (y.size, x.size)) for b, x in pairs], 1))
    return Jacobian(ops.concatenate(rows), mode, passes, blocks)


def swept(trace: Trace, mode: str | None) -> tuple[str, int, tuple[tuple[Value, ...], ...]]:
    """The mode, its passes, and the blocks of a Jacobian."""
    outputs, inputs = trace.outputs, trace.inputs
    rows, columns = total_size(outputs), total_size(inputs)
    if mode not in {None, "reverse", "forward"}:
        raise ValueError(f"mode {mode!r}: there are 'reverse' and 'forward'")
    if mode == "reverse" or (mode is None and rows <= columns):
        mode, starts, ends, count = "reverse", outputs, inputs, rows
        if len(outputs) == 1 and not outputs[0].shape:  # a gradient needs no axis of seeds
            found = trace.adjoints([(outputs[0], 1.0)], keep="tape")
            return mode, count, (finished(found, inputs),)
        found = trace.adjoints(identity(starts, count), 1, keep="tape")
    else:
        mode, starts, ends, count = "forward", inputs, outputs, columns
        found = trace.tangents(identity(starts, count), 1, for_outputs=True)
    reverse = mode == "reverse"
    if len(outputs) == len(inputs) == 1:
        whole = seeded(found, ends[0], count)
        whole = whole if reverse else seeds_last(whole)
        return mode, count, ((reshaped(whole, outputs[0].shape + inputs[0].shape),),)
    parts: Any = [split(seeded(found, node, count), starts) for node in ends]
    parts = zip(*parts, strict=True) if reverse else [map(seeds_last, row) for row in parts]
    blocks = tuple(
        tuple([reshaped(part, y.shape + x.shape) for x, part in zip(inputs, row, strict=True)])
        for y, row in zip(outputs, parts, strict=True)
    )
    return mode, count, blocks


def total_size(nodes: Sequence[Node]) -> int:
    """How many elements nodes have together."""
    return nodes[0].size if len(nodes) == 1 else sum(node.size for node in nodes)


def split(whole: Value, nodes: Sequence[Node]) -> list[Value]:
    """An array with the elements of all nodes along its first axis, cut into one for each node."""
    if len(nodes) == 1:
        return [whole]
    ends = list(accumulate(node.size for node in nodes))
    return [whole[end - node.size : end] for node, end in zip(nodes, ends, strict=True)]


def identity(nodes: Sequence[Node], size: int) -> list[tuple[Node, Value]]:
    """Each node with its part of the identity matrix of all elements, seeds leading."""
    if len(nodes) == 1 and nodes[0].ndim == 1:
        diagonal = np.empty(size)
        diagonal.fill(1.0)
        return [(nodes[0], Diagonal(diagonal))]
    columns = split(np.eye(size), nodes)  # as good as rows: the matrix is symmetric
    return [
        (node, part.T.reshape(size, *node.shape)) for node, part in zip(nodes, columns, strict=True)
    ]


def seeded(found: Sequence[Value | None], node: Node, count: int) -> Value:
    """A node's adjoint or tangent for all seeds, in full."""
    value = found[node.index] if node.index >= 0 else None
    return np.zeros((count, *node.shape)) if value is None else full(value)


def seeds_last(whole: Value) -> Value:
    """The leading axis of seeds moved to the end."""
    axes = (*range(1, len(shape_of(whole))), 0)
    return whole.transpose(axes) if type(whole) is np.ndarray else ops.transpose(whole, axes)


# --- identity seeds that stay diagonal through elementwise operations -----------------------------


class Diagonal(Reading):
    """Seeds, adjoints or tangents that form a diagonal matrix, kept as its diagonal.

    Products with a vector keep it diagonal; a product with a matrix scales that matrix's rows,
    which is what makes the Jacobian of ``tanh(A @ x)`` as cheap as its closed formula.
    """

    __slots__ = ("diagonal", "shape")
    ndim = 2  # seeds, and the elements of a vector

    def __init__(self, diagonal: Value) -> None:
        """Hold the diagonal, a vector."""
        self.diagonal = diagonal
        self.shape = diagonal.shape * 2

    def __mul__(self, other: Value) -> Value:
        """Stay diagonal, multiplied by a number or a vector."""
        if type(other) is float or shape_of(other) == self.diagonal.shape:
            return Diagonal(self.diagonal * other)
        return full(self) * full(other)

    def __add__(self, other: Value) -> Value:
        """Stay diagonal, added to another."""
        if type(other) is Diagonal:
            return Diagonal(self.diagonal + other.diagonal)
        return full(self) + other

    def __matmul__(self, other: Value) -> Value:
        """Scale the rows of a matrix."""
        if type(other) is not np.ndarray or other.ndim != 2:
            return full(self) @ other
        if type(self.diagonal) is not np.ndarray:  # of a trace within a trace
            return ops.reshape(self.diagonal, (-1, 1)) * other
        return np.multiply(self.diagonal[:, None], other, order="C")  # of a transposed one as well

    def settled(self) -> Value:
        """Be the whole matrix to all other operations."""
        return full(self)


def full(x: Value) -> Value:
    """The whole matrix of a diagonal; anything else as it is."""
    return ops.multiply(np.eye(len(x.diagonal)), x.diagonal) if isinstance(x, Diagonal) else x
