"""Identity seeds that stay diagonal through elementwise operations: one more reading of a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad import ops
from minigrad.node import Reading, Value, shape_of
from minigrad.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


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
        """Be the whole matrix beside a node, of whose trace the diagonal may be."""
        return full(self)

    def read(
        self, operation: Operation, operands: Sequence[Value], options: Mapping[str, Any] | None
    ) -> Value:
        """Be the whole matrix, for all else."""
        return operation.apply(*[full(x) for x in operands], **(options or {}))


def full(x: Value) -> Value:
    """The whole matrix of a diagonal; anything else as it is."""
    return ops.multiply(np.eye(len(x.diagonal)), x.diagonal) if isinstance(x, Diagonal) else x
